/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/bag.h"

#include <string.h>

#include "base/text.h"

#define NAME_CEILING 1024

/* The first value of an attribute; NULL if it is not there. */
static const ASN1_TYPE *
find_attribute(const mn_bag *bag, int nid)
{
    const int at = X509at_get_attr_by_NID(bag->attributes, nid, -1);

    return at < 0 ? NULL : X509_ATTRIBUTE_get0_type(X509at_get_attr(bag->attributes, at), 0);
}

/* A BMPString says RFC 2985; other kinds of text have been seen. */
static bool
is_text(const ASN1_TYPE *value)
{
    switch (value->type) {
    case V_ASN1_BMPSTRING:
    case V_ASN1_UTF8STRING:
    case V_ASN1_PRINTABLESTRING:
    case V_ASN1_IA5STRING:
    case V_ASN1_T61STRING:
    case V_ASN1_VISIBLESTRING:
    case V_ASN1_UNIVERSALSTRING:
        return true;
    default:
        return false;
    }
}

mainet_status
mn_bag_check_attributes(const mn_bag *bag, mainet_error *err)
{
    const ASN1_TYPE *name = find_attribute(bag, NID_friendlyName);
    const ASN1_TYPE *id = find_attribute(bag, NID_localKeyID);

    if (name != NULL && !is_text(name))
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "a friendlyName that is not text");
    if (id != NULL && id->type != V_ASN1_OCTET_STRING)
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "a localKeyID that is not bytes");
    return MAINET_OK;
}

/* NULL where it is not UTF-16. OpenSSL 3.0.19 refuses a last character beyond
 * ASCII that no terminator follows, so it gets one. (OPENSSL_free) */
static char *
decode_bmp(const ASN1_STRING *text)
{
    uint8_t terminated[NAME_CEILING + 2] = {0};

    memcpy(terminated, text->data, (size_t)text->length);
    return OPENSSL_uni2utf8(terminated, text->length + 2);
}

/* (OPENSSL_free) */
static char *
decode_text(const ASN1_STRING *text)
{
    uint8_t *utf8 = NULL;

    return ASN1_STRING_to_UTF8(&utf8, text) < 0 ? NULL : (char *)utf8;
}

char *
mn_bag_name(const mn_bag *bag)
{
    const ASN1_TYPE *value = find_attribute(bag, NID_friendlyName);
    const ASN1_STRING *text = NULL;
    char *utf8 = NULL;
    char *name = NULL;

    if (value == NULL || !is_text(value))
        return NULL;
    text = value->value.asn1_string;
    if (text->length <= 0 || text->length > NAME_CEILING)
        return NULL;
    utf8 = value->type == V_ASN1_BMPSTRING ? decode_bmp(text) : decode_text(text);
    name = utf8 == NULL ? NULL : strdup(utf8);
    OPENSSL_free(utf8);
    if (name != NULL)
        mn_text_tidy(name, false);
    return name;
}

mn_bags *
mn_bag_nested(const mn_bag *bag)
{
    const ASN1_STRING *value = mn_value_sequence(bag->value);

    return value == NULL ? NULL : mn_bags_decode(value->data, (size_t)value->length);
}

X509_SIG *
mn_bag_shrouded(const mn_bag *bag)
{
    const ASN1_STRING *value = mn_value_sequence(bag->value);
    const uint8_t *data = value == NULL ? NULL : value->data;

    return value == NULL ? NULL : d2i_X509_SIG(NULL, &data, value->length);
}
