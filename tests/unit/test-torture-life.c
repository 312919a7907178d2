/* SPDX-License-Identifier: BSD-3-Clause */
/* Every allocation fails in turn while a token changes: all of it is done, or nothing. */
#include <sys/stat.h>

#include "run-suite.h"
#include "store/rekey.h"
#include "support/temp-store.h"
#include "support/torture.h"

static mainet_store *store;
static mainet_token *token; /* without PIN, so that a thousand rounds pay no derivation */
static uint8_t key_file[MN_SEAL_KEY_LEN];
static char key_path[128];
static char copy[128];

static void
open_token(void)
{
    mainet_error err = {0};
    EVP_PKEY *key = NULL;
    mainet_certificate *certificate = NULL;
    bool was_there = false;
    FILE *file = NULL;

    temp_store_make();
    store = mainet_store_open(temp_folder, NULL);
    token = mainet_token_create_without_pin(store, "old", NULL);
    ck_assert_ptr_nonnull(token);
    key = make_key("EC");
    certificate = make_certificate(key, "A", key, "A", 1, 365);
    mainet_identity_free(mn_identity_import_one(
        token, &(mn_identity_import){.key = key, .certificate = certificate}, &was_there, &err));
    mainet_certificate_free(certificate);
    EVP_PKEY_free(key);
    (void)snprintf(key_path, sizeof key_path, "%s/%s.key", temp_folder, mainet_token_serial(token));
    (void)snprintf(copy, sizeof copy, "%s/copy", temp_folder);
    file = fopen(key_path, "r");
    ck_assert_uint_eq(fread(key_file, 1, sizeof key_file, file), sizeof key_file);
    (void)fclose(file);
}

static void
close_token(void)
{
    mainet_token_free(token);
    mainet_store_free(store);
    temp_store_remove();
}

static void
put_key_file(void)
{
    FILE *file = fopen(key_path, "w");

    ck_assert_uint_eq(fwrite(key_file, 1, sizeof key_file, file), sizeof key_file);
    (void)fclose(file);
    ck_assert_int_eq(chmod(key_path, 0600), 0);
}

static mainet_status
rename_it(mainet_error *err)
{
    mainet_status status =
        mainet_token_rename(token, strcmp(token->label, "new") == 0 ? "old" : "new", err);

    return status;
}

static mainet_status
set_it(mainet_error *err)
{
    return mainet_token_set(token, "show-expired", "no", err);
}

static mainet_status
back_it_up(mainet_error *err)
{
    return mainet_token_backup(token, copy, err);
}

static mainet_status
check_it(mainet_error *err)
{
    return mainet_token_check(token, NULL, NULL, err);
}

/* As the first PIN is set, but to the same key file. */
static mainet_status
rekey_it(mainet_error *err)
{
    mn_auto_rekey rekey = {.count = 0};
    mn_auto(mn_keys) keys = NULL;
    mn_wrap opened;

    keys = mn_token_prove(token, MN_ROLE_NONE, NULL, 0, &opened, err);
    if (keys == NULL)
        return mn_failure(err);
    MN_TRY(mn_rekey_start(&rekey, keys, err));
    MN_TRY(mn_rekey_add(&rekey, &opened, MN_ROLE_NONE, key_file, sizeof key_file, err));
    MN_TRY(mn_rekey_run(&rekey, token, err));
    mn_keys_free(token->keys);
    token->keys = mn_keys_take(&rekey.new_keys);
    return MAINET_OK;
}

static const struct {
    mainet_status (*act)(mainet_error *err);
    size_t at_least;
} acts[] = {
    {rename_it, 20}, {set_it, 20}, {back_it_up, 20}, {check_it, 100}, {rekey_it, 100},
};

START_TEST(a_change_survives_every_failed_allocation)
{
    size_t nth = 0;
    bool failed = false;

    do {
        mainet_error err = {0};
        mainet_status status = MAINET_OK;
        mainet_token *again = NULL;

        torture_arm(++nth);
        status = acts[_i].act(&err);
        failed = torture_disarm();
        ck_assert_msg(status == MAINET_OK || (failed && status == MAINET_E_NO_MEMORY),
                      "allocation %zu: %s %s", nth, mainet_status_name(status), err.detail);
        ck_assert_int_eq(access(copy, F_OK) == 0,
                         acts[_i].act == back_it_up && status == MAINET_OK);
        (void)unlink(copy);
        (void)strcat(copy, ".key");
        ck_assert_int_eq(access(copy, F_OK) == 0,
                         acts[_i].act == back_it_up && status == MAINET_OK);
        (void)unlink(copy);
        copy[strlen(copy) - strlen(".key")] = '\0';
        if (acts[_i].act == check_it)
            continue; /* it changes nothing (test-check.c) */
        put_key_file();
        again = mainet_token_open(store, token->label, &err);
        ck_assert_msg(again != NULL, "allocation %zu: %s", nth, err.detail);
        ck_assert_int_eq(mainet_token_unlock(again, NULL, 0, NULL), MAINET_OK);
        mainet_token_free(again);
    } while (failed);
    ck_assert_uint_gt(nth, acts[_i].at_least);
    ck_assert_int_eq(mainet_token_check(token, NULL, NULL, NULL), MAINET_OK);
}
END_TEST

START_TEST(a_restore_survives_every_failed_allocation)
{
    char file[128];
    size_t nth = 0;
    bool failed = false;

    ck_assert_int_eq(mainet_token_backup(token, copy, NULL), MAINET_OK);
    (void)snprintf(file, sizeof file, "%s", mainet_token_path(token));
    ck_assert_int_eq(mainet_token_delete(token, NULL), MAINET_OK);
    do {
        mainet_error err = {0};
        mainet_token *restored = NULL;

        torture_arm(++nth);
        restored = mainet_store_restore(store, copy, &err);
        failed = torture_disarm();
        ck_assert_msg(restored != NULL || (failed && err.status == MAINET_E_NO_MEMORY),
                      "allocation %zu: %s %s", nth, mainet_status_name(err.status), err.detail);
        ck_assert_int_eq(access(file, F_OK) == 0, restored != NULL);
        if (restored != NULL)
            ck_assert_int_eq(mainet_token_unlock(restored, NULL, 0, NULL), MAINET_OK);
        (void)unlink(file);
        mainet_token_free(restored);
    } while (failed);
    ck_assert_uint_gt(nth, 20);
}
END_TEST

static Suite *
torture_suite(void)
{
    Suite *suite = suite_create("torture-life");
    TCase *life = tcase_create("life");

    tcase_add_checked_fixture(life, open_token, close_token);
    tcase_set_timeout(life, 240);
    tcase_add_loop_test(life, a_change_survives_every_failed_allocation, 0,
                        sizeof acts / sizeof *acts);
    tcase_add_test(life, a_restore_survives_every_failed_allocation);
    suite_add_tcase(suite, life);
    return suite;
}

int
main(void)
{
    return run_suite(torture_suite());
}
