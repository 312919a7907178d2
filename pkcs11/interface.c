/* SPDX-License-Identifier: BSD-3-Clause */
/* The function lists, and the three functions that hand them out. */
#include <string.h>

#include "cryptoki3.h"
#include "info.h"
#include "output.h"

/* The interface that an application took tells which standard it speaks. */
static CK_RV
get_info_3_0(CK_INFO *info)
{
    return p11_info(info, (CK_VERSION){3, 0});
}

#define MEMBER(name) .name = name,
#define MEMBER_3_0(name, parameters) .name = name,

static CK_FUNCTION_LIST list_2_40 = {.version = {2, 40}, P11_FUNCTIONS_2_40(MEMBER)};

static CK_FUNCTION_LIST_3_0 list_3_0 = {.version = {3, 0},
                                        .C_GetInfo = get_info_3_0,
                                        P11_FUNCTIONS_BEFORE_INFO(MEMBER)
                                            P11_FUNCTIONS_AFTER_INFO(MEMBER)
                                                P11_FUNCTIONS_3_0(MEMBER_3_0)};

static CK_CHAR standard[] = "PKCS 11";

/* Not CKF_INTERFACE_FORK_SAFE: that would promise that sessions and logins outlive a fork (PKCS#11
 * v3.0, 3.4); a child of ours initializes anew. The first one is the default. */
static CK_INTERFACE interfaces[] = {
    {standard, &list_3_0, 0},
    {standard, &list_2_40, 0},
};

#define INTERFACE_COUNT (sizeof interfaces / sizeof *interfaces)

/* These three answer before C_Initialize as well (PKCS#11 v3.0, 5.4). */

CK_RV
C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list)
{
    if (list == NULL)
        return CKR_ARGUMENTS_BAD;
    *list = &list_2_40;
    return CKR_OK;
}

CK_RV
C_GetInterfaceList(CK_INTERFACE_PTR list, CK_ULONG_PTR count)
{
    p11_room room = P11_ROOM_ASKED;

    if (count == NULL)
        return CKR_ARGUMENTS_BAD;
    room = p11_output_room(list, count, INTERFACE_COUNT);
    if (room != P11_ROOM_ENOUGH)
        return p11_output_answer(room);
    memcpy(list, interfaces, sizeof interfaces);
    *count = INTERFACE_COUNT;
    return CKR_OK;
}

CK_RV
C_GetInterface(CK_UTF8CHAR_PTR name, CK_VERSION_PTR version, CK_INTERFACE_PTR_PTR interface,
               CK_FLAGS flags)
{
    if (interface == NULL)
        return CKR_ARGUMENTS_BAD;
    for (size_t i = 0; i < INTERFACE_COUNT; i++) {
        const CK_VERSION *has = interfaces[i].pFunctionList;

        if ((name == NULL || strcmp((const char *)name, (const char *)standard) == 0) &&
            (version == NULL || (version->major == has->major && version->minor == has->minor)) &&
            (flags & interfaces[i].flags) == flags) {
            *interface = &interfaces[i];
            return CKR_OK;
        }
    }
    return CKR_ARGUMENTS_BAD; /* as others answer; the standard does not choose */
}
