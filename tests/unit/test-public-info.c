/* SPDX-License-Identifier: BSD-3-Clause */
/* SubjectPublicKeyInfo by hand is what libcrypto makes of the same key. */
#include "store/public-attributes.h"

#include <openssl/ec.h>

#include "pkcs12/private-key.h"
#include "run-suite.h"
#include "store/key.h"
#include "support/temp-store.h"

static const struct {
    const char *type;
    const char *group;
    size_t bits;
} kinds[] = {
    {"EC", "P-256", 0},  {"EC", "P-384", 0},  {"EC", "P-521", 0},  {"EC", "secp256k1", 0},
    {"RSA", NULL, 1024}, {"RSA", NULL, 2041}, {"RSA", NULL, 3072}, {"ED25519", NULL, 0},
    {"ED448", NULL, 0},  {"X25519", NULL, 0},
};

static EVP_PKEY *
make(int kind)
{
    EVP_PKEY *key = NULL;

    ck_assert_int_eq(mn_crypto_ready(NULL), MAINET_OK);
    if (kinds[kind].group != NULL)
        key = EVP_PKEY_Q_keygen(mn_crypto_context(), NULL, "EC", kinds[kind].group);
    else if (kinds[kind].bits != 0)
        key = EVP_PKEY_Q_keygen(mn_crypto_context(), NULL, "RSA", kinds[kind].bits);
    else
        key = EVP_PKEY_Q_keygen(mn_crypto_context(), NULL, kinds[kind].type);
    ck_assert_ptr_nonnull(key);
    return key;
}

START_TEST(it_is_what_libcrypto_makes)
{
    EVP_PKEY *key = make(_i);
    mn_buffer made = MN_BUFFER_INIT(0);
    mn_public_info info;
    uint8_t *expected = NULL;
    const int len = i2d_PUBKEY(key, &expected);

    ck_assert_int_eq(mn_key_public_info(key, &made, NULL), MAINET_OK);
    ck_assert_int_eq((int)made.len, len);
    ck_assert_mem_eq(made.data, expected, made.len);
    ck_assert(mn_public_info_read(made.data, made.len, &info) == (_i < 8));
    for (size_t i = 0; i < made.len; i++) {
        uint8_t *cut = memcpy(malloc(i + 1), made.data, i);

        ck_assert(!mn_public_info_read(cut, i, &info));
        free(cut);
    }
    OPENSSL_free(expected);
    mn_buffer_clear(&made);
    EVP_PKEY_free(key);
}
END_TEST

/* Private keys too. */
START_TEST(a_private_key_is_what_libcrypto_makes)
{
    EVP_PKEY *key = make(_i);
    PKCS8_PRIV_KEY_INFO *made = mn_private_key_info(key);
    PKCS8_PRIV_KEY_INFO *expected = EVP_PKEY2PKCS8(key);
    uint8_t *made_der = NULL;
    uint8_t *expected_der = NULL;
    const int len = i2d_PKCS8_PRIV_KEY_INFO(made, &made_der);

    ck_assert_int_gt(len, 32);
    ck_assert_int_eq(i2d_PKCS8_PRIV_KEY_INFO(expected, &expected_der), len);
    ck_assert_mem_eq(made_der, expected_der, (size_t)len);
    OPENSSL_free(made_der);
    OPENSSL_free(expected_der);
    PKCS8_PRIV_KEY_INFO_free(made);
    PKCS8_PRIV_KEY_INFO_free(expected);
    EVP_PKEY_free(key);
}
END_TEST

START_TEST(a_certificate_has_it)
{
    EVP_PKEY *key = make(_i);
    EVP_PKEY *ca_key = make_key("EC");
    mainet_certificate *certificate = make_certificate(key, "user", ca_key, "CA", 77, 30);
    size_t der_len = 0;
    size_t expected_len = 0;
    size_t len = 0;
    const uint8_t *der = mn_certificate_der(certificate, &der_len);
    const uint8_t *expected = mn_certificate_public_key_der(certificate, &expected_len);
    const uint8_t *found = mn_certificate_find_info(der, der_len, &len);

    ck_assert_ptr_nonnull(found);
    ck_assert_uint_eq(len, expected_len);
    ck_assert_mem_eq(found, expected, len);
    for (size_t i = 0; i < (size_t)(found - der) + len; i++) {
        uint8_t *cut = memcpy(malloc(i + 1), der, i);

        ck_assert_ptr_null(mn_certificate_find_info(cut, i, &len));
        free(cut);
    }
    mainet_certificate_free(certificate);
    EVP_PKEY_free(ca_key);
    EVP_PKEY_free(key);
}
END_TEST

/* One key has one form: a compressed point is written out. */
START_TEST(a_compressed_point_is_not_plain)
{
    EVP_PKEY *key = make(0);
    mn_buffer plain = MN_BUFFER_INIT(0);
    mn_buffer again = MN_BUFFER_INIT(0);
    mn_public_info info;
    uint8_t *der = NULL;
    int len = 0;

    ck_assert_int_eq(mn_key_public_info(key, &plain, NULL), MAINET_OK);
    ck_assert_int_eq(EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                                                    "compressed"),
                     1);
    len = i2d_PUBKEY(key, &der);
    ck_assert_int_lt(len, (int)plain.len);
    ck_assert(!mn_public_info_read(der, (size_t)len, &info));
    ck_assert_int_eq(mn_key_public_info(key, &again, NULL), MAINET_OK);
    ck_assert_uint_eq(again.len, plain.len);
    ck_assert_mem_eq(again.data, plain.data, plain.len);
    OPENSSL_free(der);
    mn_buffer_clear(&plain);
    mn_buffer_clear(&again);
    EVP_PKEY_free(key);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("public-info");
    TCase *tests = tcase_create("public-info");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, it_is_what_libcrypto_makes, 0, sizeof kinds / sizeof *kinds);
    tcase_add_loop_test(tests, a_private_key_is_what_libcrypto_makes, 0,
                        sizeof kinds / sizeof *kinds);
    tcase_add_loop_test(tests, a_certificate_has_it, 0, 8);
    tcase_add_test(tests, a_compressed_point_is_not_plain);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
