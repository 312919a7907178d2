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

#define SECTOR 512
#define FILE_CEILING (1 << 18)
#define NAME_LEN 64
#define FILES 16

typedef struct event {
    disk_event kind;
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

size_t
disk_file(const char *path)
{
    size_t len = current == NULL ? 0 : strlen(current->folder);

    return current != NULL && path != NULL && strncmp(path, current->folder, len) == 0 &&
                   path[len] == '/'
               ? file_of(current, path)
               : DISK_NO_FILE;
}

void
disk_note(size_t file, disk_event kind, size_t offset, const void *data, size_t len)
{
    event *noted = NULL;

    if (current == NULL || file == DISK_NO_FILE)
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
    if (what->kind == DISK_WRITTEN) {
        ck_assert_uint_le(what->offset + what->len, FILE_CEILING);
        memcpy(now->bytes + what->offset, what->data, what->len);
        if (what->offset + what->len > now->len)
            now->len = what->offset + what->len;
    } else if (what->kind == DISK_CUT) {
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
                           (log->events[events - 1].kind == DISK_SYNCED ||
                            log->events[events - 1].kind == DISK_DELETED_FOR_GOOD)))
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

        if (what->file != file || what->kind == DISK_WRITTEN || what->kind == DISK_CUT)
            continue;
        if (rand_r(seed) % 2 == 0)
            return i;
        *exists = what->kind == DISK_CREATED;
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
        for (size_t s = first; what->kind == DISK_WRITTEN && s * SECTOR < what->offset + what->len;
             s++)
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
            (log->events[i].kind == DISK_CREATED || log->events[i].kind == DISK_DELETED ||
             log->events[i].kind == DISK_DELETED_FOR_GOOD)) {
            memset(now, 0, sizeof *now);
            now->exists = log->events[i].kind == DISK_CREATED;
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
