/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_STAMP_H
#define MN_STORE_STAMP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/** A token's file as it was at one moment. Equal stamps mean equal contents: what was read then
 *  need not be read again. */
typedef struct mn_stamp {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
    struct timespec changed;
    uint32_t counter; /**< of commits (sqlite.org/fileformat2.html, 1.3.7) */
    bool is_old;      /**< another change would have another time */
} mn_stamp;

/** Look at a file in a folder (AT_FDCWD: a path), without a lock: a commit that is not done yet is
 *  either seen as a change or was not made. False if it cannot be read, whatever the cause. */
bool
mn_stamp_read(int folder, const char *name, mn_stamp *stamp);

/** As mn_stamp_read, of a folder: nothing came, went or was replaced in it. There is no counter, so
 *  it is current only once it is old. */
bool
mn_stamp_read_folder(const char *path, mn_stamp *stamp);

bool
mn_stamp_equal(const mn_stamp *a, const mn_stamp *b);

/** Whether the file is as it was, by one system call if it has been so for some seconds. */
bool
mn_stamp_is_current(mn_stamp *stamp, int folder, const char *name);

#endif
