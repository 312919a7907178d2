/* SPDX-License-Identifier: BSD-3-Clause */
#include "browser-module.h"

#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS_MAX = 64, ID_MAX = 256 };

static bool
has_public_key(CK_FUNCTION_LIST *module, CK_SESSION_HANDLE session, CK_ATTRIBUTE *id)
{
    CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
    CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &class, sizeof class}, *id};
    CK_OBJECT_HANDLE key = 0;
    CK_ULONG count = 0;

    if (module->C_FindObjectsInit(session, wanted, 2) != CKR_OK)
        return false;
    (void)module->C_FindObjects(session, &key, 1, &count);
    (void)module->C_FindObjectsFinal(session);
    return count > 0;
}

/* The handles of the certificates of a token. (malloc) */
static CK_OBJECT_HANDLE *
find_certificates(CK_FUNCTION_LIST *module, CK_SESSION_HANDLE session, CK_ULONG *found)
{
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &class, sizeof class}};
    CK_OBJECT_HANDLE *handles = NULL;
    CK_ULONG room = 0;
    CK_ULONG count = 0;

    *found = 0;
    if (module->C_FindObjectsInit(session, wanted, 1) != CKR_OK)
        return NULL;
    do {
        CK_OBJECT_HANDLE *grown = reallocarray(handles, room + 256, sizeof *handles);

        if (grown == NULL)
            break;
        handles = grown;
        room += 256;
        count = 0;
        if (module->C_FindObjects(session, handles + *found, room - *found, &count) != CKR_OK)
            break;
        *found += count;
    } while (count > 0 && *found == room);
    (void)module->C_FindObjectsFinal(session);
    return handles;
}

static void
look_at_token(CK_FUNCTION_LIST *module, CK_SLOT_ID slot, browser_view *seen)
{
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE *certificates = NULL;
    CK_ULONG count = 0;

    if (module->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &session) != CKR_OK)
        return;
    seen->tokens++;
    certificates = find_certificates(module, session, &count);
    for (CK_ULONG i = 0; i < count; i++) {
        CK_BYTE bytes[ID_MAX];
        CK_ATTRIBUTE id = {CKA_ID, bytes, sizeof bytes};

        if (module->C_GetAttributeValue(session, certificates[i], &id, 1) == CKR_OK &&
            id.ulValueLen > 0 && has_public_key(module, session, &id))
            seen->identities++;
    }
    free(certificates);
    (void)module->C_CloseSession(session);
}

static void
look(CK_FUNCTION_LIST *module, browser_view *seen)
{
    CK_SLOT_ID slots[SLOTS_MAX];
    CK_ULONG count = SLOTS_MAX;

    seen->is_found = true;
    if (module->C_GetSlotList(CK_TRUE, slots, &count) != CKR_OK)
        return;
    for (CK_ULONG i = 0; i < count; i++)
        look_at_token(module, slots[i], seen);
}

void
browser_module_look(const char *library, const char *parameters, browser_view *seen)
{
    CK_C_GetFunctionList get = NULL;
    CK_FUNCTION_LIST *module = NULL;
    void *loaded = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    char *reserved = *parameters == '\0' ? NULL : strdup(parameters);
    CK_C_INITIALIZE_ARGS arguments = {.flags = CKF_OS_LOCKING_OK, .pReserved = reserved};

    *seen = (browser_view){0};
    if (loaded != NULL)
        *(void **)&get = dlsym(loaded, "C_GetFunctionList");
    if (get != NULL && get(&module) == CKR_OK && module->C_Initialize(&arguments) == CKR_OK) {
        look(module, seen);
        (void)module->C_Finalize(NULL);
    }
    if (loaded != NULL)
        (void)dlclose(loaded);
    free(reserved);
}

const char *
browser_module_path(void)
{
    const char *named = getenv("MAINETCERT_MODULE");

    return named != NULL && *named == '/' ? named : MODULE_PATH;
}
