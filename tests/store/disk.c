/* SPDX-License-Identifier: BSD-3-Clause */
#include "disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>
#include <sqlite3.h>

#define SECTOR 512
#define FILE_CEILING (1 << 18)
#define NAME_LEN 64
#define FILES 16

typedef enum event_kind { CREATED, WRITTEN, CUT, SYNCED, DELETED, DELETED_FOR_GOOD } event_kind;

typedef struct event {
    event_kind kind;
    size_t file;
    size_t offset; /* of what was written; the length after a cut */
    size_t len;
    uint8_t *data;
} event;

/* A file as it was when the recording began. */
typedef struct recorded_file {
    char name[NAME_LEN];
    bool existed;
    size_t len;
    uint8_t *data;
} recorded_file;

struct disk_log {
    char folder[128];
    recorded_file files[FILES];
    size_t file_count;
    event *events;
    size_t event_count;
};

static disk_log *current; /* NULL: nothing is written down */
static const char *synchronous;

static size_t
file_of(disk_log *log, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    size_t i = 0;

    while (i < log->file_count && strcmp(log->files[i].name, name) != 0)
        i++;
    if (i == log->file_count) {
        ck_assert_uint_lt(i, FILES);
        (void)snprintf(log->files[log->file_count++].name, NAME_LEN, "%s", name);
    }
    return i;
}

static bool
is_logged(const char *path)
{
    return current != NULL && path != NULL &&
           strncmp(path, current->folder, strlen(current->folder)) == 0 &&
           path[strlen(current->folder)] == '/';
}

static void
note(event_kind kind, size_t file, size_t offset, const void *data, size_t len)
{
    event *noted = NULL;

    if (current == NULL)
        return;
    if ((current->event_count & (current->event_count - 1)) == 0)
        current->events =
            realloc(current->events, (2 * current->event_count + 1) * sizeof *current->events);
    noted = &current->events[current->event_count++];
    *noted = (event){.kind = kind, .file = file, .offset = offset, .len = len};
    if (data != NULL) {
        noted->data = malloc(len);
        memcpy(noted->data, data, len);
    }
}

void
disk_synchronous(const char *level)
{
    synchronous = level;
}

void
disk_log_free(disk_log *log)
{
    for (size_t i = 0; i < log->event_count; i++)
        free(log->events[i].data);
    for (size_t i = 0; i < log->file_count; i++)
        free(log->files[i].data);
    free(log->events);
    free(log);
}

disk_log *
disk_record(const char *folder)
{
    disk_log *log = calloc(1, sizeof *log);
    DIR *listing = opendir(folder);

    (void)snprintf(log->folder, sizeof log->folder, "%s", folder);
    ck_assert_ptr_nonnull(listing);
    for (struct dirent *entry = readdir(listing); entry != NULL; entry = readdir(listing)) {
        recorded_file *file = NULL;
        int fd = -1;

        if (entry->d_type != DT_REG)
            continue;
        file = &log->files[file_of(log, entry->d_name)];
        fd = openat(dirfd(listing), entry->d_name, O_RDONLY);
        file->data = malloc(FILE_CEILING);
        file->len = (size_t)read(fd, file->data, FILE_CEILING);
        file->existed = true;
        (void)close(fd);
    }
    (void)closedir(listing);
    current = log;
    return log;
}

size_t
disk_stop(const disk_log *log)
{
    current = NULL;
    return log->event_count;
}

/* What became of one file: its directory entry and its bytes. */
typedef struct image {
    bool exists;
    size_t len;
    uint8_t bytes[FILE_CEILING];
} image;

static void
apply(image *now, const event *what)
{
    if (what->kind == WRITTEN) {
        ck_assert_uint_le(what->offset + what->len, FILE_CEILING);
        memcpy(now->bytes + what->offset, what->data, what->len);
        if (what->offset + what->len > now->len)
            now->len = what->offset + what->len;
    } else if (what->kind == CUT) {
        if (what->offset < now->len)
            memset(now->bytes + what->offset, 0, now->len - what->offset);
        now->len = what->offset;
    }
}

/* The event up to which the disk surely holds everything of this file. */
static size_t
last_synced(const disk_log *log, size_t file, size_t events)
{
    while (events > 0 && !(log->events[events - 1].file == file &&
                           (log->events[events - 1].kind == SYNCED ||
                            log->events[events - 1].kind == DELETED_FOR_GOOD)))
        events--;
    return events;
}

/* Directory entries change in order, so some of the changes arrived and those after them did not:
 * the bytes are those of the file that then has the name. */
static size_t
some_directory(const disk_log *log, size_t file, size_t from, size_t events, unsigned *seed,
               bool *exists, size_t *begin)
{
    size_t end = events;

    for (size_t i = from; i < events; i++) {
        const event *what = &log->events[i];

        if (what->file != file || what->kind == WRITTEN || what->kind == CUT)
            continue;
        if (rand_r(seed) % 2 == 0)
            return i;
        *exists = what->kind == CREATED;
        *begin = i + 1;
    }
    return end;
}

/* Each sector has any of the contents that it had since the last sync; so has the length. */
static void
lose_sectors(const disk_log *log, image *now, size_t file, size_t from, size_t to, unsigned *seed)
{
    static image latest;
    size_t durable_len = now->len;

    latest = *now;
    if (rand_r(seed) % 2 == 0) /* a file may have grown before what it grew for arrived */
        memset(now->bytes + now->len, rand_r(seed) & 255, FILE_CEILING - now->len);
    for (size_t i = from; i < to; i++) {
        const event *what = &log->events[i];
        size_t first = what->offset / SECTOR;

        if (what->file != file)
            continue;
        apply(&latest, what);
        if (rand_r(seed) % 2 == 0)
            now->len = latest.len;
        for (size_t s = first; what->kind == WRITTEN && s * SECTOR < what->offset + what->len; s++)
            if (rand_r(seed) % 2 == 0)
                memcpy(now->bytes + s * SECTOR, latest.bytes + s * SECTOR, SECTOR);
    }
    if (now->len < durable_len)
        memset(now->bytes + now->len, 0, durable_len - now->len);
}

/* Whole writes arrive or do not, in order. */
static void
lose_writes(const disk_log *log, image *now, size_t file, size_t from, size_t to, unsigned *seed)
{
    int keep = rand_r(seed) % 3; /* all, none, each or not */

    for (size_t i = from; i < to; i++)
        if (log->events[i].file == file && (keep == 0 || (keep == 2 && rand_r(seed) % 2 == 0)))
            apply(now, &log->events[i]);
}

static void
make_image(const disk_log *log, image *now, size_t file, size_t events, unsigned *seed)
{
    size_t synced = last_synced(log, file, events);
    size_t begin = 0;
    size_t end = 0;

    memset(now, 0, sizeof *now);
    now->exists = log->files[file].existed;
    now->len = log->files[file].len;
    if (now->len != 0)
        memcpy(now->bytes, log->files[file].data, now->len);
    for (size_t i = 0; i < synced; i++)
        if (log->events[i].file == file &&
            (log->events[i].kind == CREATED || log->events[i].kind == DELETED ||
             log->events[i].kind == DELETED_FOR_GOOD)) {
            memset(now, 0, sizeof *now);
            now->exists = log->events[i].kind == CREATED;
        } else if (log->events[i].file == file) {
            apply(now, &log->events[i]);
        }
    end = some_directory(log, file, synced, events, seed, &now->exists, &begin);
    if (begin > synced) {
        memset(now->bytes, 0, sizeof now->bytes);
        now->len = 0;
    } else {
        begin = synced;
    }
    (rand_r(seed) % 2 == 0 ? lose_sectors : lose_writes)(log, now, file, begin, end, seed);
}

void
disk_cut(const disk_log *log, size_t events, unsigned *seed, const char *into)
{
    static image now;

    for (size_t file = 0; file < log->file_count; file++) {
        char path[256];
        int fd = -1;

        (void)snprintf(path, sizeof path, "%s/%s", into, log->files[file].name);
        (void)unlink(path);
        make_image(log, &now, file, events, seed);
        if (!now.exists)
            continue;
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        ck_assert_int_eq((int)write(fd, now.bytes, now.len), (int)now.len);
        (void)close(fd);
    }
}

/* The VFS: every method hands on to the real one, behind our own head. */

static sqlite3_vfs *real_vfs;
static sqlite3_vfs our_vfs;

typedef struct open_file {
    sqlite3_file base;
    size_t file;
    bool is_ours;
    sqlite3_file *real;
} open_file;

static sqlite3_file *
real_of(sqlite3_file *file)
{
    return ((open_file *)(void *)file)->real;
}

static void
note_file(sqlite3_file *file, event_kind kind, int64_t offset, const void *data, int len)
{
    const open_file *ours = (const open_file *)(void *)file;

    if (ours->is_ours)
        note(kind, ours->file, (size_t)offset, data, (size_t)len);
}

static int
disk_close(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int
disk_read(sqlite3_file *file, void *data, int len, sqlite3_int64 offset)
{
    return real_of(file)->pMethods->xRead(real_of(file), data, len, offset);
}

static int
disk_write(sqlite3_file *file, const void *data, int len, sqlite3_int64 offset)
{
    note_file(file, WRITTEN, offset, data, len);
    return real_of(file)->pMethods->xWrite(real_of(file), data, len, offset);
}

static int
disk_truncate(sqlite3_file *file, sqlite3_int64 len)
{
    note_file(file, CUT, len, NULL, 0);
    return real_of(file)->pMethods->xTruncate(real_of(file), len);
}

/* Nothing really reaches a disk here, so nothing need wait for one. The journal's own VFS syncs the
 * folder with the first sync of a new file. */
static int
disk_sync(sqlite3_file *file, int flags)
{
    (void)flags;
    note_file(file, SYNCED, 0, NULL, 0);
    return SQLITE_OK;
}

static int
disk_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int
disk_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int
disk_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int
disk_check_lock(sqlite3_file *file, int *result)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), result);
}

static int
disk_control(sqlite3_file *file, int operation, void *argument)
{
    char **pragma = argument;

    if (operation == SQLITE_FCNTL_PRAGMA && synchronous != NULL &&
        strcmp(pragma[1], "synchronous") == 0 && pragma[2] != NULL) {
        ck_assert_uint_le(strlen(synchronous), strlen(pragma[2]));
        strcpy(pragma[2], synchronous);
    }
    return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}

static int
disk_sector_size(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int
disk_characteristics(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static const sqlite3_io_methods methods = {
    1,
    disk_close,
    disk_read,
    disk_write,
    disk_truncate,
    disk_sync,
    disk_size,
    disk_lock,
    disk_unlock,
    disk_check_lock,
    disk_control,
    disk_sector_size,
    disk_characteristics,
};

static int
disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    open_file *ours = (open_file *)(void *)file;
    bool is_new = name != NULL && access(name, F_OK) != 0;
    int result = SQLITE_OK;

    (void)vfs;
    memset(ours, 0, sizeof *ours);
    ours->real = (sqlite3_file *)(void *)(ours + 1);
    result = real_vfs->xOpen(real_vfs, name, ours->real, flags, out_flags);
    if (result != SQLITE_OK)
        return result;
    ours->base.pMethods = &methods;
    ours->is_ours = is_logged(name);
    if (ours->is_ours) {
        ours->file = file_of(current, name);
        if (is_new)
            note(CREATED, ours->file, 0, NULL, 0);
    }
    return SQLITE_OK;
}

static int
disk_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
    (void)vfs;
    if (is_logged(name))
        note(sync_folder ? DELETED_FOR_GOOD : DELETED, file_of(current, name), 0, NULL, 0);
    return real_vfs->xDelete(real_vfs, name, 0);
}

void
disk_install(void)
{
    real_vfs = sqlite3_vfs_find("unix-none");
    ck_assert_ptr_nonnull(real_vfs);
    our_vfs = *real_vfs; /* the rest goes through untouched; the name too */
    our_vfs.szOsFile = real_vfs->szOsFile + (int)sizeof(open_file);
    our_vfs.xOpen = disk_open;
    our_vfs.xDelete = disk_delete;
    ck_assert_int_eq(sqlite3_vfs_register(&our_vfs, 0), SQLITE_OK);
    ck_assert_ptr_eq(sqlite3_vfs_find("unix-none"), &our_vfs);
}
