/* SPDX-License-Identifier: BSD-3-Clause */
#include "check-value.h"

#include <string.h>

#include "ckr.h"
#include "secret-key.h"

#define BLOCK_MAX 16
#define DES_KEY_LEN 8

static CK_RV
hash(const uint8_t *value, size_t len, uint8_t out[P11_CHECK_VALUE_LEN])
{
    uint8_t digest[MN_SHA1_LEN];
    mainet_error err = {0};

    if (mn_sha1(value, len, digest, &err) != MAINET_OK)
        return CKR_FUNCTION_FAILED;
    memcpy(out, digest, P11_CHECK_VALUE_LEN);
    return CKR_OK;
}

static CK_RV
encrypt_zeros(const char *name, const uint8_t *key, uint8_t out[P11_CHECK_VALUE_LEN])
{
    static const uint8_t zeros[BLOCK_MAX];
    mn_auto(EVP_CIPHER) cipher = EVP_CIPHER_fetch(mn_crypto_context(), name, NULL);
    mn_auto(EVP_CIPHER_CTX) context = cipher == NULL ? NULL : EVP_CIPHER_CTX_new();
    uint8_t block[2 * BLOCK_MAX];
    int len = 0;

    if (context == NULL || EVP_EncryptInit_ex2(context, cipher, key, NULL, NULL) != 1 ||
        EVP_EncryptUpdate(context, block, &len, zeros, EVP_CIPHER_get_block_size(cipher)) != 1 ||
        len < P11_CHECK_VALUE_LEN)
        return CKR_FUNCTION_FAILED;
    memcpy(out, block, P11_CHECK_VALUE_LEN);
    return CKR_OK;
}

/* Each kind of DES is 3DES, with one key, two or three. */
static CK_RV
encrypt_zeros_by_des(const uint8_t *key, size_t len, uint8_t out[P11_CHECK_VALUE_LEN])
{
    mainet_error err = {0};
    mn_auto(mn_secret) keys = mn_secret_new(3 * DES_KEY_LEN, &err);

    if (keys == NULL)
        return p11_ckr(err.status);
    for (size_t i = 0; i < 3 * DES_KEY_LEN; i += DES_KEY_LEN)
        memcpy(mn_secret_data(keys) + i, key + i % len, DES_KEY_LEN);
    return encrypt_zeros("DES-EDE3-ECB", mn_secret_bytes(keys), out);
}

static CK_RV
work_out(const mn_object *object, const uint8_t *value, size_t len,
         uint8_t out[P11_CHECK_VALUE_LEN])
{
    const uint64_t key_type =
        mn_attributes_number(mn_object_attributes(object), CKA_KEY_TYPE, UINT64_MAX);

    if (mn_object_class(object) == CKO_CERTIFICATE || key_type == CKK_GENERIC_SECRET)
        return hash(value, len, out);
    if (!p11_secret_key_fits(key_type, len))
        return CKR_ATTRIBUTE_TYPE_INVALID;
    if (key_type != CKK_AES)
        return encrypt_zeros_by_des(value, len, out);
    return encrypt_zeros(len == 16   ? "AES-128-ECB"
                         : len == 24 ? "AES-192-ECB"
                                     : "AES-256-ECB",
                         value, out);
}

CK_RV
p11_check_value(const mn_object *object, const mn_keys *keys, uint8_t out[P11_CHECK_VALUE_LEN])
{
    const mn_attribute *plain = mn_attributes_get(mn_object_attributes(object), CKA_VALUE);
    mn_auto(mn_secret) secret = NULL;
    mainet_error err = {0};

    if (mn_object_class(object) != CKO_CERTIFICATE && mn_object_class(object) != CKO_SECRET_KEY)
        return CKR_ATTRIBUTE_TYPE_INVALID;
    if (plain != NULL)
        return work_out(object, plain->value, plain->value_len, out);
    secret = mn_object_secret(object, keys, CKA_VALUE, &err);
    if (secret == NULL)
        return p11_ckr_of(&err);
    return work_out(object, mn_secret_bytes(secret), mn_secret_len(secret), out);
}

CK_RV
p11_check_value_compare(const mn_object *object, const CK_ATTRIBUTE *said)
{
    uint8_t own[P11_CHECK_VALUE_LEN];
    CK_RV rv = CKR_OK;

    if (said == NULL)
        return CKR_OK;
    rv = p11_check_value(object, NULL, own);
    if (rv != CKR_OK)
        return rv;
    return said->ulValueLen == sizeof own && memcmp(said->pValue, own, sizeof own) == 0
               ? CKR_OK
               : CKR_ATTRIBUTE_VALUE_INVALID;
}
