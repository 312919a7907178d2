/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/crypto.h"

void
mn_fd_cleanup(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

void
mn_text_cleanup(char **text)
{
    free(*text);
    *text = NULL;
}

char *
mn_folder_resolve(const char *path, mainet_error *err)
{
    char *resolved = realpath(path, NULL);

    if (resolved == NULL)
        (void)mn_fail_access(err, MAINET_E_STORE_OPEN, errno, AT_FDCWD, path);
    return resolved;
}

/* The innermost folder that is there is the one that does not let us in. `path` is cut to it. */
static mainet_status
fail_to_make(char *path, int cause, mainet_error *err)
{
    char *slash = NULL;

    if (cause != EACCES && cause != ENOENT)
        return mn_fail_access(err, MAINET_E_STORE_WRITE, cause, AT_FDCWD, path);
    for (;;) {
        slash = strrchr(path, '/');
        if (slash == NULL || slash == path)
            return mn_fail_access(err, MAINET_E_STORE_WRITE, EACCES, AT_FDCWD,
                                  slash == NULL ? "." : "/");
        *slash = '\0';
        if (access(path, F_OK) == 0)
            return mn_fail_access(err, MAINET_E_STORE_WRITE, EACCES, AT_FDCWD, path);
    }
}

mainet_status
mn_folder_make(const char *path, mainet_error *err)
{
    mn_auto_text copy = strdup(path);

    if (copy == NULL)
        return mn_fail_memory(err, "folder name");
    for (char *slash = copy + 1; *slash != '\0'; slash++) {
        if (*slash != '/')
            continue;
        *slash = '\0';
        (void)mkdir(copy, 0700); /* the last mkdir tells what is wrong */
        *slash = '/';
    }
    if (mkdir(copy, 0700) != 0 && errno != EEXIST)
        return fail_to_make(copy, errno, err);
    return MAINET_OK;
}

/* Whoever may write here could put his own token or key in the way (the manual's 6.1.4). */
static mainet_status
check_safety(int folder, const char *at, const struct stat *info, mainet_error *err)
{
    char name[PATH_MAX];

    if (info->st_uid == geteuid() && (info->st_mode & 022) == 0)
        return MAINET_OK;
    mn_file_name(folder, at, name, sizeof name);
    if (info->st_uid != geteuid())
        return mn_fail(err, MAINET_E_STORE_OPEN, EPERM,
                       "%s belongs to user %u, not to %u; run: chown %u '%s'", name,
                       (unsigned)info->st_uid, (unsigned)geteuid(), (unsigned)geteuid(), name);
    return mn_fail(err, MAINET_E_STORE_OPEN, EPERM,
                   "%s can be written by others (owner %u, mode %04o); run: chmod go-w '%s'", name,
                   (unsigned)info->st_uid, (unsigned)info->st_mode & 07777, name);
}

static mainet_status
open_folder(int parent, const char *path, int *fd, mainet_error *err)
{
    mn_auto_fd opened = -1;
    struct stat info;

    opened = openat(parent, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (opened < 0 || fstat(opened, &info) != 0)
        return mn_fail_access(err, MAINET_E_STORE_OPEN, errno, parent, path);
    MN_TRY(check_safety(parent, path, &info, err));
    *fd = opened;
    opened = -1;
    return MAINET_OK;
}

mainet_status
mn_folder_open(const char *path, int *fd, mainet_error *err)
{
    return open_folder(AT_FDCWD, path, fd, err);
}

mainet_status
mn_folder_open_below(int parent, const char *name, bool make, int *fd, mainet_error *err)
{
    if (make && mkdirat(parent, name, 0700) != 0 && errno != EEXIST)
        return mn_fail_access(err, MAINET_E_STORE_WRITE, errno, parent, name);
    return open_folder(parent, name, fd, err);
}

mainet_status
mn_file_check(int folder, const char *name, struct stat *info, mainet_error *err)
{
    struct stat found;

    if (fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW) != 0)
        return mn_fail_access(err, MAINET_E_STORE_OPEN, errno, folder, name);
    if (!S_ISREG(found.st_mode))
        return mn_fail(err, MAINET_E_STORE_OPEN, EINVAL, "%s is not a regular file", name);
    MN_TRY(check_safety(folder, name, &found, err));
    if (info != NULL)
        *info = found;
    return MAINET_OK;
}

static mainet_status
read_exactly(int fd, const char *name, uint8_t *data, size_t len, mainet_error *err)
{
    for (size_t done = 0; done < len;) {
        ssize_t got = read(fd, data + done, len - done);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return mn_fail(err, MAINET_E_STORE_OPEN, got < 0 ? errno : EIO, "%s: cannot read",
                           name);
        done += (size_t)got;
    }
    return MAINET_OK;
}

mn_secret *
mn_file_read_secret(int folder, const char *name, size_t ceiling, mainet_error *err)
{
    mn_auto(mn_secret) content = NULL;
    mn_auto_fd fd = -1;
    struct stat info;

    if (mn_file_check(folder, name, &info, err) != MAINET_OK)
        return NULL;
    if (info.st_size < 0 || (size_t)info.st_size > ceiling)
        return mn_fail_null(err, MAINET_E_STORE_OPEN, EFBIG, "%s is too large", name);
    fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return ((void)mn_fail_access(err, MAINET_E_STORE_OPEN, errno, folder, name), NULL);
    content = mn_secret_new((size_t)info.st_size, err);
    if (content == NULL ||
        read_exactly(fd, name, mn_secret_data(content), (size_t)info.st_size, err) != MAINET_OK)
        return NULL;
    return mn_secret_take(&content);
}

mainet_bytes *
mn_file_read(int folder, const char *name, size_t ceiling, mainet_error *err)
{
    mn_auto(mn_secret) content = mn_file_read_secret(folder, name, ceiling, err);
    mn_auto_buffer(copy, 0);

    if (content == NULL)
        return NULL;
    mn_buffer_append(&copy, mn_secret_bytes(content), mn_secret_len(content));
    return mn_buffer_take(&copy, err);
}

mainet_status
mn_file_write_span(int fd, const char *name, const uint8_t *data, size_t len, mainet_error *err)
{
    for (size_t done = 0; done < len;) {
        ssize_t put = write(fd, data + done, len - done);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return mn_fail(err, MAINET_E_STORE_WRITE, errno, "%s: %s", name, strerror(errno));
        done += (size_t)put;
    }
    return MAINET_OK;
}

static mainet_status
sync_file(int fd, const char *name, mainet_error *err)
{
    if (fsync(fd) != 0)
        return mn_fail(err, MAINET_E_STORE_WRITE, errno, "%s: %s", name, strerror(errno));
    return MAINET_OK;
}

mainet_status
mn_file_write_all(int fd, const char *name, const uint8_t *data, size_t len, mainet_error *err)
{
    MN_TRY(mn_file_write_span(fd, name, data, len, err));
    return sync_file(fd, name, err);
}

mainet_status
mn_file_copy(int from, int to, const char *name, mainet_status unread, mainet_error *err)
{
    uint8_t block[16384];

    for (;;) {
        ssize_t got = read(from, block, sizeof block);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return mn_fail(err, unread, errno, "%s: %s", name, strerror(errno));
        if (got == 0)
            return sync_file(to, name, err);
        MN_TRY(mn_file_write_span(to, name, block, (size_t)got, err));
    }
}

static mainet_status
write_aside(int folder, const char *aside, const uint8_t *data, size_t len, mainet_error *err)
{
    mn_auto_fd fd = -1;

    fd = openat(folder, aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return mn_fail_access(err, MAINET_E_STORE_WRITE, errno, folder, aside);
    if (mn_file_write_all(fd, aside, data, len, err) == MAINET_OK)
        return MAINET_OK;
    return mn_fail_access(err, MAINET_E_STORE_WRITE, err->cause, folder, ".");
}

mainet_status
mn_file_write(int folder, const char *name, const uint8_t *data, size_t len, mainet_error *err)
{
    char aside[300];
    uint8_t unique[8];
    char unique_hex[2 * sizeof unique + 1];
    mainet_status status = MAINET_OK;

    MN_TRY(mn_random(unique, sizeof unique, err));
    mn_hex(unique, sizeof unique, unique_hex);
    (void)snprintf(aside, sizeof aside, ".%s.%s", name, unique_hex);
    status = write_aside(folder, aside, data, len, err);
    if (status == MAINET_OK && (renameat(folder, aside, folder, name) != 0 || fsync(folder) != 0))
        status = mn_fail_access(err, MAINET_E_STORE_WRITE, errno, folder, name);
    if (status != MAINET_OK)
        (void)unlinkat(folder, aside, 0);
    return status;
}

DIR *
mn_folder_stream(int folder)
{
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = fd < 0 ? NULL : fdopendir(fd);
    int cause = errno;

    if (fd >= 0 && stream == NULL)
        (void)close(fd);
    errno = cause;
    return stream;
}

void
mn_dir_cleanup(DIR **stream)
{
    if (*stream != NULL)
        (void)closedir(*stream);
}

mainet_status
mn_file_unlink(int folder, const char *name, mainet_error *err)
{
    if (unlinkat(folder, name, 0) != 0 && errno != ENOENT)
        return mn_fail_access(err, MAINET_E_STORE_WRITE, errno, folder, name);
    return MAINET_OK;
}

mainet_status
mn_file_remove(int folder, const char *name, mainet_error *err)
{
    MN_TRY(mn_file_unlink(folder, name, err));
    (void)fsync(folder); /* a file that comes back after power loss is met again, not lost */
    return MAINET_OK;
}
