/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_CREATE_H
#define P11_CREATE_H

#include "draft.h"

/* The session's lock is held. */

/** C_CreateObject. */
CK_RV
p11_create(p11_session *session, const CK_ATTRIBUTE *template, CK_ULONG count,
           CK_OBJECT_HANDLE *handle);

/** Put finished drafts into the session, or those for the token into it, these in one transaction;
 *  all of them or none. CKR_ATTRIBUTE_VALUE_INVALID if a template said another check value. */
CK_RV
p11_create_place(p11_session *session, p11_draft *const *drafts, size_t count,
                 CK_OBJECT_HANDLE *handles);

#endif
