/* SPDX-License-Identifier: BSD-3-Clause */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "failure.h"

/* The number of `fd:N`; -1 if it is none. */
static int
parse_descriptor(const char *source)
{
    char *end = NULL;
    long number = 0;

    if (strncmp(source, "fd:", 3) != 0 || source[3] < '0' || source[3] > '9')
        return -1;
    errno = 0;
    number = strtol(source + 3, &end, 10);
    return errno == 0 && *end == '\0' && number <= 65535 ? (int)number : -1;
}

bool
source_is_valid(const char *source)
{
    if (strncmp(source, "file:", 5) == 0)
        return source[5] != '\0';
    if (strncmp(source, "env:", 4) == 0)
        return source[4] != '\0' && strchr(source, '=') == NULL;
    return source_is_input(source) || parse_descriptor(source) >= 0;
}

bool
source_is_input(const char *source)
{
    return strcmp(source, "-") == 0 || parse_descriptor(source) == STDIN_FILENO;
}

static void
drop_line_break(secret *self)
{
    if (self->len > 0 && self->data[self->len - 1] == '\r')
        self->data[--self->len] = '\0';
}

/* A byte at a time: what follows the line belongs to whoever reads next. */
static mainet_status
read_line(int descriptor, const char *source, secret *line, mainet_error *err)
{
    for (;;) {
        uint8_t byte = 0;
        const ssize_t count = read(descriptor, &byte, 1);

        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return fail(err, MAINET_E_FILE, errno, "%s: %s", source, strerror(errno));
        if (count == 0 || byte == '\n')
            break;
        if (line->len == SECRET_MAX)
            return fail(err, MAINET_E_FILE, 0, "%s: longer than %d bytes", source, SECRET_MAX);
        line->data[line->len++] = byte;
    }
    drop_line_break(line);
    return MAINET_OK;
}

static mainet_status
read_file(const char *source, secret *line, mainet_error *err)
{
    const int descriptor = open(source + 5, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    mainet_status status = MAINET_OK;

    if (descriptor < 0)
        return fail(err, MAINET_E_FILE, errno, "%s: %s", source, strerror(errno));
    status = read_line(descriptor, source, line, err);
    (void)close(descriptor);
    return status;
}

static mainet_status
read_environment(const char *source, secret *line, mainet_error *err)
{
    char *value = getenv(source + 4);
    size_t len = 0;

    if (value == NULL)
        return fail(err, MAINET_E_FILE, ENOENT, "%s: not in the environment", source);
    len = strcspn(value, "\n");
    if (len > SECRET_MAX)
        return fail(err, MAINET_E_FILE, 0, "%s: longer than %d bytes", source, SECRET_MAX);
    memcpy(line->data, value, len);
    line->len = len;
    drop_line_break(line);
    return MAINET_OK;
}

secret *
source_read(const char *source, mainet_error *err)
{
    scoped(secret) line = secret_new(err);
    mainet_status status = MAINET_OK;

    if (line == NULL)
        return NULL;
    if (strncmp(source, "file:", 5) == 0)
        status = read_file(source, line, err);
    else if (strncmp(source, "env:", 4) == 0)
        status = read_environment(source, line, err);
    else
        status = read_line(strcmp(source, "-") == 0 ? STDIN_FILENO : parse_descriptor(source),
                           source, line, err);
    return status == MAINET_OK ? secret_take(&line) : NULL;
}
