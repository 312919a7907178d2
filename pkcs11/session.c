/* SPDX-License-Identifier: BSD-3-Clause */
#include "session.h"

#include <stdlib.h>

#include "login.h"
#include "token.h"

static void
clear_operations(p11_session *session)
{
    p11_search_end(&session->search);
    p11_operation_clear(&session->sign);
    p11_operation_clear(&session->verify);
    p11_operation_clear(&session->sign_recover);
    p11_operation_clear(&session->verify_recover);
    p11_operation_clear(&session->encrypt);
    p11_operation_clear(&session->decrypt);
}

void
p11_session_free(p11_session *session)
{
    if (session == NULL || atomic_fetch_sub(&session->references, 1) != 1)
        return;
    clear_operations(session);
    p11_mutex_end(&session->lock);
    p11_slot_free(session->slot);
    free(session);
}

static p11_session *
session_new(p11_slot *slot, CK_FLAGS flags)
{
    mn_auto(p11_session) session = calloc(1, sizeof *session);

    if (session == NULL)
        return NULL;
    atomic_init(&session->references, 1);
    session->slot = p11_slot_ref(slot);
    session->flags = flags;
    if (p11_mutex_make(&session->lock, &slot->module->calls) != CKR_OK)
        return NULL;
    return p11_session_take(&session);
}

/* The newest session has the highest handle. The module's lock is held. */
static CK_RV
add(p11_module *module, p11_session *session)
{
    if (!module->is_live)
        return CKR_CRYPTOKI_NOT_INITIALIZED;
    session->handle = ++module->last_session;
    if (!p11_sessions_add(&module->sessions, session))
        return CKR_HOST_MEMORY;
    session->slot->session_count++;
    session->slot->rw_session_count += (session->flags & CKF_RW_SESSION) != 0;
    return CKR_OK;
}

/* Take a session out of the list, with its reference; the module's lock is held. */
static p11_session *
take_out(p11_module *module, CK_SESSION_HANDLE handle)
{
    p11_session *session = p11_sessions_remove(&module->sessions, handle);

    if (session == NULL)
        return NULL;
    session->slot->session_count--;
    session->slot->rw_session_count -= (session->flags & CKF_RW_SESSION) != 0;
    return session;
}

/* The token must be there, and a security officer who is logged in bars read-only sessions. */
static CK_RV
admit(p11_slot *slot, CK_FLAGS flags)
{
    mn_token_info info;
    CK_RV rv = p11_token_open(slot, &info);

    if (rv != CKR_OK)
        return rv;
    p11_token_notice(slot, info.generation);
    if ((flags & CKF_RW_SESSION) != 0)
        return info.is_writable ? p11_login_anyone(slot, &info) : CKR_TOKEN_WRITE_PROTECTED;
    if (p11_login_who(slot) == P11_WHO_SO)
        return CKR_SESSION_READ_WRITE_SO_EXISTS;
    return p11_login_anyone(slot, &info);
}

CK_RV
p11_session_open(p11_slot *slot, CK_FLAGS flags, CK_SESSION_HANDLE *handle)
{
    mn_auto(p11_session) session = NULL;
    CK_RV rv = CKR_OK;

    if ((flags & CKF_SERIAL_SESSION) == 0)
        return CKR_SESSION_PARALLEL_NOT_SUPPORTED;
    if (!p11_slot_is_present(slot))
        (void)p11_slots_scan(slot->module);
    session = session_new(slot, flags & (CKF_SERIAL_SESSION | CKF_RW_SESSION));
    if (session == NULL)
        return CKR_HOST_MEMORY;
    p11_mutex_lock(&slot->io);
    rv = admit(slot, flags);
    if (rv == CKR_OK) {
        p11_mutex_lock(&slot->module->lock);
        rv = add(slot->module, session);
        p11_mutex_unlock(&slot->module->lock);
    }
    p11_mutex_unlock(&slot->io);
    if (rv != CKR_OK)
        return rv;
    *handle = p11_session_take(&session)->handle; /* the list has it now */
    return CKR_OK;
}

CK_RV
p11_session_find(p11_module *module, CK_SESSION_HANDLE handle, p11_session **session)
{
    *session = p11_sessions_find(&module->sessions, handle);
    return *session == NULL ? CKR_SESSION_HANDLE_INVALID : CKR_OK;
}

/* What remains to be done once a session is out of the list. */
static void
finish(p11_session *session)
{
    p11_slot *slot = session->slot;

    p11_mutex_lock(&session->lock); /* waits for what it is doing on another thread */
    session->is_closed = true;
    clear_operations(session);
    p11_mutex_unlock(&session->lock);
    p11_mutex_lock(&slot->lock);
    p11_handles_remove_owned(&slot->handles, session->handle);
    p11_mutex_unlock(&slot->lock);
    p11_login_end_with_sessions(slot);
    p11_session_free(session);
}

CK_RV
p11_session_close(p11_module *module, CK_SESSION_HANDLE handle)
{
    p11_session *session = NULL;

    p11_mutex_lock(&module->lock);
    session = take_out(module, handle);
    p11_mutex_unlock(&module->lock);
    if (session == NULL)
        return CKR_SESSION_HANDLE_INVALID;
    finish(session);
    return CKR_OK;
}

CK_RV
p11_session_close_all(p11_slot *slot)
{
    CK_SESSION_HANDLE handle = CK_INVALID_HANDLE;

    while ((handle = p11_sessions_newest(&slot->module->sessions, slot, ~0UL)) != CK_INVALID_HANDLE)
        (void)p11_session_close(slot->module, handle);
    return CKR_OK;
}

void
p11_sessions_cancel(p11_slot *slot)
{
    CK_SESSION_HANDLE handle = ~0UL;

    while ((handle = p11_sessions_newest(&slot->module->sessions, slot, handle)) !=
           CK_INVALID_HANDLE) {
        mn_auto(p11_session) session = NULL;

        if (p11_session_find(slot->module, handle, &session) != CKR_OK)
            continue;
        p11_mutex_lock(&session->lock);
        p11_search_end(&session->search);
        p11_operation_clear(&session->sign);
        p11_operation_clear(&session->sign_recover);
        p11_operation_clear(&session->decrypt);
        p11_mutex_unlock(&session->lock);
    }
}

CK_RV
p11_session_info(p11_session *session, CK_SESSION_INFO *info)
{
    const bool is_rw = (session->flags & CKF_RW_SESSION) != 0;
    CK_STATE state = is_rw ? CKS_RW_PUBLIC_SESSION : CKS_RO_PUBLIC_SESSION;

    switch (p11_login_who(session->slot)) {
    case P11_WHO_NOBODY:
        break;
    case P11_WHO_USER:
    case P11_WHO_ANYONE:
        state = is_rw ? CKS_RW_USER_FUNCTIONS : CKS_RO_USER_FUNCTIONS;
        break;
    case P11_WHO_SO:
        state = CKS_RW_SO_FUNCTIONS;
        break;
    }
    *info = (CK_SESSION_INFO){.slotID = session->slot->id, .state = state, .flags = session->flags};
    return CKR_OK;
}

CK_RV
p11_session_cancel(p11_session *session, CK_FLAGS flags)
{
    const struct {
        CK_FLAGS flag;
        p11_operation *operation;
    } all[] = {
        {CKF_SIGN, &session->sign},
        {CKF_VERIFY, &session->verify},
        {CKF_SIGN_RECOVER, &session->sign_recover},
        {CKF_VERIFY_RECOVER, &session->verify_recover},
        {CKF_ENCRYPT, &session->encrypt},
        {CKF_DECRYPT, &session->decrypt},
    };

    if ((flags & CKF_FIND_OBJECTS) != 0)
        p11_search_end(&session->search);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if ((flags & all[i].flag) != 0)
            p11_operation_end(all[i].operation);
    }
    return CKR_OK;
}
