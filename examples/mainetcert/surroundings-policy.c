/* SPDX-License-Identifier: BSD-3-Clause */
/* The proxies that an administrator settled for every browser of this machine. */
#include <dirent.h>
#include <string.h>

#include "browser-policy.h"
#include "document.h"
#include "surroundings.h"
#include "text.h"

static json_t *
load(const char *path)
{
    mainet_error no_matter = {0};
    scoped(char) text = document_read(path, &no_matter);

    return text == NULL ? NULL : json_loads(text, 0, NULL);
}

/* A member's text; "" if there is none. */
static const char *
text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text == NULL ? "" : text;
}

static void
find_in_firefox(surroundings *found)
{
    scoped(json_t) root = load(browser_policy_firefox_file());
    const json_t *proxy = json_object_get(json_object_get(root, "policies"), "Proxy");
    const char *mode = text_of(proxy, "Mode");

    if (strcmp(mode, "autoConfig") == 0)
        surroundings_add(found, "Firefox policy", "AutoConfigURL", text_of(proxy, "AutoConfigURL"));
    else if (strcmp(mode, "autoDetect") == 0)
        surroundings_add(found, "Firefox policy", "Mode", "WPAD");
    else if (strcmp(mode, "manual") == 0 && *text_of(proxy, "SSLProxy") != '\0')
        surroundings_add(found, "Firefox policy", "SSLProxy", text_of(proxy, "SSLProxy"));
    else if (strcmp(mode, "manual") == 0)
        surroundings_add(found, "Firefox policy", "HTTPProxy", text_of(proxy, "HTTPProxy"));
}

static void
take_chromium(surroundings *found, const json_t *policy)
{
    const char *mode = text_of(policy, "ProxyMode");

    if (strcmp(mode, "pac_script") == 0)
        surroundings_add(found, "Chromium policy", "ProxyPacUrl", text_of(policy, "ProxyPacUrl"));
    else if (strcmp(mode, "auto_detect") == 0)
        surroundings_add(found, "Chromium policy", "ProxyMode", "WPAD");
    else if (strcmp(mode, "fixed_servers") == 0)
        surroundings_add(found, "Chromium policy", "ProxyServer", text_of(policy, "ProxyServer"));
}

static void
find_in_folder(surroundings *found, const char *folder)
{
    DIR *stream = opendir(folder);

    for (struct dirent *entry = NULL; stream != NULL && (entry = readdir(stream)) != NULL;) {
        scoped(char) path = must_have(malloc(strlen(folder) + strlen(entry->d_name) + 2));
        const char *extension = strrchr(entry->d_name, '.');
        scoped(json_t) root = NULL;

        if (extension == NULL || strcmp(extension, ".json") != 0)
            continue;
        (void)sprintf(path, "%s/%s", folder, entry->d_name);
        root = load(path);
        take_chromium(found, root);
        take_chromium(found, json_object_get(root, "ProxySettings")); /* its newer form */
    }
    if (stream != NULL)
        (void)closedir(stream);
}

void
surroundings_find_policies(surroundings *found)
{
    const char *folder = NULL;

    find_in_firefox(found);
    for (size_t i = 0; (folder = browser_policy_chromium_folder(i)) != NULL; i++)
        find_in_folder(found, folder);
}
