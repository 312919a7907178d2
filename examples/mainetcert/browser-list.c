/* SPDX-License-Identifier: BSD-3-Clause */
#include "browser-list.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "document.h"
#include "failure.h"
#include "text.h"

#define MODULE_FILE "mainetcert-pkcs11.so"

/* The end of a line, behind its break. */
static const char *
line_end(const char *line)
{
    const char *end = strchr(line, '\n');

    return end == NULL ? line + strlen(line) : end + 1;
}

static bool
is_blank(const char *line)
{
    return strspn(line, " \t\r\n") >= (size_t)(line_end(line) - line);
}

/* The end of a block, behind the blank lines that follow it. */
static const char *
block_end(const char *at)
{
    while (*at != '\0' && !is_blank(at))
        at = line_end(at);
    while (*at != '\0' && is_blank(at))
        at = line_end(at);
    return at;
}

/* Copy the value of a name in a block; "" if it has none. */
static void
copy_value(const char *block, const char *end, const char *name, char *value, size_t value_len)
{
    const size_t name_len = strlen(name);

    *value = '\0';
    for (; block < end && !is_blank(block); block = line_end(block)) {
        if (strncmp(block, name, name_len) == 0 && block[name_len] == '=')
            (void)snprintf(value, value_len, "%.*s", (int)strcspn(block + name_len + 1, "\r\n"),
                           block + name_len + 1);
    }
}

static bool
read_entry(const char *block, const char *end, browser_entry *entry)
{
    const char *file = NULL;

    copy_value(block, end, "library", entry->library, sizeof entry->library);
    copy_value(block, end, "parameters", entry->parameters, sizeof entry->parameters);
    file = strrchr(entry->library, '/');
    return strcmp(file == NULL ? entry->library : file + 1, MODULE_FILE) == 0;
}

static char *
list_path(const browser_place *place)
{
    char path[PATH_MAX] = "";

    (void)snprintf(path, sizeof path, "%s/pkcs11.txt", place->folder);
    return must_have(strdup(path));
}

/* The list, "" if there is none. */
static char *
read_list(const char *path, mainet_error *err)
{
    mainet_error missing = {0};
    char *text = document_read(path, &missing);

    if (text == NULL && missing.cause == ENOENT)
        return must_have(strdup(""));
    if (text == NULL)
        (void)fail(err, missing.status, missing.cause, "%s", missing.detail);
    return text;
}

mainet_status
browser_list_find(const browser_place *place, browser_entry *found, mainet_error *err)
{
    scoped(char) path = list_path(place);
    scoped(char) text = read_list(path, err);

    if (text == NULL)
        return err->status;
    for (const char *at = text; *at != '\0'; at = block_end(at)) {
        if (read_entry(at, block_end(at), found))
            return MAINET_OK;
    }
    *found = (browser_entry){"", ""};
    return MAINET_OK;
}

/* A copy without our blocks, with room for one more. */
static char *
without_ours(const char *text)
{
    char *copy = must_have(calloc(1, strlen(text) + sizeof(browser_entry) + 64));
    size_t len = 0;

    for (const char *at = text, *end = at; *at != '\0'; at = end) {
        browser_entry entry;

        end = block_end(at);
        if (read_entry(at, end, &entry))
            continue;
        memcpy(copy + len, at, (size_t)(end - at));
        len += (size_t)(end - at);
    }
    return copy;
}

mainet_status
browser_list_add(const browser_place *place, const browser_entry *entry, mainet_error *err)
{
    scoped(char) path = list_path(place);
    scoped(char) text = read_list(path, err);
    scoped(char) changed = text == NULL ? NULL : without_ours(text);
    bool is_first = false;
    char *end = NULL;

    if (changed == NULL)
        return err->status;
    is_first = strcmp(text, changed) == 0;
    end = changed + strlen(changed);
    while (end > changed && (end[-1] == '\n' || end[-1] == '\r'))
        end--;
    if (end > changed)
        end = stpcpy(end, "\n\n");
    end += sprintf(end, "library=%s\nname=MaiNet\n", entry->library);
    if (*entry->parameters != '\0')
        end += sprintf(end, "parameters=%s\n", entry->parameters);
    (void)stpcpy(end, "\n");
    return document_change(path, changed, is_first, 0600, err);
}

mainet_status
browser_list_remove(const browser_place *place, mainet_error *err)
{
    scoped(char) path = list_path(place);
    scoped(char) text = read_list(path, err);
    scoped(char) changed = text == NULL ? NULL : without_ours(text);

    if (changed == NULL)
        return err->status;
    return strcmp(text, changed) == 0 ? MAINET_OK : document_restore(path, changed, err);
}
