/* SPDX-License-Identifier: BSD-3-Clause */
#include "faults.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

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

static bool
is_due(void)
{
    if (fault.left == 0 || --fault.left != 0)
        return false;
    fault.happened = true;
    return true;
}

/* Whether the call is to fail; it may also never return. */
static bool
fails(const char *name)
{
    if (!is_due())
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

/* The linker gives each call this face, and its own the name __real_… */
#define WRAP(type, name, parameters, arguments)                                                    \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        return fails(#name) ? -1 : __real_##name arguments;                                        \
    }

WRAP(int, fsync, (int fd), (fd))
WRAP(int, fdatasync, (int fd), (fd))
WRAP(int, ftruncate64, (int fd, off_t len), (fd, len))
WRAP(int, unlink, (const char *path), (path))
WRAP(int, unlinkat, (int folder, const char *name, int flags), (folder, name, flags))
WRAP(int, renameat, (int from, const char *name, int to, const char *new_name),
     (from, name, to, new_name))
WRAP(int, mkdirat, (int folder, const char *name, mode_t mode), (folder, name, mode))
WRAP(int, fchmod, (int fd, mode_t mode), (fd, mode))

ssize_t
__real_write(int fd, const void *data, size_t len);
ssize_t
__wrap_write(int fd, const void *data, size_t len);
ssize_t
__real_pwrite64(int fd, const void *data, size_t len, off_t offset);
ssize_t
__wrap_pwrite64(int fd, const void *data, size_t len, off_t offset);
int
__real_posix_fallocate64(int fd, off_t offset, off_t len);
int
__wrap_posix_fallocate64(int fd, off_t offset, off_t len);
int
__real_openat64(int folder, const char *name, int flags, ...);
int
__wrap_openat64(int folder, const char *name, int flags, ...);
int
__real_open64(const char *path, int flags, ...);
int
__wrap_open64(const char *path, int flags, ...);

ssize_t
__wrap_write(int fd, const void *data, size_t len)
{
    if (fault.left == 1 && fault.dies && fault.halfway)
        (void)__real_write(fd, data, len / 2);
    return fails("write") ? -1 : __real_write(fd, data, len);
}

ssize_t
__wrap_pwrite64(int fd, const void *data, size_t len, off_t offset)
{
    if (fault.left == 1 && fault.dies && fault.halfway)
        (void)__real_pwrite64(fd, data, len / 2, offset);
    return fails("pwrite") ? -1 : __real_pwrite64(fd, data, len, offset);
}

int
__wrap_posix_fallocate64(int fd, off_t offset, off_t len)
{
    return fails("posix_fallocate") ? fault.cause : __real_posix_fallocate64(fd, offset, len);
}

/* Opening changes something only where it creates. */
static bool
open_fails(int flags)
{
    return (flags & O_CREAT) != 0 && fails("open");
}

static mode_t
mode_of(int flags, va_list arguments)
{
    return (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
}

int
__wrap_openat64(int folder, const char *name, int flags, ...)
{
    va_list arguments;
    mode_t mode = 0;

    va_start(arguments, flags);
    mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_fails(flags) ? -1 : __real_openat64(folder, name, flags, mode);
}

int
__wrap_open64(const char *path, int flags, ...)
{
    va_list arguments;
    mode_t mode = 0;

    va_start(arguments, flags);
    mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_fails(flags) ? -1 : __real_open64(path, flags, mode);
}
