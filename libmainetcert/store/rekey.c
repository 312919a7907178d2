/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/rekey.h"

#include <string.h>

#include "base/file.h"
#include "store/parcel.h"
#include "store/rows.h"
#include "store/transaction.h"

void
mn_rekey_clear(mn_rekey *rekey)
{
    mn_keys_free(rekey->new_keys);
    rekey->new_keys = NULL;
}

/* The serial, the first half of the token id, stays; by the other half whoever still has the old
 * keys sees that they are old. */
mainet_status
mn_rekey_start(mn_rekey *rekey, const mn_keys *old_keys, mainet_error *err)
{
    mn_auto(mn_secret) token_key = mn_random_secret(MN_SEAL_KEY_LEN, err);
    uint8_t token_id[MN_TOKEN_ID_LEN];

    if (token_key == NULL)
        return mn_failure(err);
    memcpy(token_id, mn_keys_token_id(old_keys), sizeof token_id);
    MN_TRY(mn_random(token_id + MN_SERIAL_LEN / 2, sizeof token_id - MN_SERIAL_LEN / 2, err));
    rekey->old_keys = old_keys;
    rekey->new_keys = mn_keys_new(&token_key, token_id, err);
    return rekey->new_keys == NULL ? mn_failure(err) : MAINET_OK;
}

mainet_status
mn_rekey_add(mn_rekey *rekey, const mn_wrap *opened, mn_role role, const uint8_t *pin,
             size_t pin_len, mainet_error *err)
{
    rekey->opened[rekey->count] = *opened;
    MN_TRY(mn_wrap_make(&rekey->fresh[rekey->count], role, pin, pin_len,
                        mn_keys_token(rekey->new_keys), mn_keys_token_id(rekey->new_keys), err));
    rekey->count++;
    return MAINET_OK;
}

/* Roles that nobody proved end with the old key. */
static mainet_status
replace_wraps(const mn_rekey *rekey, mn_database *database, mainet_error *err)
{
    int32_t limits[2] = {0, 0};

    for (size_t i = 0; i < rekey->count; i++) {
        mn_wrap now;

        MN_TRY(mn_wrap_read_again(database, &rekey->opened[i], &now, err));
        limits[i] = now.limit;
    }
    for (int role = MN_ROLE_NONE; role <= MN_ROLE_SO; role++)
        MN_TRY(mn_wrap_delete(database, (mn_role)role, err));
    for (size_t i = 0; i < rekey->count; i++) {
        mn_wrap fresh = rekey->fresh[i];

        fresh.limit = limits[i];
        MN_TRY(mn_wrap_write(database, &fresh, err));
    }
    return MAINET_OK;
}

static mainet_status
list_rows(const mn_rekey *rekey, mn_database *database, mn_head *head, mn_ids *ids,
          mainet_error *err)
{
    mn_auto(mn_statement) rows = NULL;
    bool more = false;

    rows = mn_statement_new(database, "SELECT id, mac FROM object ORDER BY id", err);
    if (rows == NULL)
        return mn_failure(err);
    memset(head->set_hash, 0, sizeof head->set_hash);
    for (;;) {
        mn_reader mac;

        MN_TRY(mn_statement_step(rows, &more, err));
        if (!more)
            return MAINET_OK;
        MN_TRY(mn_ids_add(ids, mn_statement_number(rows, 0), err));
        mac = mn_statement_blob(rows, 1);
        if (mac.left != MN_SHA256_LEN)
            return mn_fail(err, MAINET_E_STORE_TAMPERED, 0, "a row's MAC has %zu bytes", mac.left);
        /* the set under the new key; mn_rows_update takes each old MAC out of it again */
        MN_TRY(mn_head_toggle(head, rekey->new_keys, mac.data, err));
    }
}

static mainet_status
reseal_row(const mn_rekey *rekey, mn_database *database, mn_head *head, int64_t id,
           mainet_error *err)
{
    mn_auto(mn_object) object = mn_rows_load(database, rekey->old_keys, id, err);
    mn_auto(mn_object) fresh = NULL;

    fresh = object == NULL ? NULL : mn_object_with(object, mn_object_attributes(object), err);
    if (fresh == NULL)
        return mn_failure(err);
    for (size_t i = 0; i < mn_object_secret_count(object); i++) {
        uint64_t type = mn_object_secret_type(object, i);
        mn_auto(mn_secret) secret = mn_object_secret(object, rekey->old_keys, type, err);

        if (secret == NULL)
            return mn_failure(err);
        MN_TRY(mn_object_add_secret(fresh, type, &secret, err));
    }
    return mn_rows_update(database, rekey->new_keys, head, fresh, err);
}

static mainet_status
reseal_rows(const mn_rekey *rekey, mn_database *database, mn_head *head, mainet_error *err)
{
    mn_auto_ids ids = {.count = 0};
    mainet_status status = list_rows(rekey, database, head, &ids, err);

    mn_secret_hold_pages();
    for (size_t i = 0; status == MAINET_OK && i < ids.count; i++)
        status = reseal_row(rekey, database, head, ids.ids[i], err);
    mn_secret_release_pages();
    return status;
}

static mainet_status
erase_rows(const mn_rekey *rekey, mn_database *database, mn_head *head, mainet_error *err)
{
    mn_auto(mn_statement) erase = mn_statement_new(database, "DELETE FROM object", err);

    if (erase == NULL)
        return mn_failure(err);
    MN_TRY(mn_statement_run(erase, err));
    head->object_count = 0;
    memset(head->set_hash, 0, sizeof head->set_hash);
    memcpy(head->label, rekey->label, strlen(rekey->label) + 1);
    return MAINET_OK;
}

/* On the lock of the label's check, if there was one. */
static mn_database *
begin(const mn_rekey *rekey, mainet_token *token, mn_head *head, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mn_auto(mn_lock) lock = NULL;

    if (rekey->label == NULL)
        return mn_transaction_begin(token, rekey->old_keys, head, err);
    lock = mn_lock_new(mn_token_folder(token), true, err);
    if (lock == NULL || mn_label_is_free(&lock, mn_token_folder(token), rekey->label, token->serial,
                                         err) != MAINET_OK)
        return NULL;
    database =
        mn_database_open_locked(&lock, mn_token_folder(token), token->file, MN_ACCESS_WRITE, err);
    if (database == NULL || mn_head_read(database, head, err) != MAINET_OK ||
        mn_head_verify(head, rekey->old_keys, err) != MAINET_OK)
        return NULL;
    return mn_database_take(&database);
}

/* What the old key opens. A key file that cannot be removed now goes at the next login. */
static void
remove_old(const mainet_token *token, mn_database **database)
{
    mn_auto(mn_lock) lock = mn_database_close(database);
    mainet_error no_matter = {0};
    char name[MN_SERIAL_LEN + sizeof ".key"];

    mn_token_remove_copies(mn_lock_folder(lock), token->serial);
    mn_token_file_name(token->serial, ".key", name, sizeof name);
    (void)mn_file_remove(mn_lock_folder(lock), name, &no_matter);
}

mainet_status
mn_rekey_run(mn_rekey *rekey, mainet_token *token, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mn_head head;

    database = begin(rekey, token, &head, err);
    if (database == NULL)
        return mn_failure(err);
    if (rekey->label != NULL)
        MN_TRY(mn_parcels_refuse(mn_database_folder(database), token->serial, err));
    MN_TRY(mn_token_upgrade(database, token, &head, err));
    MN_TRY(replace_wraps(rekey, database, err));
    MN_TRY((rekey->label != NULL ? erase_rows : reseal_rows)(rekey, database, &head, err));
    MN_TRY(mn_parcels_reseal(mn_database_folder(database), token->serial, rekey->old_keys,
                             rekey->new_keys, err));
    memcpy(head.token_id, mn_keys_token_id(rekey->new_keys), sizeof head.token_id);
    MN_TRY(mn_transaction_commit(database, rekey->new_keys, &head, err));

    mn_parcels_settle(mn_database_folder(database), token->serial);
    remove_old(token, &database);
    return MAINET_OK;
}
