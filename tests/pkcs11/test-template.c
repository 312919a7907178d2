/* SPDX-License-Identifier: BSD-3-Clause */
/* What a template may look like, wherever one is taken: attributes that are said twice, values of
 * odd lengths, none at all. */
#include "fixture.h"
#include "templates.h"
#include "unit/run-suite.h"

static CK_SESSION_HANDLE session; /* read-write, on the token without PIN */
static CK_BBOOL yes = CK_TRUE;
static CK_BBOOL no = CK_FALSE;
static CK_BBOOL two = 2;
static CK_BYTE bytes[64] = "0123456789abcdef";
static CK_BYTE others[64] = "0123456789abcdeg";
static CK_OBJECT_CLASS data_class = CKO_DATA;
static CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY;
static CK_KEY_TYPE aes = CKK_AES;
static CK_KEY_TYPE generic = CKK_GENERIC_SECRET;
static CK_ULONG sixteen = 16;
static CK_ULONG twenty_four = 24;
static CK_BYTE p256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
static CK_BYTE p384[] = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};
static CK_OBJECT_HANDLE data;

static void
start(void)
{
    CK_ATTRIBUTE template[] = {OF(CKA_CLASS, data_class), BYTES(CKA_LABEL, 4)};

    start_module();
    session = open_session(OPEN_SLOT, CKF_RW_SESSION);
    ck_assert_rv(p11->C_CreateObject(session, template, 2, &data), CKR_OK);
}

/* One attribute twice: alike counts once, otherwise nothing happens. */
#define TWICE(label, also)                                                                         \
    {                                                                                              \
        OF(CKA_CLASS, data_class), OF(CKA_PRIVATE, no), {CKA_LABEL, label, 16},                    \
        {                                                                                          \
            CKA_LABEL, also, 16                                                                    \
        }                                                                                          \
    }

static const struct {
    CK_ATTRIBUTE template[4];
    CK_RV expected;
} doubles[] = {
    {TWICE(bytes, bytes), CKR_OK},
    {TWICE(bytes, others), CKR_TEMPLATE_INCONSISTENT},
    {{OF(CKA_CLASS, data_class), OF(CKA_CLASS, data_class), BYTES(CKA_ID, 0), BYTES(CKA_LABEL, 4)},
     CKR_ATTRIBUTE_TYPE_INVALID},
    {{OF(CKA_CLASS, data_class), OF(CKA_CLASS, secret_class), BYTES(CKA_LABEL, 4),
      BYTES(CKA_LABEL, 4)},
     CKR_TEMPLATE_INCONSISTENT},
    {{OF(CKA_CLASS, data_class), OF(CKA_CLASS, data_class), BYTES(CKA_LABEL, 4),
      BYTES(CKA_LABEL, 5)},
     CKR_TEMPLATE_INCONSISTENT},
    {{OF(CKA_CLASS, data_class), OF(CKA_PRIVATE, no), OF(CKA_PRIVATE, yes), BYTES(CKA_LABEL, 4)},
     CKR_TEMPLATE_INCONSISTENT},
    {{OF(CKA_CLASS, secret_class),
      OF(CKA_KEY_TYPE, aes),
      BYTES(CKA_VALUE, 16),
      {CKA_VALUE, others, 16}},
     CKR_TEMPLATE_INCONSISTENT},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, aes), BYTES(CKA_VALUE, 16),
      BYTES(CKA_VALUE, 16)},
     CKR_OK},
    {{OF(CKA_CLASS, secret_class), OF(CKA_KEY_TYPE, aes), OF(CKA_KEY_TYPE, generic),
      BYTES(CKA_VALUE, 16)},
     CKR_TEMPLATE_INCONSISTENT},
};

START_TEST(an_attribute_has_one_value)
{
    CK_ATTRIBUTE template[4];
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;

    memcpy(template, doubles[_i].template, sizeof template);
    ck_assert_rv(p11->C_CreateObject(session, template, 4, &made), doubles[_i].expected);
    ck_assert((made != CK_INVALID_HANDLE) == (doubles[_i].expected == CKR_OK));
}
END_TEST

START_TEST(an_attribute_has_one_value_wherever_it_is_said)
{
    CK_ATTRIBUTE alike[] = {BYTES(CKA_LABEL, 16), BYTES(CKA_LABEL, 16)};
    CK_ATTRIBUTE unlike[] = {BYTES(CKA_LABEL, 16), {CKA_LABEL, others, 16}};
    CK_ATTRIBUTE lengths[] = {OF(CKA_VALUE_LEN, sixteen), OF(CKA_VALUE_LEN, twenty_four)};
    CK_ATTRIBUTE same_lengths[] = {OF(CKA_VALUE_LEN, sixteen), OF(CKA_VALUE_LEN, sixteen),
                                   OF(CKA_EXTRACTABLE, yes), OF(CKA_EXTRACTABLE, yes)};
    CK_ATTRIBUTE curves[] = {OF(CKA_EC_PARAMS, p256), OF(CKA_EC_PARAMS, p384)};
    CK_MECHANISM make_aes = {CKM_AES_KEY_GEN, NULL, 0};
    CK_MECHANISM make_ec = {CKM_EC_KEY_PAIR_GEN, NULL, 0};
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE other = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_SetAttributeValue(session, data, unlike, 2), CKR_TEMPLATE_INCONSISTENT);
    ck_assert_uint_eq(find_one(session, CKO_DATA, "0123"), data);
    ck_assert_rv(p11->C_SetAttributeValue(session, data, alike, 2), CKR_OK);
    ck_assert_rv(p11->C_CopyObject(session, data, unlike, 2, &made), CKR_TEMPLATE_INCONSISTENT);
    ck_assert_rv(p11->C_CopyObject(session, data, alike, 2, &made), CKR_OK);
    ck_assert_rv(p11->C_GenerateKey(session, &make_aes, lengths, 2, &made),
                 CKR_TEMPLATE_INCONSISTENT);
    ck_assert_rv(p11->C_GenerateKey(session, &make_aes, same_lengths, 4, &made), CKR_OK);
    ck_assert_rv(p11->C_GenerateKeyPair(session, &make_ec, curves, 2, NULL, 0, &made, &other),
                 CKR_TEMPLATE_INCONSISTENT);
    ck_assert_rv(p11->C_GenerateKeyPair(session, &make_ec, curves, 1, alike, 2, &made, &other),
                 CKR_OK);
}
END_TEST

/* Values that are not of their kind. */
static const struct {
    CK_ATTRIBUTE odd;
    CK_RV expected;
} odd_values[] = {
    {{CKA_PRIVATE, NULL, 0}, CKR_ATTRIBUTE_VALUE_INVALID},
    {{CKA_PRIVATE, NULL, 1}, CKR_ATTRIBUTE_VALUE_INVALID},
    {{CKA_PRIVATE, &no, 0}, CKR_ATTRIBUTE_VALUE_INVALID},
    {{CKA_PRIVATE, bytes, 2}, CKR_ATTRIBUTE_VALUE_INVALID},
    {{CKA_PRIVATE, bytes, sizeof(CK_ULONG)}, CKR_ATTRIBUTE_VALUE_INVALID},
    {{CKA_PRIVATE, &two, 1}, CKR_ATTRIBUTE_VALUE_INVALID},
    {{CKA_PRIVATE, &no, CK_UNAVAILABLE_INFORMATION}, CKR_ATTRIBUTE_VALUE_INVALID},
    {{CKA_LABEL, NULL, 1}, CKR_ATTRIBUTE_VALUE_INVALID},
    {{CKA_LABEL, NULL, CK_UNAVAILABLE_INFORMATION}, CKR_ATTRIBUTE_VALUE_INVALID},
    {{CKA_LABEL, NULL, 0}, CKR_OK},
    {{CKA_LABEL, bytes, 0}, CKR_OK},
    {{CKA_VALUE, bytes, CK_UNAVAILABLE_INFORMATION}, CKR_ATTRIBUTE_VALUE_INVALID},
    {{CKA_VALUE, bytes, (CK_ULONG)1 << 62}, CKR_ATTRIBUTE_VALUE_INVALID},
    {{CKA_ENCRYPT, bytes, CK_UNAVAILABLE_INFORMATION}, CKR_ATTRIBUTE_TYPE_INVALID},
};

START_TEST(a_value_is_of_its_kind)
{
    CK_ATTRIBUTE template[] = {OF(CKA_CLASS, data_class), odd_values[_i].odd};
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_CreateObject(session, template, 2, &made), odd_values[_i].expected);
    ck_assert((made != CK_INVALID_HANDLE) == (odd_values[_i].expected == CKR_OK));
}
END_TEST

/* What a key demands of others is refused, in every class that could demand it; nothing is fine. */
START_TEST(a_key_demands_nothing_of_others)
{
    static const CK_ATTRIBUTE_TYPE types[] = {CKA_WRAP_TEMPLATE, CKA_UNWRAP_TEMPLATE,
                                              CKA_DERIVE_TEMPLATE};
    CK_ATTRIBUTE demand = OF(CKA_EXTRACTABLE, yes);
    CK_ATTRIBUTE template[] = {OF(CKA_VALUE_LEN, sixteen), {types[_i], &demand, sizeof demand}};
    CK_MECHANISM make_aes = {CKM_AES_KEY_GEN, NULL, 0};
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
    CK_BYTE value[64];
    CK_ATTRIBUTE told = {types[_i], value, sizeof value};

    ck_assert_rv(p11->C_GenerateKey(session, &make_aes, template, 2, &made),
                 CKR_ATTRIBUTE_TYPE_INVALID);
    template[1] = (CK_ATTRIBUTE){types[_i], NULL, 0};
    ck_assert_rv(p11->C_GenerateKey(session, &make_aes, template, 2, &made), CKR_OK);
    ck_assert_rv(p11->C_GetAttributeValue(session, made, &told, 1), CKR_OK);
    ck_assert_uint_eq(told.ulValueLen, 0);
    template[1] = (CK_ATTRIBUTE){types[_i], &demand, sizeof demand};
    ck_assert_rv(p11->C_SetAttributeValue(session, made, template + 1, 1),
                 CKR_ATTRIBUTE_TYPE_INVALID);
}
END_TEST

static const CK_ULONG class_lengths[] = {
    0, 1, 4, sizeof(CK_ULONG) - 1, sizeof(CK_ULONG) + 1, 64, CK_UNAVAILABLE_INFORMATION};

/* A number that is too short or too long is no number, and one need not be aligned. */
START_TEST(a_number_has_the_length_of_one)
{
    CK_BYTE room[65] = {0};
    CK_ATTRIBUTE template[] = {{CKA_CLASS, room + 1, class_lengths[_i]}};
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE found[16];

    memcpy(room + 1, &data_class, sizeof data_class);
    ck_assert_rv(p11->C_CreateObject(session, template, 1, &made), CKR_ATTRIBUTE_VALUE_INVALID);
    ck_assert_uint_eq(find(session, template, 1, found), 0);
    template[0].ulValueLen = sizeof(CK_ULONG);
    ck_assert_rv(p11->C_CreateObject(session, template, 1, &made), CKR_OK);
    ck_assert_uint_eq(find(session, template, 1, found), 2);
    ck_assert_rv(p11->C_GetAttributeValue(session, made, template, 1), CKR_OK);
}
END_TEST

/* Each attribute gets its own answer, whatever became of the others. */
START_TEST(what_can_be_told_is_told)
{
    const CK_OBJECT_HANDLE key = find_one(session, CKO_PRIVATE_KEY, "open");
    CK_OBJECT_CLASS class = 0;
    CK_BYTE label[8] = {0};
    CK_BYTE short_one[1] = {0xAB};
    CK_BYTE room[512];
    CK_ATTRIBUTE template[] = {
        {CKA_VALUE, room, sizeof room},
        OF(CKA_CLASS, class),
        {CKA_CERTIFICATE_TYPE, room, sizeof room},
        {CKA_EC_PARAMS, short_one, sizeof short_one},
        {CKA_LABEL, label, sizeof label},
        {CKA_EC_PARAMS, NULL, 7},
        {999999, NULL, 0},
        {CKA_START_DATE, room, 0},
    };
    const CK_RV rv = p11->C_GetAttributeValue(session, key, template, 8);

    ck_assert(rv == CKR_ATTRIBUTE_SENSITIVE || rv == CKR_ATTRIBUTE_TYPE_INVALID ||
              rv == CKR_BUFFER_TOO_SMALL);
    ck_assert_uint_eq(template[0].ulValueLen, CK_UNAVAILABLE_INFORMATION);
    ck_assert_uint_eq(class, CKO_PRIVATE_KEY);
    ck_assert_uint_eq(template[2].ulValueLen, CK_UNAVAILABLE_INFORMATION);
    ck_assert_uint_eq(template[3].ulValueLen, CK_UNAVAILABLE_INFORMATION);
    ck_assert_uint_eq(short_one[0], 0xAB);
    ck_assert_uint_eq(template[4].ulValueLen, 4);
    ck_assert_mem_eq(label, "open", 4);
    ck_assert_uint_eq(template[5].ulValueLen, sizeof p256);
    ck_assert_uint_eq(template[6].ulValueLen, CK_UNAVAILABLE_INFORMATION);
    ck_assert_uint_eq(template[7].ulValueLen, 0);
    ck_assert_rv(p11->C_GetAttributeValue(session, key, template, 0), CKR_OK);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("template");
    TCase *all = tcase_create("template");

    tcase_set_timeout(all, 60);
    tcase_add_unchecked_fixture(all, make_store, remove_store);
    tcase_add_checked_fixture(all, start, stop_module);
    tcase_add_loop_test(all, an_attribute_has_one_value, 0, sizeof doubles / sizeof *doubles);
    tcase_add_test(all, an_attribute_has_one_value_wherever_it_is_said);
    tcase_add_loop_test(all, a_value_is_of_its_kind, 0, sizeof odd_values / sizeof *odd_values);
    tcase_add_loop_test(all, a_key_demands_nothing_of_others, 0, 3);
    tcase_add_loop_test(all, a_number_has_the_length_of_one, 0,
                        sizeof class_lengths / sizeof *class_lengths);
    tcase_add_test(all, what_can_be_told_is_told);
    suite_add_tcase(suite, all);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
