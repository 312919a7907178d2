/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_SESSION_H
#define P11_SESSION_H

#include "find.h"
#include "operation.h"
#include "slot.h"

/** A session. What it does at the moment is guarded by its lock; the rest never changes. */
struct p11_session {
    atomic_uint references;
    CK_SESSION_HANDLE handle;
    p11_slot *slot;
    CK_FLAGS flags;

    p11_mutex lock;
    bool is_closed;
    p11_search search;
    p11_operation sign;
    p11_operation verify;
    p11_operation sign_recover;
    p11_operation verify_recover;
    p11_operation encrypt;
    p11_operation decrypt;
    p11_operation *asking; /**< the last that began with a private key: CKU_CONTEXT_SPECIFIC */
};

CK_RV
p11_session_open(p11_slot *slot, CK_FLAGS flags, CK_SESSION_HANDLE *handle);

/** Find a session; give the reference back. */
CK_RV
p11_session_find(p11_module *module, CK_SESSION_HANDLE handle, p11_session **session);

/** Close a session; the last one of a token logs out. */
CK_RV
p11_session_close(p11_module *module, CK_SESSION_HANDLE handle);

CK_RV
p11_session_close_all(p11_slot *slot);

/** End what the sessions of a slot do with private keys. Their locks are taken one by one. */
void
p11_sessions_cancel(p11_slot *slot);

CK_RV
p11_session_info(p11_session *session, CK_SESSION_INFO *info);

/** C_SessionCancel: end the operations that the flags name. The session's lock is held. */
CK_RV
p11_session_cancel(p11_session *session, CK_FLAGS flags);

void
p11_session_free(p11_session *session);

MN_AUTO_TYPE(p11_session, p11_session_free)

#endif
