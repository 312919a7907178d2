/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STORE_MEMORY_H
#define STORE_MEMORY_H

/* Looking for secrets in all the memory of this process, freed blocks and stacks included. What is
 * looked for is kept in a form of its own, and so is never found where it is kept. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Remember what is to be looked for, of longer secrets the beginning; children tell their parents.
 *  `what` is a name that lasts. */
void
memory_note(const char *what, const uint8_t *bytes, size_t len);

/** How often the process has what was noted by this name. */
size_t
memory_count(const char *what);

/** The name of something noted that the process has; NULL if it has nothing. */
const char *
memory_finds(void);

/** How many secrets were noted. */
size_t
memory_noted(void);

#endif
