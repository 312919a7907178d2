/* SPDX-License-Identifier: BSD-3-Clause */
/* Private keys to PrivateKeyInfo (RFC 5208) by hand: libcrypto's encoder leaves copies behind. */
#include <openssl/encoder.h>
#include <openssl/err.h>

#include "base/key-data.h"
#include "pkcs12/asn1.h"
#include "pkcs12/der-write.h"
#include "pkcs12/private-key.h"

#define DER_MAX 16384 /* an RSA key of 16,384 bits has 9,300 bytes */

MN_AUTO_TYPE(OSSL_ENCODER_CTX, OSSL_ENCODER_CTX_free)

static void
put_small(mn_der_writer *out, uint8_t number)
{
    mn_der_put_u8(out, number);
    mn_der_put_u8(out, 1);
    mn_der_put_u8(out, V_ASN1_INTEGER);
}

static void
put_rsa(mn_der_writer *out, const EVP_PKEY *key)
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

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        mn_der_put_integer(out, key, names[i]);
    put_small(out, 0); /* two primes */
    mn_der_put_head(out, MN_DER_SEQUENCE, end);
}

/* With the public half and without the curve, which the algorithm has. */
static void
put_ec(mn_der_writer *out, const EVP_PKEY *key)
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
    mn_der_put(out, point, len);
    mn_der_put_bits(out, end);
    mn_der_put_head(out, V_ASN1_CONTEXT_SPECIFIC | V_ASN1_CONSTRUCTED | 1, end);
    number_end = out->at;
    mn_der_put_number(out, key, OSSL_PKEY_PARAM_PRIV_KEY, width);
    mn_der_put_head(out, V_ASN1_OCTET_STRING, number_end);
    put_small(out, 1);
    mn_der_put_head(out, MN_DER_SEQUENCE, end);
}

static void
put_edwards(mn_der_writer *out, const EVP_PKEY *key)
{
    const size_t end = out->at;
    size_t len = MN_ED25519_SEED_LEN;

    out->at -= MN_ED25519_SEED_LEN;
    out->failed |= EVP_PKEY_get_raw_private_key(key, out->room + out->at, &len) != 1 ||
                   len != MN_ED25519_SEED_LEN;
    mn_der_put_head(out, V_ASN1_OCTET_STRING, end);
}

/* Takes the parameter over. */
static PKCS8_PRIV_KEY_INFO *
wrap(const mn_der_writer *out, int type, int kind, ASN1_OBJECT *parameter)
{
    const size_t len = DER_MAX - out->at;
    PKCS8_PRIV_KEY_INFO *info = PKCS8_PRIV_KEY_INFO_new();
    uint8_t *der = OPENSSL_memdup(out->room + out->at, len);

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
    mn_der_writer out = {.at = DER_MAX};
    ASN1_OBJECT *curve = NULL;

    if (room == NULL)
        return NULL;
    out.room = mn_secret_data(room);
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
