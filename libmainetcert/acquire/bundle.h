/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_BUNDLE_H
#define MN_ACQUIRE_BUNDLE_H

#include "pkcs12/certificate.h"

#define MN_BUNDLE_MAX 8

/** The authorities' certificates in what an address of caIssuers answered. */
typedef struct mn_bundle {
    mainet_certificate *certificates[MN_BUNDLE_MAX]; /**< own references */
    size_t count;
} mn_bundle;

void
mn_bundle_clear(mn_bundle *bundle);

#define mn_auto_bundle __attribute__((cleanup(mn_bundle_clear))) mn_bundle

/** Read certificates: one in DER, several in PKCS#7 (RFC 5280, 4.2.2.1), either in PEM too.
 *  What cannot be read, is nobody's authority or is one too many is passed over. Pure. */
void
mn_bundle_read(mn_bundle *bundle, const uint8_t *data, size_t data_len);

#endif
