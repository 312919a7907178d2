/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/store.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/guest.h"
#include "store/scan.h"
#include "store/token-private.h"

struct mainet_store {
    atomic_uint references;
    char *path;
};

struct mainet_token_list {
    mainet_token **tokens;
    size_t count;
};

MN_AUTO_TYPE(mainet_token_list, mainet_token_list_free)

char *
mn_store_default_folder(mainet_error *err)
{
    static const struct {
        const char *variable;
        const char *below;
    } places[] = {{"MAINETCERT_STORE", ""},
                  {"XDG_DATA_HOME", "/mainetcert"},
                  {"HOME", "/.local/share/mainetcert"}};

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *value = secure_getenv(places[i].variable);
        char *folder = NULL;

        /* XDG: a relative path is to be ignored (Base Directory Specification) */
        if (value == NULL || *value == '\0' || (i != 0 && *value != '/'))
            continue;
        if (asprintf(&folder, "%s%s", value, places[i].below) < 0)
            return mn_fail_memory_null(err, "folder name");
        return folder;
    }
    return mn_fail_null(err, MAINET_E_STORE_OPEN, 0, "no MAINETCERT_STORE, XDG_DATA_HOME or HOME");
}

/* Resolve and check a folder that exists. */
static mainet_store *
open_folder(const char *folder, mainet_error *err)
{
    mn_auto(mainet_store) store = calloc(1, sizeof *store);
    mn_auto_fd fd = -1;

    if (store == NULL)
        return mn_fail_memory_null(err, "store");
    atomic_init(&store->references, 1);
    store->path = mn_folder_resolve(folder, err);
    if (store->path == NULL || mn_folder_open(store->path, &fd, err) != MAINET_OK)
        return NULL;
    return mainet_store_take(&store);
}

static mainet_store *
open_store(const char *folder, bool make, mainet_error *err)
{
    mn_auto_text chosen = NULL;

    chosen = folder != NULL ? strdup(folder) : mn_store_default_folder(err);
    if (chosen == NULL)
        return folder != NULL ? mn_fail_memory_null(err, "folder name") : NULL;
    if (make && access(chosen, F_OK) != 0 && mn_folder_make(chosen, err) != MAINET_OK)
        return NULL;
    return open_folder(chosen, err);
}

mainet_store *
mainet_store_open(const char *folder, mainet_error *err)
{
    MN_PUBLIC(err);
    return open_store(folder, true, err);
}

mainet_store *
mn_store_open_existing(const char *folder, mainet_error *err)
{
    return open_store(folder, false, err);
}

mainet_store *
mn_store_ref(mainet_store *store)
{
    atomic_fetch_add(&store->references, 1);
    return store;
}

void
mainet_store_free(mainet_store *store)
{
    if (store == NULL || atomic_fetch_sub(&store->references, 1) != 1)
        return;
    free(store->path);
    free(store);
}

const char *
mainet_store_path(const mainet_store *store)
{
    return store->path;
}

static mainet_status
scan_store(mainet_store *store, mn_scan *scan, mainet_error *err)
{
    mn_auto(mn_lock) lock = mn_lock_new(store->path, false, err);

    return lock == NULL ? mn_failure(err) : mn_scan_read(scan, &lock, store->path, err);
}

mainet_status
mn_store_scan(mainet_store *store, mn_store_entry **entries, size_t *count, uint32_t *next_slot,
              mn_stamp *stamp, mainet_error *err)
{
    mn_auto_scan scan = MN_SCAN_INIT;
    mn_stamp before = {.size = 0};

    *stamp = before;
    (void)mn_stamp_read_folder(store->path, &before);
    MN_TRY(scan_store(store, &scan, err));
    *entries = calloc(scan.count + 1, sizeof **entries);
    if (*entries == NULL)
        return mn_fail_memory(err, "list of tokens");
    for (size_t i = 0; i < scan.count; i++) {
        memcpy((*entries)[i].serial, scan.heads[i].serial, sizeof(*entries)[i].serial);
        (*entries)[i].slot = scan.heads[i].slot;
    }
    *count = scan.count;
    *next_slot = scan.next_slot;
    if (scan.broken[0] == '\0')
        *stamp = before;
    return MAINET_OK;
}

mainet_token *
mn_store_token(mainet_store *store, const char *serial, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    char name[MN_SERIAL_LEN + sizeof ".db"];
    mn_head head;

    mn_token_file_name(serial, ".db", name, sizeof name);
    database = mn_database_open(store->path, name, MN_ACCESS_READ, err);
    if (database == NULL || mn_head_read(database, &head, err) != MAINET_OK)
        return NULL;
    if (strcmp(head.serial, serial) != 0)
        return mn_fail_null(err, MAINET_E_STORE_OPEN, 0, "%s says that it is %s", name,
                            head.serial);
    return mn_token_handle(store, database, &head, err);
}

/* The head that a label or serial names; without one, `MaiNet` or the only token there is. */
static const mn_head *
choose(const mn_scan *scan, const char *label, mainet_error *err)
{
    const char *wanted = label != NULL ? label : "MaiNet";
    const mn_head *found = NULL;

    for (size_t i = 0; i < scan->count; i++) {
        if (strcmp(scan->heads[i].label, wanted) != 0 && strcmp(scan->heads[i].serial, wanted) != 0)
            continue;
        if (found != NULL)
            return mn_fail_null(err, MAINET_E_TOKEN_AMBIGUOUS, 0, "tokens %s and %s are both '%s'",
                                found->serial, scan->heads[i].serial, wanted);
        found = &scan->heads[i];
    }
    if (found == NULL && label == NULL && scan->count == 1)
        found = &scan->heads[0];
    if (found == NULL)
        return mn_fail_null(err, MAINET_E_TOKEN_NOT_FOUND, 0, "no token '%s'", wanted);
    return found;
}

/* A file that cannot be read is left out of a scan; if no other token was meant, say what is wrong
 * with it. */
static mainet_token *
explain_missing(mainet_store *store, const char *label, mainet_error *err)
{
    if (label != NULL && strlen(label) == MN_SERIAL_LEN &&
        strspn(label, "0123456789abcdef") == MN_SERIAL_LEN)
        return mn_store_token(store, label, err);
    return NULL;
}

mainet_token *
mainet_token_open(mainet_store *store, const char *label, mainet_error *err)
{
    mn_auto_scan scan = MN_SCAN_INIT;
    const mn_head *head = NULL;

    MN_PUBLIC(err);
    if (store == NULL)
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "a store is required");
    if (scan_store(store, &scan, err) != MAINET_OK)
        return NULL;
    head = choose(&scan, label, err);
    if (head != NULL)
        return mn_store_token(store, head->serial, err);
    if (mn_failure(err) != MAINET_E_TOKEN_NOT_FOUND)
        return NULL;
    if (scan.count == 0 && scan.broken[0] != '\0')
        return mn_store_token(store, scan.broken, err);
    return explain_missing(store, label, err);
}

mainet_token_list *
mainet_store_tokens(mainet_store *store, mainet_error *err)
{
    mn_auto(mainet_token_list) list = calloc(1, sizeof *list);
    mn_auto_scan scan = MN_SCAN_INIT;

    MN_PUBLIC(err);
    if (store == NULL)
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "a store is required");
    if (list == NULL)
        return mn_fail_memory_null(err, "list of tokens");
    if (scan_store(store, &scan, err) != MAINET_OK)
        return NULL;
    list->tokens = calloc(scan.count + 1, sizeof *list->tokens);
    if (list->tokens == NULL)
        return mn_fail_memory_null(err, "list of tokens");
    for (size_t i = 0; i < scan.count; i++) {
        mainet_error gone = {0};
        mainet_token *token = mn_store_token(store, scan.heads[i].serial, &gone);

        if (token != NULL)
            list->tokens[list->count++] = token;
    }
    return mainet_token_list_take(&list);
}

size_t
mainet_token_list_count(const mainet_token_list *list)
{
    return list->count;
}

mainet_token *
mainet_token_list_at(const mainet_token_list *list, size_t index, mainet_error *err)
{
    MN_PUBLIC(err);
    if (list == NULL || index >= list->count)
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "no token %zu in this list", index);
    /* a handle of its own, so that one caller's unlock is not another's */
    return mn_store_token(list->tokens[index]->store, list->tokens[index]->serial, err);
}

void
mainet_token_list_free(mainet_token_list *list)
{
    if (list == NULL)
        return;
    for (size_t i = 0; i < list->count; i++)
        mainet_token_free(list->tokens[i]);
    free(list->tokens);
    free(list);
}
