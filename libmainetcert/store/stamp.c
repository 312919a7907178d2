/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/stamp.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"

/* Two commits may come within one tick of the file system's clock, which is 2 s on some. */
#define OLD_AFTER_S 3
#define COUNTER_OFFSET 24 /* sqlite.org/fileformat2.html, 1.3: the file change counter */

static bool
is_old(const struct stat *info)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec - info->st_mtim.tv_sec > OLD_AFTER_S &&
           now.tv_sec - info->st_ctim.tv_sec > OLD_AFTER_S;
}

static mn_stamp
stamp_of(const struct stat *info)
{
    return (mn_stamp){.device = info->st_dev,
                      .inode = info->st_ino,
                      .size = info->st_size,
                      .modified = info->st_mtim,
                      .changed = info->st_ctim};
}

bool
mn_stamp_read(int folder, const char *name, mn_stamp *stamp)
{
    mn_auto_fd fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    uint8_t counter[4] = {0};
    mn_reader in = MN_READER_INIT(counter, sizeof counter);
    struct stat info;

    if (fd < 0 || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) ||
        pread(fd, counter, sizeof counter, COUNTER_OFFSET) != (ssize_t)sizeof counter)
        return false;
    *stamp = stamp_of(&info);
    stamp->counter = mn_read_u32(&in);
    stamp->is_old = is_old(&info);
    return true;
}

bool
mn_stamp_read_folder(const char *path, mn_stamp *stamp)
{
    struct stat info;

    if (lstat(path, &info) != 0 || !S_ISDIR(info.st_mode))
        return false;
    *stamp = stamp_of(&info);
    stamp->is_old = is_old(&info);
    return true;
}

static bool
is_same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool
looks_equal(const mn_stamp *a, const mn_stamp *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           is_same_time(&a->modified, &b->modified) && is_same_time(&a->changed, &b->changed);
}

bool
mn_stamp_equal(const mn_stamp *a, const mn_stamp *b)
{
    return looks_equal(a, b) && a->counter == b->counter;
}

bool
mn_stamp_is_current(mn_stamp *stamp, int folder, const char *name)
{
    mn_stamp now;
    struct stat info;

    if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    now = stamp_of(&info);
    if (!looks_equal(stamp, &now))
        return false;
    if (stamp->is_old)
        return true;
    if (!mn_stamp_read(folder, name, &now) || !mn_stamp_equal(stamp, &now))
        return false;
    stamp->is_old = now.is_old;
    return true;
}
