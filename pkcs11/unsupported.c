/* SPDX-License-Identifier: BSD-3-Clause */
/* Every function that we refuse, in one table. Parameters have types only: nobody looks at them. */
#include "module.h"

static CK_RV
refuse(CK_RV reason)
{
    return p11_module_current() == NULL ? CKR_CRYPTOKI_NOT_INITIALIZED : reason;
}

#define IGNORED __attribute__((unused))
#define REFUSED                                                                                    \
    {                                                                                              \
        return refuse(CKR_FUNCTION_NOT_SUPPORTED);                                                 \
    }
#define REFUSE_1(name, t0) CK_RV name(CK_##t0 IGNORED p0) REFUSED
#define REFUSE_3(name, t0, t1, t2)                                                                 \
    CK_RV name(CK_##t0 IGNORED p0, CK_##t1 IGNORED p1, CK_##t2 IGNORED p2) REFUSED
#define REFUSE_4(name, t0, t1, t2, t3)                                                             \
    CK_RV name(CK_##t0 IGNORED p0, CK_##t1 IGNORED p1, CK_##t2 IGNORED p2, CK_##t3 IGNORED p3)     \
        REFUSED
#define REFUSE_5(name, t0, t1, t2, t3, t4)                                                         \
    CK_RV name(CK_##t0 IGNORED p0, CK_##t1 IGNORED p1, CK_##t2 IGNORED p2, CK_##t3 IGNORED p3,     \
               CK_##t4 IGNORED p4) REFUSED
#define REFUSE_6(name, t0, t1, t2, t3, t4, t5)                                                     \
    CK_RV name(CK_##t0 IGNORED p0, CK_##t1 IGNORED p1, CK_##t2 IGNORED p2, CK_##t3 IGNORED p3,     \
               CK_##t4 IGNORED p4, CK_##t5 IGNORED p5) REFUSED
#define REFUSE_7(name, t0, t1, t2, t3, t4, t5, t6)                                                 \
    CK_RV name(CK_##t0 IGNORED p0, CK_##t1 IGNORED p1, CK_##t2 IGNORED p2, CK_##t3 IGNORED p3,     \
               CK_##t4 IGNORED p4, CK_##t5 IGNORED p5, CK_##t6 IGNORED p6) REFUSED
#define REFUSE_8(name, t0, t1, t2, t3, t4, t5, t6, t7)                                             \
    CK_RV name(CK_##t0 IGNORED p0, CK_##t1 IGNORED p1, CK_##t2 IGNORED p2, CK_##t3 IGNORED p3,     \
               CK_##t4 IGNORED p4, CK_##t5 IGNORED p5, CK_##t6 IGNORED p6, CK_##t7 IGNORED p7)     \
        REFUSED
#define REFUSE_9(name, t0, t1, t2, t3, t4, t5, t6, t7, t8)                                         \
    CK_RV name(CK_##t0 IGNORED p0, CK_##t1 IGNORED p1, CK_##t2 IGNORED p2, CK_##t3 IGNORED p3,     \
               CK_##t4 IGNORED p4, CK_##t5 IGNORED p5, CK_##t6 IGNORED p6, CK_##t7 IGNORED p7,     \
               CK_##t8 IGNORED p8) REFUSED

REFUSE_3(C_MessageEncryptInit, SESSION_HANDLE, MECHANISM_PTR, OBJECT_HANDLE)
REFUSE_9(C_EncryptMessage, SESSION_HANDLE, VOID_PTR, ULONG, BYTE_PTR, ULONG, BYTE_PTR, ULONG,
         BYTE_PTR, ULONG_PTR)
REFUSE_5(C_EncryptMessageBegin, SESSION_HANDLE, VOID_PTR, ULONG, BYTE_PTR, ULONG)
REFUSE_8(C_EncryptMessageNext, SESSION_HANDLE, VOID_PTR, ULONG, BYTE_PTR, ULONG, BYTE_PTR,
         ULONG_PTR, FLAGS)
REFUSE_1(C_MessageEncryptFinal, SESSION_HANDLE)
REFUSE_3(C_MessageDecryptInit, SESSION_HANDLE, MECHANISM_PTR, OBJECT_HANDLE)
REFUSE_9(C_DecryptMessage, SESSION_HANDLE, VOID_PTR, ULONG, BYTE_PTR, ULONG, BYTE_PTR, ULONG,
         BYTE_PTR, ULONG_PTR)
REFUSE_5(C_DecryptMessageBegin, SESSION_HANDLE, VOID_PTR, ULONG, BYTE_PTR, ULONG)
REFUSE_8(C_DecryptMessageNext, SESSION_HANDLE, VOID_PTR, ULONG, BYTE_PTR, ULONG, BYTE_PTR,
         ULONG_PTR, FLAGS)
REFUSE_1(C_MessageDecryptFinal, SESSION_HANDLE)
REFUSE_3(C_MessageSignInit, SESSION_HANDLE, MECHANISM_PTR, OBJECT_HANDLE)
REFUSE_7(C_SignMessage, SESSION_HANDLE, VOID_PTR, ULONG, BYTE_PTR, ULONG, BYTE_PTR, ULONG_PTR)
REFUSE_3(C_SignMessageBegin, SESSION_HANDLE, VOID_PTR, ULONG)
REFUSE_7(C_SignMessageNext, SESSION_HANDLE, VOID_PTR, ULONG, BYTE_PTR, ULONG, BYTE_PTR, ULONG_PTR)
REFUSE_1(C_MessageSignFinal, SESSION_HANDLE)
REFUSE_3(C_MessageVerifyInit, SESSION_HANDLE, MECHANISM_PTR, OBJECT_HANDLE)
REFUSE_7(C_VerifyMessage, SESSION_HANDLE, VOID_PTR, ULONG, BYTE_PTR, ULONG, BYTE_PTR, ULONG)
REFUSE_3(C_VerifyMessageBegin, SESSION_HANDLE, VOID_PTR, ULONG)
REFUSE_7(C_VerifyMessageNext, SESSION_HANDLE, VOID_PTR, ULONG, BYTE_PTR, ULONG, BYTE_PTR, ULONG)
REFUSE_1(C_MessageVerifyFinal, SESSION_HANDLE)
REFUSE_3(C_GetOperationState, SESSION_HANDLE, BYTE_PTR, ULONG_PTR)
REFUSE_5(C_SetOperationState, SESSION_HANDLE, BYTE_PTR, ULONG, OBJECT_HANDLE, OBJECT_HANDLE)
REFUSE_5(C_DigestEncryptUpdate, SESSION_HANDLE, BYTE_PTR, ULONG, BYTE_PTR, ULONG_PTR)
REFUSE_5(C_DecryptDigestUpdate, SESSION_HANDLE, BYTE_PTR, ULONG, BYTE_PTR, ULONG_PTR)
REFUSE_5(C_SignEncryptUpdate, SESSION_HANDLE, BYTE_PTR, ULONG, BYTE_PTR, ULONG_PTR)
REFUSE_5(C_DecryptVerifyUpdate, SESSION_HANDLE, BYTE_PTR, ULONG, BYTE_PTR, ULONG_PTR)

/* Left over from v1.0, which had functions that ran in parallel (PKCS#11 v2.40, 5.14). */

CK_RV
C_GetFunctionStatus(CK_SESSION_HANDLE session)
{
    (void)session;
    return refuse(CKR_FUNCTION_NOT_PARALLEL);
}

CK_RV
C_CancelFunction(CK_SESSION_HANDLE session)
{
    (void)session;
    return refuse(CKR_FUNCTION_NOT_PARALLEL);
}
