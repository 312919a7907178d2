/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/wrap.h"

#include <string.h>

#include <openssl/crypto.h>

#include "store/record.h"

static void
describe(const mn_wrap *wrap, const uint8_t token_id[MN_TOKEN_ID_LEN], mn_buffer *ad)
{
    mn_buffer_append(ad, "wrap", 4);
    mn_buffer_append_u32(ad, MN_FORMAT_VERSION);
    mn_buffer_append(ad, token_id, MN_TOKEN_ID_LEN);
    mn_buffer_append_u8(ad, (uint8_t)wrap->role);
    mn_buffer_append_u64(ad, wrap->kdf.n);
    mn_buffer_append_u32(ad, wrap->kdf.r);
    mn_buffer_append_u32(ad, wrap->kdf.p);
    mn_buffer_append(ad, wrap->kdf.salt, sizeof wrap->kdf.salt);
}

static mn_secret *
derive(const mn_wrap *wrap, const uint8_t *pin, size_t pin_len, mainet_error *err)
{
    if (wrap->role != MN_ROLE_NONE)
        return mn_kdf_derive(&wrap->kdf, pin, pin_len, err);
    if (pin_len != MN_SEAL_KEY_LEN)
        return mn_fail_null(err, MAINET_E_STORE_OPEN, 0, "a key file of %zu bytes", pin_len);
    return mn_secret_copy(pin, pin_len, err);
}

mainet_status
mn_wrap_seal(mn_wrap *wrap, const uint8_t *pin, size_t pin_len, const mn_secret *token_key,
             const uint8_t token_id[MN_TOKEN_ID_LEN], mainet_error *err)
{
    mn_auto(mn_secret) key = NULL;
    mn_auto_buffer(ad, 128);
    mn_auto_buffer(sealed, sizeof wrap->sealed);

    key = derive(wrap, pin, pin_len, err);
    if (key == NULL)
        return mn_failure(err);
    describe(wrap, token_id, &ad);
    MN_TRY(mn_seal(key, &ad, mn_secret_bytes(token_key), mn_secret_len(token_key), &sealed, err));
    memcpy(wrap->sealed, sealed.data, sizeof wrap->sealed);
    return MAINET_OK;
}

mainet_status
mn_wrap_make(mn_wrap *wrap, mn_role role, const uint8_t *pin, size_t pin_len,
             const mn_secret *token_key, const uint8_t token_id[MN_TOKEN_ID_LEN], mainet_error *err)
{
    memset(wrap, 0, sizeof *wrap);
    wrap->role = role;
    if (role != MN_ROLE_NONE) {
        MN_TRY(mn_pin_check(pin, pin_len, err));
        MN_TRY(mn_kdf_init(&wrap->kdf, err));
    }
    return mn_wrap_seal(wrap, pin, pin_len, token_key, token_id, err);
}

mn_secret *
mn_wrap_open(const mn_wrap *wrap, const uint8_t *pin, size_t pin_len,
             const uint8_t token_id[MN_TOKEN_ID_LEN], mainet_error *err)
{
    mn_auto(mn_secret) key = derive(wrap, pin, pin_len, err);
    mn_auto(mn_secret) token_key = NULL;
    mn_auto_buffer(ad, 128);

    if (key == NULL)
        return NULL;
    describe(wrap, token_id, &ad);
    token_key = mn_unseal(key, &ad, wrap->sealed, sizeof wrap->sealed, err);
    if (token_key == NULL && mn_failure(err) == MAINET_E_STORE_TAMPERED)
        return mn_fail_null(err, MAINET_E_PIN_INCORRECT, 0, "the PIN does not open the token");
    return mn_secret_take(&token_key);
}

bool
mn_wrap_is_locked(const mn_wrap *wrap)
{
    return wrap->limit > 0 && wrap->failures >= wrap->limit;
}

mainet_status
mn_wrap_read(mn_database *database, mn_role role, mn_wrap *wrap, bool *found, mainet_error *err)
{
    mn_auto(mn_statement) rows = NULL;
    mn_reader salt;
    mn_reader sealed;

    rows = mn_statement_new(
        database, "SELECT n, r, p, salt, sealed, failures, failure_limit FROM wrap WHERE role = ?1",
        err);
    if (rows == NULL)
        return mn_failure(err);
    mn_statement_bind_number(rows, 1, role);
    MN_TRY(mn_statement_step(rows, found, err));
    if (!*found)
        return MAINET_OK;
    salt = mn_statement_blob(rows, 3);
    sealed = mn_statement_blob(rows, 4);
    memset(wrap, 0, sizeof *wrap);
    wrap->role = role;
    wrap->kdf.n = (uint64_t)mn_statement_number(rows, 0);
    wrap->kdf.r = (uint32_t)mn_statement_number(rows, 1);
    wrap->kdf.p = (uint32_t)mn_statement_number(rows, 2);
    wrap->failures = (int32_t)mn_statement_number(rows, 5);
    wrap->limit = (int32_t)mn_statement_number(rows, 6);
    if (salt.left != sizeof wrap->kdf.salt || sealed.left != sizeof wrap->sealed)
        return mn_fail(err, MAINET_E_STORE_OPEN, 0, "the sealed token key does not decode");
    memcpy(wrap->kdf.salt, salt.data, sizeof wrap->kdf.salt);
    memcpy(wrap->sealed, sealed.data, sizeof wrap->sealed);
    return MAINET_OK;
}

mainet_status
mn_wrap_read_again(mn_database *database, const mn_wrap *opened, mn_wrap *now, mainet_error *err)
{
    bool found = false;

    MN_TRY(mn_wrap_read(database, opened->role, now, &found, err));
    if (!found || CRYPTO_memcmp(now->sealed, opened->sealed, sizeof now->sealed) != 0)
        return mn_fail(err, MAINET_E_PIN_INCORRECT, 0, "the PIN was changed meanwhile");
    return MAINET_OK;
}

mainet_status
mn_wrap_delete(mn_database *database, mn_role role, mainet_error *err)
{
    mn_auto(mn_statement) erase =
        mn_statement_new(database, "DELETE FROM wrap WHERE role = ?1", err);

    if (erase == NULL)
        return mn_failure(err);
    mn_statement_bind_number(erase, 1, role);
    return mn_statement_run(erase, err);
}

mainet_status
mn_wrap_write(mn_database *database, const mn_wrap *wrap, mainet_error *err)
{
    mn_auto(mn_statement) write = mn_statement_new(
        database, "INSERT OR REPLACE INTO wrap VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", err);

    if (write == NULL)
        return mn_failure(err);
    mn_statement_bind_number(write, 1, wrap->role);
    mn_statement_bind_number(write, 2, (int64_t)wrap->kdf.n);
    mn_statement_bind_number(write, 3, wrap->kdf.r);
    mn_statement_bind_number(write, 4, wrap->kdf.p);
    mn_statement_bind_blob(write, 5, wrap->kdf.salt, sizeof wrap->kdf.salt);
    mn_statement_bind_blob(write, 6, wrap->sealed, sizeof wrap->sealed);
    mn_statement_bind_number(write, 7, wrap->failures);
    mn_statement_bind_number(write, 8, wrap->limit);
    return mn_statement_run(write, err);
}

mainet_status
mn_wrap_count(mn_database *database, mn_role role, bool is_right, mainet_error *err)
{
    mn_auto(mn_statement) update = mn_statement_new(
        database,
        "UPDATE wrap SET failures = CASE WHEN ?2 THEN 0 ELSE min(failures + 1, 1000000) END "
        "WHERE role = ?1",
        err);

    if (update == NULL)
        return mn_failure(err);
    mn_statement_bind_number(update, 1, role);
    mn_statement_bind_number(update, 2, is_right);
    return mn_statement_run(update, err);
}
