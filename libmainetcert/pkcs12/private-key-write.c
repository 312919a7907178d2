/* SPDX-License-Identifier: BSD-3-Clause */
/* Private keys in DER, put together from the end: a length is known once its content is there. */
#include <string.h>

#include <openssl/encoder.h>
#include <openssl/err.h>

#include "base/key-data.h"
#include "pkcs12/asn1.h"
#include "pkcs12/private-key.h"

#define DER_MAX 16384 /* an RSA key of 16,384 bits has 9,300 bytes */

MN_AUTO_TYPE(OSSL_ENCODER_CTX, OSSL_ENCODER_CTX_free)

/* What was written stands at the end of the room. */
typedef struct der_writer {
    mn_secret *room;
    size_t at;
    bool failed; /* sticky */
} der_writer;

static void
put(der_writer *out, const uint8_t *bytes, size_t len)
{
    out->failed |= len > out->at;
    if (out->failed)
        return;
    out->at -= len;
    memcpy(mn_secret_data(out->room) + out->at, bytes, len);
}

static void
put_u8(der_writer *out, uint8_t byte)
{
    put(out, &byte, 1);
}

/* Tag and length of all that was written since `end`. */
static void
put_head(der_writer *out, uint8_t tag, size_t end)
{
    const size_t len = end - out->at;
    uint8_t bytes = 0;

    for (size_t rest = len; rest != 0 && len > 0x7F; rest >>= 8, bytes++)
        put_u8(out, (uint8_t)rest);
    put_u8(out, bytes == 0 ? (uint8_t)len : (uint8_t)(0x80 | bytes));
    put_u8(out, tag);
}

static void
put_small(der_writer *out, uint8_t number)
{
    put_u8(out, number);
    put_u8(out, 1);
    put_u8(out, V_ASN1_INTEGER);
}

/* A number of the key in `width` bytes, or in as many as an INTEGER of it has. */
static void
put_number(der_writer *out, const EVP_PKEY *key, const char *name, size_t width)
{
    BIGNUM *number = NULL;
    size_t len = width;

    out->failed |= EVP_PKEY_get_bn_param(key, name, &number) != 1;
    if (!out->failed && width == 0)
        len = (size_t)BN_num_bits(number) / 8 + 1; /* the first bit is a sign */
    out->failed |= len > out->at;
    if (!out->failed) {
        out->at -= len;
        out->failed |=
            BN_bn2binpad(number, mn_secret_data(out->room) + out->at, (int)len) != (int)len;
    }
    BN_clear_free(number);
}

static void
put_rsa(der_writer *out, const EVP_PKEY *key)
{
    static const char *const names[] = {OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
                                        OSSL_PKEY_PARAM_RSA_EXPONENT2,
                                        OSSL_PKEY_PARAM_RSA_EXPONENT1,
                                        OSSL_PKEY_PARAM_RSA_FACTOR2,
                                        OSSL_PKEY_PARAM_RSA_FACTOR1,
                                        OSSL_PKEY_PARAM_RSA_D,
                                        OSSL_PKEY_PARAM_RSA_E,
                                        OSSL_PKEY_PARAM_RSA_N};
    const size_t end = out->at;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const size_t number_end = out->at;

        put_number(out, key, names[i], 0);
        put_head(out, V_ASN1_INTEGER, number_end);
    }
    put_small(out, 0); /* two primes */
    put_head(out, V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED, end);
}

/* With the public half and without the curve, which the algorithm has. */
static void
put_ec(der_writer *out, const EVP_PKEY *key)
{
    const size_t end = out->at;
    const size_t width = ((size_t)EVP_PKEY_get_bits(key) + 7) / 8;
    uint8_t point[1 + 2 * 72];
    size_t len = 0;
    size_t number_end = 0;

    out->failed |= EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point,
                                                   sizeof point, &len) != 1;
    if (out->failed)
        return;
    put(out, point, len);
    put_u8(out, 0); /* no unused bits */
    put_head(out, V_ASN1_BIT_STRING, end);
    put_head(out, V_ASN1_CONTEXT_SPECIFIC | V_ASN1_CONSTRUCTED | 1, end);
    number_end = out->at;
    put_number(out, key, OSSL_PKEY_PARAM_PRIV_KEY, width);
    put_head(out, V_ASN1_OCTET_STRING, number_end);
    put_small(out, 1);
    put_head(out, V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED, end);
}

static void
put_edwards(der_writer *out, const EVP_PKEY *key)
{
    const size_t end = out->at;
    size_t len = MN_ED25519_SEED_LEN;

    out->at -= MN_ED25519_SEED_LEN;
    out->failed |=
        EVP_PKEY_get_raw_private_key(key, mn_secret_data(out->room) + out->at, &len) != 1 ||
        len != MN_ED25519_SEED_LEN;
    put_head(out, V_ASN1_OCTET_STRING, end);
}

/* Takes the parameter over. */
static PKCS8_PRIV_KEY_INFO *
wrap(const der_writer *out, int type, int kind, ASN1_OBJECT *parameter)
{
    const size_t len = mn_secret_len(out->room) - out->at;
    PKCS8_PRIV_KEY_INFO *info = PKCS8_PRIV_KEY_INFO_new();
    uint8_t *der = OPENSSL_memdup(mn_secret_bytes(out->room) + out->at, len);

    if (info != NULL && der != NULL &&
        PKCS8_pkey_set0(info, OBJ_nid2obj(type), 0, kind, parameter, der, (int)len) == 1)
        return info; /* which wipes it when it is freed */
    OPENSSL_clear_free(der, len);
    PKCS8_PRIV_KEY_INFO_free(info);
    ASN1_OBJECT_free(parameter);
    return NULL;
}

static PKCS8_PRIV_KEY_INFO *
write_plainly(const EVP_PKEY *key)
{
    mainet_error no_matter = {0};
    mn_auto(mn_secret) room = mn_secret_new(DER_MAX, &no_matter);
    der_writer out = {.room = room, .at = DER_MAX};
    ASN1_OBJECT *curve = NULL;

    if (room == NULL)
        return NULL;
    if (EVP_PKEY_is_a(key, "RSA")) {
        put_rsa(&out, key);
        return out.failed ? NULL : wrap(&out, NID_rsaEncryption, V_ASN1_NULL, NULL);
    }
    if (EVP_PKEY_is_a(key, "ED25519")) {
        put_edwards(&out, key);
        return out.failed ? NULL : wrap(&out, NID_ED25519, V_ASN1_UNDEF, NULL);
    }
    curve = EVP_PKEY_is_a(key, "EC") ? mn_key_curve(key) : NULL;
    if (curve != NULL)
        put_ec(&out, key);
    if (curve != NULL && !out.failed)
        return wrap(&out, NID_X9_62_id_ecPublicKey, V_ASN1_OBJECT, curve);
    ASN1_OBJECT_free(curve);
    return NULL;
}

static PKCS8_PRIV_KEY_INFO *
encode(const EVP_PKEY *key)
{
    mn_auto(OSSL_ENCODER_CTX) encoder =
        OSSL_ENCODER_CTX_new_for_pkey(key, OSSL_KEYMGMT_SELECT_ALL, "DER", "PrivateKeyInfo", NULL);
    PKCS8_PRIV_KEY_INFO *info = NULL;
    unsigned char *der = NULL;
    size_t len = 0;

    if (encoder != NULL && OSSL_ENCODER_to_data(encoder, &der, &len) == 1) {
        const unsigned char *start = der;

        info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &start, (long)len);
    }
    OPENSSL_clear_free(der, len);
    return info;
}

PKCS8_PRIV_KEY_INFO *
mn_private_key_info(const EVP_PKEY *key)
{
    PKCS8_PRIV_KEY_INFO *info = NULL;

    ERR_set_mark();
    info = write_plainly(key);
    ERR_pop_to_mark();
    return info != NULL ? info : encode(key);
}
