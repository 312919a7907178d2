/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_TABLE_H
#define COMMAND_TABLE_H

#include <stddef.h>
#include <stdio.h>

#include "scope.h"

#define TABLE_COLUMNS 8

/** Rows of text, aligned when printed; full-width characters count as two columns. */
typedef struct table {
    size_t column_count;
    size_t row_count;
    char *(*rows)[TABLE_COLUMNS];
} table;

/** Release it. */
void
table_clear(table *self);

#define table_init __attribute__((cleanup(table_clear))) table

/** Begin a row. */
void
table_add_row(table *self);

/** Add a cell to the last row; the text is copied and cleaned. */
void
table_add_cell(table *self, const char *text);

/** Print it. */
void
table_print(const table *self, FILE *out);

#endif
