/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_VALIDITY_H
#define MN_PKCS12_VALIDITY_H

#include "base/openssl.h"

/** Seconds since 1970, not by way of time_t, which ends in 2038 on some machines. */
mainet_status
mn_validity_time(const ASN1_TIME *time, int64_t *seconds, mainet_error *err);

/** A certificate's validity (RFC 5280, 4.1.2.5), without decoding the rest of it: many times as
 *  fast as mainet_certificate_parse(). MAINET_E_CERTIFICATE for what is not DER. */
mainet_status
mn_validity_read(const uint8_t *der, size_t der_len, int64_t *begin, int64_t *end,
                 mainet_error *err);

#endif
