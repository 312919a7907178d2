/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MAINETCERT_TRANSFER_H
#define MAINETCERT_TRANSFER_H

#include "mainetcert/bytes.h"
#include "mainetcert/identity.h"
#include "mainetcert/pkcs12.h"

MAINET_BEGIN

/** How an identity leaves its token; bits. @since 0.1.0 */
typedef enum mainet_export_flags {
    MAINET_EXPORT_DEFAULT = 0,   /**< Every certificate of the chain, for present readers. */
    MAINET_EXPORT_LEAF_ONLY = 1, /**< Its own certificate, without its issuers. */
    MAINET_EXPORT_LEGACY = 2     /**< PKCS#12 for readers that know 3DES and SHA-1 only. */
} mainet_export_flags;

/**
 * Export key and certificates as a PKCS#12 container (RFC 7292).
 *
 * Encrypted by PBES2 with AES-256 and PBKDF2 with HMAC-SHA-256, authenticated by HMAC-SHA-1; as
 * many iterations as Windows accepts, 600,000 in all. The identity's label is the friendly name.
 *
 * @param[in]  identity      An identity of an unlocked token.
 * @param[in]  password      UTF-8, not NUL-terminated, not kept.
 * @param[in]  password_len  Number of bytes, 1 to 1024.
 * @param[in]  flags         Bits of mainet_export_flags.
 * @param[out] err           Filled on failure; may be NULL.
 *
 * @return DER, yours to free, or NULL: MAINET_E_NOT_EXPORTABLE, MAINET_E_TOKEN_LOCKED,
 *         MAINET_E_IDENTITY_NOT_FOUND (deleted meanwhile), MAINET_E_ARGUMENT.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_bytes *
mainet_identity_export_pkcs12(mainet_identity *identity, const uint8_t *password,
                              size_t password_len, uint32_t flags, mainet_error *err);

/**
 * Export the key, encrypted, and the certificates as PEM (RFC 7468).
 *
 * The key is PKCS#8 under PBES2 as in mainet_identity_export_pkcs12(); MAINET_EXPORT_LEGACY does
 * not apply.
 *
 * @param[in]  identity      An identity of an unlocked token.
 * @param[in]  password      UTF-8, not NUL-terminated, not kept.
 * @param[in]  password_len  Number of bytes, 1 to 1024.
 * @param[in]  flags         Bits of mainet_export_flags.
 * @param[out] err           Filled on failure; may be NULL.
 *
 * @return ASCII, yours to free, or NULL as mainet_identity_export_pkcs12().
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_bytes *
mainet_identity_export_pem(mainet_identity *identity, const uint8_t *password, size_t password_len,
                           uint32_t flags, mainet_error *err);

/**
 * Export the certificates alone as PEM (RFC 7468); needs no PIN.
 *
 * @param[in]  identity  An identity.
 * @param[in]  flags     Bits of mainet_export_flags.
 * @param[out] err       Filled on failure; may be NULL.
 *
 * @return ASCII, yours to free, or NULL: MAINET_E_NO_MEMORY, MAINET_E_ARGUMENT.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_bytes *
mainet_identity_export_certificates(const mainet_identity *identity, uint32_t flags,
                                    mainet_error *err);

/**
 * Decide whether an issuer that this token has not met is to be accepted.
 *
 * @param[in] issuer     The issuer's certificate if the container has it, else the
 *                       identity's own, whose issuer it is; borrowed for the call.
 * @param[in] expected   true if its common name is the one the profile expects, compared without
 *                       case and spaces; false where there is no profile, as in
 *                       mainet_token_import().
 * @param[in] user_data  What was given beside the function.
 *
 * @return MAINET_OK to accept; MAINET_E_CANCELLED or any other failure ends the call with it.
 * @since 0.1.0
 */
typedef mainet_status (*mainet_issuer_fn)(const mainet_certificate *issuer, bool expected,
                                          void *user_data);

/** How identities come into a token; bits. @since 0.1.0 */
typedef enum mainet_import_flags {
    MAINET_IMPORT_DEFAULT = 0,       /**< Their keys may leave it again, as the manual insists. */
    MAINET_IMPORT_NOT_EXPORTABLE = 1 /**< They are never exported, wrapped or read. */
} mainet_import_flags;

/**
 * Import every identity of a container, with the issuers that it holds of each.
 *
 * All of them in one transaction: on failure the token is unchanged. What is there already stays
 * as it is, exportable or not; mainet_identity_is_new() tells. Certificates that are in no
 * identity's chain are left out, and so are identities whose key no token can hold (RSA, EC over
 * named curves and Ed25519 are held) if there are others.
 *
 * @param[in,out] token      Unlocked.
 * @param[in]     container  An opened container.
 * @param[in]     flags      Bits of mainet_import_flags.
 * @param[in]     fn         Decides on issuers that the token has not met, once each; NULL: all of
 *                           them are accepted.
 * @param[in]     user_data  Handed to it.
 * @param[out]    err        Filled on failure; may be NULL.
 *
 * @return Those identities in the container's order, yours to free, or NULL:
 *         MAINET_E_TOKEN_LOCKED, MAINET_E_NO_KEY_PAIR (no certificate matches a private key),
 *         MAINET_E_CANCELLED (an issuer was refused), MAINET_E_PKCS12_UNUSABLE,
 * MAINET_E_STORE_WRITE, MAINET_E_STORE_BUSY, MAINET_E_ARGUMENT.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_identity_list *
mainet_token_import(mainet_token *token, const mainet_pkcs12 *container, uint32_t flags,
                    mainet_issuer_fn fn, void *user_data, mainet_error *err);

MAINET_END

#endif
