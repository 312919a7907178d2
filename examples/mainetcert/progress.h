/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_PROGRESS_H
#define COMMAND_PROGRESS_H

#include "failure.h"

/** Show how far a request's calls are, on a terminal only; Ctrl-C cancels them, a second
 *  one ends the program. */
void
progress_begin(mainet_request *request);

/** Show how far something else is, between begin and end: {1} of {2}. MAINET_E_CANCELLED after
 *  Ctrl-C. */
mainet_status
progress_step(message id, int64_t done, int64_t total, mainet_error *err);

/** Take the progress line away, for something else is to be printed. */
void
progress_hide(void);

/** Take the line away; Ctrl-C ends the program again. */
void
progress_end(void);

#endif
