/* SPDX-License-Identifier: BSD-3-Clause */
/* Programs that die and disks that fail, at random and at every single call: the token is the old
 * one or the new one, and who had an identity in it still signs. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "faults.h"
#include "fixture.h"
#include "unit/run-suite.h"

MN_AUTO_TYPE(mainet_token_list, mainet_token_list_free)

#define RESIDENTS (PERSON(0) | PERSON(1) | PERSON(2))
#define FIRST_GUEST 3
#define CALLS_MAX 400

static char copy[80];

static void
open_token(void)
{
    people_make();
    token_make();
    for (size_t n = 0; n < FIRST_GUEST; n++)
        ck_assert_int_eq(person_import(token, n, NULL), MAINET_OK);
    (void)snprintf(copy, sizeof copy, "%s/copy", folder);
    ck_assert_int_eq(mkdir(copy, 0700), 0);
}

static mainet_token *
open_copy(mainet_error *err)
{
    mn_auto(mainet_store) opened = mainet_store_open(copy, err);
    mainet_token *found = opened == NULL ? NULL : mainet_token_open(opened, "tested", err);

    if (found != NULL)
        ck_assert_int_eq(mainet_token_unlock(found, NULL, 0, err), MAINET_OK);
    return found;
}

static mainet_status
import(mainet_token *into, mainet_error *err)
{
    return person_import(into, FIRST_GUEST, err);
}

static mainet_status delete (mainet_token *from, mainet_error *err)
{
    return person_delete(from, 1, err);
}

static mainet_status
create(mainet_token *beside, mainet_error *err)
{
    mn_auto(mainet_store) opened = mainet_store_open(copy, err);
    mn_auto(mainet_token) made = mainet_token_create_without_pin(opened, "second", err);

    (void)beside;
    return made == NULL ? mn_failure(err) : MAINET_OK;
}

static const struct {
    mainet_status (*act)(mainet_token *on, mainet_error *err);
    crowd after;
} acts[] = {
    {import, RESIDENTS | PERSON(FIRST_GUEST)},
    {delete, PERSON(0) | PERSON(2)},
    {create, RESIDENTS},
};

/* Begin again from the token as it was. */
static void
restore(void)
{
    folder_empty(copy);
    folder_copy(folder, copy);
}

/* A second token is whole or not there, and nothing of it is left lying about by who could still
 * tidy up. */
static void
look_for_second(const char *story, bool may_litter)
{
    mn_auto(mainet_store) opened = mainet_store_open(copy, NULL);
    mn_auto(mainet_token_list) list = mainet_store_tokens(opened, NULL);
    size_t count = mainet_token_list_count(list);

    for (size_t i = 0; i < count; i++) {
        mn_auto(mainet_token) one = mainet_token_list_at(list, i, NULL);

        ck_assert_msg(one != NULL && mainet_token_unlock(one, NULL, 0, NULL) == MAINET_OK,
                      "%s: a token that cannot be opened", story);
    }
    if (!may_litter) /* two files each, and next-slot */
        ck_assert_msg(folder_count(copy) == 2 * count + 1, "%s: %zu files of %zu tokens", story,
                      folder_count(copy), count);
}

/* What the folder holds now; fails the test if it is neither state. */
static crowd
look(int act, const char *story, bool may_litter)
{
    crowd found = 0;
    const char *wrong = examine(copy, &found);

    ck_assert_msg(wrong == NULL, "%s: %s", story, wrong);
    ck_assert_msg(found == RESIDENTS || found == acts[act].after, "%s: %x is neither state", story,
                  found);
    look_for_second(story, may_litter);
    return found;
}

/* True if the child died of the fault. */
static bool
act_and_die(int act, size_t nth, bool halfway)
{
    mainet_error err = {0};
    mainet_token *on = open_copy(&err);
    pid_t child = 0;
    int status = 0;

    ck_assert_msg(on != NULL, "%s", err.detail);
    child = fork();
    if (child == 0) {
        faults_die(nth, halfway);
        _exit(acts[act].act(on, &err) == MAINET_OK ? 0 : 1);
    }
    (void)waitpid(child, &status, 0);
    mainet_token_free(on);
    ck_assert_msg(WIFSIGNALED(status) || WEXITSTATUS(status) == 0, "call %zu", nth);
    return WIFSIGNALED(status);
}

START_TEST(who_dies_at_any_call_leaves_the_old_state_or_the_new)
{
    size_t nth = 0;
    bool died = true;
    crowd last = 0;

    while (died && ++nth < CALLS_MAX) {
        char story[64];

        restore();
        died = act_and_die(_i / 2, nth, _i % 2 == 1);
        (void)snprintf(story, sizeof story, "act %d, call %zu", _i / 2, nth);
        last = look(_i / 2, story, true);
    }
    printf("# act %d dies at %zu calls\n", _i / 2, nth - 1);
    ck_assert_uint_gt(nth, 8);
    ck_assert_uint_lt(nth, CALLS_MAX);
    ck_assert_uint_eq(last, acts[_i / 2].after);
}
END_TEST

static const struct {
    int cause;
    bool stays;
} errors[] = {
    {EIO, false},   {EIO, true},   {ENOSPC, false}, {ENOSPC, true},
    {EDQUOT, true}, {EROFS, true}, {EACCES, false}, {EACCES, true},
};

#define ERRORS (sizeof errors / sizeof *errors)

START_TEST(an_error_at_any_call_is_named_and_loses_nothing)
{
    int act = _i / (int)ERRORS;
    const int cause = errors[_i % (int)ERRORS].cause;
    size_t done_all_the_same = 0;
    size_t nth = 0;
    bool failed = true;

    while (failed && ++nth < CALLS_MAX) {
        mainet_error err = {0};
        mainet_status status = MAINET_OK;
        mainet_token *on = NULL;
        char story[400];
        crowd found = 0;

        restore();
        on = open_copy(&err);
        faults_fail(nth, cause, errors[_i % (int)ERRORS].stays);
        status = acts[act].act(on, &err);
        failed = faults_disarm();
        (void)snprintf(story, sizeof story, "act %d, call %zu (%s): %s: %d %s (%d)", act, nth,
                       failed ? faults_first() : "none", strerror(cause), (int)status, err.detail,
                       (int)err.cause);
        ck_assert_msg(status == MAINET_OK || (failed && (status == MAINET_E_STORE_WRITE ||
                                                         status == MAINET_E_STORE_OPEN)),
                      "%s", story);
        /* SQLite tries to open a journal in other ways too, and the last of them gives the reason
         */
        ck_assert_msg(status == MAINET_OK || err.cause == cause ||
                          strcmp(faults_first(), "open") == 0,
                      "%s: not the cause", story);
        found = look(act, story, errors[_i % (int)ERRORS].stays);
        if (status != MAINET_OK && found != RESIDENTS)
            done_all_the_same = nth;
        ck_assert_msg(status != MAINET_OK || found == acts[act].after, "%s: nothing done", story);
        mainet_token_free(on);
    }
    ck_assert_uint_gt(nth, 8);
    ck_assert_uint_lt(nth, CALLS_MAX);
    /* the folder could not be synced when all else was done (database.h) */
    ck_assert(done_all_the_same == 0 || done_all_the_same == nth - 1);
}
END_TEST

/* What the child has done and what it is doing; it cannot tell any more after its death. */
typedef struct progress {
    _Atomic crowd done;
    _Atomic crowd doing;
} progress;

static void
change_for_ever(progress *told)
{
    unsigned seed = (unsigned)getpid();
    mainet_error err = {0};

    for (;;) {
        size_t n = FIRST_GUEST + (size_t)rand_r(&seed) % 6;
        bool is_there = (told->done & PERSON(n)) != 0;

        told->doing = told->done ^ PERSON(n);
        if ((is_there ? person_delete : person_import)(token, n, &err) != MAINET_OK)
            _exit(1);
        told->done = told->doing;
    }
}

static void
kill_at_random(progress *told, unsigned *seed)
{
    struct timespec pause = {0, 500000 + rand_r(seed) % 20000000};
    pid_t child = fork();
    int status = 0;

    if (child == 0)
        change_for_ever(told);
    (void)nanosleep(&pause, NULL);
    (void)kill(child, SIGKILL);
    (void)waitpid(child, &status, 0);
    ck_assert_msg(WIFSIGNALED(status), "the child failed");
}

START_TEST(who_is_killed_at_random_leaves_the_old_state_or_the_new)
{
    progress *told =
        mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    time_t end = time(NULL) + setting("MAINETCERT_TEST_CRASH_SECONDS", 20);
    unsigned seed = (unsigned)setting("MAINETCERT_TEST_SEED", (long)time(NULL));
    int rounds = 0;
    int midway = 0;

    told->done = RESIDENTS;
    for (; rounds < 500 && time(NULL) < end; rounds++) {
        crowd found = 0;
        const char *wrong = NULL;

        told->doing = told->done;
        kill_at_random(told, &seed);
        midway += told->doing != told->done;
        wrong = examine(folder, &found);
        ck_assert_msg(wrong == NULL, "round %d: %s", rounds, wrong);
        ck_assert_msg(found == told->done || found == told->doing, "round %d: %x, not %x or %x",
                      rounds, found, told->done, told->doing);
        told->done = found;
    }
    printf("# killed %d times, %d in the middle of a change\n", rounds, midway);
    ck_assert_int_gt(midway, 10);
    (void)munmap(told, sizeof *told);
}
END_TEST

static Suite *
crash_suite(void)
{
    const int act_count = sizeof acts / sizeof *acts;
    Suite *suite = suite_create("crash");
    TCase *calls = tcase_create("calls");
    TCase *random = tcase_create("random");

    tcase_add_checked_fixture(calls, open_token, token_remove);
    tcase_set_timeout(calls, 120);
    tcase_add_loop_test(calls, who_dies_at_any_call_leaves_the_old_state_or_the_new, 0,
                        2 * act_count);
    tcase_add_loop_test(calls, an_error_at_any_call_is_named_and_loses_nothing, 0,
                        act_count * (int)ERRORS);
    suite_add_tcase(suite, calls);
    tcase_add_checked_fixture(random, open_token, token_remove);
    tcase_set_timeout(random, 120);
    tcase_add_test(random, who_is_killed_at_random_leaves_the_old_state_or_the_new);
    suite_add_tcase(suite, random);
    return suite;
}

int
main(void)
{
    return run_suite(crash_suite());
}
