/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_PROGRESS_H
#define COMMAND_PROGRESS_H

#include "scope.h"

/** Show how far a request's calls are, on a terminal only; Ctrl-C cancels them, a second
 *  one ends the program. */
void
progress_begin(mainet_request *request);

/** Take the progress line away, for something else is to be printed. */
void
progress_hide(void);

/** Take the line away; Ctrl-C ends the program again. */
void
progress_end(void);

#endif
