/* SPDX-License-Identifier: BSD-3-Clause */
/* Parcels on their way to the disk. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "store/parcel-private.h"

/* What a writer left who was killed: whoever writes holds the lock. */
static void
sweep(int pending)
{
    mn_auto_dir *stream = mn_folder_stream(pending);
    const size_t ending_len = strlen(FRESH);

    for (struct dirent *entry = stream == NULL ? NULL : readdir(stream); entry != NULL;
         entry = readdir(stream)) {
        size_t len = strlen(entry->d_name);

        if (entry->d_name[0] == '.' && len > 2 &&
            (len < ending_len || strcmp(entry->d_name + len - ending_len, FRESH) != 0))
            (void)unlinkat(pending, entry->d_name, 0);
    }
}

mainet_status
mn_parcel_reserve(const mainet_token *token, size_t size, int *room, mainet_error *err)
{
    mn_auto_parcels_access access = MN_PARCELS_ACCESS_INIT;
    mn_auto_fd fd = -1;
    int cause = 0;

    *room = -1;
    MN_TRY(mn_parcels_require_keys(token, err));
    MN_TRY(mn_parcels_begin(&access, token, true, err));
    sweep(access.pending);
    fd = openat(access.pending, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL || errno == ENOENT))
        return MAINET_OK;
    cause = fd < 0 ? errno : posix_fallocate(fd, 0, (off_t)size);
    if (cause != 0)
        return mn_fail_access(err, MAINET_E_STORE_WRITE, cause, access.pending, ".");
    *room = fd;
    fd = -1;
    return MAINET_OK;
}

/* A file without a name cannot take another's: it gets one of its own first. */
static bool
give_name(int room, int pending, const char *name)
{
    char path[40];
    char aside[MN_PARCEL_NAME_LEN + 8];

    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", room);
    (void)snprintf(aside, sizeof aside, ".%s.room", name);
    if (linkat(AT_FDCWD, path, pending, aside, AT_SYMLINK_FOLLOW) != 0)
        return false;
    if (renameat(pending, aside, pending, name) == 0)
        return fsync(pending) == 0;
    (void)unlinkat(pending, aside, 0);
    return false;
}

static bool
fill_room(int room, const mn_buffer *sealed)
{
    mainet_error no_matter = {0};

    return room >= 0 && lseek(room, 0, SEEK_SET) == 0 &&
           mn_file_write_all(room, FOLDER, sealed->data, sealed->len, &no_matter) == MAINET_OK &&
           ftruncate(room, (off_t)sealed->len) == 0 && fsync(room) == 0;
}

mainet_status
mn_parcel_write(const mainet_token *token, const char *id, int room, const mn_secret *content,
                mainet_error *err)
{
    mn_auto_buffer(sealed, MN_PARCEL_CEILING);
    mn_auto_parcels_access access = MN_PARCELS_ACCESS_INIT;
    char name[MN_PARCEL_NAME_LEN];

    MN_TRY(mn_parcels_require_keys(token, err));
    mn_parcel_name(mainet_token_serial(token), id, "", name);
    MN_TRY(mn_parcel_seal(mn_token_keys(token), name, content, &sealed, err));
    MN_TRY(mn_parcels_begin(&access, token, true, err));
    if (fill_room(room, &sealed) && give_name(room, access.pending, name))
        return MAINET_OK;
    return mn_file_write(access.pending, name, sealed.data, sealed.len, err);
}

/* Several that are on their way to the disk together, aside from their places. */
typedef struct stage {
    int pending;
    int fds[MN_PARCELS_TOGETHER];
    size_t count;
} stage;

static void
stage_clear(stage *self)
{
    for (size_t i = 0; i < self->count; i++)
        (void)close(self->fds[i]);
}

static void
name_aside(const char *name, char aside[MN_PARCEL_NAME_LEN + 8])
{
    (void)snprintf(aside, MN_PARCEL_NAME_LEN + 8, ".%s.new", name);
}

/* The disk is told at once, so that those that follow wait for one journal, not each for its own.
 */
static mainet_status
stage_add(stage *self, const char *name, const mn_buffer *sealed, mainet_error *err)
{
    char aside[MN_PARCEL_NAME_LEN + 8];
    int fd = -1;

    name_aside(name, aside);
    fd = openat(self->pending, aside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return mn_fail_access(err, MAINET_E_STORE_WRITE, errno, self->pending, aside);
    self->fds[self->count++] = fd;
    MN_TRY(mn_file_write_span(fd, FOLDER, sealed->data, sealed->len, err));
    (void)sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    return MAINET_OK;
}

static mainet_status
stage_settle(const stage *self, const mainet_token *token, const mn_parcel *parcels,
             mainet_error *err)
{
    char name[MN_PARCEL_NAME_LEN];
    char aside[MN_PARCEL_NAME_LEN + 8];

    for (size_t i = 0; i < self->count; i++) {
        if (fsync(self->fds[i]) != 0)
            return mn_fail_access(err, MAINET_E_STORE_WRITE, errno, self->pending, ".");
    }
    for (size_t i = 0; i < self->count; i++) {
        mn_parcel_name(mainet_token_serial(token), parcels[i].id, "", name);
        name_aside(name, aside);
        if (renameat(self->pending, aside, self->pending, name) != 0)
            return mn_fail_access(err, MAINET_E_STORE_WRITE, errno, self->pending, name);
    }
    if (fsync(self->pending) != 0)
        return mn_fail_access(err, MAINET_E_STORE_WRITE, errno, self->pending, ".");
    return MAINET_OK;
}

mainet_status
mn_parcels_write(const mainet_token *token, const mn_parcel *parcels, size_t count,
                 mainet_error *err)
{
    mn_auto_parcels_access access = MN_PARCELS_ACCESS_INIT;
    __attribute__((cleanup(stage_clear))) stage all = {.count = 0};
    char name[MN_PARCEL_NAME_LEN];

    assert(count <= MN_PARCELS_TOGETHER);
    MN_TRY(mn_parcels_require_keys(token, err));
    MN_TRY(mn_parcels_begin(&access, token, true, err));
    all.pending = access.pending;
    for (size_t i = 0; i < count; i++) {
        mn_auto_buffer(sealed, MN_PARCEL_CEILING);

        mn_parcel_name(mainet_token_serial(token), parcels[i].id, "", name);
        MN_TRY(mn_parcel_seal(mn_token_keys(token), name, parcels[i].content, &sealed, err));
        MN_TRY(stage_add(&all, name, &sealed, err));
    }
    return stage_settle(&all, token, parcels, err);
}
