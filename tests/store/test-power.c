/* SPDX-License-Identifier: BSD-3-Clause */
/* The power fails at any point of a change: the token is the old one or the new one, whatever the
 * disk made of what was not synced. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "disk.h"
#include "fixture.h"
#include "unit/run-suite.h"

static char after_cut[80];
static char after_second_cut[80];
static unsigned seed;

static void
open_token(void)
{
    people_make();
    token_make();
    people_settle(3);
    (void)snprintf(after_cut, sizeof after_cut, "%s/cut", folder);
    (void)snprintf(after_second_cut, sizeof after_second_cut, "%s/second-cut", folder);
    ck_assert_int_eq(mkdir(after_cut, 0700), 0);
    ck_assert_int_eq(mkdir(after_second_cut, 0700), 0);
    disk_install();
    seed = (unsigned)setting("MAINETCERT_TEST_SEED", (long)time(NULL));
}

static mainet_status
import(mainet_error *err)
{
    return person_import(token, 3, err);
}

static mainet_status delete (mainet_error *err)
{
    return person_delete(token, 1, err);
}

static mainet_status
replace(mainet_error *err)
{
    MN_TRY(person_delete(token, 0, err));
    return person_import(token, 4, err);
}

static const struct {
    mainet_status (*change)(mainet_error *err);
    crowd states[3]; /* one after another */
} changes[] = {
    {import, {PERSON(0) | PERSON(1) | PERSON(2), PERSON(0) | PERSON(1) | PERSON(2) | PERSON(3)}},
    {delete, {PERSON(0) | PERSON(1) | PERSON(2), PERSON(0) | PERSON(2)}},
    {replace,
     {PERSON(0) | PERSON(1) | PERSON(2), PERSON(1) | PERSON(2), PERSON(1) | PERSON(2) | PERSON(4)}},
};

static size_t
last_state(int change)
{
    return changes[change].states[2] != 0 ? 2 : 1;
}

/* What is wrong with the token after a cut, or NULL. */
static const char *
judge(int change, bool is_complete, const char *where)
{
    size_t last = last_state(change);
    crowd found = 0;
    const char *wrong = examine(where, &found);

    if (wrong != NULL)
        return wrong;
    if (is_complete)
        return found == changes[change].states[last] ? NULL : "what was committed is gone";
    for (size_t i = 0; i <= last; i++)
        if (found == changes[change].states[i])
            return NULL;
    return "neither the old state nor the new";
}

/* The power fails again while what the first failure left is being rolled back. */
static const char *
judge_second_cut(int change, bool is_complete)
{
    disk_log *log = disk_record(after_cut);
    crowd found = 0;
    size_t events = 0;

    (void)examine(after_cut, &found);
    events = disk_stop(log);
    disk_cut(log, (size_t)rand_r(&seed) % (events + 1), &seed, after_second_cut);
    disk_log_free(log);
    return judge(change, is_complete, after_second_cut);
}

static struct {
    size_t cuts;
    size_t failures;
    char first[320];
} tally;

static void
cut_once(int change, const disk_log *log, size_t at, size_t events)
{
    unsigned began_with = seed;
    const char *wrong = NULL;

    disk_cut(log, at, &seed, after_cut);
    wrong = rand_r(&seed) % 3 == 0 ? judge_second_cut(change, at == events)
                                   : judge(change, at == events, after_cut);
    tally.cuts++;
    if (wrong != NULL && tally.failures++ == 0)
        (void)snprintf(tally.first, sizeof tally.first, "change %d, cut %zu of %zu, seed %u: %s",
                       change, at, events, began_with, wrong);
}

/* Record the change once, then fail the power after each of its events, the last first. */
static void
cut_everywhere(int change, int tries, bool until_failure)
{
    mainet_error err = {0};
    disk_log *log = disk_record(folder);
    mainet_status status = changes[change].change(&err);
    size_t events = disk_stop(log);

    ck_assert_msg(status == MAINET_OK, "%s", err.detail);
    ck_assert_uint_gt(events, 10);
    memset(&tally, 0, sizeof tally);
    for (size_t at = events + 1; at > 0; at--)
        for (int i = 0; i < tries && !(until_failure && tally.failures != 0); i++)
            cut_once(change, log, at - 1, events);
    disk_log_free(log);
}

START_TEST(a_power_cut_leaves_the_old_state_or_the_new)
{
    cut_everywhere(_i, (int)setting("MAINETCERT_TEST_CUTS", 6), false);
    printf("# %zu cuts, %zu failed\n", tally.cuts, tally.failures);
    ck_assert_msg(tally.failures == 0, "%zu of %zu: %s", tally.failures, tally.cuts, tally.first);
}
END_TEST

static const char *const too_little[] = {"OFF", "1", "FULL"};

/* The test of the test: with less syncing than the store asks for, it finds what is lost. FULL
 * alone does not sync the folder after the journal is gone, so that a committed change is rolled
 * back. */
START_TEST(with_less_syncing_a_power_cut_is_found_out)
{
    disk_synchronous(too_little[_i]);
    cut_everywhere(0, 30, true);
    disk_synchronous(NULL);
    printf("# found by cut %zu: %s\n", tally.cuts, tally.first);
    ck_assert_uint_gt(tally.failures, 0);
}
END_TEST

static Suite *
power_suite(void)
{
    Suite *suite = suite_create("power");
    TCase *cuts = tcase_create("cuts");

    tcase_add_checked_fixture(cuts, open_token, token_remove);
    tcase_set_timeout(cuts, 120);
    tcase_add_loop_test(cuts, a_power_cut_leaves_the_old_state_or_the_new, 0,
                        sizeof changes / sizeof *changes);
    tcase_add_loop_test(cuts, with_less_syncing_a_power_cut_is_found_out, 0,
                        sizeof too_little / sizeof *too_little);
    suite_add_tcase(suite, cuts);
    return suite;
}

int
main(void)
{
    return run_suite(power_suite());
}
