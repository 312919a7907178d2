/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_CLOCK_H
#define STANDIN_CLOCK_H

#include "state.h"

/** Seconds since 1970 by the site's clock: the machine's, moved by the kept offset. */
int64_t
clock_now(st_transaction *change);

/** Read `real`, `+25h` or `-3d` (s, m, h, d). @return False where it is none of them. */
bool
clock_parse(const char *text, int64_t *offset);

/** Keep another offset. */
bool
clock_set(st_transaction *change, int64_t offset);

/** Write a time as RFC 3339 in UTC. */
void
clock_format(int64_t seconds, char text[static 32]);

#endif
