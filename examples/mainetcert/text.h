/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_TEXT_H
#define COMMAND_TEXT_H

#include <stdint.h>
#include <stdio.h>

/** Pass a pointer on, or end the program (1002) if there was no memory for it. */
void *
must_have(void *pointer);

/** Make text from a certificate, token or file fit for a terminal and for JSON: controls and
 *  what is not UTF-8 become U+FFFD, so that no label can steer a terminal. Yours to free. */
char *
text_clean(const char *text);

/** Count the terminal columns of UTF-8 text; full-width characters take two. */
size_t
text_width(const char *text);

/** Print spaces. */
void
text_pad(FILE *out, size_t count);

/** Print a text, broken into lines of at most `columns` that begin `indent` columns in, after
 *  as many columns were printed already. 0 columns: no breaks. Ends with a line break. */
void
text_wrap(FILE *out, const char *text, size_t indent, size_t columns);

/** `2026-11-22T22:38:00Z` (RFC 3339). Yours to free. */
char *
text_time_utc(int64_t seconds);

/** The same moment for people, in their time zone; with `format` of strftime. Yours to free. */
char *
text_time_local(int64_t seconds, const char *format);

/** A number in decimal. Yours to free. */
char *
text_number(int64_t number);

#endif
