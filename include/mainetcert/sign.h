/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MAINETCERT_SIGN_H
#define MAINETCERT_SIGN_H

#include "mainetcert/bytes.h"
#include "mainetcert/identity.h"

MAINET_BEGIN

/** How a signature is made. @since 0.1.0 */
typedef enum mainet_signature {
    MAINET_SIGNATURE_RSA_PKCS1 = 1, /**< RSASSA-PKCS1-v1_5 (RFC 8017, 8.2). */
    MAINET_SIGNATURE_RSA_PSS =
        2, /**< RSASSA-PSS (RFC 8017, 8.1); the salt is as long as the digest. */
    MAINET_SIGNATURE_ECDSA = 3, /**< ECDSA; a DER Ecdsa-Sig-Value (RFC 3279, 2.2.3). */
    MAINET_SIGNATURE_EDDSA = 4  /**< Ed25519 (RFC 8032), which hashes by itself. */
} mainet_signature;

/** What is signed in place of the data. @since 0.1.0 */
typedef enum mainet_hash {
    MAINET_HASH_NONE = 0,   /**< MAINET_SIGNATURE_EDDSA. */
    MAINET_HASH_SHA1 = 1,   /**< 20 bytes; for peers that know nothing better. */
    MAINET_HASH_SHA256 = 2, /**< 32 bytes. */
    MAINET_HASH_SHA384 = 3, /**< 48 bytes. */
    MAINET_HASH_SHA512 = 4  /**< 64 bytes. */
} mainet_hash;

/**
 * Sign data with the identity's key, which does not leave the token. The token keeps the key that
 * was used last while it is unlocked, so that signing again costs the signature alone.
 *
 * @param[in]  identity   An identity of an unlocked token.
 * @param[in]  signature  How; it must fit the kind of the key.
 * @param[in]  hash       What the data is hashed with; MAINET_HASH_NONE for MAINET_SIGNATURE_EDDSA.
 * @param[in]  data       What is signed.
 * @param[in]  data_len   Number of bytes, 0 or more.
 * @param[out] err        Filled on failure; may be NULL.
 *
 * @return The signature, yours to free, or NULL: MAINET_E_TOKEN_LOCKED, MAINET_E_ARGUMENT (does
 *         not fit the key), MAINET_E_OBJECT_NOT_FOUND (deleted meanwhile), MAINET_E_CRYPTO.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_bytes *
mainet_identity_sign(mainet_identity *identity, mainet_signature signature, mainet_hash hash,
                     const uint8_t *data, size_t data_len, mainet_error *err);

/**
 * Sign a digest that the caller has made.
 *
 * @param[in]  identity    An identity of an unlocked token.
 * @param[in]  signature   How; not MAINET_SIGNATURE_EDDSA.
 * @param[in]  hash        What the digest was made with.
 * @param[in]  digest      The digest.
 * @param[in]  digest_len  Number of bytes, as `hash` has them.
 * @param[out] err         Filled on failure; may be NULL.
 *
 * @return The signature, yours to free, or NULL as mainet_identity_sign().
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_bytes *
mainet_identity_sign_digest(mainet_identity *identity, mainet_signature signature, mainet_hash hash,
                            const uint8_t *digest, size_t digest_len, mainet_error *err);

MAINET_END

#endif
