/* SPDX-License-Identifier: BSD-3-Clause */
#include "aes-wrap.h"

#include <limits.h>
#include <stdio.h>

#include "ckr.h"

#define HALF_BLOCK 8 /* what RFC 3394 works on; a block of 3DES */
#define BLOCK 16
#define PLAIN_MAX (1U << 20) /* no key of ours comes near */

CK_ULONG
p11_aes_wrapped_len(const p11_method *method, CK_ULONG plain_len)
{
    if (plain_len == 0 || plain_len > PLAIN_MAX)
        return 0;
    switch (method->mechanism->scheme) {
    case P11_SCHEME_AES_WRAP: /* RFC 3394, 2: at least two halves */
        return plain_len % HALF_BLOCK == 0 && plain_len >= BLOCK ? plain_len + HALF_BLOCK : 0;
    case P11_SCHEME_AES_WRAP_PAD:
        return (plain_len + HALF_BLOCK - 1) / HALF_BLOCK * HALF_BLOCK + HALF_BLOCK;
    case P11_SCHEME_DES3_CBC_PAD:
        return (plain_len / HALF_BLOCK + 1) * HALF_BLOCK;
    default:
        return (plain_len / BLOCK + 1) * BLOCK;
    }
}

static bool
can_unwrap(const p11_method *method, CK_ULONG wrapped_len)
{
    if (wrapped_len > PLAIN_MAX)
        return false;
    switch (method->mechanism->scheme) {
    case P11_SCHEME_AES_WRAP:
        return wrapped_len % HALF_BLOCK == 0 && wrapped_len >= BLOCK + HALF_BLOCK;
    case P11_SCHEME_AES_WRAP_PAD:
        return wrapped_len % HALF_BLOCK == 0 && wrapped_len >= BLOCK;
    case P11_SCHEME_DES3_CBC_PAD:
        return wrapped_len % HALF_BLOCK == 0 && wrapped_len >= HALF_BLOCK;
    default:
        return wrapped_len % BLOCK == 0 && wrapped_len >= BLOCK;
    }
}

static EVP_CIPHER_CTX *
begin(const p11_method *method, const mn_secret *key, bool wraps)
{
    static const char *const modes[] = {
        [P11_SCHEME_AES_WRAP] = "WRAP",
        [P11_SCHEME_AES_WRAP_PAD] = "WRAP-PAD",
        [P11_SCHEME_AES_CBC_PAD] = "CBC",
    };
    char name[32];
    mn_auto(EVP_CIPHER) cipher = NULL;
    mn_auto(EVP_CIPHER_CTX) context = EVP_CIPHER_CTX_new();

    if (method->mechanism->scheme == P11_SCHEME_DES3_CBC_PAD)
        (void)snprintf(name, sizeof name, "DES-EDE3-CBC");
    else
        (void)snprintf(name, sizeof name, "AES-%zu-%s", mn_secret_len(key) * CHAR_BIT,
                       modes[method->mechanism->scheme]);
    cipher = EVP_CIPHER_fetch(mn_crypto_context(), name, NULL);
    if (context == NULL || cipher == NULL)
        return NULL;
    EVP_CIPHER_CTX_set_flags(context, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    if (EVP_CipherInit_ex2(context, cipher, mn_secret_bytes(key), method->iv, wraps ? 1 : 0,
                           NULL) != 1)
        return NULL;
    return EVP_CIPHER_CTX_take(&context);
}

static bool
run(EVP_CIPHER_CTX *context, const uint8_t *in, size_t in_len, uint8_t *out, size_t *out_len)
{
    int len = 0;
    int more = 0;

    if (EVP_CipherUpdate(context, out, &len, in, (int)in_len) <= 0 ||
        EVP_CipherFinal_ex(context, out + len, &more) != 1)
        return false;
    *out_len = (size_t)len + (size_t)more;
    return true;
}

CK_RV
p11_aes_wrap(const p11_method *method, const mn_secret *key, const mn_secret *plain, CK_BYTE *out)
{
    mn_auto(EVP_CIPHER_CTX) context = begin(method, key, true);
    size_t len = 0;

    if (context != NULL && run(context, mn_secret_bytes(plain), mn_secret_len(plain), out, &len) &&
        len == p11_aes_wrapped_len(method, mn_secret_len(plain)))
        return CKR_OK;
    return CKR_FUNCTION_FAILED;
}

CK_RV
p11_aes_unwrap(const p11_method *method, const mn_secret *key, const CK_BYTE *wrapped,
               CK_ULONG wrapped_len, mn_secret **plain)
{
    mainet_error err = {0};
    mn_auto(EVP_CIPHER_CTX) context = NULL;
    mn_auto(mn_secret) opened = NULL;
    size_t len = 0;

    if (!can_unwrap(method, wrapped_len))
        return CKR_WRAPPED_KEY_LEN_RANGE;
    context = begin(method, key, false);
    if (context == NULL)
        return CKR_FUNCTION_FAILED;
    opened = mn_secret_new(wrapped_len + BLOCK, &err);
    if (opened == NULL)
        return p11_ckr(err.status);
    if (!run(context, wrapped, wrapped_len, mn_secret_data(opened), &len) || len == 0)
        return CKR_WRAPPED_KEY_INVALID;
    mn_secret_truncate(opened, len);
    *plain = mn_secret_take(&opened);
    return CKR_OK;
}
