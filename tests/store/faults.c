/* SPDX-License-Identifier: BSD-3-Clause */
#include "faults.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "face.h"

static struct {
    size_t left; /* calls until it happens; 0: nothing is armed */
    bool dies;
    bool halfway;
    bool stays;
    bool happened;
    int cause;
    bool repeats;
    const char *first;
} fault;

void
faults_die(size_t nth, bool halfway)
{
    fault.left = nth;
    fault.dies = true;
    fault.halfway = halfway;
    fault.happened = false;
    fault.repeats = false;
}

void
faults_fail(size_t nth, int cause, bool and_all_later)
{
    fault.left = nth;
    fault.dies = false;
    fault.halfway = false;
    fault.stays = and_all_later;
    fault.cause = cause;
    fault.happened = false;
    fault.repeats = false;
}

bool
faults_disarm(void)
{
    fault.left = 0;
    return fault.happened;
}

const char *
faults_first(void)
{
    return fault.first;
}

/* Only a write can be left halfway. */
static bool
is_due(bool is_write)
{
    if (fault.left == 0 || (fault.halfway && !is_write) || --fault.left != 0)
        return false;
    fault.happened = true;
    return true;
}

/* Whether the call is to fail; it may also never return. */
static bool
fails(const char *name, bool is_write)
{
    if (!is_due(is_write))
        return false;
    if (!fault.repeats)
        fault.first = name;
    if (fault.dies)
        (void)kill(getpid(), SIGKILL);
    if (fault.stays)
        fault.left = 1;
    fault.repeats = fault.stays;
    errno = fault.cause;
    return true;
}

#define SIMPLE_FACE(name, parameters, arguments)                                                   \
    FACE(int, name, parameters, arguments)                                                         \
    {                                                                                              \
        return fails(#name, false) ? -1 : real_##name arguments;                                   \
    }

SIMPLE_FACE(fsync, (int fd), (fd))
SIMPLE_FACE(fdatasync, (int fd), (fd))
SIMPLE_FACE(ftruncate64, (int fd, off_t len), (fd, len))
SIMPLE_FACE(unlink, (const char *path), (path))
SIMPLE_FACE(unlinkat, (int folder, const char *name, int flags), (folder, name, flags))
SIMPLE_FACE(renameat, (int from, const char *name, int to, const char *new_name),
            (from, name, to, new_name))
SIMPLE_FACE(linkat, (int from, const char *name, int to, const char *new_name, int flags),
            (from, name, to, new_name, flags))
SIMPLE_FACE(mkdir, (const char *path, mode_t mode), (path, mode))
SIMPLE_FACE(mkdirat, (int folder, const char *name, mode_t mode), (folder, name, mode))
SIMPLE_FACE(fchmod, (int fd, mode_t mode), (fd, mode))

FACE(ssize_t, write, (int fd, const void *data, size_t len), (fd, data, len))
{
    if (fault.left == 1 && fault.halfway)
        (void)real_write(fd, data, len / 2);
    return fails("write", true) ? -1 : real_write(fd, data, len);
}

FACE(ssize_t, pwrite64, (int fd, const void *data, size_t len, off_t offset),
     (fd, data, len, offset))
{
    if (fault.left == 1 && fault.halfway)
        (void)real_pwrite64(fd, data, len / 2, offset);
    return fails("pwrite", true) ? -1 : real_pwrite64(fd, data, len, offset);
}

FACE(int, posix_fallocate64, (int fd, off_t offset, off_t len), (fd, offset, len))
{
    return fails("posix_fallocate", false) ? fault.cause : real_posix_fallocate64(fd, offset, len);
}

/* Opening changes something only where it creates; `mode` is what stands there otherwise. */
static bool
open_fails(int flags)
{
    return (flags & O_CREAT) != 0 && fails("open", false);
}

FACE(int, open64, (const char *path, int flags, mode_t mode), (path, flags, mode))
{
    return open_fails(flags) ? -1 : real_open64(path, flags, mode);
}

FACE(int, openat64, (int folder, const char *name, int flags, mode_t mode),
     (folder, name, flags, mode))
{
    return open_fails(flags) ? -1 : real_openat64(folder, name, flags, mode);
}
