/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_CSV_H
#define COMMAND_CSV_H

#include <stdbool.h>

#include "scope.h"

#define CSV_COLUMNS_MAX 64

/** A table (RFC 4180, in UTF-8) that is read record by record. It may have passwords in it: its
 * text lies on pages that are wiped, and no failure says what is there. */
typedef struct csv {
    const char *path;
    char *text;
    size_t size; /* of its pages */
    char *at;
    size_t line; /* where the record at hand began */
    size_t next_line;
    char *fields[CSV_COLUMNS_MAX]; /* of the record at hand, in the text; unquoted */
    size_t field_count;
    mainet_status status; /* of what fails here */
    mainet_error *err;
} csv;

void
csv_clear(csv *self);

#define csv_init __attribute__((cleanup(csv_clear))) csv

/** Load a file; MAINET_E_FILE, of cause ENOENT if there is none. What is wrong in it is `status`.
 */
mainet_status
csv_open(csv *self, const char *path, mainet_status status, mainet_error *err);

/** Read the next record that is not an empty line; `*is_there` is false at the end. */
mainet_status
csv_read(csv *self, bool *is_there);

/** Fail at the record at hand. */
mainet_status
csv_fail(const csv *self, const char *what, const char *about);

#endif
