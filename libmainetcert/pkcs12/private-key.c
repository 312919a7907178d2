/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/private-key.h"

#include <openssl/ec.h>
#include <openssl/err.h>

#include "base/buffer.h"
#include "base/key-data.h"
#include "pkcs12/der.h"

/* 4096 bits, with the head of the element. */
#define NUMBER_CEILING (512 + 5)

MN_AUTO_TYPE(EC_GROUP, EC_GROUP_free)
MN_AUTO_TYPE(EC_POINT, EC_POINT_clear_free)

/* The version that has no other primes and no other form. */
static bool
has_version(mn_der *in, uint8_t wanted)
{
    mn_der version = mn_der_take(in, V_ASN1_INTEGER);

    return !version.failed && version.end - version.at == 1 && version.at[0] == wanted;
}

static bool
add_number(mn_key_data *data, const char *name, mn_der number)
{
    mainet_error no_matter = {0};

    return !number.failed && number.at != number.end &&
           mn_key_data_copy_number(data, name, number.at, (size_t)(number.end - number.at),
                                   &no_matter) == MAINET_OK;
}

static EVP_PKEY *
read_rsa(mn_der in)
{
    static const char *const names[] = {
        OSSL_PKEY_PARAM_RSA_N,         OSSL_PKEY_PARAM_RSA_E,
        OSSL_PKEY_PARAM_RSA_D,         OSSL_PKEY_PARAM_RSA_FACTOR1,
        OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
        OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1};
    mn_auto_key_data data = {.count = 0};
    mainet_error no_matter = {0};

    mn_der_enter(&in, V_ASN1_SEQUENCE);
    if (!has_version(&in, 0))
        return NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!add_number(&data, names[i], mn_der_take_number(&in)))
            return NULL;
    }
    return mn_key_data_build(&data, MN_KEY_RSA, EVP_PKEY_KEYPAIR, &no_matter);
}

/* Java leaves the public half out. */
static bool
compute_point(const char *curve, const mn_der *number, mn_buffer *point)
{
    mn_auto(EC_GROUP) group =
        EC_GROUP_new_by_curve_name_ex(mn_crypto_context(), NULL, OBJ_sn2nid(curve));
    mn_auto(EC_POINT) made = group == NULL ? NULL : EC_POINT_new(group);
    mn_auto(BIGNUM) factor = BN_secure_new();
    uint8_t bytes[1 + 2 * 72];
    size_t len = 0;

    if (made == NULL || factor == NULL ||
        BN_bin2bn(number->at, (int)(number->end - number->at), factor) == NULL)
        return false;
    BN_set_flags(factor, BN_FLG_CONSTTIME);
    if (EC_POINT_mul(group, made, factor, NULL, NULL, NULL) == 1)
        len = EC_POINT_point2oct(group, made, POINT_CONVERSION_UNCOMPRESSED, bytes, sizeof bytes,
                                 NULL);
    mn_buffer_append(point, bytes, len);
    return len != 0;
}

static bool
find_point(mn_der in, const char *curve, const mn_der *number, mn_buffer *point)
{
    mn_der bits;

    while (!in.failed && in.at < in.end) {
        mn_der here = in;

        if (mn_der_skip(&in) != MN_DER_CONTEXT(1))
            continue;
        mn_der_enter(&here, MN_DER_CONTEXT(1));
        bits = mn_der_take_bits(&here);
        mn_buffer_append(point, bits.at, bits.failed ? 0 : (size_t)(bits.end - bits.at));
        return !bits.failed;
    }
    return !in.failed && compute_point(curve, number, point);
}

static EVP_PKEY *
read_ec(mn_der in, const char *curve)
{
    mn_auto_key_data data = {.count = 0};
    mn_auto_buffer(point, 512);
    mainet_error no_matter = {0};
    mn_der number;

    mn_der_enter(&in, V_ASN1_SEQUENCE);
    if (curve == NULL || !has_version(&in, 1))
        return NULL;
    number = mn_der_take(&in, V_ASN1_OCTET_STRING);
    if (!add_number(&data, OSSL_PKEY_PARAM_PRIV_KEY, number) ||
        !find_point(in, curve, &number, &point) || point.failed)
        return NULL;
    mn_key_data_add_curve(&data, curve);
    mn_key_data_add_point(&data, point.data, point.len);
    return mn_key_data_build(&data, MN_KEY_EC, EVP_PKEY_KEYPAIR, &no_matter);
}

static EVP_PKEY *
read_edwards(mn_der in)
{
    mn_der seed = mn_der_take(&in, V_ASN1_OCTET_STRING);

    if (seed.failed || seed.end - seed.at != MN_ED25519_SEED_LEN)
        return NULL;
    return EVP_PKEY_new_raw_private_key_ex(mn_crypto_context(), "ED25519", NULL, seed.at,
                                           MN_ED25519_SEED_LEN);
}

static const char *
curve_name(const X509_ALGOR *algorithm)
{
    const void *value = NULL;
    int kind = V_ASN1_UNDEF;
    int nid = NID_undef;

    X509_ALGOR_get0(NULL, &kind, &value, algorithm);
    if (kind == V_ASN1_OBJECT)
        nid = OBJ_obj2nid(value);
    return nid == NID_undef ? NULL : OBJ_nid2sn(nid);
}

static EVP_PKEY *
read_plainly(const PKCS8_PRIV_KEY_INFO *info)
{
    const ASN1_OBJECT *type = NULL;
    const X509_ALGOR *algorithm = NULL;
    const uint8_t *bytes = NULL;
    int len = 0;

    if (PKCS8_pkey_get0(&type, &bytes, &len, &algorithm, info) != 1)
        return NULL;
    switch (OBJ_obj2nid(type)) {
    case NID_rsaEncryption:
        return read_rsa((mn_der)MN_DER_INIT(bytes, len));
    case NID_X9_62_id_ecPublicKey:
        return read_ec((mn_der)MN_DER_INIT(bytes, len), curve_name(algorithm));
    case NID_ED25519:
        return read_edwards((mn_der)MN_DER_INIT(bytes, len));
    default:
        return NULL;
    }
}

bool
mn_private_key_takes_power(const PKCS8_PRIV_KEY_INFO *info)
{
    const ASN1_OBJECT *type = NULL;

    if (PKCS8_pkey_get0(&type, NULL, NULL, NULL, info) != 1)
        return false;
    switch (OBJ_obj2nid(type)) {
    case NID_dsa:
    case NID_dsa_2: /* OpenSSL takes more names for it */
    case NID_dsaWithSHA:
    case NID_dsaWithSHA1:
    case NID_dsaWithSHA1_2:
    case NID_dhKeyAgreement:
    case NID_dhpublicnumber:
        return true;
    default:
        return false;
    }
}

static bool
has_long_number(const PKCS8_PRIV_KEY_INFO *info)
{
    const X509_ALGOR *algorithm = NULL;
    const void *value = NULL;
    int kind = V_ASN1_UNDEF;
    int private_len = 0;
    mn_der in;

    if (PKCS8_pkey_get0(NULL, NULL, &private_len, &algorithm, info) != 1)
        return true;
    X509_ALGOR_get0(NULL, &kind, &value, algorithm);
    if (kind != V_ASN1_SEQUENCE)
        return true; /* which OpenSSL would not take either */
    in = (mn_der)MN_DER_INIT(ASN1_STRING_get0_data(value), ASN1_STRING_length(value));
    mn_der_enter(&in, V_ASN1_SEQUENCE);
    while (!in.failed && in.at < in.end) {
        const uint8_t *begin = in.at;

        (void)mn_der_skip(&in);
        if (in.at - begin > NUMBER_CEILING)
            return true;
    }
    return in.failed || private_len > NUMBER_CEILING;
}

EVP_PKEY *
mn_private_key(const PKCS8_PRIV_KEY_INFO *info)
{
    EVP_PKEY *key = NULL;

    ERR_set_mark();
    key = read_plainly(info);
    ERR_pop_to_mark();
    if (key == NULL && mn_private_key_takes_power(info) && has_long_number(info))
        return NULL;
    return key != NULL ? key : EVP_PKCS82PKEY_ex(info, mn_crypto_context(), NULL);
}
