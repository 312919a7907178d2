/* SPDX-License-Identifier: BSD-3-Clause */
/* Getting in and out: interfaces, C_Initialize, fork, what is refused. */
#include <pthread.h>
#include <sys/wait.h>

#include "fixture.h"
#include "unit/run-suite.h"

typedef CK_RV (*get_interface_fn)(CK_UTF8CHAR *, CK_VERSION *, CK_INTERFACE **, CK_FLAGS);

static CK_RV
get_interface(const char *name, const CK_VERSION *version, CK_FLAGS flags, CK_INTERFACE **found)
{
    get_interface_fn get = NULL;
    CK_VERSION wanted = version == NULL ? (CK_VERSION){0, 0} : *version;

    *(void **)&get = dlsym(library, "C_GetInterface");
    return get((CK_UTF8CHAR *)(uintptr_t)name, version == NULL ? NULL : &wanted, found, flags);
}

static const struct {
    const char *name;
    CK_VERSION version;
    CK_FLAGS flags;
    CK_RV expected;
    CK_BYTE major;
} interface_rows[] = {
    {NULL, {0, 0}, 0, CKR_OK, 3},
    {"PKCS 11", {0, 0}, 0, CKR_OK, 3},
    {"PKCS 11", {3, 0}, 0, CKR_OK, 3},
    {"PKCS 11", {2, 40}, 0, CKR_OK, 2},
    {"PKCS 11", {2, 20}, 0, CKR_ARGUMENTS_BAD, 0},
    {"PKCS 11", {4, 50}, 0, CKR_ARGUMENTS_BAD, 0},
    {"PKCS 11", {0, 0}, 2, CKR_ARGUMENTS_BAD, 0},
    {"PKCS 11 other", {0, 0}, 0, CKR_ARGUMENTS_BAD, 0},
    {"", {0, 0}, 0, CKR_ARGUMENTS_BAD, 0},
    {"PKCS 11", {0, 0}, CKF_INTERFACE_FORK_SAFE, CKR_ARGUMENTS_BAD, 0},
    {"Vendor NSS FIPS Interface", {0, 0}, 0, CKR_ARGUMENTS_BAD, 0},
};

START_TEST(an_interface_is_found_by_name_version_and_flags)
{
    const CK_VERSION *version = &interface_rows[_i].version;
    CK_INTERFACE *found = NULL;

    ck_assert_rv(get_interface(interface_rows[_i].name, version->major == 0 ? NULL : version,
                               interface_rows[_i].flags, &found),
                 interface_rows[_i].expected);
    if (interface_rows[_i].expected == CKR_OK)
        ck_assert_uint_eq(((CK_VERSION *)found->pFunctionList)->major, interface_rows[_i].major);
}
END_TEST

START_TEST(every_function_of_both_lists_is_there)
{
    CK_INTERFACE *found = NULL;
    void *const *members = NULL;

    ck_assert_rv(get_interface(NULL, NULL, 0, &found), CKR_OK);
    members = (void *const *)found->pFunctionList;
    for (size_t i = 1; i < sizeof(CK_FUNCTION_LIST_3_0) / sizeof(void *); i++)
        ck_assert_ptr_nonnull(members[i]);
    members = (void *const *)(void *)p11;
    for (size_t i = 1; i < sizeof(CK_FUNCTION_LIST) / sizeof(void *); i++)
        ck_assert_ptr_nonnull(members[i]);
}
END_TEST

START_TEST(the_interface_list_obeys_the_rule_of_lengths)
{
    CK_RV (*get)(CK_INTERFACE *, CK_ULONG *) = NULL;
    CK_INTERFACE list[2];
    CK_ULONG count = 1;

    *(void **)&get = dlsym(library, "C_GetInterfaceList");
    ck_assert_rv(get(NULL, NULL), CKR_ARGUMENTS_BAD);
    ck_assert_rv(get(list, &count), CKR_BUFFER_TOO_SMALL);
    ck_assert_rv(get(NULL, &count), CKR_OK);
    ck_assert_uint_eq(count, 2);
    ck_assert_rv(get(list, &count), CKR_OK);
    ck_assert_str_eq((char *)list[0].pInterfaceName, "PKCS 11");
}
END_TEST

static CK_RV
no_mutex(void *mutex)
{
    (void)mutex;
    return CKR_OK;
}

static CK_RV
make_no_mutex(void **mutex)
{
    static int something;

    *mutex = &something;
    return CKR_OK;
}

static CK_RV
refuse_mutex(void **mutex)
{
    (void)mutex;
    return CKR_HOST_MEMORY;
}

#define RESERVED(text) .pReserved = (char *)(uintptr_t)(text)

static const struct {
    CK_C_INITIALIZE_ARGS arguments;
    CK_RV expected;
} argument_rows[] = {
    {{.flags = 0}, CKR_OK},
    {{.flags = CKF_LIBRARY_CANT_CREATE_OS_THREADS | CKF_OS_LOCKING_OK}, CKR_OK},
    {{.CreateMutex = make_no_mutex}, CKR_ARGUMENTS_BAD},
    {{make_no_mutex, no_mutex, no_mutex, NULL, 0, NULL}, CKR_ARGUMENTS_BAD},
    {{make_no_mutex, no_mutex, no_mutex, no_mutex, 0, NULL}, CKR_OK},
    {{refuse_mutex, no_mutex, no_mutex, no_mutex, 0, NULL}, CKR_HOST_MEMORY},
    {{refuse_mutex, no_mutex, no_mutex, no_mutex, CKF_OS_LOCKING_OK, NULL}, CKR_OK},
    {{.pReserved = (void *)1}, CKR_ARGUMENTS_BAD},
    {{RESERVED("")}, CKR_OK},
    {{RESERVED(" store=/nowhere ")}, CKR_OK},
    {{RESERVED("store='/no where'")}, CKR_OK},
    {{RESERVED("store=\"/no where\"")}, CKR_OK},
    {{RESERVED("store='/nowhere")}, CKR_ARGUMENTS_BAD},
    {{RESERVED("store=/no where")}, CKR_ARGUMENTS_BAD},
    {{RESERVED("store=")}, CKR_ARGUMENTS_BAD},
    {{RESERVED("shop=/nowhere")}, CKR_ARGUMENTS_BAD},
};

START_TEST(initialize_judges_its_arguments)
{
    CK_C_INITIALIZE_ARGS made = argument_rows[_i].arguments;
    CK_INFO info;

    ck_assert_rv(p11->C_Initialize(&made), argument_rows[_i].expected);
    ck_assert_rv(p11->C_GetInfo(&info),
                 argument_rows[_i].expected == CKR_OK ? CKR_OK : CKR_CRYPTOKI_NOT_INITIALIZED);
    ck_assert_rv(p11->C_Finalize(NULL),
                 argument_rows[_i].expected == CKR_OK ? CKR_OK : CKR_CRYPTOKI_NOT_INITIALIZED);
}
END_TEST

START_TEST(a_second_initialize_is_told_so)
{
    ck_assert_rv(p11->C_Initialize(NULL), CKR_CRYPTOKI_ALREADY_INITIALIZED);
    ck_assert_rv(p11->C_Finalize(&library), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_Finalize(NULL), CKR_OK);
    ck_assert_rv(p11->C_Finalize(NULL), CKR_CRYPTOKI_NOT_INITIALIZED);
    ck_assert_rv(p11->C_Initialize(arguments()), CKR_OK);
}
END_TEST

static void *
initialize(void *answer)
{
    *(CK_RV *)answer = p11->C_Initialize(NULL);
    return NULL;
}

START_TEST(of_eight_threads_one_initializes)
{
    pthread_t threads[8];
    CK_RV answers[8];
    size_t done = 0;

    for (size_t i = 0; i < 8; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, initialize, &answers[i]), 0);
    for (size_t i = 0; i < 8; i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        done += answers[i] == CKR_OK;
        ck_assert(answers[i] == CKR_OK || answers[i] == CKR_CRYPTOKI_ALREADY_INITIALIZED);
    }
    ck_assert_uint_eq(done, 1);
}
END_TEST

/* A child's own verdict, as its exit status. */
static int
live_as_child(CK_SESSION_HANDLE inherited)
{
    CK_SESSION_INFO info;
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;

    if (p11->C_GetSessionInfo(inherited, &info) != CKR_CRYPTOKI_NOT_INITIALIZED)
        return 1;
    if (p11->C_Finalize(NULL) != CKR_CRYPTOKI_NOT_INITIALIZED)
        return 2;
    if (p11->C_Initialize(arguments()) != CKR_OK)
        return 3;
    if (p11->C_GetSessionInfo(inherited, &info) != CKR_SESSION_HANDLE_INVALID)
        return 4;
    if (p11->C_OpenSession(SLOT, CKF_SERIAL_SESSION, NULL, NULL, &session) != CKR_OK)
        return 5;
    if (p11->C_Login(session, CKU_USER, USER_PIN) != CKR_OK)
        return 6;
    return p11->C_Finalize(NULL) == CKR_OK ? 0 : 7;
}

START_TEST(a_child_starts_anew_and_the_parent_goes_on)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_SESSION_INFO info;
    int status = 0;
    const pid_t child = fork();

    if (child == 0)
        _exit(live_as_child(session));
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(WEXITSTATUS(status), 0);
    ck_assert_rv(p11->C_GetSessionInfo(session, &info), CKR_OK);
    ck_assert_uint_eq(info.state, CKS_RO_USER_FUNCTIONS);
}
END_TEST

/* Each function with arguments that would be wrong in many ways. */
#define EVERY_FUNCTION(ROW)                                                                        \
    ROW(C_GetInfo, NULL)                                                                           \
    ROW(C_GetSlotList, 0, NULL, NULL)                                                              \
    ROW(C_GetSlotInfo, 0, NULL)                                                                    \
    ROW(C_GetTokenInfo, 0, NULL)                                                                   \
    ROW(C_GetMechanismList, 0, NULL, NULL)                                                         \
    ROW(C_GetMechanismInfo, 0, 0, NULL)                                                            \
    ROW(C_InitToken, 0, NULL, 0, NULL)                                                             \
    ROW(C_InitPIN, 0, NULL, 0)                                                                     \
    ROW(C_SetPIN, 0, NULL, 0, NULL, 0)                                                             \
    ROW(C_OpenSession, 0, 0, NULL, NULL, NULL)                                                     \
    ROW(C_CloseSession, 0)                                                                         \
    ROW(C_CloseAllSessions, 0)                                                                     \
    ROW(C_GetSessionInfo, 0, NULL)                                                                 \
    ROW(C_GetOperationState, 0, NULL, NULL)                                                        \
    ROW(C_SetOperationState, 0, NULL, 0, 0, 0)                                                     \
    ROW(C_Login, 0, CKU_CONTEXT_SPECIFIC, NULL, 0)                                                 \
    ROW(C_Logout, 0)                                                                               \
    ROW(C_CreateObject, 0, NULL, 0, NULL)                                                          \
    ROW(C_CopyObject, 0, 0, NULL, 0, NULL)                                                         \
    ROW(C_DestroyObject, 0, 0)                                                                     \
    ROW(C_GetObjectSize, 0, 0, NULL)                                                               \
    ROW(C_GetAttributeValue, 0, 0, NULL, 0)                                                        \
    ROW(C_SetAttributeValue, 0, 0, NULL, 0)                                                        \
    ROW(C_FindObjectsInit, 0, NULL, 0)                                                             \
    ROW(C_FindObjects, 0, NULL, 0, NULL)                                                           \
    ROW(C_FindObjectsFinal, 0)                                                                     \
    ROW(C_EncryptInit, 0, NULL, 0)                                                                 \
    ROW(C_DecryptInit, 0, NULL, 0)                                                                 \
    ROW(C_DigestInit, 0, NULL)                                                                     \
    ROW(C_SignInit, 0, NULL, 0)                                                                    \
    ROW(C_Sign, 0, NULL, 0, NULL, NULL)                                                            \
    ROW(C_SignUpdate, 0, NULL, 0)                                                                  \
    ROW(C_SignFinal, 0, NULL, NULL)                                                                \
    ROW(C_VerifyInit, 0, NULL, 0)                                                                  \
    ROW(C_Verify, 0, NULL, 0, NULL, 0)                                                             \
    ROW(C_VerifyUpdate, 0, NULL, 0)                                                                \
    ROW(C_VerifyFinal, 0, NULL, 0)                                                                 \
    ROW(C_GenerateKeyPair, 0, NULL, NULL, 0, NULL, 0, NULL, NULL)                                  \
    ROW(C_WrapKey, 0, NULL, 0, 0, NULL, NULL)                                                      \
    ROW(C_UnwrapKey, 0, NULL, 0, NULL, 0, NULL, 0, NULL)                                           \
    ROW(C_DeriveKey, 0, NULL, 0, NULL, 0, NULL)                                                    \
    ROW(C_SeedRandom, 0, NULL, 0)                                                                  \
    ROW(C_GenerateRandom, 0, NULL, 0)                                                              \
    ROW(C_GetFunctionStatus, 0)                                                                    \
    ROW(C_CancelFunction, 0)                                                                       \
    ROW(C_WaitForSlotEvent, 0, NULL, NULL)

START_TEST(everything_waits_for_initialize)
{
#define ROW(name, ...) ck_assert_rv(p11->name(__VA_ARGS__), CKR_CRYPTOKI_NOT_INITIALIZED);
    EVERY_FUNCTION(ROW)
#undef ROW
}
END_TEST

START_TEST(initialize_touches_no_file)
{
    CK_C_INITIALIZE_ARGS made = {.pReserved = (char *)(uintptr_t) "store=/nowhere/at/all"};
    CK_SLOT_ID slots[4];
    CK_ULONG count = 4;

    ck_assert_rv(p11->C_Initialize(&made), CKR_OK);
    ck_assert_rv(p11->C_GetSlotList(CK_FALSE, slots, &count), CKR_OK);
    ck_assert_uint_eq(count, 1); /* a store that is not there is an empty one */
    ck_assert_int_ne(access("/nowhere", F_OK), 0);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("module");
    TCase *before = tcase_create("before C_Initialize");
    TCase *after = tcase_create("after C_Initialize");

    tcase_set_timeout(before, 30);
    tcase_add_unchecked_fixture(before, make_store, remove_store);
    tcase_add_checked_fixture(before, load_module, stop_module);
    tcase_add_loop_test(before, an_interface_is_found_by_name_version_and_flags, 0,
                        sizeof interface_rows / sizeof *interface_rows);
    tcase_add_test(before, every_function_of_both_lists_is_there);
    tcase_add_test(before, the_interface_list_obeys_the_rule_of_lengths);
    tcase_add_loop_test(before, initialize_judges_its_arguments, 0,
                        sizeof argument_rows / sizeof *argument_rows);
    tcase_add_test(before, of_eight_threads_one_initializes);
    tcase_add_test(before, everything_waits_for_initialize);
    tcase_add_test(before, initialize_touches_no_file);
    suite_add_tcase(suite, before);
    tcase_set_timeout(after, 30);
    tcase_add_unchecked_fixture(after, make_store, remove_store);
    tcase_add_checked_fixture(after, start_module, stop_module);
    tcase_add_test(after, a_second_initialize_is_told_so);
    tcase_add_test(after, a_child_starts_anew_and_the_parent_goes_on);
    suite_add_tcase(suite, after);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
