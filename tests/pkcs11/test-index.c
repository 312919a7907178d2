/* SPDX-License-Identifier: BSD-3-Clause */
/* The file answers the first search, memory the later ones: nobody may tell the difference, and
 * nobody may be told what is not so any more. */
#include "fixture.h"
#include "store/transaction.h"
#include "templates.h"
#include "unit/run-suite.h"

#define ROUNDS 60

static CK_OBJECT_CLASS certificate = CKO_CERTIFICATE, private_key = CKO_PRIVATE_KEY;
static CK_KEY_TYPE rsa = CKK_RSA;
static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_BYTE serial_der[] = {2, 2, 0, 0xF1}, serial_raw[] = {0xF1}, serial_padded[] = {0, 0xF1},
               serial_other[] = {2, 2, 0, 0x77};

#define TEXT(type, text)                                                                           \
    {                                                                                              \
        type, (char *)(uintptr_t)(text), sizeof(text) - 1                                          \
    }

/* Values that only the certificate knows, of the one that is called EC. */
static CK_BYTE id[64], subject[256], issuer[256], value[2048];
static CK_ATTRIBUTE own[] = {OF(CKA_ID, id), OF(CKA_SUBJECT, subject), OF(CKA_ISSUER, issuer),
                             OF(CKA_VALUE, value)};
enum { ID, SUBJECT, ISSUER, VALUE };

static struct {
    CK_ATTRIBUTE template[3];
    CK_ULONG count;
    int own; /* which of its values takes the first place; -1: none */
    CK_ULONG before_login;
    CK_ULONG after_login;
} searches[] = {
    {{{0}}, 0, -1, 7, 10},
    {{OF(CKA_CLASS, certificate)}, 1, -1, 4, 4},
    {{OF(CKA_CLASS, private_key)}, 1, -1, 0, 3},
    {{TEXT(CKA_LABEL, "EC")}, 1, -1, 2, 3},
    {{TEXT(CKA_LABEL, "E")}, 1, -1, 0, 0},
    {{TEXT(CKA_LABEL, "EC"), OF(CKA_CLASS, private_key)}, 2, -1, 0, 1},
    {{{0}}, 1, ID, 2, 3},
    {{{0}, OF(CKA_CLASS, certificate)}, 2, SUBJECT, 1, 1},
    {{{0}}, 1, ISSUER, 4, 4},
    {{{0}, TEXT(CKA_LABEL, "EC")}, 2, VALUE, 1, 1},
    {{{0}, TEXT(CKA_LABEL, "RSA")}, 2, VALUE, 0, 0},
    {{{0}, OF(CKA_SERIAL_NUMBER, serial_der)}, 2, ISSUER, 1, 1},
    {{{0}, OF(CKA_SERIAL_NUMBER, serial_raw)}, 2, ISSUER, 1, 1},
    {{{0}, OF(CKA_SERIAL_NUMBER, serial_padded)}, 2, ISSUER, 1, 1},
    {{{0}, OF(CKA_SERIAL_NUMBER, serial_other)}, 2, ISSUER, 0, 0},
    {{OF(CKA_SERIAL_NUMBER, serial_raw)}, 1, -1, 1, 1},
    {{OF(CKA_KEY_TYPE, rsa)}, 1, -1, 1, 2},
    {{OF(CKA_KEY_TYPE, rsa), TEXT(CKA_LABEL, "RSA")}, 2, -1, 1, 2},
    {{OF(CKA_SIGN, yes)}, 1, -1, 0, 3},
    {{OF(CKA_PRIVATE, no)}, 1, -1, 7, 7},
    {{OF(CKA_PRIVATE, yes)}, 1, -1, 0, 3},
};

static CK_SESSION_HANDLE session;

static void
set_up_index(void)
{
    set_up();
    session = open_session(SLOT, CKF_RW_SESSION);
}

static void
read_own_values(void)
{
    const CK_OBJECT_HANDLE object = find_one(session, CKO_CERTIFICATE, "EC");

    own[ID].ulValueLen = sizeof id;
    own[SUBJECT].ulValueLen = sizeof subject;
    own[ISSUER].ulValueLen = sizeof issuer;
    own[VALUE].ulValueLen = sizeof value;
    ck_assert_rv(p11->C_GetAttributeValue(session, object, own, 4), CKR_OK);
}

/* A module that was loaded anew asks the file first. */
static void
start_again(void)
{
    ck_assert_rv(p11->C_Finalize(NULL), CKR_OK);
    ck_assert_rv(p11->C_Initialize(arguments()), CKR_OK);
    session = open_session(SLOT, CKF_RW_SESSION);
}

START_TEST(memory_finds_what_the_file_has)
{
    read_own_values();
    for (size_t i = 0; i < sizeof searches / sizeof *searches; i++) {
        CK_OBJECT_HANDLE first[16], again[16];
        CK_ULONG count = 0;

        if (searches[i].own >= 0)
            searches[i].template[0] = own[searches[i].own];
        start_again();
        count = find(session, searches[i].template, searches[i].count, first);
        ck_assert_msg(count == searches[i].before_login, "search %zu by file: %lu", i, count);
        for (int round = 0; round < 2; round++) {
            count = find(session, searches[i].template, searches[i].count, again);
            ck_assert_msg(count == searches[i].before_login, "search %zu in memory: %lu", i, count);
            ck_assert_mem_eq(first, again, count * sizeof *first);
        }
        ck_assert_rv(p11->C_Login(session, CKU_USER, USER_PIN), CKR_OK);
        count = find(session, searches[i].template, searches[i].count, again);
        ck_assert_msg(count == searches[i].after_login, "search %zu logged in: %lu", i, count);
    }
}
END_TEST

/* As another program does it, within one tick of any clock. */
START_TEST(a_change_is_seen_at_once)
{
    mainet_token *token = mainet_token_open(store, "MaiNet", NULL);
    mainet_error err = {0};

    ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_OK);
    for (int i = 0; i < ROUNDS; i++) {
        mn_attributes *plain = mn_attributes_new(&err);
        mn_object *object = NULL;
        CK_OBJECT_HANDLE seen = CK_INVALID_HANDLE;
        char label[16];
        CK_ATTRIBUTE told = {CKA_LABEL, label, sizeof label};

        (void)snprintf(label, sizeof label, "data %d", i);
        ck_assert_int_eq(mn_attributes_set_number(plain, CKA_CLASS, CKO_DATA, &err), MAINET_OK);
        ck_assert_int_eq(mn_attributes_set_bool(plain, CKA_TOKEN, true, &err), MAINET_OK);
        ck_assert_int_eq(mn_attributes_set_text(plain, CKA_LABEL, label, &err), MAINET_OK);
        object = mn_object_new(plain, &err);
        ck_assert_uint_eq(find_one(session, CKO_DATA, label), CK_INVALID_HANDLE);
        ck_assert_int_eq(mn_token_insert(token, mn_token_keys(token), &object, 1, &err), MAINET_OK);
        seen = find_one(session, CKO_DATA, label);
        ck_assert_uint_ne(seen, CK_INVALID_HANDLE);
        ck_assert_uint_eq(find_one(session, CKO_DATA, label), seen);
        ck_assert_int_eq(mn_token_delete(token, mn_token_keys(token), mn_object_id(object), &err),
                         MAINET_OK);
        ck_assert_uint_eq(find_one(session, CKO_DATA, label), CK_INVALID_HANDLE);
        ck_assert_rv(p11->C_GetAttributeValue(session, seen, &told, 1), CKR_OBJECT_HANDLE_INVALID);
        mn_object_free(object);
        mn_attributes_free(plain);
    }
    mainet_token_free(token);
}
END_TEST

/* The search of a token that somebody restored, or put another one in the place of. */
START_TEST(another_file_is_another_token)
{
    char path[128], aside[160];
    mainet_token *token = mainet_token_open(store, "MaiNet", NULL);

    ck_assert_uint_ne(find_one(session, CKO_CERTIFICATE, "EC"), CK_INVALID_HANDLE);
    ck_assert_uint_ne(find_one(session, CKO_CERTIFICATE, "EC"), CK_INVALID_HANDLE);
    (void)snprintf(path, sizeof path, "%s", mainet_token_path(token));
    (void)snprintf(aside, sizeof aside, "%s.aside", path);
    ck_assert_int_eq(rename(path, aside), 0);
    ck_assert_rv(p11->C_FindObjectsInit(session, NULL, 0), CKR_DEVICE_REMOVED);
    ck_assert_int_eq(rename(aside, path), 0);
    mainet_token_free(token);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("index");
    TCase *fresh = tcase_create("index");

    tcase_add_checked_fixture(fresh, set_up_index, tear_down);
    tcase_add_test(fresh, memory_finds_what_the_file_has);
    tcase_add_test(fresh, a_change_is_seen_at_once);
    tcase_add_test(fresh, another_file_is_another_token);
    tcase_set_timeout(fresh, 120);
    suite_add_tcase(suite, fresh);
    return run_suite(suite);
}
