/* SPDX-License-Identifier: BSD-3-Clause */
#include "browser-place.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scope.h"
#include "text.h"

/* Folders below the home folder, or below the one that a variable names. */
static const struct known {
    browser_kind kind;
    const char *variable;
    const char *otherwise;
    const char *below;
    const char *sandbox;
} known_folders[] = {
    {BROWSER_FIREFOX, NULL, "", ".mozilla/firefox", NULL},
    {BROWSER_FIREFOX, "XDG_CONFIG_HOME", ".config", "mozilla/firefox",
     NULL}, /* since Firefox 147 */
    {BROWSER_FIREFOX, NULL, "", "snap/firefox/common/.mozilla/firefox", "Snap"},
    {BROWSER_FIREFOX, NULL, "", "snap/firefox/common/.config/mozilla/firefox", "Snap"},
    {BROWSER_FIREFOX, NULL, "", ".var/app/org.mozilla.firefox/.mozilla/firefox", "Flatpak"},
    {BROWSER_FIREFOX, NULL, "", ".var/app/org.mozilla.firefox/config/mozilla/firefox", "Flatpak"},
    /* Chromium takes the first of these two that exists, before version 146 no other */
    {BROWSER_CHROMIUM, NULL, "", ".pki/nssdb", NULL},
    {BROWSER_CHROMIUM, "XDG_DATA_HOME", ".local/share", "pki/nssdb", NULL},
    {BROWSER_CHROMIUM, NULL, "", "snap/chromium/current/.local/share/pki/nssdb", "Snap"},
    {BROWSER_CHROMIUM, NULL, "", "snap/chromium/current/.pki/nssdb", "Snap"},
    {BROWSER_CHROMIUM, NULL, "", ".var/app/org.chromium.Chromium/data/pki/nssdb", "Flatpak"},
    {BROWSER_CHROMIUM, NULL, "", ".var/app/com.google.Chrome/data/pki/nssdb", "Flatpak"},
};
enum { KNOWN_COUNT = sizeof known_folders / sizeof *known_folders };

const char *
browser_name(browser_kind kind)
{
    return kind == BROWSER_FIREFOX ? "Firefox" : "Chromium";
}

static const char *
home_folder(void)
{
    const char *home = getenv("HOME");
    const struct passwd *user = NULL;

    if (home != NULL && *home == '/')
        return home;
    user = getpwuid(geteuid());
    return user == NULL ? "/" : user->pw_dir;
}

static char *
join(const char *folder, const char *name)
{
    char path[PATH_MAX] = "";

    if (*name == '/' || *folder == '\0')
        (void)snprintf(path, sizeof path, "%s", name);
    else
        (void)snprintf(path, sizeof path, "%s%s%s", folder, *name == '\0' ? "" : "/", name);
    return must_have(strdup(path));
}

static char *
folder_of(const struct known *known)
{
    const char *named = known->variable == NULL ? NULL : getenv(known->variable);
    scoped(char) standard = join(home_folder(), known->otherwise);

    return join(named != NULL && *named == '/' ? named : standard, known->below);
}

static bool
is_folder(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Firefox holds a lock of this kind on a file of each profile that it uses. */
static bool
is_locked(const char *profile)
{
    scoped(char) path = join(profile, ".parentlock");
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    bool is_free = true;

    if (fd < 0)
        return false;
    is_free = fcntl(fd, F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK;
    (void)close(fd);
    return !is_free;
}

/* Chromium leaves a link that names host and process: `host-4711`. */
static bool
is_chromium_running(void)
{
    static const char *const folders[] = {".config/chromium", ".config/google-chrome"};

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        scoped(char) folder = join(home_folder(), folders[i]);
        scoped(char) path = join(folder, "SingletonLock");
        char target[256] = "";
        const ssize_t len = readlink(path, target, sizeof target - 1);
        const char *process = len <= 0 ? NULL : strrchr(target, '-');
        const long id = process == NULL ? 0 : strtol(process + 1, NULL, 10);

        if (id > 0 && id <= INT_MAX && (kill((pid_t)id, 0) == 0 || errno == EPERM))
            return true;
    }
    return false;
}

/* Takes the folder over. */
static void
add_place(browser_places *self, const struct known *known, char *folder)
{
    browser_place *place = NULL;

    self->items = must_have(reallocarray(self->items, self->count + 1, sizeof *self->items));
    place = &self->items[self->count++];
    *place = (browser_place){known->kind, folder, known->sandbox, is_folder(folder), false};
    place->is_running = known->kind == BROWSER_FIREFOX ? is_locked(folder) : is_chromium_running();
}

/* What is read of profiles.ini: one section after the other. */
typedef struct profiles {
    browser_places *found;
    const struct known *known;
    const char *folder;
    char section[64];
    char path[PATH_MAX];
} profiles;

static void
finish_profile(profiles *self)
{
    scoped(char) folder = join(self->folder, self->path);

    if (*self->path != '\0' && strncmp(self->section, "Profile", 7) == 0 && is_folder(folder))
        add_place(self->found, self->known, char_take(&folder));
    *self->path = '\0';
}

static int
take_line(void *user_data, const char *section, const char *name, const char *value)
{
    profiles *self = user_data;

    if (strcmp(self->section, section) != 0) {
        finish_profile(self);
        (void)snprintf(self->section, sizeof self->section, "%s", section);
    }
    if (strcmp(name, "Path") == 0) /* IsRelative only repeats whether it begins with a slash */
        (void)snprintf(self->path, sizeof self->path, "%s", value);
    return 1;
}

static void
find_profiles(browser_places *found, const struct known *known)
{
    scoped(char) folder = folder_of(known);
    scoped(char) list = join(folder, "profiles.ini");
    profiles reading = {.found = found, .known = known, .folder = folder};

    if (ini_parse(list, take_line, &reading) >= 0)
        finish_profile(&reading);
}

void
browser_places_find(browser_places *found)
{
    const struct known *first = NULL;
    bool has_database = false;

    for (size_t i = 0; i < KNOWN_COUNT; i++) {
        const struct known *known = &known_folders[i];
        scoped(char) folder = folder_of(known);

        if (known->kind == BROWSER_FIREFOX) {
            find_profiles(found, known);
            continue;
        }
        first = first == NULL ? known : first;
        if (!is_folder(folder))
            continue;
        has_database = has_database || known->sandbox == NULL;
        add_place(found, known, char_take(&folder));
    }
    if (!has_database)
        add_place(found, first, folder_of(first));
}

void
browser_places_clear(browser_places *self)
{
    for (size_t i = 0; i < self->count; i++)
        free(self->items[i].folder);
    free(self->items);
}
