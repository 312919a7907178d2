/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_SURROUNDINGS_H
#define COMMAND_SURROUNDINGS_H

#include <stdbool.h>

#include "scope.h"

/** A proxy setting of this machine. */
typedef struct surrounding {
    const char *source; /**< "environment", "GNOME", "KDE", "Firefox", "Firefox policy", "Chromium
                           policy" */
    const char *name;   /**< of the variable or key, as its owner calls it */
    char *value;        /**< without user name, password and query */
    bool is_used;       /**< by this program */
} surrounding;

/** All that were found. */
typedef struct surroundings {
    surrounding *items;
    size_t count;
} surroundings;

/** Find the proxies and PAC files that the environment, the desktop and browsers are set to. With
 *  `has_proxy` one was given on the command line, and the environment's do not count. */
void
surroundings_find(surroundings *found, bool has_proxy);

/** Those that an administrator settled for every browser. */
void
surroundings_find_policies(surroundings *found);

/** Add one that this program does not use, unless the value is "". */
void
surroundings_add(surroundings *found, const char *source, const char *name, const char *value);

/** As an array for --json. Yours to free. */
json_t *
surroundings_json(const surroundings *self);

/** Release them. */
void
surroundings_clear(surroundings *self);

#define surroundings_init __attribute__((cleanup(surroundings_clear))) surroundings

#endif
