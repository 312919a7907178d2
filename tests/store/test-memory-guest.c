/* SPDX-License-Identifier: BSD-3-Clause */
/* Which secrets are in the memory of a program that has the module loaded: those that it needs, for
 * as long as somebody is logged in. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include <p11-kit/pkcs11.h>

#include "fixture.h"
#include "memory-tokens.h"
#include "memory.h"
#include "store/key.h"
#include "unit/run-suite.h"

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
    TCase *module = tcase_create("module");

    tcase_add_checked_fixture(module, memory_tokens_open, token_remove);
    tcase_set_timeout(module, 120);
    tcase_add_loop_test(module, a_module_that_is_logged_out_leaves_no_secret_in_memory, 0,
                        sizeof ends / sizeof *ends);
    suite_add_tcase(suite, module);
    return suite;
}

int
main(void)
{
    return run_suite(memory_suite());
}
