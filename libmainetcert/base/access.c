/* SPDX-License-Identifier: BSD-3-Clause */
/* Why a file cannot be used, in the manner of the manual's 6.1.4: which one, whose, its mode, and
 * the command that mends it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

void
mn_file_name(int folder, const char *name, char *out, size_t out_len)
{
    char link[64];
    char path[PATH_MAX];
    ssize_t len = -1;

    if (folder != AT_FDCWD && *name != '/') {
        (void)snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        len = readlink(link, path, sizeof path - 1);
    }
    if (len <= 0)
        (void)snprintf(out, out_len, "%s", name);
    else if (strcmp(name, ".") == 0)
        (void)snprintf(out, out_len, "%.*s", (int)len, path);
    else
        (void)snprintf(out, out_len, "%.*s/%s", (int)len, path, name);
}

static mainet_status
fail_denied(mainet_error *err, mainet_status status, int cause, const char *path,
            const struct stat *info)
{
    const char *right = S_ISDIR(info->st_mode) ? "u+rwx" : "u+rw";

    if (info->st_uid != geteuid())
        return mn_fail(err, status, cause,
                       "%s for user %u (owner %u, mode %04o); run as root: chown %u '%s'",
                       strerror(cause), (unsigned)geteuid(), (unsigned)info->st_uid,
                       (unsigned)info->st_mode & 07777, (unsigned)geteuid(), path);
    return mn_fail(err, status, cause, "%s for user %u (owner %u, mode %04o); run: chmod %s '%s'",
                   strerror(cause), (unsigned)geteuid(), (unsigned)info->st_uid,
                   (unsigned)info->st_mode & 07777, right, path);
}

/* The file itself or the folder that it is in: whichever is in the way. */
static mainet_status
explain_denied(mainet_error *err, mainet_status status, int cause, int folder, const char *name)
{
    struct stat info;
    char path[PATH_MAX];
    bool exists = fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0;

    if (folder != AT_FDCWD && (!exists || faccessat(folder, name, R_OK | W_OK, AT_EACCESS) == 0 ||
                               faccessat(folder, ".", X_OK, AT_EACCESS) != 0)) {
        exists = fstat(folder, &info) == 0;
        name = ".";
    }
    mn_file_name(folder, name, path, sizeof path);
    if (!exists)
        return mn_fail(err, status, cause, "%s: %s", path, strerror(cause));
    return fail_denied(err, status, cause, path, &info);
}

mainet_status
mn_fail_access(mainet_error *err, mainet_status status, int cause, int folder, const char *name)
{
    char path[PATH_MAX];

    if (cause == EACCES || cause == EPERM)
        return explain_denied(err, status, cause, folder, name);
    mn_file_name(folder, name, path, sizeof path);
    if (cause == EROFS)
        return mn_fail(err, status, cause, "%s: read-only medium; look at: findmnt -T '%s'", path,
                       path);
    if (cause == ENOSPC || cause == EDQUOT)
        return mn_fail(err, status, cause, "%s: %s; look at: df '%s'", path, strerror(cause), path);
    return mn_fail(err, status, cause, "%s: %s", path, strerror(cause));
}
