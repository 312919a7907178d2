/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/write.h"

#include <string.h>

#include "pkcs12/asn1.h"
#include "pkcs12/private-key.h"

/* Three derivations, and Windows refuses more than 600,000 iterations in all. */
#define ITERATIONS 200000
#define SALT_LEN 16
#define CONTAINER_CEILING ((size_t)1024 * 1024)

typedef STACK_OF(PKCS12_SAFEBAG) bag_stack;
typedef STACK_OF(PKCS7) safe_stack;

static void
bags_free(bag_stack *bags)
{
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
}

static void
safes_free(safe_stack *safes)
{
    sk_PKCS7_pop_free(safes, PKCS7_free);
}

MN_AUTO_TYPE(bag_stack, bags_free)
MN_AUTO_TYPE(safe_stack, safes_free)

/* A container in the making. */
typedef struct writer {
    const mn_contained *what; /* the key at least */
    const char *password;
    int password_len;
    bool legacy;
    safe_stack *safes;
    uint8_t local_id[MN_SHA1_LEN]; /* of the key and its certificate: some readers pair by it */
} writer;

/* Takes the bag over. */
static mainet_status
add_bag(bag_stack *bags, PKCS12_SAFEBAG *bag, mainet_error *err)
{
    if (bag != NULL && sk_PKCS12_SAFEBAG_push(bags, bag) > 0)
        return MAINET_OK;
    PKCS12_SAFEBAG_free(bag);
    return mn_fail_crypto(err, "bag of a container");
}

static mainet_status
name_bag(const writer *out, PKCS12_SAFEBAG *bag, mainet_error *err)
{
    const char *name = out->what->name;

    if (PKCS12_add_localkeyid(bag, (uint8_t *)(uintptr_t)out->local_id, sizeof out->local_id) != 1)
        return mn_fail_crypto(err, "localKeyID");
    if (name != NULL && *name != '\0' &&
        PKCS12_add_friendlyname_utf8(bag, name, (int)strlen(name)) != 1)
        return mn_fail_crypto(err, "friendlyName");
    return MAINET_OK;
}

static X509_SIG *
shroud(const writer *out, mainet_error *err)
{
    OSSL_LIB_CTX *library = mn_crypto_context();
    mn_auto(PKCS8_PRIV_KEY_INFO) info = mn_private_key_info(out->what->key);
    mn_auto(EVP_CIPHER) cipher = NULL;
    X509_SIG *made = NULL;

    if (!out->legacy)
        cipher = EVP_CIPHER_fetch(library, "AES-256-CBC", NULL);
    if (info != NULL && (out->legacy || cipher != NULL))
        made = PKCS8_encrypt_ex(
            out->legacy ? NID_pbe_WithSHA1And3_Key_TripleDES_CBC : NID_hmacWithSHA256, cipher,
            out->password, out->password_len, NULL, SALT_LEN, ITERATIONS, info, library, NULL);
    if (made == NULL)
        (void)mn_fail_crypto(err, "encryption of the key");
    return made;
}

static mainet_status
add_key(const writer *out, mainet_error *err)
{
    mn_auto(bag_stack) bags = sk_PKCS12_SAFEBAG_new_null();
    X509_SIG *shrouded = NULL;
    PKCS12_SAFEBAG *bag = NULL;
    PKCS7 *safe = NULL;

    if (bags == NULL)
        return mn_fail_memory(err, "container");
    shrouded = shroud(out, err);
    if (shrouded == NULL)
        return mn_failure(err);
    bag = PKCS12_SAFEBAG_create0_pkcs8(shrouded);
    if (bag == NULL)
        X509_SIG_free(shrouded);
    MN_TRY(add_bag(bags, bag, err));
    MN_TRY(name_bag(out, bag, err));
    safe = PKCS12_pack_p7data(bags);
    if (safe != NULL && sk_PKCS7_push(out->safes, safe) > 0)
        return MAINET_OK;
    PKCS7_free(safe);
    return mn_fail_crypto(err, "container");
}

static mainet_status
add_certificates(const writer *out, mainet_error *err)
{
    mn_auto(bag_stack) bags = sk_PKCS12_SAFEBAG_new_null();
    PKCS7 *safe = NULL;

    if (bags == NULL)
        return mn_fail_memory(err, "container");
    for (size_t i = 0; i < out->what->chain_count; i++) {
        PKCS12_SAFEBAG *bag = PKCS12_SAFEBAG_create_cert(mn_certificate_x509(out->what->chain[i]));

        MN_TRY(add_bag(bags, bag, err));
        if (i == 0)
            MN_TRY(name_bag(out, bag, err));
    }
    safe = PKCS12_pack_p7encdata_ex(
        out->legacy ? NID_pbe_WithSHA1And3_Key_TripleDES_CBC : NID_aes_256_cbc, out->password,
        out->password_len, NULL, SALT_LEN, ITERATIONS, bags, mn_crypto_context(), NULL);
    if (safe != NULL && sk_PKCS7_push(out->safes, safe) > 0)
        return MAINET_OK;
    PKCS7_free(safe);
    return mn_fail_crypto(err, "encryption of the certificates");
}

static mainet_bytes *
seal(const writer *out, mainet_error *err)
{
    OSSL_LIB_CTX *library = mn_crypto_context();
    mn_auto(PKCS12) container = PKCS12_add_safes_ex(out->safes, 0, library, NULL);
    mn_auto_buffer(der, CONTAINER_CEILING);
    uint8_t *encoded = NULL;
    int len = 0;

    if (container != NULL && PKCS12_set_mac(container, out->password, out->password_len, NULL,
                                            SALT_LEN, ITERATIONS, mn_crypto_sha1()) == 1)
        len = i2d_PKCS12(container, &encoded);
    if (len <= 0)
        return (void)mn_fail_crypto(err, "MAC of the container"), NULL;
    mn_buffer_append(&der, encoded, (size_t)len);
    OPENSSL_free(encoded);
    return mn_buffer_take(&der, err);
}

mainet_bytes *
mn_pkcs12_write(const mn_contained *what, const uint8_t *password, size_t password_len, bool legacy,
                mainet_error *err)
{
    mn_auto(safe_stack) safes = sk_PKCS7_new_null();
    writer out = {.what = what,
                  .password = (const char *)password,
                  .password_len = (int)password_len,
                  .legacy = legacy,
                  .safes = safes};
    size_t der_len = 0;
    const uint8_t *der = mn_certificate_der(what->chain[0], &der_len);

    if (safes == NULL)
        return mn_fail_memory_null(err, "container");
    if (mn_sha1(der, der_len, out.local_id, err) != MAINET_OK)
        return NULL;
    if (add_certificates(&out, err) != MAINET_OK || add_key(&out, err) != MAINET_OK)
        return NULL;
    return seal(&out, err);
}

mainet_bytes *
mn_pkcs8_write(EVP_PKEY *key, const uint8_t *password, size_t password_len, mainet_error *err)
{
    const mn_contained what = {.key = key};
    const writer out = {
        .what = &what, .password = (const char *)password, .password_len = (int)password_len};
    mn_auto(X509_SIG) shrouded = shroud(&out, err);
    mn_auto_buffer(der, CONTAINER_CEILING);
    uint8_t *encoded = NULL;
    int len = 0;

    if (shrouded == NULL)
        return NULL;
    len = i2d_X509_SIG(shrouded, &encoded);
    if (len <= 0)
        return (void)mn_fail_crypto(err, "encryption of the key"), NULL;
    mn_buffer_append(&der, encoded, (size_t)len);
    OPENSSL_free(encoded);
    return mn_buffer_take(&der, err);
}
