/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/reply.h"

#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>

void
mn_reply_clear(mn_reply *reply)
{
    mn_buffer_clear(&reply->headers);
    mn_secret_free(reply->body);
    reply->body = NULL;
    reply->status = 0;
    reply->alert[0] = '\0';
    reply->waited_ms = 0;
}

void
mn_reply_set_alert(mn_reply *reply, const char *reason)
{
    const char *at = strstr(reason, " alert ");

    if (at == NULL)
        return;
    at += strlen(" alert ");
    (void)snprintf(reply->alert, sizeof reply->alert, "%.*s", (int)strcspn(at, ",\r\n"), at);
}

/* Step to the next header line that has this name; `from` NULL is the first. */
static const char *
find_header(const mn_reply *reply, const char *name, const char *from)
{
    const char *line = (const char *)reply->headers.data;
    const char *end = line;
    size_t name_len = strlen(name);

    if (reply->headers.len == 0)
        return NULL;
    end += reply->headers.len;
    if (from != NULL)
        line = from + strlen(from) + 1;
    for (; line < end; line += strlen(line) + 1) {
        if (strncasecmp(line, name, name_len) == 0 && line[name_len] == ':')
            return line;
    }
    return NULL;
}

static const char *
header_value(const char *line)
{
    const char *value = strchr(line, ':') + 1;

    return value + strspn(value, " \t");
}

const char *
mn_reply_header(const mn_reply *reply, const char *name)
{
    const char *line = find_header(reply, name, NULL);

    return line == NULL ? NULL : header_value(line);
}

/* The charset that the content type names (RFC 9110, 8.3.2), if it is one of those that Japanese
 * sites use and iconv knows; NULL means UTF-8. */
static const char *
find_charset(const mn_reply *reply)
{
    static const char *const known[][2] = {{"shift_jis", "CP932"}, {"shift-jis", "CP932"},
                                           {"x-sjis", "CP932"},    {"windows-31j", "CP932"},
                                           {"euc-jp", "EUC-JP"},   {"iso-2022-jp", "ISO-2022-JP"}};
    const char *type = mn_reply_header(reply, "Content-Type");
    const char *at = type == NULL ? NULL : strcasestr(type, "charset=");

    if (at == NULL)
        return NULL;
    at += strlen("charset=");
    at += *at == '"';
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strncasecmp(at, known[i][0], strlen(known[i][0])) == 0)
            return known[i][1];
    }
    return NULL;
}

/* The body in UTF-8; what is not of the charset is left out. NULL without memory. */
static mn_secret *
convert_body(const mn_reply *reply, const char *charset)
{
    char *from = (char *)(uintptr_t)mn_secret_bytes(reply->body);
    size_t from_len = mn_secret_len(reply->body);
    size_t to_len = 3 * from_len + 16;
    mn_auto(mn_secret) text = mn_secret_new(to_len, NULL);
    char *to = text == NULL ? NULL : (char *)mn_secret_data(text);
    iconv_t conversion = iconv_open("UTF-8", charset);

    if (text == NULL || conversion == (iconv_t)-1)
        return NULL;
    while (from_len != 0 && iconv(conversion, &from, &from_len, &to, &to_len) == (size_t)-1) {
        if (from_len == 0 || errno == E2BIG)
            break;
        from++;
        from_len--;
    }
    (void)iconv_close(conversion);
    mn_secret_truncate(text, mn_secret_len(text) - to_len);
    return mn_secret_take(&text);
}

static bool
has(const mn_secret *body, const char *text)
{
    return memmem(mn_secret_bytes(body), mn_secret_len(body), text, strlen(text)) != NULL;
}

bool
mn_reply_says(const mn_reply *reply, const char *text)
{
    const char *charset = find_charset(reply);
    mn_auto(mn_secret) converted = NULL;

    if (reply->body == NULL || *text == '\0')
        return false;
    if (charset == NULL)
        return has(reply->body, text);
    converted = convert_body(reply, charset);
    return converted != NULL && has(converted, text);
}

static bool
says_any(const mn_reply *reply, const mn_texts *words)
{
    for (size_t i = 0; i < words->count; i++) {
        if (mn_reply_says(reply, words->texts[i]))
            return true;
    }
    return false;
}

static bool
is_type(const char *type, const char *wanted)
{
    size_t len = strlen(wanted);

    return strncasecmp(type, wanted, len) == 0 && strchr("; \t", type[len]) != NULL;
}

static bool
is_container(const char *type)
{
    return is_type(type, "application/x-pkcs12") || is_type(type, "application/pkcs12");
}

/* What the header states; MAINET_E_RESULT_HEADER if it is not known or contradicts itself. */
static mainet_status
read_stated(const mn_profile *profile, const mn_reply *reply, const char *line)
{
    const struct {
        const char *value;
        mainet_status result;
    } known[] = {{profile->result_ok, MAINET_OK},
                 {profile->result_auth_failed, MAINET_E_AUTH_FAILED},
                 {profile->result_not_available, MAINET_E_NOT_AVAILABLE},
                 {profile->result_busy, MAINET_E_BUSY}};
    const char *stated = header_value(line);

    for (const char *more = find_header(reply, profile->result_header, line); more != NULL;
         more = find_header(reply, profile->result_header, more)) {
        if (strcmp(header_value(more), stated) != 0)
            return MAINET_E_RESULT_HEADER;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (*known[i].value != '\0' && strcasecmp(known[i].value, stated) == 0)
            return known[i].result;
    }
    return MAINET_E_RESULT_HEADER;
}

static mainet_status
read_result(const mn_profile *profile, const mn_reply *reply, const char *type)
{
    bool has_header = *profile->result_header != '\0';
    const char *line = has_header ? find_header(reply, profile->result_header, NULL) : NULL;

    if (line != NULL)
        return read_stated(profile, reply, line);
    if (!has_header && is_container(type))
        return MAINET_OK;
    if (is_container(type)) /* bytes of a container are no words */
        return MAINET_E_RESULT_HEADER;
    if (says_any(reply, &profile->words_auth_failed))
        return MAINET_E_AUTH_FAILED;
    if (says_any(reply, &profile->words_not_available))
        return MAINET_E_NOT_AVAILABLE;
    if (says_any(reply, &profile->words_busy))
        return MAINET_E_BUSY;
    return MAINET_E_RESULT_HEADER;
}

/* A container that was compressed on the way is none that we asked for. */
static mainet_status
refuse_encoding(const mn_reply *reply, mainet_error *err)
{
    const char *encoding = mn_reply_header(reply, "Content-Encoding");

    if (encoding == NULL || *encoding == '\0' || strcasecmp(encoding, "identity") == 0)
        return MAINET_OK;
    return mn_fail(err, MAINET_E_CONTENT_TYPE, 0, "the container comes in the encoding %.80s",
                   encoding);
}

static mainet_status
refuse_type(const char *type, const char *stated, mainet_error *err)
{
    return mn_fail(err, MAINET_E_CONTENT_TYPE, 0, "content type %.80s does not go with %s", type,
                   stated);
}

mainet_status
mn_reply_judge(const mn_profile *profile, const mn_reply *reply, mainet_error *err)
{
    const char *type = mn_reply_header(reply, "Content-Type");
    mainet_status result = MAINET_OK;

    if (reply->status != 200)
        return mn_fail(err, MAINET_E_HTTP_STATUS, reply->status, "HTTP status %d", reply->status);
    if (type == NULL || *type == '\0')
        return mn_fail(err, MAINET_E_CONTENT_TYPE_MISSING, 0, "the reply has no content type");
    result = read_result(profile, reply, type);
    if (result == MAINET_E_RESULT_HEADER)
        return mn_fail(err, result, 0, "the reply states no known result");
    if (result == MAINET_OK && !is_container(type))
        return refuse_type(type, "a container", err);
    if (result == MAINET_OK)
        return refuse_encoding(reply, err);
    if (!is_type(type, "text/plain") && !is_type(type, "text/html"))
        return refuse_type(type, mainet_status_name(result), err);
    return mn_fail(err, result, 0, "the service answered %s", mainet_status_name(result));
}
