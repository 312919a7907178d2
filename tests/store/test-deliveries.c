/* SPDX-License-Identifier: BSD-3-Clause */
/* A batch whose program dies, or whose disk fails for good, at every single call after it has begun
 * to ask: what is here is not asked for again, what was told to be here is, and the same batch run
 * again brings each certificate once. */
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "support/crowd.h"
#include "trouble.h"
#include "unit/run-suite.h"

#define CALLS_MAX 1000
#define ORDERS 3
#define JOBS 2

static bool is_armed;

/* What the child says before it ends. */
static struct {
    bool has_spoken;
    mainet_order_state states[ORDERS];
    mainet_status statuses[ORDERS];
} * told;

static mainet_status
answer_then_trouble(void *self, const mn_crowd *crowd, mainet_error *failure)
{
    if (!is_armed)
        arm();
    is_armed = true;
    return answer_crowd(self, crowd, failure);
}

static const mn_transport troubled = {.exchange = answer_exchange,
                                      .exchange_many = answer_then_trouble};

static void
start(void)
{
    start_acquisition();
    memset(answers, 0, sizeof answers);
    batch = mainet_batch_new(NULL);
    ck_assert_ptr_nonnull(batch);
    add_three();
}

static void
stop(void)
{
    mainet_batch_free(batch);
    stop_acquisition();
}

static void
speak(void)
{
    for (size_t i = 0; i < ORDERS; i++) {
        told->states[i] = mainet_batch_state(batch, i);
        told->statuses[i] = mainet_batch_status(batch, i);
    }
    told->has_spoken = true;
}

/* In a child, for it may die. True if nothing happened to it any more. */
static bool
run_in_trouble(void)
{
    pid_t child = fork();
    int status = 0;

    memset(told, 0, sizeof *told);
    if (child == 0) {
        mainet_error why = {0};
        mainet_status answer = mn_batch_run(batch, request, token, JOBS, &troubled, &why);
        bool happened = faults_disarm();

        if (answer != MAINET_OK && !happened)
            (void)fprintf(stderr, "# %d %s\n", (int)why.status, why.detail);
        speak();
        _exit(happened ? 1 : answer == MAINET_OK ? 0 : 2);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) || WEXITSTATUS(status) != 2);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* How many are here, in `pending/` or in the token; all of those that were told to be. */
static int
count_here(void)
{
    static const char *const numbers[ORDERS] = {"1", "2", "3"};
    int count = 0;

    for (size_t i = 0; i < ORDERS; i++) {
        const mainet_order_state state = told->states[i];
        const bool is_in = is_imported(numbers[i]);
        const bool is_here = is_in || is_kept(numbers[i]);

        ck_assert_msg(!told->has_spoken || state != MAINET_ORDER_DONE || is_in,
                      "call %zu: order %zu is not in the token", nth, i);
        ck_assert_msg(!told->has_spoken || state != MAINET_ORDER_DELIVERED || is_here,
                      "call %zu: order %zu is lost", nth, i);
        ck_assert_msg(state != MAINET_ORDER_FAILED || told->statuses[i] != MAINET_OK,
                      "call %zu: order %zu failed without a reason", nth, i);
        count += is_here;
    }
    return count;
}

START_TEST(a_batch_that_was_broken_off_asks_for_what_is_not_here)
{
    bool is_done = false;
    bool was_kept = false;

    what = (trouble)_i;
    /* the two that fail share the calls between them */
    for (nth = what == IS_READ_ONLY ? 2 : 1; !is_done; nth += what >= IS_FULL ? 2 : 1) {
        int here = 0;

        ck_assert_uint_lt(nth, CALLS_MAX);
        start();
        is_done = run_in_trouble();
        here = count_here();
        was_kept = was_kept || (here != 0 && !is_done);
        ck_assert(!is_done || here == ORDERS);
        ck_assert_msg(mn_batch_run(batch, request, token, JOBS, &crowded, &err) == MAINET_OK,
                      "call %zu: %s", nth, err.detail);
        ck_assert_int_eq(service.asked, ORDERS - here); /* the child's counts are its own */
        ck_assert_uint_eq(count_identities(), ORDERS);
        ck_assert_int_eq(count_pending(NULL), 0);
        stop();
    }
    ck_assert(was_kept);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("deliveries");
    TCase *tests = tcase_create("deliveries");

    tcase_set_timeout(tests, 280);
    tcase_add_loop_test(tests, a_batch_that_was_broken_off_asks_for_what_is_not_here, DIES,
                        IS_READ_ONLY + 1);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return told == MAP_FAILED ? 1 : run_suite(make_suite());
}
