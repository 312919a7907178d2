/* SPDX-License-Identifier: BSD-3-Clause */
/* A guest in somebody's process: whatever the host does with OpenSSL, and when it lets go of us. */
#include <pthread.h>
#include <sys/wait.h>

#include <openssl/provider.h>

#include "fixture.h"
#include "support/host-errors.h"
#include "unit/run-suite.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static CK_BBOOL yes = CK_TRUE;
static CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY;
static CK_OBJECT_CLASS private_class = CKO_PRIVATE_KEY;
static CK_OBJECT_CLASS certificate_class = CKO_CERTIFICATE;
static CK_KEY_TYPE aes = CKK_AES;
static CK_KEY_TYPE ec = CKK_EC;
static CK_BYTE p256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
/* Its arithmetic draws random numbers, that of P-256 does not. */
static CK_BYTE p384[] = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};
static CK_BYTE number[48] = {[47] = 5};
static CK_BYTE ones[256];

#define WATCH(call, expected)                                                                      \
    do {                                                                                           \
        CK_RV rv;                                                                                  \
        host_plant();                                                                              \
        rv = p11->call;                                                                            \
        host_look(#call);                                                                          \
        ck_assert_msg(rv == (expected), "%s: 0x%lx instead of " #expected, #call, rv);             \
    } while (0)

/* Each way to use a key, with what OpenSSL does not like too. */
static void
use_keys(CK_SESSION_HANDLE session)
{
    const CK_OBJECT_HANDLE rsa_key = find_one(session, CKO_PRIVATE_KEY, "RSA");
    const CK_OBJECT_HANDLE rsa_public = find_one(session, CKO_PUBLIC_KEY, "RSA");
    const CK_OBJECT_HANDLE ec_key = find_one(session, CKO_PRIVATE_KEY, "EC");
    const CK_OBJECT_HANDLE ec_public = find_one(session, CKO_PUBLIC_KEY, "EC");
    const CK_OBJECT_HANDLE edwards = find_one(session, CKO_PRIVATE_KEY, "ED25519");
    CK_MECHANISM raw = {CKM_RSA_X_509, NULL, 0};
    CK_MECHANISM pkcs = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_MECHANISM cipher = {CKM_RSA_PKCS, NULL, 0};
    CK_MECHANISM ecdsa = {CKM_ECDSA_SHA256, NULL, 0};
    CK_MECHANISM eddsa = {CKM_EDDSA, NULL, 0};
    CK_BYTE out[512];
    CK_ULONG len = sizeof out;

    WATCH(C_SignInit(session, &raw, rsa_key), CKR_OK);
    WATCH(C_Sign(session, ones, sizeof ones, out, &len), CKR_DATA_INVALID); /* past the modulus */
    len = sizeof out;
    WATCH(C_SignInit(session, &pkcs, rsa_key), CKR_OK);
    WATCH(C_SignUpdate(session, ones, 5), CKR_OK);
    WATCH(C_SignFinal(session, out, &len), CKR_OK);
    WATCH(C_VerifyInit(session, &pkcs, rsa_public), CKR_OK);
    WATCH(C_Verify(session, ones, 6, out, len), CKR_SIGNATURE_INVALID);
    WATCH(C_VerifyRecoverInit(session, &cipher, rsa_public), CKR_OK);
    len = sizeof out;
    WATCH(C_VerifyRecover(session, ones, sizeof ones, out, &len), CKR_SIGNATURE_INVALID);
    WATCH(C_DecryptInit(session, &raw, rsa_key), CKR_OK);
    len = sizeof out;
    WATCH(C_Decrypt(session, ones, sizeof ones, out, &len), CKR_ENCRYPTED_DATA_INVALID);
    WATCH(C_EncryptInit(session, &raw, rsa_public), CKR_OK);
    len = sizeof out;
    WATCH(C_Encrypt(session, ones, sizeof ones, out, &len), CKR_DATA_INVALID);
    len = sizeof out;
    WATCH(C_SignInit(session, &ecdsa, ec_key), CKR_OK);
    WATCH(C_Sign(session, ones, 5, out, &len), CKR_OK);
    WATCH(C_VerifyInit(session, &ecdsa, ec_public), CKR_OK);
    WATCH(C_Verify(session, ones, 6, out, len), CKR_SIGNATURE_INVALID);
    len = sizeof out;
    WATCH(C_SignInit(session, &eddsa, edwards), CKR_OK);
    WATCH(C_Sign(session, ones, 5, out, &len), CKR_OK);
}

/* Keys and certificates that come, right ones and wrong ones. */
static void
bring_objects(CK_SESSION_HANDLE session)
{
    CK_ATTRIBUTE garbage[] = {{CKA_CLASS, &certificate_class, sizeof certificate_class},
                              {CKA_VALUE, ones, sizeof ones}};
    CK_ATTRIBUTE ec_template[] = {{CKA_CLASS, &private_class, sizeof private_class},
                                  {CKA_KEY_TYPE, &ec, sizeof ec},
                                  {CKA_EC_PARAMS, p384, sizeof p384},
                                  {CKA_VALUE, number, sizeof number}};
    CK_ATTRIBUTE aes_template[] = {{CKA_CLASS, &secret_class, sizeof secret_class},
                                   {CKA_KEY_TYPE, &aes, sizeof aes},
                                   {CKA_UNWRAP, &yes, 1},
                                   {CKA_VALUE, number, 32}};
    CK_ATTRIBUTE pair_template[] = {{CKA_EC_PARAMS, p256, sizeof p256}};
    CK_MECHANISM generate = {CKM_EC_KEY_PAIR_GEN, NULL, 0};
    CK_MECHANISM wrap = {CKM_AES_KEY_WRAP, NULL, 0};
    CK_ECDH1_DERIVE_PARAMS params = {CKD_NULL, 0, NULL, 65, ones};
    CK_MECHANISM derive = {CKM_ECDH1_DERIVE, &params, sizeof params};
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE other = CK_INVALID_HANDLE;

    WATCH(C_CreateObject(session, garbage, COUNT(garbage), &made), CKR_ATTRIBUTE_VALUE_INVALID);
    WATCH(C_CreateObject(session, ec_template, COUNT(ec_template), &made), CKR_OK);
    ec_template[3].pValue = ones; /* past the order of the group */
    WATCH(C_CreateObject(session, ec_template, COUNT(ec_template), &made),
          CKR_ATTRIBUTE_VALUE_INVALID);
    WATCH(C_GenerateKeyPair(session, &generate, pair_template, 1, NULL, 0, &made, &other), CKR_OK);
    WATCH(C_CreateObject(session, aes_template, COUNT(aes_template), &made), CKR_OK);
    WATCH(C_UnwrapKey(session, &wrap, made, ones, 40, aes_template, 2, &other),
          CKR_WRAPPED_KEY_INVALID);
    WATCH(C_DeriveKey(session, &derive, find_one(session, CKO_PRIVATE_KEY, "EC"), aes_template, 2,
                      &other),
          CKR_MECHANISM_PARAM_INVALID); /* no point of the curve */
}

static void
live(void)
{
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
    CK_SLOT_ID slots[8];
    CK_ULONG count = COUNT(slots);
    CK_TOKEN_INFO info;
    CK_BYTE bytes[16];

    WATCH(C_GetSlotList(CK_TRUE, slots, &count), CKR_OK);
    WATCH(C_GetTokenInfo(SLOT, &info), CKR_OK);
    WATCH(C_OpenSession(SLOT, CKF_SERIAL_SESSION, NULL, NULL, &session), CKR_OK);
    WATCH(C_Login(session, CKU_USER, WRONG_PIN), CKR_PIN_INCORRECT);
    WATCH(C_Login(session, CKU_USER, USER_PIN), CKR_OK);
    WATCH(C_GenerateRandom(session, bytes, sizeof bytes), CKR_OK);
    WATCH(C_FindObjectsInit(session, NULL, 0), CKR_OK);
    WATCH(C_FindObjectsFinal(session), CKR_OK);
    use_keys(session);
    bring_objects(session);
    WATCH(C_Logout(session), CKR_OK);
    WATCH(C_CloseSession(session), CKR_OK);
}

START_TEST(the_hosts_errors_stay_as_they_are)
{
    host_queue = (enum host_queue)_i;
    live();
    ERR_clear_error();
}
END_TEST

/* A host whose own OpenSSL can do nothing: its configuration asked for a provider that is not
 * there, or for properties that nothing has. */
START_TEST(the_hosts_own_context_is_not_used)
{
    ck_assert_ptr_nonnull(OSSL_PROVIDER_load(NULL, "null"));
    ck_assert_int_eq(EVP_set_default_properties(NULL, "fips=yes"), 1);
    ck_assert_ptr_null(EVP_MD_fetch(NULL, "SHA256", NULL));
    live();
}
END_TEST

/* What a process does at its end, in a child of its own, since that ends with it. */
static void
end_as(void (*last)(void))
{
    int status = 0;
    const pid_t child = fork();

    if (child == 0) {
        last();
        exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status), "killed by signal %d", WTERMSIG(status));
    ck_assert_int_eq(WEXITSTATUS(status), 0);
}

/* All of it in use: a login, keys that are decoded, operations that are not over. */
static CK_SESSION_HANDLE
be_busy(void)
{
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
    CK_MECHANISM ecdsa = {CKM_ECDSA_SHA256, NULL, 0};
    CK_MECHANISM pss = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_BYTE out[512];
    CK_ULONG len = sizeof out;

    (void)p11->C_Finalize(NULL);
    if (p11->C_Initialize(arguments()) != CKR_OK)
        _exit(1);
    session = open_user_session();
    if (p11->C_SignInit(session, &ecdsa, find_one(session, CKO_PRIVATE_KEY, "EC")) != CKR_OK ||
        p11->C_Sign(session, ones, 5, out, &len) != CKR_OK ||
        p11->C_SignInit(session, &pss, find_one(session, CKO_PRIVATE_KEY, "RSA")) != CKR_OK ||
        p11->C_SignUpdate(session, ones, 5) != CKR_OK ||
        p11->C_FindObjectsInit(session, NULL, 0) != CKR_OK)
        _exit(2);
    return session;
}

static void
expect(CK_RV rv, CK_RV expected, int code)
{
    if (rv != expected) {
        (void)fprintf(stderr, "# step %d: 0x%lx\n", code, rv);
        _exit(code);
    }
}

/* Every kind of call after libcrypto is gone: refused where it is needed, and nothing crashes. */
static void
outlive_libcrypto(void)
{
    const CK_SESSION_HANDLE session = be_busy();
    const CK_OBJECT_HANDLE key = 1;
    CK_MECHANISM ecdsa = {CKM_ECDSA_SHA256, NULL, 0};
    CK_MECHANISM generate = {CKM_EC_KEY_PAIR_GEN, NULL, 0};
    CK_ATTRIBUTE template[] = {{CKA_EC_PARAMS, p256, sizeof p256}};
    CK_OBJECT_HANDLE made[2];
    CK_SESSION_HANDLE late = CK_INVALID_HANDLE;
    CK_BYTE out[512];
    CK_ULONG len = sizeof out;
    CK_SLOT_ID slots[8];
    CK_ULONG count = COUNT(slots);
    CK_INFO info;
    CK_TOKEN_INFO token;

    OPENSSL_cleanup();
    expect(p11->C_GenerateRandom(session, out, 16), CKR_GENERAL_ERROR, 10);
    expect(p11->C_SignFinal(session, out, &len), CKR_GENERAL_ERROR, 11);
    expect(p11->C_SignInit(session, &ecdsa, key), CKR_GENERAL_ERROR, 12);
    expect(p11->C_FindObjectsFinal(session), CKR_GENERAL_ERROR, 13);
    expect(p11->C_FindObjectsInit(session, NULL, 0), CKR_GENERAL_ERROR, 14);
    expect(p11->C_GetTokenInfo(SLOT, &token), CKR_GENERAL_ERROR, 15);
    expect(p11->C_OpenSession(SLOT, CKF_SERIAL_SESSION, NULL, NULL, &late), CKR_GENERAL_ERROR, 16);
    expect(p11->C_GenerateKeyPair(session, &generate, template, 1, NULL, 0, made, made + 1),
           CKR_GENERAL_ERROR, 17);
    expect(p11->C_GetInfo(&info), CKR_OK, 18);
    expect(p11->C_Logout(session), CKR_OK, 19);
    expect(p11->C_CloseSession(session), CKR_OK, 20);
    expect(p11->C_CloseAllSessions(SLOT), CKR_OK, 21);
    expect(p11->C_Finalize(NULL), CKR_OK, 22);
    expect(p11->C_GetSlotList(CK_FALSE, slots, &count), CKR_CRYPTOKI_NOT_INITIALIZED, 23);
    expect(p11->C_Initialize(arguments()), CKR_OK, 24);
    expect(p11->C_GetSlotList(CK_FALSE, slots, &count), CKR_GENERAL_ERROR, 25);
    expect(p11->C_Finalize(NULL), CKR_OK, 26);
}

static void
finalize_only(void)
{
    (void)be_busy();
    OPENSSL_cleanup();
    expect(p11->C_Finalize(NULL), CKR_OK, 30);
}

static void
finalize_late(void)
{
    expect(p11->C_Finalize(NULL), CKR_OK, 31);
}

/* As libp11 does: its handler was there before that of libcrypto, and so runs after it. */
static void
finalize_from_an_exit_handler(void)
{
    (void)atexit(finalize_late);
    (void)be_busy();
}

static void *
sign_once(void *session)
{
    CK_MECHANISM ecdsa = {CKM_ECDSA_SHA256, NULL, 0};
    CK_BYTE out[512];
    CK_ULONG len = sizeof out;
    const CK_SESSION_HANDLE own = *(CK_SESSION_HANDLE *)session;

    (void)p11->C_SignInit(own, &ecdsa, find_one(own, CKO_PRIVATE_KEY, "EC"));
    (void)p11->C_Sign(own, ones, 5, out, &len);
    return NULL;
}

/* Threads that were here end after we are gone, and so does the process. */
static void
unload_without_finalize(void)
{
    CK_SESSION_HANDLE session = be_busy();
    pthread_t thread;

    (void)p11->C_FindObjectsFinal(session);
    (void)p11->C_SignFinal(session, NULL, NULL);
    if (pthread_create(&thread, NULL, sign_once, &session) != 0 || pthread_join(thread, NULL) != 0)
        _exit(40);
    if (dlclose(library) != 0)
        _exit(41);
    if (dlopen(getenv("MAINETCERT_MODULE"), RTLD_NOW | RTLD_NOLOAD) != NULL)
        _exit(42);
}

static void
unload_and_load_again(void)
{
    unload_without_finalize();
    load_module();
    (void)be_busy();
}

static void
leave_all_open(void)
{
    (void)be_busy();
}

static void (*const ends[])(void) = {
    outlive_libcrypto, finalize_only,           finalize_from_an_exit_handler,
    leave_all_open,    unload_without_finalize, unload_and_load_again};

START_TEST(nothing_crashes_at_the_end)
{
    end_as(ends[_i]);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("guest");
    TCase *all = tcase_create("guest");

    memset(ones, 0xFF, sizeof ones);
    tcase_set_timeout(all, 60);
    tcase_add_unchecked_fixture(all, make_store, remove_store);
    tcase_add_checked_fixture(all, start_module, stop_module);
    tcase_add_loop_test(all, the_hosts_errors_stay_as_they_are, HOST_EMPTY, HOST_MARKED + 1);
    tcase_add_test(all, the_hosts_own_context_is_not_used);
    tcase_add_loop_test(all, nothing_crashes_at_the_end, 0, COUNT(ends));
    suite_add_tcase(suite, all);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
