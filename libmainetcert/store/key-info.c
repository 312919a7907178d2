/* SPDX-License-Identifier: BSD-3-Clause */
/* Keys to SubjectPublicKeyInfo (RFC 5280, 4.1) and back, put together by hand: libcrypto's own
 * encoder and decoder take a millisecond a key, and a token has ten thousand. */
#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/objects.h>

#include "base/key-data.h"
#include "store/key.h"
#include "store/public-info.h"

MN_AUTO_TYPE(OSSL_DECODER_CTX, OSSL_DECODER_CTX_free)

#define NUMBER_MAX 2048
#define INFO_MAX 8192

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
    return append_info(out, mn_rsa_algorithm, sizeof mn_rsa_algorithm, &sequence, err);
}

/* False for a curve without name. */
static bool
append_curve(EVP_PKEY *key, mn_buffer *out)
{
    uint8_t der[64];
    uint8_t *end = der;
    ASN1_OBJECT *oid = mn_key_curve(key);
    int len = oid == NULL ? 0 : i2d_ASN1_OBJECT(oid, NULL);

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

    mn_buffer_append(&oids, mn_ec_oid, sizeof mn_ec_oid);
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
    return append_info(out, mn_ed25519_algorithm, sizeof mn_ed25519_algorithm, &point, err);
}

static EVP_PKEY *
build_rsa(const mn_public_info *info, mainet_error *err)
{
    mn_auto_key_data data = {.count = 0};

    if (mn_key_data_copy_number(&data, OSSL_PKEY_PARAM_RSA_N, info->modulus.data,
                                info->modulus.left, err) != MAINET_OK ||
        mn_key_data_copy_number(&data, OSSL_PKEY_PARAM_RSA_E, info->exponent.data,
                                info->exponent.left, err) != MAINET_OK)
        return NULL;
    return mn_key_data_build(&data, MN_KEY_RSA, EVP_PKEY_PUBLIC_KEY, err);
}

static EVP_PKEY *
build_ec(const mn_public_info *info, mainet_error *err)
{
    mn_auto_key_data data = {.count = 0};
    const uint8_t *at = info->curve.data;
    ASN1_OBJECT *oid = d2i_ASN1_OBJECT(NULL, &at, (long)info->curve.left);
    int nid = OBJ_obj2nid(oid);

    ASN1_OBJECT_free(oid);
    if (nid == NID_undef)
        return NULL;
    mn_key_data_add_curve(&data, OBJ_nid2sn(nid));
    mn_key_data_add_point(&data, info->point.data, info->point.left);
    return mn_key_data_build(&data, MN_KEY_EC, EVP_PKEY_PUBLIC_KEY, err);
}

static EVP_PKEY *
build_plain(const uint8_t *der, size_t der_len)
{
    mainet_error no_matter = {0};
    mn_public_info info;

    if (!mn_public_info_read(der, der_len, &info))
        return NULL;
    switch (info.kind) {
    case MN_INFO_RSA:
        return build_rsa(&info, &no_matter);
    case MN_INFO_EC:
        return build_ec(&info, &no_matter);
    case MN_INFO_ED25519:
        return EVP_PKEY_new_raw_public_key_ex(mn_crypto_context(), "ED25519", NULL, info.point.data,
                                              info.point.left);
    }
    return NULL;
}

static EVP_PKEY *
decode(const uint8_t *der, size_t der_len, mainet_error *err)
{
    EVP_PKEY *key = NULL;
    mn_auto(OSSL_DECODER_CTX) decoder = OSSL_DECODER_CTX_new_for_pkey(
        &key, "DER", "SubjectPublicKeyInfo", NULL, EVP_PKEY_PUBLIC_KEY, mn_crypto_context(), NULL);

    if (decoder == NULL || OSSL_DECODER_from_data(decoder, &der, &der_len) != 1)
        return mn_fail_crypto_null(err, "public key");
    return key;
}

EVP_PKEY *
mn_key_from_info(const uint8_t *der, size_t der_len, mainet_error *err)
{
    EVP_PKEY *key = NULL;

    ERR_set_mark();
    key = build_plain(der, der_len);
    ERR_pop_to_mark();
    return key != NULL ? key : decode(der, der_len, err);
}
