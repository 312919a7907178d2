/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/kdf.h"

#include "base/openssl.h"
#include "store/seal.h"

#define N_FLOOR (UINT64_C(1) << 14)
#define N_CEILING (UINT64_C(1) << 17)
#define N_DEFAULT (UINT64_C(1) << 15)
#define R_ONLY 8
#define P_CEILING 4
/* 128 * r * (N + p + 2) bytes at the ceiling, and a little room. */
#define MEMORY_CEILING (UINT64_C(128) * R_ONLY * (N_CEILING + 64))

mainet_status
mn_kdf_init(mn_kdf *kdf, mainet_error *err)
{
    kdf->n = N_DEFAULT;
    kdf->r = R_ONLY;
    kdf->p = 1;
    return mn_random(kdf->salt, sizeof kdf->salt, err);
}

bool
mn_kdf_is_cheap(const mn_kdf *kdf)
{
    return kdf->n * kdf->p < N_DEFAULT;
}

mainet_status
mn_pin_check(const uint8_t *pin, size_t pin_len, mainet_error *err)
{
    if (pin == NULL || pin_len < MN_PIN_MIN_LEN || pin_len > MN_PIN_MAX_LEN)
        return mn_fail(err, MAINET_E_PIN_LENGTH, 0, "a PIN has %d to %d bytes", MN_PIN_MIN_LEN,
                       MN_PIN_MAX_LEN);
    return MAINET_OK;
}

mainet_status
mn_kdf_check(const mn_kdf *kdf, mainet_error *err)
{
    if (kdf->n < N_FLOOR || kdf->n > N_CEILING || (kdf->n & (kdf->n - 1)) != 0 ||
        kdf->r != R_ONLY || kdf->p < 1 || kdf->p > P_CEILING)
        return mn_fail(err, MAINET_E_STORE_OPEN, 0, "scrypt parameters out of bounds");
    return MAINET_OK;
}

mn_secret *
mn_kdf_derive(const mn_kdf *kdf, const uint8_t *pin, size_t pin_len, mainet_error *err)
{
    mn_auto(mn_secret) key = NULL;
    mn_auto(EVP_KDF_CTX) context = NULL;
    EVP_KDF *scrypt = NULL;
    uint64_t n = kdf->n;
    uint64_t memory = MEMORY_CEILING;
    uint32_t r = kdf->r;
    uint32_t p = kdf->p;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, (void *)(uintptr_t)pin, pin_len),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)(uintptr_t)kdf->salt,
                                          sizeof kdf->salt),
        OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
        OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
        OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
        OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &memory),
        OSSL_PARAM_construct_end(),
    };

    if (mn_kdf_check(kdf, err) != MAINET_OK || mn_crypto_ready(err) != MAINET_OK)
        return NULL;
    key = mn_secret_new(MN_SEAL_KEY_LEN, err);
    if (key == NULL)
        return NULL;
    scrypt = EVP_KDF_fetch(mn_crypto_context(), "SCRYPT", NULL);
    context = EVP_KDF_CTX_new(scrypt);
    EVP_KDF_free(scrypt);
    if (context == NULL ||
        EVP_KDF_derive(context, mn_secret_data(key), MN_SEAL_KEY_LEN, params) != 1)
        return mn_fail_crypto_null(err, "scrypt");
    return mn_secret_take(&key);
}
