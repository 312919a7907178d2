/* SPDX-License-Identifier: BSD-3-Clause */
/* What a service delivered outlives programs that die, and disks that fail for good, at every
 * single call between its reply and the end of the import; it is imported once, and the service is
 * not asked again where it is here already. */
#include <signal.h>
#include <sys/wait.h>

#include "acquire/resume.h"
#include "support/acquisition.h"
#include "trouble.h"
#include "unit/run-suite.h"

#define CALLS_MAX 400
#define OTHER_PIN (const uint8_t *)"4321-pin", 8

static mainet_status
answer_then_trouble(void *self, const mn_exchange *exchange, mn_reply *reply, mainet_error *failure)
{
    mainet_status status = transport.exchange(self, exchange, reply, failure);

    arm();
    return status;
}

static const mn_transport troubled = {.exchange = answer_then_trouble};

/* In a child, for it may die. True if nothing happened to it any more. */
static bool
acquire_in_trouble(void)
{
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
        mainet_error why = {0};
        mainet_identity *identity = mn_acquire(request, token, &troubled, &why);
        bool happened = faults_disarm();

        if (identity == NULL && !happened)
            (void)fprintf(stderr, "# %d %s\n", (int)why.status, why.detail);
        _exit(happened ? 1 : identity != NULL ? 0 : 2);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) || WEXITSTATUS(status) != 2);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* What is pending, the damaged not counted. */
static mainet_pending *
find_pending(void)
{
    mainet_pending_list *list = mainet_token_pending(token, &err);
    mainet_pending *one = NULL;

    ck_assert_msg(list != NULL, "%s", err.detail);
    ck_assert_uint_le(mainet_pending_list_count(list), 1);
    if (mainet_pending_list_count(list) == 1) {
        one = mainet_pending_list_at(list, 0, &err);
        ck_assert_msg(mainet_pending_status(one) == MAINET_OK, "%s", mainet_pending_damage(one));
        ck_assert_str_eq(mainet_pending_certificate_number(one), "1");
    }
    mainet_pending_list_free(list);
    return one;
}

/* Resume as the next day's program would: the PIN, and no service. */
static void
finish(mainet_pending *one)
{
    mainet_identity *identity = mn_resume(one, request, &transport, &err);

    ck_assert_msg(identity != NULL, "%s", err.detail);
    ck_assert_str_eq(mainet_identity_certificate_number(identity), "1");
    mainet_identity_free(identity);
    mainet_pending_free(one);
}

START_TEST(what_was_delivered_is_imported_once)
{
    bool was_kept = false;
    bool is_done = false;

    what = (trouble)_i;
    for (nth = 1; !is_done; nth++) {
        mainet_pending *one = NULL;

        ck_assert_uint_lt(nth, CALLS_MAX);
        start_acquisition();
        is_done = acquire_in_trouble();
        one = find_pending();
        was_kept = was_kept || one != NULL;
        /* from the moment it is kept, there is never a time without it */
        ck_assert_msg(!was_kept || one != NULL || count_identities() == 1, "call %zu", nth);
        ck_assert(!is_done || (one == NULL && count_identities() == 1));
        service.failure = MAINET_E_UNREACHABLE;
        if (one != NULL)
            finish(one);
        ck_assert_int_eq(service.asked, 0); /* the child's counts are its own */
        ck_assert_uint_eq(count_identities(), was_kept || is_done ? 1 : 0);
        ck_assert_ptr_null(find_pending());
        stop_acquisition();
    }
    ck_assert(was_kept);
}
END_TEST

static void
leave_pending(void)
{
    mn_secret *container = NULL;
    data file = read_data("pkcs12/modern-ec.p12");

    container = mn_secret_copy(file.bytes, file.len, NULL);
    free(file.bytes);
    ck_assert_int_eq(mn_pending_write(token, request, -1, container, &err), MAINET_OK);
    mn_secret_free(container);
}

/* The next acquisition takes away what a killed writer left half written. */
static void
sweep(void)
{
    int room = -1;

    ck_assert_int_eq(mn_parcel_reserve(token, MN_PARCEL_CEILING, &room, &err), MAINET_OK);
    ck_assert(room < 0 || close(room) == 0);
}

/* True if nothing happened to it any more. */
static bool
rekey_in_trouble(void)
{
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
        mainet_error why = {0};

        mainet_status answer = MAINET_OK;

        arm();
        answer = mainet_token_rekey(token, PIN, OTHER_PIN, NULL, 0, &why);
        _exit(faults_disarm() ? 1 : answer == MAINET_OK ? 0 : 2);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) || WEXITSTATUS(status) != 2);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

START_TEST(a_new_token_key_loses_no_delivery)
{
    bool is_done = false;

    what = (trouble)_i;
    for (nth = 1; !is_done; nth++) {
        mainet_token *old = NULL;
        mainet_pending *one = NULL;

        ck_assert_uint_lt(nth, CALLS_MAX);
        start_acquisition();
        leave_pending();
        is_done = rekey_in_trouble();
        old = token;
        token = mainet_token_open(store, NULL, &err);
        ck_assert_msg(token != NULL, "%s", err.detail);
        mainet_token_free(old);
        if (mainet_token_unlock(token, PIN, &err) != MAINET_OK)
            ck_assert_int_eq(mainet_token_unlock(token, OTHER_PIN, &err), MAINET_OK);
        one = find_pending();
        ck_assert_msg(one != NULL, "call %zu", nth);
        finish(one);
        sweep();
        ck_assert_int_eq(count_pending(NULL), 0);
        ck_assert_uint_eq(count_identities(), 1);
        stop_acquisition();
    }
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("delivery");
    TCase *tests = tcase_create("delivery");

    tcase_set_timeout(tests, 280);
    tcase_add_loop_test(tests, what_was_delivered_is_imported_once, DIES, IS_READ_ONLY + 1);
    tcase_add_loop_test(tests, a_new_token_key_loses_no_delivery, DIES, IS_READ_ONLY + 1);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
