/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/derive.h"

#include <string.h>

#include "pkcs12/algorithm.h"
#include "pkcs12/legacy.h"

#define SCRYPT_MEMORY_CEILING ((uint64_t)256 * 1024 * 1024)

/* OpenSSL before 3.2 has no name for HMAC of SM3 (GM/T 0006, and the number that Bouncy Castle and
 * GmSSL write). */
static const char *
find_unnamed(const ASN1_OBJECT *hmac)
{
    static const char *const sm3[] = {"1.2.156.10197.1.401.3.1", "1.2.156.10197.1.401.2"};
    char dotted[MN_DOTTED_LEN];

    if (OBJ_obj2txt(dotted, sizeof dotted, hmac, 1) <= 0)
        return NULL;
    for (size_t i = 0; i < sizeof sm3 / sizeof *sm3; i++) {
        if (strcmp(dotted, sm3[i]) == 0)
            return "SM3";
    }
    return NULL;
}

/* OpenSSL's own list of functions for PBKDF2 ends before SHA-3. */
static const char *
find_digest(const ASN1_OBJECT *hmac)
{
    int nid = NID_undef;

    switch (OBJ_obj2nid(hmac)) {
    case NID_hmac_sha3_224:
        return "SHA3-224";
    case NID_hmac_sha3_256:
        return "SHA3-256";
    case NID_hmac_sha3_384:
        return "SHA3-384";
    case NID_hmac_sha3_512:
        return "SHA3-512";
    default:
        return EVP_PBE_find(EVP_PBE_TYPE_PRF, OBJ_obj2nid(hmac), NULL, &nid, NULL) == 1
                   ? OBJ_nid2sn(nid)
                   : find_unnamed(hmac);
    }
}

EVP_MD *
mn_prf_fetch(const X509_ALGOR *algorithm, mainet_error *err)
{
    OSSL_LIB_CTX *library = mn_legacy_context(err);
    const char *name =
        find_digest(algorithm == NULL ? OBJ_nid2obj(NID_hmacWithSHA1) : algorithm->algorithm);
    char dotted[MN_DOTTED_LEN];
    EVP_MD *digest = NULL;

    if (library == NULL)
        return NULL;
    digest = name == NULL ? NULL : EVP_MD_fetch(library, name, NULL);
    if (digest == NULL)
        (void)mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "%s is not supported",
                      algorithm == NULL
                          ? "hmacWithSHA1"
                          : mn_object_name(algorithm->algorithm, dotted, sizeof dotted));
    return digest;
}

static mn_secret *
derive(const char *name, const OSSL_PARAM *parameters, size_t key_len, mainet_error *err)
{
    mn_auto(mn_secret) key = mn_secret_new(key_len, err);
    EVP_KDF *function = EVP_KDF_fetch(mn_legacy_context(err), name, NULL);
    mn_auto(EVP_KDF_CTX) context = EVP_KDF_CTX_new(function);

    EVP_KDF_free(function);
    if (key == NULL || context == NULL)
        return mn_fail_memory_null(err, name);
    if (EVP_KDF_derive(context, mn_secret_data(key), key_len, parameters) != 1)
        return mn_fail_null(err, MAINET_E_PKCS12_UNUSABLE, 0,
                            "%s with parameters that are not usable", name);
    return mn_secret_take(&key);
}

static OSSL_PARAM
octets(const char *key, const void *data, int len)
{
    return OSSL_PARAM_construct_octet_string(key, (void *)(uintptr_t)data, (size_t)len);
}

mn_secret *
mn_pbkdf1(const PBEPARAM *parameters, const char *digest, const char *password, int password_len,
          size_t key_len, mainet_error *err)
{
    const ASN1_OCTET_STRING *salt = parameters->salt;
    int64_t iterations = 0;
    OSSL_PARAM p[5];

    if (ASN1_INTEGER_get_int64(&iterations, parameters->iter) != 1)
        return mn_fail_null(err, MAINET_E_PKCS12_UNUSABLE, 0, "PBKDF1 without a count");
    p[0] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)(uintptr_t)digest, 0);
    p[1] = octets(OSSL_KDF_PARAM_PASSWORD, password, password_len);
    p[2] = octets(OSSL_KDF_PARAM_SALT, ASN1_STRING_get0_data(salt), ASN1_STRING_length(salt));
    p[3] = OSSL_PARAM_construct_int64(OSSL_KDF_PARAM_ITER, &iterations);
    p[4] = OSSL_PARAM_construct_end();
    return derive("PBKDF1", p, key_len, err);
}

mn_secret *
mn_pbkdf2(const PBKDF2PARAM *parameters, const char *password, int password_len, size_t key_len,
          mainet_error *err)
{
    const ASN1_OCTET_STRING *salt = mn_value_octets(parameters->salt);
    mn_auto(EVP_MD) digest = mn_prf_fetch(parameters->prf, err);
    int64_t iterations = 0;
    OSSL_PARAM p[5];

    if (digest == NULL)
        return NULL;
    if (salt == NULL || ASN1_INTEGER_get_int64(&iterations, parameters->iter) != 1)
        return mn_fail_null(err, MAINET_E_PKCS12_UNUSABLE, 0, "PBKDF2 without a salt");
    p[0] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST,
                                            (char *)(uintptr_t)EVP_MD_get0_name(digest), 0);
    p[1] = octets(OSSL_KDF_PARAM_PASSWORD, password, password_len);
    p[2] = octets(OSSL_KDF_PARAM_SALT, ASN1_STRING_get0_data(salt), ASN1_STRING_length(salt));
    p[3] = OSSL_PARAM_construct_int64(OSSL_KDF_PARAM_ITER, &iterations);
    p[4] = OSSL_PARAM_construct_end();
    return derive("PBKDF2", p, key_len, err);
}

mn_secret *
mn_scrypt(const SCRYPT_PARAMS *parameters, const char *password, int password_len, size_t key_len,
          mainet_error *err)
{
    uint64_t memory = SCRYPT_MEMORY_CEILING;
    uint64_t factor[3] = {0, 0, 0};
    OSSL_PARAM p[7];

    if (ASN1_INTEGER_get_uint64(&factor[0], parameters->costParameter) != 1 ||
        ASN1_INTEGER_get_uint64(&factor[1], parameters->blockSize) != 1 ||
        ASN1_INTEGER_get_uint64(&factor[2], parameters->parallelizationParameter) != 1)
        return mn_fail_null(err, MAINET_E_PKCS12_UNUSABLE, 0, "scrypt with numbers past 64 bits");
    p[0] = octets(OSSL_KDF_PARAM_PASSWORD, password, password_len);
    p[1] = octets(OSSL_KDF_PARAM_SALT, parameters->salt->data, parameters->salt->length);
    p[2] = OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &factor[0]);
    p[3] = OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_R, &factor[1]);
    p[4] = OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_P, &factor[2]);
    p[5] = OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &memory);
    p[6] = OSSL_PARAM_construct_end();
    return derive("SCRYPT", p, key_len, err);
}
