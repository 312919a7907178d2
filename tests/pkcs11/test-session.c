/* SPDX-License-Identifier: BSD-3-Clause */
/* Slots, tokens, sessions, login. */
#include "fixture.h"
#include "unit/run-suite.h"

START_TEST(slots_are_those_of_the_tokens_and_a_free_one)
{
    CK_SLOT_ID slots[8] = {0};
    CK_ULONG count = 8;

    ck_assert_rv(p11->C_GetSlotList(CK_FALSE, slots, &count), CKR_OK);
    ck_assert_uint_eq(count, 3);
    ck_assert_uint_eq(slots[0], SLOT);
    ck_assert_uint_eq(slots[1], OPEN_SLOT);
    ck_assert_uint_eq(slots[2], SPARE_SLOT);
    ck_assert_rv(p11->C_GetSlotList(CK_TRUE, NULL, &count), CKR_OK);
    ck_assert_uint_eq(count, 2);
    count = 1;
    ck_assert_rv(p11->C_GetSlotList(CK_TRUE, slots, &count), CKR_BUFFER_TOO_SMALL);
    ck_assert_uint_eq(count, 2);
}
END_TEST

START_TEST(a_token_made_meanwhile_takes_the_free_slot)
{
    CK_SLOT_ID slots[8] = {0};
    CK_ULONG count = 0;
    CK_SLOT_INFO info;
    mainet_token *token = NULL;

    ck_assert_rv(p11->C_GetSlotInfo(SPARE_SLOT, &info), CKR_OK);
    ck_assert_uint_eq(info.flags, CKF_REMOVABLE_DEVICE);
    ck_assert_rv(p11->C_GetSlotList(CK_FALSE, NULL, &count), CKR_OK);
    token = mainet_token_create(store, "Late", PIN, NULL, 0, NULL);
    mainet_token_free(token);
    ck_assert_rv(p11->C_GetSlotList(CK_FALSE, slots, &count), CKR_OK);
    ck_assert_uint_eq(count, 3); /* as predicted */
    ck_assert_rv(p11->C_GetSlotInfo(SPARE_SLOT, &info), CKR_OK);
    ck_assert_uint_eq(info.flags, CKF_REMOVABLE_DEVICE | CKF_TOKEN_PRESENT);
    ck_assert_rv(p11->C_GetSlotList(CK_FALSE, NULL, &count), CKR_OK);
    ck_assert_uint_eq(count, 4);
    (void)open_session(SPARE_SLOT, 0);
}
END_TEST

START_TEST(a_token_that_is_gone_leaves_its_slot_empty)
{
    CK_SLOT_ID slots[8] = {0};
    CK_ULONG count = 8;
    CK_SLOT_INFO info;
    CK_TOKEN_INFO token_info;
    mainet_token *token = mainet_token_open(store, "MaiNet", NULL);

    ck_assert_rv(p11->C_GetTokenInfo(SLOT, &token_info), CKR_OK);
    ck_assert_int_eq(unlink(mainet_token_path(token)), 0);
    mainet_token_free(token);
    ck_assert_rv(p11->C_GetTokenInfo(SLOT, &token_info), CKR_TOKEN_NOT_PRESENT);
    ck_assert_rv(p11->C_GetSlotInfo(SLOT, &info), CKR_OK);
    ck_assert_uint_eq(info.flags, CKF_REMOVABLE_DEVICE);
    ck_assert_rv(p11->C_GetSlotList(CK_FALSE, slots, &count), CKR_OK);
    ck_assert_uint_eq(count, 3);
    ck_assert_rv(p11->C_OpenSession(SLOT, CKF_SERIAL_SESSION, NULL, NULL, &count),
                 CKR_TOKEN_NOT_PRESENT);
}
END_TEST

static void
ck_assert_padded(const CK_UTF8CHAR *field, size_t len, const char *text)
{
    ck_assert_mem_eq(field, text, strlen(text));
    for (size_t i = strlen(text); i < len; i++)
        ck_assert_int_eq(field[i], ' ');
}

START_TEST(token_info_tells_what_a_uri_is_made_of)
{
    CK_TOKEN_INFO info;
    mainet_token *token = mainet_token_open(store, "MaiNet", NULL);

    ck_assert_rv(p11->C_GetTokenInfo(SLOT, &info), CKR_OK);
    ck_assert_padded(info.label, sizeof info.label, "MaiNet");
    ck_assert_padded(info.manufacturerID, sizeof info.manufacturerID, "libmainetcert");
    ck_assert_padded(info.model, sizeof info.model, "MaiNet token");
    ck_assert_mem_eq(info.serialNumber, mainet_token_serial(token), 16);
    ck_assert_uint_eq(info.flags, CKF_RNG | CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED |
                                      CKF_TOKEN_INITIALIZED);
    ck_assert_uint_eq(info.ulMinPinLen, 4);
    ck_assert_uint_eq(info.ulMaxPinLen, 64);
    ck_assert_rv(p11->C_GetTokenInfo(OPEN_SLOT, &info), CKR_OK);
    ck_assert_uint_eq(info.flags, CKF_RNG | CKF_TOKEN_INITIALIZED);
    ck_assert_rv(p11->C_GetTokenInfo(SPARE_SLOT, &info), CKR_TOKEN_NOT_PRESENT);
    ck_assert_rv(p11->C_GetTokenInfo(77, &info), CKR_SLOT_ID_INVALID);
    ck_assert_rv(p11->C_GetTokenInfo(SLOT, NULL), CKR_ARGUMENTS_BAD);
    mainet_token_free(token);
}
END_TEST

START_TEST(mechanisms_are_listed_with_what_they_do)
{
    CK_MECHANISM_TYPE types[64];
    CK_MECHANISM_INFO info;
    CK_ULONG count = 0;

    ck_assert_rv(p11->C_GetMechanismList(SLOT, NULL, &count), CKR_OK);
    ck_assert_rv(p11->C_GetMechanismList(SLOT, types, &count), CKR_OK);
    for (CK_ULONG i = 0; i < count; i++) {
        ck_assert_rv(p11->C_GetMechanismInfo(SLOT, types[i], &info), CKR_OK);
        ck_assert_uint_ne(info.flags, 0);
    }
    count--;
    ck_assert_rv(p11->C_GetMechanismList(SLOT, types, &count), CKR_BUFFER_TOO_SMALL);
    ck_assert_rv(p11->C_GetMechanismInfo(SLOT, CKM_MD5, &info), CKR_MECHANISM_INVALID);
    ck_assert_rv(p11->C_GetMechanismInfo(SLOT, CKM_SHA384, &info), CKR_OK); /* of parameters */
    ck_assert_uint_eq(info.flags, 0);
    ck_assert_rv(p11->C_GetMechanismList(SPARE_SLOT, NULL, &count), CKR_TOKEN_NOT_PRESENT);
}
END_TEST

START_TEST(a_session_is_opened_by_the_rules)
{
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
    CK_SESSION_INFO info;

    ck_assert_rv(p11->C_OpenSession(SLOT, 0, NULL, NULL, &session),
                 CKR_SESSION_PARALLEL_NOT_SUPPORTED);
    ck_assert_rv(p11->C_OpenSession(SLOT, CKF_SERIAL_SESSION, NULL, NULL, NULL), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_OpenSession(77, CKF_SERIAL_SESSION, NULL, NULL, &session),
                 CKR_SLOT_ID_INVALID);
    ck_assert_rv(p11->C_OpenSession(SPARE_SLOT, CKF_SERIAL_SESSION, NULL, NULL, &session),
                 CKR_TOKEN_NOT_PRESENT);
    session = open_session(SLOT, CKF_RW_SESSION);
    ck_assert_rv(p11->C_GetSessionInfo(session, &info), CKR_OK);
    ck_assert_uint_eq(info.slotID, SLOT);
    ck_assert_uint_eq(info.state, CKS_RW_PUBLIC_SESSION);
    ck_assert_uint_eq(info.flags, CKF_RW_SESSION | CKF_SERIAL_SESSION);
    ck_assert_rv(p11->C_CloseSession(session), CKR_OK);
    ck_assert_rv(p11->C_CloseSession(session), CKR_SESSION_HANDLE_INVALID);
    ck_assert_rv(p11->C_GetSessionInfo(session, &info), CKR_SESSION_HANDLE_INVALID);
}
END_TEST

START_TEST(token_info_counts_sessions)
{
    CK_TOKEN_INFO info;

    (void)open_session(SLOT, 0);
    (void)open_session(SLOT, CKF_RW_SESSION);
    (void)open_session(OPEN_SLOT, 0);
    ck_assert_rv(p11->C_GetTokenInfo(SLOT, &info), CKR_OK);
    ck_assert_uint_eq(info.ulSessionCount, 2);
    ck_assert_uint_eq(info.ulRwSessionCount, 1);
    ck_assert_rv(p11->C_CloseAllSessions(SLOT), CKR_OK);
    ck_assert_rv(p11->C_GetTokenInfo(SLOT, &info), CKR_OK);
    ck_assert_uint_eq(info.ulSessionCount, 0);
    ck_assert_rv(p11->C_GetTokenInfo(OPEN_SLOT, &info), CKR_OK);
    ck_assert_uint_eq(info.ulSessionCount, 1);
}
END_TEST

/* Each on a fresh token: with an RW session only, or an RO session beside it. */
static const struct {
    bool with_read_only;
    CK_USER_TYPE user;
    const char *pin;
    CK_RV expected;
    CK_STATE state;
} login_rows[] = {
    {true, CKU_USER, "1234-pin", CKR_OK, CKS_RW_USER_FUNCTIONS},
    {false, CKU_SO, "9876-so", CKR_OK, CKS_RW_SO_FUNCTIONS},
    {true, CKU_SO, "9876-so", CKR_SESSION_READ_ONLY_EXISTS, CKS_RW_PUBLIC_SESSION},
    {false, CKU_USER, "9876-so", CKR_PIN_INCORRECT, CKS_RW_PUBLIC_SESSION},
    {false, CKU_SO, "1234-pin", CKR_PIN_INCORRECT, CKS_RW_PUBLIC_SESSION},
    {false, CKU_USER, "123", CKR_PIN_INCORRECT, CKS_RW_PUBLIC_SESSION},
    {false, CKU_USER, NULL, CKR_ARGUMENTS_BAD, CKS_RW_PUBLIC_SESSION},
    {false, 3, "1234-pin", CKR_USER_TYPE_INVALID, CKS_RW_PUBLIC_SESSION},
    {false, CKU_CONTEXT_SPECIFIC, "1234-pin", CKR_OPERATION_NOT_INITIALIZED, CKS_RW_PUBLIC_SESSION},
};

START_TEST(login_judges_who_and_when)
{
    const CK_SESSION_HANDLE session = open_session(SLOT, CKF_RW_SESSION);
    const char *pin = login_rows[_i].pin;
    CK_SESSION_INFO info;

    if (login_rows[_i].with_read_only)
        (void)open_session(SLOT, 0);
    ck_assert_rv(p11->C_Login(session, login_rows[_i].user, (CK_UTF8CHAR *)(uintptr_t)pin,
                              pin == NULL ? 0 : strlen(pin)),
                 login_rows[_i].expected);
    ck_assert_rv(p11->C_GetSessionInfo(session, &info), CKR_OK);
    ck_assert_uint_eq(info.state, login_rows[_i].state);
}
END_TEST

START_TEST(a_login_counts_for_all_sessions_and_ends_with_logout)
{
    const CK_SESSION_HANDLE first = open_session(SLOT, 0);
    const CK_SESSION_HANDLE second = open_session(SLOT, CKF_RW_SESSION);
    CK_SESSION_INFO info;

    ck_assert_rv(p11->C_Logout(first), CKR_USER_NOT_LOGGED_IN);
    ck_assert_rv(p11->C_Login(first, CKU_USER, USER_PIN), CKR_OK);
    ck_assert_rv(p11->C_Login(second, CKU_USER, USER_PIN), CKR_USER_ALREADY_LOGGED_IN);
    ck_assert_rv(p11->C_Login(second, CKU_SO, OFFICER_PIN), CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
    ck_assert_rv(p11->C_GetSessionInfo(second, &info), CKR_OK);
    ck_assert_uint_eq(info.state, CKS_RW_USER_FUNCTIONS);
    ck_assert_rv(p11->C_Logout(second), CKR_OK);
    ck_assert_rv(p11->C_GetSessionInfo(first, &info), CKR_OK);
    ck_assert_uint_eq(info.state, CKS_RO_PUBLIC_SESSION);
    ck_assert_rv(p11->C_Logout(second), CKR_USER_NOT_LOGGED_IN);
}
END_TEST

START_TEST(an_officer_bars_read_only_sessions)
{
    CK_SESSION_HANDLE session = open_session(SLOT, CKF_RW_SESSION);

    ck_assert_rv(p11->C_Login(session, CKU_SO, OFFICER_PIN), CKR_OK);
    ck_assert_rv(p11->C_OpenSession(SLOT, CKF_SERIAL_SESSION, NULL, NULL, &session),
                 CKR_SESSION_READ_WRITE_SO_EXISTS);
    (void)open_session(SLOT, CKF_RW_SESSION);
}
END_TEST

START_TEST(closing_the_last_session_logs_out)
{
    const CK_SESSION_HANDLE first = open_user_session();
    const CK_SESSION_HANDLE second = open_session(SLOT, 0);
    CK_SESSION_INFO info;

    ck_assert_rv(p11->C_CloseSession(first), CKR_OK);
    ck_assert_rv(p11->C_GetSessionInfo(second, &info), CKR_OK);
    ck_assert_uint_eq(info.state, CKS_RO_USER_FUNCTIONS);
    ck_assert_rv(p11->C_CloseSession(second), CKR_OK);
    ck_assert_rv(p11->C_GetSessionInfo(open_session(SLOT, 0), &info), CKR_OK);
    ck_assert_uint_eq(info.state, CKS_RO_PUBLIC_SESSION);
}
END_TEST

/* Also those of a length that no PIN has; programs try an empty one to learn whether there is a
 * PIN. */
START_TEST(wrong_pins_are_told_by_flags_and_lock)
{
    CK_UTF8CHAR lengths[65] = "4321-pin";
    const CK_SESSION_HANDLE session = open_session(SLOT, 0);
    CK_TOKEN_INFO info;

    for (int i = 0; i < 9; i++) {
        ck_assert_rv(p11->C_Login(session, CKU_USER, lengths, 0), CKR_PIN_INCORRECT);
        ck_assert_rv(p11->C_Login(session, CKU_USER, lengths,
                                  i % 3 == 0   ? 3
                                  : i % 3 == 1 ? 8
                                               : 65),
                     CKR_PIN_INCORRECT);
    }
    ck_assert_rv(p11->C_GetTokenInfo(SLOT, &info), CKR_OK);
    ck_assert_uint_eq(info.flags & (CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY),
                      CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY);
    ck_assert_rv(p11->C_Login(session, CKU_USER, WRONG_PIN), CKR_PIN_INCORRECT);
    ck_assert_rv(p11->C_Login(session, CKU_USER, USER_PIN), CKR_PIN_LOCKED);
    ck_assert_rv(p11->C_Login(session, CKU_USER, lengths, 3), CKR_PIN_LOCKED);
    ck_assert_rv(p11->C_GetTokenInfo(SLOT, &info), CKR_OK);
    ck_assert_uint_eq(info.flags & (CKF_USER_PIN_LOCKED | CKF_USER_PIN_FINAL_TRY),
                      CKF_USER_PIN_LOCKED);
}
END_TEST

START_TEST(a_token_without_pin_is_open)
{
    const CK_SESSION_HANDLE session = open_session(OPEN_SLOT, 0);
    CK_SESSION_INFO info;

    ck_assert_rv(p11->C_GetSessionInfo(session, &info), CKR_OK);
    ck_assert_uint_eq(info.state, CKS_RO_USER_FUNCTIONS);
    ck_assert_uint_ne(find_one(session, CKO_PRIVATE_KEY, "open"), CK_INVALID_HANDLE);
    ck_assert_rv(p11->C_Login(session, CKU_USER, USER_PIN), CKR_USER_ALREADY_LOGGED_IN);
    ck_assert_rv(p11->C_Logout(session), CKR_USER_NOT_LOGGED_IN);
}
END_TEST

static int
give_away(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)type;
    (void)walk;
    return chown(path, 65534, 65534);
}

START_TEST(a_read_only_token_refuses_rw_sessions)
{
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
    CK_TOKEN_INFO info;
    mainet_token *token = mainet_token_open(store, "MaiNet", NULL);

    ck_assert_int_eq(chmod(mainet_token_path(token), 0400), 0);
    if (geteuid() == 0) { /* to whom every file is writable */
        ck_assert_int_eq(nftw(temp_folder, give_away, 16, FTW_PHYS), 0);
        ck_assert_int_eq(seteuid(65534), 0);
    }
    ck_assert_rv(p11->C_GetTokenInfo(SLOT, &info), CKR_OK);
    ck_assert_uint_ne(info.flags & CKF_WRITE_PROTECTED, 0);
    ck_assert_rv(
        p11->C_OpenSession(SLOT, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session),
        CKR_TOKEN_WRITE_PROTECTED);
    (void)open_user_session();
    (void)seteuid(getuid());
    mainet_token_free(token);
}
END_TEST

START_TEST(random_bytes_differ_and_seeds_are_taken)
{
    const CK_SESSION_HANDLE session = open_session(SLOT, 0);
    CK_BYTE first[32] = {0};
    CK_BYTE second[32] = {0};

    ck_assert_rv(p11->C_GenerateRandom(session, first, sizeof first), CKR_OK);
    ck_assert_rv(p11->C_GenerateRandom(session, second, sizeof second), CKR_OK);
    ck_assert_mem_ne(first, second, sizeof first);
    ck_assert_rv(p11->C_GenerateRandom(session, NULL, 1), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_GenerateRandom(0, first, 1), CKR_SESSION_HANDLE_INVALID);
    ck_assert_rv(p11->C_GenerateRandom(session, first, 0), CKR_OK);
    for (CK_ULONG len = 0; len <= sizeof first; len += 4)
        ck_assert_rv(p11->C_SeedRandom(session, second, len), CKR_OK);
    ck_assert_rv(p11->C_SeedRandom(session, NULL, 0), CKR_OK);
    ck_assert_rv(p11->C_SeedRandom(session, NULL, 1), CKR_ARGUMENTS_BAD);
    memcpy(first, second, sizeof first);
    ck_assert_rv(p11->C_GenerateRandom(session, second, sizeof second), CKR_OK);
    ck_assert_mem_ne(first, second, sizeof first);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("session");
    TCase *all = tcase_create("session");

    tcase_set_timeout(all, 30);
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, slots_are_those_of_the_tokens_and_a_free_one);
    tcase_add_test(all, a_token_made_meanwhile_takes_the_free_slot);
    tcase_add_test(all, a_token_that_is_gone_leaves_its_slot_empty);
    tcase_add_test(all, token_info_tells_what_a_uri_is_made_of);
    tcase_add_test(all, mechanisms_are_listed_with_what_they_do);
    tcase_add_test(all, a_session_is_opened_by_the_rules);
    tcase_add_test(all, token_info_counts_sessions);
    tcase_add_loop_test(all, login_judges_who_and_when, 0, sizeof login_rows / sizeof *login_rows);
    tcase_add_test(all, a_login_counts_for_all_sessions_and_ends_with_logout);
    tcase_add_test(all, an_officer_bars_read_only_sessions);
    tcase_add_test(all, closing_the_last_session_logs_out);
    tcase_add_test(all, wrong_pins_are_told_by_flags_and_lock);
    tcase_add_test(all, a_token_without_pin_is_open);
    tcase_add_test(all, a_read_only_token_refuses_rw_sessions);
    tcase_add_test(all, random_bytes_differ_and_seeds_are_taken);
    suite_add_tcase(suite, all);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
