/* SPDX-License-Identifier: BSD-3-Clause */
/* A session that signs again as it did before is asked less, and yet notices all that has happened
 * to the key since. */
#include <sys/wait.h>

#include "fixture.h"
#include "mainetcert/removal.h"
#include "unit/run-suite.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static CK_MECHANISM ecdsa = {CKM_ECDSA, NULL, 0};
static CK_MECHANISM hashed_ecdsa = {CKM_ECDSA_SHA256, NULL, 0};
static CK_BBOOL no = CK_FALSE;
static CK_BYTE data[32] = {1, 2, 3};

static CK_RV
sign(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    CK_BYTE signature[64];
    CK_ULONG len = sizeof signature;
    CK_RV rv = p11->C_SignInit(session, mechanism, key);

    return rv == CKR_OK ? p11->C_Sign(session, data, sizeof data, signature, &len) : rv;
}

/* What happens to the key by another session; what the next C_SignInit says. */
static void
forbid(CK_SESSION_HANDLE other, CK_OBJECT_HANDLE key)
{
    CK_ATTRIBUTE template = {CKA_SIGN, &no, sizeof no};

    ck_assert_rv(p11->C_SetAttributeValue(other, key, &template, 1), CKR_OK);
}

static void
destroy(CK_SESSION_HANDLE other, CK_OBJECT_HANDLE key)
{
    ck_assert_rv(p11->C_DestroyObject(other, key), CKR_OK);
}

static void
log_out(CK_SESSION_HANDLE other, CK_OBJECT_HANDLE key)
{
    (void)key;
    ck_assert_rv(p11->C_Logout(other), CKR_OK);
}

static void
log_out_and_in(CK_SESSION_HANDLE other, CK_OBJECT_HANDLE key)
{
    log_out(other, key);
    ck_assert_rv(p11->C_Login(other, CKU_USER, USER_PIN), CKR_OK);
}

/* Another process deletes it, and this one looks. */
static void
lose(CK_SESSION_HANDLE other, CK_OBJECT_HANDLE key)
{
    mainet_error err = {0};
    mainet_token *token = mainet_token_open(store, "MaiNet", &err);
    mainet_identity_list *list = NULL;

    (void)key;
    ck_assert_int_eq(mainet_token_unlock(token, PIN, &err), MAINET_OK);
    list = mainet_token_identities(token, &err);
    for (size_t i = 0; i < mainet_identity_list_count(list); i++) {
        mainet_identity *identity = mainet_identity_list_at(list, i, &err);

        ck_assert_msg(mainet_identity_delete(identity, 0, &err) == MAINET_OK, "%s", err.detail);
        mainet_identity_free(identity);
    }
    mainet_identity_list_free(list);
    mainet_token_free(token);
    ck_assert_uint_eq(find_one(other, CKO_PRIVATE_KEY, "EC"), CK_INVALID_HANDLE);
}

static const struct {
    const char *what;
    void (*happen)(CK_SESSION_HANDLE other, CK_OBJECT_HANDLE key);
    CK_RV expected;
} events[] = {
    {"it may not sign any more", forbid, CKR_KEY_FUNCTION_NOT_PERMITTED},
    {"it is destroyed", destroy, CKR_KEY_HANDLE_INVALID},
    {"somebody logs out", log_out, CKR_USER_NOT_LOGGED_IN},
    {"somebody logs out and in again", log_out_and_in, CKR_KEY_HANDLE_INVALID},
    {"another process deletes it", lose, CKR_KEY_HANDLE_INVALID},
};

START_TEST(what_happens_to_a_key_counts_at_once)
{
    const CK_SESSION_HANDLE session = open_user_session();
    const CK_SESSION_HANDLE other = open_session(SLOT, CKF_RW_SESSION);
    const CK_OBJECT_HANDLE key = find_one(session, CKO_PRIVATE_KEY, "EC");
    CK_RV rv = CKR_OK;

    ck_assert_rv(sign(session, &ecdsa, key), CKR_OK);
    ck_assert_rv(sign(session, &ecdsa, key), CKR_OK);
    events[_i].happen(other, key);
    rv = sign(session, &ecdsa, key);
    ck_assert_msg(rv == events[_i].expected, "%s: 0x%lx", events[_i].what, rv);
}
END_TEST

/* Each signature with what it asks for, whatever came before it. */
START_TEST(what_is_asked_for_is_what_is_done)
{
    const CK_SESSION_HANDLE session = open_user_session();
    const CK_OBJECT_HANDLE ec = find_one(session, CKO_PRIVATE_KEY, "EC");
    const CK_OBJECT_HANDLE rsa = find_one(session, CKO_PRIVATE_KEY, "RSA");
    const CK_OBJECT_HANDLE public_key = find_one(session, CKO_PUBLIC_KEY, "EC");
    CK_BYTE parameter = 0;
    CK_MECHANISM odd = {CKM_ECDSA, &parameter, sizeof parameter};

    for (int round = 0; round < 3; round++) {
        CK_MECHANISM *mechanism = round == 1 ? &ecdsa : &hashed_ecdsa;
        CK_BYTE signature[64];
        CK_ULONG len = sizeof signature;

        ck_assert_rv(p11->C_SignInit(session, mechanism, ec), CKR_OK);
        ck_assert_rv(p11->C_Sign(session, data, sizeof data, signature, &len), CKR_OK);
        ck_assert_rv(p11->C_VerifyInit(session, mechanism, public_key), CKR_OK);
        ck_assert_rv(p11->C_Verify(session, data, sizeof data, signature, len), CKR_OK);
    }
    ck_assert_rv(sign(session, &ecdsa, ec), CKR_OK);
    ck_assert_rv(sign(session, &ecdsa, rsa), CKR_KEY_TYPE_INCONSISTENT);
    ck_assert_rv(sign(session, &ecdsa, public_key), CKR_KEY_TYPE_INCONSISTENT);
    ck_assert_rv(sign(session, &ecdsa, ec), CKR_OK);
    ck_assert_rv(sign(session, &odd, ec), CKR_MECHANISM_PARAM_INVALID);
    ck_assert_rv(sign(session, &ecdsa, CK_INVALID_HANDLE), CKR_KEY_HANDLE_INVALID);
    ck_assert_rv(sign(session, &ecdsa, ec), CKR_OK);
}
END_TEST

/* Whoever remembers its process id has to notice that a child has another. */
START_TEST(a_child_of_a_child_of_fork_is_not_initialized)
{
    const CK_SESSION_HANDLE session = open_user_session();
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        CK_INFO info;
        CK_RV first = p11->C_GetInfo(&info);
        CK_RV begun = p11->C_Initialize(arguments());
        pid_t grandchild = fork();

        if (grandchild == 0)
            _exit(p11->C_GetInfo(&info) == CKR_CRYPTOKI_NOT_INITIALIZED ? 0 : 1);
        if (waitpid(grandchild, &status, 0) != grandchild || status != 0)
            _exit(2);
        _exit(first == CKR_CRYPTOKI_NOT_INITIALIZED && begun == CKR_OK &&
                      p11->C_GetInfo(&info) == CKR_OK
                  ? 0
                  : 3);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    ck_assert_rv(sign(session, &ecdsa, find_one(session, CKO_PRIVATE_KEY, "EC")), CKR_OK);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("again");
    TCase *again = tcase_create("again");

    tcase_set_timeout(again, 60);
    tcase_add_checked_fixture(again, set_up, tear_down);
    tcase_add_loop_test(again, what_happens_to_a_key_counts_at_once, 0, COUNT(events));
    tcase_add_test(again, what_is_asked_for_is_what_is_done);
    tcase_add_test(again, a_child_of_a_child_of_fork_is_not_initialized);
    suite_add_tcase(suite, again);
    return run_suite(suite);
}
