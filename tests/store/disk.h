/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STORE_DISK_H
#define STORE_DISK_H

/* A disk whose power fails: an SQLite VFS that stands before the one the store uses, under its
 * name. It lets everything through to a file system in memory and writes down, in order, what was
 * written, cut, created, deleted and synced. From that it makes what a disk may hold after a power
 * cut: whatever was synced, and of the rest any part, sector by sector. */

#include <stddef.h>
#include <stdint.h>

typedef enum disk_event {
    DISK_CREATED,
    DISK_WRITTEN,
    DISK_CUT,
    DISK_SYNCED,
    DISK_DELETED,         /**< the folder was not synced afterwards */
    DISK_DELETED_FOR_GOOD /**< it was */
} disk_event;

#define DISK_NO_FILE SIZE_MAX

/** Stand before the VFS. Call it after the first use of the store, which configures SQLite. */
void
disk_install(void);

/** Let `PRAGMA synchronous=EXTRA` mean another level, such as "OFF"; NULL: as it says. */
void
disk_synchronous(const char *level);

/** What happened to the files of a folder. */
typedef struct disk_log disk_log;

/** Take the folder as it is for what the disk holds, and write down what happens from now on. */
disk_log *
disk_record(const char *folder);

/** Stop writing down; how many things there are. */
size_t
disk_stop(const disk_log *log);

/** Make a folder as the disk may hold it if the power failed after `events` of them. The seed
 *  decides what of the unsynced rest arrived. */
void
disk_cut(const disk_log *log, size_t events, unsigned *seed, const char *into);

void
disk_log_free(disk_log *log);

/** For the VFS: the number of a file; DISK_NO_FILE while nothing is written down, or for a file
 *  elsewhere. */
size_t
disk_file(const char *path);

/** For the VFS: write down one event. */
void
disk_note(size_t file, disk_event kind, size_t offset, const void *data, size_t len);

#endif
