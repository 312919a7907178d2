/* SPDX-License-Identifier: BSD-3-Clause */
#include "authority.h"

#include "certificate.h"
#include "clock.h"
#include "complaint.h"

#include <time.h>

static bool
add_revoked(X509_CRL *crl, const char *serial, int64_t revoked_at)
{
    mn_auto(X509_REVOKED) entry = X509_REVOKED_new();
    ASN1_TIME *when = ASN1_TIME_set(NULL, (time_t)revoked_at);
    BIGNUM *number = NULL;
    ASN1_INTEGER *value = NULL;
    bool done = entry != NULL && when != NULL && BN_hex2bn(&number, serial) != 0 &&
                (value = BN_to_ASN1_INTEGER(number, NULL)) != NULL &&
                X509_REVOKED_set_serialNumber(entry, value) == 1 &&
                X509_REVOKED_set_revocationDate(entry, when) == 1 &&
                X509_CRL_add0_revoked(crl, entry) == 1;

    if (done)
        (void)X509_REVOKED_take(&entry); /* the list owns it now */
    ASN1_TIME_free(when);
    ASN1_INTEGER_free(value);
    BN_free(number);
    return done;
}

static bool
add_all_revoked(X509_CRL *crl, st_transaction *change)
{
    mn_auto(sqlite3_stmt) query = state_prepare(
        change, "SELECT serial, revoked_at FROM certificate WHERE revoked_at IS NOT NULL");
    int rc = SQLITE_ERROR;

    while (query != NULL && (rc = sqlite3_step(query)) == SQLITE_ROW)
        if (!add_revoked(crl, (const char *)sqlite3_column_text(query, 0),
                         sqlite3_column_int64(query, 1)))
            return false;
    return rc == SQLITE_DONE;
}

static bool
set_times(X509_CRL *crl, int64_t now)
{
    ASN1_TIME *last = ASN1_TIME_set(NULL, (time_t)now);
    ASN1_TIME *next = ASN1_TIME_adj(NULL, (time_t)now, 7, 0);
    bool done = last != NULL && next != NULL && X509_CRL_set1_lastUpdate(crl, last) == 1 &&
                X509_CRL_set1_nextUpdate(crl, next) == 1;

    ASN1_TIME_free(last);
    ASN1_TIME_free(next);
    return done;
}

static bool
add_extensions(X509_CRL *crl, X509 *issuer)
{
    mn_auto(X509_EXTENSION) keyid = certificate_extension(
        &(st_extension){NID_authority_key_identifier, "keyid:always"}, issuer, NULL);
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    /* The machine's own time never runs backwards when `clock` does: RFC 5280, 5.2.3. */
    bool done = keyid != NULL && number != NULL &&
                ASN1_INTEGER_set_int64(number, (int64_t)time(NULL)) == 1 &&
                X509_CRL_add_ext(crl, keyid, -1) == 1 &&
                X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0, 0) == 1;

    ASN1_INTEGER_free(number);
    return done;
}

X509_CRL *
authority_crl(const st_authority *self, st_transaction *change, bool of_root)
{
    mn_auto(X509_CRL) crl = X509_CRL_new();
    X509 *issuer = of_root ? self->root : self->issuing;
    EVP_PKEY *key = of_root ? self->root_key : self->issuing_key;

    if (crl == NULL || X509_CRL_set_version(crl, X509_CRL_VERSION_2) != 1 ||
        X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer)) != 1 ||
        !set_times(crl, clock_now(change)) || (!of_root && !add_all_revoked(crl, change)) ||
        !add_extensions(crl, issuer) || X509_CRL_sort(crl) != 1 ||
        X509_CRL_sign(crl, key, EVP_sha256()) == 0) {
        (void)complain_crypto("cannot make a revocation list");
        return NULL;
    }
    return X509_CRL_take(&crl);
}
