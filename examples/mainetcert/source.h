/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_SOURCE_H
#define COMMAND_SOURCE_H

#include "secret.h"

/** Where a PIN or password comes from in a script: `file:PATH`, `env:NAME`, `fd:N` or `-`. */

/** Ask whether a text names a source. */
bool
source_is_valid(const char *source);

/** Ask whether it is standard input, which gives one secret only. */
bool
source_is_input(const char *source);

/** Read the first line, without its line break. NULL on failure (MAINET_E_FILE,
 *  MAINET_E_NO_MEMORY). */
secret *
source_read(const char *source, mainet_error *err);

#endif
