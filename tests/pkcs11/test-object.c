/* SPDX-License-Identifier: BSD-3-Clause */
/* Which objects may be made, by whom and where; how long they live. */
#include "fixture.h"
#include "templates.h"
#include "unit/run-suite.h"

static CK_OBJECT_CLASS data_class = CKO_DATA, certificate_class = CKO_CERTIFICATE,
                       public_class = CKO_PUBLIC_KEY, private_class = CKO_PRIVATE_KEY,
                       secret_class = CKO_SECRET_KEY, profile_class = CKO_PROFILE;
static CK_KEY_TYPE rsa = CKK_RSA, ec = CKK_EC, aes = CKK_AES, generic = CKK_GENERIC_SECRET,
                   des = CKK_DES, des3 = CKK_DES3, cast128 = CKK_CAST128;
static CK_BBOOL yes = CK_TRUE, no = CK_FALSE, neither = 7;
static CK_ULONG sixteen = 16, wrong_len = 24;
static CK_BYTE bytes[64] = {1, 2, 3};
static CK_BYTE p256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};

static const struct {
    CK_ATTRIBUTE template[8];
    CK_RV expected;
} creations[] = {
    {{END}, CKR_TEMPLATE_INCOMPLETE},
    {{OF(CKA_CLASS, data_class), END}, CKR_OK},
    {{OF(CKA_CLASS, data_class), OF(CKA_CLASS, certificate_class), END}, CKR_TEMPLATE_INCONSISTENT},
    {{OF(CKA_CLASS, data_class), BYTES(CKA_LABEL, 3), BYTES(CKA_LABEL, 4), END},
     CKR_TEMPLATE_INCONSISTENT},
    {{OF(CKA_CLASS, data_class), OF(CKA_TOKEN, sixteen), END}, CKR_ATTRIBUTE_VALUE_INVALID},
    {{OF(CKA_CLASS, data_class), OF(CKA_PRIVATE, neither), END}, CKR_ATTRIBUTE_VALUE_INVALID},
    {{OF(CKA_CLASS, data_class), {CKA_VALUE, NULL, 5}, END}, CKR_ATTRIBUTE_VALUE_INVALID},
    {{OF(CKA_CLASS, data_class), BYTES(CKA_MODULUS, 5), END}, CKR_ATTRIBUTE_TYPE_INVALID},
    {{OF(CKA_CLASS, data_class), BYTES(0x87654321, 5), END}, CKR_ATTRIBUTE_TYPE_INVALID},
    {{OF(CKA_CLASS, profile_class), END}, CKR_ATTRIBUTE_VALUE_INVALID},
    {{OF(CKA_CLASS, certificate_class), END}, CKR_TEMPLATE_INCOMPLETE},
    {{OF(CKA_CLASS, certificate_class), BYTES(CKA_VALUE, 20), END}, CKR_ATTRIBUTE_VALUE_INVALID},
    {{OF(CKA_CLASS, secret_class), END}, CKR_TEMPLATE_INCOMPLETE},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, aes), END}, CKR_TEMPLATE_INCOMPLETE},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, aes), BYTES(CKA_VALUE, 15), END},
     CKR_ATTRIBUTE_VALUE_INVALID},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, aes), BYTES(CKA_VALUE, 16), END}, CKR_OK},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, aes), BYTES(CKA_VALUE, 16),
      OF(CKA_VALUE_LEN, sixteen), END},
     CKR_OK},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, aes), BYTES(CKA_VALUE, 16),
      OF(CKA_VALUE_LEN, wrong_len), END},
     CKR_TEMPLATE_INCONSISTENT},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, generic), BYTES(CKA_VALUE, 15), END}, CKR_OK},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, des3), BYTES(CKA_VALUE, 24), END}, CKR_OK},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, des3), BYTES(CKA_VALUE, 16), END},
     CKR_ATTRIBUTE_VALUE_INVALID},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, des), BYTES(CKA_VALUE, 8), END}, CKR_OK},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, des), BYTES(CKA_VALUE, 7), END},
     CKR_ATTRIBUTE_VALUE_INVALID},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, cast128), BYTES(CKA_VALUE, 8), END},
     CKR_ATTRIBUTE_VALUE_INVALID},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, aes), BYTES(CKA_VALUE, 16), OF(CKA_LOCAL, no),
      END},
     CKR_ATTRIBUTE_READ_ONLY},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, aes), BYTES(CKA_VALUE, 16),
      OF(CKA_TRUSTED, yes), END},
     CKR_ATTRIBUTE_READ_ONLY},
    {{OF(CKA_CLASS, private_class), OF(CKA_KEY_TYPE, rsa), BYTES(CKA_MODULUS, 64), END},
     CKR_TEMPLATE_INCOMPLETE},
    {{OF(CKA_CLASS, private_class), OF(CKA_KEY_TYPE, rsa), BYTES(CKA_MODULUS, 64),
      BYTES(CKA_PUBLIC_EXPONENT, 3), BYTES(CKA_PRIVATE_EXPONENT, 64), END},
     CKR_ATTRIBUTE_VALUE_INVALID},
    {{OF(CKA_CLASS, private_class), OF(CKA_KEY_TYPE, ec), OF(CKA_EC_PARAMS, p256),
      BYTES(CKA_VALUE, 32), END},
     CKR_OK},
    {{OF(CKA_CLASS, private_class), OF(CKA_KEY_TYPE, ec), OF(CKA_EC_PARAMS, p256),
      BYTES(CKA_VALUE, 33), END},
     CKR_ATTRIBUTE_VALUE_INVALID},
    {{OF(CKA_CLASS, private_class), OF(CKA_KEY_TYPE, ec), BYTES(CKA_EC_PARAMS, 3),
      BYTES(CKA_VALUE, 32), END},
     CKR_ATTRIBUTE_VALUE_INVALID},
    {{OF(CKA_CLASS, public_class), OF(CKA_KEY_TYPE, ec), OF(CKA_EC_PARAMS, p256),
      BYTES(CKA_EC_POINT, 64), END},
     CKR_ATTRIBUTE_VALUE_INVALID},
};

START_TEST(a_template_is_judged)
{
    const CK_SESSION_HANDLE session = user_session(0);
    CK_ATTRIBUTE template[8];
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;

    memcpy(template, creations[_i].template, sizeof template);
    ck_assert_rv(p11->C_CreateObject(session, template, length(template), &made),
                 creations[_i].expected);
    ck_assert((made != CK_INVALID_HANDLE) == (creations[_i].expected == CKR_OK));
}
END_TEST

/* Who may make what where. */
static const struct {
    CK_FLAGS flags;
    bool login;
    CK_BBOOL *token;
    CK_BBOOL *private;
    CK_RV expected;
} places[] = {
    {0, false, &no, &no, CKR_OK},
    {0, false, &no, &yes, CKR_USER_NOT_LOGGED_IN},
    {0, false, &yes, &no, CKR_SESSION_READ_ONLY},
    {CKF_RW_SESSION, false, &yes, &no, CKR_USER_NOT_LOGGED_IN},
    {0, true, &no, &yes, CKR_OK},
    {0, true, &yes, &no, CKR_SESSION_READ_ONLY},
    {CKF_RW_SESSION, true, &yes, &yes, CKR_OK},
    {CKF_RW_SESSION, true, &yes, &no, CKR_OK},
};

START_TEST(a_session_may_make_what_it_may)
{
    const CK_SESSION_HANDLE session = open_session(SLOT, places[_i].flags);
    CK_ATTRIBUTE template[] = {OF(CKA_CLASS, data_class),
                               {CKA_TOKEN, places[_i].token, 1},
                               {CKA_PRIVATE, places[_i].private, 1},
                               BYTES(CKA_VALUE, 40)};
    CK_BYTE value[64];
    CK_ATTRIBUTE read = {CKA_VALUE, value, sizeof value};
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;

    if (places[_i].login)
        ck_assert_rv(p11->C_Login(session, CKU_USER, USER_PIN), CKR_OK);
    ck_assert_rv(p11->C_CreateObject(session, template, 4, &made), places[_i].expected);
    if (places[_i].expected != CKR_OK)
        return;
    ck_assert_rv(p11->C_GetAttributeValue(session, made, &read, 1), CKR_OK);
    ck_assert_uint_eq(read.ulValueLen, 40);
    ck_assert_mem_eq(value, bytes, 40);
}
END_TEST

START_TEST(the_officer_makes_no_objects)
{
    const CK_SESSION_HANDLE session = open_session(SLOT, CKF_RW_SESSION);
    CK_ATTRIBUTE template[] = {OF(CKA_CLASS, data_class), OF(CKA_TOKEN, yes)};
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_Login(session, CKU_SO, OFFICER_PIN), CKR_OK);
    ck_assert_rv(p11->C_CreateObject(session, template, 2, &made), CKR_USER_NOT_LOGGED_IN);
}
END_TEST

/* What a session made ends with it, and is seen by the process's other sessions until then. */
START_TEST(session_objects_end_with_their_session)
{
    const CK_SESSION_HANDLE one = open_session(SLOT, 0);
    const CK_SESSION_HANDLE two = open_session(SLOT, 0);
    CK_ATTRIBUTE template[] = {OF(CKA_CLASS, data_class), BYTES(CKA_LABEL, 3), OF(CKA_TOKEN, no)};
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE found[16];
    CK_ULONG size = 0;

    ck_assert_rv(p11->C_CreateObject(one, template, 3, &made), CKR_OK);
    ck_assert_uint_eq(find(two, template, 3, found), 1);
    ck_assert_uint_eq(found[0], made);
    ck_assert_rv(p11->C_GetObjectSize(two, made, &size), CKR_OK);
    ck_assert_rv(p11->C_CloseSession(one), CKR_OK);
    ck_assert_uint_eq(find(two, template, 3, found), 0);
    ck_assert_rv(p11->C_GetObjectSize(two, made, &size), CKR_OBJECT_HANDLE_INVALID);
}
END_TEST

START_TEST(arguments_are_needed)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    CK_ATTRIBUTE template[] = {OF(CKA_CLASS, data_class)};
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_CreateObject(session, template, 1, NULL), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_CreateObject(session, NULL, 1, &made), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_CreateObject(session + 99, template, 1, &made), CKR_SESSION_HANDLE_INVALID);
    ck_assert_rv(p11->C_CopyObject(session, 12345678, NULL, 0, &made), CKR_OBJECT_HANDLE_INVALID);
    ck_assert_rv(p11->C_CopyObject(session, 12345678, NULL, 0, NULL), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_DestroyObject(session, 12345678), CKR_OBJECT_HANDLE_INVALID);
    ck_assert_rv(p11->C_SetAttributeValue(session, 12345678, template, 1),
                 CKR_OBJECT_HANDLE_INVALID);
    ck_assert_rv(p11->C_SetAttributeValue(session, 12345678, NULL, 1), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_Finalize(NULL), CKR_OK);
    ck_assert_rv(p11->C_CreateObject(session, NULL, 1, NULL), CKR_CRYPTOKI_NOT_INITIALIZED);
    ck_assert_rv(p11->C_CopyObject(session, 1, NULL, 0, NULL), CKR_CRYPTOKI_NOT_INITIALIZED);
    ck_assert_rv(p11->C_DestroyObject(session, 1), CKR_CRYPTOKI_NOT_INITIALIZED);
    ck_assert_rv(p11->C_SetAttributeValue(session, 1, NULL, 0), CKR_CRYPTOKI_NOT_INITIALIZED);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("object");
    TCase *shared = tcase_create("memory");
    TCase *changing = tcase_create("token");

    tcase_set_timeout(shared, 60);
    tcase_add_unchecked_fixture(shared, make_store, remove_store);
    tcase_add_checked_fixture(shared, start_module, stop_module);
    tcase_add_loop_test(shared, a_template_is_judged, 0, COUNT(creations));
    tcase_add_test(shared, the_officer_makes_no_objects);
    tcase_add_test(shared, session_objects_end_with_their_session);
    tcase_add_test(shared, arguments_are_needed);
    suite_add_tcase(suite, shared);
    tcase_set_timeout(changing, 60);
    tcase_add_checked_fixture(changing, set_up, tear_down);
    tcase_add_loop_test(changing, a_session_may_make_what_it_may, 0, COUNT(places));
    suite_add_tcase(suite, changing);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
