/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef CONTAINER_H
#define CONTAINER_H

#include <string.h>

#include <check.h>

#include "pkcs12/read.h"
#include "support/data.h"

#define PASSWORD "Retrieve-12345"

/* Containers that no tool makes are put together with OpenSSL's own functions. */
typedef struct builder {
    EVP_PKEY *key;
    X509 *certificate;
    STACK_OF(PKCS12_SAFEBAG) * bags;
    STACK_OF(PKCS7) * safes;
} builder;

__attribute__((unused)) static builder
start(void)
{
    builder made = {.safes = NULL, .bags = NULL};
    data certificate = read_data("pkcs12/ec.der");
    data key = read_data("pkcs12/ec-key.der");
    const uint8_t *at = certificate.bytes;

    made.certificate = d2i_X509(NULL, &at, (long)certificate.len);
    at = key.bytes;
    made.key = d2i_AutoPrivateKey(NULL, &at, (long)key.len);
    ck_assert(made.certificate != NULL && made.key != NULL);
    free(certificate.bytes);
    free(key.bytes);
    return made;
}

__attribute__((unused)) static void
add_certificate(builder *made)
{
    ck_assert_ptr_nonnull(PKCS12_add_cert(&made->bags, made->certificate));
}

/* With the password as bytes, however strange. */
__attribute__((unused)) static void
add_key_under(builder *made, int pbe, const EVP_CIPHER *cipher, const char *password, int len)
{
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(made->key);
    X509_SIG *shrouded = PKCS8_encrypt(pbe, cipher, password, len, NULL, 0, 1000, info);

    ck_assert_ptr_nonnull(shrouded);
    if (made->bags == NULL)
        made->bags = sk_PKCS12_SAFEBAG_new_null();
    sk_PKCS12_SAFEBAG_push(made->bags, PKCS12_SAFEBAG_create0_pkcs8(shrouded));
    PKCS8_PRIV_KEY_INFO_free(info);
}

__attribute__((unused)) static PKCS12_SAFEBAG *
add_key(builder *made, int nid, int iterations)
{
    PKCS12_SAFEBAG *bag = PKCS12_add_key(&made->bags, made->key, 0, iterations, nid, PASSWORD);

    ck_assert_ptr_nonnull(bag);
    return bag;
}

__attribute__((unused)) static void
add_safe(builder *made, int nid, int iterations)
{
    ck_assert_int_eq(PKCS12_add_safe(&made->safes, made->bags, nid, iterations, PASSWORD), 1);
    sk_PKCS12_SAFEBAG_pop_free(made->bags, PKCS12_SAFEBAG_free);
    made->bags = NULL;
}

/* Encode with a MAC; one of more iterations than anybody can wait for is not computed. */
__attribute__((unused)) static data
encode(builder *made, int mac_iterations)
{
    PKCS12 *p12 = PKCS12_add_safes(made->safes, 0);
    data encoded = {NULL, 0};
    uint8_t *der = NULL;
    int len = 0;

    if (mac_iterations <= 100000)
        ck_assert(PKCS12_set_mac(p12, PASSWORD, -1, NULL, 0, mac_iterations, EVP_sha256()) == 1);
    else
        ck_assert(PKCS12_setup_mac(p12, mac_iterations, NULL, 8, EVP_sha256()) == 1);
    len = i2d_PKCS12(p12, &der);
    ck_assert_int_gt(len, 0);
    encoded.bytes = malloc((size_t)len);
    encoded.len = (size_t)len;
    memcpy(encoded.bytes, der, encoded.len);
    OPENSSL_free(der);
    PKCS12_free(p12);
    sk_PKCS7_pop_free(made->safes, PKCS7_free);
    EVP_PKEY_free(made->key);
    X509_free(made->certificate);
    return encoded;
}

__attribute__((unused)) static mainet_pkcs12 *
open_made(data encoded, mainet_error *err)
{
    mainet_pkcs12 *container = mainet_pkcs12_open(encoded.bytes, encoded.len,
                                                  (const uint8_t *)PASSWORD, strlen(PASSWORD), err);

    free(encoded.bytes);
    return container;
}

#endif
