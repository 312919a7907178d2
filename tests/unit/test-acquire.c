/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/acquire.h"

#include "acquire/confirm.h"
#include "run-suite.h"
#include "support/acquisition.h"

START_TEST(a_delivery_becomes_an_identity)
{
    mainet_identity *identity = acquire();

    ck_assert_msg(identity != NULL, "%d %s", (int)err.status, err.detail);
    ck_assert_str_eq(mainet_certificate_common_name(mainet_identity_certificate(identity)),
                     "EC user");
    ck_assert_str_eq(mainet_identity_certificate_number(identity), "1");
    ck_assert_str_eq(mainet_identity_group_id(identity), "GROUP01");
    ck_assert_str_eq(mainet_identity_service(identity), mainet_service_path(request->service));
    ck_assert_int_gt(mainet_identity_acquired_at(identity), 0);
    ck_assert(mainet_identity_is_exportable(identity));
    ck_assert_uint_eq(mainet_identity_chain_length(identity), 2);
    ck_assert(mainet_identity_is_chain_complete(identity));
    ck_assert_int_eq(count_pending(NULL), 0);
    ck_assert_int_eq(service.asked, 1);
    mainet_identity_free(identity);
}
END_TEST

START_TEST(a_second_delivery_adds_nothing)
{
    mainet_identity *first = acquire();
    mainet_identity *second = acquire();

    ck_assert_int_eq(service.asked, 2);
    ck_assert_str_eq(mainet_identity_id(first), mainet_identity_id(second));
    ck_assert_uint_eq(count_identities(), 1);
    mainet_identity_free(first);
    mainet_identity_free(second);
}
END_TEST

START_TEST(a_key_may_be_kept_in_the_token)
{
    mainet_identity *identity = NULL;

    mainet_request_set_exportable(request, false);
    identity = acquire();
    ck_assert(!mainet_identity_is_exportable(identity));
    mainet_identity_free(identity);
}
END_TEST

static const struct {
    const char *result;
    mainet_status failure;
    mainet_status expected;
} refusals[] = {
    {"AUTH_FAILED", MAINET_OK, MAINET_E_AUTH_FAILED},
    {"NOT_AVAILABLE", MAINET_OK, MAINET_E_NOT_AVAILABLE},
    {"BUSY", MAINET_OK, MAINET_E_BUSY},
    {"OK", MAINET_OK, MAINET_E_CONTENT_TYPE},
    {NULL, MAINET_E_UNREACHABLE, MAINET_E_UNREACHABLE},
    {NULL, MAINET_E_CANCELLED, MAINET_E_CANCELLED},
};

START_TEST(a_refusal_leaves_nothing_and_is_not_repeated)
{
    service.result = refusals[_i].result;
    service.failure = refusals[_i].failure;
    ck_assert_ptr_null(acquire());
    ck_assert_int_eq(err.status, refusals[_i].expected);
    ck_assert_int_eq(service.asked, 1);
    ck_assert_int_eq(count_pending(NULL), 0);
    ck_assert_uint_eq(count_identities(), 0);
}
END_TEST

static mainet_phase stop_at;
static int phases[5];

static mainet_status
stop_there(mainet_phase phase, int64_t done, int64_t total, void *user_data)
{
    (void)done;
    (void)total;
    (void)user_data;
    phases[phase]++;
    if (phase == MAINET_PHASE_OPENING) /* what may be killed from here on is not lost */
        ck_assert_int_eq(count_pending(NULL), 1);
    return phase == stop_at ? MAINET_E_CANCELLED : MAINET_OK;
}

START_TEST(a_call_that_ends_after_the_reply_is_resumed_without_the_service)
{
    mainet_identity *identity = NULL;

    stop_at = _i == 0 ? MAINET_PHASE_OPENING : MAINET_PHASE_IMPORTING;
    mainet_request_set_progress(request, stop_there, NULL);
    ck_assert_ptr_null(acquire());
    ck_assert_int_eq(err.status, MAINET_E_CANCELLED);
    ck_assert_int_eq(count_pending(NULL), 1);
    ck_assert_uint_eq(count_identities(), 0);

    mainet_request_free(request); /* the next time, the PIN is enough */
    request = make_request("SECOM Passport for Member CA9", "1");
    mn_secret_free(request->password);
    request->password = NULL;
    service.failure = MAINET_E_UNREACHABLE;
    identity = acquire();
    ck_assert_msg(identity != NULL, "%s", err.detail);
    ck_assert_int_eq(service.asked, 1);
    ck_assert_int_eq(count_pending(NULL), 0);
    ck_assert_uint_eq(count_identities(), 1);
    mainet_identity_free(identity);
}
END_TEST

START_TEST(a_call_that_is_cancelled_before_asks_nobody)
{
    stop_at = _i == 0 ? MAINET_PHASE_CHECKING : MAINET_PHASE_ASKING;
    mainet_request_set_progress(request, stop_there, NULL);
    ck_assert_ptr_null(acquire());
    ck_assert_int_eq(err.status, MAINET_E_CANCELLED);
    ck_assert_int_eq(service.asked, 0);
}
END_TEST

START_TEST(what_would_fail_later_is_found_before_the_service_is_asked)
{
    char path[128];

    if (_i == 0) {
        ck_assert_int_eq(mainet_token_lock(token, &err), MAINET_OK);
    } else if (_i == 1) {
        (void)snprintf(path, sizeof path, "%s/pending", temp_folder);
        ck_assert_int_eq(mkdir(path, 0700), 0);
        ck_assert_int_eq(chmod(path, 0777), 0);
    } else if (_i == 2) {
        ck_assert_int_eq(unlink(mainet_token_path(token)), 0);
    } else {
        mn_secret_free(request->password);
        request->password = NULL;
    }
    ck_assert_ptr_null(acquire());
    ck_assert_int_ne(err.status, MAINET_OK);
    ck_assert_int_eq(service.asked, 0);
}
END_TEST

START_TEST(a_container_that_cannot_be_opened_is_kept_and_asked_for_anew)
{
    mainet_identity *identity = NULL;

    service.container = _i == 0 ? "pkcs12/utf8-password.p12" : "pkcs12/no-key.p12";
    ck_assert_ptr_null(acquire());
    ck_assert_int_eq(err.status, _i == 0 ? MAINET_E_PKCS12_PASSWORD : MAINET_E_NO_KEY_PAIR);
    ck_assert_int_eq(count_pending(NULL), 1);
    service.failure = MAINET_E_UNREACHABLE; /* kept, though nothing came in its place */
    ck_assert_ptr_null(acquire());
    ck_assert_int_eq(err.status, MAINET_E_UNREACHABLE);
    ck_assert_int_eq(count_pending(NULL), 1);
    service.failure = MAINET_OK;
    service.container = "pkcs12/modern-ec.p12";
    identity = acquire();
    ck_assert_ptr_nonnull(identity);
    ck_assert_int_eq(service.asked, 3);
    ck_assert_int_eq(count_pending(NULL), 0);
    mainet_identity_free(identity);
}
END_TEST

START_TEST(a_pending_delivery_that_was_changed_is_asked_for_anew)
{
    mainet_identity *identity = NULL;
    char path[512];

    stop_at = MAINET_PHASE_OPENING;
    mainet_request_set_progress(request, stop_there, NULL);
    ck_assert_ptr_null(acquire());
    mainet_request_set_progress(request, NULL, NULL);
    ck_assert_int_eq(count_pending(path), 1);
    ck_assert_int_eq(truncate(path, 100), 0);
    identity = acquire();
    ck_assert_ptr_nonnull(identity);
    ck_assert_int_eq(service.asked, 2);
    ck_assert_int_eq(count_pending(NULL), 0);
    mainet_identity_free(identity);
}
END_TEST

static int decided;
static bool was_expected;
static mainet_status decision;

static mainet_status
decide(const mainet_certificate *issuer, bool expected, void *user_data)
{
    ck_assert_ptr_eq(user_data, &decided);
    ck_assert_str_eq(mainet_certificate_common_name(issuer), "SECOM Passport for Member CA9");
    decided++;
    was_expected = expected;
    return decision;
}

START_TEST(an_issuer_is_decided_on_once)
{
    mainet_identity *identity = NULL;

    decided = 0;
    decision = MAINET_E_CANCELLED;
    mainet_request_set_issuer_decision(request, decide, &decided);
    ck_assert_ptr_null(acquire());
    ck_assert_int_eq(err.status, MAINET_E_CANCELLED);
    ck_assert_int_eq(count_pending(NULL), 1);
    ck_assert(was_expected);
    decision = MAINET_OK;
    identity = acquire();
    ck_assert_ptr_nonnull(identity);
    mainet_identity_free(identity);
    ck_assert_int_eq(decided, 2);
    service.container = "pkcs12/modern-rsa.p12"; /* of the same issuer */
    identity = acquire();
    ck_assert_ptr_nonnull(identity);
    mainet_identity_free(identity);
    ck_assert_int_eq(decided, 2);
    ck_assert_int_eq(service.asked, 2);
    ck_assert_uint_eq(count_identities(), 2);
}
END_TEST

START_TEST(an_unexpected_issuer_is_refused_unless_somebody_decides)
{
    mainet_identity *identity = NULL;

    mainet_request_free(request);
    request = make_request("Another CA", "1");
    ck_assert_ptr_null(acquire());
    ck_assert_int_eq(err.status, MAINET_E_CANCELLED);
    ck_assert_ptr_nonnull(strstr(err.detail, "SECOM Passport for Member CA9"));
    ck_assert_ptr_nonnull(strstr(err.detail, "SHA-256"));
    decided = 0;
    decision = MAINET_OK;
    mainet_request_set_issuer_decision(request, decide, &decided);
    identity = acquire();
    ck_assert_ptr_nonnull(identity);
    ck_assert(!was_expected);
    ck_assert_int_eq(service.asked, 1);
    mainet_identity_free(identity);
}
END_TEST

START_TEST(arguments_are_required)
{
    ck_assert_ptr_null(mn_acquire(NULL, token, &transport, &err));
    ck_assert_int_eq(err.status, MAINET_E_ARGUMENT);
    ck_assert_ptr_null(mainet_acquire(request, NULL, NULL));
    free(request->group_id);
    request->group_id = NULL;
    ck_assert_ptr_null(acquire());
    ck_assert_int_eq(err.status, MAINET_E_ARGUMENT);
}
END_TEST

static const struct {
    int status;
    const char *page;
    const char *alert;
    mainet_status failure;
    mainet_standing standing;
    const char *reason;
    const char *reason_ja;
} pages[] = {
    {200, "<p>正しくインストールされています</p>", NULL, MAINET_OK, MAINET_STANDING_INSTALLED, "",
     ""},
    {403, "<p>正しくインストールされています</p>", NULL, MAINET_OK, MAINET_STANDING_NOT_ACCEPTED,
     "HTTP status 403", "HTTP ステータス 403"},
    {200, "<p>正しくインストールされていません</p>", NULL, MAINET_OK, MAINET_STANDING_TEXT_MISSING,
     "does not say", "表示がありません"},
    {0, NULL, "x alert certificate revoked, errno 0", MAINET_E_UNREACHABLE, MAINET_STANDING_REVOKED,
     "TLS alert: certificate revoked", "証明書は失効しています"},
    {0, NULL, "x alert certificate expired, errno 0", MAINET_E_UNREACHABLE, MAINET_STANDING_EXPIRED,
     "the certificate expired (TLS", "有効期限が切れています"},
    {0, NULL, "x alert bad certificate, errno 0", MAINET_E_UNREACHABLE,
     MAINET_STANDING_NOT_ACCEPTED, "TLS alert: bad certificate", "受け付けませんでした"},
};

START_TEST(the_confirmation_page_is_read)
{
    mainet_identity *identity = acquire();
    mainet_confirmation *confirmation = NULL;

    service.status = pages[_i].status;
    service.page = pages[_i].page;
    service.alert = pages[_i].alert;
    service.failure = pages[_i].failure;
    confirmation = mn_confirm(request, identity, &transport, &err);
    ck_assert_msg(confirmation != NULL, "%s", err.detail);
    ck_assert_int_eq(mainet_confirmation_standing(confirmation), pages[_i].standing);
    ck_assert(mainet_confirmation_is_installed(confirmation) ==
              (pages[_i].standing == MAINET_STANDING_INSTALLED));
    for (int i = 0; i < 2; i++) {
        mainet_lang lang = i == 0 ? MAINET_LANG_EN : MAINET_LANG_JA;
        const char *reason = mainet_confirmation_reason(confirmation, lang);

        ck_assert_msg(strstr(reason, i == 0 ? pages[_i].reason : pages[_i].reason_ja) != NULL, "%s",
                      reason);
        ck_assert((*reason == '\0') == (pages[_i].standing == MAINET_STANDING_INSTALLED));
    }
    ck_assert_int_eq(mainet_confirmation_revocation(confirmation), MAINET_REVOCATION_NONE);
    ck_assert_str_eq(mainet_confirmation_revocation_detail(confirmation), "");
    ck_assert_str_eq(mainet_confirmation_url(confirmation), "https://h/c");
    ck_assert_int_eq(service.presented, 2);
    mainet_confirmation_free(confirmation);
    mainet_identity_free(identity);
}
END_TEST

START_TEST(no_answer_is_no_confirmation)
{
    mainet_identity *identity = acquire();

    service.failure = MAINET_E_UNREACHABLE;
    ck_assert_ptr_null(mn_confirm(request, identity, &transport, &err));
    ck_assert_int_eq(err.status, MAINET_E_UNREACHABLE);
    ck_assert_int_eq(mainet_token_lock(token, NULL), MAINET_OK);
    mainet_identity_free(identity);
    ck_assert_ptr_null(mn_confirm(request, NULL, &transport, &err));
    ck_assert_int_eq(err.status, MAINET_E_ARGUMENT);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("acquire");
    TCase *tests = tcase_create("acquire");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, start_acquisition, stop_acquisition);
    tcase_add_test(tests, a_delivery_becomes_an_identity);
    tcase_add_test(tests, a_second_delivery_adds_nothing);
    tcase_add_test(tests, a_key_may_be_kept_in_the_token);
    tcase_add_loop_test(tests, a_refusal_leaves_nothing_and_is_not_repeated, 0, COUNT(refusals));
    tcase_add_loop_test(tests, a_call_that_ends_after_the_reply_is_resumed_without_the_service, 0,
                        2);
    tcase_add_loop_test(tests, a_call_that_is_cancelled_before_asks_nobody, 0, 2);
    tcase_add_loop_test(tests, what_would_fail_later_is_found_before_the_service_is_asked, 0, 4);
    tcase_add_loop_test(tests, a_container_that_cannot_be_opened_is_kept_and_asked_for_anew, 0, 2);
    tcase_add_test(tests, a_pending_delivery_that_was_changed_is_asked_for_anew);
    tcase_add_test(tests, an_issuer_is_decided_on_once);
    tcase_add_test(tests, an_unexpected_issuer_is_refused_unless_somebody_decides);
    tcase_add_test(tests, arguments_are_required);
    tcase_add_loop_test(tests, the_confirmation_page_is_read, 0, COUNT(pages));
    tcase_add_test(tests, no_answer_is_no_confirmation);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
