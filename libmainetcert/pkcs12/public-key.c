/* SPDX-License-Identifier: BSD-3-Clause */
/* Keys to SubjectPublicKeyInfo (RFC 5280, 4.1) and back, put together by hand: libcrypto's own
 * encoder and decoder take a millisecond a key, and a token has ten thousand. */
#include "pkcs12/public-key.h"

#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/objects.h>

#include "base/key-data.h"
#include "pkcs12/der-write.h"
#include "pkcs12/public-info.h"

MN_AUTO_TYPE(OSSL_DECODER_CTX, OSSL_DECODER_CTX_free)

#define INFO_MAX 4096 /* an RSA key of 16,384 bits has 2,086 bytes */

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
    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_X, &x) != 1)
        return mn_fail_crypto(err, OSSL_PKEY_PARAM_EC_PUB_X);
    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_Y, &y) != 1)
        return mn_fail_crypto(err, OSSL_PKEY_PARAM_EC_PUB_Y);
    if (width > 72 || BN_bn2binpad(x, point + 1, width) != width ||
        BN_bn2binpad(y, point + 1 + width, width) != width)
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0,
                       "a key that is neither RSA, EC over a named curve, nor Ed25519");
    mn_buffer_append(out, point, 1 + 2 * (size_t)width);
    return mn_buffer_check(out, "public key", err);
}

static void
put_rsa(mn_der_writer *out, const EVP_PKEY *key)
{
    const size_t end = out->at;

    mn_der_put_integer(out, key, OSSL_PKEY_PARAM_RSA_E);
    mn_der_put_integer(out, key, OSSL_PKEY_PARAM_RSA_N);
    mn_der_put_head(out, MN_DER_SEQUENCE, end);
    mn_der_put_bits(out, end);
    mn_der_put(out, mn_rsa_algorithm, sizeof mn_rsa_algorithm);
    mn_der_put_head(out, MN_DER_SEQUENCE, end);
}

static void
put_point(mn_der_writer *out, EVP_PKEY *key)
{
    const size_t end = out->at;
    mainet_error no_matter = {0};
    mn_auto_buffer(point, 256);

    out->failed |= mn_key_point(key, &point, &no_matter) != MAINET_OK;
    mn_der_put(out, point.data, point.len);
    mn_der_put_bits(out, end);
}

/* Fails for a curve without name. */
static void
put_curve(mn_der_writer *out, EVP_PKEY *key)
{
    ASN1_OBJECT *oid = mn_key_curve(key);
    const int len = oid == NULL ? 0 : i2d_ASN1_OBJECT(oid, NULL);
    uint8_t der[64];
    uint8_t *end = der;

    out->failed |= len <= 0 || (size_t)len > sizeof der;
    if (!out->failed)
        mn_der_put(out, der, (size_t)i2d_ASN1_OBJECT(oid, &end));
    ASN1_OBJECT_free(oid);
}

static void
put_ec(mn_der_writer *out, EVP_PKEY *key)
{
    const size_t end = out->at;
    size_t algorithm_end = 0;

    put_point(out, key);
    algorithm_end = out->at;
    put_curve(out, key);
    mn_der_put(out, mn_ec_oid, sizeof mn_ec_oid);
    mn_der_put_head(out, MN_DER_SEQUENCE, algorithm_end);
    mn_der_put_head(out, MN_DER_SEQUENCE, end);
}

static void
put_edwards(mn_der_writer *out, EVP_PKEY *key)
{
    const size_t end = out->at;

    put_point(out, key);
    mn_der_put(out, mn_ed25519_algorithm, sizeof mn_ed25519_algorithm);
    mn_der_put_head(out, MN_DER_SEQUENCE, end);
}

static void
write_plainly(mn_der_writer *out, EVP_PKEY *key)
{
    ERR_set_mark();
    if (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS"))
        put_rsa(out, key);
    else if (EVP_PKEY_is_a(key, "EC"))
        put_ec(out, key);
    else if (EVP_PKEY_is_a(key, "ED25519"))
        put_edwards(out, key);
    else
        out->failed = true;
    ERR_pop_to_mark();
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

mainet_status
mn_key_public_info(EVP_PKEY *key, mn_buffer *out, mainet_error *err)
{
    uint8_t room[INFO_MAX];
    mn_der_writer info = {.room = room, .at = sizeof room};

    write_plainly(&info, key);
    if (info.failed)
        return append_otherwise(key, out, err);
    mn_buffer_append(out, room + info.at, sizeof room - info.at);
    return mn_buffer_check(out, "public key", err);
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
