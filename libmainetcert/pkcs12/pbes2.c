/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/pbes2.h"

#include "pkcs12/algorithm.h"
#include "pkcs12/asn1.h"
#include "pkcs12/derive.h"
#include "pkcs12/legacy.h"

static mainet_status
refuse(const X509_ALGOR *algorithm, mainet_error *err)
{
    char dotted[MN_DOTTED_LEN];

    return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "parameters of %s cannot be used",
                   mn_object_name(algorithm->algorithm, dotted, sizeof dotted));
}

/* Those whose parameter is an IV and nothing else. */
static bool
has_plain_mode(const EVP_CIPHER *cipher)
{
    const int mode = EVP_CIPHER_get_mode(cipher);

    return mode == EVP_CIPH_CBC_MODE || mode == EVP_CIPH_CFB_MODE || mode == EVP_CIPH_OFB_MODE;
}

/* The cipher and its IV, without a key yet. */
static mainet_status
choose_cipher(EVP_CIPHER_CTX *context, const X509_ALGOR *scheme, mainet_error *err)
{
    OSSL_LIB_CTX *library = mn_legacy_context(err);
    mn_auto(EVP_CIPHER) cipher = NULL;

    if (library == NULL)
        return mn_failure(err);
    cipher = EVP_CIPHER_fetch(library, OBJ_nid2sn(OBJ_obj2nid(scheme->algorithm)), NULL);
    if (cipher == NULL || !has_plain_mode(cipher))
        return mn_legacy_refuse(scheme->algorithm, err);
    if (EVP_CipherInit_ex(context, cipher, NULL, NULL, NULL, 0) != 1 ||
        EVP_CIPHER_asn1_to_param(context, scheme->parameter) <= 0)
        return refuse(scheme, err);
    return MAINET_OK;
}

/* The length that is told, if it is, is the cipher's. */
static mainet_status
fit_length(EVP_CIPHER_CTX *context, const X509_ALGOR *function, const ASN1_INTEGER *told,
           mainet_error *err)
{
    int64_t len = 0;

    if (told == NULL)
        return MAINET_OK;
    if (ASN1_INTEGER_get_int64(&len, told) != 1 || len < 1 || len > EVP_MAX_KEY_LENGTH)
        return refuse(function, err);
    if (len != EVP_CIPHER_CTX_get_key_length(context) &&
        EVP_CIPHER_CTX_set_key_length(context, (int)len) != 1)
        return refuse(function, err);
    return MAINET_OK;
}

static mn_secret *
derive_pbkdf2(EVP_CIPHER_CTX *context, const X509_ALGOR *function, const char *password,
              int password_len, mainet_error *err)
{
    mn_auto(PBKDF2PARAM) parameters =
        ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), function->parameter);

    if (parameters == NULL)
        return (void)refuse(function, err), NULL;
    if (fit_length(context, function, parameters->keylength, err) != MAINET_OK)
        return NULL;
    return mn_pbkdf2(parameters, password, password_len,
                     (size_t)EVP_CIPHER_CTX_get_key_length(context), err);
}

static mn_secret *
derive_scrypt(EVP_CIPHER_CTX *context, const X509_ALGOR *function, const char *password,
              int password_len, mainet_error *err)
{
    mn_auto(SCRYPT_PARAMS) parameters =
        ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(SCRYPT_PARAMS), function->parameter);

    if (parameters == NULL)
        return (void)refuse(function, err), NULL;
    if (fit_length(context, function, parameters->keyLength, err) != MAINET_OK)
        return NULL;
    return mn_scrypt(parameters, password, password_len,
                     (size_t)EVP_CIPHER_CTX_get_key_length(context), err);
}

mainet_status
mn_pbes2_begin(EVP_CIPHER_CTX *context, const X509_ALGOR *algorithm, const char *password,
               int password_len, mainet_error *err)
{
    mn_auto(PBE2PARAM) scheme =
        ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), algorithm->parameter);
    mn_auto(mn_secret) key = NULL;

    if (scheme == NULL)
        return refuse(algorithm, err);
    MN_TRY(choose_cipher(context, scheme->encryption, err));
    switch (OBJ_obj2nid(scheme->keyfunc->algorithm)) {
    case NID_id_pbkdf2:
        key = derive_pbkdf2(context, scheme->keyfunc, password, password_len, err);
        break;
    case NID_id_scrypt:
        key = derive_scrypt(context, scheme->keyfunc, password, password_len, err);
        break;
    default:
        return mn_legacy_refuse(scheme->keyfunc->algorithm, err);
    }
    if (key == NULL)
        return mn_failure(err);
    return EVP_CipherInit_ex(context, NULL, NULL, mn_secret_bytes(key), NULL, 0) == 1
               ? MAINET_OK
               : refuse(scheme->encryption, err);
}
