/* SPDX-License-Identifier: BSD-3-Clause */
/* What a key may be used for, and who has to say so. */
#include "fixture.h"
#include "templates.h"
#include "unit/run-suite.h"

static CK_BBOOL yes = CK_TRUE;
static CK_ULONG bits_1024 = 1024;
static CK_ULONG bits_2048 = 2048;

/* CKA_ALWAYS_AUTHENTICATE: a PIN for every use, whichever began last. */
START_TEST(a_key_may_want_the_pin_each_time)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    CK_MECHANISM generate = {CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0};
    CK_MECHANISM mechanism = {CKM_RSA_PKCS, NULL, 0};
    CK_ATTRIBUTE public_template[] = {{CKA_MODULUS_BITS, &bits_2048, sizeof bits_2048}};
    CK_ATTRIBUTE private_template[] = {{CKA_PRIVATE, &yes, 1},
                                       {CKA_DECRYPT, &yes, 1},
                                       {CKA_SIGN, &yes, 1},
                                       {CKA_ALWAYS_AUTHENTICATE, &yes, 1}};
    CK_BYTE data[] = "secret";
    CK_BYTE encrypted[256];
    CK_BYTE plain[256];
    CK_ULONG encrypted_len = sizeof encrypted;
    CK_ULONG len = sizeof plain;
    CK_OBJECT_HANDLE public_key = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE private_key = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_GenerateKeyPair(session, &generate, public_template, 1, private_template, 4,
                                        &public_key, &private_key),
                 CKR_OK);
    ck_assert_rv(p11->C_EncryptInit(session, &mechanism, public_key), CKR_OK);
    ck_assert_rv(p11->C_Encrypt(session, data, sizeof data, encrypted, &encrypted_len), CKR_OK);
    ck_assert_rv(p11->C_DecryptInit(session, &mechanism, private_key), CKR_OK);
    ck_assert_rv(p11->C_Decrypt(session, encrypted, encrypted_len, plain, &len),
                 CKR_USER_NOT_LOGGED_IN);
    ck_assert_rv(p11->C_DecryptInit(session, &mechanism, private_key), CKR_OK);
    ck_assert_rv(p11->C_Login(session, CKU_CONTEXT_SPECIFIC, WRONG_PIN), CKR_PIN_INCORRECT);
    ck_assert_rv(p11->C_Login(session, CKU_CONTEXT_SPECIFIC, USER_PIN), CKR_OK);
    ck_assert_rv(p11->C_Decrypt(session, encrypted, encrypted_len, NULL, &len), CKR_OK);
    ck_assert_rv(p11->C_Decrypt(session, encrypted, encrypted_len, plain, &len), CKR_OK);
    ck_assert_mem_eq(plain, data, sizeof data);
    ck_assert_rv(p11->C_DecryptInit(session, &mechanism, private_key), CKR_OK);
    ck_assert_rv(p11->C_SignInit(session, &mechanism, private_key), CKR_OK);
    ck_assert_rv(p11->C_Login(session, CKU_CONTEXT_SPECIFIC, USER_PIN), CKR_OK);
    len = sizeof plain;
    ck_assert_rv(p11->C_Sign(session, data, sizeof data, plain, &len), CKR_OK);
    ck_assert_rv(p11->C_Decrypt(session, encrypted, encrypted_len, plain, &len),
                 CKR_USER_NOT_LOGGED_IN);
}
END_TEST

START_TEST(a_list_of_mechanisms_is_kept_to)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    CK_MECHANISM generate = {CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0};
    CK_MECHANISM_TYPE allowed[] = {CKM_SHA256_RSA_PKCS, CKM_SHA512_RSA_PKCS};
    CK_MECHANISM in_list = {CKM_SHA512_RSA_PKCS, NULL, 0};
    CK_MECHANISM not_in_list = {CKM_RSA_PKCS, NULL, 0};
    CK_ATTRIBUTE public_template[] = {{CKA_MODULUS_BITS, &bits_2048, sizeof bits_2048},
                                      {CKA_ALLOWED_MECHANISMS, allowed, sizeof allowed}};
    CK_ATTRIBUTE private_template[] = {{CKA_ALLOWED_MECHANISMS, allowed, sizeof allowed}};
    CK_OBJECT_HANDLE public_key = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE private_key = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_GenerateKeyPair(session, &generate, public_template, 2, private_template, 1,
                                        &public_key, &private_key),
                 CKR_OK);
    ck_assert_rv(p11->C_SignInit(session, &not_in_list, private_key), CKR_MECHANISM_INVALID);
    ck_assert_rv(p11->C_SignInit(session, &in_list, private_key), CKR_OK);
    ck_assert_rv(p11->C_DecryptInit(session, &not_in_list, private_key), CKR_MECHANISM_INVALID);
    ck_assert_rv(p11->C_VerifyInit(session, &not_in_list, public_key), CKR_MECHANISM_INVALID);
    ck_assert_rv(p11->C_EncryptInit(session, &not_in_list, public_key), CKR_MECHANISM_INVALID);
    ck_assert_rv(p11->C_VerifyInit(session, &in_list, public_key), CKR_OK);
}
END_TEST

/* As Google's tests have it in a public session: CKA_ENCRYPT and CKA_DECRYPT without yes or no. */
START_TEST(what_a_pair_is_for_may_be_left_open)
{
    const CK_SESSION_HANDLE session = open_session(SLOT, CKF_RW_SESSION);
    CK_BYTE exponent[] = {0, 1, 0, 1};
    CK_ATTRIBUTE public_template[] = {{CKA_ENCRYPT, NULL, 0},
                                      {CKA_MODULUS_BITS, &bits_1024, sizeof bits_1024},
                                      {CKA_PUBLIC_EXPONENT, exponent, sizeof exponent}};
    CK_ATTRIBUTE private_template[] = {{CKA_DECRYPT, NULL, 0}};
    CK_MECHANISM mechanism = {CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0};
    CK_ATTRIBUTE half_said = {CKA_DECRYPT, &yes, 0};
    CK_OBJECT_HANDLE public_key = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE private_key = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_GenerateKeyPair(session, &mechanism, public_template, 3, private_template,
                                        1, &public_key, &private_key),
                 CKR_OK);
    expect_bool(session, private_key, CKA_DECRYPT, CK_TRUE);
    ck_assert_rv(p11->C_GenerateKeyPair(session, &mechanism, public_template, 3, &half_said, 1,
                                        &public_key, &private_key),
                 CKR_ATTRIBUTE_VALUE_INVALID);
    ck_assert_rv(p11->C_SetAttributeValue(session, private_key, private_template, 1),
                 CKR_ATTRIBUTE_VALUE_INVALID);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("use");
    TCase *all = tcase_create("session");

    tcase_set_timeout(all, 60);
    tcase_add_unchecked_fixture(all, make_store, remove_store);
    tcase_add_checked_fixture(all, start_module, stop_module);
    tcase_add_test(all, a_key_may_want_the_pin_each_time);
    tcase_add_test(all, a_list_of_mechanisms_is_kept_to);
    tcase_add_test(all, what_a_pair_is_for_may_be_left_open);
    suite_add_tcase(suite, all);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
