/* SPDX-License-Identifier: BSD-3-Clause */
/* A token's file goes out, sealed as it is, and comes back. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/guest.h"
#include "base/place.h"
#include "store/arrival.h"
#include "store/scan.h"
#include "store/token-private.h"

#define KEY_ENDING ".key"

/* A token's file outside, and the name of its key's, if it has one. */
typedef struct place {
    mn_place file;
    char key_name[MN_PLACE_NAME_MAX + sizeof KEY_ENDING];
} place;

static void
place_clear(place *at)
{
    mn_place_clear(&at->file);
}

#define auto_place __attribute__((cleanup(place_clear))) place

static mainet_status
find_place(place *at, const char *path, mainet_error *err)
{
    MN_TRY(mn_place_find(&at->file, path, err));
    (void)snprintf(at->key_name, sizeof at->key_name, "%s%s", at->file.name, KEY_ENDING);
    return MAINET_OK;
}

/* What goes wrong outside the store is not the store's. */
static mainet_status
outside(mainet_status status, mainet_error *err)
{
    if (status != MAINET_E_STORE_WRITE)
        return status;
    err->status = MAINET_E_FILE;
    return MAINET_E_FILE;
}

static mainet_status
write_key(const place *at, const mn_secret *key, mainet_error *err)
{
    mn_auto_fd fd = -1;
    mainet_status status = MAINET_OK;

    fd = openat(at->file.folder, at->key_name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                0600);
    if (fd < 0 && errno == EEXIST)
        return mn_fail(err, MAINET_E_FILE_EXISTS, EEXIST, "%s", at->key_name);
    if (fd < 0)
        return mn_fail_access(err, MAINET_E_FILE, errno, at->file.folder, at->key_name);
    status = mn_file_write_all(fd, at->key_name, mn_secret_bytes(key), mn_secret_len(key), err);
    if (status != MAINET_OK)
        (void)unlinkat(at->file.folder, at->key_name, 0);
    return status;
}

/* Of a token without PIN the key too, first: a copy without it would open nothing. */
static mainet_status
write_files(const place *at, mn_database *database, const mn_secret *key, mainet_error *err)
{
    mainet_status status = MAINET_OK;

    if (faccessat(at->file.folder, at->file.name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
        return mn_fail(err, MAINET_E_FILE_EXISTS, EEXIST, "%s", at->file.name);
    if (key != NULL)
        MN_TRY(write_key(at, key, err));
    status = mn_copy_write(database, at->file.folder, at->file.name, false, err);
    if (status != MAINET_OK && key != NULL)
        (void)unlinkat(at->file.folder, at->key_name, 0);
    return status;
}

mainet_status
mainet_token_backup(mainet_token *token, const char *path, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mn_auto(mn_secret) key = NULL;
    auto_place at = {.file = {.folder = -1}};
    mn_wrap none;
    mn_head head;
    bool has_none = false;

    MN_PUBLIC(err);
    if (token == NULL || path == NULL)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "a token and a path are required");
    MN_TRY(find_place(&at, path, err));
    database = mn_token_access(token, MN_ACCESS_READ, &head, err);
    if (database == NULL)
        return mn_failure(err);
    MN_TRY(mn_wrap_read(database, MN_ROLE_NONE, &none, &has_none, err));
    if (has_none) {
        char name[MN_SERIAL_LEN + sizeof KEY_ENDING];

        mn_token_file_name(token->serial, KEY_ENDING, name, sizeof name);
        key = mn_file_read_secret(mn_database_folder(database), name, MN_SEAL_KEY_LEN, err);
        if (key == NULL)
            return mn_failure(err);
    }
    return outside(write_files(&at, database, key, err), err);
}

/* A restored token on its way into the folder. */
typedef struct restored {
    mainet_store *store;
    mn_lock *lock; /* held from the first look to the last */
    place from;
    char aside[MN_ARRIVAL_LEN];
    mn_head head;
    uint32_t next_slot;
    mn_secret *key;      /* NULL: the token has a PIN */
    mainet_token *token; /* made before anything is visible */
} restored;

/* What was not finished leaves nothing behind. */
static void
restored_clear(restored *self)
{
    if (self->lock != NULL && self->aside[0] != '\0')
        mn_arrivals_sweep(mn_lock_folder(self->lock));
    mn_lock_free(self->lock);
    place_clear(&self->from);
    mn_secret_free(self->key);
    mainet_token_free(self->token);
}

/* The file outside is read once, by one descriptor: what was checked is what is used. */
static mainet_status
open_source(const place *from, const char *name, int *fd, mainet_error *err)
{
    struct stat info;

    if (faccessat(from->file.folder, name, R_OK, AT_EACCESS | AT_SYMLINK_NOFOLLOW) != 0)
        return mn_fail_access(err, MAINET_E_FILE, errno, from->file.folder, name);
    MN_TRY(mn_file_check(from->file.folder, name, NULL, err));
    *fd = openat(from->file.folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (*fd < 0)
        return mn_fail_access(err, MAINET_E_FILE, errno, from->file.folder, name);
    if (fstat(*fd, &info) != 0 || !S_ISREG(info.st_mode) || info.st_uid != geteuid() ||
        (info.st_mode & 022) != 0)
        return mn_fail(err, MAINET_E_STORE_OPEN, EPERM, "%s changed while it was opened", name);
    return MAINET_OK;
}

static mainet_status
bring_in(restored *self, mainet_error *err)
{
    int folder = mn_lock_folder(self->lock);
    mn_auto_fd from = -1;
    mn_auto_fd to = -1;
    uint8_t unique[8];
    char unique_hex[2 * sizeof unique + 1];

    MN_TRY(open_source(&self->from, self->from.file.name, &from, err));
    MN_TRY(mn_random(unique, sizeof unique, err));
    mn_hex(unique, sizeof unique, unique_hex);
    (void)snprintf(self->aside, sizeof self->aside, ".%s.restore", unique_hex);
    to = openat(folder, self->aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (to < 0)
        return mn_fail_access(err, MAINET_E_STORE_WRITE, errno, folder, self->aside);
    return mn_file_copy(from, to, self->from.file.name, MAINET_E_FILE, err);
}

/* A whole token, under a serial that is nobody's here. */
static mainet_status
judge(restored *self, mn_database *database, mainet_error *err)
{
    char name[MN_SERIAL_LEN + sizeof ".db"];
    char serial[MN_SERIAL_LEN + 1];
    mn_wrap none;
    bool has_none = false;

    MN_TRY(mn_head_read(database, &self->head, err));
    MN_TRY(mn_database_check(database, err));
    mn_hex(self->head.token_id, MN_SERIAL_LEN / 2, serial);
    if (strcmp(serial, self->head.serial) != 0)
        return mn_fail(err, MAINET_E_STORE_OPEN, 0, "%s says that it is %s and %s",
                       self->from.file.name, serial, self->head.serial);
    mn_token_file_name(serial, ".db", name, sizeof name);
    if (faccessat(mn_database_folder(database), name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
        return mn_fail(err, MAINET_E_TOKEN_EXISTS, EEXIST, "%s is there", name);
    MN_TRY(mn_wrap_read(database, MN_ROLE_NONE, &none, &has_none, err));
    if (!has_none)
        return MAINET_OK;
    self->key =
        mn_file_read_secret(self->from.file.folder, self->from.key_name, MN_SEAL_KEY_LEN, err);
    return self->key == NULL ? mn_failure(err) : MAINET_OK;
}

/* The number belongs to the folder; no MAC of version 2 covers it. */
static mainet_status
move_to_slot(restored *self, mn_database *database, mainet_error *err)
{
    mn_auto(mn_statement) update = NULL;

    if (self->head.version < 2)
        return mn_fail(err, MAINET_E_TOKEN_EXISTS, 0,
                       "slot %u is taken, and a file of format 1 cannot be given another",
                       self->head.slot);
    self->head.slot = self->next_slot;
    update = mn_statement_new(database, "UPDATE meta SET slot = ?1", err);
    if (update == NULL)
        return mn_failure(err);
    mn_statement_bind_number(update, 1, self->head.slot);
    return mn_statement_run(update, err);
}

static mainet_status
settle_slot(restored *self, const mn_scan *scan, mn_database *database, mainet_error *err)
{
    bool is_taken = false;

    for (size_t i = 0; i < scan->count; i++)
        is_taken = is_taken || scan->heads[i].slot == self->head.slot;
    if (is_taken)
        MN_TRY(move_to_slot(self, database, err));
    if (self->head.slot < self->next_slot)
        return MAINET_OK;
    return mn_scan_consume_slot(mn_database_folder(database), self->head.slot, err);
}

/* What was written after the copy was made is not in it, but running programs know it by its row:
 * those that come now have other numbers. */
static mainet_status
leave_rows_out(mn_database *database, mainet_error *err)
{
    mn_auto(mn_statement) update = NULL;
    uint32_t gap = 0;

    MN_TRY(mn_random((uint8_t *)&gap, sizeof gap, err));
    update = mn_statement_new(
        database, "UPDATE sqlite_sequence SET seq = seq + 1000000 + ?1 WHERE name = 'object'", err);
    if (update == NULL)
        return mn_failure(err);
    mn_statement_bind_number(update, 1, gap);
    return mn_statement_run(update, err);
}

static mainet_status
examine(restored *self, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mn_auto_scan scan = MN_SCAN_INIT;
    const char *folder = mainet_store_path(self->store);
    mainet_status status = MAINET_OK;

    MN_TRY(mn_scan_read(&scan, &self->lock, folder, err));
    self->next_slot = scan.next_slot;
    database = mn_database_open_locked(&self->lock, folder, self->aside, MN_ACCESS_WRITE, err);
    if (database == NULL)
        return mn_failure(err);
    status = judge(self, database, err);
    if (status == MAINET_OK)
        status = settle_slot(self, &scan, database, err);
    if (status == MAINET_OK)
        status = leave_rows_out(database, err);
    if (status == MAINET_OK) {
        self->token = mn_token_handle(self->store, database, &self->head, err);
        status = self->token == NULL ? mn_failure(err) : mn_database_commit(database, err);
    }
    self->lock = mn_database_close(&database);
    return status;
}

static mainet_status
show(restored *self, mainet_error *err)
{
    int folder = mn_lock_folder(self->lock);
    char arrival[MN_ARRIVAL_LEN];

    mn_arrival_name(self->head.serial, arrival);
    if (renameat(folder, self->aside, folder, arrival) != 0)
        return mn_fail_access(err, MAINET_E_STORE_WRITE, errno, folder, self->aside);
    self->aside[0] = '\0';
    return mn_arrival_publish(folder, self->head.serial, self->key, err);
}

mainet_token *
mainet_store_restore(mainet_store *store, const char *path, mainet_error *err)
{
    __attribute__((cleanup(restored_clear)))
    restored self = {.store = store, .from = {.file = {.folder = -1}}};

    MN_PUBLIC(err);
    if (store == NULL || path == NULL)
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "a store and a path are required");
    if (find_place(&self.from, path, err) != MAINET_OK)
        return NULL;
    self.lock = mn_lock_new(mainet_store_path(store), true, err);
    if (self.lock == NULL || bring_in(&self, err) != MAINET_OK ||
        examine(&self, err) != MAINET_OK || show(&self, err) != MAINET_OK)
        return NULL;
    return mainet_token_take(&self.token);
}
