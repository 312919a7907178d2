/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_BROWSER_PLACE_H
#define COMMAND_BROWSER_PLACE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum browser_kind { BROWSER_FIREFOX, BROWSER_CHROMIUM } browser_kind;

/** Where a browser of the user keeps the list of its PKCS#11 modules. */
typedef struct browser_place {
    browser_kind kind;
    char *folder;        /**< A profile of Firefox, or the shared database of NSS. */
    const char *sandbox; /**< "Snap" or "Flatpak", which see no module of the system; NULL: none. */
    bool exists;
    bool is_running; /**< Somebody is using the profile. */
} browser_place;

/** All of them. */
typedef struct browser_places {
    browser_place *items;
    size_t count;
} browser_places;

/** "Firefox" or "Chromium". */
const char *
browser_name(browser_kind kind);

/**
 * Find every profile of Firefox, in its old and new folders, and the databases of Chromium. The
 * latter's first one is told although it does not exist yet, if there is no other.
 */
void
browser_places_find(browser_places *found);

/** Release them. */
void
browser_places_clear(browser_places *self);

#define browser_places_init __attribute__((cleanup(browser_places_clear))) browser_places

#endif
