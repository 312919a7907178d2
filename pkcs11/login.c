/* SPDX-License-Identifier: BSD-3-Clause */
#include "login.h"

#include "ckr.h"
#include "session.h"
#include "token.h"

p11_who
p11_login_who(p11_slot *slot)
{
    p11_who who = P11_WHO_NOBODY;

    p11_mutex_lock(&slot->lock);
    who = slot->who;
    p11_mutex_unlock(&slot->lock);
    return who;
}

/* Whoever came before is forgotten. `keys` are taken over. */
static void
set_who(p11_slot *slot, p11_who who, mn_keys *keys)
{
    mn_keys *before = NULL;

    p11_mutex_lock(&slot->lock);
    before = slot->keys;
    slot->who = who;
    slot->keys = keys;
    if (who == P11_WHO_NOBODY)
        p11_handles_remove_private(&slot->handles);
    p11_mutex_unlock(&slot->lock);
    mn_keys_free(before);
}

CK_RV
p11_login_anyone(p11_slot *slot, const mn_token_info *info)
{
    mainet_error err = {0};
    mn_keys *keys = NULL;

    if (!info->without_pin || p11_login_who(slot) != P11_WHO_NOBODY)
        return CKR_OK;
    keys = mn_token_login(slot->token, MN_ROLE_NONE, NULL, 0, &err);
    if (keys == NULL)
        return p11_ckr_of(&err);
    set_who(slot, P11_WHO_ANYONE, keys);
    return CKR_OK;
}

void
p11_login_count_odd(p11_slot *slot, mn_role role, CK_ULONG pin_len, mainet_error *err)
{
    if (err->status == MAINET_E_PIN_LENGTH)
        (void)mn_token_refuse(slot->token, role, pin_len, err);
}

static CK_RV
prove(p11_slot *slot, mn_role role, const CK_UTF8CHAR *pin, CK_ULONG pin_len, mn_keys **keys)
{
    mainet_error err = {0};

    *keys = mn_token_login(slot->token, role, pin, pin_len, &err);
    if (*keys != NULL)
        return CKR_OK;
    p11_login_count_odd(slot, role, pin_len, &err);
    return p11_ckr_of(&err);
}

static CK_RV
already(p11_who who, p11_who wanted)
{
    if (who == P11_WHO_NOBODY)
        return CKR_OK;
    return who == wanted || (who == P11_WHO_ANYONE && wanted == P11_WHO_USER)
               ? CKR_USER_ALREADY_LOGGED_IN
               : CKR_USER_ANOTHER_ALREADY_LOGGED_IN;
}

/* Read-only sessions and a security officer do not go together (PKCS#11 v2.40, 2.4). */
static CK_RV
bar_officer(p11_slot *slot)
{
    bool has_read_only = false;

    p11_mutex_lock(&slot->module->lock);
    has_read_only = slot->session_count != slot->rw_session_count;
    p11_mutex_unlock(&slot->module->lock);
    return has_read_only ? CKR_SESSION_READ_ONLY_EXISTS : CKR_OK;
}

static CK_RV
log_in(p11_slot *slot, p11_who wanted, const CK_UTF8CHAR *pin, CK_ULONG pin_len)
{
    mn_keys *keys = NULL;
    CK_RV rv = already(p11_login_who(slot), wanted);

    if (rv == CKR_OK && wanted == P11_WHO_SO)
        rv = bar_officer(slot);
    if (rv == CKR_OK)
        rv = prove(slot, wanted == P11_WHO_SO ? MN_ROLE_SO : MN_ROLE_USER, pin, pin_len, &keys);
    if (rv == CKR_OK)
        set_who(slot, wanted, keys);
    return rv;
}

CK_RV
p11_login(p11_session *session, CK_USER_TYPE user, const CK_UTF8CHAR *pin, CK_ULONG pin_len)
{
    p11_slot *slot = session->slot;
    CK_RV rv = CKR_OK;

    if (user != CKU_USER && user != CKU_SO)
        return CKR_USER_TYPE_INVALID;
    if (pin == NULL)
        return CKR_ARGUMENTS_BAD;
    p11_mutex_lock(&slot->io);
    rv = log_in(slot, user == CKU_SO ? P11_WHO_SO : P11_WHO_USER, pin, pin_len);
    p11_mutex_unlock(&slot->io);
    return rv;
}

CK_RV
p11_login_for_operation(p11_session *session, const CK_UTF8CHAR *pin, CK_ULONG pin_len)
{
    p11_slot *slot = session->slot;
    mn_keys *keys = NULL;
    CK_RV rv = CKR_OK;

    if (pin == NULL)
        return CKR_ARGUMENTS_BAD;
    if (session->asking == NULL || !p11_operation_is_active(session->asking))
        return CKR_OPERATION_NOT_INITIALIZED;
    p11_mutex_lock(&slot->io);
    rv = prove(slot, MN_ROLE_USER, pin, pin_len, &keys);
    p11_mutex_unlock(&slot->io);
    mn_keys_free(keys);
    if (rv == CKR_OK)
        session->asking->needs_login = false;
    return rv;
}

/* The handles of private objects end, and what was decoded with them. `io` is held. */
static void
log_out(p11_slot *slot)
{
    set_who(slot, P11_WHO_NOBODY, NULL);
    p11_token_refresh(slot);
}

CK_RV
p11_logout(p11_session *session)
{
    p11_slot *slot = session->slot;
    p11_who who = P11_WHO_NOBODY;

    p11_mutex_lock(&slot->io);
    who = p11_login_who(slot);
    if (who == P11_WHO_USER || who == P11_WHO_SO)
        log_out(slot);
    p11_mutex_unlock(&slot->io);
    if (who != P11_WHO_USER && who != P11_WHO_SO)
        return CKR_USER_NOT_LOGGED_IN;
    p11_sessions_cancel(slot);
    return CKR_OK;
}

void
p11_login_end_with_sessions(p11_slot *slot)
{
    CK_ULONG left = 0;

    p11_mutex_lock(&slot->io);
    p11_mutex_lock(&slot->module->lock);
    left = slot->session_count;
    p11_mutex_unlock(&slot->module->lock);
    if (left == 0 && p11_login_who(slot) != P11_WHO_NOBODY)
        log_out(slot);
    p11_mutex_unlock(&slot->io);
}
