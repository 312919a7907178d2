/* SPDX-License-Identifier: BSD-3-Clause */
/* Proving a PIN. The derivation runs while nothing is locked. */
#include <string.h>

#include "base/file.h"
#include "store/rows.h"
#include "store/token-private.h"

static mainet_status
read_wrap(mainet_token *token, mn_role role, mn_wrap *wrap, mn_head *head, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    bool found = false;

    database = mn_token_access(token, MN_ACCESS_READ, head, err);
    if (database == NULL)
        return mn_failure(err);
    MN_TRY(mn_wrap_read(database, role, wrap, &found, err));
    if (!found)
        return mn_fail(err, MAINET_E_PIN_NOT_SET, 0, "the token has no %s PIN",
                       role == MN_ROLE_SO ? "security officer's" : "user");
    if (mn_wrap_is_locked(wrap))
        return mn_fail(err, MAINET_E_PIN_LOCKED, 0, "%d wrong PINs", (int)wrap->failures);
    return MAINET_OK;
}

/* On read-only media nothing is counted, and nothing of that fails the call. */
static void
count(mainet_token *token, mn_role role, bool is_right)
{
    mainet_error no_matter = {0};
    mn_auto(mn_database) database = NULL;
    mn_head head;

    database = mn_token_access(token, MN_ACCESS_WRITE, &head, &no_matter);
    if (database != NULL && mn_wrap_count(database, role, is_right, &no_matter) == MAINET_OK)
        (void)mn_database_commit(database, &no_matter);
}

static mn_secret *
read_key_file(mainet_token *token, mainet_error *err)
{
    char name[MN_SERIAL_LEN + sizeof ".key"];
    mn_auto_fd folder = -1;

    mn_token_file_name(token->serial, ".key", name, sizeof name);
    if (mn_folder_open(mn_token_folder(token), &folder, err) != MAINET_OK)
        return NULL;
    return mn_file_read_secret(folder, name, MN_SEAL_KEY_LEN, err);
}

static mn_secret *
open_wrap(mainet_token *token, const uint8_t token_id[MN_TOKEN_ID_LEN], const mn_wrap *wrap,
          const uint8_t *pin, size_t pin_len, mainet_error *err)
{
    mn_auto(mn_secret) key_file = NULL;

    if (wrap->role != MN_ROLE_NONE)
        return mn_wrap_open(wrap, pin, pin_len, token_id, err);
    key_file = read_key_file(token, err);
    return key_file == NULL ? NULL
                            : mn_wrap_open(wrap, mn_secret_bytes(key_file), mn_secret_len(key_file),
                                           token_id, err);
}

/* The token may have changed during the derivation: look again, and at every row. */
static mainet_status
verify(mainet_token *token, mn_role role, const mn_keys *keys, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mn_wrap wrap = {.role = role};
    mn_head head;
    bool found = false;

    database = mn_token_access(token, MN_ACCESS_READ, &head, err);
    if (database == NULL)
        return mn_failure(err);
    MN_TRY(mn_wrap_read(database, role, &wrap, &found, err));
    if (found && mn_wrap_is_locked(&wrap))
        return mn_fail(err, MAINET_E_PIN_LOCKED, 0, "%d wrong PINs", (int)wrap.failures);
    return mn_rows_verify(database, keys, &head, err);
}

mn_keys *
mn_token_open_keys(mainet_token *token, mn_role role, const uint8_t *pin, size_t pin_len,
                   mn_wrap *opened, mainet_error *err)
{
    mn_auto(mn_secret) token_key = NULL;
    mn_head head;

    opened->role = role;
    if (role != MN_ROLE_NONE && mn_pin_check(pin, pin_len, err) != MAINET_OK)
        return NULL;
    if (read_wrap(token, role, opened, &head, err) != MAINET_OK)
        return NULL;
    token_key = open_wrap(token, head.token_id, opened, pin, pin_len, err);
    return token_key == NULL ? NULL : mn_keys_new(&token_key, head.token_id, err);
}

mn_keys *
mn_token_prove(mainet_token *token, mn_role role, const uint8_t *pin, size_t pin_len,
               mn_wrap *opened, mainet_error *err)
{
    mn_auto(mn_keys) keys = mn_token_open_keys(token, role, pin, pin_len, opened, err);

    if (keys == NULL && mn_failure(err) == MAINET_E_PIN_INCORRECT)
        count(token, role, false);
    if (keys == NULL || verify(token, role, keys, err) != MAINET_OK)
        return NULL;
    if (opened->failures != 0)
        count(token, role, true);
    return mn_keys_take(&keys);
}

mn_keys *
mn_token_login(mainet_token *token, mn_role role, const uint8_t *pin, size_t pin_len,
               mainet_error *err)
{
    mn_wrap opened;
    mn_keys *keys = mn_token_prove(token, role, pin, pin_len, &opened, err);

    if (keys != NULL)
        mn_token_tend(token, keys, &opened, pin, pin_len);
    return keys;
}

mainet_status
mn_token_refuse(mainet_token *token, mn_role role, size_t pin_len, mainet_error *err)
{
    mn_wrap wrap = {.role = role};
    mn_head head;

    MN_TRY(read_wrap(token, role, &wrap, &head, err));
    if (pin_len != 0)
        count(token, role, false);
    return mn_fail(err, MAINET_E_PIN_INCORRECT, 0, "no PIN has that length");
}
