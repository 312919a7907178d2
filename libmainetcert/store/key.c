/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/key.h"

#include <string.h>

#include <openssl/objects.h>
#include <p11-kit/pkcs11.h>

/* PrintableString "edwards25519" (PKCS#11 v3.0, 2.3.10). */
static const uint8_t edwards25519[] = {0x13, 0x0c, 'e', 'd', 'w', 'a', 'r',
                                       'd',  's',  '2', '5', '5', '1', '9'};

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

static mainet_status
set_number(EVP_PKEY *key, const char *name, mn_attributes *attributes, uint64_t type,
           mainet_error *err)
{
    mn_auto(BIGNUM) number = NULL;
    uint8_t bytes[2048];

    MN_TRY(get_number(key, name, &number, err));
    if ((size_t)BN_num_bytes(number) > sizeof bytes)
        return refuse(err);
    return mn_attributes_set(attributes, type, bytes, (size_t)BN_bn2bin(number, bytes), err);
}

static mainet_status
set_rsa(EVP_PKEY *key, mn_attributes *attributes, mainet_error *err)
{
    MN_TRY(mn_attributes_set_number(attributes, CKA_KEY_TYPE, CKK_RSA, err));
    MN_TRY(set_number(key, OSSL_PKEY_PARAM_RSA_N, attributes, CKA_MODULUS, err));
    return set_number(key, OSSL_PKEY_PARAM_RSA_E, attributes, CKA_PUBLIC_EXPONENT, err);
}

static mainet_status
set_curve(EVP_PKEY *key, mn_attributes *attributes, mainet_error *err)
{
    char group[80];
    uint8_t der[64];
    uint8_t *end = der;
    ASN1_OBJECT *oid = NULL;
    int len = 0;

    if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group,
                                       NULL) != 1)
        return refuse(err);
    oid = OBJ_txt2obj(group, 0);
    len = oid == NULL ? 0 : i2d_ASN1_OBJECT(oid, NULL);
    if (len > 0 && (size_t)len <= sizeof der)
        len = i2d_ASN1_OBJECT(oid, &end);
    ASN1_OBJECT_free(oid);
    if (len <= 0 || (size_t)len > sizeof der)
        return refuse(err);
    MN_TRY(mn_attributes_set_number(attributes, CKA_KEY_TYPE, CKK_EC, err));
    return mn_attributes_set(attributes, CKA_EC_PARAMS, der, (size_t)len, err);
}

static mainet_status
set_edwards(mn_attributes *attributes, mainet_error *err)
{
    MN_TRY(mn_attributes_set_number(attributes, CKA_KEY_TYPE, MN_CKK_EC_EDWARDS, err));
    return mn_attributes_set(attributes, CKA_EC_PARAMS, edwards25519, sizeof edwards25519, err);
}

mainet_status
mn_key_point(EVP_PKEY *key, mn_buffer *out, mainet_error *err)
{
    mn_auto(BIGNUM) x = NULL;
    mn_auto(BIGNUM) y = NULL;
    uint8_t point[1 + 2 * 72] = {4};
    int width = (EVP_PKEY_get_bits(key) + 7) / 8;
    size_t len = sizeof point;

    if (EVP_PKEY_is_a(key, "ED25519")) {
        if (EVP_PKEY_get_raw_public_key(key, point, &len) != 1)
            return mn_fail_crypto(err, "Ed25519 public key");
        mn_buffer_append(out, point, len);
        return mn_buffer_check(out, "public key", err);
    }
    if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &len) ==
            1 &&
        point[0] == 4) { /* as it nearly always is */
        mn_buffer_append(out, point, len);
        return mn_buffer_check(out, "public key", err);
    }
    point[0] = 4;
    MN_TRY(get_number(key, OSSL_PKEY_PARAM_EC_PUB_X, &x, err));
    MN_TRY(get_number(key, OSSL_PKEY_PARAM_EC_PUB_Y, &y, err));
    if (width > 72 || BN_bn2binpad(x, point + 1, width) != width ||
        BN_bn2binpad(y, point + 1 + width, width) != width)
        return refuse(err);
    mn_buffer_append(out, point, 1 + 2 * (size_t)width);
    return mn_buffer_check(out, "public key", err);
}

/* CKA_EC_POINT is the DER OCTET STRING of the point (PKCS#11 v2.40, 2.3.3). */
static mainet_status
set_point(EVP_PKEY *key, mn_attributes *attributes, mainet_error *err)
{
    mn_auto_buffer(point, 256);
    mn_auto_buffer(der, 256);

    MN_TRY(mn_key_point(key, &point, err));
    mn_buffer_append_u8(&der, 4);
    if (point.len > 127)
        mn_buffer_append_u8(&der, 0x81);
    mn_buffer_append_u8(&der, (uint8_t)point.len);
    mn_buffer_append(&der, point.data, point.len);
    MN_TRY(mn_buffer_check(&der, "public key", err));
    return mn_attributes_set(attributes, CKA_EC_POINT, der.data, der.len, err);
}

static mainet_status
set_common(EVP_PKEY *key, mn_attributes *attributes, mainet_error *err)
{
    mn_auto_buffer(info, 65536);

    MN_TRY(mn_key_public_info(key, &info, err));
    MN_TRY(mn_attributes_set(attributes, CKA_PUBLIC_KEY_INFO, info.data, info.len, err));
    if (is_rsa(key))
        return set_rsa(key, attributes, err);
    if (EVP_PKEY_is_a(key, "EC"))
        return set_curve(key, attributes, err);
    if (EVP_PKEY_is_a(key, "ED25519"))
        return set_edwards(attributes, err);
    return refuse(err);
}

mainet_status
mn_key_set_public(EVP_PKEY *key, mn_attributes *attributes, mainet_error *err)
{
    MN_TRY(set_common(key, attributes, err));
    if (is_rsa(key))
        return mn_attributes_set_number(attributes, CKA_MODULUS_BITS,
                                        (uint64_t)EVP_PKEY_get_bits(key), err);
    return set_point(key, attributes, err);
}

mainet_status
mn_key_set_private(EVP_PKEY *key, mn_attributes *attributes, mainet_error *err)
{
    return set_common(key, attributes, err);
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
    return mn_object_set_secret(object, type, mn_secret_bytes(bytes), width, err);
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
    return mn_object_set_secret(object, CKA_VALUE, mn_secret_bytes(seed), len, err);
}

mainet_status
mn_key_default_id(EVP_PKEY *key, uint8_t id[MN_KEY_ID_LEN], mainet_error *err)
{
    mn_auto_buffer(number, 4096);
    mn_auto(BIGNUM) modulus = NULL;
    uint8_t bytes[2048];

    MN_TRY(mn_key_check(key, err));
    if (is_rsa(key)) {
        MN_TRY(get_number(key, OSSL_PKEY_PARAM_RSA_N, &modulus, err));
        if ((size_t)BN_num_bytes(modulus) > sizeof bytes)
            return refuse(err);
        mn_buffer_append(&number, bytes, (size_t)BN_bn2bin(modulus, bytes));
    } else {
        MN_TRY(mn_key_point(key, &number, err));
    }
    MN_TRY(mn_buffer_check(&number, "key id", err));
    MN_TRY(mn_crypto_ready(err));
    if (EVP_Q_digest(mn_crypto_context(), "SHA1", NULL, number.data, number.len, id, NULL) != 1)
        return mn_fail_crypto(err, "SHA-1");
    return MAINET_OK;
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
