/* SPDX-License-Identifier: BSD-3-Clause */
#include "mainetcert/transfer.h"
#include "pkcs12/read.h"
#include "run-suite.h"
#include "support/data.h"
#include "support/temp-store.h"

#define PASSWORD (const uint8_t *)"p", 1

static mainet_store *store;
static mainet_token *token;
static EVP_PKEY *ca_key;
static EVP_PKEY *key;

static void
open_token(void)
{
    temp_store_make();
    store = mainet_store_open(temp_folder, NULL);
    token = mainet_token_create(store, NULL, PIN, NULL, 0, NULL);
    ck_assert_ptr_nonnull(token);
    ca_key = make_key("EC");
    key = make_key("EC");
}

static void
close_token(void)
{
    EVP_PKEY_free(key);
    EVP_PKEY_free(ca_key);
    mainet_token_free(token);
    mainet_store_free(store);
    temp_store_remove();
}

/* A container of identities that all have `key`, and of CA certificates. */
typedef struct box {
    STACK_OF(PKCS12_SAFEBAG) * bags;
} box;

static void
put_certificate(box *self, const mainet_certificate *certificate, const char *name)
{
    PKCS12_SAFEBAG *bag = PKCS12_add_cert(&self->bags, mn_certificate_x509(certificate));

    ck_assert_ptr_nonnull(bag);
    if (name != NULL)
        ck_assert_int_eq(PKCS12_add_friendlyname_utf8(bag, name, -1), 1);
}

static mainet_pkcs12 *
close_box(box *self)
{
    STACK_OF(PKCS7) *safes = NULL;
    PKCS12 *p12 = NULL;
    uint8_t *der = NULL;
    mainet_pkcs12 *container = NULL;
    mainet_error err = {0};
    int len = 0;

    ck_assert_ptr_nonnull(PKCS12_add_key(&self->bags, key, 0, 1, -1, "p"));
    ck_assert_int_eq(PKCS12_add_safe(&safes, self->bags, -1, 0, "p"), 1);
    p12 = PKCS12_add_safes(safes, 0);
    ck_assert_int_eq(PKCS12_set_mac(p12, "p", -1, NULL, 0, 1, EVP_sha256()), 1);
    len = i2d_PKCS12(p12, &der);
    container = mainet_pkcs12_open(der, (size_t)len, PASSWORD, &err);
    ck_assert_msg(container != NULL, "%s", err.detail);
    OPENSSL_free(der);
    PKCS12_free(p12);
    sk_PKCS7_pop_free(safes, PKCS7_free);
    sk_PKCS12_SAFEBAG_pop_free(self->bags, PKCS12_SAFEBAG_free);
    return container;
}

/* Two identities of one key, and their CA. */
static mainet_pkcs12 *
make_container(void)
{
    mainet_certificate *ca = make_certificate(ca_key, "CA", ca_key, "CA", 1, 900);
    mainet_certificate *one = make_certificate(key, "one", ca_key, "CA", 2, 300);
    mainet_certificate *two = make_certificate(key, "two", ca_key, "CA", 3, 300);
    box made = {.bags = NULL};

    put_certificate(&made, ca, NULL);
    put_certificate(&made, one, "一番");
    put_certificate(&made, two, NULL);
    mainet_certificate_free(ca);
    mainet_certificate_free(one);
    mainet_certificate_free(two);
    return close_box(&made);
}

static size_t
count_identities(void)
{
    mainet_identity_list *list = mainet_token_identities(token, NULL);
    const size_t count = mainet_identity_list_count(list);

    mainet_identity_list_free(list);
    return count;
}

static int asked;

static mainet_status
answer(const mainet_certificate *issuer, bool expected, void *user_data)
{
    asked++;
    ck_assert(!expected);
    ck_assert_str_eq(mainet_certificate_common_name(issuer), "CA");
    return *(const mainet_status *)user_data;
}

START_TEST(every_identity_comes_in_with_its_chain)
{
    mainet_pkcs12 *container = make_container();
    mainet_status yes = MAINET_OK;
    mainet_identity_list *list = mainet_token_import(token, container, 0, answer, &yes, NULL);

    ck_assert_int_eq(asked, 1);
    ck_assert_uint_eq(mainet_identity_list_count(list), 2);
    for (size_t i = 0; i < 2; i++) {
        mainet_identity *identity = mainet_identity_list_at(list, i, NULL);

        ck_assert(mainet_identity_is_new(identity));
        ck_assert(mainet_identity_is_exportable(identity));
        ck_assert_uint_eq(mainet_identity_chain_length(identity), 2);
        ck_assert_str_eq(mainet_identity_label(identity), i == 0 ? "一番" : "two");
        ck_assert_int_eq(mainet_identity_acquired_at(identity), 0);
        mainet_identity_free(identity);
    }
    mainet_identity_list_free(list);
    mainet_pkcs12_free(container);
}
END_TEST

START_TEST(what_is_there_stays_as_it_is)
{
    mainet_pkcs12 *container = make_container();
    mainet_status no = MAINET_E_CANCELLED;
    mn_token_info before;
    mn_token_info after;
    mainet_identity_list *list =
        mainet_token_import(token, container, MAINET_IMPORT_NOT_EXPORTABLE, NULL, NULL, NULL);

    mainet_identity_list_free(list);
    ck_assert_int_eq(mn_token_read_info(token, &before, NULL), MAINET_OK);
    list = mainet_token_import(token, container, 0, answer, &no, NULL);
    ck_assert_int_eq(mn_token_read_info(token, &after, NULL), MAINET_OK);
    ck_assert_int_eq(asked, 0); /* the issuer is known */
    ck_assert_uint_eq(before.generation, after.generation);
    ck_assert_uint_eq(mainet_identity_list_count(list), 2);
    for (size_t i = 0; i < 2; i++) {
        mainet_identity *identity = mainet_identity_list_at(list, i, NULL);

        ck_assert(!mainet_identity_is_new(identity));
        ck_assert(!mainet_identity_is_exportable(identity));
        mainet_identity_free(identity);
    }
    mainet_identity_list_free(list);
    mainet_pkcs12_free(container);
}
END_TEST

START_TEST(a_refused_issuer_leaves_nothing)
{
    mainet_pkcs12 *container = make_container();
    mainet_status no = MAINET_E_CANCELLED;
    mainet_error err = {0};

    ck_assert_ptr_null(mainet_token_import(token, container, 0, answer, &no, &err));
    ck_assert_int_eq(err.status, MAINET_E_CANCELLED);
    ck_assert_uint_eq(count_identities(), 0);
    mainet_pkcs12_free(container);
}
END_TEST

/* The container's other key; a token holds none for agreement. */
static mainet_pkcs12 *
make_container_for_agreement(bool alone)
{
    mainet_certificate *own = make_certificate(key, "own", ca_key, "CA", 2, 300);
    EVP_PKEY *agreement = make_key("X448");
    mainet_certificate *other = make_certificate(agreement, "other", ca_key, "CA", 3, 300);
    EVP_PKEY *signing = key;
    box made = {.bags = NULL};
    mainet_pkcs12 *container = NULL;

    put_certificate(&made, other, NULL);
    if (!alone) {
        put_certificate(&made, own, NULL);
        ck_assert_ptr_nonnull(PKCS12_add_key(&made.bags, key, 0, 1, -1, "p"));
    }
    key = agreement;
    container = close_box(&made);
    key = signing;
    EVP_PKEY_free(agreement);
    mainet_certificate_free(own);
    mainet_certificate_free(other);
    return container;
}

START_TEST(a_key_that_no_token_holds_does_not_stop_the_rest)
{
    mainet_error err = {0};
    mainet_pkcs12 *container = make_container_for_agreement(false);
    mainet_identity_list *list = mainet_token_import(token, container, 0, NULL, NULL, &err);
    mainet_identity *identity = NULL;

    ck_assert_msg(list != NULL, "%s", err.detail);
    ck_assert_int_eq(err.status, MAINET_OK);
    ck_assert_uint_eq(mainet_pkcs12_identity_count(container), 2);
    ck_assert_uint_eq(mainet_identity_list_count(list), 1);
    identity = mainet_identity_list_at(list, 0, NULL);
    ck_assert_str_eq(mainet_identity_label(identity), "own");
    mainet_identity_free(identity);
    mainet_identity_list_free(list);
    mainet_pkcs12_free(container);
    container = make_container_for_agreement(true);
    ck_assert_ptr_null(mainet_token_import(token, container, 0, NULL, NULL, &err));
    ck_assert_int_eq(err.status, MAINET_E_PKCS12_UNUSABLE);
    ck_assert_msg(strstr(err.detail, "X448") != NULL, "%s", err.detail);
    mainet_pkcs12_free(container);
}
END_TEST

START_TEST(a_container_without_identity_is_refused)
{
    data file = read_data("pkcs12/no-match.p12");
    mainet_error err = {0};
    mainet_pkcs12 *container = mainet_pkcs12_open(
        file.bytes, file.len, (const uint8_t *)"Retrieve-12345", strlen("Retrieve-12345"), &err);

    ck_assert_msg(container != NULL, "%s", err.detail);
    ck_assert_ptr_null(
        mainet_token_import(token, container, MAINET_IMPORT_DEFAULT, NULL, NULL, &err));
    ck_assert_int_eq(err.status, MAINET_E_NO_KEY_PAIR);
    mainet_pkcs12_free(container);
    free(file.bytes);
}
END_TEST

START_TEST(a_locked_token_takes_nothing)
{
    mainet_pkcs12 *container = make_container();
    mainet_error err = {0};

    ck_assert_int_eq(mainet_token_lock(token, NULL), MAINET_OK);
    ck_assert_ptr_null(mainet_token_import(token, container, 0, NULL, NULL, &err));
    ck_assert_int_eq(err.status, MAINET_E_TOKEN_LOCKED);
    ck_assert_ptr_null(mainet_token_import(NULL, container, 0, NULL, NULL, &err));
    ck_assert_int_eq(err.status, MAINET_E_ARGUMENT);
    ck_assert_uint_eq(count_identities(), 0);
    mainet_pkcs12_free(container);
}
END_TEST

/* The same certificate, saying which key it is or who signed it. */
static mainet_certificate *
claim(mainet_certificate *certificate, bool is_issuer, EVP_PKEY *signer)
{
    X509 *x509 = mn_certificate_decode(certificate, NULL);
    AUTHORITY_KEYID *authority = AUTHORITY_KEYID_new();
    uint8_t *der = NULL;
    int len = 0;

    authority->keyid = ASN1_OCTET_STRING_new();
    (void)ASN1_OCTET_STRING_set(authority->keyid, (const uint8_t *)"same", 4);
    ck_assert_int_eq(is_issuer ? X509_add1_ext_i2d(x509, NID_subject_key_identifier,
                                                   authority->keyid, 0, X509V3_ADD_REPLACE)
                               : X509_add1_ext_i2d(x509, NID_authority_key_identifier, authority, 0,
                                                   X509V3_ADD_REPLACE),
                     1);
    AUTHORITY_KEYID_free(authority);
    ck_assert_int_gt(X509_sign(x509, signer, EVP_sha256()), 0);
    len = i2d_X509(x509, &der);
    mainet_certificate_free(certificate);
    certificate = mainet_certificate_parse(der, (size_t)len, NULL);
    ck_assert_ptr_nonnull(certificate);
    OPENSSL_free(der);
    X509_free(x509);
    return certificate;
}

/* It claims to be the issuer, but has another key: it does not come along. */
START_TEST(a_false_issuer_stays_outside)
{
    EVP_PKEY *other = make_key("EC");
    mainet_certificate *ca = claim(make_certificate(other, "CA", other, "CA", 1, 900), true, other);
    mainet_certificate *one =
        claim(make_certificate(key, "one", ca_key, "CA", 2, 300), false, ca_key);
    box made = {.bags = NULL};
    mainet_pkcs12 *container = NULL;
    mainet_identity_list *list = NULL;
    mainet_identity *identity = NULL;

    put_certificate(&made, ca, NULL);
    put_certificate(&made, one, NULL);
    container = close_box(&made);
    list = mainet_token_import(token, container, 0, NULL, NULL, NULL);
    identity = mainet_identity_list_at(list, 0, NULL);
    ck_assert_uint_eq(mainet_identity_chain_length(identity), 1);
    mainet_identity_free(identity);
    mainet_identity_list_free(list);
    mainet_pkcs12_free(container);
    mainet_certificate_free(ca);
    mainet_certificate_free(one);
    EVP_PKEY_free(other);
}
END_TEST

/* One of two that cannot be had is the failure of both. */
START_TEST(a_whole_import_is_all_or_nothing)
{
    mainet_certificate *one = make_certificate(key, "one", ca_key, "CA", 2, 300);
    mainet_certificate *two = make_certificate(key, "two", ca_key, "CA", 3, 300);
    EVP_PKEY *strange = EVP_PKEY_Q_keygen(mn_crypto_context(), NULL, "X25519");
    const mn_identity_import imports[] = {{.key = key, .certificate = one},
                                          {.key = strange, .certificate = two}};
    mn_identity_result results[2];
    mainet_error err = {0};

    ck_assert_int_ne(mn_identity_import_whole(token, imports, 2, results, &err), MAINET_OK);
    ck_assert_int_ne(err.status, MAINET_OK);
    ck_assert_uint_eq(count_identities(), 0);
    ck_assert_int_eq(mn_identity_import_many(token, imports, 2, results, &err), MAINET_OK);
    ck_assert_uint_eq(count_identities(), 1);
    mainet_identity_free(results[0].identity);
    mainet_certificate_free(one);
    mainet_certificate_free(two);
    EVP_PKEY_free(strange);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("import");
    TCase *tests = tcase_create("import");

    tcase_add_checked_fixture(tests, open_token, close_token);
    tcase_add_test(tests, every_identity_comes_in_with_its_chain);
    tcase_add_test(tests, what_is_there_stays_as_it_is);
    tcase_add_test(tests, a_refused_issuer_leaves_nothing);
    tcase_add_test(tests, a_key_that_no_token_holds_does_not_stop_the_rest);
    tcase_add_test(tests, a_container_without_identity_is_refused);
    tcase_add_test(tests, a_locked_token_takes_nothing);
    tcase_add_test(tests, a_false_issuer_stays_outside);
    tcase_add_test(tests, a_whole_import_is_all_or_nothing);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
