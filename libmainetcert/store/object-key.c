/* SPDX-License-Identifier: BSD-3-Clause */
/* From the attributes of an object to an EVP_PKEY in the private context. */
#include <string.h>

#include <openssl/err.h>
#include <p11-kit/pkcs11.h>

#include "base/key-data.h"
#include "store/curve.h"
#include "store/key.h"
#include "store/public-attributes.h"
#include "store/record.h"

static mainet_status
add_plain_number(mn_key_data *set, const char *name, const mn_object *object, uint64_t type,
                 mainet_error *err)
{
    const mn_attribute *found = mn_attributes_get(mn_object_attributes(object), type);

    if (found == NULL || found->value_len == 0)
        return mn_fail(err, MAINET_E_OBJECT_NOT_FOUND, 0, "a key without %s", name);
    return mn_key_data_copy_number(set, name, found->value, found->value_len, err);
}

static mainet_status
add_secret_number(mn_key_data *set, const char *name, const mn_object *object, const mn_keys *keys,
                  uint64_t type, mainet_error *err)
{
    mn_auto(mn_secret) number = mn_object_secret(object, keys, type, err);

    if (number == NULL)
        return mn_failure(err);
    mn_key_data_add_number(set, name, &number);
    return MAINET_OK;
}

static mainet_status
gather_rsa(const mn_object *object, const mn_keys *keys, bool is_private, mn_key_data *set,
           mainet_error *err)
{
    static const struct {
        const char *name;
        uint64_t type;
    } factors[] = {
        {OSSL_PKEY_PARAM_RSA_FACTOR1, CKA_PRIME_1},
        {OSSL_PKEY_PARAM_RSA_FACTOR2, CKA_PRIME_2},
        {OSSL_PKEY_PARAM_RSA_EXPONENT1, CKA_EXPONENT_1},
        {OSSL_PKEY_PARAM_RSA_EXPONENT2, CKA_EXPONENT_2},
        {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, CKA_COEFFICIENT},
    };

    MN_TRY(add_plain_number(set, OSSL_PKEY_PARAM_RSA_N, object, CKA_MODULUS, err));
    MN_TRY(add_plain_number(set, OSSL_PKEY_PARAM_RSA_E, object, CKA_PUBLIC_EXPONENT, err));
    if (!is_private)
        return MAINET_OK;
    MN_TRY(add_secret_number(set, OSSL_PKEY_PARAM_RSA_D, object, keys, CKA_PRIVATE_EXPONENT, err));
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++)
        if (mn_object_has_secret(object, factors[i].type))
            MN_TRY(add_secret_number(set, factors[i].name, object, keys, factors[i].type, err));
    return MAINET_OK;
}

static const char *
curve_name(const mn_object *object)
{
    const mn_attribute *params = mn_attributes_get(mn_object_attributes(object), CKA_EC_PARAMS);

    return params == NULL ? NULL : mn_curve_name(params->value, params->value_len);
}

/* The point inside an OCTET STRING; the same if it is in none. */
static mn_attribute
unwrap_point(const mn_attribute *attribute)
{
    mn_attribute point = *attribute;
    size_t head = point.value_len > 1 && point.value[1] == 0x81 ? 3 : 2;

    if (point.value_len > head && point.value[0] == V_ASN1_OCTET_STRING &&
        point.value[head - 1] == point.value_len - head) {
        point.value += head;
        point.value_len -= head;
    }
    return point;
}

static EVP_PKEY *
build_ec(const mn_object *object, const mn_keys *keys, EVP_PKEY *public_half, mainet_error *err)
{
    mn_auto_key_data set = {.count = 0};
    mn_auto_buffer(point, 256);
    const char *curve = curve_name(object);

    if (curve == NULL)
        return mn_fail_null(err, MAINET_E_PKCS12_UNUSABLE, 0, "EC parameters of no named curve");
    mn_key_data_add_curve(&set, curve);
    if (public_half != NULL) {
        if (mn_key_point(public_half, &point, err) != MAINET_OK)
            return NULL;
        mn_key_data_add_point(&set, point.data, point.len);
    }
    if (add_secret_number(&set, OSSL_PKEY_PARAM_PRIV_KEY, object, keys, CKA_VALUE, err) !=
        MAINET_OK)
        return NULL;
    return mn_key_data_build(&set, MN_KEY_EC,
                             public_half != NULL ? EVP_PKEY_KEYPAIR : EVP_PKEY_PRIVATE_KEY, err);
}

EVP_PKEY *
mn_object_private_key(const mn_object *object, const mn_keys *keys, mainet_error *err)
{
    mn_auto_key_data set = {.count = 0};
    mn_auto(EVP_PKEY) public_half = NULL;
    mn_auto(mn_secret) seed = NULL;
    mainet_error no_matter = {0};
    EVP_PKEY *key = NULL;

    if (mn_crypto_ready(err) != MAINET_OK)
        return NULL;
    switch (mn_attributes_number(mn_object_attributes(object), CKA_KEY_TYPE, UINT64_MAX)) {
    case CKK_RSA:
        if (gather_rsa(object, keys, true, &set, err) != MAINET_OK)
            return NULL;
        return mn_key_data_build(&set, MN_KEY_RSA, EVP_PKEY_KEYPAIR, err);
    case CKK_EC:
        public_half = mn_object_public_key(object, &no_matter); /* may not be known */
        return build_ec(object, keys, public_half, err);
    case MN_CKK_EC_EDWARDS:
        seed = mn_object_secret(object, keys, CKA_VALUE, err);
        if (seed == NULL)
            return NULL;
        key = EVP_PKEY_new_raw_private_key_ex(mn_crypto_context(), "ED25519", NULL,
                                              mn_secret_bytes(seed), mn_secret_len(seed));
        return key != NULL ? key : mn_fail_crypto_null(err, "Ed25519 key");
    default:
        return mn_fail_null(err, MAINET_E_PKCS12_UNUSABLE, 0, "a key of a type we do not know");
    }
}

static EVP_PKEY *
public_from_certificate(const mn_attribute *value, mainet_error *err)
{
    size_t len = 0;
    const uint8_t *info = mn_certificate_find_info(value->value, value->value_len, &len);

    if (info == NULL)
        return mn_fail_null(err, MAINET_E_CERTIFICATE, 0, "%zu bytes that are not a certificate",
                            value->value_len);
    return mn_key_from_info(info, len, err);
}

static EVP_PKEY *
edwards_from_point(const mn_attribute *attribute, mainet_error *err)
{
    mn_attribute point =
        attribute->value_len == MN_ED25519_POINT_LEN ? *attribute : unwrap_point(attribute);
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key_ex(mn_crypto_context(), "ED25519", NULL,
                                                   point.value, point.value_len);

    return key != NULL ? key : mn_fail_crypto_null(err, "Ed25519 key");
}

static EVP_PKEY *
build_point(const char *curve, const mn_attribute *point, mainet_error *err)
{
    mn_auto_key_data set = {.count = 0};

    mn_key_data_add_curve(&set, curve);
    mn_key_data_add_point(&set, point->value, point->value_len);
    return mn_key_data_build(&set, MN_KEY_EC, EVP_PKEY_PUBLIC_KEY, err);
}

/* Some writers leave the OCTET STRING out. A point begins with 4 too, and of 256 such points one
 * goes on as if it were wrapped: what is inside is then too short for the curve. */
static EVP_PKEY *
ec_from_point(const mn_object *object, const mn_attribute *attribute, mainet_error *err)
{
    mn_attribute point = unwrap_point(attribute);
    const char *curve = curve_name(object);
    mainet_error no_matter = {0};
    EVP_PKEY *key = NULL;

    if (curve == NULL)
        return mn_fail_null(err, MAINET_E_PKCS12_UNUSABLE, 0, "EC parameters of no named curve");
    if (point.value_len != attribute->value_len)
        key = build_point(curve, &point, &no_matter);
    return key != NULL ? key : build_point(curve, attribute, err);
}

EVP_PKEY *
mn_object_public_key(const mn_object *object, mainet_error *err)
{
    mn_auto_key_data set = {.count = 0};
    const mn_attributes *plain = mn_object_attributes(object);
    const mn_attribute *value = mn_attributes_get(plain, CKA_VALUE);
    const mn_attribute *info = mn_attributes_get(plain, CKA_PUBLIC_KEY_INFO);
    const mn_attribute *point = mn_attributes_get(plain, CKA_EC_POINT);
    uint64_t type = mn_attributes_number(plain, CKA_KEY_TYPE, UINT64_MAX);

    if (mn_crypto_ready(err) != MAINET_OK)
        return NULL;
    if (mn_object_class(object) == CKO_CERTIFICATE && value != NULL)
        return public_from_certificate(value, err);
    if (type == CKK_RSA && gather_rsa(object, NULL, false, &set, err) == MAINET_OK)
        return mn_key_data_build(&set, MN_KEY_RSA, EVP_PKEY_PUBLIC_KEY, err);
    if (type == CKK_EC && point != NULL)
        return ec_from_point(object, point, err);
    if (type == MN_CKK_EC_EDWARDS && point != NULL)
        return edwards_from_point(point, err);
    if (info != NULL && info->value_len != 0)
        return mn_key_from_info(info->value, info->value_len, err);
    return mn_fail_null(err, MAINET_E_OBJECT_NOT_FOUND, 0, "no public key");
}

/* The form that pairs keys, where an object has it at hand; NULL if a key has to be made for it. */
static const uint8_t *
info_at_hand(const mn_object *object, size_t *len)
{
    const mn_attributes *plain = mn_object_attributes(object);
    const bool is_certificate = mn_object_class(object) == CKO_CERTIFICATE;
    const mn_attribute *from =
        mn_attributes_get(plain, is_certificate ? CKA_VALUE : CKA_PUBLIC_KEY_INFO);
    const uint8_t *info = from == NULL ? NULL : from->value;
    mn_public_info parts;

    if (info == NULL)
        return NULL;
    *len = from->value_len;
    if (is_certificate)
        info = mn_certificate_find_info(from->value, from->value_len, len);
    return info != NULL && mn_public_info_read(info, *len, &parts) ? info : NULL;
}

mainet_status
mn_object_public_key_info(const mn_object *object, mn_buffer *out, bool *found, mainet_error *err)
{
    mainet_error no_matter = {0};
    mn_auto(EVP_PKEY) key = NULL;
    uint64_t class = mn_object_class(object);

    const uint8_t *info = NULL;
    size_t len = 0;

    *found = false;
    if (class != CKO_CERTIFICATE && class != CKO_PRIVATE_KEY && class != CKO_PUBLIC_KEY)
        return MAINET_OK;
    info = info_at_hand(object, &len);
    *found = info != NULL;
    if (*found) {
        mn_buffer_append(out, info, len);
        return mn_buffer_check(out, "public key", err);
    }
    ERR_set_mark();
    key = mn_object_public_key(object, &no_matter);
    ERR_pop_to_mark();
    if (key == NULL)
        return no_matter.status == MAINET_E_NO_MEMORY ? mn_fail_memory(err, "key") : MAINET_OK;
    *found = true;
    return mn_key_public_info(key, out, err);
}
