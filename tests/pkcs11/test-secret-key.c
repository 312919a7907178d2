/* SPDX-License-Identifier: BSD-3-Clause */
/* Secret keys that are made here. */
#include "fixture.h"
#include "templates.h"
#include "unit/run-suite.h"

static CK_BBOOL yes = CK_TRUE;
static CK_BBOOL no = CK_FALSE;
static CK_BYTE zero[] = {0};

static const struct {
    CK_MECHANISM_TYPE type;
    CK_ULONG len;
    CK_RV expected;
} secret_rows[] = {
    {CKM_AES_KEY_GEN, 16, CKR_OK},
    {CKM_AES_KEY_GEN, 24, CKR_OK},
    {CKM_AES_KEY_GEN, 32, CKR_OK},
    {CKM_AES_KEY_GEN, 20, CKR_ATTRIBUTE_VALUE_INVALID},
    {CKM_AES_KEY_GEN, 0, CKR_ATTRIBUTE_VALUE_INVALID},
    {CKM_GENERIC_SECRET_KEY_GEN, 1, CKR_OK},
    {CKM_GENERIC_SECRET_KEY_GEN, 512, CKR_OK},
    {CKM_GENERIC_SECRET_KEY_GEN, 513, CKR_ATTRIBUTE_VALUE_INVALID},
    {CKM_GENERIC_SECRET_KEY_GEN, 0, CKR_ATTRIBUTE_VALUE_INVALID},
    {CKM_EC_KEY_PAIR_GEN, 16, CKR_MECHANISM_INVALID},
    {CKM_DES_KEY_GEN, 8, CKR_OK},
    {CKM_DES2_KEY_GEN, 16, CKR_OK},
    {CKM_DES3_KEY_GEN, 24, CKR_OK},
    {CKM_DES3_KEY_GEN, 16, CKR_ATTRIBUTE_VALUE_INVALID},
    {CKM_RC4_KEY_GEN, 16, CKR_MECHANISM_INVALID},
};

START_TEST(a_secret_key_is_random_and_as_long_as_asked)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_MECHANISM mechanism = {secret_rows[_i].type, NULL, 0};
    CK_ULONG len = secret_rows[_i].len;
    CK_ATTRIBUTE template[] = {
        {CKA_VALUE_LEN, &len, sizeof len}, {CKA_SENSITIVE, &no, 1}, {CKA_EXTRACTABLE, &yes, 1}};
    CK_BYTE seen[2][512];
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;

    for (int turn = 0; turn < 2; turn++) {
        CK_ATTRIBUTE value = {CKA_VALUE, seen[turn], sizeof seen[turn]};

        ck_assert_rv(p11->C_GenerateKey(session, &mechanism, template, COUNT(template), &key),
                     secret_rows[_i].expected);
        if (secret_rows[_i].expected != CKR_OK)
            return;
        ck_assert_rv(p11->C_GetAttributeValue(session, key, &value, 1), CKR_OK);
        ck_assert_uint_eq(value.ulValueLen, len);
        expect_bool(session, key, CKA_LOCAL, CK_TRUE);
        expect_bool(session, key, CKA_ALWAYS_SENSITIVE, CK_FALSE);
        expect_bool(session, key, CKA_NEVER_EXTRACTABLE, CK_FALSE);
    }
    ck_assert(len == 1 || memcmp(seen[0], seen[1], len) != 0);
}
END_TEST

static const struct {
    CK_MECHANISM_TYPE type;
    CK_ULONG len;
} des_rows[] = {{CKM_DES_KEY_GEN, 8}, {CKM_DES2_KEY_GEN, 16}, {CKM_DES3_KEY_GEN, 24}};

/* Programs ask for one to see how secret keys are kept: Google's tests, and without a length. */
START_TEST(a_des_key_has_its_length_and_odd_parity)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_MECHANISM mechanism = {des_rows[_i].type, NULL, 0};
    CK_ATTRIBUTE template[] = {{CKA_SENSITIVE, &no, 1}, {CKA_EXTRACTABLE, &yes, 1}};
    CK_BYTE seen[32];
    CK_ATTRIBUTE value = {CKA_VALUE, seen, sizeof seen};
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_GenerateKey(session, &mechanism, template, COUNT(template), &key), CKR_OK);
    ck_assert_rv(p11->C_GetAttributeValue(session, key, &value, 1), CKR_OK);
    ck_assert_uint_eq(value.ulValueLen, des_rows[_i].len);
    for (CK_ULONG i = 0; i < value.ulValueLen; i++)
        ck_assert_int_eq(__builtin_popcount(seen[i]) % 2, 1);
}
END_TEST

START_TEST(a_secret_key_is_made_by_the_rules)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_MECHANISM mechanism = {CKM_AES_KEY_GEN, NULL, 0};
    CK_MECHANISM odd = {CKM_AES_KEY_GEN, zero, 1};
    CK_ULONG len = 16;
    CK_ATTRIBUTE template[] = {{CKA_VALUE_LEN, &len, sizeof len}, {CKA_TOKEN, &yes, 1}};
    CK_OBJECT_HANDLE key = 1234;

    ck_assert_rv(p11->C_GenerateKey(0, &mechanism, template, 1, &key), CKR_SESSION_HANDLE_INVALID);
    ck_assert_rv(p11->C_GenerateKey(session, NULL, template, 1, &key), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_GenerateKey(session, &mechanism, NULL, 1, &key), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_GenerateKey(session, &mechanism, template, 1, NULL), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_GenerateKey(session, &odd, template, 1, &key), CKR_MECHANISM_PARAM_INVALID);
    ck_assert_rv(p11->C_GenerateKey(session, &mechanism, template, 0, &key),
                 CKR_TEMPLATE_INCOMPLETE);
    ck_assert_rv(p11->C_GenerateKey(session, &mechanism, template, 2, &key), CKR_SESSION_READ_ONLY);
    ck_assert_uint_eq(key, 1234);
}
END_TEST

START_TEST(a_secret_key_that_is_to_be_sensitive_stays)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_MECHANISM mechanism = {CKM_AES_KEY_GEN, NULL, 0};
    CK_ULONG len = 16;
    CK_ATTRIBUTE template[] = {
        {CKA_VALUE_LEN, &len, sizeof len}, {CKA_SENSITIVE, &yes, 1}, {CKA_EXTRACTABLE, &yes, 1}};
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_GenerateKey(session, &mechanism, template, 2, &key), CKR_OK);
    expect_bool(session, key, CKA_EXTRACTABLE, CK_FALSE);
    expect_bool(session, key, CKA_NEVER_EXTRACTABLE, CK_TRUE);
    ck_assert_rv(p11->C_GenerateKey(session, &mechanism, template, 3, &key), CKR_OK);
    expect_bool(session, key, CKA_EXTRACTABLE, CK_TRUE);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("secret-key");
    TCase *all = tcase_create("session");

    tcase_set_timeout(all, 60);
    tcase_add_unchecked_fixture(all, make_store, remove_store);
    tcase_add_checked_fixture(all, start_module, stop_module);
    tcase_add_loop_test(all, a_secret_key_is_random_and_as_long_as_asked, 0, COUNT(secret_rows));
    tcase_add_loop_test(all, a_des_key_has_its_length_and_odd_parity, 0, COUNT(des_rows));
    tcase_add_test(all, a_secret_key_is_made_by_the_rules);
    tcase_add_test(all, a_secret_key_that_is_to_be_sensitive_stays);
    suite_add_tcase(suite, all);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
