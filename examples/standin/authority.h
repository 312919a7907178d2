/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_AUTHORITY_H
#define STANDIN_AUTHORITY_H

#include "state.h"

/** The certification authorities: a root, the one that issues, and one for the site's own TLS. */
typedef struct st_authority {
    X509 *root;
    X509 *issuing;
    X509 *tls;
    EVP_PKEY *root_key;
    EVP_PKEY *issuing_key;
    EVP_PKEY *tls_key;
    uint16_t http_port; /**< Where the addresses in certificates point to. */
} st_authority;

/** The name that the issuing authority is known by. */
#define AUTHORITY_ISSUER "SECOM Passport for Member CA9"

/** Read the authorities from the state, making them where there are none. */
st_authority *
authority_open(st_transaction *change);

void
authority_free(st_authority *self);

MN_AUTO_TYPE(st_authority, authority_free)

/** Certify a member's key. @return NULL when named on stderr. */
X509 *
authority_issue(const st_authority *self, const X509_NAME *subject, EVP_PKEY *key,
                int64_t not_before, int64_t not_after);

/** A fresh certificate and key for this site's TLS, as PEM texts to be freed. */
bool
authority_issue_server(const st_authority *self, char **certificate_pem, char **key_pem);

/** The same of a certificate that no authority issued: it is its own. */
bool
authority_issue_foreign(char **certificate_pem, char **key_pem);

/** The list of what the issuing authority, or the root, has revoked; good for 7 days. */
X509_CRL *
authority_crl(const st_authority *self, st_transaction *change, bool of_root);

/** Issuing certificate and root, as PEM text to be freed: what member certificates chain to. */
char *
authority_pem(const st_authority *self);

#endif
