/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/pbmac1.h"

#include "pkcs12/algorithm.h"
#include "pkcs12/legacy.h"
#include "pkcs12/mac.h"

/* RFC 9579, 5 and 8: the length must be there, and 160 bits is the least that is any use; more than
 * the largest digest would only cost time. */
#define KEY_FLOOR 20
#define KEY_CEILING 64

/* `algorithm` is an hmacWith… of RFC 8018, B.1; NULL is the default, hmacWithSHA1. */
static EVP_MD *
fetch_digest(const X509_ALGOR *algorithm, mainet_error *err)
{
    OSSL_LIB_CTX *library = mn_legacy_context(err);
    int hmac = algorithm == NULL ? NID_hmacWithSHA1 : OBJ_obj2nid(algorithm->algorithm);
    int nid = NID_undef;
    EVP_MD *digest = NULL;

    if (library == NULL)
        return NULL;
    if (hmac != NID_undef && EVP_PBE_find(EVP_PBE_TYPE_PRF, hmac, NULL, &nid, NULL) == 1)
        digest = EVP_MD_fetch(library, OBJ_nid2sn(nid), NULL);
    if (digest == NULL)
        (void)mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "PBMAC1 with a function not supported");
    return digest;
}

static mn_secret *
derive(const PBKDF2PARAM *parameters, const EVP_MD *digest, const mn_password *password,
       int64_t key_len, mainet_error *err)
{
    const ASN1_OCTET_STRING *salt = mn_value_octets(parameters->salt);
    mn_auto(mn_secret) key = mn_secret_new((size_t)key_len, err);
    EVP_KDF *function = EVP_KDF_fetch(mn_legacy_context(err), "PBKDF2", NULL);
    mn_auto(EVP_KDF_CTX) context = EVP_KDF_CTX_new(function);
    int64_t iterations = 0;
    OSSL_PARAM p[5];
    int text_len = 0;
    const char *text = mn_password_raw(password, &text_len);

    EVP_KDF_free(function);
    if (key == NULL || context == NULL)
        return mn_fail_memory_null(err, "PBKDF2");
    (void)ASN1_INTEGER_get_int64(&iterations, parameters->iter); /* counted before */
    p[0] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST,
                                            (char *)(uintptr_t)EVP_MD_get0_name(digest), 0);
    p[1] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, (void *)(uintptr_t)text,
                                             (size_t)text_len);
    p[2] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT,
                                             (void *)(uintptr_t)ASN1_STRING_get0_data(salt),
                                             (size_t)ASN1_STRING_length(salt));
    p[3] = OSSL_PARAM_construct_int64(OSSL_KDF_PARAM_ITER, &iterations);
    p[4] = OSSL_PARAM_construct_end();
    if (EVP_KDF_derive(context, mn_secret_data(key), (size_t)key_len, p) != 1)
        return mn_fail_null(err, MAINET_E_PKCS12_UNUSABLE, 0, "PBMAC1: no key can be derived");
    return mn_secret_take(&key);
}

static mn_secret *
make_key(const X509_ALGOR *function, const mn_password *password, mainet_error *err)
{
    mn_auto(PBKDF2PARAM) parameters = NULL;
    mn_auto(EVP_MD) digest = NULL;
    int64_t key_len = 0;

    if (OBJ_obj2nid(function->algorithm) != NID_id_pbkdf2)
        return mn_fail_null(err, MAINET_E_PKCS12_UNUSABLE, 0, "PBMAC1 without PBKDF2");
    parameters = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), function->parameter);
    if (parameters == NULL || mn_value_octets(parameters->salt) == NULL)
        return mn_fail_null(err, MAINET_E_PKCS12_UNUSABLE, 0, "PBMAC1: bad salt or parameters");
    if (parameters->keylength == NULL ||
        ASN1_INTEGER_get_int64(&key_len, parameters->keylength) != 1 || key_len < KEY_FLOOR ||
        key_len > KEY_CEILING)
        return mn_fail_null(err, MAINET_E_PKCS12_UNUSABLE, 0,
                            "PBMAC1: key length is missing or not %d to %d bytes", KEY_FLOOR,
                            KEY_CEILING);
    digest = fetch_digest(parameters->prf, err);
    return digest == NULL ? NULL : derive(parameters, digest, password, key_len, err);
}

mainet_status
mn_pbmac1_verify(const mn_mac_data *mac, const ASN1_OCTET_STRING *content,
                 const mn_password *password, mainet_error *err)
{
    const X509_ALGOR *algorithm = NULL;
    const ASN1_OCTET_STRING *expected = NULL;
    mn_auto(PBE2PARAM) parameters = NULL;
    mn_auto(EVP_MD) digest = NULL;
    mn_auto(mn_secret) key = NULL;
    bool same = false;

    X509_SIG_get0(mac->digest, &algorithm, &expected);
    parameters = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), algorithm->parameter);
    if (parameters == NULL)
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "PBMAC1: parameters do not decode");
    digest = fetch_digest(parameters->encryption, err);
    if (digest == NULL)
        return mn_failure(err);
    key = make_key(parameters->keyfunc, password, err);
    if (key == NULL)
        return mn_failure(err);
    MN_TRY(mn_mac_compare(digest, key, content, expected, &same, err));
    return same ? MAINET_OK
                : mn_fail(err, MAINET_E_PKCS12_PASSWORD, 0,
                          "the MAC does not verify: wrong password, or the container was damaged");
}
