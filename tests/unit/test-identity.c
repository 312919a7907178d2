/* SPDX-License-Identifier: BSD-3-Clause */
#include <dirent.h>
#include <openssl/rsa.h>
#include <p11-kit/pkcs11.h>
#include <p11-kit/uri.h>
#include <time.h>

#include "run-suite.h"
#include "store/key.h"
#include "store/rows.h"
#include "store/token-private.h"
#include "store/public-attributes.h"
#include "support/temp-store.h"

static mainet_store *store;
static mainet_token *token;
static EVP_PKEY *ca_key;
static mainet_certificate *ca;

static void
open_token(void)
{
    temp_store_make();
    store = mainet_store_open(temp_folder, NULL);
    token = mainet_token_create(store, NULL, PIN, NULL, 0, NULL);
    ck_assert_ptr_nonnull(token);
    ca_key = make_key("EC");
    ca = make_certificate(ca_key, "Test CA", ca_key, "Test CA", 1, 3650);
}

static void
close_token(void)
{
    mainet_certificate_free(ca);
    EVP_PKEY_free(ca_key);
    mainet_token_free(token);
    mainet_store_free(store);
    temp_store_remove();
}

static mainet_identity *
import(EVP_PKEY *key, const mainet_certificate *certificate, bool exportable, bool *was_there)
{
    mainet_error err = {0};
    const mainet_certificate *chain[] = {ca};
    mn_identity_import what = {.key = key,
                               .certificate = certificate,
                               .chain = chain,
                               .chain_count = 1,
                               .exportable = exportable,
                               .certificate_number = "C-1",
                               .group_id = "G-1",
                               .service = "/etc/mainet.conf",
                               .acquired_at = 1234567890};
    mainet_identity *identity = mn_identity_import_one(token, &what, was_there, &err);

    ck_assert_msg(identity != NULL, "%s", err.detail);
    return identity;
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

static const char *const key_types[] = {"RSA", "EC", "ED25519"};

START_TEST(an_imported_identity_signs_what_its_certificate_verifies)
{
    EVP_PKEY *key = make_key(key_types[_i]);
    mainet_certificate *certificate = make_certificate(key, "山田 太郎", ca_key, "Test CA", 2, 365);
    bool was_there = true;
    mainet_identity *identity = import(key, certificate, true, &was_there);
    EVP_PKEY *loaded = mn_identity_key(identity, NULL);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    uint8_t signature[512];
    size_t len = sizeof signature;
    bool is_edwards = strcmp(key_types[_i], "ED25519") == 0;

    ck_assert(!was_there);
    ck_assert_ptr_nonnull(loaded);
    ck_assert_int_eq(EVP_PKEY_eq(loaded, key), 1);
    ck_assert_int_eq(EVP_DigestSignInit_ex(context, NULL, is_edwards ? NULL : "SHA256",
                                           mn_crypto_context(), NULL, loaded, NULL),
                     1);
    ck_assert_int_eq(EVP_DigestSign(context, signature, &len, (const uint8_t *)"x", 1), 1);
    EVP_MD_CTX_free(context);
    context = EVP_MD_CTX_new();
    ck_assert_int_eq(EVP_DigestVerifyInit_ex(context, NULL, is_edwards ? NULL : "SHA256",
                                             mn_crypto_context(), NULL,
                                             mn_certificate_key(certificate), NULL),
                     1);
    ck_assert_int_eq(EVP_DigestVerify(context, signature, len, (const uint8_t *)"x", 1), 1);
    ck_assert_str_eq(mainet_identity_label(identity), "山田 太郎");
    ck_assert_str_eq(mainet_identity_certificate_number(identity), "C-1");
    ck_assert_str_eq(mainet_identity_group_id(identity), "G-1");
    ck_assert_int_eq(mainet_identity_acquired_at(identity), 1234567890);
    ck_assert_uint_eq(mainet_identity_chain_length(identity), 2);
    ck_assert(mainet_identity_is_chain_complete(identity));
    ck_assert(mainet_identity_is_exportable(identity));
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(loaded);
    mainet_identity_free(identity);
    mainet_certificate_free(certificate);
    EVP_PKEY_free(key);
}
END_TEST

/* To PKCS#11 it is an RSA key; its certificate's restriction to PSS is kept by who verifies. */
START_TEST(a_key_that_is_kept_to_pss_is_an_rsa_key)
{
    EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(mn_crypto_context(), "RSA-PSS", NULL);
    EVP_PKEY *key = NULL;
    mainet_certificate *certificate = NULL;
    bool was_there = true;
    mainet_identity *identity = NULL;
    EVP_PKEY *loaded = NULL;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *method = NULL;
    uint8_t signature[512];
    size_t len = sizeof signature;

    ck_assert_int_eq(EVP_PKEY_keygen_init(maker), 1);
    ck_assert_int_eq(EVP_PKEY_generate(maker, &key), 1);
    certificate = make_certificate(key, "PSS", ca_key, "Test CA", 2, 365);
    identity = import(key, certificate, true, &was_there);
    loaded = mn_identity_key(identity, NULL);
    ck_assert(loaded != NULL && EVP_PKEY_is_a(loaded, "RSA"));
    ck_assert_int_eq(
        EVP_DigestSignInit_ex(context, &method, "SHA256", mn_crypto_context(), NULL, loaded, NULL),
        1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(method, RSA_PKCS1_PSS_PADDING), 1);
    ck_assert_int_eq(EVP_DigestSign(context, signature, &len, (const uint8_t *)"x", 1), 1);
    EVP_MD_CTX_free(context);
    context = EVP_MD_CTX_new();
    ck_assert_int_eq(
        EVP_DigestVerifyInit_ex(context, NULL, "SHA256", mn_crypto_context(), NULL, key, NULL), 1);
    ck_assert_int_eq(EVP_DigestVerify(context, signature, len, (const uint8_t *)"x", 1), 1);
    ck_assert_uint_eq(count_objects(CKO_PUBLIC_KEY), 1);
    EVP_PKEY_CTX_free(maker);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(loaded);
    mainet_identity_free(identity);
    mainet_certificate_free(certificate);
    EVP_PKEY_free(key);
}
END_TEST

START_TEST(importing_what_is_there_changes_nothing)
{
    EVP_PKEY *key = make_key("EC");
    mainet_certificate *certificate = make_certificate(key, "A", ca_key, "Test CA", 2, 365);
    bool was_there = true;
    mn_token_info before;
    mn_token_info after;

    mainet_identity_free(import(key, certificate, true, &was_there));
    ck_assert(!was_there);
    ck_assert_int_eq(mn_token_read_info(token, &before, NULL), MAINET_OK);
    mainet_identity_free(import(key, certificate, true, &was_there));
    ck_assert(was_there);
    ck_assert_int_eq(mn_token_read_info(token, &after, NULL), MAINET_OK);
    ck_assert(before.generation == after.generation);
    ck_assert_uint_eq(count_objects(CKO_CERTIFICATE), 2);
    ck_assert_uint_eq(count_objects(CKO_PRIVATE_KEY), 1);
    ck_assert_uint_eq(count_objects(CKO_PUBLIC_KEY), 1);
    mainet_certificate_free(certificate);
    EVP_PKEY_free(key);
}
END_TEST

START_TEST(a_renewed_identity_supersedes_and_says_its_end)
{
    EVP_PKEY *old_key = make_key("EC");
    EVP_PKEY *new_key = make_key("EC");
    mainet_certificate *old = make_certificate(old_key, "A", ca_key, "Test CA", 2, 30);
    mainet_certificate *renewed = make_certificate(new_key, "A", ca_key, "Test CA", 3, 395);
    bool was_there = false;
    mainet_identity_list *list = NULL;
    mainet_identity *first = NULL;
    mainet_identity *second = NULL;

    mainet_identity_free(import(old_key, old, true, &was_there));
    mainet_identity_free(import(new_key, renewed, false, &was_there));
    list = mainet_token_identities(token, NULL);
    ck_assert_uint_eq(mainet_identity_list_count(list), 2);
    first = mainet_identity_list_at(list, 0, NULL);
    second = mainet_identity_list_at(list, 1, NULL);
    mainet_identity_list_free(list);
    ck_assert_str_eq(mainet_identity_id(first), mainet_certificate_sha256(renewed));
    ck_assert_str_eq(mainet_identity_superseded_by(first), "");
    ck_assert_str_eq(mainet_identity_superseded_by(second), mainet_identity_id(first));
    ck_assert_ptr_nonnull(strstr(mainet_identity_label(first), "A (20"));
    ck_assert(!mainet_identity_is_exportable(first));
    mainet_identity_free(first);
    mainet_identity_free(second);
    mainet_certificate_free(old);
    mainet_certificate_free(renewed);
    EVP_PKEY_free(old_key);
    EVP_PKEY_free(new_key);
}
END_TEST

START_TEST(days_are_counted_down)
{
    static const int ends[] = {-400, -1, 0, 1, 30, 20000};
    EVP_PKEY *key = make_key("EC");

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        mainet_certificate *certificate =
            make_certificate_from(-500, key, "A", ca_key, "Test CA", 2 + (int)i, ends[i]);
        bool was_there = false;
        mainet_identity *identity = import(key, certificate, true, &was_there);
        const int64_t end = mainet_certificate_not_after(certificate);
        const int64_t before = (int64_t)time(NULL);
        const int64_t left = 86400 * (int64_t)mainet_identity_days_left(identity);

        ck_assert_int_le(left, end - before);
        ck_assert_int_gt(left + 86400, end - (int64_t)time(NULL));
        mainet_identity_free(identity);
        mainet_certificate_free(certificate);
    }
    EVP_PKEY_free(key);
}
END_TEST

static mn_attributes *
describe(uint64_t class, const char *label, const char *id)
{
    mn_attributes *plain = mn_attributes_new(NULL);

    (void)mn_attributes_set_number(plain, CKA_CLASS, class, NULL);
    (void)mn_attributes_set_bool(plain, CKA_TOKEN, true, NULL);
    (void)mn_attributes_set_bool(plain, CKA_PRIVATE, class == CKO_PRIVATE_KEY, NULL);
    (void)mn_attributes_set_text(plain, CKA_LABEL, label, NULL);
    (void)mn_attributes_set(plain, CKA_ID, id, strlen(id), NULL);
    return plain;
}

static void
insert_object(mn_object *object)
{
    mainet_error err = {0};

    ck_assert_msg(mn_token_insert(token, token->keys, &object, 1, &err) == MAINET_OK, "%s",
                  err.detail);
    mn_object_free(object);
}

/* How many objects of a class have this CKA_LABEL and CKA_ID. */
static size_t
count_named(uint64_t class, const char *label, const char *id)
{
    mn_attributes *wanted = describe(class, label, id);
    mn_ids ids = {.count = 0};
    size_t count = 0;

    ck_assert_int_eq(mn_token_find(token, token->keys, wanted, &ids, NULL), MAINET_OK);
    count = ids.count;
    mn_ids_clear(&ids);
    mn_attributes_free(wanted);
    return count;
}

/* A key was generated here under an id of somebody's choice, its certificate comes later. */
START_TEST(a_certificate_gets_the_id_that_its_key_has)
{
    EVP_PKEY *key = make_key("EC");
    mainet_certificate *certificate = make_certificate(key, "A", ca_key, "Test CA", 2, 30);
    mn_attributes *plain = describe(CKO_PRIVATE_KEY, "mine", "01");
    mn_object *object = NULL;
    mn_buffer der = MN_BUFFER_INIT(0);
    mn_public_info info;
    bool was_there = false;

    ck_assert_int_eq(mn_key_read(key, &der, &info, NULL), MAINET_OK);
    ck_assert_int_eq(mn_public_info_set_private(&info, plain, NULL), MAINET_OK);
    mn_buffer_clear(&der);
    object = mn_object_new(plain, NULL);
    ck_assert_int_eq(mn_key_set_secrets(key, object, NULL), MAINET_OK);
    insert_object(object);
    mainet_identity_free(import(key, certificate, true, &was_there));
    ck_assert_uint_eq(count_named(CKO_PRIVATE_KEY, "mine", "01"), 1);
    ck_assert_uint_eq(count_named(CKO_PUBLIC_KEY, "mine", "01"), 1);
    ck_assert_uint_eq(count_named(CKO_CERTIFICATE, "A", "01"), 1);
    mn_attributes_free(plain);
    mainet_certificate_free(certificate);
    EVP_PKEY_free(key);
}
END_TEST

/* The certificate was imported by itself and got a name: that is no renewal. */
START_TEST(a_key_gets_the_names_that_its_certificate_has)
{
    EVP_PKEY *key = make_key("EC");
    mainet_certificate *certificate = make_certificate(key, "A", ca_key, "Test CA", 2, 30);
    mn_attributes *plain = describe(CKO_CERTIFICATE, "alone", "77");
    size_t len = 0;
    const uint8_t *der = mn_certificate_der(certificate, &len);
    bool was_there = false;

    (void)mn_attributes_set(plain, CKA_VALUE, der, len, NULL);
    der = mn_certificate_subject_der(certificate, &len);
    (void)mn_attributes_set(plain, CKA_SUBJECT, der, len, NULL);
    der = mn_certificate_issuer_der(certificate, &len);
    (void)mn_attributes_set(plain, CKA_ISSUER, der, len, NULL);
    insert_object(mn_object_new(plain, NULL));
    mainet_identity_free(import(key, certificate, true, &was_there));
    ck_assert_uint_eq(count_named(CKO_CERTIFICATE, "alone", "77"), 1);
    ck_assert_uint_eq(count_named(CKO_PRIVATE_KEY, "alone", "77"), 1);
    ck_assert_uint_eq(count_named(CKO_PUBLIC_KEY, "alone", "77"), 1);
    mn_attributes_free(plain);
    mainet_certificate_free(certificate);
    EVP_PKEY_free(key);
}
END_TEST

START_TEST(an_identity_is_found_by_a_unique_prefix_without_pin)
{
    EVP_PKEY *key = make_key("EC");
    mainet_certificate *certificate = make_certificate(key, "A", ca_key, "Test CA", 2, 365);
    mainet_error err = {0};
    bool was_there = false;
    char prefix[9] = "";
    mainet_identity *found = NULL;

    mainet_identity_free(import(key, certificate, true, &was_there));
    ck_assert_int_eq(mainet_token_lock(token, NULL), MAINET_OK);
    memcpy(prefix, mainet_certificate_sha256(certificate), 8);
    found = mainet_token_identity(token, prefix, &err);
    ck_assert_msg(found != NULL, "%s", err.detail);
    ck_assert_ptr_null(mn_identity_key(found, &err));
    ck_assert_int_eq(err.status, MAINET_E_TOKEN_LOCKED);
    ck_assert_ptr_null(mainet_token_identity(token, "not-hex", &err));
    ck_assert_int_eq(err.status, MAINET_E_IDENTITY_NOT_FOUND);
    mainet_identity_free(found);
    mainet_certificate_free(certificate);
    EVP_PKEY_free(key);
}
END_TEST

START_TEST(the_uri_names_the_token_and_the_id)
{
    EVP_PKEY *key = make_key("EC");
    mainet_certificate *certificate = make_certificate(key, "A", ca_key, "Test CA", 2, 365);
    bool was_there = false;
    mainet_identity *identity = import(key, certificate, true, &was_there);
    P11KitUri *uri = p11_kit_uri_new();
    uint8_t id[MN_KEY_ID_LEN];
    const CK_ATTRIBUTE *parsed = NULL;

    ck_assert_int_eq(p11_kit_uri_parse(mainet_identity_uri(identity), P11_KIT_URI_FOR_ANY, uri),
                     P11_KIT_URI_OK);
    parsed = p11_kit_uri_get_attribute(uri, CKA_ID);
    ck_assert_ptr_nonnull(parsed);
    ck_assert_int_eq(mn_key_default_id(key, id, NULL), MAINET_OK);
    ck_assert_uint_eq(parsed->ulValueLen, sizeof id);
    ck_assert_mem_eq(parsed->pValue, id, sizeof id);
    ck_assert_int_eq(memcmp(p11_kit_uri_get_token_info(uri)->label, "MaiNet  ", 8), 0);
    p11_kit_uri_free(uri);
    mainet_identity_free(identity);
    mainet_certificate_free(certificate);
    EVP_PKEY_free(key);
}
END_TEST

/* Run one SQL statement on the token's file, as somebody with an editor would. */
static void
meddle(const char *sql)
{
    mainet_error err = {0};
    mn_database *database = mn_database_open(temp_folder, token->file, MN_ACCESS_WRITE, &err);
    mn_statement *statement = NULL;

    ck_assert_msg(database != NULL, "%s", err.detail);
    statement = mn_statement_new(database, sql, &err);
    ck_assert_msg(statement != NULL, "%s", err.detail);
    ck_assert_int_eq(mn_statement_run(statement, &err), MAINET_OK);
    mn_statement_free(statement);
    ck_assert_int_eq(mn_database_commit(database, &err), MAINET_OK);
    mn_database_free(database);
}

static const char *const meddlings[] = {
    "DELETE FROM object WHERE class = 1 AND id = (SELECT min(id) FROM object WHERE class = 1)",
    "UPDATE object SET mac = zeroblob(32) WHERE class = 3",
    "UPDATE meta SET label = 'Other'",
    "INSERT INTO setting VALUES ('show-expired', 'no')",
    "UPDATE meta SET object_count = object_count - 1",
    ("INSERT INTO object SELECT id + 100, class, is_private, is_hidden, public_key, id_hash, "
     "label_hash, subject_hash, issuer_serial_hash, value_hash, mac, plain, secret FROM object "
     "WHERE class = 1"),
};

START_TEST(what_was_changed_from_outside_is_found_at_login)
{
    EVP_PKEY *key = make_key("EC");
    mainet_certificate *certificate = make_certificate(key, "A", ca_key, "Test CA", 2, 365);
    bool was_there = false;

    mainet_identity_free(import(key, certificate, true, &was_there));
    ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_OK);
    meddle(meddlings[_i]);
    ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_E_STORE_TAMPERED);
    mainet_certificate_free(certificate);
    EVP_PKEY_free(key);
}
END_TEST

static const char *const row_meddlings[] = {
    "UPDATE object SET plain = (SELECT plain FROM object WHERE class = 2) WHERE class = 3",
    ("UPDATE object SET secret = (SELECT secret FROM object WHERE class = 3 AND id <> o.id) "
     "FROM object o WHERE object.class = 3 AND o.id = object.id AND o.id = (SELECT max(id) FROM "
     "object WHERE class = 3)"),
    ("UPDATE object SET public_key = (SELECT public_key FROM object WHERE class = 3 ORDER BY id "
     "LIMIT 1) WHERE class = 3"),
};

START_TEST(a_row_that_was_changed_is_never_used)
{
    EVP_PKEY *first = make_key("EC");
    EVP_PKEY *second = make_key("EC");
    mainet_certificate *a = make_certificate(first, "A", ca_key, "Test CA", 2, 365);
    mainet_certificate *b = make_certificate(second, "B", ca_key, "Test CA", 3, 365);
    bool was_there = false;
    size_t refused = 0;
    mn_attributes *wanted = mn_attributes_new(NULL);
    mn_ids ids = {.count = 0};

    mainet_identity_free(import(first, a, true, &was_there));
    mainet_identity_free(import(second, b, true, &was_there));
    (void)mn_attributes_set_number(wanted, CKA_CLASS, CKO_PRIVATE_KEY, NULL);
    ck_assert_int_eq(mn_token_find(token, token->keys, wanted, &ids, NULL), MAINET_OK);
    meddle(row_meddlings[_i]);
    for (size_t i = 0; i < ids.count; i++) {
        mainet_error err = {0};
        mn_object *object = mn_token_load(token, token->keys, ids.ids[i], &err);

        refused += object == NULL && err.status == MAINET_E_STORE_TAMPERED;
        mn_object_free(object);
    }
    ck_assert_uint_ge(refused, 1);
    mn_ids_clear(&ids);
    mn_attributes_free(wanted);
    mainet_certificate_free(a);
    mainet_certificate_free(b);
    EVP_PKEY_free(first);
    EVP_PKEY_free(second);
}
END_TEST

START_TEST(a_schema_that_is_not_ours_is_refused)
{
    mainet_error err = {0};

    meddle("CREATE TRIGGER t AFTER UPDATE ON wrap BEGIN DELETE FROM object; END");
    ck_assert_int_eq(mainet_token_unlock(token, PIN, &err), MAINET_E_STORE_OPEN);
}
END_TEST

/* Whether any file of the store has these bytes: the token, or a journal left beside it. */
static bool
is_on_disk(const uint8_t *bytes, size_t len)
{
    static uint8_t content[1 << 20];
    DIR *folder = opendir(temp_folder);
    const struct dirent *entry = NULL;
    bool is_found = false;

    ck_assert_ptr_nonnull(folder);
    while ((entry = readdir(folder)) != NULL) {
        char path[512];
        FILE *file = NULL;

        (void)snprintf(path, sizeof path, "%s/%s", temp_folder, entry->d_name);
        if (entry->d_type != DT_REG || (file = fopen(path, "r")) == NULL)
            continue;
        is_found = is_found ||
                   memmem(content, fread(content, 1, sizeof content, file), bytes, len) != NULL;
        (void)fclose(file);
    }
    (void)closedir(folder);
    return is_found;
}

START_TEST(a_deleted_key_leaves_nothing_on_disk)
{
    EVP_PKEY *key = make_key("EC");
    mainet_certificate *certificate = make_certificate(key, "A", ca_key, "Test CA", 2, 365);
    bool was_there = false;
    mn_attributes *wanted = mn_attributes_new(NULL);
    mn_ids ids = {.count = 0};
    mn_buffer sealed = MN_BUFFER_INIT(0);
    mn_object *object = NULL;

    mainet_identity_free(import(key, certificate, true, &was_there));
    (void)mn_attributes_set_number(wanted, CKA_CLASS, CKO_PRIVATE_KEY, NULL);
    ck_assert_int_eq(mn_token_find(token, token->keys, wanted, &ids, NULL), MAINET_OK);
    object = mn_token_load(token, token->keys, ids.ids[0], NULL);
    ck_assert_int_eq(mn_object_seal(object, token->keys, &sealed, NULL), MAINET_OK);
    for (int deleted = 0; deleted < 2; deleted++) {
        ck_assert_int_eq(is_on_disk(sealed.data + 20, 40), deleted == 0);
        if (deleted == 0)
            ck_assert_int_eq(mn_token_delete(token, token->keys, ids.ids[0], NULL), MAINET_OK);
    }
    mn_buffer_clear(&sealed);
    mn_object_free(object);
    mn_ids_clear(&ids);
    mn_attributes_free(wanted);
    mainet_certificate_free(certificate);
    EVP_PKEY_free(key);
}
END_TEST

static Suite *
identity_suite(void)
{
    Suite *suite = suite_create("identity");
    TCase *life = tcase_create("life");
    TCase *safety = tcase_create("safety");

    tcase_add_checked_fixture(life, open_token, close_token);
    tcase_set_timeout(life, 60);
    tcase_add_loop_test(life, an_imported_identity_signs_what_its_certificate_verifies, 0, 3);
    tcase_add_test(life, a_key_that_is_kept_to_pss_is_an_rsa_key);
    tcase_add_test(life, importing_what_is_there_changes_nothing);
    tcase_add_test(life, a_renewed_identity_supersedes_and_says_its_end);
    tcase_add_test(life, days_are_counted_down);
    tcase_add_test(life, a_certificate_gets_the_id_that_its_key_has);
    tcase_add_test(life, a_key_gets_the_names_that_its_certificate_has);
    tcase_add_test(life, an_identity_is_found_by_a_unique_prefix_without_pin);
    tcase_add_test(life, the_uri_names_the_token_and_the_id);
    suite_add_tcase(suite, life);
    tcase_add_checked_fixture(safety, open_token, close_token);
    tcase_set_timeout(safety, 60);
    tcase_add_loop_test(safety, what_was_changed_from_outside_is_found_at_login, 0,
                        sizeof meddlings / sizeof *meddlings);
    tcase_add_loop_test(safety, a_row_that_was_changed_is_never_used, 0,
                        sizeof row_meddlings / sizeof *row_meddlings);
    tcase_add_test(safety, a_schema_that_is_not_ours_is_refused);
    tcase_add_test(safety, a_deleted_key_leaves_nothing_on_disk);
    suite_add_tcase(suite, safety);
    return suite;
}

int
main(void)
{
    return run_suite(identity_suite());
}
