/* SPDX-License-Identifier: BSD-3-Clause */
/* The VFS of disk.h: every method hands on to the real one, behind a head of our own. */
#include "disk.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <check.h>
#include <sqlite3.h>

static const char *synchronous;
static sqlite3_vfs *real_vfs;
static sqlite3_vfs our_vfs;

typedef struct open_file {
    sqlite3_file base;
    size_t file;
    sqlite3_file *real;
} open_file;

static sqlite3_file *
real_of(sqlite3_file *file)
{
    return ((open_file *)(void *)file)->real;
}

static void
note(sqlite3_file *file, disk_event kind, int64_t offset, const void *data, int len)
{
    const open_file *ours = (const open_file *)(void *)file;

    disk_note(ours->file, kind, (size_t)offset, data, (size_t)len);
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
    note(file, DISK_WRITTEN, offset, data, len);
    return real_of(file)->pMethods->xWrite(real_of(file), data, len, offset);
}

static int
disk_truncate(sqlite3_file *file, sqlite3_int64 len)
{
    note(file, DISK_CUT, len, NULL, 0);
    return real_of(file)->pMethods->xTruncate(real_of(file), len);
}

/* Nothing really reaches a disk here, so nothing need wait for one. The journal's own VFS syncs the
 * folder with the first sync of a new file. */
static int
disk_sync(sqlite3_file *file, int flags)
{
    (void)flags;
    note(file, DISK_SYNCED, 0, NULL, 0);
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
    ours->file = disk_file(name);
    if (is_new)
        disk_note(ours->file, DISK_CREATED, 0, NULL, 0);
    return SQLITE_OK;
}

static int
disk_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
    (void)vfs;
    disk_note(disk_file(name), sync_folder ? DISK_DELETED_FOR_GOOD : DISK_DELETED, 0, NULL, 0);
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

void
disk_synchronous(const char *level)
{
    synchronous = level;
}
