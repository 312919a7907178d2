/* SPDX-License-Identifier: BSD-3-Clause */
/* A token is renamed, set, given a PIN, migrated, copied out and in, and deleted by programs that
 * die, or whose disk fails, at every single call: it is as before or as wanted. */
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
#define PIN (const uint8_t *)"1234-pin", 8
#define OLD_SERIAL "9633abffb82de81b" /* of tests/data/token-v1 */

static char copy[80];   /* the store that is changed */
static char out[80];    /* where backups go */
static char backup[96]; /* one in there */
static char kept[96];   /* a backup of the token as it was */

static void
open_token(void)
{
    people_make();
    token_make();
    for (size_t n = 0; n < 2; n++)
        ck_assert_int_eq(person_import(token, n, NULL), MAINET_OK);
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

/* How many tokens there are before and after. */
static const struct {
    mainet_status (*act)(mainet_token *on, mainet_error *err);
    size_t before;
    size_t after;
} acts[] = {
    {rename_it, 1, 1}, {set_it, 1, 1},  {give_pin, 1, 1}, {back_up, 1, 1},
    {delete_it, 1, 0}, {restore, 0, 1}, {migrate, 1, 1},
};

#define ACTS ((int)(sizeof acts / sizeof *acts))

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
        folder_copy(folder, copy);
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
    if (acts[act].act != migrate)
        ck_assert_int_eq(mainet_token_unlock(found, NULL, 0, NULL), MAINET_OK);
    return found;
}

static void
is_whole(mainet_token *found, const char *story)
{
    mainet_error err = {0};
    mainet_status status = mainet_token_has_pin(found) ? mainet_token_unlock(found, PIN, &err)
                                                       : mainet_token_unlock(found, NULL, 0, &err);

    ck_assert_msg(status == MAINET_OK, "%s: unlock: %s", story, err.detail);
    status = mainet_token_check(found, NULL, NULL, &err);
    ck_assert_msg(status == MAINET_OK, "%s: check: %s", story, err.detail);
}

/* Whoever starts now sees the old state or the new; how many tokens there are. */
static size_t
look(int act, const char *story)
{
    mn_auto(mainet_store) opened = mainet_store_open(copy, NULL);
    mn_auto(mainet_token_list) list = mainet_store_tokens(opened, NULL);
    size_t count = mainet_token_list_count(list);

    ck_assert_msg(count == acts[act].before || count == acts[act].after, "%s: %zu tokens", story,
                  count);
    for (size_t i = 0; i < count; i++) {
        mn_auto(mainet_token) one = mainet_token_list_at(list, i, NULL);

        ck_assert_msg(one != NULL, "%s: a token that cannot be opened", story);
        is_whole(one, story);
    }
    return count;
}

/* A backup that is there can be restored. */
static void
look_at_backup(const char *story)
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
    is_whole(restored, story);
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

    while (died && ++nth < CALLS_MAX) {
        char story[64];

        begin_again(_i / 2);
        died = act_and_die(_i / 2, nth, _i % 2 == 1);
        (void)snprintf(story, sizeof story, "act %d, call %zu", _i / 2, nth);
        last = look(_i / 2, story);
        look_at_backup(story);
    }
    printf("# act %d dies at %zu calls\n", _i / 2, nth - 1);
    ck_assert_uint_gt(nth, 4);
    ck_assert_uint_lt(nth, CALLS_MAX);
    ck_assert_uint_eq(last, acts[_i / 2].after);
}
END_TEST

static const struct {
    int cause;
    bool stays;
} errors[] = {{EIO, false}, {ENOSPC, true}, {EACCES, true}};

#define ERRORS ((int)(sizeof errors / sizeof *errors))

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
    bool failed = true;

    while (failed && ++nth < CALLS_MAX) {
        mainet_error err = {0};
        mainet_status status = MAINET_OK;
        mainet_token *on = NULL;
        char story[400];
        size_t count = 0;

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
        count = look(act, story);
        ck_assert_msg(status != MAINET_OK || count == acts[act].after, "%s: nothing done", story);
        if (acts[act].act == back_up && (status == MAINET_OK || !stays))
            ck_assert_msg((access(backup, F_OK) == 0) == (status == MAINET_OK), "%s: backup",
                          story);
        look_at_backup(story);
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
