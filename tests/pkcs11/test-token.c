/* SPDX-License-Identifier: BSD-3-Clause */
/* Tokens are made and emptied, PINs set and changed. */
#include "fixture.h"
#include "unit/run-suite.h"

#define LABEL(text) (CK_UTF8CHAR *)(uintptr_t)(text)
#define NEW_PIN (CK_UTF8CHAR *)(uintptr_t) "5555-new", 8
#define NEW_OFFICER_PIN (CK_UTF8CHAR *)(uintptr_t) "7777-so", 7
#define SHORT_PIN (CK_UTF8CHAR *)(uintptr_t) "123", 3
#define EMPTY_PIN (CK_UTF8CHAR *)(uintptr_t) "", 0

static const char made_label[] = "Made by an application          ";

static CK_FLAGS
flags_of(CK_SLOT_ID slot)
{
    CK_TOKEN_INFO info;

    ck_assert_rv(p11->C_GetTokenInfo(slot, &info), CKR_OK);
    return info.flags;
}

static CK_RV
try_login(CK_SLOT_ID slot, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG len)
{
    const CK_SESSION_HANDLE session = open_session(slot, CKF_RW_SESSION);
    const CK_RV rv = p11->C_Login(session, user, pin, len);

    ck_assert_rv(p11->C_CloseSession(session), CKR_OK);
    return rv;
}

START_TEST(a_token_is_made_in_the_free_slot)
{
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
    CK_TOKEN_INFO info;
    CK_SLOT_ID slots[16];
    CK_ULONG count = 16;
    mainet_token *token = NULL;

    ck_assert_rv(p11->C_InitToken(SPARE_SLOT, OFFICER_PIN, LABEL(made_label)), CKR_OK);
    ck_assert_rv(p11->C_GetTokenInfo(SPARE_SLOT, &info), CKR_OK);
    ck_assert_mem_eq(info.label, made_label, 32);
    ck_assert((info.flags & CKF_TOKEN_INITIALIZED) != 0);
    ck_assert((info.flags & CKF_USER_PIN_INITIALIZED) == 0);
    ck_assert_rv(try_login(SPARE_SLOT, CKU_USER, USER_PIN), CKR_USER_PIN_NOT_INITIALIZED);
    session = open_session(SPARE_SLOT, CKF_RW_SESSION);
    ck_assert_rv(p11->C_InitPIN(session, USER_PIN), CKR_USER_NOT_LOGGED_IN);
    ck_assert_rv(p11->C_Login(session, CKU_SO, OFFICER_PIN), CKR_OK);
    ck_assert_rv(p11->C_InitPIN(session, SHORT_PIN), CKR_PIN_LEN_RANGE);
    ck_assert_rv(p11->C_InitPIN(session, USER_PIN), CKR_OK);
    ck_assert_rv(p11->C_CloseSession(session), CKR_OK);
    ck_assert((flags_of(SPARE_SLOT) & CKF_USER_PIN_INITIALIZED) != 0);
    ck_assert_rv(try_login(SPARE_SLOT, CKU_USER, USER_PIN), CKR_OK);
    ck_assert_rv(p11->C_GetSlotList(CK_FALSE, slots, &count), CKR_OK);
    ck_assert_uint_eq(count, SPARE_SLOT + 1); /* and there is a free slot again */
    token = mainet_token_open(store, "Made by an application", NULL);
    ck_assert_uint_eq(mainet_token_slot(token), SPARE_SLOT);
    mainet_token_free(token);
}
END_TEST

static const struct {
    CK_SLOT_ID slot;
    CK_UTF8CHAR *pin;
    CK_ULONG pin_len;
    const char *label;
    CK_RV expected;
} refusals[] = {
    {99, OFFICER_PIN, made_label, CKR_SLOT_ID_INVALID},
    {SPARE_SLOT, NULL, 7, made_label, CKR_ARGUMENTS_BAD},
    {SPARE_SLOT, OFFICER_PIN, NULL, CKR_ARGUMENTS_BAD},
    {SPARE_SLOT, SHORT_PIN, made_label, CKR_PIN_LEN_RANGE},
    {SPARE_SLOT, OFFICER_PIN, "\xff\xfe                              ", CKR_ARGUMENTS_BAD},
    {SPARE_SLOT, OFFICER_PIN, "MaiNet                          ", CKR_ARGUMENTS_BAD}, /* taken */
    {SLOT, WRONG_PIN, made_label, CKR_PIN_INCORRECT},
    {SLOT, SHORT_PIN, made_label, CKR_PIN_INCORRECT},
    {OPEN_SLOT, OFFICER_PIN, made_label, CKR_PIN_INCORRECT}, /* nobody's PIN empties it */
};

START_TEST(no_token_is_lost_by_mistake)
{
    CK_OBJECT_HANDLE found[16];
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_InitToken(refusals[_i].slot, refusals[_i].pin, refusals[_i].pin_len,
                                  LABEL(refusals[_i].label)),
                 refusals[_i].expected);
    session = open_session(SLOT, 0);
    ck_assert_uint_eq(find(session, NULL, 0, found), 7);
}
END_TEST

START_TEST(a_token_in_use_is_not_emptied)
{
    const CK_SESSION_HANDLE session = open_session(SLOT, 0);

    ck_assert_rv(p11->C_InitToken(SLOT, OFFICER_PIN, LABEL(made_label)), CKR_SESSION_EXISTS);
    ck_assert_rv(p11->C_CloseSession(session), CKR_OK);
}
END_TEST

START_TEST(the_officer_empties_a_token)
{
    CK_OBJECT_HANDLE found[16];
    CK_SESSION_HANDLE session = open_session(SLOT, 0);
    CK_OBJECT_HANDLE before = CK_INVALID_HANDLE;
    CK_ULONG size = 0;

    ck_assert_uint_eq(find(session, NULL, 0, found), 7);
    before = found[0];
    ck_assert_rv(p11->C_CloseSession(session), CKR_OK);
    ck_assert_rv(p11->C_InitToken(SLOT, SHORT_PIN, LABEL(made_label)), CKR_PIN_INCORRECT);
    ck_assert((flags_of(SLOT) & CKF_SO_PIN_COUNT_LOW) != 0);
    ck_assert_rv(p11->C_InitToken(SLOT, OFFICER_PIN, LABEL(made_label)), CKR_OK);
    ck_assert((flags_of(SLOT) & CKF_SO_PIN_COUNT_LOW) == 0);
    session = open_session(SLOT, 0);
    ck_assert_uint_eq(find(session, NULL, 0, found), 0);
    ck_assert_rv(p11->C_GetObjectSize(session, before, &size), CKR_OBJECT_HANDLE_INVALID);
    ck_assert_rv(p11->C_CloseSession(session), CKR_OK);
    ck_assert((flags_of(SLOT) & CKF_USER_PIN_INITIALIZED) == 0);
    ck_assert_rv(try_login(SLOT, CKU_USER, USER_PIN), CKR_USER_PIN_NOT_INITIALIZED);
    ck_assert_rv(try_login(SLOT, CKU_USER, SHORT_PIN), CKR_USER_PIN_NOT_INITIALIZED);
    ck_assert_rv(try_login(SLOT, CKU_SO, OFFICER_PIN), CKR_OK);
}
END_TEST

/* Logged in or not, the user's PIN is changed by who knows it. */
START_TEST(the_user_changes_the_pin)
{
    const CK_SESSION_HANDLE session = open_session(SLOT, CKF_RW_SESSION);

    if (_i == 1)
        ck_assert_rv(p11->C_Login(session, CKU_USER, USER_PIN), CKR_OK);
    ck_assert_rv(p11->C_SetPIN(session, WRONG_PIN, NEW_PIN), CKR_PIN_INCORRECT);
    ck_assert_rv(p11->C_SetPIN(session, SHORT_PIN, NEW_PIN), CKR_PIN_INCORRECT);
    ck_assert_rv(p11->C_SetPIN(session, USER_PIN, SHORT_PIN), CKR_PIN_LEN_RANGE);
    ck_assert((flags_of(SLOT) & CKF_USER_PIN_COUNT_LOW) != 0);
    ck_assert_rv(p11->C_SetPIN(session, USER_PIN, NEW_PIN), CKR_OK);
    ck_assert((flags_of(SLOT) & CKF_USER_PIN_COUNT_LOW) == 0);
    ck_assert_rv(p11->C_CloseSession(session), CKR_OK);
    ck_assert_rv(try_login(SLOT, CKU_USER, USER_PIN), CKR_PIN_INCORRECT);
    ck_assert_rv(try_login(SLOT, CKU_USER, NEW_PIN), CKR_OK);
    ck_assert_rv(try_login(SLOT, CKU_SO, OFFICER_PIN), CKR_OK);
}
END_TEST

START_TEST(the_officer_changes_the_officers_pin)
{
    const CK_SESSION_HANDLE session = open_session(SLOT, CKF_RW_SESSION);

    ck_assert_rv(p11->C_Login(session, CKU_SO, OFFICER_PIN), CKR_OK);
    ck_assert_rv(p11->C_SetPIN(session, USER_PIN, NEW_PIN), CKR_PIN_INCORRECT);
    ck_assert_rv(p11->C_SetPIN(session, OFFICER_PIN, NEW_OFFICER_PIN), CKR_OK);
    ck_assert_rv(p11->C_InitPIN(session, NEW_PIN), CKR_OK); /* still logged in */
    ck_assert_rv(p11->C_CloseSession(session), CKR_OK);
    ck_assert_rv(try_login(SLOT, CKU_SO, OFFICER_PIN), CKR_PIN_INCORRECT);
    ck_assert_rv(try_login(SLOT, CKU_SO, NEW_OFFICER_PIN), CKR_OK);
    ck_assert_rv(try_login(SLOT, CKU_USER, NEW_PIN), CKR_OK);
}
END_TEST

/* Ten wrong ones lock it, of whatever length; the officer opens it. An empty one is a question. */
START_TEST(wrong_pins_lock_and_the_officer_unlocks)
{
    CK_SESSION_HANDLE session = open_session(SLOT, CKF_RW_SESSION);

    for (int i = 0; i < 10; i++) {
        ck_assert(((flags_of(SLOT) & CKF_USER_PIN_FINAL_TRY) != 0) == (i == 9));
        ck_assert_rv(p11->C_SetPIN(session, EMPTY_PIN, NEW_PIN), CKR_PIN_INCORRECT);
        ck_assert_rv(i % 2 == 0 ? p11->C_SetPIN(session, WRONG_PIN, NEW_PIN)
                                : p11->C_SetPIN(session, SHORT_PIN, NEW_PIN),
                     CKR_PIN_INCORRECT);
    }
    ck_assert((flags_of(SLOT) & CKF_USER_PIN_LOCKED) != 0);
    ck_assert_rv(p11->C_SetPIN(session, USER_PIN, NEW_PIN), CKR_PIN_LOCKED);
    ck_assert_rv(p11->C_SetPIN(session, SHORT_PIN, NEW_PIN), CKR_PIN_LOCKED);
    ck_assert_rv(p11->C_Login(session, CKU_USER, USER_PIN), CKR_PIN_LOCKED);
    ck_assert_rv(p11->C_Login(session, CKU_SO, OFFICER_PIN), CKR_OK);
    ck_assert_rv(p11->C_InitPIN(session, NEW_PIN), CKR_OK);
    ck_assert_rv(p11->C_CloseSession(session), CKR_OK);
    ck_assert((flags_of(SLOT) & CKF_USER_PIN_LOCKED) == 0);
    ck_assert_rv(try_login(SLOT, CKU_USER, NEW_PIN), CKR_OK);
}
END_TEST

START_TEST(pins_are_not_changed_just_anywhere)
{
    const CK_SESSION_HANDLE reader = open_session(SLOT, 0);
    const CK_SESSION_HANDLE writer = open_session(SLOT, CKF_RW_SESSION);
    const CK_SESSION_HANDLE open = open_session(OPEN_SLOT, CKF_RW_SESSION);

    ck_assert_rv(p11->C_SetPIN(reader, USER_PIN, NEW_PIN), CKR_SESSION_READ_ONLY);
    ck_assert_rv(p11->C_SetPIN(writer, NULL, 0, NEW_PIN), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_SetPIN(writer, USER_PIN, NULL, 0), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_SetPIN(writer + 9, USER_PIN, NEW_PIN), CKR_SESSION_HANDLE_INVALID);
    ck_assert_rv(p11->C_SetPIN(open, USER_PIN, NEW_PIN), CKR_USER_PIN_NOT_INITIALIZED);
    ck_assert_rv(p11->C_InitPIN(reader, NEW_PIN), CKR_USER_NOT_LOGGED_IN);
    ck_assert_rv(p11->C_InitPIN(writer, NULL, 0), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_Login(writer, CKU_USER, USER_PIN), CKR_OK);
    ck_assert_rv(p11->C_InitPIN(writer, NEW_PIN), CKR_USER_NOT_LOGGED_IN);
    ck_assert_rv(p11->C_InitPIN(open, NEW_PIN), CKR_USER_NOT_LOGGED_IN);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("token");
    TCase *shared = tcase_create("refusals");
    TCase *changing = tcase_create("changes");

    tcase_set_timeout(shared, 60);
    tcase_add_unchecked_fixture(shared, make_store, remove_store);
    tcase_add_checked_fixture(shared, start_module, stop_module);
    tcase_add_loop_test(shared, no_token_is_lost_by_mistake, 0, sizeof refusals / sizeof *refusals);
    tcase_add_test(shared, a_token_in_use_is_not_emptied);
    tcase_add_test(shared, pins_are_not_changed_just_anywhere);
    suite_add_tcase(suite, shared);
    tcase_set_timeout(changing, 60);
    tcase_add_checked_fixture(changing, set_up, tear_down);
    tcase_add_test(changing, a_token_is_made_in_the_free_slot);
    tcase_add_test(changing, the_officer_empties_a_token);
    tcase_add_loop_test(changing, the_user_changes_the_pin, 0, 2);
    tcase_add_test(changing, the_officer_changes_the_officers_pin);
    tcase_add_test(changing, wrong_pins_lock_and_the_officer_unlocks);
    suite_add_tcase(suite, changing);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
