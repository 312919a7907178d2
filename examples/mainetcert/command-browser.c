/* SPDX-License-Identifier: BSD-3-Clause */
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "access.h"
#include "browser-list.h"
#include "browser-module.h"
#include "browser-policy.h"
#include "command.h"
#include "json.h"
#include "table.h"
#include "text.h"

/* The service is needed for the choice of its certificates alone. */
static mainet_status
find_service(const options *wanted, mainet_service **service, failure *why)
{
    failure_init missing = {.hint = MESSAGE_NONE};

    *service = access_service(wanted, "", wanted->auto_select ? why : &missing);
    return *service == NULL && wanted->auto_select ? why->error.status : MAINET_OK;
}

/* What the three commands collect, for people or for programs. */
typedef struct report {
    json_t *browsers;
    json_t *policies;
    table table;
} report;

static void
clear_report(report *self)
{
    json_decref(self->browsers);
    json_decref(self->policies);
    table_clear(&self->table);
}

#define report_init __attribute__((cleanup(clear_report))) report

static bool
is_wanted(const options *wanted, browser_kind kind)
{
    const bool is_named = kind == BROWSER_FIREFOX ? wanted->firefox : wanted->chromium;

    return is_named || (!wanted->firefox && !wanted->chromium);
}

/* The entry for this installation, with the store that was named: a browser that a desktop starts
 * has nothing of a shell's environment. */
static mainet_status
make_entry(const options *wanted, browser_entry *entry, failure *why)
{
    const char *library = browser_module_path();
    char store[PATH_MAX] = "";
    browser_view seen;

    browser_module_look(library, "", &seen);
    if (!seen.is_found)
        return fail(&why->error, MAINET_E_FILE, 0, "%s does not load", library);
    (void)snprintf(entry->library, sizeof entry->library, "%s", library);
    if (wanted->store == NULL)
        return MAINET_OK;
    if (realpath(wanted->store, store) == NULL)
        return fail(&why->error, MAINET_E_FILE, 0, "%s: no such folder", wanted->store);
    if (strpbrk(store, "\"\\\r\n") != NULL)
        return fail(&why->error, MAINET_E_FILE, 0, "%s cannot be named to a browser", store);
    (void)snprintf(entry->parameters, sizeof entry->parameters, "store=\"%.4000s\"", store);
    return MAINET_OK;
}

static void
add_titles(table *rows)
{
    static const message titles[] = {MESSAGE_COLUMN_BROWSER, MESSAGE_COLUMN_REGISTERED,
                                     MESSAGE_COLUMN_MODULE,  MESSAGE_COLUMN_TOKENS,
                                     MESSAGE_COLUMN_OFFERED, MESSAGE_COLUMN_PLACE};

    table_add_row(rows);
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        table_add_cell(rows, message_text(titles[i]));
}

static void
add_row(report *self, const char *name, bool is_set, const browser_view *seen, const char *path)
{
    scoped(char) token_count = text_number((int64_t)seen->tokens);
    scoped(char) identities = text_number((int64_t)seen->identities);

    table_add_row(&self->table);
    table_add_cell(&self->table, name);
    table_add_cell(&self->table, message_text(is_set ? MESSAGE_YES : MESSAGE_NO));
    table_add_cell(&self->table, message_text(seen->is_found ? MESSAGE_FOUND : MESSAGE_FOUND_NOT));
    table_add_cell(&self->table, token_count);
    table_add_cell(&self->table, identities);
    table_add_cell(&self->table, path);
}

static void
add_browser(report *self, const browser_place *place, const browser_entry *entry)
{
    json_t *object = must_have(json_object());
    browser_view seen = {0};

    if (*entry->library != '\0' && place->sandbox == NULL)
        browser_module_look(entry->library, entry->parameters, &seen);
    json_put(object, "browser", json_text(browser_name(place->kind)));
    json_put(object, "place", json_text(place->folder));
    json_put(object, "sandbox", json_optional(place->sandbox == NULL ? "" : place->sandbox));
    json_put(object, "running", json_boolean(place->is_running));
    json_put(object, "registered", json_boolean(*entry->library != '\0'));
    json_put(object, "module", json_optional(entry->library));
    json_put(object, "module_found", json_boolean(seen.is_found));
    json_put(object, "tokens", json_integer((json_int_t)seen.tokens));
    json_put(object, "identities", json_integer((json_int_t)seen.identities));
    (void)json_array_append_new(self->browsers, object);
    add_row(self, browser_name(place->kind), *entry->library != '\0', &seen, place->folder);
}

static void
add_policy(report *self, const char *name, const char *path, const char *library)
{
    json_t *object = must_have(json_object());
    browser_view seen = {0};

    browser_module_look(*library == '\0' ? browser_module_path() : library, "", &seen);
    json_put(object, "policy", json_text(name));
    json_put(object, "file", json_text(path));
    json_put(object, "module", json_optional(library));
    (void)json_array_append_new(self->policies, object);
    add_row(self, name, true, &seen, path);
}

static mainet_status
report_browsers(const options *wanted, report *self, failure *why)
{
    browser_places_init places = {0};

    browser_places_find(&places);
    for (size_t i = 0; i < places.count; i++) {
        const browser_place *place = &places.items[i];
        browser_entry entry = {"", ""};

        if (!is_wanted(wanted, place->kind) || !place->exists)
            continue;
        TRY(browser_list_find(place, &entry, &why->error));
        add_browser(self, place, &entry);
        if (place->sandbox != NULL)
            message_print(stderr, MESSAGE_SANDBOX, place->sandbox, browser_module_path());
    }
    return MAINET_OK;
}

static mainet_status
report_policies(const options *wanted, const mainet_service *service, report *self, failure *why)
{
    browser_policy policy = {.is_set = false};
    scoped(json_t) files = must_have(json_array());
    const json_t *file = NULL;
    size_t i = 0;

    if (is_wanted(wanted, BROWSER_FIREFOX))
        TRY(browser_policy_find_module(&policy, &why->error));
    if (policy.is_set)
        add_policy(self, "SecurityDevices", policy.path, policy.library);
    if (service != NULL && is_wanted(wanted, BROWSER_CHROMIUM))
        TRY(browser_policy_find_choice(mainet_service_issuer(service), files, &why->error));
    json_array_foreach(files, i, file)
    {
        add_policy(self, "AutoSelectCertificateForUrls", json_string_value(file), "");
    }
    return MAINET_OK;
}

/* How everything stands: what `status` is for, and what the other two end with. */
static mainet_status
tell(const options *wanted, const mainet_service *service, failure *why)
{
    report_init self = {must_have(json_array()), must_have(json_array()), {0}};

    add_titles(&self.table);
    TRY(report_browsers(wanted, &self, why));
    TRY(report_policies(wanted, service, &self, why));
    if (wanted->json) {
        scoped(json_t) document = must_have(
            json_pack("{s:O, s:O}", "browsers", self.browsers, "policies", self.policies));

        json_print(document);
    } else if (self.table.row_count > 1) {
        table_print(&self.table, stdout);
    } else {
        message_print(stderr, MESSAGE_NO_BROWSERS, NULL, NULL);
    }
    return MAINET_OK;
}

mainet_status
command_browser_status(const options *wanted, failure *why)
{
    scoped(mainet_service) service = NULL;

    TRY(find_service(wanted, &service, why));
    return tell(wanted, service, why);
}

/* Change one list if the command may, which is told by `is_there`: what it will have. */
static mainet_status
change_place(const browser_place *place, const browser_entry *entry, failure *why)
{
    browser_entry before = {"", ""};
    const bool is_there = *entry->library != '\0';

    TRY(browser_list_find(place, &before, &why->error));
    if (strcmp(before.library, entry->library) == 0 &&
        (!is_there || strcmp(before.parameters, entry->parameters) == 0))
        return MAINET_OK;
    if (place->kind == BROWSER_FIREFOX && place->is_running)
        return fail(&why->error, MAINET_E_BROWSER_RUNNING, 0, "%s", place->folder);
    if (place->is_running)
        message_print(stderr, MESSAGE_RESTART_BROWSER, browser_name(place->kind), NULL);
    return is_there ? browser_list_add(place, entry, &why->error)
                    : browser_list_remove(place, &why->error);
}

/* All that can be changed is, also if one of them cannot. */
static mainet_status
change_places(const options *wanted, const browser_entry *entry, failure *why)
{
    browser_places_init places = {0};
    mainet_status status = MAINET_OK;
    size_t usable = 0;

    browser_places_find(&places);
    for (size_t i = 0; i < places.count; i++) {
        const browser_place *place = &places.items[i];

        if (!is_wanted(wanted, place->kind) || place->sandbox != NULL ||
            (!place->exists && *entry->library == '\0'))
            continue;
        usable++;
        if (change_place(place, entry, why) != MAINET_OK)
            status = why->error.status;
    }
    if (usable == 0 && *entry->library != '\0')
        return fail(&why->error, MAINET_E_BROWSER_NOT_FOUND, 0, "no profile that can be changed");
    return status;
}

static mainet_status
add_policies(const options *wanted, const mainet_service *service, const browser_entry *entry,
             failure *why)
{
    const char *const urls[] = {
        service == NULL ? "" : mainet_service_confirm_url(service),
        service == NULL ? "" : mainet_service_retrieve_url(service),
        NULL,
    };
    browser_policy policy = {.is_set = false};
    scoped(json_t) files = must_have(json_array());

    if (wanted->policy && is_wanted(wanted, BROWSER_FIREFOX))
        TRY(browser_policy_add_module(entry->library, &policy, &why->error));
    if (wanted->auto_select && is_wanted(wanted, BROWSER_CHROMIUM))
        TRY(browser_policy_add_choice(urls, mainet_service_issuer(service), files, &why->error));
    return MAINET_OK;
}

mainet_status
command_browser_add(const options *wanted, failure *why)
{
    scoped(mainet_service) service = NULL;
    browser_entry entry = {"", ""};

    TRY(find_service(wanted, &service, why));
    TRY(make_entry(wanted, &entry, why));
    TRY(add_policies(wanted, service, &entry, why));
    if (!wanted->policy)
        TRY(change_places(wanted, &entry, why));
    return tell(wanted, service, why);
}

mainet_status
command_browser_remove(const options *wanted, failure *why)
{
    static const browser_entry nothing = {"", ""};
    scoped(mainet_service) service = NULL;
    scoped(json_t) files = must_have(json_array());
    browser_policy policy = {.is_set = false};
    const bool is_everything = !wanted->policy && !wanted->auto_select;

    TRY(find_service(wanted, &service, why));
    if (is_everything)
        TRY(change_places(wanted, &nothing, why));
    if (wanted->policy && is_wanted(wanted, BROWSER_FIREFOX))
        TRY(browser_policy_remove_module(&policy, &why->error));
    if (wanted->auto_select && is_wanted(wanted, BROWSER_CHROMIUM))
        TRY(browser_policy_remove_choice(mainet_service_issuer(service), files, &why->error));
    return tell(wanted, service, why);
}
