/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

void
mn_scan_clear(mn_scan *scan)
{
    free(scan->heads);
    scan->heads = NULL;
    scan->count = 0;
}

static bool
is_token_name(const char *name)
{
    return strspn(name, "0123456789abcdef") == MN_SERIAL_LEN &&
           strcmp(name + MN_SERIAL_LEN, ".db") == 0;
}

/* MAINET_OK also for a file that cannot be read: it must not hide the others. */
static mainet_status
add(mn_scan *scan, mn_lock **lock, const char *folder, const char *name, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mainet_error skipped = {0};
    mn_head *grown = NULL;
    mn_head head;

    database = mn_database_open_locked(lock, folder, name, MN_ACCESS_READ, &skipped);
    if (database == NULL && mn_failure(&skipped) == MAINET_E_NO_MEMORY)
        return mn_fail_memory(err, "list of tokens");
    if (database == NULL) {
        (void)snprintf(scan->broken, sizeof scan->broken, "%.*s", MN_SERIAL_LEN, name);
        return MAINET_OK;
    }
    if (mn_head_read(database, &head, &skipped) == MAINET_OK &&
        strncmp(head.serial, name, MN_SERIAL_LEN) == 0) {
        grown = realloc(scan->heads, (scan->count + 1) * sizeof *grown);
        if (grown == NULL)
            return mn_fail_memory(err, "list of tokens");
        scan->heads = grown;
        scan->heads[scan->count++] = head;
    }
    *lock = mn_database_close(&database);
    return MAINET_OK;
}

static int
by_slot(const void *a, const void *b)
{
    const mn_head *first = a;
    const mn_head *second = b;

    return first->slot < second->slot ? -1 : first->slot > second->slot;
}

/* The file may be lost; a number that a token has is never given out. */
static void
find_next_slot(mn_scan *scan, int folder)
{
    mainet_error no_matter = {0};
    mn_auto(mainet_bytes) text = mn_file_read(folder, MN_NEXT_SLOT_FILE, 32, &no_matter);
    unsigned long number =
        text == NULL ? 0 : strtoul((const char *)mainet_bytes_data(text), NULL, 10);

    scan->next_slot = number >= 1 && number < INT32_MAX ? (uint32_t)number : 1;
    if (scan->count != 0 && scan->next_slot <= scan->heads[scan->count - 1].slot)
        scan->next_slot = scan->heads[scan->count - 1].slot + 1;
}

mainet_status
mn_scan_consume_slot(int folder, uint32_t slot, mainet_error *err)
{
    char text[16];

    (void)snprintf(text, sizeof text, "%u\n", slot + 1);
    return mn_file_write(folder, MN_NEXT_SLOT_FILE, (const uint8_t *)text, strlen(text), err);
}

mainet_status
mn_scan_read(mn_scan *scan, mn_lock **lock, const char *folder, mainet_error *err)
{
    mn_auto_dir *stream = mn_folder_stream(mn_lock_folder(*lock));

    if (stream == NULL)
        return mn_fail(err, MAINET_E_STORE_OPEN, errno, "%s: %s", folder, strerror(errno));
    for (struct dirent *entry = readdir(stream); entry != NULL; entry = readdir(stream))
        if (is_token_name(entry->d_name))
            MN_TRY(add(scan, lock, folder, entry->d_name, err));
    if (scan->count != 0)
        qsort(scan->heads, scan->count, sizeof *scan->heads, by_slot);
    find_next_slot(scan, mn_lock_folder(*lock));
    return MAINET_OK;
}
