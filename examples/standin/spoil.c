/* SPDX-License-Identifier: BSD-3-Clause */
/* A container is opened, made anew without encryption of its certificates, changed where its bytes
 * then say what they are, and given a MAC that fits: so it is wrong in one way only. */
#include "spoil.h"

#include "complaint.h"

#include <string.h>

#define ITERATIONS 2048
#define PAGE "<!DOCTYPE html>\n<title>Error</title>\n<p>Please try again later.</p>\n"

/* What a container is made of. */
typedef struct st_parts {
    EVP_PKEY *key;
    X509 *leaf;
    const char *password;
} st_parts;

static bool
open_container(const uint8_t *container, size_t container_len, st_parts *parts)
{
    const unsigned char *at = container;
    mn_auto(PKCS12) opened = d2i_PKCS12(NULL, &at, (long)container_len);

    return (opened != NULL &&
            PKCS12_parse(opened, parts->password, &parts->key, &parts->leaf, NULL) == 1) ||
           complain_crypto("cannot open the container to be spoiled");
}

static void
clear_parts(st_parts *parts)
{
    EVP_PKEY_free(parts->key);
    X509_free(parts->leaf);
}

/* Without a MAC so far. */
static PKCS12 *
make_plain(const st_authority *authority, const st_parts *parts, bool with_key)
{
    STACK_OF(X509) *chain = sk_X509_new_null();
    PKCS12 *made = NULL;

    if (chain != NULL && sk_X509_push(chain, authority->issuing) > 0)
        made = PKCS12_create(parts->password, NULL, with_key ? parts->key : NULL, parts->leaf,
                             chain, NID_pbe_WithSHA1And3_Key_TripleDES_CBC, -1, ITERATIONS, -1, 0);
    sk_X509_free(chain);
    return made;
}

/* @param at  Where in the text that is looked for a byte is turned into another. */
static PKCS12 *
change_byte(const PKCS12 *container, const uint8_t *text, size_t text_len, size_t at)
{
    unsigned char *der = NULL;
    int der_len = i2d_PKCS12(container, &der);
    unsigned char *found = der_len > 0 ? memmem(der, (size_t)der_len, text, text_len) : NULL;
    const unsigned char *from = der;
    PKCS12 *changed = NULL;

    if (found != NULL) {
        found[at] ^= 0x7c;
        changed = d2i_PKCS12(NULL, &from, der_len);
    }
    OPENSSL_free(der);
    return changed;
}

/* The leaf's first inner tag: what is no sequence any more is no certificate. */
static PKCS12 *
break_certificate(const PKCS12 *container, const st_parts *parts)
{
    unsigned char *der = NULL;
    int der_len = i2d_X509(parts->leaf, &der);
    PKCS12 *broken = der_len > 4 ? change_byte(container, der, (size_t)der_len, 4) : NULL;

    OPENSSL_free(der);
    return broken;
}

/* pbeWithSHAAnd3-KeyTripleDES-CBC becomes an arc that was never given away. */
static PKCS12 *
break_cipher(const PKCS12 *container)
{
    static const uint8_t oid[] = {0x06, 0x0a, 0x2a, 0x86, 0x48, 0x86,
                                  0xf7, 0x0d, 0x01, 0x0c, 0x01, 0x03};

    return change_byte(container, oid, sizeof oid, sizeof oid - 1);
}

static PKCS12 *
make_spoiled(const st_authority *authority, st_fault fault, const st_parts *parts)
{
    const char *mac_password =
        fault == FAULT_PKCS12_PASSWORD ? "not the retrieval password" : parts->password;
    mn_auto(PKCS12) made = make_plain(authority, parts, fault != FAULT_NO_KEY_PAIR);
    mn_auto(PKCS12) changed = NULL;

    if (made != NULL && fault == FAULT_CERTIFICATE)
        changed = break_certificate(made, parts);
    else if (made != NULL && fault == FAULT_PKCS12_UNUSABLE)
        changed = break_cipher(made);
    else
        changed = PKCS12_take(&made);
    if (changed != NULL && fault != FAULT_PKCS12_NO_MAC &&
        PKCS12_set_mac(changed, mac_password, -1, NULL, 0, ITERATIONS, EVP_sha256()) != 1)
        return NULL;
    return PKCS12_take(&changed);
}

static bool
replace(uint8_t **container, size_t *container_len, const void *with, size_t with_len)
{
    uint8_t *copy = malloc(with_len);

    if (copy == NULL)
        return complain("out of memory");
    memcpy(copy, with, with_len);
    free(*container);
    *container = copy;
    *container_len = with_len;
    return true;
}

static bool
spoil(const st_authority *authority, st_fault fault, const char *password, uint8_t **container,
      size_t *container_len)
{
    st_parts parts = {.password = password};
    mn_auto(PKCS12) spoiled = NULL;
    unsigned char *der = NULL;
    int der_len = -1;
    bool done;

    if (open_container(*container, *container_len, &parts))
        spoiled = make_spoiled(authority, fault, &parts);
    clear_parts(&parts);
    if (spoiled != NULL)
        der_len = i2d_PKCS12(spoiled, &der);
    done = der_len > 0 ? replace(container, container_len, der, (size_t)der_len)
                       : complain_crypto("cannot spoil the container");
    OPENSSL_free(der);
    return done;
}

/* RC2-40 is in OpenSSL's legacy provider, which only this thread has, and only for so long. */
static bool
spoil_with_legacy(const st_authority *authority, st_fault fault, const char *password,
                  uint8_t **container, size_t *container_len)
{
    mn_auto(OSSL_LIB_CTX) context = OSSL_LIB_CTX_new();
    mn_auto(OSSL_PROVIDER) standard =
        context != NULL ? OSSL_PROVIDER_load(context, "default") : NULL;
    mn_auto(OSSL_PROVIDER) legacy = context != NULL ? OSSL_PROVIDER_load(context, "legacy") : NULL;
    OSSL_LIB_CTX *before;
    bool done;

    if (standard == NULL || legacy == NULL)
        return complain_crypto("cannot prepare for a PKCS#12 container");
    before = OSSL_LIB_CTX_set0_default(context);
    done = spoil(authority, fault, password, container, container_len);
    (void)OSSL_LIB_CTX_set0_default(before);
    return done;
}

bool
spoil_container(const st_authority *authority, st_fault fault, const char *password,
                uint8_t **container, size_t *container_len)
{
    if (fault == FAULT_NOT_PKCS12)
        return replace(container, container_len, PAGE, sizeof PAGE - 1);
    if (fault == FAULT_PKCS12_PASSWORD || fault == FAULT_PKCS12_NO_MAC ||
        fault == FAULT_PKCS12_UNUSABLE || fault == FAULT_NO_KEY_PAIR || fault == FAULT_CERTIFICATE)
        return spoil_with_legacy(authority, fault, password, container, container_len);
    return true;
}
