/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_CHANGE_H
#define P11_CHANGE_H

#include "attribute.h"
#include "module.h"

/* The session's lock is held. */

/** C_SetAttributeValue: all of the template or nothing. CKR_ACTION_PROHIBITED if CKA_MODIFIABLE is
 *  false, CKR_ATTRIBUTE_READ_ONLY for what never changes. */
CK_RV
p11_change(p11_session *session, CK_OBJECT_HANDLE handle, const CK_ATTRIBUTE *template,
           CK_ULONG count);

/** C_DestroyObject. CKR_ACTION_PROHIBITED if CKA_DESTROYABLE is false. */
CK_RV
p11_destroy(p11_session *session, CK_OBJECT_HANDLE handle);

/** C_CopyObject. CKR_ACTION_PROHIBITED if CKA_COPYABLE is false. */
CK_RV
p11_copy(p11_session *session, CK_OBJECT_HANDLE handle, const CK_ATTRIBUTE *template,
         CK_ULONG count, CK_OBJECT_HANDLE *copy);

/** Whether an existing object may be given this value: its kind in `*kind`, CKR_OK, or why not. */
CK_RV
p11_change_check(const p11_object *object, const mn_keys *keys, const CK_ATTRIBUTE *attribute,
                 p11_kind *kind);

#endif
