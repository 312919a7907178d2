/* SPDX-License-Identifier: BSD-3-Clause */
#include "surroundings.h"

#include <stdio.h>
#include <string.h>

#include "browser-place.h"
#include "document.h"
#include "json.h"
#include "text.h"

/* What a proxy's address says besides where it is stays here: `user:password@`, `?token=…`. */
static char *
without_secrets(const char *value)
{
    const char *scheme = strstr(value, "://");
    const char *host = scheme == NULL ? value : scheme + 3;
    const char *at = strrchr(host, '@');
    const char *from = at == NULL ? host : at + 1;
    char *made = NULL;

    if (asprintf(&made, "%.*s%.*s", (int)(host - value), value, (int)strcspn(from, "?#"), from) < 0)
        made = NULL;
    return must_have(made);
}

static void
add(surroundings *self, const char *source, const char *name, const char *value, bool is_used)
{
    if (*value == '\0')
        return;
    self->items = must_have(reallocarray(self->items, self->count + 1, sizeof *self->items));
    self->items[self->count++] = (surrounding){source, name, without_secrets(value), is_used};
}

void
surroundings_add(surroundings *found, const char *source, const char *name, const char *value)
{
    add(found, source, name, value, false);
}

static void
find_in_environment(surroundings *found, bool has_proxy)
{
    static const struct {
        const char *name;
        bool is_read; /* by libcurl, which leaves HTTP_PROXY to CGI programs */
    } names[] = {{"https_proxy", true}, {"HTTPS_PROXY", true}, {"http_proxy", true},
                 {"HTTP_PROXY", false}, {"all_proxy", true},   {"ALL_PROXY", true},
                 {"no_proxy", true},    {"NO_PROXY", true},    {"auto_proxy", false}};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i].name);

        if (value != NULL)
            add(found, "environment", names[i].name, value, names[i].is_read && !has_proxy);
    }
}

/* A session bus that does not answer would hold us for ever. */
#define GSETTINGS "timeout 2 gsettings get"

/* The first line that a command prints, without quotation marks; "" if it fails. */
static void
ask_command(const char *command, char *answer, size_t answer_size)
{
    FILE *pipe = popen(command, "re");
    size_t len = 0;

    *answer = '\0';
    if (pipe == NULL)
        return;
    if (fgets(answer, (int)answer_size, pipe) == NULL)
        *answer = '\0';
    if (pclose(pipe) != 0)
        *answer = '\0';
    len = strcspn(answer, "\n");
    if (len >= 2 && answer[0] == '\'' && answer[len - 1] == '\'') {
        memmove(answer, answer + 1, len - 2);
        len -= 2;
    }
    answer[len] = '\0';
}

static void
find_in_gnome(surroundings *found)
{
    char mode[64];
    char value[1024];

    ask_command(GSETTINGS " org.gnome.system.proxy mode 2>/dev/null", mode, sizeof mode);
    if (strcmp(mode, "auto") == 0) {
        ask_command(GSETTINGS " org.gnome.system.proxy autoconfig-url 2>/dev/null", value,
                    sizeof value);
        add(found, "GNOME", "autoconfig-url", *value == '\0' ? "WPAD" : value, false);
    } else if (strcmp(mode, "manual") == 0) {
        char port[64];
        scoped(char) address = NULL;

        ask_command(GSETTINGS " org.gnome.system.proxy.https host 2>/dev/null", value,
                    sizeof value);
        ask_command(GSETTINGS " org.gnome.system.proxy.https port 2>/dev/null", port, sizeof port);
        if (asprintf(&address, "%s:%s", value, port) < 0)
            (void)must_have(address = NULL);
        if (*value != '\0')
            add(found, "GNOME", "https", address, false);
    }
}

/* The value behind the first line that begins with `key`; "" if there is none. */
static char *
value_of(const char *text, const char *key)
{
    const size_t len = strlen(key);

    for (const char *line = text; *line != '\0';
         line += strcspn(line, "\n"), line += *line == '\n') {
        if (strncmp(line, key, len) == 0)
            return must_have(strndup(line + len, strcspn(line + len, "\r\n")));
    }
    return must_have(strdup(""));
}

static void
find_in_kde(surroundings *found)
{
    const char *config = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    mainet_error ignored = {0};
    scoped(char) path = NULL;
    scoped(char) text = NULL;
    scoped(char) type = NULL;
    scoped(char) script = NULL;
    scoped(char) proxy = NULL;
    char *blank = NULL;

    if (asprintf(&path, "%s%s/kioslaverc",
                 config != NULL ? config
                 : home != NULL ? home
                                : "",
                 config != NULL ? "" : "/.config") < 0)
        (void)must_have(path = NULL);
    text = document_read(path, &ignored);
    if (text == NULL)
        return;
    type = value_of(text, "ProxyType=");
    script = value_of(text, "Proxy Config Script=");
    proxy = value_of(text, "httpsProxy=");
    blank = strchr(proxy, ' '); /* before the port, as KDE writes it */
    if (blank != NULL)
        *blank = ':';
    if (strcmp(type, "2") == 0)
        add(found, "KDE", "Proxy Config Script", script, false);
    else if (strcmp(type, "3") == 0)
        add(found, "KDE", "ProxyType", "WPAD", false);
    else if (strcmp(type, "1") == 0 || strcmp(type, "4") == 0)
        add(found, "KDE", "httpsProxy", proxy, false);
}

/* The value of user_pref("NAME", VALUE);, without quotation marks. */
static char *
preference(const char *text, const char *name)
{
    scoped(char) key = NULL;
    scoped(char) line = NULL;
    const char *from = NULL;

    if (asprintf(&key, "user_pref(\"%s\", ", name) < 0)
        (void)must_have(key = NULL);
    line = value_of(text, key);
    from = line + (*line == '"');
    return must_have(strndup(from, strcspn(from, "\");")));
}

static void
find_in_firefox(surroundings *found, const char *folder)
{
    mainet_error ignored = {0};
    scoped(char) path = NULL;
    scoped(char) text = NULL;
    scoped(char) type = NULL;
    scoped(char) script = NULL;
    scoped(char) host = NULL;
    scoped(char) port = NULL;
    scoped(char) address = NULL;

    if (asprintf(&path, "%s/prefs.js", folder) < 0)
        (void)must_have(path = NULL);
    text = document_read(path, &ignored);
    if (text == NULL)
        return;
    type = preference(text, "network.proxy.type");
    script = preference(text, "network.proxy.autoconfig_url");
    host = preference(text, "network.proxy.ssl");
    port = preference(text, "network.proxy.ssl_port");
    if (asprintf(&address, "%s:%s", host, port) < 0)
        (void)must_have(address = NULL);
    if (strcmp(type, "2") == 0)
        add(found, "Firefox", "network.proxy.autoconfig_url", script, false);
    else if (strcmp(type, "4") == 0)
        add(found, "Firefox", "network.proxy.type", "WPAD", false);
    else if (strcmp(type, "1") == 0 && *host != '\0')
        add(found, "Firefox", "network.proxy.ssl", address, false);
}

void
surroundings_find(surroundings *found, bool has_proxy)
{
    browser_places_init places = {0};

    find_in_environment(found, has_proxy);
    find_in_gnome(found);
    find_in_kde(found);
    browser_places_find(&places);
    for (size_t i = 0; i < places.count; i++) {
        if (places.items[i].kind == BROWSER_FIREFOX)
            find_in_firefox(found, places.items[i].folder);
    }
    surroundings_find_policies(found);
}

json_t *
surroundings_json(const surroundings *self)
{
    json_t *array = must_have(json_array());

    for (size_t i = 0; i < self->count; i++) {
        json_t *one = must_have(json_object());

        json_put(one, "source", json_text(self->items[i].source));
        json_put(one, "name", json_text(self->items[i].name));
        json_put(one, "value", json_text(self->items[i].value));
        json_put(one, "used", must_have(json_boolean(self->items[i].is_used)));
        (void)json_array_append_new(array, one);
    }
    return array;
}

void
surroundings_clear(surroundings *self)
{
    for (size_t i = 0; i < self->count; i++)
        free(self->items[i].value);
    free(self->items);
}
