/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MAINETCERT_TRANSFER_H
#define MAINETCERT_TRANSFER_H

#include "mainetcert/bytes.h"
#include "mainetcert/identity.h"

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

MAINET_END

#endif
