/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_CURVE_H
#define MN_STORE_CURVE_H

#include <stddef.h>
#include <stdint.h>

/** The curve that a CKA_EC_PARAMS means, by OpenSSL's short name: said by its OID, by a name in a
 * PrintableString (PKCS#11 v3.0, 2.3.3), or by its numbers (ECParameters, X9.62), if prime,
 * coefficients, generator and order are those of a named curve. NULL for anything else. */
const char *
mn_curve_name(const uint8_t *params, size_t params_len);

#endif
