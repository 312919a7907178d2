/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/batch.h"

#include "run-suite.h"
#include "support/crowd.h"

/** When the caller ends the run: at this phase, once so many orders are done; and what it saw. */
static struct {
    bool ends;
    mainet_phase phase;
    int64_t done;
    int64_t most;
} listener;

static int decided;

static mainet_status
hear(mainet_phase phase, int64_t done, int64_t total, void *user_data)
{
    (void)user_data;
    if (phase == MAINET_PHASE_ASKING)
        listener.most = total;
    return listener.ends && phase == listener.phase && done >= listener.done ? MAINET_E_CANCELLED
                                                                             : MAINET_OK;
}

static mainet_status
decide(const mainet_certificate *issuer, bool expected, void *user_data)
{
    (void)issuer;
    (void)expected;
    decided++;
    return *(mainet_status *)user_data;
}

static mainet_status
run(void)
{
    memset(&err, 0, sizeof err);
    return mn_batch_run(batch, request, token, 2, &crowded, &err);
}

static void
start(void)
{
    start_acquisition();
    memset(answers, 0, sizeof answers);
    memset(&listener, 0, sizeof listener);
    decided = 0;
    mainet_request_set_progress(request, hear, NULL);
    batch = mainet_batch_new(NULL);
    ck_assert_ptr_nonnull(batch);
}

static void
start_three(void)
{
    start();
    add_three();
}

static void
stop(void)
{
    mainet_batch_free(batch);
    stop_acquisition();
}

START_TEST(every_order_becomes_an_identity)
{
    mainet_identity *identity = NULL;

    ck_assert_msg(run() == MAINET_OK, "%s", err.detail);
    ck_assert_str_eq(states(), "ddd");
    ck_assert_int_eq(service.asked, 3);
    ck_assert_int_eq(listener.most, 3);
    ck_assert_uint_eq(count_identities(), 3);
    ck_assert_int_eq(count_pending(NULL), 0);
    identity = mainet_batch_identity(batch, 1, NULL);
    ck_assert_str_eq(mainet_identity_certificate_number(identity), "2");
    ck_assert_str_eq(mainet_identity_group_id(identity), "GROUP01");
    mainet_identity_free(identity);
}
END_TEST

START_TEST(what_is_in_the_token_is_not_asked_for)
{
    ck_assert_int_eq(run(), MAINET_OK);
    mainet_batch_free(batch);
    batch = mainet_batch_new(NULL);
    add("2");
    add("4");
    answers[2].number = "4";
    answers[2].container = "pkcs12/modern-ed25519.p12";
    ck_assert_int_eq(run(), MAINET_OK);
    ck_assert_str_eq(states(), "PP"); /* of the second, the service tells what the token has */
    ck_assert_int_eq(service.asked, 4);
    ck_assert_uint_eq(count_identities(), 3);
}
END_TEST

START_TEST(one_that_fails_leaves_the_others_alone)
{
    answers[2].number = "2";
    answers[2].result = "AUTH_FAILED";
    ck_assert_int_eq(run(), MAINET_OK);
    ck_assert_str_eq(states(), "dFd");
    ck_assert_int_eq(mainet_batch_status(batch, 1), MAINET_E_AUTH_FAILED);
    ck_assert_str_ne(mainet_batch_detail(batch, 1), "");
    ck_assert_int_eq(mainet_batch_status(batch, 0), MAINET_OK);
    ck_assert_ptr_null(mainet_batch_identity(batch, 1, &err));
    answers[2].number = NULL;
    ck_assert_int_eq(run(), MAINET_OK);
    ck_assert_str_eq(states(), "ddd");
    ck_assert_int_eq(service.asked, 4);
}
END_TEST

START_TEST(where_no_way_leads_one_order_finds_out)
{
    answers[2].number = "1";
    answers[2].failure = MAINET_E_UNREACHABLE;
    ck_assert_int_eq(run(), MAINET_E_UNREACHABLE);
    ck_assert_int_eq(err.status, MAINET_E_UNREACHABLE);
    ck_assert_str_eq(states(), "Fww");
    ck_assert_int_eq(service.asked, 1);
}
END_TEST

START_TEST(a_way_that_was_open_fails_one_order)
{
    answers[2].number = "2";
    answers[2].failure = MAINET_E_UNREACHABLE;
    ck_assert_int_eq(run(), MAINET_OK);
    ck_assert_str_eq(states(), "dFd");
    ck_assert_int_eq(mainet_batch_status(batch, 1), MAINET_E_UNREACHABLE);
}
END_TEST

START_TEST(a_container_that_does_not_open_stays_pending)
{
    answers[2].number = "2";
    answers[2].container = "pkcs12/utf8-password.p12";
    service.asked = 0;
    ck_assert_int_eq(run(), MAINET_OK);
    ck_assert_str_eq(states(), "dFd");
    ck_assert_int_eq(mainet_batch_status(batch, 1), MAINET_E_PKCS12_PASSWORD);
    ck_assert_int_eq(count_pending(NULL), 1);
    answers[2].number = NULL; /* the next run asks again, for that is all that can help */
    ck_assert_int_eq(run(), MAINET_OK);
    ck_assert_str_eq(states(), "ddd");
    ck_assert_int_eq(service.asked, 4);
    ck_assert_int_eq(count_pending(NULL), 0);
}
END_TEST

/* When the caller ends the run, and what it has come to then. */
static const struct {
    mainet_phase phase;
    int64_t done;
    const char *states;
    int pending;
    int asked;
} ends[] = {
    {MAINET_PHASE_CHECKING, 0, "www", 0, 0},  {MAINET_PHASE_ASKING, 1, "pww", 1, 1},
    {MAINET_PHASE_ASKING, 2, "ppp", 3, 3}, /* two of them ended together */
    {MAINET_PHASE_OPENING, 0, "ppp", 3, 3},   {MAINET_PHASE_OPENING, 2, "ppp", 3, 3},
    {MAINET_PHASE_IMPORTING, 0, "ppp", 3, 3},
};

START_TEST(what_was_delivered_is_not_asked_for_again)
{
    mainet_batch *again = mainet_batch_new(NULL);

    listener.ends = true;
    listener.phase = ends[_i].phase;
    listener.done = ends[_i].done;
    ck_assert_int_eq(run(), MAINET_E_CANCELLED);
    ck_assert_str_eq(states(), ends[_i].states);
    ck_assert_int_eq(count_pending(NULL), ends[_i].pending);
    ck_assert_int_eq(service.asked, ends[_i].asked);
    ck_assert_uint_eq(count_identities(), 0);
    if (_i % 2 == 0) { /* as another process would */
        mainet_batch_free(batch);
        batch = again;
        add("1");
        add("2");
        add("3");
    } else {
        mainet_batch_free(again);
    }
    listener.ends = false;
    ck_assert_int_eq(run(), MAINET_OK);
    ck_assert_str_eq(states(), "ddd");
    ck_assert_int_eq(service.asked, 3);
    ck_assert_int_eq(count_pending(NULL), 0);
}
END_TEST

START_TEST(a_damaged_delivery_is_asked_for_again)
{
    char path[512];

    listener.ends = true;
    listener.phase = MAINET_PHASE_ASKING;
    listener.done = 1;
    ck_assert_int_eq(run(), MAINET_E_CANCELLED);
    ck_assert_int_eq(count_pending(path), 1);
    ck_assert_int_eq(truncate(path, 100), 0);
    listener.ends = false;
    ck_assert_int_eq(run(), MAINET_OK);
    ck_assert_str_eq(states(), "ddd");
    ck_assert_int_eq(service.asked, 4);
}
END_TEST

START_TEST(an_issuer_is_decided_on_once)
{
    mainet_status answer = _i == 0 ? MAINET_OK : MAINET_E_CANCELLED;

    mainet_request_set_issuer_decision(request, decide, &answer);
    ck_assert_int_eq(run(), MAINET_OK);
    ck_assert_int_eq(decided, 2); /* the third comes without its issuer's certificate */
    ck_assert_str_eq(states(), _i == 0 ? "ddd" : "FFF");
    ck_assert_int_eq(count_pending(NULL), _i == 0 ? 0 : 3);
    answer = MAINET_OK;
    ck_assert_int_eq(run(), MAINET_OK);
    ck_assert_str_eq(states(), "ddd");
    ck_assert_int_eq(service.asked, 3);
}
END_TEST

START_TEST(what_cannot_be_is_refused)
{
    mainet_batch_free(batch);
    batch = mainet_batch_new(NULL);
    ck_assert_int_eq(mainet_batch_add(NULL, "G", "1", PASSWORD, &err), MAINET_E_ARGUMENT);
    ck_assert_int_eq(mainet_batch_add(batch, NULL, "1", PASSWORD, &err), MAINET_E_ARGUMENT);
    ck_assert_int_eq(mainet_batch_add(batch, "G", " ", PASSWORD, &err), MAINET_E_ARGUMENT);
    ck_assert_int_eq(mainet_batch_add(batch, "G", "1", (const uint8_t *)"", 0, &err),
                     MAINET_E_ARGUMENT);
    ck_assert_int_eq(mainet_batch_add(batch, "G", "1", PASSWORD, &err), MAINET_OK);
    ck_assert_int_eq(mainet_batch_add(batch, "G", " 1 ", PASSWORD, &err), MAINET_E_ARGUMENT);
    ck_assert_int_eq(mainet_batch_add(batch, "H", "1", PASSWORD, &err), MAINET_OK);
    ck_assert_uint_eq(mainet_batch_count(batch), 2);
    ck_assert_str_eq(mainet_batch_group_id(batch, 1), "H");
    ck_assert_str_eq(mainet_batch_group_id(batch, 2), "");
    ck_assert_int_eq(mainet_batch_run(batch, request, token, 0, &err), MAINET_E_ARGUMENT);
    ck_assert_int_eq(mainet_batch_run(batch, request, token, MAINET_BATCH_JOBS_MAX + 1, &err),
                     MAINET_E_ARGUMENT);
    ck_assert_int_eq(mainet_batch_run(batch, NULL, token, 1, &err), MAINET_E_ARGUMENT);
    ck_assert_int_eq(mainet_token_lock(token, &err), MAINET_OK);
    ck_assert_int_eq(run(), MAINET_E_TOKEN_LOCKED);
    ck_assert_int_eq(service.asked, 0);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("batch");
    TCase *tests = tcase_create("batch");

    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, start_three, stop);
    tcase_add_test(tests, every_order_becomes_an_identity);
    tcase_add_test(tests, what_is_in_the_token_is_not_asked_for);
    tcase_add_test(tests, one_that_fails_leaves_the_others_alone);
    tcase_add_test(tests, where_no_way_leads_one_order_finds_out);
    tcase_add_test(tests, a_way_that_was_open_fails_one_order);
    tcase_add_test(tests, a_container_that_does_not_open_stays_pending);
    tcase_add_loop_test(tests, what_was_delivered_is_not_asked_for_again, 0,
                        sizeof ends / sizeof *ends);
    tcase_add_test(tests, a_damaged_delivery_is_asked_for_again);
    tcase_add_loop_test(tests, an_issuer_is_decided_on_once, 0, 2);
    tcase_add_test(tests, what_cannot_be_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
