/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_WRITE_H
#define MN_PKCS12_WRITE_H

#include "base/buffer.h"
#include "base/openssl.h"
#include "pkcs12/certificate.h"

/** What a container is made of; everything is borrowed. */
typedef struct mn_contained {
    EVP_PKEY *key;
    const mainet_certificate *const *chain; /**< the key's own certificate, then its issuers */
    size_t chain_count;
    const char *name; /**< friendly name of key and certificate, UTF-8; NULL or "": none */
} mn_contained;

/**
 * Make a PKCS#12 container (RFC 7292).
 *
 * Key and certificates are encrypted by AES-256 under PBKDF2 with HMAC-SHA-256, with `legacy` by
 * PKCS#12's own PBE with 3DES, for readers of before 2015. The MAC is HMAC-SHA-1 in both: the one
 * that every reader knows. All iterations together are the 600,000 that Windows accepts at most.
 *
 * @param[in]  what          What goes in.
 * @param[in]  password      UTF-8, not NUL-terminated, not kept.
 * @param[in]  password_len  Number of bytes, 1 to 1024.
 * @param[in]  legacy        For old readers.
 * @param[out] err           Filled on failure.
 *
 * @return DER, yours to free, or NULL: MAINET_E_CRYPTO, MAINET_E_NO_MEMORY.
 */
mainet_bytes *
mn_pkcs12_write(const mn_contained *what, const uint8_t *password, size_t password_len, bool legacy,
                mainet_error *err);

/** Encrypt a key as PKCS#8 (RFC 5958): DER of EncryptedPrivateKeyInfo, as it is in a container. */
mainet_bytes *
mn_pkcs8_write(EVP_PKEY *key, const uint8_t *password, size_t password_len, mainet_error *err);

#endif
