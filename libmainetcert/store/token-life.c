/* SPDX-License-Identifier: BSD-3-Clause */
/* A token gets another name, or ends. */
#include <string.h>

#include "base/file.h"
#include "base/guest.h"
#include "store/parcel.h"
#include "store/scan.h"
#include "store/token-private.h"
#include "store/transaction.h"

mainet_status
mn_label_is_free(mn_lock **lock, const char *folder, const char *label, const char *serial,
                 mainet_error *err)
{
    mn_auto_scan scan = MN_SCAN_INIT;

    MN_TRY(mn_scan_read(&scan, lock, folder, err));
    for (size_t i = 0; i < scan.count; i++)
        if (strcmp(scan.heads[i].label, label) == 0 && strcmp(scan.heads[i].serial, serial) != 0)
            return mn_fail(err, MAINET_E_TOKEN_EXISTS, 0, "token %s has this label",
                           scan.heads[i].serial);
    return MAINET_OK;
}

/* The token's file, opened to write on a lock that is held already, and its head verified. */
static mn_database *
open_locked(mainet_token *token, mn_lock **lock, mn_head *head, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;

    database =
        mn_database_open_locked(lock, mn_token_folder(token), token->file, MN_ACCESS_WRITE, err);
    if (database == NULL || mn_head_read(database, head, err) != MAINET_OK ||
        mn_head_verify(head, token->keys, err) != MAINET_OK)
        return NULL;
    return mn_database_take(&database);
}

mainet_status
mainet_token_rename(mainet_token *token, const char *label, mainet_error *err)
{
    mn_auto(mn_lock) lock = NULL;
    mn_auto(mn_database) database = NULL;
    mn_head head;

    MN_PUBLIC(err);
    if (token == NULL)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "a token is required");
    MN_TRY(mn_label_check(label, err));
    if (token->keys == NULL)
        return mn_fail(err, MAINET_E_TOKEN_LOCKED, 0, "the token is locked");
    lock = mn_lock_new(mn_token_folder(token), true, err);
    if (lock == NULL)
        return mn_failure(err);
    MN_TRY(mn_label_is_free(&lock, mn_token_folder(token), label, token->serial, err));
    database = open_locked(token, &lock, &head, err);
    if (database == NULL)
        return mn_failure(err);
    memcpy(head.label, label, strlen(label) + 1);
    MN_TRY(mn_transaction_commit(database, token->keys, &head, err));
    memcpy(token->label, head.label, sizeof token->label);
    return MAINET_OK;
}

/* The token is gone with its first file; what lay beside it opens nothing by itself. */
static mainet_status
remove_files(const mainet_token *token, int folder, mainet_error *err)
{
    static const char *const beside[] = {".db-journal", ".key"};
    mainet_error no_matter = {0};
    char name[MN_SERIAL_LEN + sizeof ".db-journal"];

    MN_TRY(mn_file_remove(folder, token->file, err));
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        mn_token_file_name(token->serial, beside[i], name, sizeof name);
        (void)mn_file_remove(folder, name, &no_matter);
    }
    mn_token_remove_copies(folder, token->serial);
    return MAINET_OK;
}

mainet_status
mainet_token_delete(mainet_token *token, mainet_error *err)
{
    mn_auto(mn_lock) lock = NULL;
    mn_auto(mn_database) database = NULL;
    mn_head head;

    MN_PUBLIC(err);
    if (token == NULL)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "a token is required");
    database = mn_transaction_begin(token, token->keys, &head, err);
    if (database == NULL)
        return mn_failure(err);
    MN_TRY(mn_parcels_refuse(mn_database_folder(database), token->serial, err));
    lock = mn_database_close(&database);
    MN_TRY(remove_files(token, mn_lock_folder(lock), err));
    mn_token_set_keys(token, NULL);
    return MAINET_OK;
}
