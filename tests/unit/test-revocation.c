/* SPDX-License-Identifier: BSD-3-Clause */
/* What issuers publish: certificates are looked up in their lists. */
#include <time.h>

#include <openssl/pem.h>

#include "acquire/revocation-list.h"
#include "run-suite.h"
#include "support/published.h"

/* What a list is like, and what it tells. */
typedef struct list_kind {
    const level *signer;
    int days;
    bool revokes;
    int critical; /* NID of an extension that nobody knows; 0: none */
    mainet_revocation expected;
} list_kind;

static const list_kind kinds[] = {
    {&authorities[1], 7, false, 0, MAINET_REVOCATION_GOOD},
    {&authorities[1], 7, true, 0, MAINET_REVOCATION_REVOKED},
    {&authorities[1], -1, false, 0, MAINET_REVOCATION_UNKNOWN},
    {&authorities[1], -1, true, 0, MAINET_REVOCATION_REVOKED},
    {&forger, 7, true, 0, MAINET_REVOCATION_UNKNOWN},
    {&forger, 7, false, 0, MAINET_REVOCATION_UNKNOWN},
    {&authorities[0], 7, true, 0, MAINET_REVOCATION_UNKNOWN},
    {&authorities[1], 7, false, NID_delta_crl, MAINET_REVOCATION_UNKNOWN},
    {&authorities[1], 7, true, NID_delta_crl, MAINET_REVOCATION_UNKNOWN},
};

#define REVOKED_AT INT64_C(1700000000)

static X509_CRL *
make_list(const list_kind *kind)
{
    X509_CRL *list = X509_CRL_new();
    ASN1_TIME *when = X509_gmtime_adj(NULL, -30 * DAY);
    ASN1_INTEGER *number = ASN1_INTEGER_new();

    (void)X509_CRL_set_version(list, X509_CRL_VERSION_2);
    (void)X509_CRL_set_issuer_name(list, X509_get_subject_name(kind->signer->x509));
    (void)X509_CRL_set1_lastUpdate(list, when);
    (void)X509_CRL_set1_nextUpdate(list, X509_gmtime_adj(when, kind->days * DAY));
    if (kind->revokes) {
        X509_REVOKED *entry = X509_REVOKED_new();

        (void)ASN1_TIME_set(when, (time_t)REVOKED_AT);
        (void)X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(person.x509));
        (void)X509_REVOKED_set_revocationDate(entry, when);
        ck_assert_int_eq(X509_CRL_add0_revoked(list, entry), 1);
    }
    if (kind->critical != 0) {
        (void)ASN1_INTEGER_set(number, 1);
        ck_assert_int_eq(X509_CRL_add1_ext_i2d(list, kind->critical, number, 1, 0), 1);
    }
    (void)X509_CRL_sort(list);
    ck_assert_int_gt(X509_CRL_sign(list, kind->signer->key, EVP_sha256()), 0);
    ASN1_TIME_free(when);
    ASN1_INTEGER_free(number);
    return list;
}

static size_t
encode_list(const list_kind *kind, bool is_pem, uint8_t out[4096])
{
    X509_CRL *list = make_list(kind);
    BIO *text = BIO_new(BIO_s_mem());
    uint8_t *at = out;
    char *written = NULL;
    long len = 0;

    if (is_pem) {
        (void)PEM_write_bio_X509_CRL(text, list);
        len = BIO_get_mem_data(text, &written);
        memcpy(out, written, (size_t)len);
    } else {
        len = i2d_X509_CRL(list, &at);
    }
    (void)BIO_free(text);
    X509_CRL_free(list);
    return (size_t)len;
}

static mainet_certificate *
view(const level *of)
{
    uint8_t *der = NULL;
    int len = i2d_X509(of->x509, &der);
    mainet_certificate *made = mainet_certificate_parse(der, (size_t)len, &err);

    ck_assert_ptr_nonnull(made);
    OPENSSL_free(der);
    return made;
}

START_TEST(a_list_settles_what_it_can)
{
    mainet_certificate *leaf = view(&person);
    mainet_certificate *issuer = view(&authorities[1]);
    uint8_t body[4096];
    mn_revocation found;
    int64_t expires_at = 0;

    for (int is_pem = 0; is_pem < 2; is_pem++) {
        size_t len = encode_list(&kinds[_i], is_pem, body);

        mn_revocation_judge(body, len, leaf, issuer, (int64_t)time(NULL), &found, &expires_at);
        ck_assert_int_eq(found.answer, kinds[_i].expected);
        ck_assert((*found.detail != '\0') == (found.answer == MAINET_REVOCATION_UNKNOWN));
        if (found.answer == MAINET_REVOCATION_REVOKED)
            ck_assert_int_eq(found.revoked_at, REVOKED_AT);
        while (len-- > 1) { /* PEM does without its last line break */
            mn_revocation_judge(body, len, leaf, issuer, (int64_t)time(NULL), &found, &expires_at);
            ck_assert(is_pem || found.answer == MAINET_REVOCATION_UNKNOWN);
        }
    }
    mainet_certificate_free(leaf);
    mainet_certificate_free(issuer);
}
END_TEST

static mainet_revocation
check(bool is_afresh)
{
    mainet_certificate *leaf = view(&person);
    mainet_certificate *issuer = view(&authorities[1]);
    mn_repository of = repository();
    mn_revocation found;

    asked = 0;
    ck_assert_int_eq(mn_revocation_check(&of, leaf, issuer, is_afresh, &found, &err), MAINET_OK);
    mainet_certificate_free(leaf);
    mainet_certificate_free(issuer);
    return found.answer;
}

START_TEST(a_list_is_kept_and_fetched_afresh)
{
    uint8_t body[4096];

    ck_assert_int_eq(check(false), MAINET_REVOCATION_UNKNOWN); /* nobody is there */
    publish("http://r/list", body, encode_list(&kinds[4], false, body));
    ck_assert_int_eq(check(false), MAINET_REVOCATION_UNKNOWN); /* the forger's */
    publish("http://r/list", body,
            encode_list(&(list_kind){&authorities[1], 40, false, 0, 0}, false, body));
    ck_assert_int_eq(check(false), MAINET_REVOCATION_GOOD);
    ck_assert_int_eq(asked, 1);
    ck_assert_str_eq(last_asked, "http://r/list");
    publish("http://r/list", body,
            encode_list(&(list_kind){&authorities[1], 40, true, 0, 0}, false, body));
    ck_assert_int_eq(check(false), MAINET_REVOCATION_GOOD);
    ck_assert_int_eq(asked, 0);
    ck_assert_int_eq(check(true), MAINET_REVOCATION_REVOKED);
    ck_assert_int_eq(asked, 1);
    ck_assert_int_eq(check(false), MAINET_REVOCATION_REVOKED);
    ck_assert_int_eq(asked, 0);
}
END_TEST

START_TEST(without_list_or_issuer_nothing_is_known)
{
    mainet_certificate *leaf = view(&person);
    mainet_certificate *root = view(&authorities[0]);
    mn_repository of = repository();
    mn_revocation found;

    ck_assert_int_eq(mn_revocation_check(&of, leaf, NULL, false, &found, &err), MAINET_OK);
    ck_assert_int_eq(found.answer, MAINET_REVOCATION_UNKNOWN);
    ck_assert_int_eq(mn_revocation_check(&of, root, root, false, &found, &err), MAINET_OK);
    ck_assert_int_eq(found.answer, MAINET_REVOCATION_NONE);
    ck_assert_int_eq(asked, 0);
    mainet_certificate_free(leaf);
    mainet_certificate_free(root);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("revocation");
    TCase *tests = tcase_create("lists");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_loop_test(tests, a_list_settles_what_it_can, 0, (int)(sizeof kinds / sizeof *kinds));
    tcase_add_test(tests, a_list_is_kept_and_fetched_afresh);
    tcase_add_test(tests, without_list_or_issuer_nothing_is_known);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
