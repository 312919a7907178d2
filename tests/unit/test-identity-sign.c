/* SPDX-License-Identifier: BSD-3-Clause */
#include "mainetcert/sign.h"

#include <openssl/rsa.h>

#include "mainetcert/removal.h"
#include "run-suite.h"
#include "support/temp-store.h"

static mainet_store *store;
static mainet_token *token;

static const uint8_t text[] = "お客様\0の署名";

static void
open_token(void)
{
    temp_store_make();
    store = mainet_store_open(temp_folder, NULL);
    token = mainet_token_create(store, NULL, PIN, NULL, 0, NULL);
    ck_assert_ptr_nonnull(token);
}

static void
close_token(void)
{
    mainet_token_free(token);
    mainet_store_free(store);
    temp_store_remove();
}

static mainet_identity *
import(EVP_PKEY *key)
{
    mainet_certificate *certificate = make_certificate(key, "user", key, "user", 2, 365);
    const mn_identity_import what = {.key = key, .certificate = certificate, .exportable = false};
    bool was_there = false;
    mainet_identity *identity = mn_identity_import_one(token, &what, &was_there, NULL);

    ck_assert_ptr_nonnull(identity);
    mainet_certificate_free(certificate);
    return identity;
}

static const struct {
    const char *key;
    mainet_signature signature;
    mainet_hash hash;
    const char *name;
} kinds[] = {
    {"RSA", MAINET_SIGNATURE_RSA_PKCS1, MAINET_HASH_SHA1, "SHA1"},
    {"RSA", MAINET_SIGNATURE_RSA_PKCS1, MAINET_HASH_SHA256, "SHA256"},
    {"RSA", MAINET_SIGNATURE_RSA_PSS, MAINET_HASH_SHA384, "SHA384"},
    {"EC", MAINET_SIGNATURE_ECDSA, MAINET_HASH_SHA256, "SHA256"},
    {"EC", MAINET_SIGNATURE_ECDSA, MAINET_HASH_SHA512, "SHA512"},
    {"ED25519", MAINET_SIGNATURE_EDDSA, MAINET_HASH_NONE, NULL},
};

#define ECDSA 3 /* the row of `kinds` */

static bool
is_valid(int kind, EVP_PKEY *key, const mainet_bytes *signature)
{
    mn_auto(EVP_MD_CTX) context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *pad = NULL;

    ck_assert_int_eq(
        EVP_DigestVerifyInit_ex(context, &pad, kinds[kind].name, NULL, NULL, key, NULL), 1);
    if (kinds[kind].signature == MAINET_SIGNATURE_RSA_PSS) {
        ck_assert_int_gt(EVP_PKEY_CTX_set_rsa_padding(pad, RSA_PKCS1_PSS_PADDING), 0);
        ck_assert_int_gt(EVP_PKEY_CTX_set_rsa_pss_saltlen(pad, RSA_PSS_SALTLEN_DIGEST), 0);
    }
    return EVP_DigestVerify(context, mainet_bytes_data(signature), mainet_bytes_len(signature),
                            text, sizeof text) == 1;
}

START_TEST(a_signature_is_valid_whoever_hashes)
{
    EVP_PKEY *key = make_key(kinds[_i].key);
    mainet_identity *identity = import(key);
    mainet_error err = {0};
    uint8_t digest[EVP_MAX_MD_SIZE];
    size_t digest_len = 0;
    mainet_bytes *made = mainet_identity_sign(identity, kinds[_i].signature, kinds[_i].hash, text,
                                              sizeof text, &err);

    ck_assert_msg(made != NULL, "%s", err.detail);
    ck_assert(is_valid(_i, key, made));
    mainet_bytes_free(made);
    if (kinds[_i].name != NULL)
        ck_assert_int_eq(
            EVP_Q_digest(NULL, kinds[_i].name, NULL, text, sizeof text, digest, &digest_len), 1);
    made = mainet_identity_sign_digest(identity, kinds[_i].signature, kinds[_i].hash, digest,
                                       digest_len, &err);
    if (kinds[_i].name != NULL)
        ck_assert(made != NULL && is_valid(_i, key, made));
    else
        ck_assert(made == NULL && err.status == MAINET_E_ARGUMENT);
    mainet_bytes_free(made);
    mainet_identity_free(identity);
    EVP_PKEY_free(key);
}
END_TEST

static const struct {
    const char *key;
    mainet_signature signature;
    mainet_hash hash;
    size_t len;
} misfits[] = {
    {"RSA", MAINET_SIGNATURE_ECDSA, MAINET_HASH_SHA256, 32},
    {"EC", MAINET_SIGNATURE_RSA_PSS, MAINET_HASH_SHA256, 32},
    {"EC", MAINET_SIGNATURE_ECDSA, MAINET_HASH_NONE, 0},
    {"EC", MAINET_SIGNATURE_ECDSA, (mainet_hash)5, 32},
    {"EC", (mainet_signature)0, MAINET_HASH_SHA256, 32},
    {"EC", (mainet_signature)9, MAINET_HASH_SHA256, 32},
    {"ED25519", MAINET_SIGNATURE_EDDSA, MAINET_HASH_SHA256, 32},
};

START_TEST(what_does_not_fit_is_refused)
{
    EVP_PKEY *key = make_key(misfits[_i].key);
    mainet_identity *identity = import(key);
    mainet_error err = {0};

    ck_assert_ptr_null(mainet_identity_sign(identity, misfits[_i].signature, misfits[_i].hash, text,
                                            sizeof text, &err));
    ck_assert_int_eq(err.status, MAINET_E_ARGUMENT);
    ck_assert_ptr_null(mainet_identity_sign_digest(identity, misfits[_i].signature,
                                                   misfits[_i].hash, text, misfits[_i].len, &err));
    ck_assert_int_eq(err.status, MAINET_E_ARGUMENT);
    mainet_identity_free(identity);
    EVP_PKEY_free(key);
}
END_TEST

START_TEST(a_digest_has_the_length_of_its_hash)
{
    EVP_PKEY *key = make_key("EC");
    mainet_identity *identity = import(key);
    mainet_error err = {0};

    for (size_t len = 0; len <= 8; len++) {
        ck_assert_ptr_null(mainet_identity_sign_digest(identity, MAINET_SIGNATURE_ECDSA,
                                                       MAINET_HASH_SHA256, text, len, &err));
        ck_assert_int_eq(err.status, MAINET_E_ARGUMENT);
    }
    mainet_identity_free(identity);
    EVP_PKEY_free(key);
}
END_TEST

static mainet_status
sign(mainet_identity *identity)
{
    mainet_error err = {0};

    mainet_bytes_free(mainet_identity_sign(identity, MAINET_SIGNATURE_ECDSA, MAINET_HASH_SHA256,
                                           text, sizeof text, &err));
    return err.status;
}

START_TEST(a_locked_token_signs_nothing)
{
    EVP_PKEY *key = make_key("EC");
    mainet_identity *identity = import(key);

    ck_assert_int_eq(sign(identity), MAINET_OK);
    ck_assert_int_eq(mainet_token_lock(token, NULL), MAINET_OK);
    ck_assert_int_eq(sign(identity), MAINET_E_TOKEN_LOCKED);
    mainet_identity_free(identity);
    EVP_PKEY_free(key);
}
END_TEST

/* Whichever process deleted it, and however lately it was used. */
START_TEST(a_deleted_identity_signs_nothing)
{
    EVP_PKEY *key = make_key("EC");
    mainet_identity *identity = import(key);
    mn_auto(mainet_token) other = mainet_token_open(store, NULL, NULL);
    mn_auto(mainet_identity) same = NULL;

    ck_assert_int_eq(sign(identity), MAINET_OK);
    ck_assert_int_eq(mainet_token_unlock(other, PIN, NULL), MAINET_OK);
    same = mainet_token_identity(other, mainet_identity_id(identity), NULL);
    ck_assert_int_eq(mainet_identity_delete(same, 0, NULL), MAINET_OK);
    ck_assert_int_eq(sign(identity), MAINET_E_OBJECT_NOT_FOUND);
    mainet_identity_free(identity);
    EVP_PKEY_free(key);
}
END_TEST

/* The key that was used last is kept, but for its own identity. */
START_TEST(each_identity_signs_with_its_own_key)
{
    EVP_PKEY *keys[] = {make_key("EC"), make_key("EC")};
    mainet_identity *const identities[] = {import(keys[0]), import(keys[1])};

    for (int i = 0; i < 6; i++) {
        mainet_bytes *made = mainet_identity_sign(identities[i % 2], MAINET_SIGNATURE_ECDSA,
                                                  MAINET_HASH_SHA256, text, sizeof text, NULL);

        ck_assert(is_valid(ECDSA, keys[i % 2], made));
        ck_assert(!is_valid(ECDSA, keys[1 - i % 2], made));
        mainet_bytes_free(made);
    }
    for (int i = 0; i < 2; i++) {
        mainet_identity_free(identities[i]);
        EVP_PKEY_free(keys[i]);
    }
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("sign");
    TCase *tests = tcase_create("sign");

    tcase_add_checked_fixture(tests, open_token, close_token);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, a_signature_is_valid_whoever_hashes, 0,
                        sizeof kinds / sizeof *kinds);
    tcase_add_loop_test(tests, what_does_not_fit_is_refused, 0, sizeof misfits / sizeof *misfits);
    tcase_add_test(tests, a_digest_has_the_length_of_its_hash);
    tcase_add_test(tests, a_locked_token_signs_nothing);
    tcase_add_test(tests, a_deleted_identity_signs_nothing);
    tcase_add_test(tests, each_identity_signs_with_its_own_key);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
