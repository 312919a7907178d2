/* SPDX-License-Identifier: BSD-3-Clause */
/* PINs: changed by who knows the old one, reset by the security officer. */
#include <string.h>

#include "base/guest.h"
#include "store/rekey.h"
#include "store/transaction.h"

static mainet_status
require(const void *first, const void *second, const char *what, mainet_error *err)
{
    if (first == NULL || second == NULL)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "%s", what);
    return MAINET_OK;
}

/* Put a role's new wrap in the place of the one that was opened, or (NULL) of whichever is there;
 * wrong PINs count afresh, their limit stays. */
static mainet_status
replace(mainet_token *token, const mn_keys *keys, const mn_wrap *opened, mn_wrap *fresh,
        mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mn_wrap now = {.limit = MN_WRAP_LIMIT};
    mn_head head;
    bool found = true;

    database = mn_transaction_begin(token, keys, &head, err);
    if (database == NULL)
        return mn_failure(err);
    if (opened != NULL)
        MN_TRY(mn_wrap_read_again(database, opened, &now, err));
    else
        MN_TRY(mn_wrap_read(database, fresh->role, &now, &found, err));
    fresh->limit = now.limit;
    MN_TRY(mn_wrap_write(database, fresh, err));
    return mn_database_commit(database, err);
}

mainet_status
mn_token_set_pin(mainet_token *token, mn_role role, const uint8_t *old_pin, size_t old_pin_len,
                 const uint8_t *new_pin, size_t new_pin_len, mainet_error *err)
{
    mn_auto(mn_keys) keys = NULL;
    mn_wrap opened;
    mn_wrap fresh;

    MN_TRY(mn_pin_check(new_pin, new_pin_len, err));
    keys = mn_token_prove(token, role, old_pin, old_pin_len, &opened, err);
    if (keys == NULL)
        return mn_failure(err);
    MN_TRY(mn_wrap_make(&fresh, role, new_pin, new_pin_len, mn_keys_token(keys),
                        mn_keys_token_id(keys), err));
    return replace(token, keys, &opened, &fresh, err);
}

mainet_status
mn_token_init_pin(mainet_token *token, const mn_keys *keys, const uint8_t *pin, size_t pin_len,
                  mainet_error *err)
{
    mn_wrap fresh;

    MN_TRY(mn_wrap_make(&fresh, MN_ROLE_USER, pin, pin_len, mn_keys_token(keys),
                        mn_keys_token_id(keys), err));
    return replace(token, keys, NULL, &fresh, err);
}

/* A handle that is unlocked stays so, with the keys that count now. */
static void
take_over(mainet_token *token, mn_rekey *rekey)
{
    if (token->keys != NULL)
        mn_token_set_keys(token, mn_keys_take(&rekey->new_keys));
}

/* Whoever could read the key file has the old key, so it ends. */
static mainet_status
give_first_pin(mainet_token *token, const uint8_t *pin, size_t pin_len, mainet_error *err)
{
    mn_auto(mn_keys) keys = NULL;
    mn_auto_rekey rekey = {.count = 0};
    mn_wrap opened;

    MN_TRY(mn_pin_check(pin, pin_len, err));
    keys = mn_token_prove(token, MN_ROLE_NONE, NULL, 0, &opened, err);
    if (keys == NULL)
        return mn_failure(err);
    MN_TRY(mn_rekey_start(&rekey, keys, err));
    MN_TRY(mn_rekey_add(&rekey, &opened, MN_ROLE_USER, pin, pin_len, err));
    MN_TRY(mn_rekey_run(&rekey, token, err));
    take_over(token, &rekey);
    return MAINET_OK;
}

mainet_status
mainet_token_change_pin(mainet_token *token, const uint8_t *old_pin, size_t old_pin_len,
                        const uint8_t *new_pin, size_t new_pin_len, mainet_error *err)
{
    mainet_status status = MAINET_OK;

    MN_PUBLIC(err);
    MN_TRY(require(token, new_pin, "a token and a new PIN are required", err));
    mn_token_refresh(token);
    if (token->has_user_pin)
        MN_TRY(require(old_pin, old_pin, "the old PIN is required", err));
    status = token->has_user_pin ? mn_token_set_pin(token, MN_ROLE_USER, old_pin, old_pin_len,
                                                    new_pin, new_pin_len, err)
                                 : give_first_pin(token, new_pin, new_pin_len, err);
    mn_token_refresh(token);
    return status;
}

mainet_status
mainet_token_change_so_pin(mainet_token *token, const uint8_t *old_pin, size_t old_pin_len,
                           const uint8_t *new_pin, size_t new_pin_len, mainet_error *err)
{
    MN_PUBLIC(err);
    MN_TRY(require(token, old_pin, "a token and both PINs are required", err));
    MN_TRY(require(new_pin, new_pin, "a token and both PINs are required", err));
    return mn_token_set_pin(token, MN_ROLE_SO, old_pin, old_pin_len, new_pin, new_pin_len, err);
}

mainet_status
mainet_token_unblock(mainet_token *token, const uint8_t *so_pin, size_t so_pin_len,
                     const uint8_t *new_pin, size_t new_pin_len, mainet_error *err)
{
    mn_auto(mn_keys) keys = NULL;
    mainet_status status = MAINET_OK;

    MN_PUBLIC(err);
    MN_TRY(require(token, so_pin, "a token and both PINs are required", err));
    MN_TRY(mn_pin_check(new_pin, new_pin_len, err));
    keys = mn_token_login(token, MN_ROLE_SO, so_pin, so_pin_len, err);
    if (keys == NULL)
        return mn_failure(err);
    status = mn_token_init_pin(token, keys, new_pin, new_pin_len, err);
    mn_token_refresh(token);
    return status;
}

/* Prove one role's PIN and seal the new key for it. */
static mainet_status
carry_over(mn_rekey *rekey, mainet_token *token, const mn_wrap *opened, mn_role role,
           const uint8_t *pin, size_t pin_len, mainet_error *err)
{
    mn_auto(mn_keys) keys = NULL;
    mn_wrap so;

    if (opened != NULL)
        return mn_rekey_add(rekey, opened, role, pin, pin_len, err);
    keys = mn_token_prove(token, role, pin, pin_len, &so, err);
    return keys == NULL ? mn_failure(err) : mn_rekey_add(rekey, &so, role, pin, pin_len, err);
}

mainet_status
mainet_token_rekey(mainet_token *token, const uint8_t *pin, size_t pin_len, const uint8_t *new_pin,
                   size_t new_pin_len, const uint8_t *so_pin, size_t so_pin_len, mainet_error *err)
{
    mn_auto(mn_keys) keys = NULL;
    mn_auto_rekey rekey = {.count = 0};
    mn_wrap opened;

    MN_PUBLIC(err);
    MN_TRY(require(token, pin, "a token and its PIN are required", err));
    mn_token_refresh(token);
    if (token->has_so_pin)
        MN_TRY(require(so_pin, so_pin, "the security officer's PIN is required too", err));
    if (new_pin != NULL)
        MN_TRY(mn_pin_check(new_pin, new_pin_len, err));
    keys = mn_token_prove(token, MN_ROLE_USER, pin, pin_len, &opened, err);
    if (keys == NULL)
        return mn_failure(err);
    MN_TRY(mn_rekey_start(&rekey, keys, err));
    MN_TRY(carry_over(&rekey, token, &opened, MN_ROLE_USER, new_pin != NULL ? new_pin : pin,
                      new_pin != NULL ? new_pin_len : pin_len, err));
    if (token->has_so_pin)
        MN_TRY(carry_over(&rekey, token, NULL, MN_ROLE_SO, so_pin, so_pin_len, err));
    MN_TRY(mn_rekey_run(&rekey, token, err));
    take_over(token, &rekey);
    mn_token_refresh(token);
    return MAINET_OK;
}

mainet_status
mn_token_erase(mainet_token *token, const char *label, const uint8_t *so_pin, size_t so_pin_len,
               mainet_error *err)
{
    mn_auto(mn_keys) keys = NULL;
    mn_auto_rekey rekey = {.label = label};
    mn_wrap opened;

    MN_TRY(mn_label_check(label, err));
    keys = mn_token_prove(token, MN_ROLE_SO, so_pin, so_pin_len, &opened, err);
    if (keys == NULL)
        return mn_failure(err);
    MN_TRY(mn_rekey_start(&rekey, keys, err));
    MN_TRY(mn_rekey_add(&rekey, &opened, MN_ROLE_SO, so_pin, so_pin_len, err));
    MN_TRY(mn_rekey_run(&rekey, token, err));
    take_over(token, &rekey);
    mn_token_refresh(token);
    return MAINET_OK;
}
