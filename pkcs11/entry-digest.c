/* SPDX-License-Identifier: BSD-3-Clause */
/* The C_ functions that digest, each a doorway (doorway.h). No mechanism of ours digests: Java,
 * with this provider first, would use it for all of its TLS. So none begins and none ever goes on.
 */
#include "doorway.h"

static CK_RV
answer(CK_SESSION_HANDLE handle, CK_RV rv_of_session)
{
    p11_session *session = NULL;
    const CK_RV rv = hold_session(handle, &session);

    return release_session(session, rv == CKR_OK ? rv_of_session : rv);
}

CK_RV
C_DigestInit(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism)
{
    return answer(handle, mechanism == NULL ? CKR_ARGUMENTS_BAD : CKR_MECHANISM_INVALID);
}

CK_RV
C_Digest(CK_SESSION_HANDLE handle, CK_BYTE_PTR data, CK_ULONG data_len, CK_BYTE_PTR digest,
         CK_ULONG_PTR digest_len)
{
    (void)data;
    (void)data_len;
    (void)digest;
    (void)digest_len;
    return answer(handle, CKR_OPERATION_NOT_INITIALIZED);
}

CK_RV
C_DigestUpdate(CK_SESSION_HANDLE handle, CK_BYTE_PTR part, CK_ULONG part_len)
{
    (void)part;
    (void)part_len;
    return answer(handle, CKR_OPERATION_NOT_INITIALIZED);
}

CK_RV
C_DigestKey(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE key)
{
    (void)key;
    return answer(handle, CKR_OPERATION_NOT_INITIALIZED);
}

CK_RV
C_DigestFinal(CK_SESSION_HANDLE handle, CK_BYTE_PTR digest, CK_ULONG_PTR digest_len)
{
    (void)digest;
    (void)digest_len;
    return answer(handle, CKR_OPERATION_NOT_INITIALIZED);
}
