/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/asn1.h"

#include <limits.h>

#include <openssl/asn1t.h>

/* OneAsymmetricKey (RFC 5958, 2). */
typedef struct key_info {
    ASN1_INTEGER *version;
    X509_ALGOR *algorithm;
    ASN1_OCTET_STRING *key;
    STACK_OF(X509_ATTRIBUTE) * attributes;
    ASN1_BIT_STRING *public_key;
} key_info;

/* clang-format off */
ASN1_SEQUENCE(mn_content) = {
    ASN1_SIMPLE(mn_content, type, ASN1_OBJECT),
    ASN1_EXP_OPT(mn_content, value, ASN1_ANY, 0)
} static_ASN1_SEQUENCE_END(mn_content)

ASN1_SEQUENCE(mn_mac_data) = {
    ASN1_SIMPLE(mn_mac_data, digest, X509_SIG),
    ASN1_SIMPLE(mn_mac_data, salt, ASN1_OCTET_STRING),
    ASN1_OPT(mn_mac_data, iterations, ASN1_INTEGER)
} static_ASN1_SEQUENCE_END(mn_mac_data)

ASN1_SEQUENCE(mn_pfx) = {
    ASN1_SIMPLE(mn_pfx, version, ASN1_INTEGER),
    ASN1_SIMPLE(mn_pfx, safe, mn_content),
    ASN1_OPT(mn_pfx, mac, mn_mac_data)
} static_ASN1_SEQUENCE_END(mn_pfx)

ASN1_SEQUENCE(mn_bag) = {
    ASN1_SIMPLE(mn_bag, type, ASN1_OBJECT),
    ASN1_EXP_OPT(mn_bag, value, ASN1_ANY, 0),
    ASN1_SET_OF_OPT(mn_bag, attributes, X509_ATTRIBUTE)
} static_ASN1_SEQUENCE_END(mn_bag)

ASN1_SEQUENCE(key_info) = {
    ASN1_SIMPLE(key_info, version, ASN1_INTEGER),
    ASN1_SIMPLE(key_info, algorithm, X509_ALGOR),
    ASN1_SIMPLE(key_info, key, ASN1_OCTET_STRING),
    ASN1_IMP_SET_OF_OPT(key_info, attributes, X509_ATTRIBUTE, 0),
    ASN1_IMP_OPT(key_info, public_key, ASN1_BIT_STRING, 1)
} static_ASN1_SEQUENCE_END(key_info)

ASN1_ITEM_TEMPLATE(mn_contents) =
    ASN1_EX_TEMPLATE_TYPE(ASN1_TFLG_SEQUENCE_OF, 0, mn_contents, mn_content)
static_ASN1_ITEM_TEMPLATE_END(mn_contents)

ASN1_ITEM_TEMPLATE(mn_bags) =
    ASN1_EX_TEMPLATE_TYPE(ASN1_TFLG_SEQUENCE_OF, 0, mn_bags, mn_bag)
static_ASN1_ITEM_TEMPLATE_END(mn_bags)
                                /* clang-format on */

                                static void *
                                decode(const uint8_t *data, size_t data_len, const ASN1_ITEM *item)
{
    return data_len > INT_MAX ? NULL : ASN1_item_d2i(NULL, &data, (long)data_len, item);
}

mn_pfx *
mn_pfx_decode(const uint8_t *data, size_t data_len)
{
    return decode(data, data_len, ASN1_ITEM_rptr(mn_pfx));
}

mn_contents *
mn_contents_decode(const uint8_t *data, size_t data_len)
{
    return decode(data, data_len, ASN1_ITEM_rptr(mn_contents));
}

mn_bags *
mn_bags_decode(const uint8_t *data, size_t data_len)
{
    return decode(data, data_len, ASN1_ITEM_rptr(mn_bags));
}

mn_content *
mn_content_decode(const uint8_t *data, size_t data_len)
{
    return decode(data, data_len, ASN1_ITEM_rptr(mn_content));
}

static void
key_info_free(key_info *info)
{
    OPENSSL_cleanse(info->key->data, (size_t)info->key->length);
    ASN1_item_free((ASN1_VALUE *)info, ASN1_ITEM_rptr(key_info));
}

MN_AUTO_TYPE(key_info, key_info_free)

/* Without the public key it is as OpenSSL likes it. */
static PKCS8_PRIV_KEY_INFO *
decode_with_public_key(const uint8_t *data, size_t data_len)
{
    mn_auto(key_info) info = decode(data, data_len, ASN1_ITEM_rptr(key_info));
    mn_auto(mn_secret) encoded = NULL;
    mainet_error unheard = {0};
    uint8_t *out = NULL;
    const uint8_t *in = NULL;
    int len = 0;

    if (info == NULL || info->public_key == NULL)
        return NULL;
    ASN1_BIT_STRING_free(info->public_key);
    info->public_key = NULL;
    if (ASN1_INTEGER_set(info->version, 0) == 1)
        len = ASN1_item_i2d((const ASN1_VALUE *)info, NULL, ASN1_ITEM_rptr(key_info));
    encoded = len <= 0 ? NULL : mn_secret_new((size_t)len, &unheard);
    if (encoded == NULL)
        return NULL;
    out = mn_secret_data(encoded);
    len = ASN1_item_i2d((const ASN1_VALUE *)info, &out, ASN1_ITEM_rptr(key_info));
    in = mn_secret_bytes(encoded);
    return d2i_PKCS8_PRIV_KEY_INFO(NULL, &in, len);
}

PKCS8_PRIV_KEY_INFO *
mn_key_info_decode(const uint8_t *data, size_t data_len)
{
    const uint8_t *at = data;
    PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)data_len);

    return info != NULL ? info : decode_with_public_key(data, data_len);
}

const ASN1_OCTET_STRING *
mn_value_octets(const ASN1_TYPE *value)
{
    return value != NULL && value->type == V_ASN1_OCTET_STRING ? value->value.octet_string : NULL;
}

const ASN1_STRING *
mn_value_sequence(const ASN1_TYPE *value)
{
    return value != NULL && value->type == V_ASN1_SEQUENCE ? value->value.sequence : NULL;
}

void
mn_pfx_free(mn_pfx *pfx)
{
    ASN1_item_free((ASN1_VALUE *)pfx, ASN1_ITEM_rptr(mn_pfx));
}

void
mn_contents_free(mn_contents *contents)
{
    ASN1_item_free((ASN1_VALUE *)contents, ASN1_ITEM_rptr(mn_contents));
}

void
mn_content_free(mn_content *content)
{
    ASN1_item_free((ASN1_VALUE *)content, ASN1_ITEM_rptr(mn_content));
}

void
mn_bags_free(mn_bags *bags)
{
    for (int i = 0; i < sk_mn_bag_num(bags); i++) {
        const ASN1_STRING *value = mn_value_sequence(sk_mn_bag_value(bags, i)->value);

        if (value != NULL)
            OPENSSL_cleanse(value->data, (size_t)value->length);
    }
    ASN1_item_free((ASN1_VALUE *)bags, ASN1_ITEM_rptr(mn_bags));
}
