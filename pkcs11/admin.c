/* SPDX-License-Identifier: BSD-3-Clause */
#include "admin.h"

#include <string.h>

#include "ckr.h"
#include "login.h"
#include "session.h"
#include "store/wrap.h"
#include "token.h"

#define LABEL_LEN 32

/* Without the blanks behind it; a label of blanks alone is the usual one. */
static void
trim(char out[LABEL_LEN + 1], const CK_UTF8CHAR *label)
{
    size_t len = LABEL_LEN;

    while (len > 0 && (label[len - 1] == ' ' || label[len - 1] == '\0'))
        len--;
    memcpy(out, label, len);
    out[len] = '\0';
    if (len == 0)
        memcpy(out, "MaiNet", sizeof "MaiNet");
}

/* A wrong PIN may have any length, and there may be none that is right. */
static CK_RV
answer(const mainet_error *err)
{
    switch (err->status) {
    case MAINET_E_PIN_NOT_SET:
        return CKR_PIN_INCORRECT;
    case MAINET_E_TOKEN_EXISTS: /* another token has the label */
        return CKR_ARGUMENTS_BAD;
    default:
        return p11_ckr_of(err);
    }
}

static CK_RV
make_token(p11_slot *slot, const CK_UTF8CHAR *pin, CK_ULONG pin_len, const char *label)
{
    p11_module *module = slot->module;
    mainet_error err = {0};
    mainet_token *token = NULL;

    p11_mutex_lock(&module->scan);
    if (module->store == NULL)
        module->store = mainet_store_open(module->folder, &err);
    if (module->store != NULL)
        token = mn_token_init(module->store, label, pin, pin_len, (uint32_t)slot->id, &err);
    p11_mutex_unlock(&module->scan);
    mainet_token_free(token);
    if (token == NULL)
        return err.status == MAINET_E_TOKEN_NOT_FOUND ? CKR_FUNCTION_FAILED : answer(&err);
    return p11_slots_scan(module);
}

/* `io` is held. */
static CK_RV
empty_token(p11_slot *slot, const CK_UTF8CHAR *pin, CK_ULONG pin_len, const char *label)
{
    mn_token_info info;
    mainet_error err = {0};
    CK_RV rv = p11_token_open(slot, &info);

    if (rv != CKR_OK)
        return rv;
    if (mn_token_erase(slot->token, label, pin, pin_len, &err) != MAINET_OK) {
        p11_login_count_odd(slot, MN_ROLE_SO, pin_len, &err);
        return answer(&err);
    }
    p11_token_refresh(slot);
    return CKR_OK;
}

static bool
has_sessions(p11_slot *slot)
{
    bool has = false;

    p11_mutex_lock(&slot->module->lock);
    has = slot->session_count != 0;
    p11_mutex_unlock(&slot->module->lock);
    return has;
}

static bool
is_free(p11_slot *slot)
{
    bool is_free = false;

    p11_mutex_lock(&slot->module->lock);
    is_free = slot->serial[0] == '\0';
    p11_mutex_unlock(&slot->module->lock);
    return is_free;
}

CK_RV
p11_admin_init_token(p11_slot *slot, const CK_UTF8CHAR *pin, CK_ULONG pin_len,
                     const CK_UTF8CHAR *label)
{
    char trimmed[LABEL_LEN + 1];
    CK_RV rv = p11_slots_scan(slot->module);

    if (rv != CKR_OK)
        return rv;
    trim(trimmed, label);
    p11_mutex_lock(&slot->io);
    if (has_sessions(slot))
        rv = CKR_SESSION_EXISTS;
    else if (!is_free(slot))
        rv = empty_token(slot, pin, pin_len, trimmed);
    else
        rv = make_token(slot, pin, pin_len, trimmed);
    p11_mutex_unlock(&slot->io);
    return rv;
}

/* The keys of the officer; NULL unless one is logged in. */
static mn_keys *
officer_keys(p11_slot *slot)
{
    mn_keys *keys = NULL;

    p11_mutex_lock(&slot->lock);
    if (slot->who == P11_WHO_SO)
        keys = mn_keys_ref(slot->keys);
    p11_mutex_unlock(&slot->lock);
    return keys;
}

CK_RV
p11_admin_init_pin(p11_session *session, const CK_UTF8CHAR *pin, CK_ULONG pin_len)
{
    p11_slot *slot = session->slot;
    mn_auto(mn_keys) keys = officer_keys(slot);
    mainet_error err = {0};
    CK_RV rv = CKR_OK;

    if (keys == NULL)
        return CKR_USER_NOT_LOGGED_IN;
    p11_mutex_lock(&slot->io);
    if (mn_token_init_pin(slot->token, keys, pin, pin_len, &err) != MAINET_OK)
        rv = p11_ckr_of(&err);
    p11_mutex_unlock(&slot->io);
    return rv;
}

CK_RV
p11_admin_set_pin(p11_session *session, const CK_UTF8CHAR *old_pin, CK_ULONG old_pin_len,
                  const CK_UTF8CHAR *new_pin, CK_ULONG new_pin_len)
{
    p11_slot *slot = session->slot;
    const mn_role role = p11_login_who(slot) == P11_WHO_SO ? MN_ROLE_SO : MN_ROLE_USER;
    mainet_error err = {0};
    CK_RV rv = CKR_OK;

    if ((session->flags & CKF_RW_SESSION) == 0)
        return CKR_SESSION_READ_ONLY;
    if (mn_pin_check(new_pin, new_pin_len, &err) != MAINET_OK)
        return p11_ckr_of(&err);
    p11_mutex_lock(&slot->io);
    if (mn_token_set_pin(slot->token, role, old_pin, old_pin_len, new_pin, new_pin_len, &err) !=
        MAINET_OK) {
        p11_login_count_odd(slot, role, old_pin_len, &err);
        rv = p11_ckr_of(&err);
    }
    p11_mutex_unlock(&slot->io);
    return rv;
}
