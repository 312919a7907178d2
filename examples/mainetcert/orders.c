/* SPDX-License-Identifier: BSD-3-Clause */
#include "orders.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "secret.h"

#define FILE_MAX (16 * 1024 * 1024)
#define COLUMNS_MAX 64

typedef enum column { GROUP_ID, NUMBER, PASSWORD, COLUMN_COUNT, OTHER } column;

static const char *const names[COLUMN_COUNT][2] = {
    [GROUP_ID] = {"group_id", "グループID"},
    [NUMBER] = {"certificate_number", "証明書番号"},
    [PASSWORD] = {"password", "証明書取得用パスワード"},
};

/* The list on its way into a batch. Its text has passwords in it; fields are unquoted in place. */
typedef struct reader {
    const char *path;
    mainet_batch *batch;
    const char *group_id;
    char *text;
    size_t size; /* of its pages */
    char *at;
    size_t line;
    column columns[COLUMNS_MAX];
    size_t column_count;
    char *fields[COLUMNS_MAX];
    size_t field_count;
    mainet_error *err;
} reader;

static void
reader_clear(reader *self)
{
    secret_pages_free(self->text, self->size);
}

/* Never says what is there: a password may be in the wrong place. */
static mainet_status
fail_here(const reader *self, const char *what, const char *about)
{
    return fail(self->err, MAINET_E_ORDER_LIST, 0, "%.100s, line %zu: %s%s", self->path, self->line,
                what, about);
}

static mainet_status
read_all(reader *self, int descriptor, size_t len)
{
    for (size_t done = 0; done < len;) {
        const ssize_t count = read(descriptor, self->text + done, len - done);

        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return fail(self->err, MAINET_E_FILE, errno, "%.100s: %s", self->path,
                        count == 0 ? "it got shorter" : strerror(errno));
        done += (size_t)count;
    }
    return MAINET_OK;
}

static mainet_status
load(reader *self)
{
    struct stat info = {.st_size = 0};
    const int descriptor = open(self->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    mainet_status status = MAINET_OK;

    if (descriptor < 0 || fstat(descriptor, &info) != 0)
        status = fail(self->err, MAINET_E_FILE, errno, "%.100s: %s", self->path, strerror(errno));
    else if (!S_ISREG(info.st_mode) || info.st_size > FILE_MAX)
        status = fail(self->err, MAINET_E_FILE, 0, "%.100s: no file of up to %d bytes", self->path,
                      FILE_MAX);
    if (status == MAINET_OK) {
        self->size = (size_t)info.st_size + 1;
        self->text = secret_pages_new(self->size, self->err);
        status =
            self->text == NULL ? self->err->status : read_all(self, descriptor, self->size - 1);
    }
    if (descriptor >= 0)
        (void)close(descriptor);
    return status;
}

/* What a quoted field says goes to where it began; `"` twice is one. */
static mainet_status
read_quoted(reader *self)
{
    char *out = self->at++;

    for (;; self->at++) {
        if (*self->at == '\0')
            return fail_here(self, "a quotation mark is not closed", "");
        if (*self->at == '"' && *++self->at != '"')
            break;
        self->line += *self->at == '\n';
        *out++ = *self->at;
    }
    if (strchr(",\r\n", *self->at) == NULL) /* finds the end, too */
        return fail_here(self, "text behind a quotation mark", "");
    if (out < self->at)
        *out = '\0';
    return MAINET_OK;
}

/* Leaves `at` behind the field, and tells in `ends` whether the record ends there. */
static mainet_status
read_field(reader *self, bool *ends)
{
    char *end = NULL;
    char last = '\0';

    if (self->field_count == COLUMNS_MAX)
        return fail_here(self, "too many columns", "");
    self->fields[self->field_count++] = self->at;
    if (*self->at == '"')
        TRY(read_quoted(self));
    else
        self->at += strcspn(self->at, ",\r\n");
    end = self->at;
    if (self->at[0] == '\r' && self->at[1] == '\n')
        self->at++;
    last = *self->at;
    if (last == '\r')
        return fail_here(self, "a carriage return without a line feed", "");
    self->at += last != '\0';
    self->line += last == '\n';
    *end = '\0';
    *ends = last != ',';
    return MAINET_OK;
}

/* An empty line is none. */
static mainet_status
read_record(reader *self, bool *is_empty)
{
    bool ends = false;

    self->field_count = 0;
    while (!ends)
        TRY(read_field(self, &ends));
    *is_empty = self->field_count == 1 && *self->fields[0] == '\0';
    return MAINET_OK;
}

static column
find_column(const char *field)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (strcasecmp(field, names[i][0]) == 0 || strcmp(field, names[i][1]) == 0)
            return (column)i;
    }
    return OTHER;
}

static mainet_status
read_head(reader *self)
{
    bool found[COLUMN_COUNT + 2] = {false};
    bool is_empty = false;

    if (strncmp(self->at, "\xef\xbb\xbf", 3) == 0)
        self->at += 3;
    TRY(read_record(self, &is_empty));
    self->line = 1;
    for (size_t i = 0; i < self->field_count; i++) {
        const column which = find_column(self->fields[i]);

        if (which != OTHER && found[which])
            return fail_here(self, "two columns are called ", names[which][0]);
        found[which] = true;
        self->columns[i] = which;
    }
    self->column_count = self->field_count;
    found[GROUP_ID] |= self->group_id != NULL;
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (!found[i])
            return fail_here(self, "no column is called ", names[i][0]);
    }
    self->line = 2;
    return MAINET_OK;
}

static mainet_status
add_order(reader *self, size_t line)
{
    const char *values[COLUMN_COUNT + 2] = {[GROUP_ID] = self->group_id};
    mainet_error why = {0};
    mainet_status status = MAINET_OK;

    self->line = line; /* where it began, for whoever is told */
    if (self->field_count != self->column_count)
        return fail_here(self, "not as many columns as the first line has", "");
    for (size_t i = 0; i < self->field_count; i++) {
        if (self->columns[i] != GROUP_ID || self->group_id == NULL)
            values[self->columns[i]] = self->fields[i];
    }
    status = mainet_batch_add(self->batch, values[GROUP_ID], values[NUMBER],
                              (const uint8_t *)values[PASSWORD], strlen(values[PASSWORD]), &why);
    if (status == MAINET_E_ARGUMENT)
        return fail_here(self, why.detail, "");
    *self->err = why;
    return status;
}

mainet_status
orders_read(mainet_batch *batch, const char *path, const char *group_id, mainet_error *err)
{
    __attribute__((cleanup(reader_clear)))
    reader self = {.path = path, .batch = batch, .group_id = group_id, .line = 1, .err = err};

    TRY(load(&self));
    if (memchr(self.text, '\0', self.size - 1) != NULL)
        return fail_here(&self, "not a text in UTF-8", "");
    self.at = self.text;
    TRY(read_head(&self));
    while (*self.at != '\0') {
        const size_t line = self.line;
        bool is_empty = false;
        size_t next = 0;

        TRY(read_record(&self, &is_empty));
        next = self.line;
        if (!is_empty)
            TRY(add_order(&self, line));
        self.line = next;
    }
    if (mainet_batch_count(batch) == 0)
        return fail_here(&self, "the list has no orders", "");
    return MAINET_OK;
}
