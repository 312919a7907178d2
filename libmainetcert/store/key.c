/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/key.h"

#include <string.h>

#include <p11-kit/pkcs11.h>

static mainet_status
refuse(mainet_error *err)
{
    return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0,
                   "a key that is neither RSA, EC over a named curve, nor Ed25519");
}

/* A key that was made for PSS alone (RFC 4055) is an RSA key to PKCS#11. */
static bool
is_rsa(const EVP_PKEY *key)
{
    return EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS");
}

mainet_status
mn_key_check(const EVP_PKEY *key, mainet_error *err)
{
    const char *kind = EVP_PKEY_get0_type_name(key);
    char group[80];

    if (is_rsa(key) || EVP_PKEY_is_a(key, "ED25519"))
        return MAINET_OK;
    if (EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME,
                                                                   group, sizeof group, NULL) == 1)
        return MAINET_OK;
    return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0,
                   "a key (%s) that is neither RSA, EC over a named curve, nor Ed25519",
                   kind == NULL ? "unknown" : kind);
}

static mainet_status
get_number(EVP_PKEY *key, const char *name, BIGNUM **number, mainet_error *err)
{
    return EVP_PKEY_get_bn_param(key, name, number) == 1 ? MAINET_OK : mn_fail_crypto(err, name);
}

mainet_status
mn_key_read(EVP_PKEY *key, mn_buffer *der, mn_public_info *info, mainet_error *err)
{
    MN_TRY(mn_key_check(key, err));
    MN_TRY(mn_key_public_info(key, der, err));
    return mn_public_info_read(der->data, der->len, info) ? MAINET_OK : refuse(err);
}

/* `width` 0: as many bytes as the number has. */
static mainet_status
set_secret_number(EVP_PKEY *key, const char *name, size_t width, mn_object *object, uint64_t type,
                  mainet_error *err)
{
    mn_auto(BIGNUM) number = NULL;
    mn_auto(mn_secret) bytes = NULL;

    MN_TRY(get_number(key, name, &number, err));
    if (width == 0)
        width = (size_t)BN_num_bytes(number);
    bytes = mn_secret_new(width, err);
    if (bytes == NULL)
        return mn_failure(err);
    if (BN_bn2binpad(number, mn_secret_data(bytes), (int)width) != (int)width)
        return mn_fail_crypto(err, name);
    return mn_object_add_secret(object, type, &bytes, err);
}

static mainet_status
set_rsa_secrets(EVP_PKEY *key, mn_object *object, mainet_error *err)
{
    static const struct {
        const char *name;
        uint64_t type;
    } numbers[] = {
        {OSSL_PKEY_PARAM_RSA_D, CKA_PRIVATE_EXPONENT},
        {OSSL_PKEY_PARAM_RSA_FACTOR1, CKA_PRIME_1},
        {OSSL_PKEY_PARAM_RSA_FACTOR2, CKA_PRIME_2},
        {OSSL_PKEY_PARAM_RSA_EXPONENT1, CKA_EXPONENT_1},
        {OSSL_PKEY_PARAM_RSA_EXPONENT2, CKA_EXPONENT_2},
        {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, CKA_COEFFICIENT},
    };

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        MN_TRY(set_secret_number(key, numbers[i].name, 0, object, numbers[i].type, err));
    return MAINET_OK;
}

mainet_status
mn_key_set_secrets(EVP_PKEY *key, mn_object *object, mainet_error *err)
{
    mn_auto(mn_secret) seed = NULL;
    size_t len = 32;

    if (is_rsa(key))
        return set_rsa_secrets(key, object, err);
    if (EVP_PKEY_is_a(key, "EC"))
        return set_secret_number(key, OSSL_PKEY_PARAM_PRIV_KEY,
                                 ((size_t)EVP_PKEY_get_bits(key) + 7) / 8, object, CKA_VALUE, err);
    if (!EVP_PKEY_is_a(key, "ED25519"))
        return refuse(err);
    seed = mn_secret_new(len, err);
    if (seed == NULL)
        return mn_failure(err);
    if (EVP_PKEY_get_raw_private_key(key, mn_secret_data(seed), &len) != 1)
        return mn_fail_crypto(err, "Ed25519 private key");
    return mn_object_add_secret(object, CKA_VALUE, &seed, err);
}

mainet_status
mn_key_default_id(EVP_PKEY *key, uint8_t id[MN_KEY_ID_LEN], mainet_error *err)
{
    mn_auto_buffer(der, 65536);
    mn_public_info info;

    MN_TRY(mn_key_read(key, &der, &info, err));
    return mn_public_info_id(&info, id, err);
}

bool
mn_key_signs_for(EVP_PKEY *key, EVP_PKEY *public_key)
{
    static const uint8_t text[] = "mainetcert key check";
    mn_auto(EVP_MD_CTX) sign = EVP_MD_CTX_new();
    mn_auto(EVP_MD_CTX) verify = EVP_MD_CTX_new();
    const char *digest = EVP_PKEY_is_a(key, "ED25519") ? NULL : "SHA256";
    uint8_t signature[1024];
    size_t len = sizeof signature;

    return sign != NULL && verify != NULL &&
           EVP_DigestSignInit_ex(sign, NULL, digest, mn_crypto_context(), NULL, key, NULL) == 1 &&
           EVP_DigestSign(sign, signature, &len, text, sizeof text) == 1 &&
           EVP_DigestVerifyInit_ex(verify, NULL, digest, mn_crypto_context(), NULL, public_key,
                                   NULL) == 1 &&
           EVP_DigestVerify(verify, signature, len, text, sizeof text) == 1;
}
