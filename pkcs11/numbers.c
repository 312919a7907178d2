/* SPDX-License-Identifier: BSD-3-Clause */
/* From the numbers of a template to a key. They go through an object in memory, for that is where
 * keys are made of numbers (store/object-key.c). */
#include "numbers.h"

#include <string.h>

#include <openssl/ec.h>
#include <openssl/objects.h>

#include "ckr.h"
#include "rsa.h"
#include "store/curve.h"
#include "store/key.h"
#include "store/object.h"

const CK_ATTRIBUTE *
p11_numbers_find(const CK_ATTRIBUTE *template, CK_ULONG count, CK_ATTRIBUTE_TYPE type)
{
    for (CK_ULONG i = 0; i < count; i++) {
        if (template[i].type == type && template[i].pValue != NULL && template[i].ulValueLen != 0)
            return &template[i];
    }
    return NULL;
}

/* The public numbers of a template, with class and key type. */
static mn_attributes *
gather(const CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_CLASS class, CK_KEY_TYPE key_type,
       mainet_error *err)
{
    static const CK_ATTRIBUTE_TYPE numbers[] = {CKA_MODULUS, CKA_PUBLIC_EXPONENT, CKA_EC_PARAMS,
                                                CKA_EC_POINT};
    mn_auto(mn_attributes) plain = mn_attributes_new(err);

    if (plain == NULL || mn_attributes_set_number(plain, CKA_CLASS, class, err) != MAINET_OK ||
        mn_attributes_set_number(plain, CKA_KEY_TYPE, key_type, err) != MAINET_OK)
        return NULL;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const CK_ATTRIBUTE *found = p11_numbers_find(template, count, numbers[i]);

        if (found != NULL && mn_attributes_set(plain, numbers[i], found->pValue, found->ulValueLen,
                                               err) != MAINET_OK)
            return NULL;
    }
    return mn_attributes_take(&plain);
}

static CK_RV
require(const CK_ATTRIBUTE *template, CK_ULONG count, const CK_ATTRIBUTE_TYPE *types,
        size_t type_count)
{
    for (size_t i = 0; i < type_count; i++) {
        if (p11_numbers_find(template, count, types[i]) == NULL)
            return CKR_TEMPLATE_INCOMPLETE;
    }
    return CKR_OK;
}

/* EC keys find out for themselves when they are made. */
static CK_RV
check_curve(const CK_ATTRIBUTE *params)
{
    const char *name = mn_curve_name(params->pValue, params->ulValueLen);

    if (name == NULL)
        return CKR_ATTRIBUTE_VALUE_INVALID;
    return strcmp(name, SN_ED25519) == 0 ? CKR_OK : CKR_CURVE_NOT_SUPPORTED;
}

static CK_RV
require_all(const CK_ATTRIBUTE *template, CK_ULONG count, bool is_private, CK_KEY_TYPE key_type)
{
    static const CK_ATTRIBUTE_TYPE rsa[] = {CKA_MODULUS, CKA_PUBLIC_EXPONENT, CKA_PRIVATE_EXPONENT};
    static const CK_ATTRIBUTE_TYPE private_ec[] = {CKA_EC_PARAMS, CKA_VALUE};
    static const CK_ATTRIBUTE_TYPE public_ec[] = {CKA_EC_PARAMS, CKA_EC_POINT};

    switch (key_type) {
    case CKK_RSA:
        return require(template, count, rsa, is_private ? 3 : 2);
    case CKK_EC:
    case MN_CKK_EC_EDWARDS:
        return require(template, count, is_private ? private_ec : public_ec, 2);
    default:
        return CKR_ATTRIBUTE_VALUE_INVALID;
    }
}

/* The named curve of CKA_EC_PARAMS, in our context: its arithmetic draws random numbers. */
static EC_GROUP *
find_group(const mn_attribute *params)
{
    const char *name = mn_curve_name(params->value, params->value_len);

    return name == NULL
               ? NULL
               : EC_GROUP_new_by_curve_name_ex(mn_crypto_context(), NULL, OBJ_sn2nid(name));
}

/* The point of a private key that came without one. */
static CK_RV
add_point(mn_attributes *plain, const CK_ATTRIBUTE *value, mainet_error *err)
{
    EC_GROUP *group = find_group(mn_attributes_get(plain, CKA_EC_PARAMS));
    EC_POINT *point = group == NULL ? NULL : EC_POINT_new(group);
    BN_CTX *scratch = BN_CTX_secure_new_ex(mn_crypto_context());
    mn_auto(BIGNUM) number = BN_secure_new();
    uint8_t raw[1 + 2 * 72];
    size_t len = 0;
    CK_RV rv = CKR_ATTRIBUTE_VALUE_INVALID;

    if (point != NULL && scratch != NULL && number != NULL &&
        BN_bin2bn(value->pValue, (int)value->ulValueLen, number) != NULL && !BN_is_zero(number) &&
        BN_cmp(number, EC_GROUP_get0_order(group)) < 0 &&
        EC_POINT_mul(group, point, number, NULL, NULL, scratch) == 1)
        len = EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, raw, sizeof raw,
                                 scratch);
    if (len != 0)
        rv = p11_ckr(mn_attributes_set(plain, CKA_EC_POINT, raw, len, err));
    BN_CTX_free(scratch);
    EC_POINT_free(point);
    EC_GROUP_free(group);
    return rv;
}

static CK_RV
add_value(mn_object *object, const CK_ATTRIBUTE *template, CK_ULONG count, mainet_error *err)
{
    const CK_ATTRIBUTE *value = p11_numbers_find(template, count, CKA_VALUE);

    return p11_ckr(mn_object_set_secret(object, CKA_VALUE, value->pValue, value->ulValueLen, err));
}

static CK_RV
build_private(mn_attributes *plain, const CK_ATTRIBUTE *template, CK_ULONG count,
              CK_KEY_TYPE key_type, EVP_PKEY **key, mainet_error *err)
{
    mn_auto(mn_object) object = NULL;
    CK_RV rv = CKR_OK;

    if (key_type == CKK_EC && mn_attributes_get(plain, CKA_EC_POINT) == NULL)
        rv = add_point(plain, p11_numbers_find(template, count, CKA_VALUE), err);
    if (rv != CKR_OK)
        return rv;
    object = mn_object_new(plain, err);
    if (object == NULL)
        return p11_ckr(err->status);
    rv = key_type == CKK_RSA ? p11_rsa_complete(object, template, count)
                             : add_value(object, template, count, err);
    if (rv == CKR_OK)
        *key = mn_object_private_key(object, NULL, err);
    return rv;
}

static bool
is_sound(EVP_PKEY *key, bool is_private)
{
    mn_auto(EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_pkey(mn_crypto_context(), key, NULL);

    if (context == NULL)
        return false;
    return (is_private && !EVP_PKEY_is_a(key, "ED25519") ? EVP_PKEY_pairwise_check(context)
                                                         : EVP_PKEY_public_check(context)) == 1;
}

CK_RV
p11_numbers_key(const CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_CLASS class,
                CK_KEY_TYPE key_type, EVP_PKEY **key)
{
    const bool is_private = class == CKO_PRIVATE_KEY;
    mainet_error err = {0};
    mn_auto(mn_attributes) plain = NULL;
    mn_auto(EVP_PKEY) made = NULL;
    mn_auto(mn_object) object = NULL;
    CK_RV rv = require_all(template, count, is_private, key_type);

    *key = NULL;
    if (rv == CKR_OK && key_type == MN_CKK_EC_EDWARDS)
        rv = check_curve(p11_numbers_find(template, count, CKA_EC_PARAMS));
    if (rv != CKR_OK)
        return rv;
    plain = gather(template, count, class, key_type, &err);
    if (plain == NULL)
        return p11_ckr(err.status);
    if (is_private) {
        rv = build_private(plain, template, count, key_type, &made, &err);
    } else {
        object = mn_object_new(plain, &err);
        made = object == NULL ? NULL : mn_object_public_key(object, &err);
    }
    if (rv != CKR_OK)
        return rv;
    if (made == NULL)
        return err.status == MAINET_E_NO_MEMORY ? CKR_HOST_MEMORY : CKR_ATTRIBUTE_VALUE_INVALID;
    if (!is_sound(made, is_private))
        return CKR_ATTRIBUTE_VALUE_INVALID;
    *key = EVP_PKEY_take(&made);
    return CKR_OK;
}
