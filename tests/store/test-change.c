/* SPDX-License-Identifier: BSD-3-Clause */
/* A token is renamed, set, given PINs and keys, migrated, copied out and in, erased and deleted by
 * programs that die, or whose disk fails, at every single call: it is as before or as wanted. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faults.h"
#include "fixture.h"
#include "unit/run-suite.h"

MN_AUTO_TYPE(mainet_token_list, mainet_token_list_free)

#define CALLS_MAX 400
#define PIN AS_PIN("1234-pin")
#define OTHER_PIN AS_PIN("4321-pin")
#define SO_PIN AS_PIN("9876-so")
#define OLD_SERIAL "9633abffb82de81b" /* of tests/data/token-v1 */

static char copy[80];    /* the store that is changed */
static char guarded[80]; /* a store with a token that has PINs */
static char out[80];     /* where backups go */
static char backup[96];  /* one in there */
static char kept[96];    /* a backup of the token as it was */

/* The other token, of the same people. */
static void
make_guarded(void)
{
    mn_auto(mainet_store) opened = NULL;
    mn_auto(mainet_token) made = NULL;
    mainet_error err = {0};

    (void)snprintf(guarded, sizeof guarded, "%s/guarded", folder);
    opened = mainet_store_open(guarded, &err);
    made = mainet_token_create(opened, "guarded", PIN, SO_PIN, &err);
    ck_assert_msg(made != NULL, "%s", err.detail);
    for (size_t n = 0; n < 2; n++)
        ck_assert_int_eq(person_import(made, n, &err), MAINET_OK);
}

static void
open_token(void)
{
    people_make();
    token_make();
    people_settle(2);
    make_guarded();
    (void)snprintf(copy, sizeof copy, "%s/copy", folder);
    (void)snprintf(out, sizeof out, "%s/out", folder);
    (void)snprintf(backup, sizeof backup, "%s/backup", out);
    (void)snprintf(kept, sizeof kept, "%s/kept", folder);
    ck_assert_int_eq(mkdir(copy, 0700), 0);
    ck_assert_int_eq(mkdir(out, 0700), 0);
    ck_assert_int_eq(mainet_token_backup(token, kept, NULL), MAINET_OK);
}

static mainet_status
rename_it(mainet_token *on, mainet_error *err)
{
    return mainet_token_rename(on, "renamed", err);
}

static mainet_status
set_it(mainet_token *on, mainet_error *err)
{
    return mainet_token_set(on, "show-expired", "no", err);
}

static mainet_status
give_pin(mainet_token *on, mainet_error *err)
{
    return mainet_token_change_pin(on, NULL, 0, PIN, err);
}

static mainet_status
change_pin(mainet_token *on, mainet_error *err)
{
    return mainet_token_change_pin(on, PIN, OTHER_PIN, err);
}

static mainet_status
unblock(mainet_token *on, mainet_error *err)
{
    return mainet_token_unblock(on, SO_PIN, OTHER_PIN, err);
}

static mainet_status
rekey(mainet_token *on, mainet_error *err)
{
    return mainet_token_rekey(on, PIN, OTHER_PIN, SO_PIN, err);
}

static mainet_status
erase(mainet_token *on, mainet_error *err)
{
    return mn_token_erase(on, "erased", SO_PIN, err);
}

static mainet_status
back_up(mainet_token *on, mainet_error *err)
{
    return mainet_token_backup(on, backup, err);
}

static mainet_status
delete_it(mainet_token *on, mainet_error *err)
{
    return mainet_token_delete(on, err);
}

static mainet_status
restore(mainet_token *on, mainet_error *err)
{
    mn_auto(mainet_store) opened = mainet_store_open(copy, err);
    mn_auto(mainet_token) restored = mainet_store_restore(opened, kept, err);

    (void)on;
    return restored == NULL ? mn_failure(err) : MAINET_OK;
}

static mainet_status
migrate(mainet_token *on, mainet_error *err)
{
    return mainet_token_unlock(on, NULL, 0, err);
}

/* How many tokens there are before and after, and whether it is the one with PINs. */
static const struct {
    mainet_status (*act)(mainet_token *on, mainet_error *err);
    size_t before;
    size_t after;
    bool is_guarded;
} acts[] = {
    {rekey, 1, 1, true},    {erase, 1, 1, true},      {give_pin, 1, 1, false},
    {migrate, 1, 1, false}, {restore, 0, 1, false},   {change_pin, 1, 1, true},
    {unblock, 1, 1, true},  {rename_it, 1, 1, false}, {set_it, 1, 1, false},
    {back_up, 1, 1, false}, {delete_it, 1, 0, false},
};

#define ACTS ((int)(sizeof acts / sizeof *acts))
#define LONG_ACTS 4 /* that make many calls */

static void
begin_again(int act)
{
    char data[256];
    char path[128];

    folder_empty(copy);
    folder_empty(out);
    if (acts[act].act == migrate) {
        (void)snprintf(data, sizeof data, "%s/token-v1", TEST_DATA);
        folder_copy(data, copy);
        for (size_t i = 0; i < 2; i++) { /* git keeps no modes */
            (void)snprintf(path, sizeof path, "%s/" OLD_SERIAL ".%s", copy, i == 0 ? "db" : "key");
            ck_assert_int_eq(chmod(path, 0600), 0);
        }
        (void)snprintf(path, sizeof path, "%s/522c52a0abf7cbf3.db", copy);
        ck_assert_int_eq(unlink(path), 0);
    } else if (acts[act].before != 0) {
        folder_copy(acts[act].is_guarded ? guarded : folder, copy);
    }
}

/* The token of the store, unlocked but for the migration; NULL if the store is empty. */
static mainet_token *
open_copy(int act)
{
    mn_auto(mainet_store) opened = mainet_store_open(copy, NULL);
    mainet_token *found = NULL;

    if (acts[act].before == 0)
        return NULL;
    found = mainet_token_open(opened, NULL, NULL);
    ck_assert_ptr_nonnull(found);
    if (acts[act].act != migrate && !acts[act].is_guarded)
        ck_assert_int_eq(mainet_token_unlock(found, NULL, 0, NULL), MAINET_OK);
    return found;
}

/* Unlock a token by the PIN that it has, old or new. */
static mainet_status
log_in(mainet_token *found, bool *is_new, mainet_error *err)
{
    mainet_status status = MAINET_OK;

    *is_new = false;
    if (!mainet_token_has_pin(found))
        return mainet_token_unlock(found, NULL, 0, err);
    status = mainet_token_unlock(found, PIN, err);
    if (status != MAINET_E_PIN_INCORRECT)
        return status;
    *is_new = true;
    return mainet_token_unlock(found, OTHER_PIN, err);
}

/* Nobody can lock out the officer. */
static void
officer_gets_in(mainet_token *found, const char *story)
{
    mainet_error err = {0};
    mn_auto(mn_keys) keys = mn_token_login(found, MN_ROLE_SO, SO_PIN, &err);

    ck_assert_msg(keys != NULL, "%s: officer: %s", story, err.detail);
}

static void
everybody_signs(mainet_token *found, const char *story)
{
    mainet_error err = {0};
    crowd there = 0;

    ck_assert_msg(people_list(found, &there, &err) == MAINET_OK, "%s: %s", story, err.detail);
    ck_assert_msg(there == (PERSON(0) | PERSON(1)), "%s: %x", story, there);
    for (size_t n = 0; n < 2; n++)
        ck_assert_msg(person_sign(found, n, &err) == MAINET_OK, "%s: %s", story, err.detail);
}

/* A token that can be used, or was erased; whether it has the new PIN, or was erased. */
static bool
is_whole(int act, mainet_token *found, const char *story)
{
    mainet_error err = {0};
    mainet_status status = MAINET_OK;
    bool is_new = false;

    if (mainet_token_has_so_pin(found))
        officer_gets_in(found, story);
    if (acts[act].act == erase && strcmp(mainet_token_label(found), "erased") == 0) {
        ck_assert_msg(!mainet_token_has_pin(found) && mn_token_keys(found) == NULL, "%s", story);
        return true;
    }
    status = log_in(found, &is_new, &err);
    ck_assert_msg(status == MAINET_OK, "%s: unlock: %s", story, err.detail);
    status = mainet_token_check(found, NULL, NULL, &err);
    ck_assert_msg(status == MAINET_OK, "%s: check: %s", story, err.detail);
    if (acts[act].act != migrate)
        everybody_signs(found, story);
    return is_new;
}

/* Whoever starts now sees the old state or the new; how many tokens there are, and in `*is_new`
 * whether PIN or content are the new ones. */
static size_t
look(int act, const char *story, bool *is_new)
{
    mn_auto(mainet_store) opened = mainet_store_open(copy, NULL);
    mn_auto(mainet_token_list) list = mainet_store_tokens(opened, NULL);
    size_t count = mainet_token_list_count(list);

    ck_assert_msg(count == acts[act].before || count == acts[act].after, "%s: %zu tokens", story,
                  count);
    for (size_t i = 0; i < count; i++) {
        mn_auto(mainet_token) one = mainet_token_list_at(list, i, NULL);

        ck_assert_msg(one != NULL, "%s: a token that cannot be opened", story);
        *is_new = is_whole(act, one, story);
    }
    return count;
}

/* A backup that is there can be restored. */
static void
look_at_backup(int act, const char *story)
{
    mn_auto(mainet_store) opened = NULL;
    mn_auto(mainet_token) restored = NULL;
    mainet_error err = {0};

    if (access(backup, F_OK) != 0)
        return;
    folder_empty(copy);
    opened = mainet_store_open(copy, NULL);
    restored = mainet_store_restore(opened, backup, &err);
    ck_assert_msg(restored != NULL, "%s: restore: %s", story, err.detail);
    (void)is_whole(act, restored, story);
}

static bool
act_and_die(int act, size_t nth, bool halfway)
{
    mainet_error err = {0};
    mn_auto(mainet_token) on = open_copy(act);
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
        faults_die(nth, halfway);
        _exit(acts[act].act(on, &err) == MAINET_OK ? 0 : 1);
    }
    (void)waitpid(child, &status, 0);
    ck_assert_msg(WIFSIGNALED(status) || WEXITSTATUS(status) == 0, "act %d, call %zu", act, nth);
    return WIFSIGNALED(status);
}

START_TEST(who_dies_at_any_call_leaves_the_old_state_or_the_new)
{
    size_t nth = 0;
    size_t last = 0;
    bool died = true;
    bool is_new = false;

    while (died && ++nth < CALLS_MAX) {
        char story[64];

        begin_again(_i / 2);
        died = act_and_die(_i / 2, nth, _i % 2 == 1);
        (void)snprintf(story, sizeof story, "act %d, call %zu", _i / 2, nth);
        last = look(_i / 2, story, &is_new);
        look_at_backup(_i / 2, story);
    }
    printf("# act %d dies at %zu calls\n", _i / 2, nth - 1);
    ck_assert(nth > 4 || _i % 2 == 1);
    ck_assert_uint_lt(nth, CALLS_MAX);
    ck_assert_uint_eq(last, acts[_i / 2].after);
    ck_assert(is_new == acts[_i / 2].is_guarded);
}
END_TEST

static const struct {
    int cause;
    bool stays;
} errors[] = {{EIO, false}, {ENOSPC, true}, {EACCES, true}, {EDQUOT, true}, {EROFS, true}};

#define ERRORS ((int)(sizeof errors / sizeof *errors))
#define MOSTLY 3 /* errors that long acts meet, too */

static bool
is_expected(mainet_status status, bool failed)
{
    return status == MAINET_OK ||
           (failed && (status == MAINET_E_STORE_WRITE || status == MAINET_E_STORE_OPEN ||
                       status == MAINET_E_FILE));
}

START_TEST(an_error_at_any_call_is_told_and_loses_nothing)
{
    int act = _i / ERRORS;
    const int cause = errors[_i % ERRORS].cause;
    const bool stays = errors[_i % ERRORS].stays;
    size_t nth = 0;
    bool failed = act >= LONG_ACTS || _i % ERRORS < MOSTLY;

    if (!failed)
        return;
    while (failed && ++nth < CALLS_MAX) {
        mainet_error err = {0};
        mainet_status status = MAINET_OK;
        mainet_token *on = NULL;
        char story[400];
        size_t count = 0;
        bool is_new = false;

        begin_again(act);
        on = open_copy(act);
        faults_fail(nth, cause, stays);
        status = acts[act].act(on, &err);
        failed = faults_disarm();
        (void)snprintf(story, sizeof story, "act %d, call %zu (%s): %s: %d %s", act, nth,
                       failed ? faults_first() : "none", strerror(cause), (int)status, err.detail);
        ck_assert_msg(is_expected(status, failed), "%s", story);
        ck_assert_msg(acts[act].act != migrate || status == MAINET_OK, "%s: no login", story);
        mainet_token_free(on);
        count = look(act, story, &is_new);
        ck_assert_msg(status != MAINET_OK ||
                          (count == acts[act].after && is_new == acts[act].is_guarded),
                      "%s: nothing done", story);
        if (acts[act].act == back_up && (status == MAINET_OK || !stays))
            ck_assert_msg((access(backup, F_OK) == 0) == (status == MAINET_OK), "%s: backup",
                          story);
        look_at_backup(act, story);
    }
    ck_assert_uint_gt(nth, 4);
    ck_assert_uint_lt(nth, CALLS_MAX);
}
END_TEST

static Suite *
change_suite(void)
{
    Suite *suite = suite_create("change");
    TCase *calls = tcase_create("calls");

    tcase_add_checked_fixture(calls, open_token, token_remove);
    tcase_set_timeout(calls, 120);
    tcase_add_loop_test(calls, who_dies_at_any_call_leaves_the_old_state_or_the_new, 0, 2 * ACTS);
    tcase_add_loop_test(calls, an_error_at_any_call_is_told_and_loses_nothing, 0, ACTS * ERRORS);
    suite_add_tcase(suite, calls);
    return suite;
}

int
main(void)
{
    return run_suite(change_suite());
}
