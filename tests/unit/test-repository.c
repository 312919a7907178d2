/* SPDX-License-Identifier: BSD-3-Clause */
/* What issuers publish: chains are completed from it. */
#include <time.h>

#include <openssl/pem.h>
#include <openssl/pkcs7.h>

#include "acquire/bundle.h"
#include "acquire/completion.h"
#include "run-suite.h"
#include "support/published.h"

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
                        (int)(sizeof refused_addresses / sizeof *refused_addresses));
    tcase_add_test(tests, a_caller_ends_it);
    tcase_add_test(tests, time_that_is_up_asks_nobody);
    tcase_add_loop_test(tests, every_form_of_answer_is_read, 0, 3);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
