/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/decrypt.h"

#include <openssl/err.h>

#include "pkcs12/derive.h"
#include "pkcs12/legacy.h"
#include "pkcs12/pbes2.h"

#define DES_LEN 8
#define SHA1_LEN 20

/* PKCS#12's own derivation makes a BMPString of a text by itself; the others take bytes. */
static bool
takes_text(const X509_ALGOR *algorithm)
{
    switch (OBJ_obj2nid(algorithm->algorithm)) {
    case NID_pbe_WithSHA1And128BitRC4:
    case NID_pbe_WithSHA1And40BitRC4:
    case NID_pbe_WithSHA1And3_Key_TripleDES_CBC:
    case NID_pbe_WithSHA1And2_Key_TripleDES_CBC:
    case NID_pbe_WithSHA1And128BitRC2_CBC:
    case NID_pbe_WithSHA1And40BitRC2_CBC:
        return true;
    default:
        return false;
    }
}

static mainet_status
begin(EVP_CIPHER_CTX *context, const X509_ALGOR *algorithm, const char *password, int password_len,
      mainet_error *err)
{
    OSSL_LIB_CTX *library = mn_legacy_context(err);

    if (library == NULL)
        return mn_failure(err);
    if (OBJ_obj2nid(algorithm->algorithm) == NID_pbes2)
        return mn_pbes2_begin(context, algorithm, password, password_len, err);
    if (EVP_PBE_CipherInit_ex(algorithm->algorithm, password, password_len, algorithm->parameter,
                              context, 0, library, NULL) != 1)
        return mn_legacy_refuse(algorithm->algorithm, err);
    return MAINET_OK;
}

/* What is decrypted is one SEQUENCE, and padding behind it has been taken away. */
static bool
is_sequence(const mn_secret *plain)
{
    const uint8_t *at = mn_secret_bytes(plain);
    const long available = (long)mn_secret_len(plain);
    long len = 0;
    int tag = 0;
    int class = 0;
    int form = ASN1_get_object(&at, &len, &tag, &class, available);

    return (form & 0x80) == 0 && tag == V_ASN1_SEQUENCE && class == V_ASN1_UNIVERSAL;
}

/* Into locked memory at once: what OpenSSL's PKCS12_pbe_crypt allocates it frees unwiped when the
 * last block is wrong. */
static mn_secret *
run(EVP_CIPHER_CTX *context, const ASN1_OCTET_STRING *data, mainet_error *err)
{
    size_t data_len = (size_t)ASN1_STRING_length(data);
    mn_auto(mn_secret) plain = mn_secret_new(data_len + EVP_MAX_BLOCK_LENGTH, err);
    int first = 0;
    int last = 0;

    if (plain == NULL)
        return NULL;
    if (EVP_CipherUpdate(context, mn_secret_data(plain), &first, ASN1_STRING_get0_data(data),
                         (int)data_len) != 1 ||
        EVP_CipherFinal_ex(context, mn_secret_data(plain) + first, &last) != 1)
        return mn_fail_null(err, MAINET_E_PKCS12_UNUSABLE, 0, "a part that does not decrypt");
    mn_secret_truncate(plain, (size_t)first + (size_t)last);
    if (!is_sequence(plain))
        return mn_fail_null(err, MAINET_E_PKCS12_UNUSABLE, 0, "a part that decrypts to nothing");
    return mn_secret_take(&plain);
}

static mn_secret *
decrypt_with(const X509_ALGOR *algorithm, const ASN1_OCTET_STRING *data, const char *password,
             int password_len, mainet_error *err)
{
    mn_auto(EVP_CIPHER_CTX) context = EVP_CIPHER_CTX_new();

    if (context == NULL)
        return mn_fail_memory_null(err, "cipher");
    if (begin(context, algorithm, password, password_len, err) != MAINET_OK)
        return NULL;
    return run(context, data, err);
}

/* With SHA-1 and DES, NSS takes the BMPString, and the IV from the end of the hash instead of from
 * behind the key. */
static mn_secret *
decrypt_as_nss(const X509_ALGOR *algorithm, const ASN1_OCTET_STRING *data,
               const mn_password *password, mainet_error *err)
{
    mn_auto(PBEPARAM) parameters =
        ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBEPARAM), algorithm->parameter);
    mn_auto(EVP_CIPHER_CTX) context = EVP_CIPHER_CTX_new();
    mn_auto(EVP_CIPHER) cipher = EVP_CIPHER_fetch(mn_legacy_context(err), "DES-CBC", NULL);
    mn_auto(mn_secret) hash = NULL;
    int len = 0;
    const char *written = mn_password_bytes(password, MN_PASSWORD_BMP, &len);

    if (parameters == NULL || context == NULL || cipher == NULL)
        return mn_legacy_refuse(algorithm->algorithm, err), NULL;
    hash = mn_pbkdf1(parameters, "SHA1", written, len, SHA1_LEN, err);
    if (hash == NULL)
        return NULL;
    if (EVP_CipherInit_ex(context, cipher, NULL, mn_secret_bytes(hash),
                          mn_secret_bytes(hash) + SHA1_LEN - DES_LEN, 0) != 1)
        return mn_legacy_refuse(algorithm->algorithm, err), NULL;
    return run(context, data, err);
}

mn_secret *
mn_decrypt(const X509_ALGOR *algorithm, const ASN1_OCTET_STRING *data, const mn_password *password,
           size_t form, mainet_error *err)
{
    const bool is_text = takes_text(algorithm);
    const size_t count = is_text ? mn_password_count(password) : mn_password_bytes_count(password);
    mn_secret *plain = NULL;
    mainet_error unheard = {0};

    for (size_t i = 0; i < count && plain == NULL; i++) {
        int len = 0;
        const char *written = is_text ? mn_password_form(password, (form + i) % count, &len)
                                      : mn_password_bytes(password, i, &len);

        plain = decrypt_with(algorithm, data, written, len, i == 0 ? err : &unheard);
    }
    if (plain == NULL && OBJ_obj2nid(algorithm->algorithm) == NID_pbeWithSHA1AndDES_CBC)
        plain = decrypt_as_nss(algorithm, data, password, &unheard);
    return plain;
}
