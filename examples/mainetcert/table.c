/* SPDX-License-Identifier: BSD-3-Clause */
#include "table.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "text.h"

void
table_clear(table *self)
{
    for (size_t row = 0; row < self->row_count; row++) {
        for (size_t column = 0; column < TABLE_COLUMNS; column++)
            free(self->rows[row][column]);
    }
    free(self->rows);
}

void
table_add_row(table *self)
{
    self->rows = must_have(reallocarray(self->rows, self->row_count + 1, sizeof self->rows[0]));
    memset(self->rows[self->row_count++], 0, sizeof self->rows[0]);
}

void
table_add_cell(table *self, const char *text)
{
    char **row = self->rows[self->row_count - 1];
    size_t column = 0;

    while (row[column] != NULL)
        column++;
    assert(column < TABLE_COLUMNS);
    row[column] = text_clean(text);
    if (column >= self->column_count)
        self->column_count = column + 1;
}

static size_t
column_width(const table *self, size_t column)
{
    size_t width = 0;

    for (size_t row = 0; row < self->row_count; row++) {
        const char *cell = self->rows[row][column];
        const size_t one = cell == NULL ? 0 : text_width(cell);

        width = one > width ? one : width;
    }
    return width;
}

static void
print_row(FILE *out, char *const *row, size_t count, const size_t *widths)
{
    size_t owed = 0; /* blanks are printed before the next cell, so that no line ends in them */

    for (size_t column = 0; column < count; column++) {
        const char *cell = row[column] != NULL ? row[column] : "";

        if (*cell != '\0') {
            text_pad(out, owed);
            (void)fputs(cell, out);
            owed = 0;
        }
        owed += widths[column] - text_width(cell) + 2;
    }
    (void)fputc('\n', out);
}

void
table_print(const table *self, FILE *out)
{
    size_t widths[TABLE_COLUMNS] = {0};

    for (size_t column = 0; column < self->column_count; column++)
        widths[column] = column_width(self, column);
    for (size_t row = 0; row < self->row_count; row++)
        print_row(out, self->rows[row], self->column_count, widths);
}
