/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/mac.h"

#include <openssl/err.h>

#include "pkcs12/algorithm.h"
#include "pkcs12/legacy.h"
#include "pkcs12/pbmac1.h"

mainet_status
mn_mac_add_cost(const mn_mac_data *mac, int64_t *sum, mainet_error *err)
{
    const X509_ALGOR *algorithm = NULL;

    X509_SIG_get0(mac->digest, &algorithm, NULL);
    if (OBJ_obj2nid(algorithm->algorithm) == NID_pbmac1)
        return mn_algorithm_add_cost(algorithm, sum, err);
    return mn_iterations_add(mac->iterations, sum, err);
}

mainet_status
mn_mac_compare(const EVP_MD *digest, const mn_secret *key, const ASN1_OCTET_STRING *content,
               const ASN1_OCTET_STRING *expected, bool *same, mainet_error *err)
{
    OSSL_LIB_CTX *library = mn_legacy_context(err);
    uint8_t computed[EVP_MAX_MD_SIZE];
    size_t computed_len = 0;

    if (library == NULL)
        return mn_failure(err);
    if (EVP_Q_mac(library, "HMAC", NULL, EVP_MD_get0_name(digest), NULL, mn_secret_bytes(key),
                  mn_secret_len(key), ASN1_STRING_get0_data(content),
                  (size_t)ASN1_STRING_length(content), computed, sizeof computed,
                  &computed_len) == NULL)
        return mn_fail_crypto(err, "HMAC of the container");
    if ((size_t)ASN1_STRING_length(expected) != computed_len) /* a short one would be guessed */
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "a MAC of %d bytes instead of %zu",
                       ASN1_STRING_length(expected), computed_len);
    *same = CRYPTO_memcmp(computed, ASN1_STRING_get0_data(expected), computed_len) == 0;
    return MAINET_OK;
}

static mainet_status
try_form(const mn_mac_data *mac, const EVP_MD *digest, const ASN1_OCTET_STRING *content,
         const mn_password *password, size_t form, bool *same, mainet_error *err)
{
    OSSL_LIB_CTX *library = mn_legacy_context(err);
    int key_len = EVP_MD_get_size(digest);
    mn_auto(mn_secret) key = NULL;
    const ASN1_OCTET_STRING *expected = NULL;
    long iterations = mac->iterations == NULL ? 1 : ASN1_INTEGER_get(mac->iterations);
    int text_len = 0;
    const char *text = mn_password_form(password, form, &text_len);

    if (library == NULL || key_len <= 0)
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "a MAC without a fixed length");
    key = mn_secret_new((size_t)key_len, err);
    if (key == NULL)
        return mn_failure(err);
    X509_SIG_get0(mac->digest, NULL, &expected);
    *same = false;
    if (text == NULL && mac->salt->length == 0)
        return MAINET_OK; /* out of nothing OpenSSL derives no key, nor does anybody else */
    if (PKCS12_key_gen_utf8_ex(text, text_len, mac->salt->data, mac->salt->length, PKCS12_MAC_ID,
                               (int)iterations, key_len, mn_secret_data(key), digest, library,
                               NULL) != 1)
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "no MAC key can be derived with %s",
                       EVP_MD_get0_name(digest));
    return mn_mac_compare(digest, key, content, expected, same, err);
}

static EVP_MD *
fetch_digest(const X509_ALGOR *algorithm, mainet_error *err)
{
    OSSL_LIB_CTX *library = mn_legacy_context(err);
    char dotted[MN_DOTTED_LEN];
    EVP_MD *digest = NULL;

    if (library == NULL)
        return NULL;
    digest = EVP_MD_fetch(library, OBJ_nid2sn(OBJ_obj2nid(algorithm->algorithm)), NULL);
    if (digest == NULL)
        (void)mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "a MAC with %s is not supported",
                      mn_object_name(algorithm->algorithm, dotted, sizeof dotted));
    return digest;
}

mainet_status
mn_mac_verify(const mn_mac_data *mac, const ASN1_OCTET_STRING *content, const mn_password *password,
              size_t *form, mainet_error *err)
{
    const X509_ALGOR *algorithm = NULL;
    mn_auto(EVP_MD) digest = NULL;
    bool same = false;

    *form = 0;
    X509_SIG_get0(mac->digest, &algorithm, NULL);
    if (OBJ_obj2nid(algorithm->algorithm) == NID_pbmac1)
        return mn_pbmac1_verify(mac, content, password, err);
    digest = fetch_digest(algorithm, err);
    if (digest == NULL)
        return mn_failure(err);
    for (size_t i = 0; i < mn_password_count(password); i++) {
        MN_TRY(try_form(mac, digest, content, password, i, &same, err));
        *form = i;
        if (same)
            return MAINET_OK;
    }
    return mn_fail(err, MAINET_E_PKCS12_PASSWORD, 0,
                   "the MAC does not verify: wrong password, or the container was damaged");
}
