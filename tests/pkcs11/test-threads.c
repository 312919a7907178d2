/* SPDX-License-Identifier: BSD-3-Clause */
/* Many threads at once: nobody is refused, nobody gets another's signature. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>

#include "fixture.h"
#include "unit/run-suite.h"

#define TURNS 60
#define CHILDREN 16

typedef struct worker {
    CK_SESSION_HANDLE session;
    CK_BYTE first; /* of what it signs */
    int failed;
} worker;

static int
sign_and_verify(worker *self, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE keys_of_one[2])
{
    CK_BYTE data[32] = {self->first};
    CK_BYTE signature[512];
    CK_ULONG len = sizeof signature;

    return p11->C_SignInit(self->session, mechanism, keys_of_one[0]) != CKR_OK ||
           p11->C_Sign(self->session, data, sizeof data, signature, &len) != CKR_OK ||
           p11->C_VerifyInit(self->session, mechanism, keys_of_one[1]) != CKR_OK ||
           p11->C_Verify(self->session, data, sizeof data, signature, len) != CKR_OK;
}

static CK_OBJECT_HANDLE
find_quietly(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class, CK_KEY_TYPE type)
{
    CK_ATTRIBUTE template[] = {{CKA_CLASS, &class, sizeof class},
                               {CKA_KEY_TYPE, &type, sizeof type}};
    CK_OBJECT_HANDLE found = CK_INVALID_HANDLE;
    CK_ULONG count = 0;

    if (p11->C_FindObjectsInit(session, template, 2) != CKR_OK ||
        p11->C_FindObjects(session, &found, 1, &count) != CKR_OK ||
        p11->C_FindObjectsFinal(session) != CKR_OK)
        return CK_INVALID_HANDLE;
    return found;
}

static void *
sign_all_day(void *argument)
{
    worker *self = argument;
    CK_MECHANISM ecdsa = {CKM_ECDSA_SHA256, NULL, 0};
    CK_MECHANISM rsa = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_OBJECT_HANDLE ec_keys[] = {find_quietly(self->session, CKO_PRIVATE_KEY, CKK_EC),
                                  find_quietly(self->session, CKO_PUBLIC_KEY, CKK_EC)};
    CK_OBJECT_HANDLE rsa_keys[] = {find_quietly(self->session, CKO_PRIVATE_KEY, CKK_RSA),
                                   find_quietly(self->session, CKO_PUBLIC_KEY, CKK_RSA)};

    for (int i = 0; i < TURNS; i++)
        self->failed += sign_and_verify(self, &ecdsa, ec_keys) +
                        (i % 8 == 0 ? sign_and_verify(self, &rsa, rsa_keys) : 0);
    return NULL;
}

static void *
look_around(void *argument)
{
    worker *self = argument;
    CK_SLOT_ID slots[8];
    CK_TOKEN_INFO info;
    CK_SLOT_INFO slot_info;

    for (int i = 0; i < TURNS / 4; i++) {
        CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
        CK_ULONG count = 8;

        self->failed += p11->C_GetSlotList(CK_FALSE, slots, &count) != CKR_OK;
        self->failed += p11->C_GetTokenInfo(SLOT, &info) != CKR_OK;
        self->failed += p11->C_GetSlotInfo(SLOT, &slot_info) != CKR_OK;
        self->failed +=
            p11->C_OpenSession(SLOT, CKF_SERIAL_SESSION, NULL, NULL, &session) != CKR_OK;
        self->failed += find_quietly(session, CKO_PRIVATE_KEY, CKK_EC) == CK_INVALID_HANDLE;
        self->failed += p11->C_CloseSession(session) != CKR_OK;
    }
    return NULL;
}

/* Somebody else's process: objects come, so handles are compared and what is loaded is dropped. */
static void *
add_objects(void *argument)
{
    worker *self = argument;
    mainet_token *token = mainet_token_open(store, "MaiNet", NULL);

    self->failed += mainet_token_unlock(token, PIN, NULL) != MAINET_OK;
    for (int i = 0; i < 5; i++) {
        mn_attributes *plain = mn_attributes_new(NULL);
        mn_object *object = NULL;

        (void)mn_attributes_set_number(plain, CKA_CLASS, CKO_DATA, NULL);
        (void)mn_attributes_set_bool(plain, CKA_TOKEN, true, NULL);
        (void)mn_attributes_set_bool(plain, CKA_PRIVATE, false, NULL);
        object = mn_object_new(plain, NULL);
        self->failed += mn_token_insert(token, mn_token_keys(token), &object, 1, NULL) != MAINET_OK;
        mn_object_free(object);
        mn_attributes_free(plain);
    }
    mainet_token_free(token);
    return NULL;
}

START_TEST(threads_sign_while_others_look_and_change)
{
    static void *(*const jobs[])(void *) = {sign_all_day, sign_all_day, sign_all_day, sign_all_day,
                                            look_around,  look_around,  add_objects};
    worker workers[sizeof jobs / sizeof *jobs];
    pthread_t threads[sizeof jobs / sizeof *jobs];

    (void)open_user_session();
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++)
        workers[i] = (worker){.session = open_session(SLOT, 0), .first = (CK_BYTE)i};
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, jobs[i], &workers[i]), 0);
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        ck_assert_msg(workers[i].failed == 0, "worker %zu failed %d times", i, workers[i].failed);
    }
}
END_TEST

static void *
log_in_and_out(void *argument)
{
    worker *self = argument;

    for (int i = 0; i < 4; i++) {
        const CK_RV in = p11->C_Login(self->session, CKU_USER, USER_PIN);
        const CK_RV out = p11->C_Logout(self->session);

        self->failed += in != CKR_OK && in != CKR_USER_ALREADY_LOGGED_IN;
        self->failed += out != CKR_OK && out != CKR_USER_NOT_LOGGED_IN;
    }
    return NULL;
}

/* Refusals are right here; what is not is a crash, a deadlock or a key that outlives the login. */
static void *
try_to_sign(void *argument)
{
    worker *self = argument;
    CK_MECHANISM ecdsa = {CKM_ECDSA_SHA256, NULL, 0};

    for (int i = 0; i < TURNS; i++) {
        CK_OBJECT_HANDLE pair[] = {find_quietly(self->session, CKO_PRIVATE_KEY, CKK_EC),
                                   find_quietly(self->session, CKO_PUBLIC_KEY, CKK_EC)};

        (void)sign_and_verify(self, &ecdsa, pair);
    }
    return NULL;
}

START_TEST(threads_log_in_and_out_while_others_sign)
{
    static void *(*const jobs[])(void *) = {log_in_and_out, log_in_and_out, try_to_sign,
                                            try_to_sign};
    worker workers[sizeof jobs / sizeof *jobs];
    pthread_t threads[sizeof jobs / sizeof *jobs];
    CK_SESSION_INFO info;

    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++)
        workers[i] = (worker){.session = open_session(SLOT, 0)};
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, jobs[i], &workers[i]), 0);
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        ck_assert_int_eq(workers[i].failed, 0);
    }
    ck_assert_rv(p11->C_GetSessionInfo(workers[0].session, &info), CKR_OK);
    ck_assert_uint_eq(info.state, CKS_RO_PUBLIC_SESSION);
    ck_assert_uint_eq(find_quietly(workers[0].session, CKO_PRIVATE_KEY, CKK_EC), CK_INVALID_HANDLE);
}
END_TEST

static atomic_bool is_over;

static void *
keep_busy(void *argument)
{
    while (!atomic_load(&is_over)) {
        (void)sign_all_day(argument);
        (void)look_around(argument);
    }
    return NULL;
}

/* Where the threads of the parent were is nothing to it: it starts anew, or never ends. */
static int
live_as_child(CK_SESSION_HANDLE inherited)
{
    worker self = {0};
    CK_MECHANISM ecdsa = {CKM_ECDSA_SHA256, NULL, 0};
    CK_OBJECT_HANDLE pair[2];
    CK_SESSION_INFO info;

    (void)signal(SIGALRM, SIG_DFL); /* Check has one that kills all of us */
    (void)alarm(60);
    if (p11->C_GetSessionInfo(inherited, &info) != CKR_CRYPTOKI_NOT_INITIALIZED)
        return 1;
    if (p11->C_Initialize(arguments()) != CKR_OK)
        return 2;
    if (p11->C_OpenSession(OPEN_SLOT, CKF_SERIAL_SESSION, NULL, NULL, &self.session) != CKR_OK)
        return 3;
    pair[0] = find_quietly(self.session, CKO_PRIVATE_KEY, CKK_EC);
    pair[1] = find_quietly(self.session, CKO_PUBLIC_KEY, CKK_EC);
    if (sign_and_verify(&self, &ecdsa, pair) != 0)
        return 4;
    return p11->C_Finalize(NULL) == CKR_OK ? 0 : 5;
}

/* How the child ended. */
static int
bear_child(CK_SESSION_HANDLE inherited)
{
    int status = 0;
    const pid_t child = fork();

    if (child == 0)
        _exit(live_as_child(inherited));
    return waitpid(child, &status, 0) == child ? status : -1;
}

START_TEST(children_are_born_while_threads_are_inside)
{
    worker workers[3];
    pthread_t threads[3];
    int status = 0;

    (void)open_user_session();
    for (int i = 0; i < 3; i++) {
        workers[i] = (worker){.session = open_session(SLOT, 0), .first = (CK_BYTE)i};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, keep_busy, &workers[i]), 0);
    }
    for (int i = 0; i < CHILDREN && status == 0; i++)
        status = bear_child(workers[0].session);
    atomic_store(&is_over, true);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        ck_assert_int_eq(workers[i].failed, 0);
    }
    ck_assert_msg(status == 0, "a child ended with status 0x%x", (unsigned int)status);
}
END_TEST

/* What that needs: in a context of the parent's somebody may hold a lock who is no more. */
START_TEST(a_child_has_a_context_of_its_own)
{
    uint8_t byte = 0;
    int status = 0;
    OSSL_LIB_CTX *ours = NULL;
    pid_t child = 0;

    ck_assert_int_eq(mn_crypto_ready(NULL), MAINET_OK);
    ours = mn_crypto_context();
    child = fork();
    if (child == 0)
        _exit(mn_random(&byte, 1, NULL) == MAINET_OK && mn_crypto_context() != ours ? 0 : 1);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    ck_assert_int_eq(mn_random(&byte, 1, NULL), MAINET_OK);
    ck_assert_ptr_eq(mn_crypto_context(), ours);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("threads");
    TCase *all = tcase_create("threads");

    tcase_set_timeout(all, 180);
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, threads_sign_while_others_look_and_change);
    tcase_add_test(all, threads_log_in_and_out_while_others_sign);
    tcase_add_test(all, children_are_born_while_threads_are_inside);
    tcase_add_test(all, a_child_has_a_context_of_its_own);
    suite_add_tcase(suite, all);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
