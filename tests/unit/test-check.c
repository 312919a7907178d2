/* SPDX-License-Identifier: BSD-3-Clause */
/* What is damaged is found and named. */
#include <fcntl.h>
#include <sys/stat.h>

#include <p11-kit/pkcs11.h>

#include "run-suite.h"
#include "store/key.h"
#include "store/rows.h"
#include "store/token-private.h"
#include "support/replaced.h"
#include "support/temp-store.h"

static mainet_store *store;
static mainet_token *token;

static void
import(const char *type, const char *name)
{
    mainet_error err = {0};
    EVP_PKEY *key = make_key(type);
    mainet_certificate *certificate = make_certificate(key, name, key, name, 1, 365);
    bool was_there = false;
    mainet_identity *identity = mn_identity_import_one(
        token, &(mn_identity_import){.key = key, .certificate = certificate}, &was_there, &err);

    ck_assert_msg(identity != NULL, "%s", err.detail);
    mainet_identity_free(identity);
    mainet_certificate_free(certificate);
    EVP_PKEY_free(key);
}

static void
open_token(void)
{
    temp_store_make();
    store = mainet_store_open(temp_folder, NULL);
    token = mainet_token_create(store, NULL, PIN, NULL, 0, NULL);
    ck_assert_ptr_nonnull(token);
    import("RSA", "Ichiro");
    import("EC", "二郎");
    import("ED25519", "Saburo");
}

static void
close_token(void)
{
    mainet_token_free(token);
    mainet_store_free(store);
    temp_store_remove();
}

/* What one check has told. */
typedef struct heard {
    size_t sound;
    size_t damaged;
    char places[1024]; /* of what is damaged */
    mainet_status answer;
} heard;

static mainet_status
hear(const char *place, const mainet_error *problem, void *user_data)
{
    heard *all = user_data;

    if (problem == NULL)
        all->sound++;
    else if (all->damaged++ < 10)
        (void)snprintf(all->places + strlen(all->places), 100, "|%s", place);
    return all->answer;
}

static heard
check(mainet_status expected)
{
    heard all = {.sound = 0};
    mainet_error err = {0};

    ck_assert_msg(mainet_token_check(token, hear, &all, &err) == expected, "%s: %s",
                  mainet_status_name(err.status), err.detail);
    return all;
}

static void
meddle(const char *sql)
{
    mn_database *database = mn_database_open(temp_folder, token->file, MN_ACCESS_WRITE, NULL);
    mn_statement *statement = NULL;
    mainet_error err = {0};

    ck_assert_ptr_nonnull(database);
    statement = mn_statement_new(database, sql, &err);
    ck_assert_msg(statement != NULL, "%s", err.detail);
    ck_assert_msg(mn_statement_run(statement, &err) == MAINET_OK, "%s: %s", sql, err.detail);
    mn_statement_free(statement);
    ck_assert_int_eq(mn_database_commit(database, &err), MAINET_OK);
    mn_database_free(database);
}

START_TEST(everything_is_looked_at)
{
    heard all = check(MAINET_OK);

    ck_assert_uint_eq(all.sound, 4 + 9);
    ck_assert_uint_eq(all.damaged, 0);
    ck_assert_int_eq(mainet_token_lock(token, NULL), MAINET_OK);
    all = check(MAINET_OK);
    ck_assert_uint_eq(all.sound, 4 + 9);
    ck_assert_int_eq(mainet_token_check(token, NULL, NULL, NULL), MAINET_OK);
    ck_assert_int_eq(mainet_token_check(NULL, NULL, NULL, NULL), MAINET_E_ARGUMENT);
}
END_TEST

START_TEST(the_callback_ends_the_check)
{
    heard all = {.answer = MAINET_E_CANCELLED};
    mainet_error err = {0};

    ck_assert_int_eq(mainet_token_check(token, hear, &all, &err), MAINET_E_CANCELLED);
    ck_assert_int_eq(err.status, MAINET_E_CANCELLED);
    ck_assert_uint_eq(all.sound, 1);
}
END_TEST

/* What a file shows to everybody, and what only the keys tell. */
static const struct {
    const char *sql;
    const char *place;
    bool needs_keys;
} damages[] = {
    {"UPDATE meta SET object_count = 8", "|head", false},
    {"UPDATE meta SET serial = '0123456789abcdef'", "|file", false},
    {"UPDATE meta SET label = 'Other'", "|head", true},
    {"UPDATE meta SET generation = generation + 1", "|head", true},
    {"UPDATE meta SET set_hash = zeroblob(32)", "|head", true},
    {"UPDATE meta SET set_hash = zeroblob(31)", "|file", false},
    {"INSERT INTO setting VALUES ('colour', 'red')", "|settings", false},
    {"INSERT INTO setting VALUES ('show-expired', 'maybe')", "|settings", false},
    {"INSERT INTO setting VALUES ('show-expired', 'no')", "|head", true},
    {"UPDATE wrap SET n = 1024", "|PINs", false},
    {"UPDATE wrap SET salt = zeroblob(15)", "|PINs", false},
    {"DELETE FROM wrap", "|PINs", false},
    {"UPDATE wrap SET role = 0", "|PINs", false},
    {"UPDATE object SET plain = substr(plain, 2) WHERE id = 4", "|object 4", false},
    {"UPDATE object SET plain = zeroblob(0) WHERE id = 4", "|object 4", false},
    {"UPDATE object SET secret = zeroblob(7) WHERE class = 3 AND id = 4", "|object 4", false},
    {"UPDATE object SET class = 1 WHERE id = 4", "|object 4", false},
    {"UPDATE object SET is_private = 1 - is_private WHERE id = 4", "|object 4", false},
    {"UPDATE object SET public_key = zeroblob(32) WHERE id = 4", "|object 4", false},
    {"UPDATE object SET public_key = NULL WHERE id = 4", "|object 4", false},
    {"UPDATE object SET mac = zeroblob(32) WHERE id = 4", "|object 4", true},
    {("UPDATE object SET secret = CAST(substr(secret, 1, length(secret) - 2) || x'0000' AS BLOB) "
      "WHERE id = (SELECT min(id) FROM object WHERE class = 3)"),
     ", private key Ichiro", true},
};

START_TEST(damage_is_found_and_named)
{
    meddle(damages[_i].sql);
    ck_assert_str_eq(mainet_token_label(token), "MaiNet");
    for (int unlocked = 1; unlocked >= 0; unlocked--) {
        heard all = {.sound = 0};
        mainet_error err = {0};
        mainet_status status = mainet_token_check(token, hear, &all, &err);

        if (unlocked == 0 && damages[_i].needs_keys) {
            ck_assert_msg(status == MAINET_OK, "%s: %s", all.places, err.detail);
        } else {
            ck_assert_int_ne(status, MAINET_OK);
            ck_assert_int_eq(err.status, status);
            ck_assert_uint_ge(all.damaged, 1);
            ck_assert_msg(strstr(all.places, damages[_i].place) != NULL, "%s: %s", all.places,
                          err.detail);
        }
        ck_assert_int_eq(mainet_token_lock(token, NULL), MAINET_OK);
    }
}
END_TEST

/* A row that was written with the keys, and yet holds another key's numbers. */
START_TEST(a_private_key_that_is_not_the_certificates_is_found)
{
    mainet_error err = {0};
    EVP_PKEY *other = make_key(_i == 0 ? "RSA" : _i == 1 ? "EC" : "ED25519");
    mn_auto(mn_attributes) wanted = mn_attributes_new(&err);
    mn_auto_ids ids = {.count = 0};
    mn_object *object = NULL;
    mn_object *wrong = NULL;
    heard all;

    (void)mn_attributes_set_number(wanted, CKA_CLASS, CKO_PRIVATE_KEY, &err);
    ck_assert_int_eq(mn_token_find(token, token->keys, wanted, &ids, &err), MAINET_OK);
    ck_assert_uint_eq(ids.count, 3);
    object = mn_token_load(token, token->keys, ids.ids[_i], &err);
    wrong = mn_object_with(object, mn_object_attributes(object), &err);
    ck_assert_int_eq(mn_key_set_secrets(other, wrong, &err), MAINET_OK);
    ck_assert_int_eq(replace_object(token, ids.ids[_i], wrong, &err), MAINET_OK);
    all = check(MAINET_E_STORE_TAMPERED);
    ck_assert_uint_eq(all.damaged, 1);
    ck_assert_ptr_nonnull(strstr(all.places, "private key"));
    mn_object_free(object);
    mn_object_free(wrong);
    EVP_PKEY_free(other);
}
END_TEST

START_TEST(a_file_cut_short_is_found_at_every_length)
{
    int fd = open(mainet_token_path(token), O_RDWR);
    struct stat info;

    ck_assert_int_eq(fstat(fd, &info), 0);
    for (off_t len = info.st_size - 1; len >= 0; len -= 1531) {
        heard all = {.sound = 0};

        ck_assert_int_eq(ftruncate(fd, len), 0);
        ck_assert_int_ne(mainet_token_check(token, hear, &all, NULL), MAINET_OK);
        ck_assert_uint_ge(all.damaged, 1);
    }
    (void)close(fd);
}
END_TEST

START_TEST(a_missing_or_short_key_file_is_found)
{
    mainet_token *service = mainet_token_create_without_pin(store, "service", NULL);
    char path[128];

    ck_assert_int_eq(mainet_token_lock(service, NULL), MAINET_OK);
    ck_assert_int_eq(mainet_token_check(service, NULL, NULL, NULL), MAINET_OK);
    (void)snprintf(path, sizeof path, "%s/%s.key", temp_folder, mainet_token_serial(service));
    ck_assert_int_eq(truncate(path, 31), 0);
    ck_assert_int_eq(mainet_token_check(service, NULL, NULL, NULL), MAINET_E_STORE_OPEN);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mainet_token_check(service, NULL, NULL, NULL), MAINET_E_STORE_OPEN);
    mainet_token_free(service);
}
END_TEST

START_TEST(a_check_changes_nothing)
{
    struct stat before;
    struct stat after;

    ck_assert_int_eq(stat(mainet_token_path(token), &before), 0);
    (void)check(MAINET_OK);
    ck_assert_int_eq(stat(mainet_token_path(token), &after), 0);
    ck_assert_int_eq(memcmp(&before.st_mtim, &after.st_mtim, sizeof before.st_mtim), 0);
    ck_assert_int_eq(memcmp(&before.st_ctim, &after.st_ctim, sizeof before.st_ctim), 0);
}
END_TEST

static Suite *
check_suite(void)
{
    Suite *suite = suite_create("check");
    TCase *check_case = tcase_create("check");

    tcase_add_checked_fixture(check_case, open_token, close_token);
    tcase_set_timeout(check_case, 60);
    tcase_add_test(check_case, everything_is_looked_at);
    tcase_add_test(check_case, the_callback_ends_the_check);
    tcase_add_loop_test(check_case, damage_is_found_and_named, 0, sizeof damages / sizeof *damages);
    tcase_add_loop_test(check_case, a_private_key_that_is_not_the_certificates_is_found, 0, 3);
    tcase_add_test(check_case, a_file_cut_short_is_found_at_every_length);
    tcase_add_test(check_case, a_missing_or_short_key_file_is_found);
    tcase_add_test(check_case, a_check_changes_nothing);
    suite_add_tcase(suite, check_case);
    return suite;
}

int
main(void)
{
    return run_suite(check_suite());
}
