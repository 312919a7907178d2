/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_FILE_H
#define STANDIN_FILE_H

#include "state.h"

/** Write a whole file into DIR: a reader sees the old one or the new. Named on stderr if not. */
bool
file_write(const st_state *state, const char *name, const char *text);

/** Read a short text from DIR. @return False where there is no such file, or it does not fit. */
bool
file_read(const st_state *state, const char *name, char *text, size_t text_size);

/** Remove a file from DIR; that there is none is no mistake. */
void
file_remove(const st_state *state, const char *name);

#endif
