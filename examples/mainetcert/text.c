/* SPDX-License-Identifier: BSD-3-Clause */
#include "text.h"

#include <inttypes.h>
#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#include "scope.h"

/* One character of UTF-8 text. */
typedef struct glyph {
    wchar_t code;  /* U+FFFD where the bytes are not UTF-8 */
    size_t len;    /* bytes; 0 at the end */
    size_t width;  /* columns */
    bool is_valid; /* UTF-8 and no control */
} glyph;

void *
must_have(void *pointer)
{
    if (pointer == NULL) {
        (void)fputs("mainetcert: error 1002: no memory\n", stderr);
        exit(EXIT_FAILURE);
    }
    return pointer;
}

/* The text is UTF-8 whatever the user's locale is. */
static locale_t
utf8_locale(void)
{
    static locale_t locale;

    if (locale == (locale_t)0)
        locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    return locale;
}

static glyph
next_glyph(const char *at)
{
    glyph self = {.code = L'\uFFFD', .len = 1, .width = 1};
    mbstate_t state;
    size_t len = 0;
    int width = 0;

    memset(&state, 0, sizeof state);
    len = mbrtowc(&self.code, at, strlen(at) + 1, &state);
    if (len == 0 || len > strlen(at)) {
        self.len = *at == '\0' ? 0 : 1;
        self.code = L'\uFFFD';
        return self;
    }
    self.len = len;
    width = wcwidth(self.code);
    self.is_valid = width >= 0;
    self.width = width >= 0 ? (size_t)width : 1;
    return self;
}

char *
text_clean(const char *text)
{
    static const char replacement[] = "\xEF\xBF\xBD";
    char *clean = must_have(malloc(strlen(text) * (sizeof replacement - 1) + 1));
    char *end = clean;
    locale_t before = uselocale(utf8_locale());

    for (glyph at = next_glyph(text); at.len != 0; at = next_glyph(text)) {
        const char *from = at.is_valid ? text : replacement;
        const size_t len = at.is_valid ? at.len : sizeof replacement - 1;

        memcpy(end, from, len);
        end += len;
        text += at.len;
    }
    (void)uselocale(before);
    *end = '\0';
    return clean;
}

size_t
text_width(const char *text)
{
    size_t width = 0;
    locale_t before = uselocale(utf8_locale());

    for (glyph at = next_glyph(text); at.len != 0; at = next_glyph(text)) {
        width += at.width;
        text += at.len;
    }
    (void)uselocale(before);
    return width;
}

void
text_pad(FILE *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        (void)fputc(' ', out);
}

/* Japanese lines do not begin with these. */
static bool
may_begin_line(wchar_t code)
{
    return wcschr(L"、。，．・：；？！）」』】〕〉》ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ",
                  code) == NULL;
}

/* How many bytes go on the next line: broken at blanks and around full-width characters. */
static size_t
measure_line(const char *text, size_t columns)
{
    size_t width = 0;
    size_t len = 0;
    size_t best_len = 0;
    bool after_break = false;

    for (glyph at = next_glyph(text); at.len != 0; at = next_glyph(text + len)) {
        if ((after_break || at.width == 2 || at.code == L' ') && may_begin_line(at.code) && len > 0)
            best_len = len;
        if (width + at.width > columns && at.code != L' ')
            return best_len != 0 ? best_len : len != 0 ? len : at.len;
        after_break = at.width == 2 || at.code == L' ';
        width += at.width;
        len += at.len;
    }
    return len;
}

/* No line ends in blanks. */
static size_t
trimmed_len(const char *text, size_t len)
{
    while (len > 0 && text[len - 1] == ' ')
        len--;
    return len;
}

void
text_wrap(FILE *out, const char *text, size_t indent, size_t columns)
{
    locale_t before = uselocale(utf8_locale());
    bool is_first = true;

    if (columns != 0 && columns < indent + 20) /* too narrow to be pleasant */
        columns = 0;
    while (*text != '\0') {
        const size_t len = columns == 0 ? strlen(text) : measure_line(text, columns - indent);

        if (!is_first)
            text_pad(out, indent);
        (void)fwrite(text, 1, trimmed_len(text, len), out);
        (void)fputc('\n', out);
        text += len;
        text += strspn(text, " ");
        is_first = false;
    }
    if (is_first)
        (void)fputc('\n', out);
    (void)uselocale(before);
}

static char *
format_time(const struct tm *parts, const char *format)
{
    char text[64] = "";

    if (parts == NULL || strftime(text, sizeof text, format, parts) == 0)
        return must_have(strdup("?"));
    return must_have(strdup(text));
}

char *
text_time_utc(int64_t seconds)
{
    const time_t moment = (time_t)seconds;
    struct tm parts;

    return format_time(gmtime_r(&moment, &parts), "%Y-%m-%dT%H:%M:%SZ");
}

char *
text_time_local(int64_t seconds, const char *format)
{
    const time_t moment = (time_t)seconds;
    struct tm parts;

    tzset();
    return format_time(localtime_r(&moment, &parts), format);
}

char *
text_number(int64_t number)
{
    char text[24] = "";

    (void)snprintf(text, sizeof text, "%" PRId64, number);
    return must_have(strdup(text));
}
