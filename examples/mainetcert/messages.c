/* SPDX-License-Identifier: BSD-3-Clause */
#include "messages.h"

#include <stdlib.h>
#include <string.h>

#include "scope.h"
#include "text.h"

static const struct row {
    const char *ja;
    const char *en;
} rows[] = {
    [MESSAGE_NONE] = {"", ""},
#define ROW(name, ja, en) [MESSAGE_##name] = {ja, en},
#include "help.def"
#include "messages.def"
#include "titles.def"
#undef ROW
};

static mainet_lang language = MAINET_LANG_EN;

void
message_follow_locale(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);

        if (value == NULL || *value == '\0')
            continue;
        if (strncmp(value, "ja", 2) == 0 && strchr("_.@", value[2]) != NULL) /* the end, too */
            language = MAINET_LANG_JA;
        return;
    }
}

bool
message_set_language(const char *name)
{
    const bool is_japanese = strcmp(name, "ja") == 0;

    if (!is_japanese && strcmp(name, "en") != 0)
        return false;
    language = is_japanese ? MAINET_LANG_JA : MAINET_LANG_EN;
    return true;
}

mainet_lang
message_language(void)
{
    return language;
}

const char *
message_text(message id)
{
    return language == MAINET_LANG_JA ? rows[id].ja : rows[id].en;
}

/* Append a piece where `to` is not NULL; answer its length in any case. */
static size_t
put_piece(char *to, const char *piece, size_t len)
{
    if (to != NULL)
        memcpy(to, piece, len);
    return len;
}

static size_t
fill_in(char *to, const char *text, const char *first, const char *second)
{
    size_t len = 0;

    while (*text != '\0') {
        char *at = to == NULL ? NULL : to + len;

        if (strncmp(text, "{1}", 3) == 0 || strncmp(text, "{2}", 3) == 0) {
            const char *piece = text[1] == '1' ? first : second;

            len += put_piece(at, piece, strlen(piece));
            text += 3;
        } else {
            len += put_piece(at, text, 1);
            text++;
        }
    }
    return len;
}

char *
message_make(message id, const char *first, const char *second)
{
    scoped(char) clean_first = text_clean(first != NULL ? first : "");
    scoped(char) clean_second = text_clean(second != NULL ? second : "");
    const char *text = message_text(id);
    const size_t len = fill_in(NULL, text, clean_first, clean_second);
    char *made = must_have(malloc(len + 1));

    (void)fill_in(made, text, clean_first, clean_second);
    made[len] = '\0';
    return made;
}

void
message_print(FILE *out, message id, const char *first, const char *second)
{
    scoped(char) text = message_make(id, first, second);

    (void)fprintf(out, "%s\n", text);
}
