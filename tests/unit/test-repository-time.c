/* SPDX-License-Identifier: BSD-3-Clause */
/* How long issuers' repositories are waited for. */
#include "acquire/repository.h"

#include "run-suite.h"
#include "support/acquisition.h"

/** What a fetch takes, as far as it may, and how it ends. */
static struct {
    int64_t takes_ms;
    mainet_status failure;
    int asked;
    int32_t given_ms; /* the last time */
} publisher;

static mainet_status
answer_late(void *self, const mn_exchange *exchange, mn_reply *reply, mainet_error *failure)
{
    const int64_t given = exchange->timeout_ms;

    (void)self;
    publisher.asked++;
    publisher.given_ms = exchange->timeout_ms;
    reply->waited_ms = publisher.takes_ms < given ? publisher.takes_ms : given;
    if (publisher.failure != MAINET_OK)
        return mn_fail(failure, publisher.failure, 0, "as the test wants");
    reply->status = 200;
    reply->body = mn_secret_copy((const uint8_t *)"x", 1, NULL);
    return MAINET_OK;
}

static mn_repository
after(int64_t waited_ms)
{
    static const mn_transport late = {.exchange = answer_late};

    return mn_repository_of(&late, request, temp_folder, MAINET_PHASE_OPENING, waited_ms);
}

static mainet_status
fetch(mn_repository *of)
{
    mainet_bytes *bytes = mn_repository_fetch(of, "http://h/", 16, &err);
    const mainet_status status = bytes != NULL ? MAINET_OK : err.status;

    mainet_bytes_free(bytes);
    return status;
}

static void
start(void)
{
    start_acquisition();
    memset(&publisher, 0, sizeof publisher);
}

START_TEST(the_fetches_of_a_call_share_ten_seconds)
{
    mn_repository of = after(0);

    publisher.takes_ms = 4000;
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(fetch(&of), MAINET_OK);
    ck_assert_int_eq(publisher.given_ms, 2000);
    ck_assert_int_eq(fetch(&of), MAINET_E_UNREACHABLE);
    ck_assert_int_eq(publisher.asked, 3);
}
END_TEST

START_TEST(they_have_what_the_service_left_of_the_requests_time)
{
    mn_repository of;

    mainet_request_set_timeout_ms(request, 6000);
    of = after(5000);
    ck_assert_int_eq(fetch(&of), MAINET_OK);
    ck_assert_int_eq(publisher.given_ms, 1000);
    of = after(6000);
    ck_assert_int_eq(fetch(&of), MAINET_E_UNREACHABLE);
    ck_assert_int_eq(publisher.asked, 1);
}
END_TEST

/* Whoever answers, as late as it may be, is not what many calls wait for in vain. */
START_TEST(many_calls_lose_ten_seconds_to_one_that_is_silent)
{
    int64_t lost_ms = 0;

    publisher.takes_ms = 60000;
    for (int i = 0; i < 20; i++) {
        mn_repository of = after(0);

        of.lost_ms = &lost_ms;
        publisher.failure = i < 10 ? MAINET_OK : MAINET_E_UNREACHABLE;
        ck_assert_int_eq(fetch(&of), publisher.failure);
    }
    ck_assert_int_eq(lost_ms, MN_REPOSITORY_TIMEOUT_MS);
    ck_assert_int_eq(publisher.asked, 10 + 2);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("repository-time");
    TCase *tests = tcase_create("repository-time");

    tcase_add_checked_fixture(tests, start, stop_acquisition);
    tcase_add_test(tests, the_fetches_of_a_call_share_ten_seconds);
    tcase_add_test(tests, they_have_what_the_service_left_of_the_requests_time);
    tcase_add_test(tests, many_calls_lose_ten_seconds_to_one_that_is_silent);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
