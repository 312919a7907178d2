/* SPDX-License-Identifier: BSD-3-Clause */
/* What issuers publish: chains are completed from it, and certificates looked up. */
#include <time.h>

#include <openssl/pem.h>
#include <openssl/pkcs7.h>

#include "acquire/bundle.h"
#include "acquire/cache.h"
#include "acquire/completion.h"
#include "acquire/revocation-list.h"
#include "run-suite.h"
#include "support/acquisition.h"

#define DAY INT64_C(86400)
#define LEVELS 8

/* authorities[0] is the root; each of the others was issued by the one before. */
typedef struct level {
    EVP_PKEY *key;
    X509 *x509;
} level;

static level authorities[LEVELS];
static level forger; /* calls itself authorities[1] */
static level person;

/* What the net answers. */
static struct {
    const char *url;
    uint8_t body[4096];
    size_t len;
    int status;
} published[LEVELS + 1];
static size_t published_count;
static int asked;
static char last_asked[64];
static int warnings;

static void
put(X509 *x509, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509_EXTENSION *made = NULL;

    X509V3_set_ctx(&context, issuer, x509, NULL, NULL, 0);
    made = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    ck_assert_msg(made != NULL, "%s", value);
    ck_assert_int_eq(X509_add_ext(x509, made, -1), 1);
    X509_EXTENSION_free(made);
}

/* `issuer` NULL: itself. */
static void
certify(level *made, const char *name, const level *issuer, bool is_authority, const char *address,
        const char *list)
{
    X509_NAME *subject = NULL;

    issuer = issuer == NULL ? made : issuer;
    made->key = make_key("EC");
    made->x509 = X509_new();
    subject = X509_get_subject_name(made->x509);
    ck_assert_int_eq(
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const uint8_t *)name, -1, -1, 0),
        1);
    (void)X509_set_issuer_name(made->x509, X509_get_subject_name(issuer->x509));
    (void)X509_set_version(made->x509, X509_VERSION_3);
    (void)ASN1_INTEGER_set(X509_get_serialNumber(made->x509), 77);
    (void)X509_gmtime_adj(X509_getm_notBefore(made->x509), -DAY);
    (void)X509_gmtime_adj(X509_getm_notAfter(made->x509), 90 * DAY);
    (void)X509_set_pubkey(made->x509, made->key);
    if (is_authority)
        put(made->x509, issuer->x509, NID_basic_constraints, "critical,CA:TRUE");
    if (address != NULL)
        put(made->x509, issuer->x509, NID_info_access, address);
    if (list != NULL)
        put(made->x509, issuer->x509, NID_crl_distribution_points, list);
    ck_assert_int_gt(X509_sign(made->x509, issuer->key, EVP_sha256()), 0);
}

static void
publish(const char *url, const uint8_t *body, size_t len)
{
    size_t at = 0;

    while (at < published_count && strcmp(published[at].url, url) != 0)
        at++;
    ck_assert_uint_lt(at, LEVELS + 1);
    ck_assert_uint_le(len, sizeof published[at].body);
    published_count = at == published_count ? at + 1 : published_count;
    published[at].url = url;
    memcpy(published[at].body, body, len);
    published[at].len = len;
    published[at].status = 200;
}

static void
publish_certificate(const char *url, X509 *x509)
{
    uint8_t der[4096];
    uint8_t *at = der;
    int len = i2d_X509(x509, &at);

    ck_assert_int_gt(len, 0);
    publish(url, der, (size_t)len);
}

static mainet_status
answer_public(void *self, const mn_exchange *exchange, mn_reply *reply, mainet_error *failure)
{
    (void)self;
    ck_assert(exchange->is_public);
    ck_assert_ptr_null(exchange->form);
    ck_assert_ptr_null(exchange->client);
    ck_assert_int_gt(exchange->timeout_ms, 0);
    ck_assert_int_le(exchange->timeout_ms, MN_REPOSITORY_FETCH_MS);
    asked++;
    (void)snprintf(last_asked, sizeof last_asked, "%s", exchange->url);
    for (size_t i = 0; i < published_count; i++) {
        if (strcmp(published[i].url, exchange->url) != 0)
            continue;
        reply->status = published[i].status;
        reply->body = mn_secret_copy(published[i].body, published[i].len, NULL);
        return MAINET_OK;
    }
    return mn_fail(failure, MAINET_E_UNREACHABLE, 0, "%s: nobody is there", exchange->url);
}

static const mn_transport public_transport = {.exchange = answer_public};

static void
hear(mainet_log_level at, const char *text, void *user_data)
{
    (void)text;
    (void)user_data;
    warnings += at >= MAINET_LOG_WARNING;
}

static mn_repository
repository(void)
{
    return mn_repository_of(&public_transport, request, temp_folder, MAINET_PHASE_OPENING, 0);
}

static void
start(void)
{
    start_acquisition();
    mainet_request_set_log(request, hear, NULL);
    published_count = 0;
    asked = 0;
    warnings = 0;
    certify(&authorities[0], "Root", NULL, true, NULL, NULL);
    certify(&authorities[1], "Issuing", &authorities[0], true, "caIssuers;URI:http://r/0", NULL);
    certify(&forger, "Issuing", NULL, true, NULL, NULL);
    certify(&person, "Person", &authorities[1], false, "caIssuers;URI:http://r/1",
            "URI:http://r/list");
    publish_certificate("http://r/0", authorities[0].x509);
    publish_certificate("http://r/1", authorities[1].x509);
}

static void
forget(level *one)
{
    X509_free(one->x509);
    EVP_PKEY_free(one->key);
    *one = (level){NULL, NULL};
}

static void
stop(void)
{
    for (size_t i = 0; i < LEVELS; i++)
        forget(&authorities[i]);
    forget(&forger);
    forget(&person);
    stop_acquisition();
}

/* A container that has the person and nobody else. */
static mainet_pkcs12 *
make_container(void)
{
    PKCS12 *made = PKCS12_create("pw", "person", person.key, person.x509, NULL, NID_aes_256_cbc,
                                 NID_aes_256_cbc, 10, 10, 0);
    uint8_t *der = NULL;
    int len = i2d_PKCS12(made, &der);
    mainet_pkcs12 *container = mainet_pkcs12_open(der, (size_t)len, (const uint8_t *)"pw", 2, &err);

    ck_assert_msg(container != NULL, "%s", err.detail);
    OPENSSL_free(der);
    PKCS12_free(made);
    return container;
}

/* How long the chain is after an attempt to complete it. */
static size_t
complete(void)
{
    mainet_pkcs12 *container = make_container();
    mn_repository of = repository();
    mn_path chain;

    asked = 0;
    ck_assert_int_eq(mn_complete(container, 0, &of, &err), MAINET_OK);
    mn_path_build(&chain, container, 0);
    mainet_pkcs12_free(container);
    return chain.count;
}

START_TEST(a_chain_is_completed_and_kept)
{
    ck_assert_uint_eq(complete(), 3);
    ck_assert_int_eq(asked, 2);
    published_count = 0; /* the next time, nobody is asked */
    ck_assert_uint_eq(complete(), 3);
    ck_assert_int_eq(asked, 0);
    ck_assert_int_eq(warnings, 0);
}
END_TEST

START_TEST(who_is_down_is_told_and_fails_nothing)
{
    published_count = 0;
    ck_assert_uint_eq(complete(), 1);
    ck_assert_int_eq(asked, 1);
    ck_assert_int_eq(warnings, 1);
}
END_TEST

START_TEST(what_does_not_sign_is_not_believed)
{
    publish_certificate("http://r/1", _i == 0   ? forger.x509
                                      : _i == 1 ? authorities[0].x509
                                                : person.x509);
    ck_assert_uint_eq(complete(), 1);
    ck_assert_int_eq(warnings, 1);
    publish_certificate("http://r/1", authorities[1].x509); /* and was not kept */
    ck_assert_uint_eq(complete(), 3);
}
END_TEST

START_TEST(a_refusal_is_no_certificate)
{
    published[0].status = 404;
    published[1].status = 404;
    ck_assert_uint_eq(complete(), 1);
    ck_assert_int_eq(warnings, 1);
}
END_TEST

START_TEST(a_cache_that_was_changed_is_not_believed)
{
    uint8_t der[4096];
    uint8_t *at = der;
    int len = i2d_X509(forger.x509, &at);
    mn_auto_buffer(body, 0);
    mainet_bytes *bytes = NULL;

    mn_buffer_append(&body, der, (size_t)len);
    bytes = mn_buffer_take(&body, &err);
    mn_cache_keep(temp_folder, "http://r/1", bytes, (int64_t)time(NULL) + DAY);
    mainet_bytes_free(bytes);
    ck_assert_uint_eq(complete(), 3);
    ck_assert_int_eq(asked, 2);
}
END_TEST

START_TEST(nothing_is_kept_for_longer_than_it_is_good)
{
    mn_auto_buffer(body, 0);
    mainet_bytes *bytes = NULL;
    mainet_bytes *found = NULL;
    int64_t now = (int64_t)time(NULL);

    mn_buffer_append(&body, "body", 4);
    bytes = mn_buffer_take(&body, &err);
    mn_cache_keep(temp_folder, "http://r/x", bytes, now - 1);
    ck_assert_ptr_null(mn_cache_find(temp_folder, "http://r/x", 10));
    mn_cache_keep(temp_folder, "http://r/x", bytes, now + DAY);
    ck_assert_ptr_null(mn_cache_find(temp_folder, "http://r/y", 10));
    ck_assert_ptr_null(mn_cache_find(temp_folder, "http://r/x", 3));
    found = mn_cache_find(temp_folder, "http://r/x", 4);
    ck_assert_ptr_nonnull(found);
    ck_assert_mem_eq(mainet_bytes_data(found), "body", 4);
    mainet_bytes_free(found);
    mainet_bytes_free(bytes);
}
END_TEST

START_TEST(four_fetches_are_enough)
{
    static const char *const urls[LEVELS] = {"http://r/0", "http://r/1", "http://r/2",
                                             "http://r/3", "http://r/4", "http://r/5",
                                             "http://r/6", "http://r/7"};
    char name[16];
    char address[48];

    for (size_t i = 2; i < LEVELS; i++) {
        (void)snprintf(name, sizeof name, "CA %zu", i);
        (void)snprintf(address, sizeof address, "caIssuers;URI:%s", urls[i - 1]);
        certify(&authorities[i], name, &authorities[i - 1], true, address, NULL);
        publish_certificate(urls[i], authorities[i].x509);
    }
    forget(&person);
    certify(&person, "Person", &authorities[LEVELS - 1], false, "caIssuers;URI:http://r/7", NULL);
    ck_assert_uint_eq(complete(), 5);
    ck_assert_int_eq(asked, MN_COMPLETION_FETCHES);
}
END_TEST

static const char *const refused_addresses[] = {
    "caIssuers;URI:https://r/1",   "caIssuers;URI:ldap://r/1", "caIssuers;URI:file:///etc/passwd",
    "caIssuers;URI:http://a@b/1",  "caIssuers;URI:http:///1",  "caIssuers;URI:http://",
    "caIssuers;URI:http://r/ 1",   "OCSP;URI:http://r/1",      "caIssuers;email:a@r",
    "caIssuers;URI:gopher://r:1/", "caIssuers;URI:http://:80/"};

START_TEST(only_plain_http_without_a_user_is_asked)
{
    forget(&person);
    certify(&person, "Person", &authorities[1], false, refused_addresses[_i], NULL);
    ck_assert_uint_eq(complete(), 1);
    ck_assert_int_eq(asked, 0);
}
END_TEST

static mainet_status
cancel(mainet_phase phase, int64_t done, int64_t total, void *user_data)
{
    (void)phase;
    (void)done;
    (void)total;
    (void)user_data;
    return MAINET_E_CANCELLED;
}

static mainet_status
answer_cancelled(void *self, const mn_exchange *exchange, mn_reply *reply, mainet_error *failure)
{
    (void)self;
    (void)reply;
    return mn_request_progress(exchange->request, exchange->phase, 0, 0, failure);
}

START_TEST(a_caller_ends_it)
{
    static const mn_transport cancelled = {.exchange = answer_cancelled};
    mainet_pkcs12 *container = make_container();
    mn_repository of = mn_repository_of(&cancelled, request, temp_folder, MAINET_PHASE_OPENING, 0);

    mainet_request_set_progress(request, cancel, NULL);
    ck_assert_int_eq(mn_complete(container, 0, &of, &err), MAINET_E_CANCELLED);
    mainet_pkcs12_free(container);
}
END_TEST

START_TEST(time_that_is_up_asks_nobody)
{
    mainet_pkcs12 *container = make_container();
    mn_repository of = repository();

    of.left_ms = 0;
    ck_assert_int_eq(mn_complete(container, 0, &of, &err), MAINET_OK);
    ck_assert_int_eq(asked, 0);
    ck_assert_int_eq(warnings, 1);
    mainet_pkcs12_free(container);
}
END_TEST

/* Both authorities, as an address may answer them. */
static size_t
encode_bundle(int how, uint8_t out[8192])
{
    PKCS7 *both = PKCS7_new();
    BIO *text = BIO_new(BIO_s_mem());
    uint8_t *at = out;
    long len = 0;
    char *written = NULL;

    ck_assert_int_eq(PKCS7_set_type(both, NID_pkcs7_signed), 1);
    ck_assert_int_eq(PKCS7_content_new(both, NID_pkcs7_data), 1);
    ck_assert_int_eq(PKCS7_add_certificate(both, authorities[1].x509), 1);
    ck_assert_int_eq(PKCS7_add_certificate(both, authorities[0].x509), 1);
    ck_assert_int_eq(PKCS7_add_certificate(both, person.x509), 1);
    if (how == 0) {
        (void)PEM_write_bio_X509(text, authorities[1].x509);
        (void)PEM_write_bio_X509(text, authorities[0].x509);
    } else if (how == 1) {
        (void)PEM_write_bio_PKCS7(text, both);
    }
    len = how == 2 ? i2d_PKCS7(both, &at) : BIO_get_mem_data(text, &written);
    if (how != 2)
        memcpy(out, written, (size_t)len);
    PKCS7_free(both);
    (void)BIO_free(text);
    return (size_t)len;
}

START_TEST(every_form_of_answer_is_read)
{
    uint8_t body[8192];
    size_t len = encode_bundle(_i, body);
    mn_bundle bundle = {.count = 0};

    mn_bundle_read(&bundle, body, len);
    ck_assert_uint_eq(bundle.count, 2); /* a person is no authority */
    ck_assert_str_eq(mainet_certificate_common_name(bundle.certificates[0]), "Issuing");
    ck_assert_str_eq(mainet_certificate_common_name(bundle.certificates[1]), "Root");
    mn_bundle_clear(&bundle);
    publish("http://r/1", body, len);
    ck_assert_uint_eq(complete(), 3);
    ck_assert_int_eq(asked, 1);
    while (len-- > 0) { /* whatever is left of it when it is cut */
        mn_bundle_read(&bundle, body, len);
        ck_assert_uint_le(bundle.count, 2);
        mn_bundle_clear(&bundle);
    }
}
END_TEST

/* What a list is like. */
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

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("repository");
    TCase *tests = tcase_create("repository");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_test(tests, a_chain_is_completed_and_kept);
    tcase_add_test(tests, who_is_down_is_told_and_fails_nothing);
    tcase_add_loop_test(tests, what_does_not_sign_is_not_believed, 0, 3);
    tcase_add_test(tests, a_refusal_is_no_certificate);
    tcase_add_test(tests, a_cache_that_was_changed_is_not_believed);
    tcase_add_test(tests, nothing_is_kept_for_longer_than_it_is_good);
    tcase_add_test(tests, four_fetches_are_enough);
    tcase_add_loop_test(tests, only_plain_http_without_a_user_is_asked, 0,
                        COUNT(refused_addresses));
    tcase_add_test(tests, a_caller_ends_it);
    tcase_add_test(tests, time_that_is_up_asks_nobody);
    tcase_add_loop_test(tests, every_form_of_answer_is_read, 0, 3);
    tcase_add_loop_test(tests, a_list_settles_what_it_can, 0, COUNT(kinds));
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
