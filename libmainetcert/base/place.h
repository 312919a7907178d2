/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_BASE_PLACE_H
#define MN_BASE_PLACE_H

#include "base/file.h"

#define MN_PLACE_NAME_MAX 200

/** Where a caller wants a file: its folder, opened, and its name in there. */
typedef struct mn_place {
    int folder;
    char name[MN_PLACE_NAME_MAX + 1];
} mn_place;

/** Find the place that a path names. MAINET_E_ARGUMENT if it names no file, MAINET_E_FILE if its
 *  folder cannot be opened. */
mainet_status
mn_place_find(mn_place *place, const char *path, mainet_error *err);

void
mn_place_clear(mn_place *place);

/** `mn_auto_place at = {.folder = -1};` is closed with its scope. */
#define mn_auto_place __attribute__((cleanup(mn_place_clear))) mn_place

/** Room for a name that mn_aside_name makes. */
#define MN_ASIDE_LEN 32

/** Make up the name of a file that is not finished. */
mainet_status
mn_aside_name(char aside[MN_ASIDE_LEN], mainet_error *err);

/** Give a finished file its name and fsync the folder: durable, or not there. Without `replace`
 *  nothing loses its name: MAINET_E_FILE_EXISTS. Other failures are `failure`. */
mainet_status
mn_aside_publish(int folder, const char *aside, const char *name, bool replace,
                 mainet_status failure, mainet_error *err);

#endif
