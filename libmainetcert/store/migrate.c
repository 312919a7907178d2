/* SPDX-License-Identifier: BSD-3-Clause */
/* What a login does for the file when it may write: nothing of it fails the login. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "store/arrival.h"
#include "store/token-private.h"
#include "store/transaction.h"

#define COPY_NAME_LEN (MN_SERIAL_LEN + sizeof ".db.v4294967295")

/* The name of the copy that was kept of a format. */
static void
copy_name(const char *serial, uint32_t version, char name[COPY_NAME_LEN])
{
    (void)snprintf(name, COPY_NAME_LEN, "%s.db.v%u", serial, version);
}

void
mn_token_remove_copies(int folder, const char *serial)
{
    char copy[COPY_NAME_LEN];
    bool is_gone = false;

    for (uint32_t version = 1; version < MN_DATABASE_VERSION; version++) {
        copy_name(serial, version, copy);
        is_gone |= unlinkat(folder, copy, 0) == 0;
    }
    if (is_gone)
        (void)fsync(folder); /* or power loss brings back what was deleted */
}

mainet_status
mn_token_upgrade(mn_database *database, const mainet_token *token, mn_head *head, mainet_error *err)
{
    char copy[COPY_NAME_LEN];

    if (head->version == MN_DATABASE_VERSION)
        return MAINET_OK;
    copy_name(token->serial, head->version, copy);
    MN_TRY(mn_copy_write(database, mn_database_folder(database), copy, true, err));
    MN_TRY(mn_database_upgrade(database, err));
    head->version = MN_DATABASE_VERSION;
    return mn_settings_read(database, &head->settings, head->settings_hash, err);
}

static mainet_status
migrate(mainet_token *token, const mn_keys *keys, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mn_head head;

    database = mn_transaction_begin(token, keys, &head, err);
    if (database == NULL)
        return mn_failure(err);
    if (head.version == MN_DATABASE_VERSION) /* somebody was faster */
        return MAINET_OK;
    MN_TRY(mn_token_upgrade(database, token, &head, err));
    return mn_transaction_commit(database, keys, &head, err);
}

static mainet_status
reseal(mainet_token *token, const mn_keys *keys, const mn_wrap *opened, const uint8_t *pin,
       size_t pin_len, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mn_wrap fresh;
    mn_wrap now;
    mn_head head;

    MN_TRY(mn_wrap_make(&fresh, opened->role, pin, pin_len, mn_keys_token(keys),
                        mn_keys_token_id(keys), err));
    database = mn_transaction_begin(token, keys, &head, err);
    if (database == NULL)
        return mn_failure(err);
    MN_TRY(mn_wrap_read_again(database, opened, &now, err));
    fresh.failures = now.failures;
    fresh.limit = now.limit;
    MN_TRY(mn_wrap_write(database, &fresh, err));
    return mn_database_commit(database, err);
}

/* What there is to be done. */
typedef struct chores {
    uint32_t version;   /* of the file */
    bool has_stale_key; /* a key file that no role goes with */
    bool has_leftovers; /* files aside of whoever was killed */
} chores;

static mainet_status
look(mainet_token *token, chores *found, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    char key_name[MN_SERIAL_LEN + sizeof ".key"];
    mn_wrap none;
    mn_head head;
    bool has_none = false;

    database = mn_token_access(token, MN_ACCESS_READ, &head, err);
    if (database == NULL)
        return mn_failure(err);
    MN_TRY(mn_wrap_read(database, MN_ROLE_NONE, &none, &has_none, err));
    mn_token_file_name(token->serial, ".key", key_name, sizeof key_name);
    found->version = head.version;
    found->has_stale_key = !has_none && faccessat(mn_database_folder(database), key_name, F_OK,
                                                  AT_SYMLINK_NOFOLLOW) == 0;
    found->has_leftovers = mn_arrivals_left(mn_database_folder(database));
    return MAINET_OK;
}

/* A key that a crash left after the token was given a PIN opens older copies only. */
static mainet_status
tidy(const mainet_token *token, const chores *found, mainet_error *err)
{
    mn_auto(mn_lock) lock = mn_lock_new(mn_token_folder(token), true, err);
    char key_name[MN_SERIAL_LEN + sizeof ".key"];

    if (lock == NULL)
        return mn_failure(err);
    if (found->has_leftovers)
        mn_arrivals_sweep(mn_lock_folder(lock));
    mn_token_file_name(token->serial, ".key", key_name, sizeof key_name);
    return found->has_stale_key ? mn_file_remove(mn_lock_folder(lock), key_name, err) : MAINET_OK;
}

void
mn_token_tend(mainet_token *token, const mn_keys *keys, const mn_wrap *opened, const uint8_t *pin,
              size_t pin_len)
{
    mainet_error no_matter = {0};
    chores found = {.version = 0};

    if (look(token, &found, &no_matter) != MAINET_OK)
        return;
    if (found.version < MN_DATABASE_VERSION)
        (void)migrate(token, keys, &no_matter);
    if (opened->role != MN_ROLE_NONE && mn_kdf_is_cheap(&opened->kdf))
        (void)reseal(token, keys, opened, pin, pin_len, &no_matter);
    if (found.has_stale_key || found.has_leftovers)
        (void)tidy(token, &found, &no_matter);
}
