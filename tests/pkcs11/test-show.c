/* SPDX-License-Identifier: BSD-3-Clause */
/* What applications get to see of identities that are superseded or expired, and in which order. */
#include "fixture.h"
#include "unit/run-suite.h"

/* The order in which they are imported; each class is to be shown in another. */
static const struct {
    const char *type; /* of a new key; NULL: that of the RSA identity */
    const char *subject;
    int start;
    int days;
} added[] = {
    {"EC", "gone", -2, -1},
    {"EC", "EC", 0, 100}, /* the one in the fixture has 365 */
    {NULL, "RSA", 0, 700},
    {"EC", "ED25519", 5, 700}, /* takes nobody's place before it begins */
};

#define ADDED_COUNT (sizeof added / sizeof *added)

static CK_OBJECT_CLASS certificate_class = CKO_CERTIFICATE;
static CK_OBJECT_CLASS public_class = CKO_PUBLIC_KEY;
static CK_OBJECT_CLASS private_class = CKO_PRIVATE_KEY;

static mainet_token *
unlock(void)
{
    mainet_token *token = mainet_token_open(store, "MaiNet", NULL);

    ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_OK);
    return token;
}

static void
add_identities(void)
{
    mainet_token *token = unlock();

    for (size_t i = 0; i < ADDED_COUNT; i++) {
        EVP_PKEY *key = added[i].type == NULL ? keys[0] : make_key(added[i].type);
        mainet_certificate *certificate = make_certificate_from(
            added[i].start, key, added[i].subject, ca_key, "Test CA", 50 + (int)i, added[i].days);
        const mn_identity_import what = {.key = key, .certificate = certificate};
        bool was_there = false;
        mainet_identity *identity = mn_identity_import_one(token, &what, &was_there, NULL);

        ck_assert_ptr_nonnull(identity);
        mainet_identity_free(identity);
        mainet_certificate_free(certificate);
        if (key != keys[0])
            EVP_PKEY_free(key);
    }
    mainet_token_free(token);
}

/* Another process, as far as the module can tell. */
static void
choose(const char *superseded, const char *expired)
{
    mainet_token *token = unlock();

    ck_assert_int_eq(mainet_token_set(token, "show-superseded", superseded, NULL), MAINET_OK);
    ck_assert_int_eq(mainet_token_set(token, "show-expired", expired, NULL), MAINET_OK);
    mainet_token_free(token);
}

static CK_ULONG
find_class(CK_SESSION_HANDLE session, CK_OBJECT_CLASS *class, CK_OBJECT_HANDLE found[16])
{
    CK_ATTRIBUTE template = {CKA_CLASS, class, sizeof *class};

    return find(session, &template, 1, found);
}

static const struct {
    const char *superseded;
    const char *expired;
    CK_ULONG certificates; /* the CA's too */
    CK_ULONG keys;
} rows[] = {
    {"yes", "yes", 8, 6},
    {"no", "yes", 6, 5}, /* the RSA key stays: the newer certificate uses it too */
    {"yes", "no", 7, 5},
    {"no", "no", 5, 4},
};

START_TEST(settings_hide_certificates_and_keys_from_the_next_search_on)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_OBJECT_HANDLE found[16];

    choose("yes", "yes");
    ck_assert_uint_eq(find_class(session, &certificate_class, found), 8);
    choose(rows[_i].superseded, rows[_i].expired);
    ck_assert_uint_eq(find_class(session, &certificate_class, found), rows[_i].certificates);
    ck_assert_uint_eq(find_class(session, &public_class, found), rows[_i].keys);
    ck_assert_uint_eq(find_class(session, &private_class, found), rows[_i].keys);
}
END_TEST

START_TEST(what_is_hidden_is_not_found_by_its_name_either_but_its_handle_stays_good)
{
    const CK_SESSION_HANDLE session = open_session(SLOT, 0);
    CK_OBJECT_HANDLE gone = CK_INVALID_HANDLE;
    CK_ULONG size = 0;

    choose("yes", "yes");
    gone = find_one(session, CKO_CERTIFICATE, "gone");
    ck_assert_uint_ne(gone, CK_INVALID_HANDLE);
    choose("yes", "no");
    ck_assert_uint_eq(find_one(session, CKO_CERTIFICATE, "gone"), CK_INVALID_HANDLE);
    ck_assert_rv(p11->C_GetObjectSize(session, gone, &size), CKR_OK);
}
END_TEST

static void
read_label(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, char label[64])
{
    CK_ATTRIBUTE template = {CKA_LABEL, label, 63};

    ck_assert_rv(p11->C_GetAttributeValue(session, object, &template, 1), CKR_OK);
    label[template.ulValueLen] = '\0';
}

/* RSA, EC, ED25519, the CA, then what was added: gone, EC (2026-…), RSA (2028-…), ED25519 (2028-…).
 */
static const char *const certificate_order[] = {"Test CA",   "EC",  "ED25519", "RSA (",
                                                "ED25519 (", "RSA", "EC (",    "gone"};
static const char *const key_order[] = {"RSA", "EC", "ED25519", "ED25519 (", "EC (", "gone"};

static void
check_order(CK_OBJECT_CLASS *class, const char *const *order, size_t count)
{
    const CK_SESSION_HANDLE session = open_session(SLOT, 0);
    CK_OBJECT_HANDLE found[16];

    ck_assert_uint_eq(find_class(session, class, found), count);
    for (size_t i = 0; i < count; i++) {
        const size_t len = strlen(order[i]);
        char label[64];

        read_label(session, found[i], label);
        ck_assert_msg(order[i][len - 1] == '(' ? strncmp(label, order[i], len) == 0
                                               : strcmp(label, order[i]) == 0,
                      "%zu: %s instead of %s", i, label, order[i]);
    }
}

START_TEST(what_is_current_comes_first_and_what_has_expired_last)
{
    choose("yes", "yes");
    check_order(&certificate_class, certificate_order,
                sizeof certificate_order / sizeof *certificate_order);
    check_order(&public_class, key_order, sizeof key_order / sizeof *key_order);
}
END_TEST

/* An identity that is deleted leaves its predecessor current. */
START_TEST(standings_follow_what_others_change)
{
    const CK_SESSION_HANDLE session = open_session(SLOT, 0);
    mainet_token *token = unlock();
    mn_attributes *wanted = mn_attributes_new(NULL);
    CK_OBJECT_HANDLE found[16];
    mn_ids ids = {0};
    mainet_error err = {0};

    choose("no", "no");
    ck_assert_uint_eq(find_class(session, &certificate_class, found), 5);
    (void)mn_attributes_set_text(wanted, CKA_LABEL, "EC", NULL);
    ck_assert_int_eq(mn_token_find(token, mn_token_keys(token), wanted, &ids, NULL), MAINET_OK);
    for (size_t i = 0; i < ids.count; i++) /* the public key goes with the private one */
        (void)mn_token_delete(token, mn_token_keys(token), ids.ids[i], &err);
    ck_assert_uint_eq(find_class(session, &certificate_class, found), 5);
    mn_ids_clear(&ids);
    mn_attributes_free(wanted);
    mainet_token_free(token);
}
END_TEST

static void
make_store_with_more(void)
{
    make_store();
    add_identities();
}

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("show");
    TCase *all = tcase_create("show");

    tcase_set_timeout(all, 60);
    tcase_add_unchecked_fixture(all, make_store_with_more, remove_store);
    tcase_add_checked_fixture(all, start_module, stop_module);
    tcase_add_loop_test(all, settings_hide_certificates_and_keys_from_the_next_search_on, 0,
                        sizeof rows / sizeof *rows);
    tcase_add_test(all, what_is_hidden_is_not_found_by_its_name_either_but_its_handle_stays_good);
    tcase_add_test(all, what_is_current_comes_first_and_what_has_expired_last);
    tcase_add_test(all, standings_follow_what_others_change);
    suite_add_tcase(suite, all);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
