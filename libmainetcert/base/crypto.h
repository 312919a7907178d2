/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_BASE_CRYPTO_H
#define MN_BASE_CRYPTO_H

#include <stdbool.h>

#include <openssl/types.h>

#include "base/secret.h"

#define MN_SHA1_LEN 20
#define MN_SHA256_LEN 32

/**
 * Make the private OSSL_LIB_CTX ready: default provider, no configuration file, seeded.
 *
 * The first random number makes libcrypto read the host's openssl.cnf, which may load a PKCS#11
 * provider that loads us again: call this holding no lock. Entering again on the same thread
 * is harmless. Cheap once it has succeeded.
 */
mainet_status
mn_crypto_ready(mainet_error *err);

/** Whether the host has called OPENSSL_cleanup(), as every process does at its end: from then on
 *  libcrypto crashes where it would have to look something up. */
bool
mn_crypto_is_over(void);

/** The private context; NULL before mn_crypto_ready succeeded. Lives as long as the process. */
OSSL_LIB_CTX *
mn_crypto_context(void);

/** A second context, with no algorithms in it: a certificate that is decoded there has no key, and
 *  takes a tenth of the time. The same rules. */
OSSL_LIB_CTX *
mn_crypto_bare_context(void);

/** SHA-1 and SHA-256 of the private context, fetched once; borrowed. */
const EVP_MD *
mn_crypto_sha1(void);

const EVP_MD *
mn_crypto_sha256(void);

/** Fill with random bytes that may be seen: nonces, salts, identifiers. */
mainet_status
mn_random(uint8_t *out, size_t len, mainet_error *err);

/** Stir what somebody takes for random into the private generator, which draws from the system's as
 *  well: it can only get better. */
mainet_status
mn_random_stir(const uint8_t *seed, size_t len, mainet_error *err);

/** Make a secret of `len` random bytes: keys. */
mn_secret *
mn_random_secret(size_t len, mainet_error *err);

/** SHA-1 and SHA-256 (FIPS 180-4) of `data`. */
mainet_status
mn_sha1(const void *data, size_t len, uint8_t out[MN_SHA1_LEN], mainet_error *err);

mainet_status
mn_sha256(const void *data, size_t len, uint8_t out[MN_SHA256_LEN], mainet_error *err);

/** HMAC-SHA256 (RFC 2104) of `data`. */
mainet_status
mn_hmac(const mn_secret *key, const void *data, size_t len, uint8_t out[MN_SHA256_LEN],
        mainet_error *err);

/** HKDF-SHA256 (RFC 5869) with empty salt; `info` is a label. */
mn_secret *
mn_hkdf(const mn_secret *key, const char *info, size_t len, mainet_error *err);

/** Lower-case hex of `len` bytes; `out` holds 2 * len + 1. */
void
mn_hex(const uint8_t *data, size_t len, char *out);

#endif
