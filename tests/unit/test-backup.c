/* SPDX-License-Identifier: BSD-3-Clause */
/* A copy goes out and comes back, whole or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "run-suite.h"
#include "store/rows.h"
#include "store/token-private.h"
#include "support/temp-store.h"

static mainet_store *store;
static mainet_token *token;
static char outside[64];
static char copy[256];

static void
add_identity(mainet_token *to, const char *name)
{
    mainet_error err = {0};
    EVP_PKEY *key = make_key("EC");
    mainet_certificate *certificate = make_certificate(key, name, key, name, 1, 365);
    bool was_there = false;

    mainet_identity_free(mn_identity_import_one(
        to, &(mn_identity_import){.key = key, .certificate = certificate}, &was_there, &err));
    mainet_certificate_free(certificate);
    EVP_PKEY_free(key);
}

static void
open_token(void)
{
    strcpy(outside, "/tmp/mainetcert-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(outside));
    (void)snprintf(copy, sizeof copy, "%s/copy", outside);
    temp_store_make();
    store = mainet_store_open(temp_folder, NULL);
    token = mainet_token_create(store, NULL, PIN, NULL, 0, NULL);
    ck_assert_ptr_nonnull(token);
    add_identity(token, "A");
    ck_assert_int_eq(mainet_token_lock(token, NULL), MAINET_OK);
}

static void
close_token(void)
{
    mainet_token_free(token);
    mainet_store_free(store);
    temp_store_remove();
    (void)nftw(outside, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static size_t
count_files(const char *folder)
{
    char command[128];
    FILE *pipe = NULL;
    size_t count = 0;

    (void)snprintf(command, sizeof command, "ls -A '%s' | wc -l", folder);
    pipe = popen(command, "r");
    ck_assert_ptr_nonnull(pipe);
    ck_assert_int_eq(fscanf(pipe, "%zu", &count), 1);
    (void)pclose(pipe);
    return count;
}

static void
delete_token(void)
{
    ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_OK);
    ck_assert_int_eq(mainet_token_delete(token, NULL), MAINET_OK);
}

static void
opens_whole(mainet_token *restored)
{
    mainet_identity_list *list = NULL;

    ck_assert_int_eq(mainet_token_unlock(restored, PIN, NULL), MAINET_OK);
    ck_assert_int_eq(mainet_token_check(restored, NULL, NULL, NULL), MAINET_OK);
    list = mainet_token_identities(restored, NULL);
    ck_assert_uint_eq(mainet_identity_list_count(list), 1);
    mainet_identity_list_free(list);
}

START_TEST(a_token_comes_back_as_it_was)
{
    mainet_error err = {0};
    mainet_token *restored = NULL;
    struct stat info;

    ck_assert_msg(mainet_token_backup(token, copy, &err) == MAINET_OK, "%s", err.detail);
    ck_assert_int_eq(stat(copy, &info), 0);
    ck_assert_uint_eq(info.st_mode & 07777, 0600);
    ck_assert_uint_eq(count_files(outside), 1);
    delete_token();
    restored = mainet_store_restore(store, copy, &err);
    ck_assert_msg(restored != NULL, "%s", err.detail);
    ck_assert(mainet_token_is_locked(restored));
    ck_assert_str_eq(mainet_token_serial(restored), mainet_token_serial(token));
    ck_assert_str_eq(mainet_token_label(restored), "MaiNet");
    ck_assert_uint_eq(mainet_token_slot(restored), 1); /* its own number is free */
    ck_assert_int_eq(stat(mainet_token_path(restored), &info), 0);
    ck_assert_uint_eq(info.st_mode & 07777, 0600);
    opens_whole(restored);
    ck_assert_uint_eq(count_files(temp_folder), 2); /* and next-slot */
    mainet_token_free(restored);
}
END_TEST

/* How many rows have a higher number; the highest in `*last`. */
static size_t
rows_after(mainet_token *of, int64_t *last)
{
    mn_auto_ids ids = {.count = 0};
    const int64_t first = *last;
    size_t count = 0;

    ck_assert_int_eq(mn_token_ids(of, of->keys, &ids, NULL), MAINET_OK);
    for (size_t i = 0; i < ids.count; i++) {
        count += ids.ids[i] > first;
        *last = ids.ids[i] > *last ? ids.ids[i] : *last;
    }
    return count;
}

/* A program that runs meanwhile must not take a new object for one that it knows. */
START_TEST(no_row_after_the_copy_is_given_again)
{
    mainet_token *restored = NULL;
    int64_t last = 0;

    ck_assert_int_eq(mainet_token_backup(token, copy, NULL), MAINET_OK);
    ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_OK);
    add_identity(token, "B");
    ck_assert_uint_eq(rows_after(token, &last), 6);
    ck_assert_int_eq(mainet_token_delete(token, NULL), MAINET_OK);
    restored = mainet_store_restore(store, copy, NULL);
    opens_whole(restored);
    add_identity(restored, "C");
    ck_assert_uint_eq(rows_after(restored, &last), 3);
    ck_assert_int_eq(mainet_token_check(restored, NULL, NULL, NULL), MAINET_OK);
    mainet_token_free(restored);
}
END_TEST

START_TEST(a_slot_number_that_is_taken_is_replaced)
{
    mainet_store *elsewhere = NULL;
    mainet_token *other = NULL;
    mainet_token *next = NULL;
    mainet_token *restored = NULL;
    char folder[80];
    mainet_error err = {0};

    (void)snprintf(folder, sizeof folder, "%s/store", outside);
    elsewhere = mainet_store_open(folder, NULL);
    other = mainet_token_create_without_pin(elsewhere, "other", NULL);
    ck_assert_uint_eq(mainet_token_slot(other), 1);
    ck_assert_int_eq(mainet_token_backup(token, copy, NULL), MAINET_OK);
    restored = mainet_store_restore(elsewhere, copy, &err);
    ck_assert_msg(restored != NULL, "%s", err.detail);
    ck_assert_uint_eq(mainet_token_slot(restored), 2);
    opens_whole(restored);
    next = mainet_token_create_without_pin(elsewhere, "next", NULL);
    ck_assert_uint_eq(mainet_token_slot(next), 3);
    mainet_token_free(next);
    mainet_token_free(restored);
    mainet_token_free(other);
    mainet_store_free(elsewhere);
}
END_TEST

START_TEST(a_restored_slot_number_is_never_given_to_another)
{
    mainet_token *second = mainet_token_create(store, "second", PIN, NULL, 0, NULL);
    mainet_store *elsewhere = NULL;
    mainet_token *restored = NULL;
    char folder[80];

    (void)snprintf(folder, sizeof folder, "%s/store", outside);
    elsewhere = mainet_store_open(folder, NULL);
    ck_assert_int_eq(mainet_token_backup(second, copy, NULL), MAINET_OK);
    restored = mainet_store_restore(elsewhere, copy, NULL);
    ck_assert_uint_eq(mainet_token_slot(restored), 2);
    ck_assert_int_eq(mainet_token_unlock(restored, PIN, NULL), MAINET_OK);
    ck_assert_int_eq(mainet_token_delete(restored, NULL), MAINET_OK);
    mainet_token_free(restored);
    restored = mainet_token_create_without_pin(elsewhere, "third", NULL);
    ck_assert_uint_eq(mainet_token_slot(restored), 3);
    mainet_token_free(restored);
    mainet_store_free(elsewhere);
    mainet_token_free(second);
}
END_TEST

START_TEST(a_token_that_is_there_is_not_overwritten)
{
    mainet_error err = {0};

    ck_assert_int_eq(mainet_token_backup(token, copy, NULL), MAINET_OK);
    ck_assert_ptr_null(mainet_store_restore(store, copy, &err));
    ck_assert_int_eq(err.status, MAINET_E_TOKEN_EXISTS);
    ck_assert_uint_eq(count_files(temp_folder), 2);
    opens_whole(token);
}
END_TEST

START_TEST(a_file_that_is_there_is_not_overwritten)
{
    int fd = open(copy, O_WRONLY | O_CREAT, 0600);
    struct stat info;

    ck_assert_int_eq((int)write(fd, "mine", 4), 4);
    ck_assert_int_eq(mainet_token_backup(token, copy, NULL), MAINET_E_FILE_EXISTS);
    ck_assert_int_eq(fstat(fd, &info), 0);
    ck_assert_int_eq((int)info.st_size, 4);
    (void)close(fd);
    ck_assert_int_eq(unlink(copy), 0);
    ck_assert_int_eq(symlink("/nowhere", copy), 0);
    ck_assert_int_eq(mainet_token_backup(token, copy, NULL), MAINET_E_FILE_EXISTS);
    ck_assert_uint_eq(count_files(outside), 1);
}
END_TEST

static const char *const bad_places[] = {"/nowhere/at/all/copy", "/dev/null/copy", "/proc/copy"};

START_TEST(a_copy_that_cannot_be_written_is_no_failure_of_the_store)
{
    ck_assert_int_eq(mainet_token_backup(token, bad_places[_i], NULL), MAINET_E_FILE);
    ck_assert_int_eq(mainet_token_backup(token, "", NULL), MAINET_E_ARGUMENT);
    ck_assert_int_eq(mainet_token_backup(token, "/tmp/", NULL), MAINET_E_ARGUMENT);
    ck_assert_int_eq(mainet_token_backup(token, NULL, NULL), MAINET_E_ARGUMENT);
}
END_TEST

START_TEST(a_full_disk_leaves_no_half_copy)
{
    char command[300];
    char place[128];
    mainet_error err = {0};

    (void)snprintf(place, sizeof place, "%s/small", outside);
    (void)mkdir(place, 0700);
    (void)snprintf(command, sizeof command, "mount -t tmpfs -o size=16k none '%s' 2>/dev/null",
                   place);
    if (system(command) != 0)
        return; /* nobody but root may mount */
    (void)snprintf(copy, sizeof copy, "%s/copy", place);
    ck_assert_int_eq(mainet_token_backup(token, copy, &err), MAINET_E_FILE);
    ck_assert_int_eq(err.cause, ENOSPC);
    ck_assert_uint_eq(count_files(place), 0);
    (void)snprintf(command, sizeof command, "umount '%s'", place);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

START_TEST(a_token_without_pin_takes_its_key_along)
{
    mainet_token *service = mainet_token_create_without_pin(store, "service", NULL);
    mainet_token *restored = NULL;
    mainet_error err = {0};
    char key_copy[300];
    struct stat info;
    int fd = -1;

    (void)snprintf(key_copy, sizeof key_copy, "%s.key", copy);
    fd = open(key_copy, O_WRONLY | O_CREAT, 0600);
    (void)close(fd);
    ck_assert_int_eq(mainet_token_backup(service, copy, NULL), MAINET_E_FILE_EXISTS);
    ck_assert_int_ne(access(copy, F_OK), 0);
    ck_assert_int_eq(unlink(key_copy), 0);
    ck_assert_int_eq(mainet_token_backup(service, copy, NULL), MAINET_OK);
    ck_assert_int_eq(stat(key_copy, &info), 0);
    ck_assert_uint_eq(info.st_mode & 07777, 0600);
    ck_assert_int_eq(mainet_token_delete(service, NULL), MAINET_OK);
    ck_assert_int_eq(chmod(key_copy, 0666), 0);
    ck_assert_ptr_null(mainet_store_restore(store, copy, &err));
    ck_assert_int_eq(err.status, MAINET_E_STORE_OPEN);
    ck_assert_int_eq(chmod(key_copy, 0600), 0);
    restored = mainet_store_restore(store, copy, &err);
    ck_assert_msg(restored != NULL, "%s", err.detail);
    ck_assert_int_eq(mainet_token_unlock(restored, NULL, 0, NULL), MAINET_OK);
    ck_assert_int_eq(mainet_token_check(restored, NULL, NULL, NULL), MAINET_OK);
    mainet_token_free(restored);
    mainet_token_free(service);
}
END_TEST

static void
restore_fails(mainet_status expected)
{
    mainet_error err = {0};
    mainet_token *restored = mainet_store_restore(store, copy, &err);

    ck_assert_ptr_null(restored);
    ck_assert_msg(err.status == expected, "%s: %s", mainet_status_name(err.status), err.detail);
    ck_assert_uint_eq(count_files(temp_folder), 1); /* next-slot */
}

START_TEST(an_unsafe_copy_is_refused)
{
    char link[256];

    ck_assert_int_eq(mainet_token_backup(token, copy, NULL), MAINET_OK);
    delete_token();
    ck_assert_int_eq(chmod(copy, 0620), 0);
    restore_fails(MAINET_E_STORE_OPEN);
    ck_assert_int_eq(chmod(copy, 0600), 0);
    if (geteuid() == 0) {
        ck_assert_int_eq(chown(copy, 65534, 65534), 0);
        restore_fails(MAINET_E_STORE_OPEN);
        ck_assert_int_eq(chown(copy, 0, 0), 0);
    }
    (void)snprintf(link, sizeof link, "%s", copy);
    (void)snprintf(copy, sizeof copy, "%s/link", outside);
    ck_assert_int_eq(symlink(link, copy), 0);
    restore_fails(MAINET_E_STORE_OPEN);
    (void)snprintf(copy, sizeof copy, "%s/nothing", outside);
    restore_fails(MAINET_E_FILE);
    (void)snprintf(copy, sizeof copy, "%s/fifo", outside);
    ck_assert_int_eq(mkfifo(copy, 0600), 0);
    restore_fails(MAINET_E_STORE_OPEN);
    (void)snprintf(copy, sizeof copy, "%s", outside);
    restore_fails(MAINET_E_STORE_OPEN);
}
END_TEST

START_TEST(a_copy_that_is_cut_short_is_refused)
{
    struct stat info;

    ck_assert_int_eq(mainet_token_backup(token, copy, NULL), MAINET_OK);
    delete_token();
    ck_assert_int_eq(stat(copy, &info), 0);
    for (off_t len = info.st_size - 1; len >= 0; len -= 1021) {
        ck_assert_int_eq(truncate(copy, len), 0);
        restore_fails(MAINET_E_STORE_OPEN);
    }
}
END_TEST

static void
meddle(const char *sql)
{
    const char *name = strrchr(copy, '/') + 1;
    mn_database *database = mn_database_open(outside, name, MN_ACCESS_WRITE, NULL);
    mn_statement *statement = NULL;
    mainet_error err = {0};

    ck_assert_ptr_nonnull(database);
    statement = mn_statement_new(database, sql, &err);
    ck_assert_msg(statement != NULL, "%s", err.detail);
    ck_assert_int_eq(mn_statement_run(statement, &err), MAINET_OK);
    mn_statement_free(statement);
    ck_assert_int_eq(mn_database_commit(database, &err), MAINET_OK);
    mn_database_free(database);
}

static const struct {
    const char *sql;
    mainet_status expected;
} meddlings[] = {
    {"CREATE TRIGGER t AFTER UPDATE ON meta BEGIN DELETE FROM object; END", MAINET_E_STORE_OPEN},
    {"CREATE VIEW v AS SELECT 1", MAINET_E_STORE_OPEN},
    {"PRAGMA user_version = 3", MAINET_E_STORE_VERSION},
    {"PRAGMA user_version = 0", MAINET_E_STORE_OPEN},
    {"PRAGMA application_id = 1", MAINET_E_STORE_OPEN},
    {"UPDATE meta SET serial = '0123456789abcdef'", MAINET_E_STORE_OPEN},
    {"UPDATE meta SET serial = '../../etc/passwd'", MAINET_E_STORE_OPEN},
    {"UPDATE meta SET slot = 0", MAINET_E_STORE_OPEN},
    {"DELETE FROM meta", MAINET_E_STORE_OPEN},
};

START_TEST(a_copy_that_is_no_token_is_refused)
{
    ck_assert_int_eq(mainet_token_backup(token, copy, NULL), MAINET_OK);
    delete_token();
    meddle(meddlings[_i].sql);
    restore_fails(meddlings[_i].expected);
}
END_TEST

START_TEST(a_restore_that_is_killed_is_whole_or_not_there)
{
    unsigned seed = (unsigned)getpid();

    ck_assert_int_eq(mainet_token_backup(token, copy, NULL), MAINET_OK);
    delete_token();
    for (int round = 0; round < 25; round++) {
        struct timespec pause = {0, rand_r(&seed) % 12000000};
        mainet_token *restored = NULL;
        pid_t child = fork();

        if (child == 0)
            _exit(mainet_store_restore(store, copy, NULL) != NULL ? 0 : 1);
        (void)nanosleep(&pause, NULL);
        (void)kill(child, SIGKILL);
        (void)waitpid(child, NULL, 0);
        restored = mainet_token_open(store, NULL, NULL);
        if (restored != NULL) {
            ck_assert_int_eq(mainet_token_check(restored, NULL, NULL, NULL), MAINET_OK);
            ck_assert_int_eq(unlink(mainet_token_path(restored)), 0);
        }
        mainet_token_free(restored);
    }
}
END_TEST

START_TEST(a_backup_is_whole_while_others_write)
{
    pid_t child = fork();

    if (child == 0) {
        if (mainet_token_unlock(token, PIN, NULL) != MAINET_OK)
            _exit(1);
        for (int i = 0;; i++) {
            struct timespec pause = {0, 2000000};

            if (mainet_token_rename(token, i % 2 == 0 ? "even" : "odd", NULL) != MAINET_OK)
                _exit(1);
            (void)nanosleep(&pause, NULL); /* who writes without a break lets nobody read */
        }
    }
    for (int i = 0; i < 20; i++) {
        mainet_store *elsewhere = NULL;
        mainet_token *restored = NULL;
        char folder[80];

        (void)snprintf(copy, sizeof copy, "%s/copy-%d", outside, i);
        ck_assert_int_eq(mainet_token_backup(token, copy, NULL), MAINET_OK);
        (void)snprintf(folder, sizeof folder, "%s/store-%d", outside, i);
        elsewhere = mainet_store_open(folder, NULL);
        restored = mainet_store_restore(elsewhere, copy, NULL);
        ck_assert_ptr_nonnull(restored);
        opens_whole(restored);
        mainet_token_free(restored);
        mainet_store_free(elsewhere);
    }
    (void)kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
}
END_TEST

static Suite *
backup_suite(void)
{
    Suite *suite = suite_create("backup");
    TCase *backup = tcase_create("backup");

    tcase_add_checked_fixture(backup, open_token, close_token);
    tcase_set_timeout(backup, 120);
    tcase_add_test(backup, a_token_comes_back_as_it_was);
    tcase_add_test(backup, no_row_after_the_copy_is_given_again);
    tcase_add_test(backup, a_slot_number_that_is_taken_is_replaced);
    tcase_add_test(backup, a_restored_slot_number_is_never_given_to_another);
    tcase_add_test(backup, a_token_that_is_there_is_not_overwritten);
    tcase_add_test(backup, a_file_that_is_there_is_not_overwritten);
    tcase_add_loop_test(backup, a_copy_that_cannot_be_written_is_no_failure_of_the_store, 0,
                        sizeof bad_places / sizeof *bad_places);
    tcase_add_test(backup, a_full_disk_leaves_no_half_copy);
    tcase_add_test(backup, a_token_without_pin_takes_its_key_along);
    tcase_add_test(backup, an_unsafe_copy_is_refused);
    tcase_add_test(backup, a_copy_that_is_cut_short_is_refused);
    tcase_add_loop_test(backup, a_copy_that_is_no_token_is_refused, 0,
                        sizeof meddlings / sizeof *meddlings);
    tcase_add_test(backup, a_restore_that_is_killed_is_whole_or_not_there);
    tcase_add_test(backup, a_backup_is_whole_while_others_write);
    suite_add_tcase(suite, backup);
    return suite;
}

int
main(void)
{
    return run_suite(backup_suite());
}
