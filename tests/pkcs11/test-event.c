/* SPDX-License-Identifier: BSD-3-Clause */
/* C_WaitForSlotEvent: tokens that come and go are told once, to whoever waits. */
#include <pthread.h>

#include "fixture.h"
#include "unit/run-suite.h"

static void
make_late_token(void)
{
    mainet_token *token = mainet_token_create_without_pin(store, "Late", NULL);

    ck_assert_ptr_nonnull(token);
    mainet_token_free(token);
}

static CK_RV
ask(CK_SLOT_ID *slot)
{
    return p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, slot, NULL);
}

START_TEST(what_was_there_is_no_event)
{
    CK_SLOT_ID slot = 77;

    ck_assert_rv(ask(&slot), CKR_NO_EVENT);
    (void)open_session(OPEN_SLOT, 0);
    ck_assert_rv(ask(&slot), CKR_NO_EVENT);
    ck_assert_uint_eq(slot, 77);
}
END_TEST

START_TEST(what_comes_and_goes_is_told_once)
{
    CK_SLOT_ID slot = 77;
    CK_ULONG count = 0;
    mainet_token *token = NULL;

    ck_assert_rv(ask(&slot), CKR_NO_EVENT);
    make_late_token();
    ck_assert_rv(p11->C_GetSlotList(CK_TRUE, NULL, &count), CKR_OK); /* which takes nothing away */
    ck_assert_rv(ask(&slot), CKR_OK);
    ck_assert_uint_eq(slot, SPARE_SLOT);
    ck_assert_rv(ask(&slot), CKR_NO_EVENT);
    token = mainet_token_open(store, "Late", NULL);
    ck_assert_int_eq(unlink(mainet_token_path(token)), 0);
    mainet_token_free(token);
    slot = 77;
    ck_assert_rv(ask(&slot), CKR_OK);
    ck_assert_uint_eq(slot, SPARE_SLOT);
    ck_assert_rv(ask(&slot), CKR_NO_EVENT);
}
END_TEST

START_TEST(a_token_that_is_made_here_is_an_event_too)
{
    CK_UTF8CHAR label[32];
    CK_SLOT_ID slot = 77;

    memset(label, ' ', sizeof label);
    memcpy(label, "Here", 4);
    ck_assert_rv(ask(&slot), CKR_NO_EVENT);
    ck_assert_rv(p11->C_InitToken(SPARE_SLOT, OFFICER_PIN, label), CKR_OK);
    ck_assert_rv(ask(&slot), CKR_OK);
    ck_assert_uint_eq(slot, SPARE_SLOT);
}
END_TEST

typedef struct waiter {
    pthread_t thread;
    CK_SLOT_ID slot;
    CK_RV rv;
} waiter;

static void *
wait_for_it(void *argument)
{
    waiter *self = argument;

    self->rv = p11->C_WaitForSlotEvent(0, &self->slot, NULL);
    return NULL;
}

static void
start_waiter(waiter *self)
{
    CK_SLOT_ID slot = 0;

    self->rv = CKR_GENERAL_ERROR;
    ck_assert_rv(ask(&slot), CKR_NO_EVENT); /* the slots are known, so what comes is an event */
    ck_assert_int_eq(pthread_create(&self->thread, NULL, wait_for_it, self), 0);
}

START_TEST(somebody_may_wait)
{
    waiter one;

    start_waiter(&one);
    make_late_token();
    ck_assert_int_eq(pthread_join(one.thread, NULL), 0);
    ck_assert_rv(one.rv, CKR_OK);
    ck_assert_uint_eq(one.slot, SPARE_SLOT);
}
END_TEST

/* Whether the waiting has begun by then or not. */
START_TEST(finalize_ends_the_waiting)
{
    waiter two[2];

    for (size_t i = 0; i < 2; i++)
        start_waiter(&two[i]);
    ck_assert_rv(p11->C_Finalize(NULL), CKR_OK);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(pthread_join(two[i].thread, NULL), 0);
        ck_assert_rv(two[i].rv, CKR_CRYPTOKI_NOT_INITIALIZED);
    }
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("event");
    TCase *all = tcase_create("event");

    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, what_was_there_is_no_event);
    tcase_add_test(all, what_comes_and_goes_is_told_once);
    tcase_add_test(all, a_token_that_is_made_here_is_an_event_too);
    tcase_add_test(all, somebody_may_wait);
    tcase_add_test(all, finalize_ends_the_waiting);
    suite_add_tcase(suite, all);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
