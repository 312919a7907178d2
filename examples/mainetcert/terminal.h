/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_TERMINAL_H
#define COMMAND_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

#include "secret.h"

/** Ask whether somebody sits at a terminal who can be asked. */
bool
terminal_is_there(void);

/** Ask whether a line on this stream can be rewritten. */
bool
terminal_is_live(FILE *stream);

/** Answer how many columns to use on a stream; 0 if it is no terminal. */
size_t
terminal_columns(FILE *stream);

/** Begin or end what stands out on a stream: bold and red on a terminal that can, unless NO_COLOR
 * is set and not empty (no-color.org). */
void
terminal_alarm(FILE *stream, bool begins);

/** Show a text to who sits at the terminal, whatever the standard streams are. */
void
terminal_show(const char *text);

/**
 * Ask for one line. MAINET_E_CANCELLED on Ctrl-C or Ctrl-D.
 *
 * @param[in]  prompt    Shown as it is.
 * @param[in]  is_quiet  true: what is typed is not shown.
 * @param[out] answer    Without the line break.
 * @param[out] err       Filled on failure.
 */
mainet_status
terminal_ask(const char *prompt, bool is_quiet, secret *answer, mainet_error *err);

/** Ask a question until it is answered by yes (MAINET_OK) or no (MAINET_E_CANCELLED). */
mainet_status
terminal_ask_consent(const char *question, mainet_error *err);

#endif
