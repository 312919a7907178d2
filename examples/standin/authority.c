/* SPDX-License-Identifier: BSD-3-Clause */
#include "authority.h"

#include "certificate.h"
#include "clock.h"
#include "complaint.h"
#include "key.h"

#include <time.h>

#define DAY INT64_C(86400)
#define ORGANIZATION "MaiNet stand-in"

static bool
save(st_transaction *change, const char *role, X509 *certificate, EVP_PKEY *key)
{
    unsigned char *certificate_der = NULL;
    unsigned char *key_der = NULL;
    int certificate_len = i2d_X509(certificate, &certificate_der);
    int key_len = i2d_PrivateKey(key, &key_der);
    mn_auto(sqlite3_stmt) statement =
        state_prepare(change, "INSERT OR REPLACE INTO authority VALUES (?1, ?2, ?3)");
    bool done = statement != NULL && certificate_len > 0 && key_len > 0 &&
                sqlite3_bind_text(statement, 1, role, -1, SQLITE_STATIC) == SQLITE_OK &&
                sqlite3_bind_blob(statement, 2, certificate_der, certificate_len,
                                  SQLITE_TRANSIENT) == SQLITE_OK &&
                sqlite3_bind_blob(statement, 3, key_der, key_len, SQLITE_TRANSIENT) == SQLITE_OK &&
                state_run(change, statement);

    OPENSSL_free(certificate_der);
    OPENSSL_clear_free(key_der, key_len > 0 ? (size_t)key_len : 0);
    return done || complain("cannot keep the %s authority", role);
}

/* @return False only for trouble; *key stays NULL where there is no such authority yet. */
static bool
load(st_transaction *change, const char *role, X509 **certificate, EVP_PKEY **key)
{
    mn_auto(sqlite3_stmt) query =
        state_prepare(change, "SELECT certificate, private_key FROM authority WHERE role = ?1");
    const unsigned char *at;
    int rc;

    if (query == NULL || sqlite3_bind_text(query, 1, role, -1, SQLITE_STATIC) != SQLITE_OK)
        return false;
    rc = sqlite3_step(query);
    if (rc == SQLITE_DONE)
        return true;
    if (rc != SQLITE_ROW)
        return complain("cannot read the %s authority", role);
    at = sqlite3_column_blob(query, 0);
    *certificate = d2i_X509(NULL, &at, sqlite3_column_bytes(query, 0));
    at = sqlite3_column_blob(query, 1);
    *key = d2i_AutoPrivateKey(NULL, &at, sqlite3_column_bytes(query, 1));
    if (*certificate == NULL || *key == NULL)
        return complain_crypto("the kept authority does not decode");
    return true;
}

/* Authorities begin a year ago, so that a clock that was set back still finds them valid. */
static X509 *
certify(const char *common_name, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key,
        const st_extension *extensions)
{
    mn_auto(X509_NAME) subject = certificate_name(ORGANIZATION, common_name);
    int64_t now = (int64_t)time(NULL);

    if (subject == NULL)
        return NULL;
    return certificate_make(&(st_certificate_request){.subject = subject,
                                                      .key = key,
                                                      .issuer = issuer,
                                                      .issuer_key = issuer_key,
                                                      .not_before = now - 366 * DAY,
                                                      .not_after = now + 20 * 365 * DAY,
                                                      .extensions = extensions});
}

static const st_extension root_extensions[] = {
    {NID_basic_constraints, "critical,CA:TRUE"},
    {NID_key_usage, "critical,keyCertSign,cRLSign"},
    {NID_subject_key_identifier, "hash"},
    {0, NULL},
};

static bool
open_root(st_transaction *change, const char *role, const char *common_name, const char *kind,
          X509 **certificate, EVP_PKEY **key)
{
    if (!load(change, role, certificate, key))
        return false;
    if (*key != NULL)
        return true;
    *key = key_make(kind);
    if (*key == NULL)
        return false;
    *certificate = certify(common_name, *key, NULL, *key, root_extensions);
    return *certificate != NULL && save(change, role, *certificate, *key);
}

/* Its certificate names addresses on the repository's port, so another port needs another
 * certificate. Name and key stay, and with them all that was issued. */
static bool
open_issuing(st_authority *self, st_transaction *change)
{
    char issuers[96];
    char crl[96];
    const st_extension extensions[] = {
        {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
        {NID_key_usage, "critical,keyCertSign,cRLSign"},
        {NID_subject_key_identifier, "hash"},
        {NID_authority_key_identifier, "keyid:always"},
        {NID_info_access, issuers},
        {NID_crl_distribution_points, crl},
        {0, NULL},
    };

    if (!load(change, "issuing", &self->issuing, &self->issuing_key))
        return false;
    if (self->issuing != NULL && state_setting(change, "issued_port", 0) == self->http_port)
        return true;
    if (self->issuing_key == NULL)
        self->issuing_key = key_make("rsa:2048");
    if (self->issuing_key == NULL)
        return false;
    (void)snprintf(issuers, sizeof issuers, "caIssuers;URI:http://localhost:%u/root.crt",
                   self->http_port);
    (void)snprintf(crl, sizeof crl, "URI:http://localhost:%u/root.crl", self->http_port);
    X509_free(self->issuing);
    self->issuing =
        certify(AUTHORITY_ISSUER, self->issuing_key, self->root, self->root_key, extensions);
    return self->issuing != NULL && save(change, "issuing", self->issuing, self->issuing_key) &&
           state_set_setting(change, "issued_port", self->http_port);
}

st_authority *
authority_open(st_transaction *change)
{
    mn_auto(st_authority) self = calloc(1, sizeof *self);

    if (self == NULL)
        return NULL;
    self->http_port = (uint16_t)state_setting(change, "http_port", 0);
    if (!open_root(change, "root", "MaiNet stand-in Root CA", "rsa:2048", &self->root,
                   &self->root_key) ||
        !open_issuing(self, change) ||
        !open_root(change, "tls", "MaiNet stand-in TLS CA", "ec:P-256", &self->tls, &self->tls_key))
        return NULL;
    return st_authority_take(&self);
}

void
authority_free(st_authority *self)
{
    if (self == NULL)
        return;
    X509_free(self->root);
    X509_free(self->issuing);
    X509_free(self->tls);
    EVP_PKEY_free(self->root_key);
    EVP_PKEY_free(self->issuing_key);
    EVP_PKEY_free(self->tls_key);
    free(self);
}

X509 *
authority_issue(const st_authority *self, const X509_NAME *subject, EVP_PKEY *key,
                int64_t not_before, int64_t not_after)
{
    char issuers[96];
    char crl[96];
    const st_extension extensions[] = {
        {NID_basic_constraints, "critical,CA:FALSE"},
        {NID_key_usage, "critical,digitalSignature"},
        {NID_ext_key_usage, "clientAuth"},
        {NID_subject_key_identifier, "hash"},
        {NID_authority_key_identifier, "keyid:always"},
        {NID_info_access, issuers},
        {NID_crl_distribution_points, crl},
        {0, NULL},
    };

    (void)snprintf(issuers, sizeof issuers, "caIssuers;URI:http://localhost:%u/issuing.crt",
                   self->http_port);
    (void)snprintf(crl, sizeof crl, "URI:http://localhost:%u/issuing.crl", self->http_port);
    return certificate_make(&(st_certificate_request){.subject = subject,
                                                      .key = key,
                                                      .issuer = self->issuing,
                                                      .issuer_key = self->issuing_key,
                                                      .not_before = not_before,
                                                      .not_after = not_after,
                                                      .extensions = extensions});
}

/* @param issuer  NULL: it signs itself. */
static bool
issue_server(const char *organization, X509 *issuer, EVP_PKEY *issuer_key, char **pem,
             char **key_pem)
{
    static const st_extension extensions[] = {
        {NID_basic_constraints, "critical,CA:FALSE"},
        {NID_key_usage, "critical,digitalSignature"},
        {NID_ext_key_usage, "serverAuth"},
        {NID_subject_alt_name, "DNS:localhost,DNS:a.localhost,DNS:b.localhost,DNS:c.localhost,"
                               "DNS:d.localhost,IP:127.0.0.1,IP:::1"},
        {NID_subject_key_identifier, "hash"},
        {NID_authority_key_identifier, "keyid:always"},
        {0, NULL},
    };
    mn_auto(X509_NAME) subject = certificate_name(organization, "localhost");
    mn_auto(EVP_PKEY) key = key_make("ec:P-256");
    mn_auto(X509) certificate = NULL;
    int64_t now = (int64_t)time(NULL);

    if (subject == NULL || key == NULL)
        return false;
    certificate =
        certificate_make(&(st_certificate_request){.subject = subject,
                                                   .key = key,
                                                   .issuer = issuer,
                                                   .issuer_key = issuer != NULL ? issuer_key : key,
                                                   .not_before = now - DAY,
                                                   .not_after = now + 396 * DAY,
                                                   .extensions = extensions});
    if (certificate == NULL)
        return false;
    *pem = certificate_pem(&certificate, 1);
    *key_pem = certificate_key_pem(key);
    return (*pem != NULL && *key_pem != NULL) || complain("out of memory");
}

bool
authority_issue_server(const st_authority *self, char **pem, char **key_pem)
{
    return issue_server(ORGANIZATION, self->tls, self->tls_key, pem, key_pem);
}

bool
authority_issue_foreign(char **pem, char **key_pem)
{
    return issue_server("Somebody else", NULL, NULL, pem, key_pem);
}

char *
authority_pem(const st_authority *self)
{
    return certificate_pem((X509 *const[]){self->issuing, self->root}, 2);
}
