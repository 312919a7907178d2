/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_CERTIFICATE_H
#define STANDIN_CERTIFICATE_H

#include "auto.h"

#include <stdbool.h>
#include <stdint.h>

/** One extension, in the words of OpenSSL's x509v3_config(5). */
typedef struct st_extension {
    int nid;
    const char *value;
} st_extension;

/** What to certify, and by whom. */
typedef struct st_certificate_request {
    const X509_NAME *subject;
    EVP_PKEY *key;
    X509 *issuer; /**< NULL: signs itself. */
    EVP_PKEY *issuer_key;
    int64_t not_before;
    int64_t not_after;
    const st_extension *extensions; /**< Ends with nid 0. */
} st_certificate_request;

/** Make a certificate with a random serial. @return NULL when named on stderr. */
X509 *
certificate_make(const st_certificate_request *request);

/** Add one extension; issuer and subject are what hash and keyid refer to. */
X509_EXTENSION *
certificate_extension(const st_extension *wanted, X509 *issuer, X509 *subject);

/** C=JP, O and CN as UTF8String. @return NULL where a part is not UTF-8 or too long. */
X509_NAME *
certificate_name(const char *organization, const char *common_name);

/** Copy the common name as UTF-8; empty where there is none or it does not fit. */
void
certificate_common_name(const X509_NAME *name, char *text, size_t text_size);

/** The serial in upper-case hexadecimal, to be freed with OPENSSL_free. */
char *
certificate_serial(const X509 *certificate);

/** Certificates, one behind the other, as PEM text to be freed. */
char *
certificate_pem(X509 *const *certificates, size_t count);

/** The key as PEM text to be freed and wiped. */
char *
certificate_key_pem(EVP_PKEY *key);

#endif
