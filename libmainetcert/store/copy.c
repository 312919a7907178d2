/* SPDX-License-Identifier: BSD-3-Clause */
/* A copy of a token's file under another name: whole and durable, or not there. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/place.h"
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

mainet_status
mn_copy_write(mn_database *database, int folder, const char *name, bool replace, mainet_error *err)
{
    mainet_status status = MAINET_OK;
    char aside[MN_ASIDE_LEN];

    MN_TRY(mn_aside_name(aside, err));
    status = write_aside(database, folder, aside, err);
    if (status == MAINET_OK)
        status = mn_aside_publish(folder, aside, name, replace, MAINET_E_STORE_WRITE, err);
    (void)unlinkat(folder, aside, 0);
    return status;
}
