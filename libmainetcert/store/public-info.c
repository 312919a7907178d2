/* SPDX-License-Identifier: BSD-3-Clause */
/* SubjectPublicKeyInfo (RFC 5280, 4.1) of keys, put together by hand: libcrypto's own encoder and
 * decoder take a millisecond a key, and a token has ten thousand. */
#include "store/public-info.h"

#include <string.h>

#include <openssl/objects.h>

#include "store/key.h"

#define NUMBER_MAX 2048
#define INFO_MAX 8192

/* AlgorithmIdentifiers as they begin; of EC the curve follows. */
static const uint8_t rsa_algorithm[] = {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                        0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
static const uint8_t ed25519_algorithm[] = {0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70};
static const uint8_t ec_oid[] = {0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};

static void
append_head(mn_buffer *out, uint8_t tag, size_t len)
{
    mn_buffer_append_u8(out, tag);
    if (len > 0xFF) {
        mn_buffer_append_u8(out, 0x82);
        mn_buffer_append_u8(out, (uint8_t)(len >> 8));
    } else if (len > 0x7F) {
        mn_buffer_append_u8(out, 0x81);
    }
    mn_buffer_append_u8(out, (uint8_t)len);
}

static void
append_element(mn_buffer *out, uint8_t tag, const mn_buffer *content)
{
    append_head(out, tag, content->len);
    mn_buffer_append(out, content->data, content->len);
    out->failed |= content->failed;
}

static mainet_status
append_integer(EVP_PKEY *key, const char *name, mn_buffer *out, mainet_error *err)
{
    mn_auto(BIGNUM) number = NULL;
    uint8_t bytes[1 + NUMBER_MAX] = {0};
    size_t len = 0;
    size_t skip = 1;

    if (EVP_PKEY_get_bn_param(key, name, &number) != 1 || BN_num_bytes(number) > NUMBER_MAX)
        return mn_fail_crypto(err, name);
    len = (size_t)BN_bn2bin(number, bytes + 1);
    if (len == 0 || bytes[1] >= 0x80) { /* a zero keeps it positive */
        skip = 0;
        len++;
    }
    append_head(out, 0x02, len);
    mn_buffer_append(out, bytes + skip, len);
    return MAINET_OK;
}

/* The algorithm and the bits of the key, in their SEQUENCE. */
static mainet_status
append_info(mn_buffer *out, const void *algorithm, size_t algorithm_len, const mn_buffer *key,
            mainet_error *err)
{
    mn_auto_buffer(content, INFO_MAX);

    mn_buffer_append(&content, algorithm, algorithm_len);
    append_head(&content, 0x03, key->len + 1);
    mn_buffer_append_u8(&content, 0); /* no unused bits */
    mn_buffer_append(&content, key->data, key->len);
    content.failed |= key->failed;
    append_element(out, 0x30, &content);
    return mn_buffer_check(out, "public key", err);
}

static mainet_status
append_rsa(EVP_PKEY *key, mn_buffer *out, mainet_error *err)
{
    mn_auto_buffer(numbers, INFO_MAX);
    mn_auto_buffer(sequence, INFO_MAX);

    MN_TRY(append_integer(key, OSSL_PKEY_PARAM_RSA_N, &numbers, err));
    MN_TRY(append_integer(key, OSSL_PKEY_PARAM_RSA_E, &numbers, err));
    append_element(&sequence, 0x30, &numbers);
    return append_info(out, rsa_algorithm, sizeof rsa_algorithm, &sequence, err);
}

/* False for a curve without name. */
static bool
append_curve(EVP_PKEY *key, mn_buffer *out)
{
    char group[80];
    uint8_t der[64];
    uint8_t *end = der;
    ASN1_OBJECT *oid = NULL;
    int len = 0;

    if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group,
                                       NULL) != 1)
        return false;
    oid = OBJ_txt2obj(group, 0);
    len = oid == NULL ? 0 : i2d_ASN1_OBJECT(oid, NULL);
    if (len > 0 && (size_t)len <= sizeof der)
        len = i2d_ASN1_OBJECT(oid, &end);
    ASN1_OBJECT_free(oid);
    if (len <= 0 || (size_t)len > sizeof der)
        return false;
    mn_buffer_append(out, der, (size_t)len);
    return true;
}

static mainet_status
append_otherwise(EVP_PKEY *key, mn_buffer *out, mainet_error *err)
{
    uint8_t *der = NULL;
    const int len = i2d_PUBKEY(key, &der);

    if (len <= 0)
        return mn_fail_crypto(err, "public key");
    mn_buffer_append(out, der, (size_t)len);
    OPENSSL_free(der);
    return mn_buffer_check(out, "public key", err);
}

static mainet_status
append_ec(EVP_PKEY *key, mn_buffer *out, mainet_error *err)
{
    mn_auto_buffer(oids, 256);
    mn_auto_buffer(algorithm, 256);
    mn_auto_buffer(point, 256);

    mn_buffer_append(&oids, ec_oid, sizeof ec_oid);
    if (!append_curve(key, &oids))
        return append_otherwise(key, out, err);
    append_element(&algorithm, 0x30, &oids);
    MN_TRY(mn_key_point(key, &point, err));
    MN_TRY(mn_buffer_check(&algorithm, "public key", err));
    return append_info(out, algorithm.data, algorithm.len, &point, err);
}

mainet_status
mn_key_public_info(EVP_PKEY *key, mn_buffer *out, mainet_error *err)
{
    mn_auto_buffer(point, 256);

    if (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS"))
        return append_rsa(key, out, err);
    if (EVP_PKEY_is_a(key, "EC"))
        return append_ec(key, out, err);
    if (!EVP_PKEY_is_a(key, "ED25519"))
        return append_otherwise(key, out, err);
    MN_TRY(mn_key_point(key, &point, err));
    return append_info(out, ed25519_algorithm, sizeof ed25519_algorithm, &point, err);
}

/* Where a reader of DER stands. */
typedef struct cursor {
    const uint8_t *at;
    size_t left;
} cursor;

/* Step over one element of definite length: its tag, the whole of it, what is in it. */
static bool
step(cursor *in, uint8_t *tag, cursor *whole, cursor *content)
{
    size_t head = 2;
    size_t len = 0;

    if (in->left < 2 || (in->at[0] & 0x1f) == 0x1f)
        return false;
    *tag = in->at[0];
    len = in->at[1];
    if (len > 0x80 && len <= 0x84) {
        head += len - 0x80;
        len = 0;
        for (size_t i = 2; i < head && i < in->left; i++)
            len = len << 8 | in->at[i];
    } else if (len >= 0x80) {
        return false;
    }
    if (in->left < head || in->left - head < len)
        return false;
    *whole = (cursor){in->at, head + len};
    *content = (cursor){in->at + head, len};
    in->at += head + len;
    in->left -= head + len;
    return true;
}

/* version, serialNumber, signature, issuer, validity, subject; then it comes. */
const uint8_t *
mn_certificate_find_info(const uint8_t *der, size_t der_len, size_t *info_len)
{
    static const uint8_t before[] = {0x02, 0x30, 0x30, 0x30, 0x30};
    cursor in = {der, der_len};
    cursor whole;
    cursor content;
    uint8_t tag = 0;

    if (!step(&in, &tag, &whole, &content) || tag != 0x30) /* Certificate */
        return NULL;
    in = content;
    if (!step(&in, &tag, &whole, &content) || tag != 0x30) /* TBSCertificate */
        return NULL;
    in = content;
    if (in.left != 0 && in.at[0] == 0xa0 && !step(&in, &tag, &whole, &content))
        return NULL;
    for (size_t i = 0; i < sizeof before; i++) {
        if (!step(&in, &tag, &whole, &content) || tag != before[i])
            return NULL;
    }
    if (!step(&in, &tag, &whole, &content) || tag != 0x30)
        return NULL;
    *info_len = whole.left;
    return whole.at;
}

static bool
begins_with(const cursor *in, const uint8_t *what, size_t len)
{
    return in->left >= len && memcmp(in->at, what, len) == 0;
}

bool
mn_public_info_is_plain(const uint8_t *info, size_t info_len)
{
    cursor in = {info, info_len};
    cursor whole;
    cursor algorithm;
    cursor content;
    cursor bits;
    uint8_t tag = 0;

    if (!step(&in, &tag, &whole, &content) || tag != 0x30 || in.left != 0)
        return false;
    in = content;
    if (!step(&in, &tag, &whole, &algorithm) || tag != 0x30)
        return false;
    content = whole;
    if (!step(&in, &tag, &whole, &bits) || tag != 0x03 || in.left != 0 || bits.left < 2 ||
        bits.at[0] != 0)
        return false;
    if (begins_with(&algorithm, ec_oid, sizeof ec_oid))
        return algorithm.left > sizeof ec_oid && algorithm.at[sizeof ec_oid] == 0x06 &&
               bits.at[1] == 0x04;
    return (content.left == sizeof rsa_algorithm &&
            begins_with(&content, rsa_algorithm, sizeof rsa_algorithm)) ||
           (content.left == sizeof ed25519_algorithm &&
            begins_with(&content, ed25519_algorithm, sizeof ed25519_algorithm));
}
