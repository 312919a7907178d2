/* SPDX-License-Identifier: BSD-3-Clause */
/* Finding objects and reading attributes. */
#include "fixture.h"
#include "pkcs12/certificate.h"
#include "unit/run-suite.h"

static CK_OBJECT_CLASS classes[] = {CKO_CERTIFICATE, CKO_PUBLIC_KEY, CKO_PRIVATE_KEY, CKO_DATA,
                                    CKO_PROFILE,     0xCE534353UL,   0xBUL,           0xCE534354UL};
static CK_BBOOL yes = CK_TRUE;
static CK_BBOOL no = CK_FALSE;
static CK_KEY_TYPE rsa = CKK_RSA;
static CK_ULONG public_certificates = CKP_PUBLIC_CERTIFICATES_TOKEN;

#define CLASS(n)                                                                                   \
    {                                                                                              \
        CKA_CLASS, &classes[n], sizeof classes[n]                                                  \
    }
#define TOKEN(value)                                                                               \
    {                                                                                              \
        CKA_TOKEN, &(value), 1                                                                     \
    }
#define TEXT(type, text)                                                                           \
    {                                                                                              \
        type, (char *)(uintptr_t)(text), sizeof(text) - 1                                          \
    }

static struct {
    CK_ATTRIBUTE template[3];
    CK_ULONG count;
    CK_ULONG before_login;
    CK_ULONG after_login;
} search_rows[] = {
    {{{0}}, 0, 7, 10},
    {{CLASS(0)}, 1, 4, 4},
    {{TOKEN(yes), CLASS(0)}, 2, 4, 4},
    {{TOKEN(no), CLASS(0)}, 2, 0, 0},
    {{CLASS(1)}, 1, 3, 3},
    {{CLASS(2)}, 1, 0, 3},
    {{CLASS(3)}, 1, 0, 0},
    {{TOKEN(yes), CLASS(4)}, 2, 4, 4},
    {{CLASS(4), TOKEN(yes)}, 2, 4, 4},
    {{CLASS(4)}, 1, 4, 4},
    {{CLASS(4), {CKA_PROFILE_ID, &public_certificates, sizeof public_certificates}}, 2, 1, 1},
    {{{CKA_PROFILE_ID, &public_certificates, sizeof public_certificates}}, 1, 1, 1},
    {{CLASS(0), {CKA_PROFILE_ID, &public_certificates, sizeof public_certificates}}, 2, 0, 0},
    {{CLASS(4), TOKEN(no)}, 2, 0, 0},
    {{TOKEN(yes), CLASS(5)}, 2, 0, 0}, /* NSS: trust */
    {{TOKEN(yes), CLASS(6)}, 2, 0, 0}, /* PKCS#11 v3.2: trust */
    {{CLASS(7)}, 1, 0, 0},             /* NSS: list of built-in roots */
    {{{CKA_VENDOR_DEFINED | 7, &yes, 1}}, 1, 0, 0},
    {{TEXT(CKA_LABEL, "RSA")}, 1, 2, 3},
    {{TEXT(CKA_LABEL, "RSA"), CLASS(2)}, 2, 0, 1},
    {{TEXT(CKA_LABEL, "rsa")}, 1, 0, 0},
    {{{CKA_KEY_TYPE, &rsa, sizeof rsa}}, 1, 1, 2},
    {{{CKA_KEY_TYPE, &rsa, 4}}, 1, 0, 0},
    {{CLASS(2), {CKA_SIGN, &yes, 1}}, 2, 0, 3},
    {{CLASS(2), {CKA_SIGN, &no, 1}}, 2, 0, 0},
    {{CLASS(2), {CKA_ALWAYS_AUTHENTICATE, &no, 1}}, 2, 0, 3},
    {{CLASS(2), {CKA_PRIVATE_EXPONENT, &no, 1}}, 2, 0, 0},
    {{{CKA_PRIVATE, &yes, 1}}, 1, 0, 3},
};

START_TEST(a_search_finds_what_there_is)
{
    const CK_SESSION_HANDLE session = open_session(SLOT, 0);
    CK_OBJECT_HANDLE found[16];

    ck_assert_uint_eq(find(session, search_rows[_i].template, search_rows[_i].count, found),
                      search_rows[_i].before_login);
    ck_assert_rv(p11->C_Login(session, CKU_USER, USER_PIN), CKR_OK);
    ck_assert_uint_eq(find(session, search_rows[_i].template, search_rows[_i].count, found),
                      search_rows[_i].after_login);
}
END_TEST

/* DER as it is, and the bytes of the number alone. */
START_TEST(a_serial_number_is_found_in_both_forms)
{
    const CK_SESSION_HANDLE session = open_session(SLOT, 0);
    CK_BYTE der[] = {2, 2, 0, 0xF1};
    CK_BYTE raw[] = {0xF1};
    size_t issuer_len = 0;
    const uint8_t *issuer = mn_certificate_issuer_der(certificates[1], &issuer_len);
    CK_OBJECT_HANDLE first[16];
    CK_OBJECT_HANDLE second[16];
    CK_ATTRIBUTE template[] = {
        TOKEN(yes),
        CLASS(0),
        {CKA_ISSUER, (uint8_t *)(uintptr_t)issuer, issuer_len},
        {CKA_SERIAL_NUMBER, der, sizeof der},
    };

    ck_assert_uint_eq(find(session, template, 4, first), 1);
    template[3] = (CK_ATTRIBUTE){CKA_SERIAL_NUMBER, raw, sizeof raw};
    ck_assert_uint_eq(find(session, template, 4, second), 1);
    ck_assert_uint_eq(first[0], second[0]);
    raw[0] = 0xF7;
    ck_assert_uint_eq(find(session, template, 4, second), 0);
}
END_TEST

START_TEST(a_search_has_its_own_order)
{
    const CK_SESSION_HANDLE session = open_session(SLOT, 0);
    CK_OBJECT_HANDLE found[16];
    CK_ATTRIBUTE no_value = {CKA_LABEL, NULL, 4};
    CK_ULONG count = 0;

    ck_assert_rv(p11->C_FindObjects(session, found, 16, &count), CKR_OPERATION_NOT_INITIALIZED);
    ck_assert_rv(p11->C_FindObjectsFinal(session), CKR_OPERATION_NOT_INITIALIZED);
    ck_assert_rv(p11->C_FindObjectsInit(session, NULL, 1), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_FindObjectsInit(session, &no_value, 1), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_FindObjectsInit(session, NULL, 0), CKR_OK);
    ck_assert_rv(p11->C_FindObjectsInit(session, NULL, 0), CKR_OPERATION_ACTIVE);
    ck_assert_rv(p11->C_FindObjects(session, found, 3, &count), CKR_OK);
    ck_assert_uint_eq(count, 3);
    ck_assert_rv(p11->C_FindObjects(session, found, 16, &count), CKR_OK);
    ck_assert_uint_eq(count, 4);
    ck_assert_rv(p11->C_FindObjects(session, found, 16, NULL), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_FindObjectsFinal(session), CKR_OK);
}
END_TEST

START_TEST(attributes_are_told_by_the_rule_of_lengths)
{
    const CK_SESSION_HANDLE session = open_session(SLOT, 0);
    const CK_OBJECT_HANDLE key = find_one(session, CKO_PUBLIC_KEY, "RSA");
    CK_ULONG bits = 0;
    CK_BBOOL flag = CK_FALSE;
    CK_BYTE small[4];
    CK_BYTE modulus[256];
    CK_ATTRIBUTE template[] = {
        {CKA_MODULUS_BITS, &bits, sizeof bits},
        {CKA_MODULUS, small, sizeof small},
        {CKA_VERIFY, &flag, sizeof flag},
        {CKA_VENDOR_DEFINED, small, sizeof small},
        {CKA_MODULUS, NULL, 0},
    };

    ck_assert_rv(p11->C_GetAttributeValue(session, key, template, 3), CKR_BUFFER_TOO_SMALL);
    ck_assert_uint_eq(bits, 2048);
    ck_assert_uint_eq(flag, CK_TRUE);
    ck_assert_uint_eq(template[1].ulValueLen, CK_UNAVAILABLE_INFORMATION);
    ck_assert_rv(p11->C_GetAttributeValue(session, key, &template[3], 2),
                 CKR_ATTRIBUTE_TYPE_INVALID);
    ck_assert_uint_eq(template[3].ulValueLen, CK_UNAVAILABLE_INFORMATION);
    ck_assert_uint_eq(template[4].ulValueLen, sizeof modulus);
    template[4].pValue = modulus;
    ck_assert_rv(p11->C_GetAttributeValue(session, key, &template[4], 1), CKR_OK);
    ck_assert_rv(p11->C_GetAttributeValue(session, key, NULL, 1), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_GetAttributeValue(session, 9999, template, 1), CKR_OBJECT_HANDLE_INVALID);
}
END_TEST

START_TEST(a_private_key_keeps_its_numbers)
{
    const CK_SESSION_HANDLE session = open_user_session();
    const CK_OBJECT_HANDLE key = find_one(session, CKO_PRIVATE_KEY, "RSA");
    CK_BYTE number[512];
    CK_BYTE id[20];
    CK_BBOOL always = CK_TRUE;
    CK_ATTRIBUTE template[] = {
        {CKA_PRIVATE_EXPONENT, number, sizeof number},
        {CKA_PRIME_1, NULL, 0},
        {CKA_ID, id, sizeof id},
        {CKA_ALWAYS_AUTHENTICATE, &always, sizeof always},
    };

    ck_assert_rv(p11->C_GetAttributeValue(session, key, template, 4), CKR_ATTRIBUTE_SENSITIVE);
    ck_assert_uint_eq(template[0].ulValueLen, CK_UNAVAILABLE_INFORMATION);
    ck_assert_uint_eq(template[1].ulValueLen, CK_UNAVAILABLE_INFORMATION);
    ck_assert_uint_eq(template[2].ulValueLen, sizeof id);
    ck_assert_uint_eq(always, CK_FALSE);
}
END_TEST

START_TEST(a_certificate_is_told_as_it_is)
{
    const CK_SESSION_HANDLE session = open_session(SLOT, 0);
    const CK_OBJECT_HANDLE object = find_one(session, CKO_CERTIFICATE, "EC");
    mainet_bytes *der = mainet_certificate_der(certificates[1], NULL);
    CK_BYTE value[4096];
    CK_ULONG type = 77;
    CK_ATTRIBUTE template[] = {{CKA_VALUE, value, sizeof value},
                               {CKA_CERTIFICATE_TYPE, &type, sizeof type}};

    ck_assert_rv(p11->C_GetAttributeValue(session, object, template, 2), CKR_OK);
    ck_assert_uint_eq(template[0].ulValueLen, mainet_bytes_len(der));
    ck_assert_mem_eq(value, mainet_bytes_data(der), template[0].ulValueLen);
    ck_assert_uint_eq(type, CKC_X_509);
    mainet_bytes_free(der);
}
END_TEST

START_TEST(a_logout_takes_private_handles_for_good)
{
    const CK_SESSION_HANDLE session = open_user_session();
    const CK_OBJECT_HANDLE key = find_one(session, CKO_PRIVATE_KEY, "EC");
    const CK_OBJECT_HANDLE certificate = find_one(session, CKO_CERTIFICATE, "EC");
    CK_ULONG size = 0;

    ck_assert_rv(p11->C_GetObjectSize(session, key, &size), CKR_OK);
    ck_assert_rv(p11->C_Logout(session), CKR_OK);
    ck_assert_rv(p11->C_GetObjectSize(session, key, &size), CKR_OBJECT_HANDLE_INVALID);
    ck_assert_rv(p11->C_GetObjectSize(session, certificate, &size), CKR_OK);
    ck_assert_rv(p11->C_Login(session, CKU_USER, USER_PIN), CKR_OK);
    ck_assert_rv(p11->C_GetObjectSize(session, key, &size), CKR_OBJECT_HANDLE_INVALID);
    ck_assert_uint_gt(find_one(session, CKO_PRIVATE_KEY, "EC"), key);
}
END_TEST

/* Another process would do as this process's own library does: it has a SQLite of its own. */
static void
delete_object(CK_OBJECT_CLASS class, const char *label)
{
    mainet_token *token = mainet_token_open(store, "MaiNet", NULL);
    mn_attributes *wanted = mn_attributes_new(NULL);
    mn_ids ids = {0};

    ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_OK);
    (void)mn_attributes_set_number(wanted, CKA_CLASS, class, NULL);
    (void)mn_attributes_set_text(wanted, CKA_LABEL, label, NULL);
    ck_assert_int_eq(mn_token_find(token, mn_token_keys(token), wanted, &ids, NULL), MAINET_OK);
    ck_assert_uint_eq(ids.count, 1);
    ck_assert_int_eq(mn_token_delete(token, mn_token_keys(token), ids.ids[0], NULL), MAINET_OK);
    mn_ids_clear(&ids);
    mn_attributes_free(wanted);
    mainet_token_free(token);
}

START_TEST(what_others_delete_is_gone_from_the_next_look_on)
{
    const CK_SESSION_HANDLE session = open_session(SLOT, 0);
    const CK_OBJECT_HANDLE gone = find_one(session, CKO_CERTIFICATE, "EC");
    const CK_OBJECT_HANDLE stays = find_one(session, CKO_CERTIFICATE, "RSA");
    CK_TOKEN_INFO token_info;
    CK_SLOT_INFO slot_info;
    CK_ULONG size = 0;

    ck_assert_rv(p11->C_GetObjectSize(session, gone, &size), CKR_OK);
    delete_object(CKO_CERTIFICATE, "EC");
    if (_i == 0)
        ck_assert_rv(p11->C_GetTokenInfo(SLOT, &token_info), CKR_OK);
    else if (_i == 1)
        ck_assert_rv(p11->C_GetSlotInfo(SLOT, &slot_info), CKR_OK);
    else
        ck_assert_uint_eq(find_one(session, CKO_CERTIFICATE, "EC"), CK_INVALID_HANDLE);
    ck_assert_rv(p11->C_GetObjectSize(session, gone, &size), CKR_OBJECT_HANDLE_INVALID);
    ck_assert_rv(p11->C_GetObjectSize(session, stays, &size), CKR_OK);
}
END_TEST

START_TEST(what_others_add_is_found)
{
    const CK_SESSION_HANDLE session = open_user_session();
    mainet_token *token = mainet_token_open(store, "MaiNet", NULL);

    ck_assert_uint_eq(find_one(session, CKO_PRIVATE_KEY, "late"), CK_INVALID_HANDLE);
    ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_OK);
    EVP_PKEY_free(keys[0]);
    mainet_certificate_free(certificates[0]);
    keys[0] = make_key("EC");
    certificates[0] = make_certificate(keys[0], "late", ca_key, "Test CA", 99, 365);
    import(token, 0, "late");
    mainet_token_free(token);
    ck_assert_uint_ne(find_one(session, CKO_PRIVATE_KEY, "late"), CK_INVALID_HANDLE);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("find");
    TCase *all = tcase_create("find");
    TCase *changes = tcase_create("changes");

    tcase_set_timeout(all, 30);
    tcase_add_unchecked_fixture(all, make_store, remove_store);
    tcase_add_checked_fixture(all, start_module, stop_module);
    tcase_add_loop_test(all, a_search_finds_what_there_is, 0,
                        sizeof search_rows / sizeof *search_rows);
    tcase_add_test(all, a_serial_number_is_found_in_both_forms);
    tcase_add_test(all, a_search_has_its_own_order);
    tcase_add_test(all, attributes_are_told_by_the_rule_of_lengths);
    tcase_add_test(all, a_private_key_keeps_its_numbers);
    tcase_add_test(all, a_certificate_is_told_as_it_is);
    tcase_add_test(all, a_logout_takes_private_handles_for_good);
    suite_add_tcase(suite, all);
    tcase_set_timeout(changes, 30);
    tcase_add_checked_fixture(changes, set_up, tear_down);
    tcase_add_loop_test(changes, what_others_delete_is_gone_from_the_next_look_on, 0, 3);
    tcase_add_test(changes, what_others_add_is_found);
    suite_add_tcase(suite, changes);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
