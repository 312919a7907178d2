/* SPDX-License-Identifier: BSD-3-Clause */
/* An OpenSSL provider as a PKCS#11 one behaves: while the host's openssl.cnf is read, it calls the
 * module, on the thread whose call of the module made libcrypto read it. Leaves its verdict in the
 * file that RECURSION_LOG names. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/core.h>

#include "cryptoki3.h"

static int
count_objects(CK_FUNCTION_LIST *p11, CK_SLOT_ID slot, CK_ULONG *count)
{
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE found[16];

    return p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &session) == CKR_OK &&
           p11->C_FindObjectsInit(session, NULL, 0) == CKR_OK &&
           p11->C_FindObjects(session, found, 16, count) == CKR_OK &&
           p11->C_CloseSession(session) == CKR_OK;
}

static int
call_module(CK_ULONG *count)
{
    void *library = dlopen(getenv("MAINETCERT_MODULE"), RTLD_NOW | RTLD_LOCAL);
    CK_C_GetFunctionList get = NULL;
    CK_FUNCTION_LIST *p11 = NULL;
    CK_SLOT_ID slots[8];
    CK_ULONG slot_count = 8;

    if (library == NULL)
        return 0;
    *(void **)&get = dlsym(library, "C_GetFunctionList");
    return get(&p11) == CKR_OK && p11->C_Initialize(NULL) == CKR_CRYPTOKI_ALREADY_INITIALIZED &&
           p11->C_GetSlotList(CK_TRUE, slots, &slot_count) == CKR_OK &&
           count_objects(p11, slots[0], count);
}

__attribute__((visibility("default"))) OSSL_provider_init_fn OSSL_provider_init;

int
OSSL_provider_init(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in,
                   const OSSL_DISPATCH **out, void **context)
{
    static const OSSL_DISPATCH nothing[] = {{0, NULL}};
    FILE *log = fopen(getenv("RECURSION_LOG"), "w");
    CK_ULONG count = 0;

    (void)in;
    *out = nothing;
    *context = (void *)(uintptr_t)handle;
    if (log == NULL)
        return 0;
    (void)fprintf(log, "%s\n", call_module(&count) && count == 5 ? "served" : "refused");
    return fclose(log) == 0;
}
