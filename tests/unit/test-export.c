/* SPDX-License-Identifier: BSD-3-Clause */
#include <openssl/pem.h>

#include "mainetcert/transfer.h"
#include "pkcs12/read.h"
#include "run-suite.h"
#include "support/temp-store.h"

#define PASSWORD "配布用パスワード🔑"

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
import(EVP_PKEY *key, bool exportable)
{
    mainet_certificate *certificate = make_certificate(key, "user", ca_key, "Test CA", 2, 365);
    const mainet_certificate *chain[] = {ca};
    const mn_identity_import what = {.key = key,
                                     .certificate = certificate,
                                     .chain = chain,
                                     .chain_count = 1,
                                     .label = "山田 太郎",
                                     .exportable = exportable};
    bool was_there = false;
    mainet_identity *identity = mn_identity_import_one(token, &what, &was_there, NULL);

    ck_assert_ptr_nonnull(identity);
    mainet_certificate_free(certificate);
    return identity;
}

static mainet_bytes *export(mainet_identity *identity, uint32_t flags, mainet_error *err)
{
    return mainet_identity_export_pkcs12(identity, (const uint8_t *)PASSWORD, strlen(PASSWORD),
                                         flags, err);
}

static mainet_pkcs12 *
reopen(const mainet_bytes *bytes)
{
    mainet_error err = {0};
    mainet_pkcs12 *container =
        mainet_pkcs12_open(mainet_bytes_data(bytes), mainet_bytes_len(bytes),
                           (const uint8_t *)PASSWORD, strlen(PASSWORD), &err);

    ck_assert_msg(container != NULL, "%s", err.detail);
    return container;
}

static const struct {
    const char *type;
    uint32_t flags;
    size_t certificates;
} ways[] = {
    {"RSA", 0, 2},
    {"EC", 0, 2},
    {"ED25519", 0, 2},
    {"RSA", MAINET_EXPORT_LEGACY, 2},
    {"EC", MAINET_EXPORT_LEAF_ONLY, 1},
    {"EC", MAINET_EXPORT_LEAF_ONLY | MAINET_EXPORT_LEGACY, 1},
};

START_TEST(what_is_exported_is_read_back)
{
    EVP_PKEY *key = make_key(ways[_i].type);
    mainet_identity *identity = import(key, true);
    mainet_bytes *bytes = export(identity, ways[_i].flags, NULL);
    mainet_pkcs12 *container = reopen(bytes);

    ck_assert_uint_eq(mainet_pkcs12_identity_count(container), 1);
    ck_assert_uint_eq(mainet_pkcs12_certificate_count(container), ways[_i].certificates);
    ck_assert_str_eq(mainet_pkcs12_friendly_name(container, 0), "山田 太郎");
    ck_assert_int_eq(EVP_PKEY_eq(mn_pkcs12_key(container, 0), key), 1);
    ck_assert_str_eq(mainet_certificate_sha256(mn_pkcs12_certificate(container, 0)),
                     mainet_identity_id(identity));
    ck_assert_ptr_null(mainet_pkcs12_open(mainet_bytes_data(bytes), mainet_bytes_len(bytes),
                                          (const uint8_t *)"other", 5, NULL));
    mainet_pkcs12_free(container);
    mainet_bytes_free(bytes);
    mainet_identity_free(identity);
    EVP_PKEY_free(key);
}
END_TEST

/* Every time another salt: two files tell nobody that they hold the same. */
START_TEST(no_two_containers_are_alike)
{
    EVP_PKEY *key = make_key("EC");
    mainet_identity *identity = import(key, true);
    mainet_bytes *one = export(identity, 0, NULL);
    mainet_bytes *two = export(identity, 0, NULL);
    size_t same = 0;

    ck_assert_uint_eq(mainet_bytes_len(one), mainet_bytes_len(two));
    for (size_t i = 0; i < mainet_bytes_len(one); i++)
        same += mainet_bytes_data(one)[i] == mainet_bytes_data(two)[i];
    ck_assert_uint_lt(same, mainet_bytes_len(one) / 2);
    mainet_bytes_free(one);
    mainet_bytes_free(two);
    mainet_identity_free(identity);
    EVP_PKEY_free(key);
}
END_TEST

START_TEST(what_may_not_leave_stays)
{
    EVP_PKEY *key = make_key("EC");
    mainet_identity *identity = import(key, false);
    mainet_error err = {0};
    mainet_bytes *certificates = NULL;

    ck_assert_ptr_null(export(identity, 0, &err));
    ck_assert_int_eq(err.status, MAINET_E_NOT_EXPORTABLE);
    ck_assert_ptr_null(mainet_identity_export_pem(identity, (const uint8_t *)"x", 1, 0, &err));
    ck_assert_int_eq(err.status, MAINET_E_NOT_EXPORTABLE);
    ck_assert_int_eq(mainet_token_lock(token, NULL), MAINET_OK);
    ck_assert_ptr_null(export(identity, 0, &err));
    ck_assert_int_eq(err.status, MAINET_E_TOKEN_LOCKED);
    certificates = mainet_identity_export_certificates(identity, 0, &err);
    ck_assert_ptr_nonnull(certificates);
    mainet_bytes_free(certificates);
    mainet_identity_free(identity);
    EVP_PKEY_free(key);
}
END_TEST

START_TEST(passwords_have_a_length)
{
    EVP_PKEY *key = make_key("EC");
    mainet_identity *identity = import(key, true);
    mainet_error err = {0};
    uint8_t long_password[1025] = {0};

    ck_assert_ptr_null(mainet_identity_export_pkcs12(identity, long_password, 0, 0, &err));
    ck_assert_int_eq(err.status, MAINET_E_ARGUMENT);
    ck_assert_ptr_null(mainet_identity_export_pkcs12(identity, long_password, 1025, 0, &err));
    ck_assert_int_eq(err.status, MAINET_E_ARGUMENT);
    ck_assert_ptr_null(mainet_identity_export_pkcs12(NULL, long_password, 1, 0, &err));
    ck_assert_int_eq(err.status, MAINET_E_ARGUMENT);
    mainet_identity_free(identity);
    EVP_PKEY_free(key);
}
END_TEST

static int
give_password(char *out, int out_len, int writing, void *user_data)
{
    (void)writing;
    (void)user_data;
    ck_assert_int_ge(out_len, (int)strlen(PASSWORD));
    memcpy(out, PASSWORD, strlen(PASSWORD));
    return (int)strlen(PASSWORD);
}

START_TEST(pem_holds_key_and_chain)
{
    EVP_PKEY *key = make_key("RSA");
    mainet_identity *identity = import(key, true);
    mainet_bytes *bytes =
        mainet_identity_export_pem(identity, (const uint8_t *)PASSWORD, strlen(PASSWORD), 0, NULL);
    BIO *in = BIO_new_mem_buf(mainet_bytes_data(bytes), (int)mainet_bytes_len(bytes));
    EVP_PKEY *found = PEM_read_bio_PrivateKey(in, NULL, give_password, NULL);
    int certificates = 0;

    ck_assert(found != NULL && EVP_PKEY_eq(found, key) == 1);
    for (X509 *next = NULL; (next = PEM_read_bio_X509(in, NULL, NULL, NULL)) != NULL;) {
        certificates++;
        X509_free(next);
    }
    ck_assert_int_eq(certificates, 2);
    EVP_PKEY_free(found);
    BIO_free(in);
    mainet_bytes_free(bytes);
    mainet_identity_free(identity);
    EVP_PKEY_free(key);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("export");
    TCase *tests = tcase_create("export");

    tcase_add_checked_fixture(tests, open_token, close_token);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, what_is_exported_is_read_back, 0, sizeof ways / sizeof *ways);
    tcase_add_test(tests, no_two_containers_are_alike);
    tcase_add_test(tests, what_may_not_leave_stays);
    tcase_add_test(tests, passwords_have_a_length);
    tcase_add_test(tests, pem_holds_key_and_chain);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
