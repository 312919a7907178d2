/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_BASE_FILE_H
#define MN_BASE_FILE_H

#include <dirent.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/secret.h"

/** Resolve a folder once: absolute, without links. The folder must exist. (malloc) */
char *
mn_folder_resolve(const char *path, mainet_error *err);

/** Make a folder and its missing parents, mode 0700; fine if it exists. */
mainet_status
mn_folder_make(const char *path, mainet_error *err);

/**
 * Open a resolved folder (O_DIRECTORY, O_NOFOLLOW, O_CLOEXEC) and check it: owned by the effective
 * user, not writable by others; MAINET_E_STORE_OPEN with path, owner, mode and the command
 * that mends it otherwise. The caller closes `*fd`.
 */
mainet_status
mn_folder_open(const char *path, int *fd, mainet_error *err);

/** Open a folder below an open one in the same way, making it (0700) if `make`. */
mainet_status
mn_folder_open_below(int parent, const char *name, bool make, int *fd, mainet_error *err);

/** Check a file in an open folder as mn_folder_open checks a folder, without opening it. ENOENT is
 *  MAINET_E_STORE_OPEN with cause ENOENT. `info` may be NULL. */
mainet_status
mn_file_check(int folder, const char *name, struct stat *info, mainet_error *err);

/** Read a whole checked file of at most `ceiling` bytes. */
mainet_bytes *
mn_file_read(int folder, const char *name, size_t ceiling, mainet_error *err);

/** As mn_file_read, into a secret. */
mn_secret *
mn_file_read_secret(int folder, const char *name, size_t ceiling, mainet_error *err);

/** Write aside, fsync, rename, fsync the folder; mode 0600. Readers see the old file or the new.
 *  MAINET_E_STORE_WRITE on failure, nothing changed. */
mainet_status
mn_file_write(int folder, const char *name, const uint8_t *data, size_t len, mainet_error *err);

/** Remove a file; fine if it is gone. */
mainet_status
mn_file_unlink(int folder, const char *name, mainet_error *err);

/** Remove a file and fsync the folder; fine if it is gone. */
mainet_status
mn_file_remove(int folder, const char *name, mainet_error *err);

/** A stream of its own on an open folder; NULL, with errno, if it cannot be read. */
DIR *
mn_folder_stream(int folder);

void
mn_dir_cleanup(DIR **stream);

#define mn_auto_dir __attribute__((cleanup(mn_dir_cleanup))) DIR

/** Write everything to an open file, which may not be on disk then; `name` is for error details. */
mainet_status
mn_file_write_span(int fd, const char *name, const uint8_t *data, size_t len, mainet_error *err);

/** Write everything to an open file and fsync it; `name` is for error details. */
mainet_status
mn_file_write_all(int fd, const char *name, const uint8_t *data, size_t len, mainet_error *err);

/** Copy an open file to another from where both stand, and fsync it. Answers `unread` if the first
 *  cannot be read, MAINET_E_STORE_WRITE if the other cannot be written. */
mainet_status
mn_file_copy(int from, int to, const char *name, mainet_status unread, mainet_error *err);

/** The whole path of a name in an open folder, as far as the system tells: for error details. "."
 *  is the folder itself; AT_FDCWD takes the name as it is. */
void
mn_file_name(int folder, const char *name, char *out, size_t out_len);

/** Fail as the manual's 6.1.4 does: which path, which owner, which mode, what to run. `cause` is
 * the errno of what was tried on `name` in `folder` (AT_FDCWD: a path). */
mainet_status
mn_fail_access(mainet_error *err, mainet_status status, int cause, int folder, const char *name);

/** `mn_auto_fd fd = -1;` is closed with its scope. */
#define mn_auto_fd __attribute__((cleanup(mn_fd_cleanup))) int

void
mn_fd_cleanup(int *fd);

/** `mn_auto_text text = NULL;`, a malloc'd string, is freed with its scope. */
#define mn_auto_text __attribute__((cleanup(mn_text_cleanup))) char *

void
mn_text_cleanup(char **text);

#endif
