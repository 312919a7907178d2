/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TEMP_STORE_H
#define TEMP_STORE_H

/* A store of its own for each test, and certificates to put in it. */

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "base/openssl.h"
#include "store/identity.h"
#include "store/store.h"

#define PIN (const uint8_t *)"1234-pin", 8

static char temp_folder[64];

static int
remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)type;
    (void)walk;
    return remove(path);
}

__attribute__((unused)) static void
temp_store_make(void)
{
    strcpy(temp_folder, "/tmp/mainetcert-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(temp_folder));
}

__attribute__((unused)) static void
temp_store_remove(void)
{
    (void)nftw(temp_folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/** A key of `type` ("RSA" of 2048 bits, "EC" over P-256, "ED25519") in the private context. */
__attribute__((unused)) static EVP_PKEY *
make_key(const char *type)
{
    EVP_PKEY *key = NULL;

    ck_assert_int_eq(mn_crypto_ready(NULL), MAINET_OK);
    if (strcmp(type, "RSA") == 0)
        key = EVP_PKEY_Q_keygen(mn_crypto_context(), NULL, "RSA", (size_t)2048);
    else if (strcmp(type, "EC") == 0)
        key = EVP_PKEY_Q_keygen(mn_crypto_context(), NULL, "EC", "P-256");
    else
        key = EVP_PKEY_Q_keygen(mn_crypto_context(), NULL, type);
    ck_assert_ptr_nonnull(key);
    return key;
}

static ASN1_OCTET_STRING *
make_key_identifier(EVP_PKEY *key)
{
    ASN1_OCTET_STRING *identifier = ASN1_OCTET_STRING_new();
    uint8_t digest[32];
    uint8_t *der = NULL;
    const int len = i2d_PUBKEY(key, &der);

    ck_assert_int_eq(EVP_Digest(der, (size_t)len, digest, NULL, mn_crypto_sha256(), NULL), 1);
    (void)ASN1_OCTET_STRING_set(identifier, digest, 20);
    OPENSSL_free(der);
    return identifier;
}

/* Both as every CA has to write them (RFC 5280, 4.2.1). */
static void
add_key_identifiers(X509 *x509, EVP_PKEY *key, EVP_PKEY *signer)
{
    ASN1_OCTET_STRING *subject = make_key_identifier(key);
    AUTHORITY_KEYID *authority = AUTHORITY_KEYID_new();

    authority->keyid = make_key_identifier(signer);
    (void)X509_add1_ext_i2d(x509, NID_subject_key_identifier, subject, 0, 0);
    (void)X509_add1_ext_i2d(x509, NID_authority_key_identifier, authority, 0, 0);
    ASN1_OCTET_STRING_free(subject);
    AUTHORITY_KEYID_free(authority);
}

/** A certificate of `key` for `name`, signed by `signer` as `issuer`, valid from `start` days from
 *  now until `days` from now, a minute earlier each. */
__attribute__((unused)) static mainet_certificate *
make_certificate_from(int start, EVP_PKEY *key, const char *name, EVP_PKEY *signer,
                      const char *issuer, int serial, int days)
{
    X509 *x509 = X509_new_ex(mn_crypto_context(), NULL);
    X509_NAME *subject_name = X509_get_subject_name(x509);
    X509_NAME *issuer_name = X509_NAME_new();
    X509_EXTENSION *basic = NULL;
    uint8_t *der = NULL;
    mainet_certificate *certificate = NULL;
    int len = 0;

    (void)X509_NAME_add_entry_by_txt(subject_name, "CN", MBSTRING_UTF8, (const uint8_t *)name, -1,
                                     -1, 0);
    (void)X509_NAME_add_entry_by_txt(issuer_name, "CN", MBSTRING_UTF8, (const uint8_t *)issuer, -1,
                                     -1, 0);
    (void)X509_set_issuer_name(x509, issuer_name);
    X509_NAME_free(issuer_name);
    (void)X509_set_version(x509, X509_VERSION_3);
    (void)ASN1_INTEGER_set(X509_get_serialNumber(x509), serial);
    (void)X509_time_adj_ex(X509_getm_notBefore(x509), start, -60, NULL);
    (void)X509_time_adj_ex(X509_getm_notAfter(x509), days, -60, NULL);
    (void)X509_set_pubkey(x509, key);
    add_key_identifiers(x509, key, signer);
    if (key == signer) {
        basic = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");
        (void)X509_add_ext(x509, basic, -1);
        X509_EXTENSION_free(basic);
    }
    ck_assert_int_gt(
        X509_sign(x509, signer, EVP_PKEY_is_a(signer, "ED25519") ? NULL : EVP_sha256()), 0);
    len = i2d_X509(x509, &der);
    certificate = mainet_certificate_parse(der, (size_t)len, NULL);
    ck_assert_ptr_nonnull(certificate);
    OPENSSL_free(der);
    X509_free(x509);
    return certificate;
}

/** One that is valid already. */
__attribute__((unused)) static mainet_certificate *
make_certificate(EVP_PKEY *key, const char *name, EVP_PKEY *signer, const char *issuer, int serial,
                 int days)
{
    return make_certificate_from(0, key, name, signer, issuer, serial, days);
}

#endif
