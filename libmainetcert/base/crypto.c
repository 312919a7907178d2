/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/crypto.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include "base/openssl.h"
#include "base/process.h"

#define STIR_MAX ((size_t)1 << 20) /* bytes of a seed that are taken at once */

/* Made once and never freed: a host may have run OPENSSL_cleanup before it lets go of us. A child
 * of fork makes one of its own, for threads that are no more may have held locks in this one. */
typedef struct crypto {
    uint64_t process;
    struct crypto *before; /* of the process that forked: left alone, in sight of leak checkers */
    OSSL_LIB_CTX *context;
    OSSL_LIB_CTX *bare;
    OSSL_PROVIDER *provider;
    OSSL_PROVIDER *nothing;
    EVP_MD *sha1;
    EVP_MD *sha256;
    EVP_MAC *hmac;
} crypto;

static _Atomic(crypto *) shared;
static atomic_bool seeded;
static _Thread_local bool seeding;

static void
crypto_free(crypto *made)
{
    EVP_MAC_free(made->hmac);
    EVP_MD_free(made->sha256);
    EVP_MD_free(made->sha1);
    if (made->provider != NULL)
        (void)OSSL_PROVIDER_unload(made->provider);
    if (made->nothing != NULL)
        (void)OSSL_PROVIDER_unload(made->nothing);
    OSSL_LIB_CTX_free(made->bare);
    OSSL_LIB_CTX_free(made->context);
    free(made);
}

MN_AUTO_TYPE(crypto, crypto_free)

/* In the place of what was found there. */
static mainet_status
make_context(crypto *found, mainet_error *err)
{
    mn_auto(crypto) made = calloc(1, sizeof *made);

    if (made == NULL)
        return mn_fail_memory(err, "crypto context");
    mn_process_prepare();
    made->process = mn_process_id();
    made->before = found;
    made->context = OSSL_LIB_CTX_new();
    made->bare = OSSL_LIB_CTX_new();
    if (made->context == NULL || made->bare == NULL)
        return mn_fail_memory(err, "crypto context");
    made->nothing = OSSL_PROVIDER_load(made->bare, "null");
    made->provider = OSSL_PROVIDER_load(made->context, "default");
    made->sha1 = EVP_MD_fetch(made->context, "SHA1", NULL);
    made->sha256 = EVP_MD_fetch(made->context, "SHA256", NULL);
    made->hmac = EVP_MAC_fetch(made->context, "HMAC", NULL);
    if (made->nothing == NULL || made->provider == NULL || made->sha1 == NULL ||
        made->sha256 == NULL || made->hmac == NULL)
        return mn_fail_crypto(err, "default provider");
    if (atomic_compare_exchange_strong(&shared, &found, made))
        (void)crypto_take(&made);
    return MAINET_OK; /* another thread was faster: ours is freed, its is used */
}

/* It answers 0 then (OPENSSL_init_crypto(3)); asked for nothing, it starts what any call starts. */
bool
mn_crypto_is_over(void)
{
    return OPENSSL_init_crypto(0, NULL) != 1;
}

mainet_status
mn_crypto_ready(mainet_error *err)
{
    crypto *found = atomic_load(&shared);
    uint8_t first = 0;
    int drawn = 0;

    if (mn_crypto_is_over())
        return mn_fail(err, MAINET_E_CRYPTO, 0, "the process has shut OpenSSL down");
    if (found == NULL || found->process != mn_process_id())
        MN_TRY(make_context(found, err));
    if (atomic_load(&seeded) || seeding)
        return MAINET_OK;
    seeding = true;
    drawn = RAND_bytes_ex(mn_crypto_context(), &first, sizeof first, 0);
    seeding = false;
    if (drawn != 1)
        return mn_fail_crypto(err, "first random number");
    atomic_store(&seeded, true);
    return MAINET_OK;
}

OSSL_LIB_CTX *
mn_crypto_context(void)
{
    crypto *made = atomic_load(&shared);

    return made == NULL ? NULL : made->context;
}

OSSL_LIB_CTX *
mn_crypto_bare_context(void)
{
    crypto *made = atomic_load(&shared);

    return made == NULL ? NULL : made->bare;
}

const EVP_MD *
mn_crypto_sha1(void)
{
    crypto *made = atomic_load(&shared);

    return made == NULL ? NULL : made->sha1;
}

const EVP_MD *
mn_crypto_sha256(void)
{
    crypto *made = atomic_load(&shared);

    return made == NULL ? NULL : made->sha256;
}

mainet_status
mn_random(uint8_t *out, size_t len, mainet_error *err)
{
    MN_TRY(mn_crypto_ready(err));
    if (RAND_bytes_ex(mn_crypto_context(), out, len, 0) != 1)
        return mn_fail_crypto(err, "random bytes");
    return MAINET_OK;
}

/* The generators of all threads are seeded anew once the primary one was (EVP_RAND(7)). */
mainet_status
mn_random_stir(const uint8_t *seed, size_t len, mainet_error *err)
{
    EVP_RAND_CTX *primary = NULL;

    MN_TRY(mn_crypto_ready(err));
    primary = RAND_get0_primary(mn_crypto_context());
    for (size_t done = 0, part = 0; done < len; done += part) {
        part = len - done < STIR_MAX ? len - done : STIR_MAX;
        if (primary == NULL || EVP_RAND_reseed(primary, 0, NULL, 0, seed + done, part) != 1)
            return mn_fail_crypto(err, "seed");
    }
    return MAINET_OK;
}

mn_secret *
mn_random_secret(size_t len, mainet_error *err)
{
    mn_auto(mn_secret) secret = NULL;

    if (mn_crypto_ready(err) != MAINET_OK)
        return NULL;
    secret = mn_secret_new(len, err);
    if (secret == NULL)
        return NULL;
    if (RAND_priv_bytes_ex(mn_crypto_context(), mn_secret_data(secret), len, 0) != 1)
        return (void)mn_fail_crypto(err, "random key"), NULL;
    return mn_secret_take(&secret);
}

mainet_status
mn_sha1(const void *data, size_t len, uint8_t out[MN_SHA1_LEN], mainet_error *err)
{
    MN_TRY(mn_crypto_ready(err));
    if (EVP_Digest(data, len, out, NULL, mn_crypto_sha1(), NULL) != 1)
        return mn_fail_crypto(err, "SHA-1");
    return MAINET_OK;
}

mainet_status
mn_sha256(const void *data, size_t len, uint8_t out[MN_SHA256_LEN], mainet_error *err)
{
    MN_TRY(mn_crypto_ready(err));
    if (EVP_Digest(data, len, out, NULL, mn_crypto_sha256(), NULL) != 1)
        return mn_fail_crypto(err, "SHA-256");
    return MAINET_OK;
}

mainet_status
mn_hmac(const mn_secret *key, const void *data, size_t len, uint8_t out[MN_SHA256_LEN],
        mainet_error *err)
{
    OSSL_PARAM params[2] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)(uintptr_t) "SHA256", 0),
        OSSL_PARAM_construct_end()};
    EVP_MAC_CTX *context = NULL;
    size_t out_len = 0;
    bool done = false;

    MN_TRY(mn_crypto_ready(err));
    context = EVP_MAC_CTX_new(atomic_load(&shared)->hmac);
    done = context != NULL &&
           EVP_MAC_init(context, mn_secret_bytes(key), mn_secret_len(key), params) == 1 &&
           EVP_MAC_update(context, data, len) == 1 &&
           EVP_MAC_final(context, out, &out_len, MN_SHA256_LEN) == 1 && out_len == MN_SHA256_LEN;
    EVP_MAC_CTX_free(context);
    return done ? MAINET_OK : mn_fail_crypto(err, "HMAC");
}

mn_secret *
mn_hkdf(const mn_secret *key, const char *info, size_t len, mainet_error *err)
{
    mn_auto(EVP_KDF_CTX) context = NULL;
    mn_auto(mn_secret) derived = NULL;
    EVP_KDF *kdf = NULL;
    OSSL_PARAM params[4];

    if (mn_crypto_ready(err) != MAINET_OK)
        return NULL;
    derived = mn_secret_new(len, err);
    if (derived == NULL)
        return NULL;
    kdf = EVP_KDF_fetch(mn_crypto_context(), "HKDF", NULL);
    context = EVP_KDF_CTX_new(kdf);
    EVP_KDF_free(kdf);
    params[0] =
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)(uintptr_t) "SHA256", 0);
    params[1] = OSSL_PARAM_construct_octet_string(
        OSSL_KDF_PARAM_KEY, (void *)(uintptr_t)mn_secret_bytes(key), mn_secret_len(key));
    params[2] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)(uintptr_t)info,
                                                  strlen(info));
    params[3] = OSSL_PARAM_construct_end();
    if (context == NULL || EVP_KDF_derive(context, mn_secret_data(derived), len, params) != 1)
        return (void)mn_fail_crypto(err, "HKDF"), NULL;
    return mn_secret_take(&derived);
}

void
mn_hex(const uint8_t *data, size_t len, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[data[i] >> 4];
        out[2 * i + 1] = digits[data[i] & 15];
    }
    out[2 * len] = '\0';
}
