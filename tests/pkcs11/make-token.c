/* SPDX-License-Identifier: BSD-3-Clause */
/* make-token FOLDER: makes FOLDER/store with the tokens MaiNet (PIN 1234-pin, the officer's
 * 9876-so), Edwards (the same PIN) and Open (no PIN), and beside it the certificates in PEM, for
 * other programs. */
#include <openssl/pem.h>

#include "support/temp-store.h"
#include "unit/run-suite.h"

#define CA_NAME "SECOM Passport for Member CA9"

static const char *folder;
static EVP_PKEY *ca_key;
static mainet_certificate *ca;

static void
write_pem(const char *name, const mainet_certificate *certificate)
{
    char path[512];
    mainet_bytes *bytes = mainet_certificate_der(certificate, NULL);
    const uint8_t *der = mainet_bytes_data(bytes);
    X509 *x509 = d2i_X509(NULL, &der, (long)mainet_bytes_len(bytes));
    BIO *file = NULL;

    (void)snprintf(path, sizeof path, "%s/%s.pem", folder, name);
    file = BIO_new_file(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(PEM_write_bio_X509(file, x509), 1);
    BIO_free_all(file);
    X509_free(x509);
    mainet_bytes_free(bytes);
}

static void
import(mainet_token *token, const char *type, const char *name, int serial)
{
    mainet_error err = {0};
    bool was_there = false;
    EVP_PKEY *key = make_key(type);
    mainet_certificate *certificate = make_certificate(key, name, ca_key, CA_NAME, serial, 365);
    const mn_identity_import what = {.key = key,
                                     .certificate = certificate,
                                     .chain = (const mainet_certificate *const[]){ca},
                                     .chain_count = 1,
                                     .label = name};
    mainet_identity *identity = mn_identity_import_one(token, &what, &was_there, &err);

    ck_assert_msg(identity != NULL, "%s", err.detail);
    write_pem(name, certificate);
    mainet_identity_free(identity);
    mainet_certificate_free(certificate);
    EVP_PKEY_free(key);
}

static mainet_store *
open_store(void)
{
    char path[512];
    mainet_store *made = NULL;

    (void)snprintf(path, sizeof path, "%s/store", folder);
    made = mainet_store_open(path, NULL);
    ck_assert_ptr_nonnull(made);
    return made;
}

START_TEST(the_tokens_are_made)
{
    mainet_store *store = open_store();
    mainet_token *token = NULL;

    ca_key = make_key("EC");
    ca = make_certificate(ca_key, CA_NAME, ca_key, CA_NAME, 1, 3650);
    write_pem("ca", ca);
    token = mainet_token_create(store, "MaiNet", PIN, (const uint8_t *)"9876-so", 7, NULL);
    import(token, "RSA", "rsa", 2);
    import(token, "EC", "ec", 3);
    mainet_token_free(token);
    /* by itself: libp11 0.4.12 finds no key at all in a token that has one of a kind unknown to it
     */
    token = mainet_token_create(store, "Edwards", PIN, NULL, 0, NULL);
    import(token, "ED25519", "ed25519", 4);
    mainet_token_free(token);
    token = mainet_token_create_without_pin(store, "Open", NULL);
    import(token, "EC", "open", 5);
    mainet_token_free(token);
    mainet_store_free(store);
    mainet_certificate_free(ca);
    EVP_PKEY_free(ca_key);
}
END_TEST

/* A suite of one test, for the helpers of the tests assert. */
int
main(int argc, char **argv)
{
    Suite *suite = suite_create("make-token");
    TCase *only = tcase_create("make");

    if (argc != 2)
        return 2;
    folder = argv[1];
    tcase_set_timeout(only, 60);
    tcase_add_test(only, the_tokens_are_made);
    suite_add_tcase(suite, only);
    return run_suite(suite);
}
