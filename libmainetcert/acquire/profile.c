/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/profile.h"

#include <ctype.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acquire/address.h"
#include "base/text.h"

/* What an entry may be. */
typedef enum value_kind {
    TEXT,   /* one line of text */
    TEXTS,  /* the same key on several lines, or continued on indented ones */
    HTTPS,  /* an https address */
    WEB,    /* several http or https addresses */
    SHA256, /* 64 hex digits, colons allowed */
    PATH    /* a file */
} value_kind;

typedef struct rule {
    const char *section;
    const char *key;
    value_kind kind;
    bool required;
    size_t offset; /* in mn_profile */
    const char *otherwise;
} rule;

#define AT(member) offsetof(mn_profile, member)

/* The defaults are the shipped names; the words are the manual's, 6.1. */
static const rule entries[] = {
    {"service", "name", TEXT, true, AT(name), ""},
    {"service", "issuer", TEXT, false, AT(issuer), ""},
    {"service", "issuer_sha256", SHA256, false, AT(issuer_sha256), ""},
    {"service", "support", TEXT, false, AT(support), ""},
    {"retrieve", "protocol", TEXT, false, AT(protocol), "form"},
    {"retrieve", "url", HTTPS, true, AT(retrieve_url), ""},
    {"retrieve", "field_group_id", TEXT, false, AT(field_group_id), "group_id"},
    {"retrieve", "field_certificate_number", TEXT, false, AT(field_certificate_number),
     "certificate_number"},
    {"retrieve", "field_password", TEXT, false, AT(field_password), "password"},
    {"retrieve", "result_header", TEXT, false, AT(result_header), "X-MaiNet-Result"},
    {"retrieve", "result_ok", TEXT, false, AT(result_ok), "OK"},
    {"retrieve", "result_auth_failed", TEXT, false, AT(result_auth_failed), "AUTH_FAILED"},
    {"retrieve", "result_not_available", TEXT, false, AT(result_not_available), "NOT_AVAILABLE"},
    {"retrieve", "result_busy", TEXT, false, AT(result_busy), "BUSY"},
    {"retrieve", "words_auth_failed", TEXTS, false, AT(words_auth_failed), "認証に失敗しました"},
    {"retrieve", "words_not_available", TEXTS, false, AT(words_not_available),
     "証明書が作成されていないか"},
    {"retrieve", "words_busy", TEXTS, false, AT(words_busy), "管理者に問い合わせてください"},
    {"confirm", "url", HTTPS, false, AT(confirm_url), ""},
    {"confirm", "installed", TEXT, false, AT(installed), "正しくインストールされています"},
    {"notice", "number", TEXT, false, AT(notice_number), "証明書番号"},
    {"notice", "password", TEXT, false, AT(notice_password), "証明書取得用パスワード"},
    {"notice", "url", TEXT, false, AT(notice_url), "証明書取得サイトのURL"},
    {"network", "endpoint", WEB, false, AT(endpoints), NULL},
    {"tls", "ca_file", PATH, false, AT(ca_file), ""},
};

#define ENTRIES (sizeof entries / sizeof *entries)

/* A profile on its way from the file. */
typedef struct parser {
    mn_profile *profile;
    const char *folder;
    const char *left; /* of the text */
    int line;
    mainet_error *err;
    mainet_status status; /* the first failure counts */
} parser;

static char **
text_at(mn_profile *profile, const rule *entry)
{
    return (char **)(void *)((char *)profile + entry->offset);
}

static mn_texts *
texts_at(mn_profile *profile, const rule *entry)
{
    return (mn_texts *)(void *)((char *)profile + entry->offset);
}

static bool
is_list(const rule *entry)
{
    return entry->kind == TEXTS || entry->kind == WEB;
}

void
mn_profile_clear(mn_profile *profile)
{
    for (size_t i = 0; i < ENTRIES; i++) {
        if (!is_list(&entries[i])) {
            free(*text_at(profile, &entries[i]));
            continue;
        }
        for (size_t j = 0; j < texts_at(profile, &entries[i])->count; j++)
            free(texts_at(profile, &entries[i])->texts[j]);
        free(texts_at(profile, &entries[i])->texts);
    }
    memset(profile, 0, sizeof *profile);
}

static mainet_status
refuse(parser *in, const char *what, const char *key)
{
    return mn_fail(in->err, MAINET_E_SERVICE_PROFILE, 0, "line %d: %s: %s", in->line, key, what);
}

static bool
is_comment(const char *line)
{
    line += strspn(line, " \t");
    return *line == '#' || *line == ';';
}

/* ini_reader: one line at a time, which tells the number of each and whether it fits. */
static char *
read_line(char *line, int size, void *stream)
{
    parser *in = stream;
    const char *from = in->left;
    size_t len = strcspn(from, "\n");

    len += from[len] == '\n';
    if (len == 0 || in->status != MAINET_OK)
        return NULL;
    in->left += len;
    in->line++;
    if (len > (size_t)size - 3) { /* inih would take the rest for another line */
        if (!is_comment(from)) {
            in->status = refuse(in, "the line is too long", "profile");
            return NULL;
        }
        from = "#\n";
        len = 2;
    }
    memcpy(line, from, len);
    line[len] = '\0';
    return line;
}

static bool
is_text(const char *value)
{
    for (const uint8_t *at = (const uint8_t *)value; *at != '\0';) {
        size_t len = mn_text_character_len(at);

        if (len == 0 || *at < 0x20 || *at == 0x7f)
            return false;
        at += len;
    }
    return true;
}

static bool
has_host(const char *url, const char *scheme)
{
    size_t len = strlen(scheme);

    return strncasecmp(url, scheme, len) == 0 && url[len] != '\0' && url[len] != '/' &&
           strpbrk(url, " \t\"<>\\^`{|}") == NULL;
}

static mainet_status
set_text(parser *in, char **place, const char *key, const char *value)
{
    if (*place != NULL)
        return refuse(in, "is there twice", key);
    *place = strdup(value);
    return *place == NULL ? mn_fail_memory(in->err, "service profile") : MAINET_OK;
}

static mainet_status
add_text(parser *in, mn_texts *list, const char *value)
{
    char **grown = realloc(list->texts, (list->count + 1) * sizeof *grown);

    if (grown == NULL)
        return mn_fail_memory(in->err, "service profile");
    list->texts = grown;
    grown[list->count] = strdup(value);
    if (grown[list->count] == NULL)
        return mn_fail_memory(in->err, "service profile");
    list->count++;
    return MAINET_OK;
}

static mainet_status
set_sha256(parser *in, char **place, const char *key, const char *value)
{
    char hex[65] = "";
    size_t len = 0;

    for (; *value != '\0'; value++) {
        if (*value == ':' || *value == ' ')
            continue;
        if (len == sizeof hex - 1 || !isxdigit((unsigned char)*value))
            return refuse(in, "is not 64 hex digits", key);
        hex[len++] = (char)tolower((unsigned char)*value);
    }
    return len == sizeof hex - 1 ? set_text(in, place, key, hex)
                                 : refuse(in, "is not 64 hex digits", key);
}

static mainet_status
set_path(parser *in, char **place, const char *key, const char *value)
{
    char *path = NULL;
    mainet_status status = MAINET_OK;

    if (*value == '/')
        return set_text(in, place, key, value);
    if (asprintf(&path, "%s/%s", in->folder, value) < 0)
        return mn_fail_memory(in->err, "service profile");
    status = set_text(in, place, key, path);
    free(path);
    return status;
}

static mainet_status
take_value(parser *in, const rule *entry, const char *value)
{
    char **place = text_at(in->profile, entry);

    if (*value == '\0' && entry->required)
        return refuse(in, "is empty", entry->key);
    if (!is_text(value))
        return refuse(in, "is not UTF-8 text of one line", entry->key);
    if (*value == '\0')
        return is_list(entry) ? MAINET_OK : set_text(in, place, entry->key, value);
    if ((entry->kind == HTTPS || entry->kind == WEB) && mn_address_host(value) != value &&
        mn_address_has_user(value)) /* a profile is handed around and told in reports */
        return refuse(in, "a user name or password does not belong here", entry->key);
    switch (entry->kind) {
    case TEXT:
        break;
    case TEXTS:
        return add_text(in, texts_at(in->profile, entry), value);
    case HTTPS:
        if (!has_host(value, "https://"))
            return refuse(in, "is not an https address", entry->key);
        break;
    case WEB:
        if (!has_host(value, "https://") && !has_host(value, "http://"))
            return refuse(in, "is not an http or https address", entry->key);
        return add_text(in, texts_at(in->profile, entry), value);
    case SHA256:
        return set_sha256(in, place, entry->key, value);
    case PATH:
        return set_path(in, place, entry->key, value);
    }
    return set_text(in, place, entry->key, value);
}

static bool
is_section(const char *section)
{
    for (size_t i = 0; i < ENTRIES; i++) {
        if (strcmp(entries[i].section, section) == 0)
            return true;
    }
    return false;
}

/* ini_handler */
static int
take_entry(void *user, const char *section, const char *key, const char *value)
{
    parser *in = user;

    if (in->status != MAINET_OK)
        return 0;
    for (size_t i = 0; i < ENTRIES; i++) {
        if (strcmp(entries[i].section, section) == 0 && strcmp(entries[i].key, key) == 0) {
            in->status = take_value(in, &entries[i], value);
            return in->status == MAINET_OK;
        }
    }
    in->status = is_section(section) ? refuse(in, "is no entry of its section", key)
                                     : mn_fail(in->err, MAINET_E_SERVICE_PROFILE, 0,
                                               "line %d: [%s] is no section", in->line, section);
    return 0;
}

static mainet_status
fill_up(parser *in)
{
    for (size_t i = 0; i < ENTRIES; i++) {
        const rule *entry = &entries[i];

        if (is_list(entry)) {
            if (texts_at(in->profile, entry)->count == 0 && entry->otherwise != NULL)
                MN_TRY(add_text(in, texts_at(in->profile, entry), entry->otherwise));
            continue;
        }
        if (*text_at(in->profile, entry) != NULL)
            continue;
        if (entry->required)
            return mn_fail(in->err, MAINET_E_SERVICE_PROFILE, 0, "[%s] has no %s", entry->section,
                           entry->key);
        MN_TRY(set_text(in, text_at(in->profile, entry), entry->key, entry->otherwise));
    }
    return MAINET_OK;
}

mainet_status
mn_profile_read(mn_profile *profile, const char *text, const char *folder, mainet_error *err)
{
    size_t mark = strncmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0; /* an editor's byte order mark */
    parser in = {.profile = profile, .folder = folder, .left = text + mark, .err = err};
    int bad_line = ini_parse_stream(read_line, &in, take_entry, &in);

    if (in.status != MAINET_OK)
        return in.status;
    if (bad_line != 0)
        return mn_fail(err, MAINET_E_SERVICE_PROFILE, 0,
                       "line %d is neither `key = value` nor `[section]`", bad_line);
    MN_TRY(fill_up(&in));
    if (strcmp(profile->protocol, "form") != 0)
        return mn_fail(err, MAINET_E_SERVICE_PROFILE, 0, "protocol %s is not known; `form` is",
                       profile->protocol);
    if (*profile->field_group_id == '\0' || *profile->field_certificate_number == '\0' ||
        *profile->field_password == '\0')
        return mn_fail(err, MAINET_E_SERVICE_PROFILE, 0, "a form field has no name");
    if (*profile->notice_number == '\0' || *profile->notice_password == '\0')
        return mn_fail(err, MAINET_E_SERVICE_PROFILE, 0, "a value of the notice has no label");
    return MAINET_OK;
}

bool
mn_profile_expects(const mn_profile *profile, const char *common_name)
{
    const char *a = profile->issuer;
    const char *b = common_name;

    if (*a == '\0')
        return false;
    for (;;) {
        while (*a == ' ')
            a++;
        while (*b == ' ')
            b++;
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return false;
        if (*a == '\0')
            return true;
        a++;
        b++;
    }
}
