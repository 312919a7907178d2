/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/asn1.h"

#include <limits.h>

#include <openssl/asn1t.h>

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

ASN1_ITEM_TEMPLATE(mn_contents) =
    ASN1_EX_TEMPLATE_TYPE(ASN1_TFLG_SEQUENCE_OF, 0, mn_contents, mn_content)
static_ASN1_ITEM_TEMPLATE_END(mn_contents)

ASN1_ITEM_TEMPLATE(mn_bags) =
    ASN1_EX_TEMPLATE_TYPE(ASN1_TFLG_SEQUENCE_OF, 0, mn_bags, mn_bag)
static_ASN1_ITEM_TEMPLATE_END(mn_bags)
                                                      /* clang-format on */

                                                      static void *
                                                      decode(const uint8_t *data, size_t data_len,
                                                             const ASN1_ITEM *item)
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
