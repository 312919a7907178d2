/* SPDX-License-Identifier: BSD-3-Clause */
#include "notice.h"

#include <string.h>
#include <strings.h>

#include "mail.h"

/* A part of the mail's text. */
typedef struct span {
    const char *at; /* NULL: not found */
    size_t len;
} span;

static const char *const blanks[] = {" ", "\t", "\xc2\xa0", "　", NULL};

/* What stands before a label. */
static const char *const openers[] = {" ", "\t", "\xc2\xa0", "　", ">",  "*",  "-", "・",
                                      "●", "○",  "■",        "□",  "◆",  "◇",  "▼", "※",
                                      "[", "(",  "【",       "「", "（", "［", "<", NULL};

/* What ends it. */
static const char *const closers[] = {" ",  "\t", "\xc2\xa0", "　", "]", ")", "】",
                                      "」", "）", "］",       ">",  "*", NULL};

static const char *const colons[] = {":", "：", "=", "＝", NULL};

static size_t
match(const char *const *marks, const char *at, const char *end)
{
    for (; *marks != NULL; marks++) {
        const size_t len = strlen(*marks);

        if ((size_t)(end - at) >= len && memcmp(at, *marks, len) == 0)
            return len;
    }
    return 0;
}

static const char *
skip(const char *const *marks, const char *at, const char *end)
{
    size_t len = 0;

    while ((len = match(marks, at, end)) != 0)
        at += len;
    return at;
}

static span
trim(const char *at, const char *end)
{
    span value = {.at = skip(blanks, at, end)};

    for (const char *next = value.at; next < end;) {
        const size_t len = match(blanks, next, end);

        next += len == 0 ? 1 : len;
        if (len == 0)
            value.len = (size_t)(next - value.at);
    }
    return value;
}

static const char *
line_end(const char *at)
{
    return at + strcspn(at, "\n");
}

/* Where a label stands alone, its value is the next line that is not empty. */
static span
next_line_value(const char *end)
{
    span value = {.at = end};

    while (value.len == 0 && *end != '\0') {
        value = trim(end + 1, line_end(end + 1));
        end = line_end(end + 1);
    }
    return value;
}

/* What a line says of a label, if it begins with it; a sentence that does so says nothing. */
static span
line_value(const char *at, const char *label)
{
    const size_t label_len = strlen(label);
    const char *end = line_end(at);
    const char *behind = NULL;
    size_t colon_len = 0;

    at = skip(openers, at, end);
    if ((size_t)(end - at) < label_len || memcmp(at, label, label_len) != 0)
        return (span){NULL, 0};
    behind = skip(closers, at + label_len, end);
    colon_len = match(colons, behind, end);
    if (colon_len == 0 && behind == at + label_len && behind != end)
        return (span){NULL, 0};
    return colon_len == 0 && behind == end ? next_line_value(end) : trim(behind + colon_len, end);
}

/* Replies and alternatives say it twice; both have to say the same. */
static mainet_status
find_value(const mail *received, const char *label, span *found, mainet_error *err)
{
    const char *at = received->text;

    for (;;) {
        const span value = line_value(at, label);

        if (found->len != 0 && value.len != 0 &&
            (found->len != value.len || memcmp(found->at, value.at, value.len) != 0))
            return fail(err, MAINET_E_NOTICE, 0, "the mail gives two values for '%s'", label);
        if (value.len != 0)
            *found = value;
        at = line_end(at);
        if (*at == '\0')
            break;
        at++;
    }
    return found->len != 0 ? MAINET_OK
                           : fail(err, MAINET_E_NOTICE, 0, "the mail has no '%s'", label);
}

/* Scheme, host and port; the port of https need not be written. */
static span
origin(span url)
{
    const char *scheme = "https://";
    span host = {NULL, 0};

    if (url.len <= strlen(scheme) || strncasecmp(url.at, scheme, strlen(scheme)) != 0)
        return host;
    host.at = url.at + strlen(scheme);
    while (host.len < url.len - strlen(scheme) && strchr("/?# \t\n", host.at[host.len]) == NULL)
        host.len++;
    if (host.len > 4 && memcmp(host.at + host.len - 4, ":443", 4) == 0)
        host.len -= 4;
    return host;
}

static mainet_status
check_address(const mail *received, const mainet_service *service, mainet_error *err)
{
    const char *label = mainet_service_notice_url_label(service);
    const char *url = mainet_service_retrieve_url(service);
    const span expected = origin((span){url, strlen(url)});
    span value = {NULL, 0};
    span named = {NULL, 0};

    if (*label == '\0')
        return MAINET_OK;
    TRY(find_value(received, label, &value, err));
    named = origin(value);
    if (named.len == expected.len && strncasecmp(named.at, expected.at, named.len) == 0)
        return MAINET_OK;
    return fail(err, MAINET_E_NOTICE_ADDRESS, 0, "the mail names %.*s, the service profile %s",
                (int)(value.len < 80 ? value.len : 80), value.at, url);
}

/* Nobody typed it: a value that cannot be is the mail's fault. */
static mainet_status
blame_notice(mainet_status status, mainet_error *err)
{
    return status == MAINET_E_ARGUMENT
               ? fail(err, MAINET_E_NOTICE, 0, "a value in the mail: %s", err->detail)
               : status;
}

mainet_status
notice_fill(mainet_request *request, const char *path, const mainet_service *service,
            mainet_error *err)
{
    scoped(mail) received = mail_read(path, err);
    scoped(char) number = NULL;
    span found_number = {NULL, 0};
    span password = {NULL, 0};

    if (received == NULL)
        return err->status;
    TRY(check_address(received, service, err));
    TRY(find_value(received, mainet_service_notice_number_label(service), &found_number, err));
    TRY(find_value(received, mainet_service_notice_password_label(service), &password, err));
    number = strndup(found_number.at, found_number.len);
    if (number == NULL)
        return fail(err, MAINET_E_NO_MEMORY, 0, "the certificate number of the notice");
    TRY(blame_notice(mainet_request_set_certificate_number(request, number, err), err));
    return blame_notice(
        mainet_request_set_password(request, (const uint8_t *)password.at, password.len, err), err);
}
