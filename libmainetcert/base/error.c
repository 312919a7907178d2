/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/error.h"

#include <openssl/err.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

struct sentences {
    const char *headline;
    const char *cause;
    const char *remedy;
};

struct entry {
    int32_t code;
    const char *name;
    struct sentences en;
    struct sentences ja;
};

static const mainet_status catalogue[] = {
#define ROW(status, ...) MAINET_##status,
#include "base/error-text.def"
#undef ROW
};

/* A number that is no status, as a binding may pass one, reads as an unknown error. */
static const struct entry *
find_entry(mainet_status status)
{
    static const struct entry done = {0, "ok", {"Done.", "", ""}, {"正常に終了しました。", "", ""}};

    switch (status) {
    case MAINET_OK:
        return &done;
#define ROW(status, code, name, en, en_cause, en_remedy, ja, ja_cause, ja_remedy)                  \
    case MAINET_##status: {                                                                        \
        static const struct entry entry = {                                                        \
            code, name, {en, en_cause, en_remedy}, {ja, ja_cause, ja_remedy}};                     \
        return &entry;                                                                             \
    }
#include "base/error-text.def"
#undef ROW
    }
    return find_entry(MAINET_E_UNKNOWN_ASKING);
}

static const struct sentences *
find_sentences(mainet_status status, mainet_lang lang)
{
    const struct entry *entry = find_entry(status);

    return lang == MAINET_LANG_JA ? &entry->ja : &entry->en;
}

int32_t
mainet_status_code(mainet_status status)
{
    return find_entry(status)->code;
}

const char *
mainet_status_name(mainet_status status)
{
    return find_entry(status)->name;
}

const char *
mainet_status_text(mainet_status status, mainet_lang lang)
{
    return find_sentences(status, lang)->headline;
}

const char *
mainet_status_cause(mainet_status status, mainet_lang lang)
{
    return find_sentences(status, lang)->cause;
}

const char *
mainet_status_remedy(mainet_status status, mainet_lang lang)
{
    return find_sentences(status, lang)->remedy;
}

size_t
mainet_status_count(void)
{
    return sizeof catalogue / sizeof *catalogue;
}

mainet_status
mainet_status_at(size_t index)
{
    return index < mainet_status_count() ? catalogue[index] : MAINET_OK;
}

mainet_status
mn_fail(mainet_error *err, mainet_status status, int cause, const char *format, ...)
{
    mainet_error made = {.status = status, .cause = cause};
    va_list arguments;
    int len = 0;

    if (err == NULL)
        return status;
    va_start(arguments, format);
    len = vsnprintf(made.detail, sizeof made.detail, format, arguments);
    va_end(arguments);
    if (len < 0)
        made.detail[0] = '\0';
    mn_text_tidy(made.detail, len >= (int)sizeof made.detail);
    *err = made; /* last: the arguments may point into the old detail */
    return status;
}

mainet_status
mn_fail_memory(mainet_error *err, const char *what)
{
    return mn_fail(err, MAINET_E_NO_MEMORY, 0, "no memory for %s", what);
}

mainet_status
mn_fail_crypto(mainet_error *err, const char *what)
{
    const unsigned long newest = ERR_peek_last_error();
    const char *reason = ERR_reason_error_string(newest);
    const int cause = ERR_SYSTEM_ERROR(newest) ? ERR_GET_REASON(newest) : 0;

    /* Reasons are constant strings, they outlive the queue. The mark is set again for whoever set
     * it: a guest, or a host that guards its own errors. */
    if (ERR_pop_to_mark() == 1)
        (void)ERR_set_mark();
    return mn_fail(err, MAINET_E_CRYPTO, cause, "%s: %s", what,
                   reason != NULL ? reason : "OpenSSL gave no reason");
}
