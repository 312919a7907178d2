/* SPDX-License-Identifier: BSD-3-Clause */
#include "csv.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.h"
#include "secret.h"

#define FILE_MAX (16 * 1024 * 1024)

void
csv_clear(csv *self)
{
    secret_pages_free(self->text, self->size);
}

mainet_status
csv_fail(const csv *self, const char *what, const char *about)
{
    return fail(self->err, self->status, 0, "%.100s, line %zu: %s%s", self->path, self->line, what,
                about);
}

static mainet_status
read_all(csv *self, int descriptor, size_t len)
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
load(csv *self, int descriptor)
{
    struct stat info = {.st_size = 0};

    if (fstat(descriptor, &info) != 0)
        return fail(self->err, MAINET_E_FILE, errno, "%.100s: %s", self->path, strerror(errno));
    if (!S_ISREG(info.st_mode) || info.st_size > FILE_MAX)
        return fail(self->err, MAINET_E_FILE, 0, "%.100s: no file of up to %d bytes", self->path,
                    FILE_MAX);
    self->size = (size_t)info.st_size + 1;
    self->text = secret_pages_new(self->size, self->err);
    return self->text == NULL ? self->err->status : read_all(self, descriptor, self->size - 1);
}

/* Bytes of the character there; 0 if it is none of UTF-8, which other encodings of Japanese soon
 * have. */
static size_t
character_len(const char *text)
{
    const uint8_t *at = (const uint8_t *)text;
    const size_t len = *at < 0x80                  ? 1
                       : *at >= 0xc2 && *at < 0xe0 ? 2
                       : *at >= 0xe0 && *at < 0xf0 ? 3
                       : *at >= 0xf0 && *at < 0xf5 ? 4
                                                   : 0;

    for (size_t i = 1; i < len; i++) {
        if ((at[i] & 0xc0) != 0x80) /* as the zero byte at the end */
            return 0;
    }
    return len;
}

/* A password in another encoding would be sent, and be a wrong one. */
static mainet_status
check_encoding(csv *self)
{
    size_t line = 1;

    for (const char *at = self->text; at < self->text + self->size - 1;) {
        const size_t len = *at == '\0' ? 0 : character_len(at);

        self->line = line;
        if (len == 0)
            return csv_fail(self, "not a text in UTF-8", "");
        line += *at == '\n';
        at += len;
    }
    self->line = 1;
    return MAINET_OK;
}

mainet_status
csv_open(csv *self, const char *path, mainet_status status, mainet_error *err)
{
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    mainet_status loaded = MAINET_OK;

    *self = (csv){.path = path, .line = 1, .next_line = 1, .status = status, .err = err};
    if (descriptor < 0)
        return fail(err, MAINET_E_FILE, errno, "%.100s: %s", path, strerror(errno));
    loaded = load(self, descriptor);
    (void)close(descriptor);
    TRY(loaded);
    TRY(check_encoding(self));
    self->at = self->text + (strncmp(self->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0);
    return MAINET_OK;
}

/* What a quoted field says goes to where it began; `"` twice is one. */
static mainet_status
read_quoted(csv *self)
{
    char *out = self->at++;

    for (;; self->at++) {
        if (*self->at == '\0')
            return csv_fail(self, "a quotation mark is not closed", "");
        if (*self->at == '"' && *++self->at != '"')
            break;
        self->next_line += *self->at == '\n';
        *out++ = *self->at;
    }
    if (strchr(",\r\n", *self->at) == NULL) /* finds the end, too */
        return csv_fail(self, "text behind a quotation mark", "");
    if (out < self->at)
        *out = '\0';
    return MAINET_OK;
}

/* Leaves `at` behind the field, and tells in `ends` whether the record ends there. */
static mainet_status
read_field(csv *self, bool *ends)
{
    char *end = NULL;
    char last = '\0';

    if (self->field_count == CSV_COLUMNS_MAX)
        return csv_fail(self, "too many columns", "");
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
        return csv_fail(self, "a carriage return without a line feed", "");
    self->at += last != '\0';
    self->next_line += last == '\n';
    *end = '\0';
    *ends = last != ',';
    return MAINET_OK;
}

static mainet_status
read_record(csv *self)
{
    bool ends = false;

    self->line = self->next_line;
    self->field_count = 0;
    while (!ends)
        TRY(read_field(self, &ends));
    return MAINET_OK;
}

mainet_status
csv_read(csv *self, bool *is_there)
{
    bool is_empty = true;

    while (is_empty && *self->at != '\0') {
        TRY(read_record(self));
        is_empty = self->field_count == 1 && *self->fields[0] == '\0';
    }
    *is_there = !is_empty;
    return MAINET_OK;
}
