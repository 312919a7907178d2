/* SPDX-License-Identifier: BSD-3-Clause */
/* Programs that die and disks that fail at every single call, of the library and of the module: the
 * token is the old one or the new one, and who had an identity in it still signs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faults.h"
#include "fixture.h"
#include "guest.h"
#include "unit/run-suite.h"

MN_AUTO_TYPE(mainet_token_list, mainet_token_list_free)

#define RESIDENTS (PERSON(0) | PERSON(1) | PERSON(2))
#define FIRST_GUEST 3
#define CALLS_MAX 400
#define GUEST_ACTS 2

static char copy[80];
static char outside[80]; /* a folder with the backup of another token */
static char backup[96];

static void
open_token(void)
{
    mn_auto(mainet_store) elsewhere = NULL;
    mn_auto(mainet_token) other = NULL;

    people_make();
    token_make();
    people_settle(FIRST_GUEST);
    (void)snprintf(copy, sizeof copy, "%s/copy", folder);
    ck_assert_int_eq(mkdir(copy, 0700), 0);
    (void)snprintf(outside, sizeof outside, "%s/outside", folder);
    (void)snprintf(backup, sizeof backup, "%s/backup", outside);
    elsewhere = mainet_store_open(outside, NULL);
    other = mainet_token_create_without_pin(elsewhere, "other", NULL);
    ck_assert_int_eq(mainet_token_backup(other, backup, NULL), MAINET_OK);
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

static mainet_status
come_back(mainet_token *beside, mainet_error *err)
{
    mn_auto(mainet_store) opened = mainet_store_open(copy, err);
    mn_auto(mainet_token) restored = mainet_store_restore(opened, backup, err);

    (void)beside;
    return restored == NULL ? mn_failure(err) : MAINET_OK;
}

static mainet_status
prune(mainet_token *from, mainet_error *err)
{
    return people_delete(from, PERSON(0) | PERSON(1), err);
}

/* The module sees a token of its own; what it does to one person takes several calls and so several
 * transactions. */
static mainet_status
as_guest(mainet_status (*act)(size_t n, mainet_error *err), size_t n, mainet_error *err)
{
    mainet_status status = guest_start(copy, err);

    if (status == MAINET_OK)
        status = act(n, err);
    guest_stop();
    return status;
}

static mainet_status
create_objects(mainet_token *beside, mainet_error *err)
{
    (void)beside;
    return as_guest(guest_import, FIRST_GUEST, err);
}

static mainet_status
destroy_objects(mainet_token *beside, mainet_error *err)
{
    (void)beside;
    return as_guest(guest_delete, 1, err);
}

static const struct {
    mainet_status (*act)(mainet_token *on, mainet_error *err);
    crowd after;
    bool is_guest;
} acts[] = {
    {import, RESIDENTS | PERSON(FIRST_GUEST), false},
    {delete, PERSON(0) | PERSON(2), false},
    {create, RESIDENTS, false},
    {prune, PERSON(2), false},
    {come_back, RESIDENTS, false},
    {create_objects, RESIDENTS | PERSON(FIRST_GUEST), true},
    {destroy_objects, PERSON(0) | PERSON(2), true},
};

/* Begin again from the token as it was. */
static void
restore(void)
{
    folder_empty(copy);
    folder_copy(folder, copy);
}

/* A second token is whole or not there, and nothing of it is left lying about: by who could still
 * tidy up, or since somebody logged in. */
static void
look_for_second(const char *story)
{
    mn_auto(mainet_store) opened = mainet_store_open(copy, NULL);
    mn_auto(mainet_token_list) list = mainet_store_tokens(opened, NULL);
    size_t count = mainet_token_list_count(list);

    for (size_t i = 0; i < count; i++) {
        mn_auto(mainet_token) one = mainet_token_list_at(list, i, NULL);

        ck_assert_msg(one != NULL && mainet_token_unlock(one, NULL, 0, NULL) == MAINET_OK,
                      "%s: a token that cannot be opened", story);
    }
    /* two files each, and next-slot */
    ck_assert_msg(folder_count(copy) == 2 * count + 1, "%s: %zu files of %zu tokens", story,
                  folder_count(copy), count);
}

/* What the folder holds now; fails the test if it is neither state. */
static crowd
look(int act, const char *story)
{
    crowd found = 0;
    const char *wrong = examine(copy, &found);

    ck_assert_msg(wrong == NULL, "%s: %s", story, wrong);
    ck_assert_msg(found == RESIDENTS || found == acts[act].after, "%s: %x is neither state", story,
                  found);
    look_for_second(story);
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

/* The module starts anew each time, which takes long, and has the same code inside: of its calls
 * every fourth, beginning elsewhere in each test. */
static size_t
stride(int act)
{
    return acts[act].is_guest ? 4 : 1;
}

static size_t
first_call(int act, int test)
{
    return 1 + (size_t)test % stride(act);
}

START_TEST(who_dies_at_any_call_leaves_the_old_state_or_the_new)
{
    size_t nth = first_call(_i / 2, _i);
    bool died = true;
    crowd last = 0;

    for (; died && nth < CALLS_MAX; nth += stride(_i / 2)) {
        char story[64];

        restore();
        died = act_and_die(_i / 2, nth, _i % 2 == 1);
        (void)snprintf(story, sizeof story, "act %d, call %zu", _i / 2, nth);
        last = look(_i / 2, story);
    }
    printf("# act %d dies at %zu calls\n", _i / 2, nth - 1 - stride(_i / 2));
    ck_assert_uint_gt(nth, 4);
    ck_assert_uint_lt(nth, CALLS_MAX);
    ck_assert_uint_eq(last, acts[_i / 2].after);
}
END_TEST

static const struct {
    int cause;
    bool stays;
} errors[] = {
    {EIO, false},    {ENOSPC, true}, {EACCES, true}, {EIO, true},
    {ENOSPC, false}, {EDQUOT, true}, {EROFS, true},  {EACCES, false},
};

#define ERRORS (sizeof errors / sizeof *errors)
#define FULLY 1  /* acts that meet them all */
#define MOSTLY 3 /* errors that all acts meet */

START_TEST(an_error_at_any_call_is_named_and_loses_nothing)
{
    int act = _i / (int)ERRORS;
    const int cause = errors[_i % (int)ERRORS].cause;
    size_t done_all_the_same = 0;
    size_t nth = first_call(act, _i % (int)ERRORS);
    bool failed = act < FULLY || _i % (int)ERRORS < MOSTLY;

    if (!failed)
        return;
    for (; failed && nth < CALLS_MAX; nth += stride(act)) {
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
        ck_assert_msg(status == MAINET_OK || err.cause == cause || acts[act].is_guest ||
                          strcmp(faults_first(), "open") == 0,
                      "%s: not the cause", story);
        found = look(act, story);
        if (status != MAINET_OK && found != RESIDENTS && !acts[act].is_guest)
            done_all_the_same = nth;
        ck_assert_msg(status != MAINET_OK || found == acts[act].after, "%s: nothing done", story);
        mainet_token_free(on);
    }
    ck_assert_uint_gt(nth, 8);
    ck_assert_uint_lt(nth, CALLS_MAX);
    /* the folder could not be synced when all else was done (database.h) */
    ck_assert(done_all_the_same == 0 || done_all_the_same == nth - 2);
}
END_TEST

static Suite *
crash_suite(void)
{
    const int act_count = (int)(sizeof acts / sizeof *acts) - (guest_load() ? 0 : GUEST_ACTS);
    Suite *suite = suite_create("crash");
    TCase *calls = tcase_create("calls");

    tcase_add_checked_fixture(calls, open_token, token_remove);
    tcase_set_timeout(calls, 120);
    tcase_add_loop_test(calls, who_dies_at_any_call_leaves_the_old_state_or_the_new, 0,
                        2 * act_count);
    tcase_add_loop_test(calls, an_error_at_any_call_is_named_and_loses_nothing, 0,
                        act_count * (int)ERRORS);
    suite_add_tcase(suite, calls);
    return suite;
}

int
main(void)
{
    return run_suite(crash_suite());
}
