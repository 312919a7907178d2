/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/arrival.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "store/token-private.h"

#define UNIQUE_LEN 16 /* hex digits of a serial, and of what makes a name aside unique */
#define NEW ".new"

void
mn_arrival_name(const char *serial, char name[MN_ARRIVAL_LEN])
{
    (void)snprintf(name, MN_ARRIVAL_LEN, ".%s" NEW, serial);
}

static bool
starts_unique(const char *text)
{
    return strspn(text, "0123456789abcdef") == UNIQUE_LEN;
}

/* What create.c, backup.c, copy.c and mn_file_write call what they have not finished. */
static bool
is_aside(const char *name)
{
    static const char *const endings[] = {NEW, NEW "-journal", ".restore", ".restore-journal"};
    static const char *const beginnings[] = {".copy.", ".next-slot."};

    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        size_t len = strlen(beginnings[i]);

        if (strncmp(name, beginnings[i], len) == 0)
            return starts_unique(name + len) && name[len + UNIQUE_LEN] == '\0';
    }
    if (name[0] != '.' || !starts_unique(name + 1))
        return false;
    name += 1 + UNIQUE_LEN;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (strcmp(name, endings[i]) == 0)
            return true;
    return strncmp(name, ".key.", 5) == 0 && starts_unique(name + 5);
}

/* A key file without a token may be somebody's last copy, and stays; but where the token never
 * appeared, nothing was ever sealed under it. */
static void
remove_one(int folder, const char *aside)
{
    char serial[MN_SERIAL_LEN + 1];
    char name[MN_SERIAL_LEN + sizeof ".key"];

    (void)snprintf(serial, sizeof serial, "%s", aside + 1);
    mn_token_file_name(serial, ".db", name, sizeof name);
    if (starts_unique(serial) && strcmp(aside + 1 + UNIQUE_LEN, NEW) == 0 &&
        faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT) {
        mn_token_file_name(serial, ".key", name, sizeof name);
        (void)unlinkat(folder, name, 0);
    }
    (void)unlinkat(folder, aside, 0);
}

/* How many there are; `removes` them. */
static size_t
walk(int folder, bool removes)
{
    mn_auto_dir *stream = mn_folder_stream(folder);
    size_t count = 0;

    for (struct dirent *entry = stream == NULL ? NULL : readdir(stream); entry != NULL;
         entry = readdir(stream)) {
        if (!is_aside(entry->d_name))
            continue;
        count++;
        if (removes)
            remove_one(folder, entry->d_name);
    }
    return count;
}

bool
mn_arrivals_left(int folder)
{
    return walk(folder, false) != 0;
}

void
mn_arrivals_sweep(int folder)
{
    (void)walk(folder, true);
}

mainet_status
mn_arrival_publish(int folder, const char *serial, const mn_secret *key, mainet_error *err)
{
    char aside[MN_ARRIVAL_LEN];
    char name[MN_SERIAL_LEN + sizeof ".key"];
    mainet_status status = MAINET_OK;

    mn_arrival_name(serial, aside);
    if (key != NULL) {
        mn_token_file_name(serial, ".key", name, sizeof name);
        status = mn_file_write(folder, name, mn_secret_bytes(key), mn_secret_len(key), err);
    }
    mn_token_file_name(serial, ".db", name, sizeof name);
    if (status == MAINET_OK && renameat(folder, aside, folder, name) != 0)
        status = mn_fail_access(err, MAINET_E_STORE_WRITE, errno, folder, name);
    else if (status == MAINET_OK && fsync(folder) != 0) {
        status = mn_fail_access(err, MAINET_E_STORE_WRITE, errno, folder, name);
        (void)renameat(folder, name, folder, aside); /* what may not last is not handed out */
    }
    if (status != MAINET_OK)
        mn_arrivals_sweep(folder);
    return status;
}
