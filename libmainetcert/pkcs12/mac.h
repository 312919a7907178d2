/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_MAC_H
#define MN_PKCS12_MAC_H

#include "pkcs12/asn1.h"
#include "pkcs12/password.h"

/** Add what verifying will cost to the sum of iterations, deriving nothing. */
mainet_status
mn_mac_add_cost(const mn_mac_data *mac, int64_t *sum, mainet_error *err);

/**
 * Verify the MAC over the contents (RFC 7292, 5.1; PBMAC1: RFC 9579).
 *
 * @param[in]  mac       The container's MacData.
 * @param[in]  content   The bytes it is over.
 * @param[in]  password  The password.
 * @param[out] form      Which form of the password it was made with.
 * @param[out] err       Filled on failure; may be NULL.
 *
 * @retval MAINET_OK                 The container is as somebody who knew the password made it.
 * @retval MAINET_E_PKCS12_PASSWORD  No form of the password verifies.
 * @retval MAINET_E_PKCS12_UNUSABLE  An algorithm or parameter that is not usable.
 */
mainet_status
mn_mac_verify(const mn_mac_data *mac, const ASN1_OCTET_STRING *content, const mn_password *password,
              size_t *form, mainet_error *err);

/** Compute HMAC in the legacy context and compare it, in constant time, with what is expected. */
mainet_status
mn_mac_compare(const EVP_MD *digest, const mn_secret *key, const ASN1_OCTET_STRING *content,
               const ASN1_OCTET_STRING *expected, bool *same, mainet_error *err);

#endif
