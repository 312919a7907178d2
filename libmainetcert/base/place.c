/* SPDX-License-Identifier: BSD-3-Clause */
/* Files that a caller asked for: whole and durable under their name, or not there. */
#include "base/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/guest.h"

void
mn_place_clear(mn_place *place)
{
    mn_fd_cleanup(&place->folder);
}

mainet_status
mn_place_find(mn_place *place, const char *path, mainet_error *err)
{
    mn_auto_text folder = strdup(path);
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;

    if (folder == NULL)
        return mn_fail_memory(err, "file name");
    if (*name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
        strlen(name) > MN_PLACE_NAME_MAX)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "'%s' names no file", path);
    (void)snprintf(place->name, sizeof place->name, "%s", name);
    folder[name - path] = '\0';
    place->folder = open(slash == NULL ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (place->folder < 0)
        return mn_fail_access(err, MAINET_E_FILE, errno, AT_FDCWD, slash == NULL ? "." : folder);
    return MAINET_OK;
}

mainet_status
mn_aside_name(char aside[MN_ASIDE_LEN], mainet_error *err)
{
    uint8_t unique[8];
    char unique_hex[2 * sizeof unique + 1];

    MN_TRY(mn_random(unique, sizeof unique, err));
    mn_hex(unique, sizeof unique, unique_hex);
    (void)snprintf(aside, MN_ASIDE_LEN, ".copy.%s", unique_hex);
    return MAINET_OK;
}

/* A link does not replace what is there. Where the file system has none (memory sticks), look
 * first. */
static mainet_status
give_name(int folder, const char *aside, const char *name, mainet_status failure, mainet_error *err)
{
    bool exists = false;

    if (linkat(folder, aside, folder, name, 0) == 0)
        return MAINET_OK;
    exists = errno == EEXIST || faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    if (exists)
        return mn_fail(err, MAINET_E_FILE_EXISTS, EEXIST, "%s", name);
    if (renameat(folder, aside, folder, name) != 0)
        return mn_fail_access(err, failure, errno, folder, name);
    return MAINET_OK;
}

mainet_status
mn_aside_publish(int folder, const char *aside, const char *name, bool replace,
                 mainet_status failure, mainet_error *err)
{
    mainet_status status = MAINET_OK;

    if (!replace)
        MN_TRY(give_name(folder, aside, name, failure, err));
    else if (renameat(folder, aside, folder, name) != 0)
        return mn_fail_access(err, failure, errno, folder, name);
    if (fsync(folder) == 0)
        return MAINET_OK;
    status = mn_fail_access(err, failure, errno, folder, name);
    if (!replace)
        (void)unlinkat(folder, name, 0); /* what may not last is not handed out */
    return status;
}

static mainet_status
write_aside(int folder, const char *aside, const char *name, const mainet_bytes *bytes,
            mainet_error *err)
{
    mn_auto_fd fd = -1;

    fd = openat(folder, aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return mn_fail_access(err, MAINET_E_FILE, errno, folder, ".");
    if (mn_file_write_all(fd, name, mainet_bytes_data(bytes), mainet_bytes_len(bytes), err) ==
        MAINET_OK)
        return MAINET_OK;
    err->status = MAINET_E_FILE; /* what goes wrong outside the store is not the store's */
    return MAINET_E_FILE;
}

mainet_status
mainet_bytes_save(const mainet_bytes *bytes, const char *path, bool replace, mainet_error *err)
{
    mn_auto_place at = {.folder = -1};
    char aside[MN_ASIDE_LEN];
    mainet_status status = MAINET_OK;

    MN_PUBLIC(err);
    if (bytes == NULL || path == NULL)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "bytes and a path are required");
    MN_TRY(mn_place_find(&at, path, err));
    if (!replace && faccessat(at.folder, at.name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
        return mn_fail(err, MAINET_E_FILE_EXISTS, EEXIST, "%s", path);
    MN_TRY(mn_aside_name(aside, err));
    status = write_aside(at.folder, aside, path, bytes, err);
    if (status == MAINET_OK)
        status = mn_aside_publish(at.folder, aside, at.name, replace, MAINET_E_FILE, err);
    (void)unlinkat(at.folder, aside, 0);
    return status;
}
