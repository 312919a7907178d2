/* SPDX-License-Identifier: BSD-3-Clause */
#include <p11-kit/pkcs11.h>

#include "mainetcert/removal.h"
#include "run-suite.h"
#include "store/identity-private.h"
#include "store/key.h"
#include "store/succession.h"
#include "store/token-private.h"
#include "support/replaced.h"
#include "support/temp-store.h"

static mainet_store *store;
static mainet_token *token;
static EVP_PKEY *ca_key;
static EVP_PKEY *keys[3];
static mainet_identity *identities[3]; /* the oldest first */

static mainet_identity *
import(EVP_PKEY *key, const char *name, int serial, int days)
{
    mainet_certificate *certificate = make_certificate(key, name, ca_key, "CA", serial, days);
    const mn_identity_import what = {.key = key, .certificate = certificate, .exportable = true};
    bool was_there = false;
    mainet_identity *identity = mn_identity_import_one(token, &what, &was_there, NULL);

    ck_assert_ptr_nonnull(identity);
    mainet_certificate_free(certificate);
    return identity;
}

static void
open_token(void)
{
    temp_store_make();
    store = mainet_store_open(temp_folder, NULL);
    token = mainet_token_create(store, NULL, PIN, NULL, 0, NULL);
    ck_assert_ptr_nonnull(token);
    ca_key = make_key("EC");
    for (int i = 0; i < 3; i++) {
        keys[i] = make_key("EC");
        identities[i] = import(keys[i], "holder", 10 + i, 100 * (i + 1));
    }
}

static void
close_token(void)
{
    for (int i = 0; i < 3; i++) {
        mainet_identity_free(identities[i]);
        EVP_PKEY_free(keys[i]);
    }
    EVP_PKEY_free(ca_key);
    mainet_token_free(token);
    mainet_store_free(store);
    temp_store_remove();
}

static size_t
count_objects(uint64_t class)
{
    mn_attributes *wanted = mn_attributes_new(NULL);
    mn_ids ids = {.count = 0};
    size_t count = 0;

    (void)mn_attributes_set_number(wanted, CKA_CLASS, class, NULL);
    ck_assert_int_eq(mn_token_find(token, token->keys, wanted, &ids, NULL), MAINET_OK);
    count = ids.count;
    mn_ids_clear(&ids);
    mn_attributes_free(wanted);
    return count;
}

/* Which of the three may be pruned, as digits, the latest first. */
static const char *
prunable(uint32_t flags)
{
    static char digits[4];
    mainet_identity_list *list = mainet_token_prunable(token, flags, NULL);
    size_t len = 0;

    ck_assert_ptr_nonnull(list);
    for (size_t i = 0; i < mainet_identity_list_count(list); i++)
        for (int k = 0; k < 3; k++)
            if (strcmp(mainet_identity_id(mn_identity_list_get(list, i)),
                       mainet_identity_id(identities[k])) == 0)
                digits[len++] = (char)('0' + k);
    digits[len] = '\0';
    mainet_identity_list_free(list);
    return digits;
}

static void
confirm(int index)
{
    ck_assert_int_eq(mn_identity_set_confirmed(identities[index], 1234567890, NULL), MAINET_OK);
}

START_TEST(a_confirmation_is_kept)
{
    mainet_identity *found = NULL;

    ck_assert_int_eq(mainet_identity_confirmed_at(identities[1]), 0);
    confirm(1);
    ck_assert_int_eq(mainet_identity_confirmed_at(identities[1]), 1234567890);
    found = mainet_token_identity(token, mainet_identity_id(identities[1]), NULL);
    ck_assert_int_eq(mainet_identity_confirmed_at(found), 1234567890);
    ck_assert_str_eq(mainet_identity_label(found), mainet_identity_label(identities[1]));
    mainet_identity_free(found);
    ck_assert_uint_eq(count_objects(CKO_CERTIFICATE), 3);
}
END_TEST

START_TEST(only_what_was_confirmed_takes_a_place)
{
    ck_assert_str_eq(prunable(0), "");
    ck_assert_str_eq(prunable(MAINET_DELETE_FORCE), "10");
    confirm(1);
    ck_assert_str_eq(prunable(0), "0");
    confirm(2);
    ck_assert_str_eq(prunable(0), "10");
}
END_TEST

/* Its key may not sign any more, so nobody can log in with it. */
START_TEST(an_unusable_key_takes_nobodys_place)
{
    mn_object *object = mn_token_load(token, token->keys, identities[2]->key_row, NULL);
    mn_attributes *plain = mn_attributes_copy(mn_object_attributes(object), NULL);
    mn_object *changed = NULL;
    mainet_error err = {0};
    mainet_identity_list *list = mainet_token_prunable(token, MAINET_DELETE_FORCE, NULL);

    confirm(2);
    (void)mn_attributes_set_bool(plain, CKA_SIGN, false, NULL);
    changed = mn_object_with(object, plain, NULL);
    ck_assert_int_eq(replace_object(token, identities[2]->key_row, changed, NULL), MAINET_OK);
    ck_assert_str_eq(prunable(MAINET_DELETE_FORCE), "0"); /* the second takes the first's */
    ck_assert_str_eq(prunable(0), "");
    ck_assert_int_eq(mainet_token_prune(token, list, MAINET_DELETE_FORCE, &err),
                     MAINET_E_NOT_SUPERSEDED);
    ck_assert_uint_eq(count_objects(CKO_PRIVATE_KEY), 3);
    mainet_identity_list_free(list);
    mn_object_free(changed);
    mn_attributes_free(plain);
    mn_object_free(object);
}
END_TEST

START_TEST(pruning_is_all_or_nothing)
{
    mainet_identity_list *list = NULL;
    mainet_error err = {0};

    confirm(2);
    list = mainet_token_prunable(token, 0, NULL);
    ck_assert_int_eq(mainet_identity_delete(identities[0], 0, NULL), MAINET_OK);
    ck_assert_int_eq(mainet_token_prune(token, list, 0, &err), MAINET_E_IDENTITY_NOT_FOUND);
    ck_assert_uint_eq(count_objects(CKO_PRIVATE_KEY), 2);
    mainet_identity_list_free(list);
    list = mainet_token_prunable(token, 0, NULL);
    ck_assert_int_eq(mainet_token_prune(token, list, 0, NULL), MAINET_OK);
    ck_assert_uint_eq(count_objects(CKO_CERTIFICATE), 1);
    ck_assert_uint_eq(count_objects(CKO_PRIVATE_KEY), 1);
    ck_assert_uint_eq(count_objects(CKO_PUBLIC_KEY), 1);
    ck_assert_str_eq(prunable(MAINET_DELETE_FORCE), "");
    mainet_identity_list_free(list);
}
END_TEST

START_TEST(the_unconfirmed_do_not_push_out)
{
    mainet_error err = {0};

    ck_assert_int_eq(mainet_identity_delete(identities[1], 0, &err), MAINET_E_NOT_CONFIRMED);
    ck_assert_uint_eq(count_objects(CKO_PRIVATE_KEY), 3);
    ck_assert_int_eq(mainet_identity_delete(identities[1], MAINET_DELETE_FORCE, NULL), MAINET_OK);
    ck_assert_int_eq(mainet_identity_delete(identities[2], 0, NULL), MAINET_OK); /* the newest */
    ck_assert_int_eq(mainet_identity_delete(identities[2], 0, &err), MAINET_E_IDENTITY_NOT_FOUND);
    ck_assert_uint_eq(count_objects(CKO_PRIVATE_KEY), 1);
}
END_TEST

START_TEST(a_key_goes_with_its_last_certificate)
{
    mainet_identity *other = import(keys[2], "another name", 20, 50);

    ck_assert_int_eq(mainet_identity_delete(identities[2], 0, NULL), MAINET_OK);
    ck_assert_uint_eq(count_objects(CKO_PRIVATE_KEY), 3);
    ck_assert_uint_eq(count_objects(CKO_PUBLIC_KEY), 3);
    ck_assert_int_eq(mainet_identity_delete(other, 0, NULL), MAINET_OK);
    ck_assert_uint_eq(count_objects(CKO_PRIVATE_KEY), 2);
    ck_assert_uint_eq(count_objects(CKO_PUBLIC_KEY), 2);
    mainet_identity_free(other);
}
END_TEST

START_TEST(a_locked_token_loses_nothing)
{
    mainet_error err = {0};

    ck_assert_int_eq(mainet_token_lock(token, NULL), MAINET_OK);
    ck_assert_int_eq(mainet_identity_delete(identities[2], 0, &err), MAINET_E_TOKEN_LOCKED);
    ck_assert_ptr_null(mainet_token_prunable(token, 0, &err));
    ck_assert_int_eq(err.status, MAINET_E_TOKEN_LOCKED);
    ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_OK);
    ck_assert_uint_eq(count_objects(CKO_PRIVATE_KEY), 3);
}
END_TEST

/* Same end of validity, other subject, other issuer: nobody takes anybody's place. Nor does what
 * has not begun. */
START_TEST(successors_share_subject_and_issuer_and_have_begun)
{
    EVP_PKEY *other_ca = make_key("EC");
    mainet_certificate *all[] = {
        make_certificate(keys[0], "a", ca_key, "CA", 1, 10),
        make_certificate(keys[0], "b", ca_key, "CA", 2, 20),
        make_certificate(keys[0], "a", other_ca, "Other CA", 3, 20),
        make_certificate(keys[0], "a", ca_key, "CA", 4, 30),
        make_certificate(keys[0], "a", ca_key, "CA", 5, 20),
        make_certificate_from(1, keys[0], "a", ca_key, "CA", 6, 40),
        make_certificate_from(1, keys[0], "b", ca_key, "CA", 7, 30),
    };
    const mainet_certificate *successors[7];
    mn_place places[7];

    for (size_t i = 0; i < 7; i++)
        places[i] = (mn_place){all[i], mn_certificate_has_begun(all[i], 0), &successors[i]};
    mn_successors(places, 7);
    ck_assert_ptr_eq(successors[0], all[3]);
    ck_assert_ptr_null(successors[1]);
    ck_assert_ptr_null(successors[2]);
    ck_assert_ptr_null(successors[3]);
    ck_assert_ptr_eq(successors[4], all[3]);
    ck_assert_ptr_null(successors[5]);
    ck_assert_ptr_null(successors[6]);
    for (size_t i = 0; i < 7; i++)
        mainet_certificate_free(all[i]);
    EVP_PKEY_free(other_ca);
}
END_TEST

static const char *
successor_of(const mainet_identity *identity)
{
    static char id[65];
    mainet_identity *found = mainet_token_identity(token, mainet_identity_id(identity), NULL);
    mainet_identity_list *list = mainet_token_identities(token, NULL);

    ck_assert_ptr_nonnull(found);
    strcpy(id, mainet_identity_superseded_by(found));
    for (size_t i = 0; i < mainet_identity_list_count(list); i++) {
        const mainet_identity *one = mn_identity_list_get(list, i);

        if (strcmp(mainet_identity_id(one), mainet_identity_id(identity)) == 0)
            ck_assert_str_eq(mainet_identity_superseded_by(one), id);
    }
    mainet_identity_list_free(list);
    mainet_identity_free(found);
    return id;
}

/* It begins in a month: until then its predecessor is what logs in. */
START_TEST(what_has_not_begun_takes_nobodys_place)
{
    mainet_certificate *certificate =
        make_certificate_from(30, keys[2], "holder", ca_key, "CA", 20, 400);
    const mn_identity_import what = {.key = keys[2], .certificate = certificate};
    bool was_there = false;
    mainet_identity *next = mn_identity_import_one(token, &what, &was_there, NULL);
    mainet_identity_list *list = NULL;

    ck_assert_str_eq(successor_of(identities[0]), mainet_identity_id(identities[2]));
    ck_assert_str_eq(successor_of(identities[2]), "");
    ck_assert_str_eq(prunable(MAINET_DELETE_FORCE), "10");
    /* the page says that it is of use, so this machine's clock is wrong */
    ck_assert_int_eq(mn_identity_set_confirmed(next, 1234567890, NULL), MAINET_OK);
    ck_assert_str_eq(successor_of(identities[2]), mainet_identity_id(next));
    ck_assert_str_eq(prunable(0), "210");
    list = mainet_token_prunable(token, 0, NULL);
    ck_assert_int_eq(mainet_token_prune(token, list, 0, NULL), MAINET_OK);
    mainet_identity_list_free(list);
    mainet_identity_free(next);
    mainet_certificate_free(certificate);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("removal");
    TCase *tests = tcase_create("removal");

    tcase_add_checked_fixture(tests, open_token, close_token);
    tcase_add_test(tests, a_confirmation_is_kept);
    tcase_add_test(tests, only_what_was_confirmed_takes_a_place);
    tcase_add_test(tests, an_unusable_key_takes_nobodys_place);
    tcase_add_test(tests, pruning_is_all_or_nothing);
    tcase_add_test(tests, the_unconfirmed_do_not_push_out);
    tcase_add_test(tests, a_key_goes_with_its_last_certificate);
    tcase_add_test(tests, a_locked_token_loses_nothing);
    tcase_add_test(tests, successors_share_subject_and_issuer_and_have_begun);
    tcase_add_test(tests, what_has_not_begun_takes_nobodys_place);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
