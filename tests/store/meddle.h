/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STORE_MEDDLE_H
#define STORE_MEDDLE_H

/* Somebody with an editor and an SQLite of his own, and what a user sees of the token afterwards.
 */

#include "base/buffer.h"
#include "fixture.h"

/** Run SQL on a file, with every defence off; `other` is attached as `other` unless it is NULL. */
void
meddle(const char *path, const char *other, const char *sql);

/** All that a program with the PIN can learn of the fixture's token, opened afresh: label,
 * settings, every object with its secrets, what searches by each indexed attribute find, and
 * whether its identities sign with the right keys. */
mainet_status
meddle_view(mn_buffer *view, mainet_error *err);

/** Fail the test unless the token looks as `before`, or is refused by an error that says so. */
bool
meddle_judge(const mn_buffer *before, const char *story);

#endif
