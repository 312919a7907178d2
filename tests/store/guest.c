/* SPDX-License-Identifier: BSD-3-Clause */
#include "guest.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <p11-kit/pkcs11.h>

#include "base/buffer.h"
#include "base/openssl.h"
#include "fixture.h"

#define POINT_LEN 65
#define SCALAR_LEN 32
#define FOUND_MAX 16

static CK_BBOOL yes = CK_TRUE;
static CK_BYTE p256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
static CK_FUNCTION_LIST *p11;
static CK_SESSION_HANDLE session;

bool
guest_load(void)
{
    const char *path = getenv("MAINETCERT_MODULE");
    CK_C_GetFunctionList get = NULL;
    void *library = NULL;

    if (p11 != NULL || path == NULL)
        return p11 != NULL;
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library != NULL)
        *(void **)&get = dlsym(library, "C_GetFunctionList");
    if (get == NULL || get(&p11) != CKR_OK) {
        (void)fprintf(stderr, "%s is no module\n", path);
        exit(1);
    }
    return true;
}

/* The other way round than pkcs11/ckr.c. */
static mainet_status
judge(CK_RV rv, const char *call, mainet_error *err)
{
    if (rv == CKR_OK)
        return MAINET_OK;
    return mn_fail(err,
                   rv == CKR_TOKEN_WRITE_PROTECTED || rv == CKR_DEVICE_MEMORY ? MAINET_E_STORE_WRITE
                   : rv == CKR_DEVICE_ERROR || rv == CKR_DEVICE_REMOVED       ? MAINET_E_STORE_OPEN
                   : rv == CKR_FUNCTION_FAILED                                ? MAINET_E_STORE_BUSY
                                                                              : MAINET_E_ARGUMENT,
                   0, "%s: CKR %#lx", call, rv);
}

mainet_status
guest_start(const char *where, mainet_error *err)
{
    char reserved[160];
    CK_C_INITIALIZE_ARGS arguments = {.flags = CKF_OS_LOCKING_OK, .pReserved = reserved};
    CK_SLOT_ID slots[4];
    CK_ULONG count = 4;

    (void)snprintf(reserved, sizeof reserved, "store=\"%s\"", where);
    MN_TRY(judge(p11->C_Initialize(&arguments), "C_Initialize", err));
    MN_TRY(judge(p11->C_GetSlotList(CK_TRUE, slots, &count), "C_GetSlotList", err));
    if (count == 0)
        return mn_fail(err, MAINET_E_TOKEN_NOT_FOUND, 0, "no token");
    MN_TRY(judge(
        p11->C_OpenSession(slots[0], CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session),
        "C_OpenSession", err));
    return pins[0] == NULL ? MAINET_OK
                           : judge(p11->C_Login(session, CKU_USER,
                                                (CK_UTF8CHAR *)(uintptr_t)pins[0], strlen(pins[0])),
                                   "C_Login", err);
}

void
guest_stop(void)
{
    (void)p11->C_Finalize(NULL);
}

/* Objects of a class that have the CKA_ID of a person's key: the module's own default, SHA-1 of the
 * point. */
static mainet_status
find(CK_OBJECT_CLASS class, size_t n, CK_OBJECT_HANDLE *found, CK_ULONG *count, mainet_error *err)
{
    uint8_t point[POINT_LEN];
    uint8_t id[20];
    size_t len = 0;
    CK_ATTRIBUTE template[] = {{CKA_CLASS, &class, sizeof class}, {CKA_ID, id, sizeof id}};

    (void)EVP_PKEY_get_octet_string_param(person_key(n), OSSL_PKEY_PARAM_PUB_KEY, point,
                                          sizeof point, &len);
    (void)EVP_Q_digest(mn_crypto_context(), "SHA1", NULL, point, len, id, NULL);
    MN_TRY(judge(p11->C_FindObjectsInit(session, template, 2), "C_FindObjectsInit", err));
    MN_TRY(judge(p11->C_FindObjects(session, found, FOUND_MAX, count), "C_FindObjects", err));
    return judge(p11->C_FindObjectsFinal(session), "C_FindObjectsFinal", err);
}

static mainet_status
create_key(size_t n, mainet_error *err)
{
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_KEY_TYPE type = CKK_EC;
    uint8_t scalar[SCALAR_LEN];
    BIGNUM *number = NULL;
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
    CK_ATTRIBUTE template[] = {
        {CKA_CLASS, &class, sizeof class}, {CKA_KEY_TYPE, &type, sizeof type},
        {CKA_TOKEN, &yes, sizeof yes},     {CKA_PRIVATE, &yes, sizeof yes},
        {CKA_SIGN, &yes, sizeof yes},      {CKA_EC_PARAMS, p256, sizeof p256},
        {CKA_VALUE, scalar, sizeof scalar}};

    (void)EVP_PKEY_get_bn_param(person_key(n), OSSL_PKEY_PARAM_PRIV_KEY, &number);
    (void)BN_bn2binpad(number, scalar, sizeof scalar);
    BN_clear_free(number);
    return judge(p11->C_CreateObject(session, template, sizeof template / sizeof *template, &made),
                 "C_CreateObject of a key", err);
}

static mainet_status
create_certificate(size_t n, mainet_error *err)
{
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_CERTIFICATE_TYPE type = CKC_X_509;
    mn_auto(mainet_bytes) der = mainet_certificate_der(person_certificate(n), NULL);
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
    CK_ATTRIBUTE template[] = {
        {CKA_CLASS, &class, sizeof class},
        {CKA_CERTIFICATE_TYPE, &type, sizeof type},
        {CKA_TOKEN, &yes, sizeof yes},
        {CKA_VALUE, (uint8_t *)(uintptr_t)mainet_bytes_data(der), mainet_bytes_len(der)}};

    return judge(p11->C_CreateObject(session, template, sizeof template / sizeof *template, &made),
                 "C_CreateObject of a certificate", err);
}

mainet_status
guest_import(size_t n, mainet_error *err)
{
    CK_OBJECT_HANDLE found[FOUND_MAX];
    CK_ULONG count = 0;

    MN_TRY(find(CKO_PRIVATE_KEY, n, found, &count, err));
    if (count == 0)
        MN_TRY(create_key(n, err));
    return create_certificate(n, err);
}

static mainet_status
destroy(CK_OBJECT_CLASS class, size_t n, mainet_error *err)
{
    CK_OBJECT_HANDLE found[FOUND_MAX];
    CK_ULONG count = 0;

    MN_TRY(find(class, n, found, &count, err));
    for (CK_ULONG i = 0; i < count; i++)
        MN_TRY(judge(p11->C_DestroyObject(session, found[i]), "C_DestroyObject", err));
    return MAINET_OK;
}

mainet_status
guest_delete(size_t n, mainet_error *err)
{
    MN_TRY(destroy(CKO_CERTIFICATE, n, err));
    MN_TRY(destroy(CKO_PRIVATE_KEY, n, err));
    return destroy(CKO_PUBLIC_KEY, n, err);
}

mainet_status
guest_find(size_t n, bool *found, mainet_error *err)
{
    CK_OBJECT_HANDLE handles[FOUND_MAX];
    CK_ULONG count = 0;

    MN_TRY(find(CKO_CERTIFICATE, n, handles, &count, err));
    *found = count == 1;
    return count <= 1
               ? MAINET_OK
               : mn_fail(err, MAINET_E_ARGUMENT, 0, "%lu certificates of person %zu", count, n);
}

mainet_status
guest_change_pin(const char *from, const char *to, mainet_error *err)
{
    return judge(p11->C_SetPIN(session, (CK_UTF8CHAR *)(uintptr_t)from, strlen(from),
                               (CK_UTF8CHAR *)(uintptr_t)to, strlen(to)),
                 "C_SetPIN", err);
}
