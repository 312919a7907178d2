/* SPDX-License-Identifier: BSD-3-Clause */
/* A host that uses OpenSSL too: what is in its queue of errors is its own, before and after. */
#include <dlfcn.h>

#include "mainetcert.h"
#include "run-suite.h"
#include "support/host-errors.h"
#include "support/temp-store.h"

#define PASSWORD (const uint8_t *)"himitsu", 7
#define WRONG (const uint8_t *)"himitu", 6
#define NEW_PIN (const uint8_t *)"new-pin", 7

static mainet_store *store;
static mainet_token *token;
static mainet_identity *identity;
static mainet_pkcs12 *container;
static mainet_bytes *exported;

/* `call` and how it ends: `expected` is a status, MAINET_OK for what must not fail. */
#define WATCH(call, expected)                                                                      \
    do {                                                                                           \
        mainet_error err = {0};                                                                    \
        host_plant();                                                                              \
        (void)!(call);                                                                             \
        host_look(#call);                                                                          \
        ck_assert_msg(err.status == (expected), "%s: %d %s", #call, (int)err.status, err.detail);  \
    } while (0)

/* Stands before libcrypto's function, and fails as it does when it is told to. */
static bool is_broken;

int
EVP_DigestSign(EVP_MD_CTX *context, unsigned char *out, size_t *out_len, const unsigned char *data,
               size_t len)
{
    static int (*real)(EVP_MD_CTX *, unsigned char *, size_t *, const unsigned char *, size_t);

    if (is_broken) {
        ERR_raise(ERR_LIB_EVP, ERR_R_INTERNAL_ERROR);
        return 0;
    }
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "EVP_DigestSign");
    return real(context, out, out_len, data, len);
}

static void
make_identity(void)
{
    EVP_PKEY *key = make_key("EC");
    mainet_certificate *certificate = make_certificate(key, "user", key, "user", 2, 365);
    const mn_identity_import what = {.key = key, .certificate = certificate, .exportable = true};
    bool was_there = false;

    identity = mn_identity_import_one(token, &what, &was_there, NULL);
    ck_assert_ptr_nonnull(identity);
    mainet_certificate_free(certificate);
    EVP_PKEY_free(key);
}

static void
open_token(void)
{
    temp_store_make();
    store = mainet_store_open(temp_folder, NULL);
    token = mainet_token_create(store, "東京", PIN, PIN, NULL);
    ck_assert_ptr_nonnull(token);
    make_identity();
}

static void
close_token(void)
{
    mainet_pkcs12_free(container);
    mainet_bytes_free(exported);
    mainet_identity_free(identity);
    mainet_token_free(token);
    mainet_store_free(store);
    temp_store_remove();
}

static void
use_token(void)
{
    mainet_token *other = NULL;
    mainet_identity_list *list = NULL;
    char path[128];

    (void)snprintf(path, sizeof path, "%s/copy", temp_folder);
    WATCH(other = mainet_token_create_without_pin(store, "大阪", &err), MAINET_OK);
    WATCH(mainet_token_delete(other, &err), MAINET_OK);
    mainet_token_free(other);
    WATCH(mainet_token_lock(token, &err), MAINET_OK);
    WATCH(mainet_token_unlock(token, WRONG, &err), MAINET_E_PIN_INCORRECT);
    WATCH(mainet_token_unlock(token, PIN, &err), MAINET_OK);
    WATCH(mainet_token_change_pin(token, WRONG, NEW_PIN, &err), MAINET_E_PIN_INCORRECT);
    WATCH(mainet_token_change_pin(token, PIN, NEW_PIN, &err), MAINET_OK);
    WATCH(mainet_token_unblock(token, WRONG, PIN, &err), MAINET_E_PIN_INCORRECT);
    WATCH(mainet_token_unblock(token, PIN, PIN, &err), MAINET_OK);
    WATCH(mainet_token_unlock(token, PIN, &err), MAINET_OK);
    WATCH(mainet_token_backup(token, path, &err), MAINET_OK);
    WATCH(mainet_store_restore(store, path, &err), MAINET_E_TOKEN_EXISTS);
    WATCH(mainet_token_check(token, NULL, NULL, &err), MAINET_OK);
    WATCH(list = mainet_token_identities(token, &err), MAINET_OK);
    mainet_identity_list_free(list);
}

static void
sign(void)
{
    const uint8_t digest[32] = {1};
    mainet_bytes *signature = NULL;

    WATCH(signature = mainet_identity_sign(identity, MAINET_SIGNATURE_ECDSA, MAINET_HASH_SHA256,
                                           digest, 5, &err),
          MAINET_OK);
    mainet_bytes_free(signature);
    WATCH(signature = mainet_identity_sign_digest(identity, MAINET_SIGNATURE_ECDSA,
                                                  MAINET_HASH_SHA256, digest, 32, &err),
          MAINET_OK);
    mainet_bytes_free(signature);
    is_broken = true;
    WATCH(
        mainet_identity_sign(identity, MAINET_SIGNATURE_ECDSA, MAINET_HASH_SHA256, digest, 5, &err),
        MAINET_E_CRYPTO);
    is_broken = false;
    WATCH(mainet_identity_sign(identity, MAINET_SIGNATURE_RSA_PSS, MAINET_HASH_SHA256, digest, 5,
                               &err),
          MAINET_E_ARGUMENT);
}

static void
carry_over(void)
{
    mainet_bytes *pem = NULL;
    mainet_identity_list *list = NULL;

    WATCH(exported = mainet_identity_export_pkcs12(identity, PASSWORD, 0, &err), MAINET_OK);
    WATCH(pem = mainet_identity_export_pem(identity, PASSWORD, 0, &err), MAINET_OK);
    mainet_bytes_free(pem);
    WATCH(mainet_pkcs12_open(mainet_bytes_data(exported), mainet_bytes_len(exported), WRONG, &err),
          MAINET_E_PKCS12_PASSWORD);
    WATCH(mainet_pkcs12_open(mainet_bytes_data(exported), mainet_bytes_len(exported) - 9, PASSWORD,
                             &err),
          MAINET_E_NOT_PKCS12);
    WATCH(container = mainet_pkcs12_open(mainet_bytes_data(exported), mainet_bytes_len(exported),
                                         PASSWORD, &err),
          MAINET_OK);
    WATCH(mainet_identity_delete(identity, 0, &err), MAINET_OK);
    WATCH(list = mainet_token_import(token, container, 0, NULL, NULL, &err), MAINET_OK);
    mainet_identity_list_free(list);
}

START_TEST(the_hosts_errors_stay_as_they_are)
{
    mainet_service *service = NULL;

    host_queue = (enum host_queue)_i;
    use_token();
    sign();
    carry_over();
    WATCH(mainet_certificate_parse((const uint8_t *)"0\3\2\1\1", 5, &err), MAINET_E_CERTIFICATE);
    WATCH(service = mainet_service_open("/nowhere.ini", &err), MAINET_E_SERVICE_PROFILE);
    mainet_service_free(service);
    ERR_clear_error();
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("host");
    TCase *tcase = tcase_create("errors");

    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, open_token, close_token);
    tcase_add_loop_test(tcase, the_hosts_errors_stay_as_they_are, HOST_EMPTY, HOST_MARKED + 1);
    suite_add_tcase(suite, tcase);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
