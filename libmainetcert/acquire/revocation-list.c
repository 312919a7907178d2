/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/revocation-list.h"

#include <limits.h>
#include <stdio.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "pkcs12/validity.h"

MN_AUTO_TYPE(X509_CRL, X509_CRL_free)

static void
say(mn_revocation *found, const char *why)
{
    found->answer = MAINET_REVOCATION_UNKNOWN;
    (void)snprintf(found->detail, sizeof found->detail, "%s", why);
}

static X509_CRL *
decode(const uint8_t *data, size_t data_len)
{
    const unsigned char *at = data;
    X509_CRL *list = X509_CRL_new_ex(mn_crypto_context(), NULL);
    BIO *in = NULL;

    if (list == NULL || d2i_X509_CRL(&list, &at, (long)data_len) != NULL)
        return list; /* freed and cleared where that failed */
    list = X509_CRL_new_ex(mn_crypto_context(), NULL);
    in = BIO_new_mem_buf(data, (int)data_len);
    if (list == NULL || in == NULL || PEM_read_bio_X509_CRL(in, &list, NULL, NULL) == NULL) {
        X509_CRL_free(list);
        list = NULL;
    }
    BIO_free(in);
    return list;
}

/* By name, by the right to sign lists (RFC 5280, 4.2.1.3), and by signature. */
static bool
is_of(X509_CRL *list, const mainet_certificate *issuer)
{
    X509 *x509 = mn_certificate_x509(issuer);
    EVP_PKEY *key = mn_certificate_key(issuer);

    return key != NULL && (X509_get_key_usage(x509) & KU_CRL_SIGN) != 0 &&
           X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_subject_name(x509)) == 0 &&
           X509_CRL_verify(list, key) == 1;
}

/* A list of changes only, or of some certificates, settles nothing (RFC 5280, 5.2.4 and 5.2.5);
 * neither does one with a critical extension that we do not know. */
static bool
is_whole(const X509_CRL *list)
{
    int critical = -1;
    ISSUING_DIST_POINT *scope =
        X509_CRL_get_ext_d2i(list, NID_issuing_distribution_point, &critical, NULL);
    bool whole = scope != NULL ? scope->onlyCA <= 0 && scope->onlyattr <= 0 &&
                                     scope->indirectCRL <= 0 && scope->onlysomereasons == NULL
                               : critical == -1;

    ISSUING_DIST_POINT_free(scope);
    for (int i = 0; whole && i < X509_CRL_get_ext_count(list); i++) {
        X509_EXTENSION *one = X509_CRL_get_ext(list, i);

        whole = !X509_EXTENSION_get_critical(one) ||
                OBJ_obj2nid(X509_EXTENSION_get_object(one)) == NID_issuing_distribution_point;
    }
    return whole;
}

static void
read_time(const ASN1_TIME *time, int64_t *seconds)
{
    mainet_error no_matter = {0};

    if (time == NULL || mn_validity_time(time, seconds, &no_matter) != MAINET_OK)
        *seconds = 0;
}

static void
look_up(X509_CRL *list, const mainet_certificate *certificate, int64_t now, mn_revocation *found,
        int64_t expires_at)
{
    X509_REVOKED *entry = NULL;

    if (X509_CRL_get0_by_cert(list, &entry, mn_certificate_x509(certificate)) == 1) {
        found->answer = MAINET_REVOCATION_REVOKED;
        read_time(X509_REVOKED_get0_revocationDate(entry), &found->revoked_at);
    } else if (expires_at != 0 && expires_at <= now) {
        say(found, "the revocation list has expired");
    } else {
        found->answer = MAINET_REVOCATION_GOOD;
    }
}

void
mn_revocation_judge(const uint8_t *data, size_t data_len, const mainet_certificate *certificate,
                    const mainet_certificate *issuer, int64_t now, mn_revocation *found,
                    int64_t *expires_at)
{
    mn_auto(X509_CRL) list = NULL;

    *expires_at = 0;
    *found = (mn_revocation){.answer = MAINET_REVOCATION_UNKNOWN};
    ERR_set_mark();
    list = data_len == 0 || data_len > INT_MAX ? NULL : decode(data, data_len);
    if (list == NULL) {
        say(found, "what was received is not a revocation list");
    } else if (!is_of(list, issuer)) {
        say(found, "the revocation list is not signed by the issuer");
    } else if (!is_whole(list)) {
        say(found, "the revocation list does not cover the certificate");
    } else {
        read_time(X509_CRL_get0_nextUpdate(list), expires_at);
        look_up(list, certificate, now, found, *expires_at);
    }
    ERR_pop_to_mark();
}
