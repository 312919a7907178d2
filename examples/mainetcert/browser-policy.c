/* SPDX-License-Identifier: BSD-3-Clause */
#include "browser-policy.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "document.h"
#include "failure.h"
#include "text.h"

#define MODULE_FILE "mainetcert-pkcs11.so"
#define CHOICES "AutoSelectCertificateForUrls"

/* Firefox reads the first of these that is there, and no other: they do not add up. */
static const char *const firefox_files[] = {
    "/etc/firefox/policies/policies.json",
    "/usr/lib/firefox-esr/distribution/policies.json",
    "/usr/lib/firefox/distribution/policies.json",
    "/usr/lib64/firefox/distribution/policies.json",
    "/opt/firefox/distribution/policies.json",
};
/* Every file of these folders counts, but of one policy only one. */
static const char *const chromium_folders[] = {"/etc/chromium/policies/managed",
                                               "/etc/opt/chrome/policies/managed"};
enum {
    FIREFOX_COUNT = sizeof firefox_files / sizeof *firefox_files,
    CHROMIUM_COUNT = sizeof chromium_folders / sizeof *chromium_folders
};

/* The object in a file, an empty one if there is no file. */
static json_t *
load(const char *path, mainet_error *err)
{
    mainet_error missing = {0};
    scoped(char) text = document_read(path, &missing);
    json_error_t wrong;
    json_t *root = NULL;

    if (text == NULL && missing.cause == ENOENT)
        return must_have(json_object());
    if (text == NULL) {
        (void)fail(err, missing.status, missing.cause, "%s", missing.detail);
        return NULL;
    }
    root = json_loads(text, JSON_REJECT_DUPLICATES, &wrong);
    if (!json_is_object(root)) {
        (void)fail(err, MAINET_E_FILE, 0, "%s, line %d: %s", path, wrong.line,
                   root == NULL ? wrong.text : "not an object");
        json_decref(root);
        return NULL;
    }
    return root;
}

/* As text; "" of an empty object. (malloc) */
static char *
text_of(const json_t *root)
{
    scoped(char) dumped = must_have(json_dumps(root, JSON_INDENT(2)));
    char *text = must_have(calloc(1, strlen(dumped) + 2));

    if (json_object_size(root) > 0)
        (void)sprintf(text, "%s\n", dumped);
    return text;
}

static mainet_status
save(const char *path, const json_t *root, bool is_first, mainet_error *err)
{
    scoped(char) text = text_of(root);

    return document_change(path, text, is_first, 0644, err);
}

/* If the backup of a file means the same as what is left, it comes back to the byte. */
static mainet_status
save_restored(const char *path, const json_t *root, mainet_error *err)
{
    char backup[PATH_MAX + 32] = "";
    mainet_error missing = {0};
    scoped(json_t) before = NULL;
    scoped(char) text = text_of(root);

    (void)snprintf(backup, sizeof backup, "%s.before-mainetcert", path);
    if (access(backup, F_OK) == 0)
        before = load(backup, &missing);
    if (before != NULL && json_equal(before, root)) {
        free(text);
        text = document_read(backup, err);
    }
    return text == NULL ? err->status : document_restore(path, text, err);
}

/* A member that is an object, made if need be; NULL if it is something else. */
static json_t *
member(json_t *object, const char *name)
{
    if (json_object_get(object, name) == NULL)
        (void)json_object_set_new(object, name, json_object());
    object = json_object_get(object, name);
    return json_is_object(object) ? object : NULL;
}

const char *
browser_policy_chromium_folder(size_t index)
{
    return index < CHROMIUM_COUNT ? chromium_folders[index] : NULL;
}

const char *
browser_policy_firefox_file(void)
{
    for (size_t i = 0; i < FIREFOX_COUNT; i++) {
        if (access(firefox_files[i], F_OK) == 0)
            return firefox_files[i];
    }
    return firefox_files[0];
}

static bool
is_ours(const json_t *library)
{
    const char *path = json_string_value(library);
    const char *file = path == NULL ? NULL : strrchr(path, '/');

    return file != NULL && strcmp(file + 1, MODULE_FILE) == 0;
}

/* Remove our module from `{name: library}`; answer whether it was there, and where. */
static bool
take_out(json_t *devices, browser_policy *policy)
{
    const char *name = NULL;
    json_t *library = NULL;

    json_object_foreach(devices, name, library)
    {
        if (!is_ours(library))
            continue;
        (void)snprintf(policy->library, sizeof policy->library, "%s", json_string_value(library));
        (void)json_object_del(devices, name);
        return true;
    }
    return false;
}

static void
drop_if_empty(json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    if ((json_is_object(value) && json_object_size(value) == 0) ||
        (json_is_array(value) && json_array_size(value) == 0))
        (void)json_object_del(object, name);
}

/* `{"policies": {"SecurityDevices": {"Add": {name: library}}}}`, before Firefox 114 without Add. */
static bool
take_out_everywhere(json_t *root, browser_policy *policy)
{
    json_t *policies = json_object_get(root, "policies");
    json_t *devices = json_object_get(policies, "SecurityDevices");
    const bool was_there =
        take_out(json_object_get(devices, "Add"), policy) || take_out(devices, policy);

    drop_if_empty(devices, "Add");
    drop_if_empty(policies, "SecurityDevices");
    drop_if_empty(root, "policies");
    return was_there;
}

mainet_status
browser_policy_find_module(browser_policy *policy, mainet_error *err)
{
    scoped(json_t) root = load(browser_policy_firefox_file(), err);

    if (root == NULL)
        return err->status;
    (void)snprintf(policy->path, sizeof policy->path, "%s", browser_policy_firefox_file());
    policy->is_set = take_out_everywhere(root, policy);
    return MAINET_OK;
}

mainet_status
browser_policy_add_module(const char *library, browser_policy *policy, mainet_error *err)
{
    scoped(json_t) root = load(browser_policy_firefox_file(), err);
    json_t *devices = NULL;
    bool was_there = false;

    if (root == NULL)
        return err->status;
    (void)snprintf(policy->path, sizeof policy->path, "%s", browser_policy_firefox_file());
    was_there = take_out_everywhere(root, policy);
    policy->is_set = was_there && strcmp(policy->library, library) == 0;
    if (policy->is_set)
        return MAINET_OK;
    devices = member(root, "policies");
    devices = devices == NULL ? NULL : member(devices, "SecurityDevices");
    if (devices != NULL && (json_object_size(devices) == 0 || json_object_get(devices, "Add") ||
                            json_object_get(devices, "Delete")))
        devices = member(devices, "Add");
    if (devices == NULL)
        return fail(err, MAINET_E_FILE, 0, "%s: unexpected shape", policy->path);
    (void)json_object_set_new(devices, "MaiNet", json_string(library));
    TRY(save(policy->path, root, !was_there, err));
    (void)snprintf(policy->library, sizeof policy->library, "%s", library);
    policy->is_set = true;
    return MAINET_OK;
}

mainet_status
browser_policy_remove_module(browser_policy *policy, mainet_error *err)
{
    scoped(json_t) root = load(browser_policy_firefox_file(), err);

    if (root == NULL)
        return err->status;
    (void)snprintf(policy->path, sizeof policy->path, "%s", browser_policy_firefox_file());
    if (take_out_everywhere(root, policy))
        TRY(save_restored(policy->path, root, err));
    *policy->library = '\0';
    return MAINET_OK;
}

/* The file of a folder that has the policy already, else one of our own. */
static void
choice_file(const char *folder, char *path, size_t path_len)
{
    DIR *directory = opendir(folder);
    const struct dirent *entry = NULL;

    (void)snprintf(path, path_len, "%s/mainetcert.json", folder);
    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        char other[PATH_MAX] = "";
        const char *end = strrchr(entry->d_name, '.');
        mainet_error broken = {0};
        scoped(json_t) root = NULL;

        if (end == NULL || strcmp(end, ".json") != 0)
            continue;
        (void)snprintf(other, sizeof other, "%s/%s", folder, entry->d_name);
        root = load(other, &broken);
        if (json_object_get(root, CHOICES) != NULL) {
            (void)snprintf(path, path_len, "%s", other);
            break;
        }
    }
    if (directory != NULL)
        (void)closedir(directory);
}

/* Each choice is a text of its own: `{"pattern":"https://…","filter":{"ISSUER":{"CN":"…"}}}`. */
static bool
is_choice_of(const json_t *choice, const char *issuer)
{
    const char *text = json_string_value(choice);
    scoped(json_t) parsed = text == NULL ? NULL : json_loads(text, 0, NULL);
    const json_t *filter = json_object_get(json_object_get(parsed, "filter"), "ISSUER");
    const char *name = json_string_value(json_object_get(filter, "CN"));

    return name != NULL && strcmp(name, issuer) == 0;
}

static size_t
remove_choices(json_t *choices, const char *issuer)
{
    size_t removed = 0;

    for (size_t i = json_array_size(choices); i > 0; i--) {
        if (is_choice_of(json_array_get(choices, i - 1), issuer)) {
            (void)json_array_remove(choices, i - 1);
            removed++;
        }
    }
    return removed;
}

/* `https://host:port` of an address. */
static json_t *
make_choice(const char *url, const char *issuer)
{
    const char *host = strstr(url, "://");
    const size_t len =
        host == NULL ? strlen(url) : (size_t)(host + 3 - url) + strcspn(host + 3, "/?#");
    scoped(char) pattern = must_have(strndup(url, len));
    scoped(json_t) choice = must_have(
        json_pack("{s:s, s:{s:{s:s}}}", "pattern", pattern, "filter", "ISSUER", "CN", issuer));
    scoped(char) text = must_have(json_dumps(choice, JSON_COMPACT));

    return json_string(text);
}

static mainet_status
add_choices(const char *path, const char *const urls[], const char *issuer, mainet_error *err)
{
    scoped(json_t) root = load(path, err);
    json_t *choices = NULL;
    bool was_there = false;

    if (root == NULL)
        return err->status;
    if (json_object_get(root, CHOICES) == NULL)
        (void)json_object_set_new(root, CHOICES, json_array());
    choices = json_object_get(root, CHOICES);
    if (!json_is_array(choices))
        return fail(err, MAINET_E_FILE, 0, "%s: " CHOICES " is no array", path);
    was_there = remove_choices(choices, issuer) > 0;
    for (; *urls != NULL; urls++) {
        if (**urls != '\0')
            (void)json_array_append_new(choices, make_choice(*urls, issuer));
    }
    return save(path, root, !was_there, err);
}

mainet_status
browser_policy_add_choice(const char *const urls[], const char *issuer, json_t *paths,
                          mainet_error *err)
{
    for (size_t i = 0; i < CHROMIUM_COUNT; i++) {
        char path[PATH_MAX] = "";

        choice_file(chromium_folders[i], path, sizeof path);
        TRY(add_choices(path, urls, issuer, err));
        (void)json_array_append_new(paths, json_string(path));
    }
    return MAINET_OK;
}

mainet_status
browser_policy_find_choice(const char *issuer, json_t *paths, mainet_error *err)
{
    for (size_t i = 0; i < CHROMIUM_COUNT; i++) {
        char path[PATH_MAX] = "";
        scoped(json_t) root = NULL;

        choice_file(chromium_folders[i], path, sizeof path);
        root = load(path, err);
        if (root == NULL)
            return err->status;
        if (remove_choices(json_object_get(root, CHOICES), issuer) > 0)
            (void)json_array_append_new(paths, json_string(path));
    }
    return MAINET_OK;
}

mainet_status
browser_policy_remove_choice(const char *issuer, json_t *paths, mainet_error *err)
{
    for (size_t i = 0; i < CHROMIUM_COUNT; i++) {
        char path[PATH_MAX] = "";
        scoped(json_t) root = NULL;

        choice_file(chromium_folders[i], path, sizeof path);
        root = load(path, err);
        if (root == NULL)
            return err->status;
        if (remove_choices(json_object_get(root, CHOICES), issuer) == 0)
            continue;
        drop_if_empty(root, CHOICES);
        TRY(save_restored(path, root, err));
        (void)json_array_append_new(paths, json_string(path));
    }
    return MAINET_OK;
}
