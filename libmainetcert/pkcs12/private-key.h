/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_PRIVATE_KEY_H
#define MN_PKCS12_PRIVATE_KEY_H

#include <stdbool.h>

#include "base/openssl.h"

#define MN_ED25519_SEED_LEN 32

/* EVP_PKEY2PKCS8 and EVP_PKCS82PKEY do the same, and leave the encoded key behind in freed memory
 * (OpenSSL 3.0). */

/** The private key that a PrivateKeyInfo (RFC 5208) is, in the private context: RSA (RFC 8017,
 *  A.1.2), EC (RFC 5915) and Ed25519 (RFC 8410) without leaving a copy; what is not, or is put
 *  together in an unusual way, as OpenSSL decodes it. NULL, with OpenSSL's errors, if it cannot. */
EVP_PKEY *
mn_private_key(const PKCS8_PRIV_KEY_INFO *info);

/** Answer whether the public half of this key is computed from its private one by raising to a
 *  power, which takes tens of milliseconds: DSA and DH, up to 4096 bits. mn_private_key refuses
 *  longer ones, for OpenSSL would take hours for some. */
bool
mn_private_key_takes_power(const PKCS8_PRIV_KEY_INFO *info);

/** The PrivateKeyInfo of a key, those three without leaving a copy; NULL, with OpenSSL's errors, on
 *  failure. Freed it is wiped. */
PKCS8_PRIV_KEY_INFO *
mn_private_key_info(const EVP_PKEY *key);

#endif
