/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_PUBLIC_INFO_H
#define MN_STORE_PUBLIC_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The SubjectPublicKeyInfo (RFC 5280, 4.1) pairs keys with certificates, so one key has one form
 * (mn_key_public_info in key.h makes it): named curve, uncompressed point, no restriction to PSS.
 */

/** Find it in the DER of a certificate; borrowed, NULL if that does not look like one. */
const uint8_t *
mn_certificate_find_info(const uint8_t *der, size_t der_len, size_t *info_len);

/** Whether it has that form already, as almost every one has. */
bool
mn_public_info_is_plain(const uint8_t *info, size_t info_len);

#endif
