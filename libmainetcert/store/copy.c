/* SPDX-License-Identifier: BSD-3-Clause */
/* A copy of a token's file under another name: whole and durable, or not there. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "store/token-private.h"

static mainet_status
write_aside(mn_database *database, int folder, const char *aside, mainet_error *err)
{
    mn_auto_fd fd = -1;

    fd = openat(folder, aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return mn_fail_access(err, MAINET_E_STORE_WRITE, errno, folder, aside);
    return mn_database_save(database, fd, err);
}

/* A link does not replace what is there. Where the file system has none (memory sticks), look
 * first. */
static mainet_status
give_name(int folder, const char *aside, const char *name, mainet_error *err)
{
    bool exists = false;

    if (linkat(folder, aside, folder, name, 0) == 0)
        return MAINET_OK;
    exists = errno == EEXIST || faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    if (exists)
        return mn_fail(err, MAINET_E_FILE_EXISTS, EEXIST, "%s", name);
    if (renameat(folder, aside, folder, name) != 0)
        return mn_fail_access(err, MAINET_E_STORE_WRITE, errno, folder, name);
    return MAINET_OK;
}

static mainet_status
replace_name(int folder, const char *aside, const char *name, mainet_error *err)
{
    if (renameat(folder, aside, folder, name) != 0)
        return mn_fail_access(err, MAINET_E_STORE_WRITE, errno, folder, name);
    return MAINET_OK;
}

mainet_status
mn_copy_write(mn_database *database, int folder, const char *name, bool replace, mainet_error *err)
{
    mainet_status status = MAINET_OK;
    uint8_t unique[8];
    char unique_hex[2 * sizeof unique + 1];
    char aside[32];

    MN_TRY(mn_random(unique, sizeof unique, err));
    mn_hex(unique, sizeof unique, unique_hex);
    (void)snprintf(aside, sizeof aside, ".copy.%s", unique_hex);
    status = write_aside(database, folder, aside, err);
    if (status == MAINET_OK)
        status = (replace ? replace_name : give_name)(folder, aside, name, err);
    (void)unlinkat(folder, aside, 0);
    if (status != MAINET_OK || fsync(folder) == 0)
        return status;
    status = mn_fail_access(err, MAINET_E_STORE_WRITE, errno, folder, name);
    if (!replace)
        (void)unlinkat(folder, name, 0); /* what may not last is not handed out */
    return status;
}
