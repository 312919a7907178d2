/* SPDX-License-Identifier: BSD-3-Clause */
#include "document.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.h"
#include "text.h"

#define CEILING (4 * 1024 * 1024)
#define BACKUP ".before-mainetcert"

static mainet_status
fail_at(const char *path, mainet_error *err)
{
    return fail(err, MAINET_E_FILE, errno, "%s: %s", path, strerror(errno));
}

char *
document_read(const char *path, mainet_error *err)
{
    struct stat info;
    scoped(char) text = NULL;
    size_t len = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = 0;

    if (fd < 0 || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size > CEILING) {
        if (fd >= 0)
            errno = EFBIG;
        (void)fail_at(path, err);
        (void)(fd < 0 || close(fd));
        return NULL;
    }
    text = must_have(calloc(1, (size_t)info.st_size + 1));
    while (len < (size_t)info.st_size &&
           (got = read(fd, text + len, (size_t)info.st_size - len)) > 0)
        len += (size_t)got;
    (void)close(fd);
    if (got < 0) {
        (void)fail_at(path, err);
        return NULL;
    }
    return char_take(&text);
}

static mainet_status
make_folders(const char *path, mainet_error *err)
{
    scoped(char) folder = must_have(strdup(path));

    for (char *slash = strchr(folder + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(folder, strstr(folder, "/.pki") != NULL ? 0700 : 0755) != 0 && errno != EEXIST)
            return fail_at(folder, err);
        *slash = '/';
    }
    return MAINET_OK;
}

static bool
write_all(int fd, const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        const ssize_t done = write(fd, text, left);

        if (done < 0 && errno != EINTR)
            return false;
        text += done > 0 ? done : 0;
        left -= done > 0 ? (size_t)done : 0;
    }
    return fsync(fd) == 0;
}

/* The file that a link stands for is the one that changes. */
static mainet_status
replace(const char *path, const char *text, mode_t mode, mainet_error *err)
{
    char real[PATH_MAX] = "";
    char aside[PATH_MAX + 16] = "";
    struct stat info;
    int fd = -1;
    bool is_done = false;

    if (realpath(path, real) == NULL)
        (void)snprintf(real, sizeof real, "%s", path);
    (void)snprintf(aside, sizeof aside, "%s.XXXXXX", real);
    fd = mkostemp(aside, O_CLOEXEC);
    if (fd < 0)
        return fail_at(real, err);
    if (stat(real, &info) == 0) {
        mode = info.st_mode & 07777;
        is_done = fchown(fd, info.st_uid, info.st_gid) == 0; /* may fail: then it is ours now */
    }
    is_done = fchmod(fd, mode) == 0 && write_all(fd, text);
    is_done = close(fd) == 0 && is_done;
    if (!is_done || rename(aside, real) != 0) {
        (void)fail_at(real, err);
        (void)unlink(aside);
        return err->status;
    }
    return MAINET_OK;
}

mainet_status
document_change(const char *path, const char *text, bool is_first, int mode, mainet_error *err)
{
    char backup[PATH_MAX] = "";
    mainet_error missing = {0};
    scoped(char) before = document_read(path, &missing);

    (void)snprintf(backup, sizeof backup, "%s%s", path, BACKUP);
    if (before == NULL && missing.cause != ENOENT)
        return fail(err, missing.status, missing.cause, "%s", missing.detail);
    if (before == NULL)
        TRY(make_folders(path, err));
    else if (is_first && access(backup, F_OK) != 0)
        TRY(replace(backup, before, 0600, err));
    return replace(path, text, (mode_t)mode, err);
}

static size_t
len_without_blank_end(const char *text)
{
    size_t len = strlen(text);

    while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
        len--;
    return len;
}

mainet_status
document_restore(const char *path, const char *text, mainet_error *err)
{
    char backup[PATH_MAX] = "";
    mainet_error missing = {0};
    scoped(char) before = NULL;
    const size_t len = len_without_blank_end(text);

    (void)snprintf(backup, sizeof backup, "%s%s", path, BACKUP);
    before = document_read(backup, &missing);
    if (before == NULL && len == 0)
        return unlink(path) == 0 || errno == ENOENT ? MAINET_OK : fail_at(path, err);
    if (before != NULL && len == len_without_blank_end(before) && strncmp(text, before, len) == 0)
        text = before;
    TRY(replace(path, text, 0600, err));
    return unlink(backup) == 0 || errno == ENOENT ? MAINET_OK : fail_at(backup, err);
}
