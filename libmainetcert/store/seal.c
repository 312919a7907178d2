/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/seal.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

#include "base/openssl.h"

/* A GCM context with the key, nonce and associated data in it, for either direction. */
static EVP_CIPHER_CTX *
start(const mn_secret *key, const uint8_t *nonce, const mn_buffer *ad, int encrypt,
      mainet_error *err)
{
    mn_auto(EVP_CIPHER_CTX) context = NULL;
    mn_auto(EVP_CIPHER) cipher = NULL;
    int ignored = 0;

    assert(mn_secret_len(key) == MN_SEAL_KEY_LEN && ad->len <= INT_MAX);
    if (ad->failed)
        return mn_fail_memory_null(err, "associated data");
    if (mn_crypto_ready(err) != MAINET_OK)
        return NULL;
    cipher = EVP_CIPHER_fetch(mn_crypto_context(), "AES-256-GCM", NULL);
    context = EVP_CIPHER_CTX_new();
    if (cipher == NULL || context == NULL ||
        EVP_CipherInit_ex2(context, cipher, mn_secret_bytes(key), nonce, encrypt, NULL) != 1 ||
        EVP_CipherUpdate(context, NULL, &ignored, ad->data, (int)ad->len) != 1)
        return mn_fail_crypto_null(err, "AES-256-GCM");
    return EVP_CIPHER_CTX_take(&context);
}

mainet_status
mn_seal(const mn_secret *key, const mn_buffer *ad, const uint8_t *plain, size_t plain_len,
        mn_buffer *out, mainet_error *err)
{
    mn_auto(EVP_CIPHER_CTX) context = NULL;
    mn_auto_buffer(sealed, 0);
    uint8_t nonce[MN_SEAL_NONCE_LEN];
    uint8_t tag[MN_SEAL_TAG_LEN];
    int len = 0;

    assert(plain_len <= INT_MAX - MN_SEAL_OVERHEAD);
    MN_TRY(mn_random(nonce, sizeof nonce, err));
    context = start(key, nonce, ad, 1, err);
    if (context == NULL)
        return mn_failure(err);
    mn_buffer_append(&sealed, nonce, sizeof nonce);
    mn_buffer_append(&sealed, plain, plain_len); /* room; overwritten by the ciphertext */
    MN_TRY(mn_buffer_check(&sealed, "sealed record", err));
    if (EVP_CipherUpdate(context, sealed.data + sizeof nonce, &len, plain, (int)plain_len) != 1 ||
        EVP_CipherFinal_ex(context, sealed.data + sizeof nonce + len, &len) != 1 ||
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, sizeof tag, tag) != 1)
        return mn_fail_crypto(err, "AES-256-GCM");
    mn_buffer_append(&sealed, tag, sizeof tag);
    MN_TRY(mn_buffer_check(&sealed, "sealed record", err));
    mn_buffer_append(out, sealed.data, sealed.len);
    return mn_buffer_check(out, "sealed record", err);
}

mn_secret *
mn_unseal(const mn_secret *key, const mn_buffer *ad, const uint8_t *sealed, size_t sealed_len,
          mainet_error *err)
{
    mn_auto(EVP_CIPHER_CTX) context = NULL;
    mn_auto(mn_secret) plain = NULL;
    uint8_t tag[MN_SEAL_TAG_LEN];
    size_t plain_len = sealed_len - MN_SEAL_OVERHEAD;
    int len = 0;

    if (sealed_len < MN_SEAL_OVERHEAD || sealed_len > INT_MAX)
        return mn_fail_null(err, MAINET_E_STORE_TAMPERED, 0, "sealed record of %zu bytes",
                            sealed_len);
    memcpy(tag, sealed + sealed_len - sizeof tag, sizeof tag);
    context = start(key, sealed, ad, 0, err);
    plain = context == NULL ? NULL : mn_secret_new(plain_len, err);
    if (plain == NULL)
        return NULL;
    if (EVP_CipherUpdate(context, mn_secret_data(plain), &len, sealed + MN_SEAL_NONCE_LEN,
                         (int)plain_len) != 1 ||
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, sizeof tag, tag) != 1)
        return mn_fail_crypto_null(err, "AES-256-GCM");
    if (EVP_CipherFinal_ex(context, mn_secret_data(plain) + len, &len) != 1)
        return mn_fail_null(err, MAINET_E_STORE_TAMPERED, 0, "a sealed record does not verify");
    return mn_secret_take(&plain);
}
