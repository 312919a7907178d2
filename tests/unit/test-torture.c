/* SPDX-License-Identifier: BSD-3-Clause */
/* Every allocation fails in turn; nothing is lost, nothing half done. */
#include <p11-kit/pkcs11.h>

#include "run-suite.h"
#include "store/rows.h"
#include "store/token-private.h"
#include "support/temp-store.h"
#include "support/torture.h"

static mainet_store *store;
static mainet_token *token;
static EVP_PKEY *key;
static mainet_certificate *certificate;

static void
open_token(void)
{
    temp_store_make();
    store = mainet_store_open(temp_folder, NULL);
    token = mainet_token_create(store, NULL, PIN, NULL, 0, NULL);
    ck_assert_ptr_nonnull(token);
    key = make_key("EC");
    certificate = make_certificate(key, "A", key, "A", 1, 365);
}

static void
close_token(void)
{
    mainet_certificate_free(certificate);
    EVP_PKEY_free(key);
    mainet_token_free(token);
    mainet_store_free(store);
    temp_store_remove();
}

static size_t
count_identities(void)
{
    mainet_identity_list *list = mainet_token_identities(token, NULL);
    size_t count = 0;

    ck_assert_ptr_nonnull(list);
    count = mainet_identity_list_count(list);
    mainet_identity_list_free(list);
    return count;
}

START_TEST(unlock_survives_every_failed_allocation)
{
    /* without a PIN, so that a thousand rounds do not pay a derivation each */
    mainet_token *plain = mainet_token_create_without_pin(store, "plain", NULL);
    size_t nth = 0;
    bool failed = false;

    do {
        mainet_status status = MAINET_OK;

        ck_assert_int_eq(mainet_token_lock(plain, NULL), MAINET_OK);
        torture_arm(++nth);
        status = mainet_token_unlock(plain, NULL, 0, NULL);
        failed = torture_disarm();
        ck_assert_msg(status == MAINET_OK || (failed && status == MAINET_E_NO_MEMORY),
                      "allocation %zu: %s", nth, mainet_status_name(status));
        ck_assert_int_eq(mainet_token_is_locked(plain), status != MAINET_OK);
    } while (failed);
    ck_assert_uint_gt(nth, 100);
    mainet_token_free(plain);
}
END_TEST

START_TEST(import_survives_every_failed_allocation)
{
    mn_identity_import what = {
        .key = key, .certificate = certificate, .exportable = true, .acquired_at = 1};
    size_t nth = 0;
    bool failed = false;

    do {
        mainet_error err = {0};
        bool was_there = false;
        mainet_identity *identity = NULL;
        size_t before = count_identities();

        torture_arm(++nth);
        identity = mn_identity_import_one(token, &what, &was_there, &err);
        failed = torture_disarm();
        ck_assert_msg(identity != NULL || (failed && err.status == MAINET_E_NO_MEMORY),
                      "allocation %zu: %s %s", nth, mainet_status_name(err.status), err.detail);
        ck_assert_uint_eq(count_identities(), identity != NULL ? 1 : before);
        mainet_identity_free(identity);
    } while (failed);
    ck_assert_uint_gt(nth, 50);
    ck_assert_uint_eq(count_identities(), 1);
}
END_TEST

START_TEST(creation_survives_every_failed_allocation)
{
    size_t nth = 0;
    bool failed = false;

    do {
        mainet_error err = {0};
        mainet_token *made = NULL;
        mainet_token_list *list = NULL;

        torture_arm(++nth);
        made = mainet_token_create_without_pin(store, "second", &err);
        failed = torture_disarm();
        ck_assert_msg(made != NULL || (failed && err.status == MAINET_E_NO_MEMORY),
                      "allocation %zu: %s %s", nth, mainet_status_name(err.status), err.detail);
        list = mainet_store_tokens(store, NULL);
        ck_assert_uint_eq(mainet_token_list_count(list), made != NULL ? 2 : 1);
        mainet_token_list_free(list);
        if (made != NULL && failed) /* SQLite survives some: once more */
            ck_assert_int_eq(unlink(mainet_token_path(made)), 0);
        mainet_token_free(made);
    } while (failed);
    ck_assert_uint_gt(nth, 20);
}
END_TEST

static Suite *
torture_suite(void)
{
    Suite *suite = suite_create("torture");
    TCase *store_case = tcase_create("store");

    tcase_add_checked_fixture(store_case, open_token, close_token);
    tcase_set_timeout(store_case, 240);
    tcase_add_test(store_case, unlock_survives_every_failed_allocation);
    tcase_add_test(store_case, import_survives_every_failed_allocation);
    tcase_add_test(store_case, creation_survives_every_failed_allocation);
    suite_add_tcase(suite, store_case);
    return suite;
}

int
main(void)
{
    return run_suite(torture_suite());
}
