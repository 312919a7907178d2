/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/parcel-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/file.h"
#include "store/lock.h"
#include "store/seal.h"

#define VERSION 1

void
mn_parcels_clear(mn_parcels *parcels)
{
    free(parcels->ids);
    *parcels = (mn_parcels){.ids = NULL};
}

void
mn_parcel_name(const char *serial, const char *id, const char *ending,
               char name[MN_PARCEL_NAME_LEN])
{
    (void)snprintf(name, MN_PARCEL_NAME_LEN, "%s%s-%s%s", *ending == '\0' ? "" : ".", serial, id,
                   ending);
}

void
mn_parcel_path(const mainet_token *token, const char *id, char *out, size_t out_len)
{
    char name[MN_PARCEL_NAME_LEN];

    mn_parcel_name(mainet_token_serial(token), id, "", name);
    (void)snprintf(out, out_len, FOLDER "/%s", name);
}

/* The id in a file's name; NULL if it is no parcel of the token. */
static const char *
find_id(const char *name, const char *serial)
{
    size_t serial_len = strlen(serial);

    if (strncmp(name, serial, serial_len) != 0 || name[serial_len] != '-')
        return NULL;
    name += serial_len + 1;
    return strspn(name, "0123456789abcdef") == MN_PARCEL_ID_LEN && name[MN_PARCEL_ID_LEN] == '\0'
               ? name
               : NULL;
}

static mainet_status
add(mn_parcels *found, const char *id, mainet_error *err)
{
    void *grown = reallocarray(found->ids, found->count + 1, sizeof *found->ids);

    if (grown == NULL)
        return mn_fail_memory(err, "pending deliveries");
    found->ids = grown;
    memcpy(found->ids[found->count++], id, sizeof *found->ids);
    return MAINET_OK;
}

static int
by_id(const void *a, const void *b)
{
    return strcmp(a, b);
}

static mainet_status
read_ids(int pending, const char *serial, mn_parcels *found, mainet_error *err)
{
    mn_auto_dir *stream = mn_folder_stream(pending);

    if (stream == NULL)
        return mn_fail_access(err, MAINET_E_STORE_OPEN, errno, pending, ".");
    for (struct dirent *entry = readdir(stream); entry != NULL; entry = readdir(stream)) {
        const char *id = find_id(entry->d_name, serial);

        if (id != NULL)
            MN_TRY(add(found, id, err));
    }
    if (found->count != 0)
        qsort(found->ids, found->count, sizeof *found->ids, by_id);
    return MAINET_OK;
}

/* Where there is no folder there are no parcels. */
static mainet_status
list(int folder, const char *serial, mn_parcels *found, mainet_error *err)
{
    mn_auto_fd pending = -1;
    mainet_error why = {0};

    if (mn_folder_open_below(folder, FOLDER, false, &pending, &why) == MAINET_OK)
        return read_ids(pending, serial, found, err);
    if (why.cause == ENOENT)
        return MAINET_OK;
    *err = why;
    return why.status;
}

/* Whatever names a parcel is authenticated with it: it cannot be put in another's place. */
static mainet_status
make_ad(const mn_keys *keys, const char *name, mn_buffer *ad, mainet_error *err)
{
    mn_buffer_append_span(ad, "mainetcert pending", 18);
    mn_buffer_append_u8(ad, VERSION);
    mn_buffer_append_span(ad, mn_keys_token_id(keys), MN_TOKEN_ID_LEN);
    mn_buffer_append_span(ad, name, strlen(name));
    return mn_buffer_check(ad, "pending delivery", err);
}

mainet_status
mn_parcel_seal(const mn_keys *keys, const char *name, const mn_secret *content, mn_buffer *sealed,
               mainet_error *err)
{
    mn_auto_buffer(ad, 0);

    MN_TRY(make_ad(keys, name, &ad, err));
    return mn_seal(mn_keys_pending(keys), &ad, mn_secret_bytes(content), mn_secret_len(content),
                   sealed, err);
}

/* `file` is where it lies, `name` what it is bound to. */
static mn_secret *
unseal(int pending, const char *file, const char *name, const mn_keys *keys, mainet_error *err)
{
    mn_auto(mainet_bytes) sealed = mn_file_read(pending, file, MN_PARCEL_CEILING, err);
    mn_auto_buffer(ad, 0);

    if (sealed == NULL || make_ad(keys, name, &ad, err) != MAINET_OK)
        return NULL;
    return mn_unseal(mn_keys_pending(keys), &ad, mainet_bytes_data(sealed),
                     mainet_bytes_len(sealed), err);
}

/* A change of the token key that ended between its commit and mn_parcels_settle left the parcel
 * beside its place. */
static mn_secret *
read_one(int pending, const char *serial, const char *id, const mn_keys *keys, mainet_error *err)
{
    char name[MN_PARCEL_NAME_LEN];
    char fresh[MN_PARCEL_NAME_LEN];
    mainet_error no_matter = {0};
    mn_secret *content = NULL;

    mn_parcel_name(serial, id, "", name);
    mn_parcel_name(serial, id, FRESH, fresh);
    content = unseal(pending, name, name, keys, err);
    if (content == NULL && mn_failure(err) == MAINET_E_STORE_TAMPERED)
        content = unseal(pending, fresh, name, keys, &no_matter);
    if (content == NULL && mn_failure(err) == MAINET_E_STORE_OPEN && err->cause == ENOENT)
        (void)mn_fail(err, MAINET_E_PENDING_NOT_FOUND, 0, "nothing is pending");
    return content;
}

void
mn_parcels_end(mn_parcels_access *access)
{
    mn_fd_cleanup(&access->pending);
    mn_lock_free(access->lock);
}

mainet_status
mn_parcels_begin(mn_parcels_access *access, const mainet_token *token, bool write,
                 mainet_error *err)
{
    access->lock = mn_lock_new(mn_token_folder(token), write, err);
    if (access->lock == NULL)
        return mn_failure(err);
    return mn_folder_open_below(mn_lock_folder(access->lock), FOLDER, write, &access->pending, err);
}

mainet_status
mn_parcels_require_keys(const mainet_token *token, mainet_error *err)
{
    if (mn_token_keys(token) == NULL)
        return mn_fail(err, MAINET_E_TOKEN_LOCKED, 0, "the token is locked");
    return MAINET_OK;
}

mainet_status
mn_parcels_list(const mainet_token *token, mn_parcels *found, mainet_error *err)
{
    mn_auto(mn_lock) lock = mn_lock_new(mn_token_folder(token), false, err);

    return lock == NULL ? mn_failure(err)
                        : list(mn_lock_folder(lock), mainet_token_serial(token), found, err);
}

mn_secret *
mn_parcel_read(const mainet_token *token, const char *id, mainet_error *err)
{
    mn_auto_parcels_access access = MN_PARCELS_ACCESS_INIT;

    if (mn_parcels_require_keys(token, err) != MAINET_OK)
        return NULL;
    if (mn_parcels_begin(&access, token, false, err) != MAINET_OK) {
        if (err->cause == ENOENT)
            (void)mn_fail(err, MAINET_E_PENDING_NOT_FOUND, 0, "nothing is pending");
        return NULL;
    }
    return read_one(access.pending, mainet_token_serial(token), id, mn_token_keys(token), err);
}

/* The one beside it last: it is never looked for alone. */
static mainet_status
remove_one(int pending, const char *serial, const char *id, mainet_error *err)
{
    char name[MN_PARCEL_NAME_LEN];

    mn_parcel_name(serial, id, "", name);
    MN_TRY(mn_file_unlink(pending, name, err));
    mn_parcel_name(serial, id, FRESH, name);
    return mn_file_unlink(pending, name, err);
}

mainet_status
mn_parcels_remove(const mainet_token *token, const char *const *ids, size_t count,
                  mainet_error *err)
{
    mn_auto_parcels_access access = MN_PARCELS_ACCESS_INIT;

    MN_TRY(mn_parcels_begin(&access, token, true, err));
    for (size_t i = 0; i < count; i++)
        MN_TRY(remove_one(access.pending, mainet_token_serial(token), ids[i], err));
    (void)fsync(access.pending); /* one that comes back after power loss is met again, not lost */
    return MAINET_OK;
}

mainet_status
mn_parcels_refuse(int folder, const char *serial, mainet_error *err)
{
    mn_auto_parcels found = {.ids = NULL};

    MN_TRY(list(folder, serial, &found, err));
    if (found.count != 0)
        return mn_fail(err, MAINET_E_PENDING_EXISTS, 0, "%zu deliveries are in " FOLDER "/%s-*",
                       found.count, serial);
    return MAINET_OK;
}

static mainet_status
reseal_one(int pending, const char *serial, const char *id, const mn_keys *old_keys,
           const mn_keys *new_keys, mainet_error *err)
{
    mn_auto(mn_secret) content = read_one(pending, serial, id, old_keys, err);
    mn_auto_buffer(sealed, MN_PARCEL_CEILING);
    char name[MN_PARCEL_NAME_LEN];

    mn_parcel_name(serial, id, "", name);
    if (content == NULL && mn_failure(err) != MAINET_E_STORE_TAMPERED)
        return mn_failure(err);
    if (content != NULL)
        MN_TRY(mn_parcel_seal(new_keys, name, content, &sealed, err));
    mn_parcel_name(serial, id, FRESH, name);
    if (content == NULL) /* neither does what lies beside it open: that is not to take its place */
        return mn_file_remove(pending, name, err);
    return mn_file_write(pending, name, sealed.data, sealed.len, err);
}

mainet_status
mn_parcels_reseal(int folder, const char *serial, const mn_keys *old_keys, const mn_keys *new_keys,
                  mainet_error *err)
{
    mn_auto_parcels found = {.ids = NULL};
    mn_auto_fd pending = -1;

    MN_TRY(list(folder, serial, &found, err));
    if (found.count == 0)
        return MAINET_OK;
    MN_TRY(mn_folder_open_below(folder, FOLDER, false, &pending, err));
    for (size_t i = 0; i < found.count; i++)
        MN_TRY(reseal_one(pending, serial, found.ids[i], old_keys, new_keys, err));
    return MAINET_OK;
}

void
mn_parcels_settle(int folder, const char *serial)
{
    mn_auto_parcels found = {.ids = NULL};
    mn_auto_fd pending = -1;
    mainet_error no_matter = {0};
    char name[MN_PARCEL_NAME_LEN];
    char fresh[MN_PARCEL_NAME_LEN];

    if (list(folder, serial, &found, &no_matter) != MAINET_OK || found.count == 0 ||
        mn_folder_open_below(folder, FOLDER, false, &pending, &no_matter) != MAINET_OK)
        return;
    for (size_t i = 0; i < found.count; i++) {
        mn_parcel_name(serial, found.ids[i], "", name);
        mn_parcel_name(serial, found.ids[i], FRESH, fresh);
        (void)renameat(pending, fresh, pending, name);
    }
    (void)fsync(pending);
}
