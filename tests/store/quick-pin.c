/* SPDX-License-Identifier: BSD-3-Clause */
/* A PIN costs some 80 ms, and these tests prove thousands of them; what they test begins behind the
 * derivation. Linked into a program, this stands before libcrypto's function, for the program and
 * for the module that it loads, and lets scrypt off with N = 2. */
#include <dlfcn.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#define PARAMS_MAX 8

int
EVP_KDF_derive(EVP_KDF_CTX *context, unsigned char *key, size_t key_len, const OSSL_PARAM params[])
{
    static int (*real)(EVP_KDF_CTX *, unsigned char *, size_t, const OSSL_PARAM[]);
    static uint64_t cheap = 2;
    OSSL_PARAM changed[PARAMS_MAX];
    size_t count = 0;

    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "EVP_KDF_derive");
    if (!EVP_KDF_is_a(EVP_KDF_CTX_kdf(context), "SCRYPT"))
        return real(context, key, key_len, params);
    for (; params[count].key != NULL && count < PARAMS_MAX - 1; count++) {
        changed[count] = params[count];
        if (strcmp(params[count].key, OSSL_KDF_PARAM_SCRYPT_N) == 0)
            changed[count] = OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &cheap);
    }
    changed[count] = OSSL_PARAM_construct_end();
    return real(context, key, key_len, changed);
}
