/* SPDX-License-Identifier: BSD-3-Clause */
/* Allocations of a batch fail in turn; what is here is not asked for again, and the next run brings
 * the rest. */
#include "mainetcert/removal.h"
#include "run-suite.h"
#include "support/crowd.h"
#include "support/torture.h"

#define ORDERS 2

/* Most allocations are SQLite's, and much like their neighbours; so not each has a run. */
#define STRIDE 13

/* The service's own memory is not what is tried. */
static mainet_status
answer_unharmed(const mn_exchange *exchange, mn_reply *reply, mainet_error *failure)
{
    const bool was_armed = torture_armed;
    mainet_status status = MAINET_OK;

    torture_armed = false;
    status = answer_order(exchange, reply, failure);
    torture_armed = was_armed;
    return status;
}

static void
start(void)
{
    start_acquisition();
    answer_one = answer_unharmed;
    mainet_token_free(token);
    /* without a PIN, so that no round pays a derivation */
    token = mainet_token_create_without_pin(store, "plain", &err);
    ck_assert_msg(token != NULL, "%s", err.detail);
    memset(answers, 0, sizeof answers);
    answers[0].number = "2";
    answers[0].container = "pkcs12/modern-ed25519.p12";
}

static void
delete_all(void)
{
    mainet_identity_list *list = mainet_token_identities(token, &err);

    ck_assert_ptr_nonnull(list);
    for (size_t i = 0; i < mainet_identity_list_count(list); i++) {
        mainet_identity *one = mainet_identity_list_at(list, i, &err);

        ck_assert_int_eq(mainet_identity_delete(one, 0, &err), MAINET_OK);
        mainet_identity_free(one);
    }
    mainet_identity_list_free(list);
    ck_assert_uint_eq(count_identities(), 0);
}

/* How many are here, in the token or pending; all of those that were told to be. */
static int
count_here(size_t nth, bool failed, mainet_status status)
{
    static const char *const numbers[ORDERS] = {"1", "2"};
    int here = 0;

    ck_assert_msg(status == MAINET_OK || (failed && status == MAINET_E_NO_MEMORY),
                  "allocation %zu: %s", nth, mainet_status_name(status));
    for (size_t i = 0; i < ORDERS; i++) {
        const mainet_order_state state = mainet_batch_state(batch, i);
        const bool is_in = is_imported(numbers[i]);
        const bool is_here = is_in || is_kept(numbers[i]);

        ck_assert_msg(state != MAINET_ORDER_DONE || is_in, "allocation %zu", nth);
        ck_assert_msg(state != MAINET_ORDER_DELIVERED || is_here, "allocation %zu", nth);
        ck_assert_msg(state != MAINET_ORDER_FAILED ||
                          (failed && mainet_batch_status(batch, i) == MAINET_E_NO_MEMORY),
                      "allocation %zu: %s", nth, mainet_batch_detail(batch, i));
        here += is_here;
    }
    return here;
}

START_TEST(a_batch_survives_failed_allocations)
{
    size_t nth = 0;
    bool failed = false;

    start();
    for (nth = 1; nth == 1 || failed; nth += STRIDE) {
        mainet_status status = MAINET_OK;
        int here = 0;

        batch = mainet_batch_new(NULL);
        add("1");
        add("2");
        torture_arm(nth);
        status = mn_batch_run(batch, request, token, ORDERS, &crowded, &err);
        failed = torture_disarm();
        here = count_here(nth, failed, status);
        service.asked = 0;
        ck_assert_int_eq(mn_batch_run(batch, request, token, ORDERS, &crowded, &err), MAINET_OK);
        ck_assert_uint_eq(strspn(states(), "dP"), ORDERS);
        ck_assert_int_le(service.asked, ORDERS - here);
        ck_assert_uint_eq(count_identities(), ORDERS);
        ck_assert_int_eq(count_pending(NULL), 0);
        mainet_batch_free(batch);
        delete_all();
    }
    ck_assert_uint_gt(nth, 500);
    stop_acquisition();
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("torture-batch");
    TCase *tests = tcase_create("torture-batch");

    tcase_set_timeout(tests, 280);
    tcase_add_test(tests, a_batch_survives_failed_allocations);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
