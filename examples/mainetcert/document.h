/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_DOCUMENT_H
#define COMMAND_DOCUMENT_H

#include <stdbool.h>

#include "scope.h"

/* A small text file of somebody else's that the command changes and, later, puts right again. */

/** Read it; NULL with MAINET_E_FILE, of cause ENOENT if there is none. Yours to free. */
char *
document_read(const char *path, mainet_error *err);

/**
 * Put another text in its place: written aside, synced, renamed; mode and owner as before, else
 * `mode`. What was there before the first change is kept beside it as a backup; `is_first` says that
 * nothing of ours is in it yet. Missing folders are made.
 */
mainet_status
document_change(const char *path, const char *text, bool is_first, int mode, mainet_error *err);

/**
 * Put a text in its place that is what was there before our changes, as far as we know. If the
 * backup says the same but for blank lines at the end, the backup comes back to the byte; if the
 * text is empty and there was no file before, the file goes. The backup is removed.
 */
mainet_status
document_restore(const char *path, const char *text, mainet_error *err);

#endif
