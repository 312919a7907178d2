/* SPDX-License-Identifier: BSD-3-Clause */
/* The C_ functions that write objects, each a doorway (doorway.h). */
#include "change.h"
#include "create.h"
#include "doorway.h"

CK_RV
C_CreateObject(CK_SESSION_HANDLE handle, CK_ATTRIBUTE_PTR template, CK_ULONG count,
               CK_OBJECT_HANDLE_PTR object)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    CK_RV rv = lock_session(handle, &session);

    if (rv == CKR_OK && (object == NULL || !is_template(template, count)))
        rv = CKR_ARGUMENTS_BAD;
    return unlock_session(session,
                          rv == CKR_OK ? p11_create(session, template, count, object) : rv);
}

CK_RV
C_CopyObject(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR template,
             CK_ULONG count, CK_OBJECT_HANDLE_PTR copy)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    CK_RV rv = lock_session(handle, &session);

    if (rv == CKR_OK && (copy == NULL || !is_template(template, count)))
        rv = CKR_ARGUMENTS_BAD;
    return unlock_session(session,
                          rv == CKR_OK ? p11_copy(session, object, template, count, copy) : rv);
}

CK_RV
C_DestroyObject(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(session, rv == CKR_OK ? p11_destroy(session, object) : rv);
}

CK_RV
C_SetAttributeValue(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR template,
                    CK_ULONG count)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    CK_RV rv = lock_session(handle, &session);

    if (rv == CKR_OK && (template == NULL || !is_template(template, count)))
        rv = CKR_ARGUMENTS_BAD;
    return unlock_session(session,
                          rv == CKR_OK ? p11_change(session, object, template, count) : rv);
}
