/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_KEY_H
#define MN_STORE_KEY_H

#include "pkcs12/public-info.h"
#include "pkcs12/public-key.h"
#include "store/object.h"

/* From an EVP_PKEY to PKCS#11 attributes; object.h has the way back. RSA, EC over named curves,
 * Ed25519; anything else is MAINET_E_PKCS12_UNUSABLE. */

#define MN_CKK_EC_EDWARDS 0x40u /**< PKCS#11 v3.0; p11-kit's header ends at 2.40 */

/** MAINET_E_PKCS12_UNUSABLE, with its kind, unless a token can hold the key. */
mainet_status
mn_key_check(const EVP_PKEY *key, mainet_error *err);

/** Add the private numbers to a CKO_PRIVATE_KEY object as secrets. */
mainet_status
mn_key_set_secrets(EVP_PKEY *key, mn_object *object, mainet_error *err);

/** The CKA_ID that NSS makes: SHA-1 of the RSA modulus or of the raw EC point. */
mainet_status
mn_key_default_id(EVP_PKEY *key, uint8_t id[MN_KEY_ID_LEN], mainet_error *err);

/** As mn_key_public_info, and taken apart: `info` borrows from `der`. As mn_key_check. */
mainet_status
mn_key_read(EVP_PKEY *key, mn_buffer *der, mn_public_info *info, mainet_error *err);

/** Whether what the key signs is verified by the public key. Leaves OpenSSL's errors behind. */
bool
mn_key_signs_for(EVP_PKEY *key, EVP_PKEY *public_key);

#endif
