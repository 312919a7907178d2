/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PKCS11_FIXTURE_H
#define PKCS11_FIXTURE_H

/* A store with two tokens, and the module, loaded as a program loads it. */

#include <dlfcn.h>

#include "cryptoki3.h"
#include "support/temp-store.h"

#define SO_PIN (const uint8_t *)"9876-so", 7
#define USER_PIN (CK_UTF8CHAR *)(uintptr_t) "1234-pin", 8
#define OFFICER_PIN (CK_UTF8CHAR *)(uintptr_t) "9876-so", 7
#define WRONG_PIN (CK_UTF8CHAR *)(uintptr_t) "4321-pin", 8
#define SLOT 1      /* the token with PINs: an RSA, an EC and an Ed25519 identity, and their CA */
#define OPEN_SLOT 2 /* the token without PIN: an EC identity */
#define SPARE_SLOT 3
#define IDENTITY_COUNT 3

#define ck_assert_rv(call, rv) ck_assert_uint_eq((call), (rv))

static const char *const key_types[IDENTITY_COUNT] = {"RSA", "EC", "ED25519"};
static void *library;
static CK_FUNCTION_LIST *p11;
static mainet_store *store;
static EVP_PKEY *ca_key;
static mainet_certificate *ca;
static EVP_PKEY *keys[IDENTITY_COUNT];
static mainet_certificate *certificates[IDENTITY_COUNT];

static CK_C_INITIALIZE_ARGS *
arguments(void)
{
    static char reserved[128];
    static CK_C_INITIALIZE_ARGS made = {.flags = CKF_OS_LOCKING_OK};

    (void)snprintf(reserved, sizeof reserved, "store=\"%s\"", temp_folder);
    made.pReserved = reserved;
    return &made;
}

static void
import(mainet_token *token, size_t which, const char *label)
{
    mainet_error err = {0};
    bool was_there = false;
    const mn_identity_import what = {.key = keys[which],
                                     .certificate = certificates[which],
                                     .chain = (const mainet_certificate *const[]){ca},
                                     .chain_count = 1,
                                     .label = label};
    mainet_identity *identity = mn_identity_import_one(token, &what, &was_there, &err);

    ck_assert_msg(identity != NULL, "%s", err.detail);
    mainet_identity_free(identity);
}

static void
load_module(void)
{
    CK_C_GetFunctionList get = NULL;

    library = dlopen(getenv("MAINETCERT_MODULE"), RTLD_NOW | RTLD_LOCAL);
    ck_assert_msg(library != NULL, "%s", dlerror());
    *(void **)&get = dlsym(library, "C_GetFunctionList");
    ck_assert_rv(get(&p11), CKR_OK);
}

static void
make_store(void)
{
    mainet_token *token = NULL;

    temp_store_make();
    store = mainet_store_open(temp_folder, NULL);
    ca_key = make_key("EC");
    ca = make_certificate(ca_key, "Test CA", ca_key, "Test CA", 1, 3650);
    token = mainet_token_create(store, "MaiNet", PIN, SO_PIN, NULL);
    ck_assert_uint_eq(mainet_token_slot(token), SLOT);
    for (size_t i = 0; i < IDENTITY_COUNT; i++) {
        keys[i] = make_key(key_types[i]);
        certificates[i] =
            make_certificate(keys[i], key_types[i], ca_key, "Test CA", 0xF0 + (int)i, 365);
        import(token, i, key_types[i]);
    }
    mainet_token_free(token);
    token = mainet_token_create_without_pin(store, "Open", NULL);
    ck_assert_uint_eq(mainet_token_slot(token), OPEN_SLOT);
    import(token, 1, "open");
    mainet_token_free(token);
}

static void
remove_store(void)
{
    for (size_t i = 0; i < IDENTITY_COUNT; i++) {
        EVP_PKEY_free(keys[i]);
        mainet_certificate_free(certificates[i]);
    }
    mainet_certificate_free(ca);
    EVP_PKEY_free(ca_key);
    mainet_store_free(store);
    temp_store_remove();
}

__attribute__((unused)) static void
start_module(void)
{
    load_module();
    ck_assert_rv(p11->C_Initialize(arguments()), CKR_OK);
}

static void
stop_module(void)
{
    (void)p11->C_Finalize(NULL);
    (void)dlclose(library);
}

/* For tests that change the store; the others share one (make_store, remove_store, unchecked). */
__attribute__((unused)) static void
set_up(void)
{
    make_store();
    start_module();
}

__attribute__((unused)) static void
tear_down(void)
{
    stop_module();
    remove_store();
}

__attribute__((unused)) static CK_SESSION_HANDLE
open_session(CK_SLOT_ID slot, CK_FLAGS flags)
{
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_OpenSession(slot, CKF_SERIAL_SESSION | flags, NULL, NULL, &session),
                 CKR_OK);
    ck_assert_uint_ne(session, CK_INVALID_HANDLE);
    return session;
}

__attribute__((unused)) static CK_SESSION_HANDLE
user_session(CK_FLAGS flags)
{
    const CK_SESSION_HANDLE session = open_session(SLOT, flags);

    ck_assert_rv(p11->C_Login(session, CKU_USER, USER_PIN), CKR_OK);
    return session;
}

__attribute__((unused)) static CK_SESSION_HANDLE
open_user_session(void)
{
    return user_session(0);
}

/** Search; answers how many there are, at most 16 of them in `found`. */
__attribute__((unused)) static CK_ULONG
find(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE found[16])
{
    CK_ULONG found_count = 0;
    CK_ULONG more = 0;

    ck_assert_rv(p11->C_FindObjectsInit(session, template, count), CKR_OK);
    ck_assert_rv(p11->C_FindObjects(session, found, 16, &found_count), CKR_OK);
    ck_assert_rv(p11->C_FindObjects(session, found, 16, &more), CKR_OK);
    ck_assert_uint_eq(more, 0);
    ck_assert_rv(p11->C_FindObjectsFinal(session), CKR_OK);
    return found_count;
}

/** The one object of a class and label; CK_INVALID_HANDLE if there is none. */
__attribute__((unused)) static CK_OBJECT_HANDLE
find_one(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class, const char *label)
{
    CK_OBJECT_HANDLE found[16] = {CK_INVALID_HANDLE};
    CK_ATTRIBUTE template[] = {
        {CKA_CLASS, &class, sizeof class},
        {CKA_LABEL, (char *)(uintptr_t)label, strlen(label)},
    };

    return find(session, template, 2, found) == 1 ? found[0] : CK_INVALID_HANDLE;
}

__attribute__((unused)) static void
expect_bool(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
            CK_BBOOL expected)
{
    CK_BBOOL seen = 2;
    CK_ATTRIBUTE attribute = {type, &seen, sizeof seen};

    ck_assert_rv(p11->C_GetAttributeValue(session, object, &attribute, 1), CKR_OK);
    ck_assert_msg(seen == expected, "attribute %lx is %d", type, seen);
}

#endif
