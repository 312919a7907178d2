/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/scrypt.h"

#include "pkcs12/asn1.h"
#include "pkcs12/legacy.h"

#define MEMORY_CEILING ((uint64_t)256 * 1024 * 1024)

static PBE2PARAM *
unpack(const X509_ALGOR *algorithm)
{
    return OBJ_obj2nid(algorithm->algorithm) != NID_pbes2
               ? NULL
               : ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), algorithm->parameter);
}

bool
mn_scrypt_is_used(const X509_ALGOR *algorithm)
{
    mn_auto(PBE2PARAM) parameters = unpack(algorithm);

    return parameters != NULL && OBJ_obj2nid(parameters->keyfunc->algorithm) == NID_id_scrypt;
}

static mainet_status
refuse(mainet_error *err)
{
    return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "scrypt with parameters that are not usable");
}

static mn_secret *
derive(const SCRYPT_PARAMS *parameters, const char *password, int password_len, size_t key_len,
       mainet_error *err)
{
    mn_auto(mn_secret) key = mn_secret_new(key_len, err);
    EVP_KDF *function = EVP_KDF_fetch(mn_legacy_context(err), "SCRYPT", NULL);
    mn_auto(EVP_KDF_CTX) context = EVP_KDF_CTX_new(function);
    uint64_t memory = MEMORY_CEILING;
    uint64_t factor[3] = {0, 0, 0};
    OSSL_PARAM p[7];

    EVP_KDF_free(function);
    if (key == NULL || context == NULL)
        return mn_fail_memory_null(err, "scrypt");
    if (ASN1_INTEGER_get_uint64(&factor[0], parameters->costParameter) != 1 ||
        ASN1_INTEGER_get_uint64(&factor[1], parameters->blockSize) != 1 ||
        ASN1_INTEGER_get_uint64(&factor[2], parameters->parallelizationParameter) != 1)
        return (void)refuse(err), NULL;
    p[0] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, (void *)(uintptr_t)password,
                                             (size_t)password_len);
    p[1] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, parameters->salt->data,
                                             (size_t)parameters->salt->length);
    p[2] = OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &factor[0]);
    p[3] = OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_R, &factor[1]);
    p[4] = OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_P, &factor[2]);
    p[5] = OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &memory);
    p[6] = OSSL_PARAM_construct_end();
    if (EVP_KDF_derive(context, mn_secret_data(key), key_len, p) != 1)
        return (void)refuse(err), NULL;
    return mn_secret_take(&key);
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
    if (cipher == NULL || EVP_CipherInit_ex(context, cipher, NULL, NULL, NULL, 0) != 1 ||
        EVP_CIPHER_asn1_to_param(context, scheme->parameter) <= 0)
        return refuse(err);
    return MAINET_OK;
}

mainet_status
mn_scrypt_begin(EVP_CIPHER_CTX *context, const X509_ALGOR *algorithm, const char *password,
                int password_len, mainet_error *err)
{
    mn_auto(PBE2PARAM) scheme = unpack(algorithm);
    mn_auto(SCRYPT_PARAMS) parameters = NULL;
    mn_auto(mn_secret) key = NULL;
    uint64_t asked = 0;
    size_t key_len = 0;

    if (scheme != NULL)
        parameters =
            ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(SCRYPT_PARAMS), scheme->keyfunc->parameter);
    if (parameters == NULL)
        return refuse(err);
    MN_TRY(choose_cipher(context, scheme->encryption, err));
    key_len = (size_t)EVP_CIPHER_CTX_get_key_length(context);
    if (parameters->keyLength != NULL &&
        (ASN1_INTEGER_get_uint64(&asked, parameters->keyLength) != 1 || asked != key_len))
        return refuse(err);
    key = derive(parameters, password, password_len, key_len, err);
    if (key == NULL)
        return mn_failure(err);
    return EVP_CipherInit_ex(context, NULL, NULL, mn_secret_bytes(key), NULL, 0) == 1 ? MAINET_OK
                                                                                      : refuse(err);
}
