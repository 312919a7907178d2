/* SPDX-License-Identifier: BSD-3-Clause */
/* Which keys may wrap, which may be wrapped, and what is said to those that may not. */
#include "fixture.h"
#include "templates.h"
#include "unit/run-suite.h"
#include "wrapping.h"

static CK_BBOOL yes = CK_TRUE;
static CK_BBOOL no = CK_FALSE;
static CK_OBJECT_CLASS secret_key = CKO_SECRET_KEY;
static CK_KEY_TYPE aes = CKK_AES;
static CK_BYTE kek[32] = "a key that wraps other keys, 32b";
static CK_BYTE iv8[8] = "12345678";
static CK_BYTE iv4[4] = "1234";
static CK_BYTE iv16[16] = "1234567890123456";

START_TEST(a_key_says_whether_and_by_whom_it_may_be_wrapped)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_MECHANISM mechanism = {CKM_AES_KEY_WRAP_PAD, NULL, 0};
    const CK_ATTRIBUTE stays = {CKA_EXTRACTABLE, &no, 1};
    const CK_ATTRIBUTE trusts = {CKA_WRAP_WITH_TRUSTED, &yes, 1};
    const CK_OBJECT_HANDLE key = create(session, CKK_AES, kek, 16, NULL);
    const CK_OBJECT_HANDLE staying = create(session, CKK_AES, kek, 16, &stays);
    const CK_OBJECT_HANDLE trusting = create(session, CKK_AES, kek, 16, &trusts);
    CK_BYTE wrapped[64];
    CK_ULONG len = sizeof wrapped;

    ck_assert_rv(p11->C_WrapKey(session, &mechanism, key, staying, wrapped, &len),
                 CKR_KEY_UNEXTRACTABLE);
    ck_assert_rv(p11->C_WrapKey(session, &mechanism, key, trusting, wrapped, &len),
                 CKR_KEY_NOT_WRAPPABLE);
    ck_assert_rv(p11->C_WrapKey(session, &mechanism, key, find_one(session, CKO_PUBLIC_KEY, "RSA"),
                                wrapped, &len),
                 CKR_KEY_NOT_WRAPPABLE);
    ck_assert_rv(p11->C_WrapKey(session, &mechanism, key, find_one(session, CKO_CERTIFICATE, "RSA"),
                                wrapped, &len),
                 CKR_KEY_HANDLE_INVALID);
    ck_assert_rv(p11->C_WrapKey(session, &mechanism, key, 99999, wrapped, &len),
                 CKR_KEY_HANDLE_INVALID);
    ck_assert_rv(p11->C_WrapKey(session, &mechanism, key, key, wrapped, &len), CKR_OK);
}
END_TEST

START_TEST(a_key_without_the_use_does_not_wrap)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_MECHANISM mechanism = {CKM_AES_KEY_WRAP, NULL, 0};
    CK_ATTRIBUTE template[] = {{CKA_CLASS, &secret_key, sizeof secret_key},
                               {CKA_KEY_TYPE, &aes, sizeof aes},
                               {CKA_VALUE, kek, 16},
                               {CKA_WRAP, &no, 1},
                               {CKA_UNWRAP, &no, 1}};
    const CK_OBJECT_HANDLE leaving = create(session, CKK_AES, kek, 16, NULL);
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
    CK_BYTE wrapped[64] = {0};
    CK_ULONG len = sizeof wrapped;

    ck_assert_rv(p11->C_CreateObject(session, template, COUNT(template), &key), CKR_OK);
    ck_assert_rv(p11->C_WrapKey(session, &mechanism, key, leaving, wrapped, &len),
                 CKR_KEY_FUNCTION_NOT_PERMITTED);
    ck_assert_rv(unwrap_secret(session, &mechanism, key, CKK_AES, wrapped, 24, &key),
                 CKR_KEY_FUNCTION_NOT_PERMITTED);
}
END_TEST

static const struct {
    CK_MECHANISM mechanism;
    CK_OBJECT_CLASS class; /* of the key that wraps; CKO_SECRET_KEY: our AES key */
    const char *key;
    CK_RV wraps;
    CK_RV unwraps;
} refusal_rows[] = {
    {{CKM_AES_CBC, iv16, 16}, CKO_SECRET_KEY, "", CKR_MECHANISM_INVALID, CKR_MECHANISM_INVALID},
    {{CKM_SHA256_RSA_PKCS, NULL, 0},
     CKO_PUBLIC_KEY,
     "RSA",
     CKR_MECHANISM_INVALID,
     CKR_MECHANISM_INVALID},
    {{CKM_AES_KEY_WRAP, iv4, 4},
     CKO_SECRET_KEY,
     "",
     CKR_MECHANISM_PARAM_INVALID,
     CKR_MECHANISM_PARAM_INVALID},
    {{CKM_AES_KEY_WRAP_KWP, iv8, 8},
     CKO_SECRET_KEY,
     "",
     CKR_MECHANISM_PARAM_INVALID,
     CKR_MECHANISM_PARAM_INVALID},
    {{CKM_AES_CBC_PAD, NULL, 0},
     CKO_SECRET_KEY,
     "",
     CKR_MECHANISM_PARAM_INVALID,
     CKR_MECHANISM_PARAM_INVALID},
    {{CKM_DES3_CBC_PAD, iv8, 8},
     CKO_SECRET_KEY,
     "",
     CKR_WRAPPING_KEY_TYPE_INCONSISTENT,
     CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT},
    {{CKM_AES_KEY_WRAP, NULL, 0},
     CKO_PUBLIC_KEY,
     "RSA",
     CKR_WRAPPING_KEY_TYPE_INCONSISTENT,
     CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT},
    {{CKM_RSA_PKCS, NULL, 0},
     CKO_SECRET_KEY,
     "",
     CKR_WRAPPING_KEY_TYPE_INCONSISTENT,
     CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT},
    {{CKM_RSA_PKCS, NULL, 0},
     CKO_CERTIFICATE,
     "RSA",
     CKR_WRAPPING_KEY_HANDLE_INVALID,
     CKR_UNWRAPPING_KEY_HANDLE_INVALID},
    {{CKM_RSA_PKCS, NULL, 0},
     CKO_PUBLIC_KEY,
     "nobody",
     CKR_WRAPPING_KEY_HANDLE_INVALID,
     CKR_UNWRAPPING_KEY_HANDLE_INVALID},
};

START_TEST(what_cannot_wrap_is_refused)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_MECHANISM mechanism = refusal_rows[_i].mechanism;
    const CK_OBJECT_HANDLE leaving = create(session, CKK_AES, kek, 16, NULL);
    const CK_OBJECT_HANDLE key =
        refusal_rows[_i].class == CKO_SECRET_KEY
            ? leaving
            : find_one(session, refusal_rows[_i].class, refusal_rows[_i].key);
    CK_OBJECT_HANDLE back = 1234;
    CK_BYTE wrapped[256] = {0};
    CK_ULONG len = sizeof wrapped;

    ck_assert_rv(p11->C_WrapKey(session, &mechanism, key, leaving, wrapped, &len),
                 refusal_rows[_i].wraps);
    ck_assert_rv(unwrap_secret(session, &mechanism, key, CKK_AES, wrapped, 24, &back),
                 refusal_rows[_i].unwraps);
    ck_assert_uint_eq(back, 1234);
}
END_TEST

START_TEST(wrapping_has_its_rules)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_MECHANISM mechanism = {CKM_AES_KEY_WRAP, NULL, 0};
    const CK_OBJECT_HANDLE key = create(session, CKK_AES, kek, 16, NULL);
    const CK_OBJECT_HANDLE odd = create(session, CKK_GENERIC_SECRET, kek, 17, NULL);
    CK_ATTRIBUTE template[] = {{CKA_CLASS, &secret_key, sizeof secret_key},
                               {CKA_KEY_TYPE, &aes, sizeof aes},
                               {CKA_TOKEN, &yes, 1}};
    CK_ULONG told = 24;
    CK_OBJECT_HANDLE back = CK_INVALID_HANDLE;
    CK_BYTE wrapped[64];
    CK_ULONG len = sizeof wrapped;

    ck_assert_rv(p11->C_WrapKey(0, &mechanism, key, key, wrapped, &len),
                 CKR_SESSION_HANDLE_INVALID);
    ck_assert_rv(p11->C_WrapKey(session, NULL, key, key, wrapped, &len), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_WrapKey(session, &mechanism, key, key, wrapped, NULL), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_WrapKey(session, &mechanism, key, odd, wrapped, &len), CKR_KEY_SIZE_RANGE);
    ck_assert_rv(p11->C_WrapKey(session, &mechanism, key, key, wrapped, &len), CKR_OK);
    ck_assert_rv(p11->C_UnwrapKey(0, &mechanism, key, wrapped, len, template, 2, &back),
                 CKR_SESSION_HANDLE_INVALID);
    ck_assert_rv(p11->C_UnwrapKey(session, NULL, key, wrapped, len, template, 2, &back),
                 CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_UnwrapKey(session, &mechanism, key, NULL, len, template, 2, &back),
                 CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_UnwrapKey(session, &mechanism, key, wrapped, len, NULL, 2, &back),
                 CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_UnwrapKey(session, &mechanism, key, wrapped, len, template, 2, NULL),
                 CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_UnwrapKey(session, &mechanism, key, wrapped, len, template, 0, &back),
                 CKR_TEMPLATE_INCOMPLETE);
    ck_assert_rv(p11->C_UnwrapKey(session, &mechanism, key, wrapped, len, template, 3, &back),
                 CKR_SESSION_READ_ONLY);
    ck_assert_rv(p11->C_UnwrapKey(session, &mechanism, key, wrapped, len, template, 2, &back),
                 CKR_OK);
    template[2] = (CK_ATTRIBUTE){CKA_VALUE_LEN, &told, sizeof told};
    ck_assert_rv(p11->C_UnwrapKey(session, &mechanism, key, wrapped, len, template, 3, &back),
                 CKR_TEMPLATE_INCONSISTENT);
    told = 16;
    ck_assert_rv(p11->C_UnwrapKey(session, &mechanism, key, wrapped, len, template, 3, &back),
                 CKR_OK);
}
END_TEST

/* What is unwrapped was elsewhere before. */
START_TEST(an_unwrapped_key_was_not_always_here)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_MECHANISM mechanism = {CKM_AES_KEY_WRAP, NULL, 0};
    const CK_OBJECT_HANDLE key = create(session, CKK_AES, kek, 16, NULL);
    CK_ATTRIBUTE template[] = {{CKA_CLASS, &secret_key, sizeof secret_key},
                               {CKA_KEY_TYPE, &aes, sizeof aes},
                               {CKA_SENSITIVE, &yes, 1},
                               {CKA_EXTRACTABLE, &no, 1}};
    CK_BBOOL seen[3] = {2, 2, 2};
    CK_ATTRIBUTE wanted[] = {{CKA_LOCAL, &seen[0], 1},
                             {CKA_ALWAYS_SENSITIVE, &seen[1], 1},
                             {CKA_NEVER_EXTRACTABLE, &seen[2], 1}};
    CK_OBJECT_HANDLE back = CK_INVALID_HANDLE;
    CK_BYTE wrapped[64];
    CK_ULONG len = sizeof wrapped;

    ck_assert_rv(p11->C_WrapKey(session, &mechanism, key, key, wrapped, &len), CKR_OK);
    ck_assert_rv(
        p11->C_UnwrapKey(session, &mechanism, key, wrapped, len, template, COUNT(template), &back),
        CKR_OK);
    ck_assert_rv(p11->C_GetAttributeValue(session, back, wanted, 3), CKR_OK);
    ck_assert(!seen[0] && !seen[1] && !seen[2]);
    ck_assert_rv(p11->C_WrapKey(session, &mechanism, key, back, wrapped, &len),
                 CKR_KEY_UNEXTRACTABLE);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("wrap-rules");
    TCase *all = tcase_create("all");

    tcase_set_timeout(all, 60);
    tcase_add_unchecked_fixture(all, make_store, remove_store);
    tcase_add_checked_fixture(all, start_module, stop_module);
    tcase_add_test(all, a_key_says_whether_and_by_whom_it_may_be_wrapped);
    tcase_add_test(all, a_key_without_the_use_does_not_wrap);
    tcase_add_loop_test(all, what_cannot_wrap_is_refused, 0, COUNT(refusal_rows));
    tcase_add_test(all, wrapping_has_its_rules);
    tcase_add_test(all, an_unwrapped_key_was_not_always_here);
    suite_add_tcase(suite, all);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
