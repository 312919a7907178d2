/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_DOORWAY_H
#define P11_DOORWAY_H

/* What every C_ function does: is the module initialized, whom does the handle mean, lock, call,
 * unlock. Nothing else locks a session. For entry.c and its like. */

#include "base/guest.h"
#include "ckr.h"
#include "session.h"

static inline CK_RV
enter(p11_module **module)
{
    *module = p11_module_current();
    return *module == NULL ? CKR_CRYPTOKI_NOT_INITIALIZED : CKR_OK;
}

#define TEMPLATE_MAX 1024 /* attributes; whoever says more has said something else */

static inline bool
is_template(const CK_ATTRIBUTE *template, CK_ULONG count)
{
    return count <= TEMPLATE_MAX && (template != NULL || count == 0);
}

/* For calls that may need libcrypto. Those that only end something are let pass after the host has
 * shut it down: exit handlers call them. */
static inline CK_RV
enter_with_crypto(p11_module **module)
{
    const CK_RV rv = enter(module);

    return rv == CKR_OK && mn_crypto_is_over() ? CKR_GENERAL_ERROR : rv;
}

static inline CK_RV
hold_slot(CK_SLOT_ID id, p11_slot **slot)
{
    p11_module *module = NULL;
    const CK_RV rv = enter_with_crypto(&module);

    return rv == CKR_OK ? p11_slot_find(module, id, slot) : rv;
}

static inline CK_RV
hold_slot_at_the_end(CK_SLOT_ID id, p11_slot **slot)
{
    p11_module *module = NULL;
    const CK_RV rv = enter(&module);

    return rv == CKR_OK ? p11_slot_find(module, id, slot) : rv;
}

static inline CK_RV
release_slot(p11_slot *slot, CK_RV rv)
{
    p11_slot_free(slot);
    return rv;
}

/* For calls that do not touch what the session is doing. */
static inline CK_RV
hold_session(CK_SESSION_HANDLE handle, p11_session **session)
{
    p11_module *module = NULL;
    const CK_RV rv = enter_with_crypto(&module);

    return rv == CKR_OK ? p11_session_find(module, handle, session) : rv;
}

static inline CK_RV
hold_session_at_the_end(CK_SESSION_HANDLE handle, p11_session **session)
{
    p11_module *module = NULL;
    const CK_RV rv = enter(&module);

    return rv == CKR_OK ? p11_session_find(module, handle, session) : rv;
}

static inline CK_RV
release_session(p11_session *session, CK_RV rv)
{
    p11_session_free(session);
    return rv;
}

static inline CK_RV
lock_session(CK_SESSION_HANDLE handle, p11_session **session)
{
    const CK_RV rv = hold_session(handle, session);

    if (rv != CKR_OK)
        return rv;
    p11_mutex_lock(&(*session)->lock);
    return (*session)->is_closed ? CKR_SESSION_HANDLE_INVALID : CKR_OK;
}

static inline CK_RV
unlock_session(p11_session *session, CK_RV rv)
{
    if (session != NULL)
        p11_mutex_unlock(&session->lock);
    return release_session(session, rv);
}

/* The first random number makes libcrypto read the host's configuration, which may load a provider
 * that calls us: so it is drawn here, before any lock is taken. Whoever has a session has been
 * here. */
static inline CK_RV
make_crypto_ready(void)
{
    mainet_error err = {0};

    return p11_ckr(mn_crypto_ready(&err));
}

#endif
