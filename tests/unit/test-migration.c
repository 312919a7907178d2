/* SPDX-License-Identifier: BSD-3-Clause */
/* Files of format 1 (tests/data/token-v1) are read as they are and migrated at a login. */
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "mainetcert/removal.h"
#include "run-suite.h"
#include "store/token-private.h"
#include "support/data.h"
#include "support/temp-store.h"

#define WALLET "522c52a0abf7cbf3"
#define SERVICE "9633abffb82de81b"

static mainet_store *store;
static mainet_token *token;

static void
put_fixture(const char *name)
{
    char from[64];
    char to[128];
    data content;
    FILE *file = NULL;

    (void)snprintf(from, sizeof from, "token-v1/%s", name);
    (void)snprintf(to, sizeof to, "%s/%s", temp_folder, name);
    content = read_data(from);
    file = fopen(to, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(content.bytes, 1, content.len, file), content.len);
    (void)fclose(file);
    ck_assert_int_eq(chmod(to, 0600), 0);
    free(content.bytes);
}

static void
open_fixture(void)
{
    temp_store_make();
    put_fixture(WALLET ".db");
    put_fixture(SERVICE ".db");
    put_fixture(SERVICE ".key");
    store = mainet_store_open(temp_folder, NULL);
    token = mainet_token_open(store, "Wallet", NULL);
    ck_assert_ptr_nonnull(token);
}

static void
close_fixture(void)
{
    mainet_token_free(token);
    mainet_store_free(store);
    temp_store_remove();
}

static const char *
path_of(const char *name)
{
    static char path[128];

    (void)snprintf(path, sizeof path, "%s/%s", temp_folder, name);
    return path;
}

static uint32_t
version_of(const char *name)
{
    mn_database *database = mn_database_open(temp_folder, name, MN_ACCESS_READ, NULL);
    uint32_t version = database == NULL ? 0 : mn_database_version(database);

    mn_database_free(database);
    return version;
}

/* The key of the only identity signs for its certificate. */
static void
the_identity_signs(void)
{
    mainet_identity_list *list = mainet_token_identities(token, NULL);
    mainet_identity *identity = NULL;
    EVP_PKEY *key = NULL;

    ck_assert_uint_eq(mainet_identity_list_count(list), 1);
    identity = mainet_identity_list_at(list, 0, NULL);
    key = mn_identity_key(identity, NULL);
    ck_assert_ptr_nonnull(key);
    EVP_PKEY_free(key);
    mainet_identity_free(identity);
    mainet_identity_list_free(list);
    ck_assert_int_eq(mainet_token_check(token, NULL, NULL, NULL), MAINET_OK);
}

static bool
same_content(const char *name, const char *fixture)
{
    data before = read_data(fixture);
    FILE *file = fopen(path_of(name), "r");
    uint8_t *now = malloc(before.len + 1);
    bool same = file != NULL && fread(now, 1, before.len + 1, file) == before.len &&
                memcmp(now, before.bytes, before.len) == 0;

    if (file != NULL)
        (void)fclose(file);
    free(now);
    free(before.bytes);
    return same;
}

START_TEST(before_a_login_an_old_file_is_read_as_it_is)
{
    mainet_identity_list *list = mainet_token_identities(token, NULL);

    ck_assert_uint_eq(mainet_identity_list_count(list), 1);
    mainet_identity_list_free(list);
    ck_assert_str_eq(mainet_token_setting(token, "show-expired"), "yes");
    ck_assert_int_eq(mainet_token_check(token, NULL, NULL, NULL), MAINET_OK);
    ck_assert(same_content(WALLET ".db", "token-v1/" WALLET ".db"));
}
END_TEST

static const struct {
    mn_role role;
    const char *pin;
} logins[] = {{MN_ROLE_USER, "1234-pin"}, {MN_ROLE_SO, "so-pin"}};

START_TEST(a_login_migrates_and_keeps_a_copy)
{
    mainet_error err = {0};
    mn_keys *keys = mn_token_login(token, logins[_i].role, (const uint8_t *)logins[_i].pin,
                                   strlen(logins[_i].pin), &err);
    struct stat info;

    ck_assert_msg(keys != NULL, "%s", err.detail);
    mn_keys_free(keys);
    ck_assert_uint_eq(version_of(WALLET ".db"), 2);
    ck_assert(same_content(WALLET ".db.v1", "token-v1/" WALLET ".db"));
    ck_assert_int_eq(stat(path_of(WALLET ".db.v1"), &info), 0);
    ck_assert_uint_eq(info.st_mode & 07777, 0600);
    for (size_t i = 0; i < 2; i++) { /* every PIN still opens it */
        keys = mn_token_login(token, logins[i].role, (const uint8_t *)logins[i].pin,
                              strlen(logins[i].pin), &err);
        ck_assert_msg(keys != NULL, "%s", err.detail);
        mn_keys_free(keys);
    }
    ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_OK);
    the_identity_signs();
}
END_TEST

START_TEST(a_token_without_pin_migrates_too)
{
    mainet_token_free(token);
    token = mainet_token_open(store, "Service", NULL);
    ck_assert_int_eq(mainet_token_unlock(token, NULL, 0, NULL), MAINET_OK);
    ck_assert_uint_eq(version_of(SERVICE ".db"), 2);
    the_identity_signs();
}
END_TEST

START_TEST(a_copy_does_not_outlive_what_is_deleted)
{
    mainet_identity_list *list = NULL;
    mainet_identity *identity = NULL;
    mainet_error err = {0};

    ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_OK);
    ck_assert_int_eq(mainet_token_rename(token, "Purse", NULL), MAINET_OK);
    ck_assert_int_eq(access(path_of(WALLET ".db.v1"), F_OK), 0);
    list = mainet_token_identities(token, NULL);
    identity = mainet_identity_list_at(list, 0, NULL);
    ck_assert_msg(mainet_identity_delete(identity, 0, &err) == MAINET_OK, "%s", err.detail);
    ck_assert_int_ne(access(path_of(WALLET ".db.v1"), F_OK), 0);
    mainet_identity_free(identity);
    mainet_identity_list_free(list);
}
END_TEST

START_TEST(a_wrong_pin_migrates_nothing)
{
    ck_assert_int_eq(mainet_token_unlock(token, (const uint8_t *)"wrong", 5, NULL),
                     MAINET_E_PIN_INCORRECT);
    ck_assert_uint_eq(version_of(WALLET ".db"), 1);
    ck_assert_int_ne(access(path_of(WALLET ".db.v1"), F_OK), 0);
}
END_TEST

START_TEST(an_old_file_on_read_only_media_is_used_unchanged)
{
    pid_t child = 0;
    int status = 0;

    if (geteuid() != 0)
        return;
    ck_assert_int_eq(chown(temp_folder, 65534, 65534), 0);
    ck_assert_int_eq(chown(path_of(WALLET ".db"), 65534, 65534), 0);
    ck_assert_int_eq(chmod(temp_folder, 0500), 0);
    child = fork();
    if (child == 0) {
        if (setgid(65534) != 0 || setuid(65534) != 0)
            _exit(2);
        if (mainet_token_unlock(token, PIN, NULL) != MAINET_OK)
            _exit(3);
        _exit(mainet_token_check(token, NULL, NULL, NULL) == MAINET_OK ? 0 : 4);
    }
    (void)waitpid(child, &status, 0);
    ck_assert_int_eq(status, 0);
    ck_assert(same_content(WALLET ".db", "token-v1/" WALLET ".db"));
}
END_TEST

START_TEST(a_copy_that_cannot_be_kept_forbids_the_migration_not_the_login)
{
    /* a folder in the place of the copy cannot be replaced by a file */
    ck_assert_int_eq(mkdir(path_of(WALLET ".db.v1"), 0700), 0);
    ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_OK);
    ck_assert_uint_eq(version_of(WALLET ".db"), 1);
    the_identity_signs();
    ck_assert_int_ne(mainet_token_set(token, "show-expired", "no", NULL), MAINET_OK);
    ck_assert_uint_eq(version_of(WALLET ".db"), 1);
    ck_assert_int_eq(rmdir(path_of(WALLET ".db.v1")), 0);
    ck_assert_int_eq(mainet_token_set(token, "show-expired", "no", NULL), MAINET_OK);
    ck_assert_uint_eq(version_of(WALLET ".db"), 2);
    the_identity_signs();
}
END_TEST

static void
meddle(const char *sql)
{
    mn_database *database = mn_database_open(temp_folder, WALLET ".db", MN_ACCESS_WRITE, NULL);
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

START_TEST(what_was_changed_in_an_old_file_is_found_and_not_migrated)
{
    meddle("UPDATE meta SET label = 'Other'");
    ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_E_STORE_TAMPERED);
    ck_assert_uint_eq(version_of(WALLET ".db"), 1);
    meddle("UPDATE meta SET label = 'Wallet', slot = 7");
    ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_E_STORE_TAMPERED);
}
END_TEST

START_TEST(an_old_number_on_a_new_file_is_found)
{
    mainet_error err = {0};

    ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_OK);
    meddle("PRAGMA user_version = 1");
    ck_assert_int_eq(mainet_token_unlock(token, PIN, &err), MAINET_E_STORE_OPEN);
}
END_TEST

START_TEST(a_newer_version_is_refused_and_left_alone)
{
    mainet_error err = {0};
    mainet_token *again = NULL;

    meddle("PRAGMA user_version = 3");
    again = mainet_token_open(store, WALLET, &err);
    ck_assert_ptr_null(again);
    ck_assert_int_eq(err.status, MAINET_E_STORE_VERSION);
    ck_assert_ptr_nonnull(strstr(err.detail, "format 3"));
    ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_E_STORE_VERSION);
    ck_assert_int_eq(mainet_token_check(token, NULL, NULL, NULL), MAINET_E_STORE_VERSION);
    ck_assert_int_ne(access(path_of(WALLET ".db.v1"), F_OK), 0);
}
END_TEST

START_TEST(a_cheap_wrap_is_sealed_again_at_todays_cost)
{
    mainet_error err = {0};
    mn_wrap cheap = {.role = MN_ROLE_USER, .kdf = {.n = 1 << 14, .r = 8, .p = 1}};
    mn_wrap wrap;
    mn_database *database = NULL;
    bool found = false;

    ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_OK);
    ck_assert_int_eq(
        mn_wrap_seal(&cheap, PIN, mn_keys_token(token->keys), mn_keys_token_id(token->keys), &err),
        MAINET_OK);
    cheap.limit = 7;
    for (int round = 0; round < 3; round++) {
        database = mn_database_open(temp_folder, WALLET ".db", MN_ACCESS_WRITE, &err);
        if (round == 0) {
            ck_assert_int_eq(mn_wrap_write(database, &cheap, &err), MAINET_OK);
        } else {
            ck_assert_int_eq(mn_wrap_read(database, MN_ROLE_USER, &wrap, &found, &err), MAINET_OK);
            ck_assert_uint_eq(wrap.kdf.n, round == 1 ? 1 << 14 : 1 << 15);
            ck_assert_int_eq(wrap.limit, 7);
        }
        ck_assert_int_eq(mn_database_commit(database, &err), MAINET_OK);
        mn_database_free(database);
        ck_assert_int_eq(mainet_token_unlock(token, (const uint8_t *)"wrong", 5, NULL),
                         MAINET_E_PIN_INCORRECT); /* seals nothing */
        if (round == 1)
            ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_OK);
    }
    ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_OK);
}
END_TEST

START_TEST(a_migration_that_is_killed_is_whole_or_not_there)
{
    unsigned seed = (unsigned)getpid();

    for (int round = 0; round < 20; round++) {
        struct timespec pause = {0, rand_r(&seed) % 150000000};
        pid_t child = fork();

        if (child == 0) {
            _exit(mainet_token_unlock(token, PIN, NULL) == MAINET_OK ? 0 : 1);
        }
        (void)nanosleep(&pause, NULL);
        (void)kill(child, SIGKILL);
        (void)waitpid(child, NULL, 0);
        ck_assert_int_eq(mainet_token_check(token, NULL, NULL, NULL), MAINET_OK);
        ck_assert_uint_ne(version_of(WALLET ".db"), 0);
        if (version_of(WALLET ".db") == 2)
            put_fixture(WALLET ".db");
    }
    ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_OK);
    ck_assert_uint_eq(version_of(WALLET ".db"), 2);
    the_identity_signs();
}
END_TEST

static Suite *
migration_suite(void)
{
    Suite *suite = suite_create("migration");
    TCase *migration = tcase_create("migration");

    tcase_add_checked_fixture(migration, open_fixture, close_fixture);
    tcase_set_timeout(migration, 120);
    tcase_add_test(migration, before_a_login_an_old_file_is_read_as_it_is);
    tcase_add_loop_test(migration, a_login_migrates_and_keeps_a_copy, 0, 2);
    tcase_add_test(migration, a_token_without_pin_migrates_too);
    tcase_add_test(migration, a_copy_does_not_outlive_what_is_deleted);
    tcase_add_test(migration, a_wrong_pin_migrates_nothing);
    tcase_add_test(migration, an_old_file_on_read_only_media_is_used_unchanged);
    tcase_add_test(migration, a_copy_that_cannot_be_kept_forbids_the_migration_not_the_login);
    tcase_add_test(migration, what_was_changed_in_an_old_file_is_found_and_not_migrated);
    tcase_add_test(migration, an_old_number_on_a_new_file_is_found);
    tcase_add_test(migration, a_newer_version_is_refused_and_left_alone);
    tcase_add_test(migration, a_cheap_wrap_is_sealed_again_at_todays_cost);
    tcase_add_test(migration, a_migration_that_is_killed_is_whole_or_not_there);
    suite_add_tcase(suite, migration);
    return suite;
}

int
main(void)
{
    return run_suite(migration_suite());
}
