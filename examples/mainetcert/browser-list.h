/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_BROWSER_LIST_H
#define COMMAND_BROWSER_LIST_H

#include "browser-place.h"
#include "scope.h"

/* The list of modules that NSS keeps in `pkcs11.txt`: blocks of `name=value` lines with a blank
 * line between them. */

/** How our module stands in a list; empty strings: not at all. */
typedef struct browser_entry {
    char library[4096];
    char parameters[4096];
} browser_entry;

/** Look for our module, wherever it lies. A list that is not there has none. */
mainet_status
browser_list_find(const browser_place *place, browser_entry *found, mainet_error *err);

/** Add it, in place of one that lies elsewhere. */
mainet_status
browser_list_add(const browser_place *place, const browser_entry *entry, mainet_error *err);

/** Remove it; a list that never had it is not touched. */
mainet_status
browser_list_remove(const browser_place *place, mainet_error *err);

#endif
