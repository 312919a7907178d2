/* SPDX-License-Identifier: BSD-3-Clause */
/* Many processes, and processes that die: the file is the old state or the new. */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include <p11-kit/pkcs11.h>

#include "run-suite.h"
#include "store/rows.h"
#include "store/token-private.h"
#include "support/temp-store.h"

static mainet_store *store;
static mainet_token *token;

static void
open_token(void)
{
    temp_store_make();
    store = mainet_store_open(temp_folder, NULL);
    token = mainet_token_create(store, NULL, PIN, NULL, 0, NULL);
    ck_assert_ptr_nonnull(token);
}

static void
close_token(void)
{
    mainet_token_free(token);
    mainet_store_free(store);
    temp_store_remove();
}

static mn_object *
make_data(const char *label)
{
    mn_attributes *plain = mn_attributes_new(NULL);
    mn_object *object = NULL;

    (void)mn_attributes_set_number(plain, CKA_CLASS, CKO_DATA, NULL);
    (void)mn_attributes_set_text(plain, CKA_LABEL, label, NULL);
    (void)mn_attributes_set_text(plain, CKA_VALUE, "value", NULL);
    object = mn_object_new(plain, NULL);
    mn_attributes_free(plain);
    return object;
}

static mainet_status
add_data(const char *label)
{
    mainet_error err = {0};
    mn_object *object = make_data(label);
    mainet_status status = mn_token_insert(token, token->keys, &object, 1, &err);

    mn_object_free(object);
    return status;
}

static size_t
count_data(void)
{
    mn_attributes *wanted = mn_attributes_new(NULL);
    mn_ids ids = {.count = 0};
    mainet_error err = {0};
    size_t count = 0;

    (void)mn_attributes_set_number(wanted, CKA_CLASS, CKO_DATA, NULL);
    ck_assert_msg(mn_token_find(token, token->keys, wanted, &ids, &err) == MAINET_OK, "%s",
                  err.detail);
    count = ids.count;
    mn_ids_clear(&ids);
    mn_attributes_free(wanted);
    return count;
}

static void
check_integrity(void)
{
    mainet_error err = {0};
    mn_database *database = mn_database_open(temp_folder, token->file, MN_ACCESS_READ, &err);
    mn_statement *check = NULL;
    bool row = false;

    ck_assert_msg(database != NULL, "%s", err.detail);
    check = mn_statement_new(database, "PRAGMA integrity_check", &err);
    ck_assert_int_eq(mn_statement_step(check, &row, &err), MAINET_OK);
    ck_assert_str_eq(mn_statement_text(check, 0), "ok");
    mn_statement_free(check);
    mn_database_free(database);
}

START_TEST(an_insert_that_is_killed_is_whole_or_not_there)
{
    size_t before = 0;
    unsigned seed = (unsigned)getpid();

    /* where the machine is slow, longer, until something was inserted */
    for (int round = 0; round < 60 || (before == 0 && round < 600); round++) {
        struct timespec pause = {0, rand_r(&seed) % (round < 60 ? 30000000 : 300000000)};
        pid_t child = fork();

        if (child == 0)
            for (;;)
                (void)add_data("x");
        (void)nanosleep(&pause, NULL);
        (void)kill(child, SIGKILL);
        (void)waitpid(child, NULL, 0);
        ck_assert_uint_ge(count_data(), before); /* also rolls back what was left */
        before = count_data();
        check_integrity();
        ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_OK); /* the set is whole */
    }
    ck_assert_uint_gt(before, 0);
}
END_TEST

START_TEST(eight_processes_lose_nothing)
{
    enum { processes = 8, rounds = 25 };
    pid_t children[processes];

    for (int i = 0; i < processes; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            for (int round = 0; round < rounds; round++)
                if (add_data("y") != MAINET_OK || count_data() == 0)
                    _exit(1);
            _exit(0);
        }
    }
    for (int i = 0; i < processes; i++) {
        int status = 0;

        ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
        ck_assert_int_eq(status, 0);
    }
    ck_assert_uint_eq(count_data(), processes * rounds);
    check_integrity();
    ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_OK);
}
END_TEST

START_TEST(a_plain_open_and_close_of_the_file_drops_no_lock)
{
    mainet_error err = {0};
    mn_database *database = mn_database_open(temp_folder, token->file, MN_ACCESS_WRITE, &err);
    pid_t child = 0;
    int status = 0;

    ck_assert_ptr_nonnull(database);
    (void)close(open(mainet_token_path(token), O_RDONLY));
    child = fork();
    if (child == 0) {
        mainet_error busy = {0};

        _exit(mn_lock_new(temp_folder, false, &busy) == NULL && busy.status == MAINET_E_STORE_BUSY
                  ? 0
                  : 1);
    }
    (void)waitpid(child, &status, 0);
    ck_assert_int_eq(status, 0);
    mn_database_free(database);
}
END_TEST

START_TEST(nothing_stays_open_between_calls)
{
    char path[64];
    char target[256];

    ck_assert_int_eq(add_data("z"), MAINET_OK);
    for (int fd = 3; fd < 64; fd++) {
        ssize_t len = 0;

        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        len = readlink(path, target, sizeof target - 1);
        target[len > 0 ? len : 0] = '\0';
        ck_assert_ptr_null(strstr(target, temp_folder));
    }
}
END_TEST

/* A child that holds the folder, to read, until the pipe is closed. */
static pid_t
hold_to_read(int *hold)
{
    int ends[2];
    int ready[2];
    char byte = 0;
    pid_t child = 0;

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(pipe(ready), 0);
    child = fork();
    if (child == 0) {
        (void)close(ends[1]);
        if (mn_lock_new(temp_folder, false, NULL) == NULL || write(ready[1], "", 1) != 1)
            _exit(1);
        _exit((int)read(ends[0], &byte, 1));
    }
    (void)close(ends[0]);
    ck_assert_int_eq((int)read(ready[0], &byte, 1), 1);
    *hold = ends[1];
    return child;
}

START_TEST(a_journal_that_was_never_whole_keeps_nobody_waiting)
{
    const char zeros[1024] = "";
    char name[160];
    int hold = -1;
    int status = 0;
    pid_t reader = 0;
    FILE *journal = NULL;

    ck_assert_int_eq(add_data("v"), MAINET_OK);
    (void)snprintf(name, sizeof name, "%s-journal", mainet_token_path(token));
    journal = fopen(name, "wxe");
    ck_assert_uint_eq(fwrite(zeros, 1, sizeof zeros, journal), sizeof zeros);
    (void)fclose(journal);
    ck_assert_int_eq(chmod(name, 0600), 0);
    reader = hold_to_read(&hold);
    ck_assert_uint_eq(count_data(), 1); /* or the store were busy */
    (void)close(hold);
    (void)waitpid(reader, &status, 0);
    ck_assert_int_eq(status, 0);
    ck_assert_int_eq(add_data("u"), MAINET_OK);
    ck_assert_uint_eq(count_data(), 2);
    ck_assert_int_ne(access(name, F_OK), 0);
}
END_TEST

/* As root, file modes hinder nobody: the test takes another user's rights in a child. */
static int
as_nobody(void (*act)(void))
{
    pid_t child = 0;
    int status = 0;

    ck_assert_int_eq(chown(temp_folder, 65534, 65534), 0);
    ck_assert_int_eq(chown(mainet_token_path(token), 65534, 65534), 0);
    child = fork();
    if (child == 0) {
        if (setgid(65534) != 0 || setuid(65534) != 0)
            _exit(2);
        act();
        _exit(0);
    }
    (void)waitpid(child, &status, 0);
    return status;
}

static void
read_but_not_write(void)
{
    mainet_error err = {0};

    if (mainet_token_unlock(token, PIN, &err) != MAINET_OK)
        _exit(3);
    if (mainet_token_prove_writable(token, 4096, &err) != MAINET_E_STORE_WRITE)
        _exit(4);
    if (add_data("w") != MAINET_E_STORE_WRITE)
        _exit(5);
    if (mainet_token_unlock(token, (const uint8_t *)"wrong", 5, &err) != MAINET_E_PIN_INCORRECT)
        _exit(6); /* not counted, but answered */
}

START_TEST(a_read_only_folder_can_be_read)
{
    if (geteuid() != 0)
        return;
    ck_assert_int_eq(chmod(mainet_token_path(token), 0400), 0);
    ck_assert_int_eq(chmod(temp_folder, 0500), 0);
    ck_assert_int_eq(as_nobody(read_but_not_write), 0);
    ck_assert_int_eq(chmod(mainet_token_path(token), 0600), 0); /* the folder alone suffices */
    ck_assert_int_eq(as_nobody(read_but_not_write), 0);
}
END_TEST

START_TEST(another_users_file_is_refused)
{
    if (geteuid() != 0)
        return;
    ck_assert_int_eq(chown(temp_folder, 65534, 65534), 0);
    ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_E_STORE_OPEN);
    ck_assert_int_eq(chown(temp_folder, 0, 0), 0);
    ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_OK);
    ck_assert_int_eq(chown(mainet_token_path(token), 65534, 65534), 0);
    ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_E_STORE_OPEN);
}
END_TEST

static Suite *
database_suite(void)
{
    Suite *suite = suite_create("database");
    TCase *processes = tcase_create("processes");
    TCase *rights = tcase_create("rights");

    tcase_add_checked_fixture(processes, open_token, close_token);
    tcase_set_timeout(processes, 120);
    tcase_add_test(processes, an_insert_that_is_killed_is_whole_or_not_there);
    tcase_add_test(processes, eight_processes_lose_nothing);
    tcase_add_test(processes, a_plain_open_and_close_of_the_file_drops_no_lock);
    tcase_add_test(processes, nothing_stays_open_between_calls);
    tcase_add_test(processes, a_journal_that_was_never_whole_keeps_nobody_waiting);
    suite_add_tcase(suite, processes);
    tcase_add_checked_fixture(rights, open_token, close_token);
    tcase_set_timeout(rights, 60);
    tcase_add_test(rights, a_read_only_folder_can_be_read);
    tcase_add_test(rights, another_users_file_is_refused);
    suite_add_tcase(suite, rights);
    return suite;
}

int
main(void)
{
    return run_suite(database_suite());
}
