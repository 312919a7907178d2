/* SPDX-License-Identifier: BSD-3-Clause */
/* Which secrets are in the memory of a process that uses a token, by the library and by the module:
 * those that it needs, for as long as it needs them. The tokens are made by a child, so that what
 * is found here came out of a token. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/kdf.h>
#include <p11-kit/pkcs11.h>

#include "face.h"
#include "fixture.h"
#include "mainetcert/transfer.h"
#include "memory.h"
#include "pkcs12/read.h"
#include "store/key.h"
#include "support/temp-store.h"
#include "unit/run-suite.h"

#define PIN_LEN 24
#define KEY_TYPES 3
#define FILE_PASSWORD (const uint8_t *)"a password of length", 20

static const char *const key_types[KEY_TYPES] = {"RSA", "EC", "ED25519"};

/* A PIN is in the open only within a call, on a page of the caller's. */
typedef struct pin_page {
    uint8_t masked[PIN_LEN];
    uint8_t *open;
} pin_page;

static pin_page user, other, officer;
static size_t heard; /* derivations */
static size_t pins_heard;

/* The test's own ear at every derivation, of the library and of the module: the PIN is there, or
 * the search would be of no use; what is derived is noted. */
FACE(int, EVP_KDF_derive,
     (EVP_KDF_CTX * context, unsigned char *key, size_t len, const OSSL_PARAM params[]),
     (context, key, len, params))
{
    int done = real_EVP_KDF_derive(context, key, len, params);
    bool is_pin = EVP_KDF_is_a(EVP_KDF_CTX_kdf(context), "SCRYPT");

    if (memory_noted() == 0)
        return done;
    if (is_pin)
        pins_heard += memory_count("PIN") != 0;
    if (heard++ < 16)
        memory_note(is_pin ? "key of the PIN" : "derived key", key, len);
    return done;
}

static void
pin_make(pin_page *pin, const char *name)
{
    uint8_t drawn[PIN_LEN];

    pin->open = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_int_eq(mn_random(drawn, sizeof drawn, NULL), MAINET_OK);
    for (size_t i = 0; i < sizeof drawn; i++) {
        drawn[i] = (uint8_t)('A' + drawn[i] % 26);
        pin->masked[i] = drawn[i] ^ 0x5a;
    }
    memory_note(name, drawn, sizeof drawn);
    OPENSSL_cleanse(drawn, sizeof drawn);
}

static const uint8_t *
pin_open(pin_page *pin)
{
    for (size_t i = 0; i < PIN_LEN; i++)
        pin->open[i] = pin->masked[i] ^ 0x5a;
    return pin->open;
}

static void
pin_close(void)
{
    OPENSSL_cleanse(user.open, PIN_LEN);
    OPENSSL_cleanse(other.open, PIN_LEN);
    OPENSSL_cleanse(officer.open, PIN_LEN);
}

/* A number as it is serialized, and as OpenSSL's arithmetic has it. */
static void
note_number(const EVP_PKEY *key, const char *parameter)
{
    uint8_t bytes[512];
    BIGNUM *number = NULL;

    if (EVP_PKEY_get_bn_param(key, parameter, &number) != 1)
        return;
    memory_note("number of a key", bytes, (size_t)BN_bn2bin(number, bytes));
    ck_assert_int_gt(BN_bn2lebinpad(number, bytes, BN_num_bytes(number)), 0);
    memory_note("number of a key, in OpenSSL", bytes, (size_t)BN_num_bytes(number));
    BN_clear_free(number);
}

static void
note_key(const EVP_PKEY *key)
{
    static const char *const numbers[] = {
        OSSL_PKEY_PARAM_RSA_D,         OSSL_PKEY_PARAM_RSA_FACTOR1,
        OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
        OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
        OSSL_PKEY_PARAM_PRIV_KEY};
    uint8_t seed[32];
    size_t len = sizeof seed;

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        note_number(key, numbers[i]);
    if (EVP_PKEY_get_raw_private_key(key, seed, &len) == 1)
        memory_note("number of a key, in OpenSSL", seed, len); /* which has it as it is */
}

static const char *
container_path(const char *type)
{
    static char path[128];

    (void)snprintf(path, sizeof path, "%s/%s.p12", folder, type);
    return path;
}

static void
save_container(mainet_identity *identity, const char *type)
{
    mn_auto(mainet_bytes) container =
        mainet_identity_export_pkcs12(identity, FILE_PASSWORD, 0, NULL);

    ck_assert_int_eq(mainet_bytes_save(container, container_path(type), true, NULL), MAINET_OK);
}

static void
import(mainet_token *into, const char *type)
{
    mainet_error err = {0};
    EVP_PKEY *key = make_key(type);
    mainet_certificate *certificate = make_certificate(key, type, key, type, 1, 365);
    mn_identity_import what = {.key = key, .certificate = certificate, .exportable = true};
    bool was_there = false;
    mn_auto(mainet_identity) identity = mn_identity_import_one(into, &what, &was_there, &err);

    ck_assert_msg(identity != NULL, "%s", err.detail);
    note_key(key);
    save_container(identity, type);
}

static void
note_token_key(mainet_token *of)
{
    const mn_secret *key = mn_keys_token(mn_token_keys(of));

    memory_note("token key", mn_secret_bytes(key), mn_secret_len(key));
}

/* In a child: whose memory nobody looks at. */
static void
make_tokens(void)
{
    mn_auto(mainet_store) made_in = mainet_store_open(folder, NULL);
    mn_auto(mainet_token) made = mainet_token_create(made_in, "tested", pin_open(&user), PIN_LEN,
                                                     pin_open(&officer), PIN_LEN, NULL);
    mn_auto(mainet_token) service = mainet_token_create_without_pin(made_in, "service", NULL);

    ck_assert(made != NULL && service != NULL);
    for (size_t i = 0; i < KEY_TYPES; i++)
        import(made, key_types[i]);
    import(service, "EC");
    note_token_key(made);
    note_token_key(service);
}

static void
open_token(void)
{
    pid_t child = 0;
    int status = 0;

    folder_make();
    pin_make(&user, "PIN");
    pin_make(&other, "new PIN");
    pin_make(&officer, "SO PIN");
    heard = 16; /* the child's derivations are not noted: nobody here has them */
    child = fork();
    if (child == 0) {
        make_tokens();
        _exit(0);
    }
    (void)waitpid(child, &status, 0);
    ck_assert_int_eq(status, 0);
    heard = 0;
    pins_heard = 0;
    store = mainet_store_open(folder, NULL);
    token = mainet_token_open(store, "tested", NULL);
    ck_assert_ptr_nonnull(token);
    ck_assert_ptr_null(memory_finds());
}

static void
unlock(void)
{
    mainet_error err = {0};

    ck_assert_msg(mainet_token_unlock(token, pin_open(&user), PIN_LEN, &err) == MAINET_OK, "%s",
                  err.detail);
    pin_close();
}

static void
sign_with_everything(void)
{
    mn_auto(mainet_identity_list) list = mainet_token_identities(token, NULL);

    ck_assert_uint_eq(mainet_identity_list_count(list), KEY_TYPES);
    for (size_t i = 0; i < KEY_TYPES; i++) {
        mn_auto(mainet_identity) one = mainet_identity_list_at(list, i, NULL);
        mn_auto(EVP_PKEY) key = mn_identity_key(one, NULL);
        mn_auto(EVP_MD_CTX) signing = EVP_MD_CTX_new();
        uint8_t signature[512];
        size_t len = sizeof signature;
        bool is_edwards = EVP_PKEY_is_a(key, "ED25519");

        ck_assert_int_eq(EVP_DigestSignInit_ex(signing, NULL, is_edwards ? NULL : "SHA256",
                                               mn_crypto_context(), NULL, key, NULL),
                         1);
        ck_assert_int_eq(EVP_DigestSign(signing, signature, &len, (const uint8_t *)"x", 1), 1);
    }
}

static void
check_everything(void)
{
    ck_assert_int_eq(mainet_token_check(token, NULL, NULL, NULL), MAINET_OK);
}

static void
export_everything(void)
{
    mn_auto(mainet_identity_list) list = mainet_token_identities(token, NULL);

    for (size_t i = 0; i < KEY_TYPES; i++) {
        mn_auto(mainet_identity) one = mainet_identity_list_at(list, i, NULL);
        mn_auto(mainet_bytes) container =
            mainet_identity_export_pkcs12(one, FILE_PASSWORD, 0, NULL);

        ck_assert_ptr_nonnull(container);
    }
}

static void
open_containers(void)
{
    for (size_t i = 0; i < KEY_TYPES; i++) {
        static uint8_t content[8192];
        FILE *file = fopen(container_path(key_types[i]), "re");
        size_t len = file == NULL ? 0 : fread(content, 1, sizeof content, file);
        mn_auto(mainet_pkcs12) opened = mainet_pkcs12_open(content, len, FILE_PASSWORD, NULL);

        (void)fclose(file);
        ck_assert_uint_eq(mainet_pkcs12_identity_count(opened), 1);
    }
}

static void
change_pin(void)
{
    ck_assert_int_eq(
        mainet_token_change_pin(token, pin_open(&user), PIN_LEN, pin_open(&other), PIN_LEN, NULL),
        MAINET_OK);
}

static void
rekey(void)
{
    ck_assert_int_eq(mainet_token_rekey(token, pin_open(&user), PIN_LEN, pin_open(&other), PIN_LEN,
                                        pin_open(&officer), PIN_LEN, NULL),
                     MAINET_OK);
    note_token_key(token);
}

static void
unblock(void)
{
    ck_assert_int_eq(
        mainet_token_unblock(token, pin_open(&officer), PIN_LEN, pin_open(&other), PIN_LEN, NULL),
        MAINET_OK);
}

static void
mistype(void)
{
    ck_assert_int_eq(mainet_token_unlock(token, pin_open(&other), PIN_LEN, NULL),
                     MAINET_E_PIN_INCORRECT);
}

static void
use_service(void)
{
    mn_auto(mainet_token) service = mainet_token_open(store, "service", NULL);
    char backup[96];

    ck_assert_int_eq(mainet_token_unlock(service, NULL, 0, NULL), MAINET_OK);
    (void)snprintf(backup, sizeof backup, "%s/backup", folder);
    ck_assert_int_eq(mainet_token_backup(service, backup, NULL), MAINET_OK);
    ck_assert_int_eq(mainet_token_change_pin(service, NULL, 0, pin_open(&other), PIN_LEN, NULL),
                     MAINET_OK);
}

static void (*const uses[])(void) = {sign_with_everything,
                                     check_everything,
                                     export_everything,
                                     open_containers,
                                     change_pin,
                                     rekey,
                                     unblock,
                                     mistype,
                                     use_service};

START_TEST(a_locked_token_leaves_no_secret_in_memory)
{
    const char *found = NULL;

    unlock();
    ck_assert_uint_eq(pins_heard, 1);
    ck_assert_uint_ge(memory_count("token key"), 1);
    ck_assert_uint_eq(memory_count("PIN"), 0);
    ck_assert_uint_eq(memory_count("key of the PIN"), 0);
    ck_assert_uint_eq(memory_count("number of a key"), 0);
    uses[_i]();
    pin_close();
    ck_assert_int_eq(mainet_token_lock(token, NULL), MAINET_OK);
    found = memory_finds();
    ck_assert_msg(found == NULL, "%s", found);
}
END_TEST

static CK_FUNCTION_LIST *p11;
static CK_SESSION_HANDLE session;

static void
open_session(void)
{
    CK_C_GetFunctionList get = NULL;
    char reserved[160];
    CK_C_INITIALIZE_ARGS arguments = {.flags = CKF_OS_LOCKING_OK, .pReserved = reserved};
    void *library = dlopen(getenv("MAINETCERT_MODULE"), RTLD_NOW | RTLD_LOCAL);

    ck_assert_msg(library != NULL, "%s", dlerror());
    *(void **)&get = dlsym(library, "C_GetFunctionList");
    (void)snprintf(reserved, sizeof reserved, "store=\"%s\"", folder);
    ck_assert_uint_eq(get(&p11), CKR_OK);
    ck_assert_uint_eq(p11->C_Initialize(&arguments), CKR_OK);
    ck_assert_uint_eq(p11->C_OpenSession(mainet_token_slot(token),
                                         CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session),
                      CKR_OK);
}

static void
guest_logs_in(void)
{
    ck_assert_uint_eq(
        p11->C_Login(session, CKU_USER, (CK_BYTE *)(uintptr_t)pin_open(&user), PIN_LEN), CKR_OK);
    pin_close();
}

static void
guest_signs(CK_KEY_TYPE type, CK_MECHANISM_TYPE mechanism_type)
{
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_MECHANISM mechanism = {mechanism_type, NULL, 0};
    CK_ATTRIBUTE template[] = {{CKA_CLASS, &class, sizeof class},
                               {CKA_KEY_TYPE, &type, sizeof type}};
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
    CK_ULONG count = 0;
    CK_BYTE signature[512];
    CK_ULONG len = sizeof signature;
    CK_BYTE digest[32] = {0};

    ck_assert_uint_eq(p11->C_FindObjectsInit(session, template, 2), CKR_OK);
    ck_assert_uint_eq(p11->C_FindObjects(session, &key, 1, &count), CKR_OK);
    ck_assert_uint_eq(p11->C_FindObjectsFinal(session), CKR_OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_eq(p11->C_SignInit(session, &mechanism, key), CKR_OK);
    ck_assert_uint_eq(p11->C_Sign(session, digest, sizeof digest, signature, &len), CKR_OK);
}

static void
guest_signs_with_everything(void)
{
    guest_signs(CKK_RSA, CKM_RSA_PKCS);
    guest_signs(CKK_EC, CKM_ECDSA);
    guest_signs(CKK_EC_EDWARDS, CKM_EDDSA);
}

static CK_RV
guest_changes_pin_and_logs_out(void)
{
    CK_RV rv = p11->C_SetPIN(session, (CK_BYTE *)(uintptr_t)pin_open(&user), PIN_LEN,
                             (CK_BYTE *)(uintptr_t)pin_open(&other), PIN_LEN);

    pin_close();
    ck_assert_uint_eq(rv, CKR_OK);
    return p11->C_Logout(session);
}

static CK_RV
guest_logs_out(void)
{
    return p11->C_Logout(session);
}

static CK_RV
guest_closes_the_session(void)
{
    return p11->C_CloseSession(session);
}

static CK_RV
guest_goes(void)
{
    return p11->C_Finalize(NULL);
}

static CK_RV (*const ends[])(void) = {guest_logs_out, guest_changes_pin_and_logs_out,
                                      guest_closes_the_session, guest_goes};

START_TEST(a_module_that_is_logged_out_leaves_no_secret_in_memory)
{
    const char *found = NULL;

    open_session();
    guest_logs_in();
    ck_assert_uint_eq(pins_heard, 1);
    guest_signs_with_everything();
    ck_assert_uint_ge(memory_count("token key"), 1);
    ck_assert_uint_eq(memory_count("PIN"), 0);
    ck_assert_uint_eq(memory_count("key of the PIN"), 0);
    ck_assert_uint_eq(memory_count("number of a key"), 0);
    ck_assert_uint_ge(memory_count("number of a key, in OpenSSL"), 1);
    ck_assert_uint_eq(ends[_i](), CKR_OK);
    found = memory_finds();
    ck_assert_msg(found == NULL, "%s", found);
}
END_TEST

static Suite *
memory_suite(void)
{
    Suite *suite = suite_create("memory");
    TCase *library = tcase_create("library");
    TCase *guest = NULL;

    tcase_add_checked_fixture(library, open_token, token_remove);
    tcase_set_timeout(library, 120);
    tcase_add_loop_test(library, a_locked_token_leaves_no_secret_in_memory, 0,
                        sizeof uses / sizeof *uses);
    suite_add_tcase(suite, library);
    if (getenv("MAINETCERT_MODULE") == NULL) /* built without it */
        return suite;
    guest = tcase_create("module");
    tcase_add_checked_fixture(guest, open_token, token_remove);
    tcase_set_timeout(guest, 120);
    tcase_add_loop_test(guest, a_module_that_is_logged_out_leaves_no_secret_in_memory, 0,
                        sizeof ends / sizeof *ends);
    suite_add_tcase(suite, guest);
    return suite;
}

int
main(void)
{
    return run_suite(memory_suite());
}
