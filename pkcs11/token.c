/* SPDX-License-Identifier: BSD-3-Clause */
#include "token.h"

#include <string.h>

#include "ckr.h"
#include "info.h"
#include "output.h"

#define LOADED_MAX 256 /* objects that are kept in memory, per token */
#define AHEAD_MAX 64   /* objects that are loaded at once */

static CK_RV
open_handle(p11_slot *slot, mainet_error *err)
{
    char serial[sizeof slot->serial];
    p11_module *module = slot->module;

    p11_mutex_lock(&module->lock);
    memcpy(serial, slot->serial, sizeof serial);
    p11_mutex_unlock(&module->lock);
    if (serial[0] == '\0')
        return CKR_TOKEN_NOT_PRESENT;
    if (slot->token != NULL)
        return CKR_OK;
    p11_mutex_lock(&module->scan);
    slot->token = module->store == NULL ? NULL : mn_store_token(module->store, serial, err);
    p11_mutex_unlock(&module->scan);
    return slot->token == NULL ? CKR_TOKEN_NOT_PRESENT : CKR_OK;
}

CK_RV
p11_token_open(p11_slot *slot, mn_token_info *info)
{
    mainet_error err = {0};
    CK_RV rv = open_handle(slot, &err);

    if (rv == CKR_OK && mn_token_read_info(slot->token, info, &err) != MAINET_OK)
        rv = p11_ckr_of(&err);
    if (rv == CKR_DEVICE_REMOVED) {
        p11_slot_lost(slot);
        return CKR_TOKEN_NOT_PRESENT;
    }
    return rv == CKR_TOKEN_NOT_PRESENT && err.status != MAINET_OK ? p11_ckr_of(&err) : rv;
}

static CK_FLAGS
count_flags(int32_t failures, int32_t limit, CK_FLAGS low, CK_FLAGS final, CK_FLAGS locked)
{
    CK_FLAGS flags = failures > 0 ? low : 0;

    if (limit > 0 && failures >= limit)
        flags |= locked;
    else if (limit > 0 && failures == limit - 1)
        flags |= final;
    return flags;
}

static CK_FLAGS
token_flags(const mn_token_info *info)
{
    CK_FLAGS flags = CKF_RNG | CKF_TOKEN_INITIALIZED;

    if (!info->without_pin)
        flags |= CKF_LOGIN_REQUIRED;
    if (info->has_user_pin)
        flags |= CKF_USER_PIN_INITIALIZED;
    if (!info->is_writable)
        flags |= CKF_WRITE_PROTECTED;
    flags |= count_flags(info->user_failures, info->user_limit, CKF_USER_PIN_COUNT_LOW,
                         CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_LOCKED);
    flags |= count_flags(info->so_failures, info->so_limit, CKF_SO_PIN_COUNT_LOW,
                         CKF_SO_PIN_FINAL_TRY, CKF_SO_PIN_LOCKED);
    return flags;
}

/* `io` is held. */
static bool
is_as_read(p11_slot *slot)
{
    return slot->token != NULL && slot->info.serial[0] != '\0' &&
           mn_token_is_unchanged(slot->token, &slot->info.stamp);
}

static CK_RV
read_head(p11_slot *slot, mn_token_info *info)
{
    CK_RV rv = CKR_OK;

    p11_mutex_lock(&slot->io);
    if (!is_as_read(slot)) {
        slot->info = (mn_token_info){0};
        rv = p11_token_open(slot, &slot->info);
        if (rv == CKR_OK)
            p11_token_notice(slot, slot->info.generation);
    }
    *info = slot->info;
    if (rv == CKR_OK)
        info->is_writable = mn_token_is_writable(slot->token);
    p11_mutex_unlock(&slot->io);
    return rv;
}

void
p11_token_look(p11_slot *slot)
{
    mn_token_info info;

    (void)read_head(slot, &info);
}

CK_RV
p11_token_info(p11_slot *slot, CK_TOKEN_INFO *info)
{
    mn_token_info head;
    CK_RV rv = read_head(slot, &head);

    if (rv != CKR_OK)
        return rv;
    *info = (CK_TOKEN_INFO){
        .flags = token_flags(&head),
        .ulMaxSessionCount = CK_EFFECTIVELY_INFINITE,
        .ulMaxRwSessionCount = CK_EFFECTIVELY_INFINITE,
        .ulMaxPinLen = 64,
        .ulMinPinLen = 4,
        .ulTotalPublicMemory = CK_UNAVAILABLE_INFORMATION,
        .ulFreePublicMemory = CK_UNAVAILABLE_INFORMATION,
        .ulTotalPrivateMemory = CK_UNAVAILABLE_INFORMATION,
        .ulFreePrivateMemory = CK_UNAVAILABLE_INFORMATION,
        .hardwareVersion = p11_info_version(),
        .firmwareVersion = p11_info_version(),
    };
    p11_mutex_lock(&slot->module->lock);
    info->ulSessionCount = slot->session_count;
    info->ulRwSessionCount = slot->rw_session_count;
    p11_mutex_unlock(&slot->module->lock);
    P11_PAD(info->label, head.label);
    P11_PAD(info->manufacturerID, P11_MANUFACTURER);
    P11_PAD(info->model, P11_MODEL);
    P11_PAD(info->serialNumber, head.serial);
    P11_PAD(info->utcTime, "");
    return CKR_OK;
}

mn_keys *
p11_token_keys(p11_slot *slot)
{
    mn_keys *keys = NULL;

    p11_mutex_lock(&slot->lock);
    if (slot->who == P11_WHO_USER || slot->who == P11_WHO_ANYONE)
        keys = mn_keys_ref(slot->keys);
    p11_mutex_unlock(&slot->lock);
    return keys;
}

static bool
has_rows(p11_slot *slot)
{
    bool has = false;

    p11_mutex_lock(&slot->lock);
    has = slot->handles.row_count != 0;
    p11_mutex_unlock(&slot->lock);
    return has;
}

/* What cannot be read has no handles that could be used: a later search gives new ones. */
void
p11_token_refresh(p11_slot *slot)
{
    mn_auto(mn_keys) keys = p11_token_keys(slot);
    mainet_error err = {0};
    mn_ids ids = {0};
    const bool is_read = slot->token != NULL && has_rows(slot) &&
                         mn_token_ids(slot->token, keys, &ids, &err) == MAINET_OK;

    p11_mutex_lock(&slot->lock);
    p11_handles_unload(&slot->handles);
    p11_handles_keep_rows(&slot->handles, ids.ids, ids.count);
    slot->generation = is_read ? ids.generation : 0;
    p11_mutex_unlock(&slot->lock);
    mn_ids_clear(&ids);
}

void
p11_token_notice(p11_slot *slot, uint64_t generation)
{
    bool is_new = false;

    p11_mutex_lock(&slot->lock);
    is_new = slot->generation != generation && slot->handles.row_count != 0;
    if (!is_new)
        slot->generation = generation;
    p11_mutex_unlock(&slot->lock);
    if (is_new)
        p11_token_refresh(slot);
}

/* Making it reads every row, and one search does not need that many. It is as good as the file: a
 * login proved the rows of the same file, and each row is proved again when it is loaded. */
const mn_roster *
p11_token_roster(p11_slot *slot, const mn_keys *keys)
{
    mainet_error err = {0};

    if (!mn_token_is_unchanged(slot->token, &slot->searched)) {
        mn_roster_free(slot->roster);
        slot->roster = NULL;
        return NULL;
    }
    if (slot->roster == NULL)
        slot->roster = mn_token_roster(slot->token, keys, &err);
    if (slot->roster == NULL || mn_stamp_equal(mn_roster_stamp(slot->roster), &slot->searched))
        return slot->roster;
    mn_roster_free(slot->roster); /* somebody has just written */
    slot->roster = NULL;
    return NULL;
}

void
p11_token_searched(p11_slot *slot, const mn_ids *found)
{
    slot->searched = found->stamp;
    p11_token_notice(slot, found->generation);
}

CK_OBJECT_HANDLE
p11_token_handle(p11_slot *slot, int64_t row)
{
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;

    p11_mutex_lock(&slot->lock);
    handle = p11_handles_of_row(&slot->handles, row);
    if (handle == CK_INVALID_HANDLE) {
        const p11_entry entry = {.handle = p11_module_new_handle(slot->module), .row = row};

        if (p11_handles_add(&slot->handles, &entry))
            handle = entry.handle;
    }
    p11_mutex_unlock(&slot->lock);
    return handle;
}

void
p11_token_replace(p11_slot *slot, CK_OBJECT_HANDLE handle, p11_object *object)
{
    p11_mutex_lock(&slot->lock);
    p11_handles_replace(&slot->handles, handle, object);
    p11_mutex_unlock(&slot->lock);
}

/* What the handle stands for, as far as memory tells: *row is 0 if it is in `*object` or nowhere.
 */
static CK_RV
look_up(p11_slot *slot, CK_OBJECT_HANDLE handle, p11_object **object, int64_t *row)
{
    const p11_entry *entry = NULL;

    *row = 0;
    *object = NULL;
    p11_mutex_lock(&slot->lock);
    entry = p11_handles_get(&slot->handles, handle);
    if (entry != NULL && entry->object != NULL)
        *object = p11_object_ref(entry->object);
    else if (entry != NULL)
        *row = entry->row;
    p11_mutex_unlock(&slot->lock);
    return entry == NULL ? CKR_OBJECT_HANDLE_INVALID : CKR_OK;
}

/* Keep what was loaded, as long as there is not too much of it; the first is handed out too. */
static CK_RV
keep_loaded(p11_slot *slot, const p11_row *rows, mn_object **stored, size_t count,
            p11_object **object)
{
    p11_mutex_lock(&slot->lock);
    if (slot->handles.loaded + count > LOADED_MAX)
        p11_handles_unload(&slot->handles);
    for (size_t i = 0; i < count; i++) {
        p11_object *made = stored[i] == NULL ? NULL : p11_object_new(stored[i]);

        if (made == NULL)
            continue;
        if (i == 0)
            *object = p11_object_ref(made);
        (void)p11_handles_load(&slot->handles, rows[i].handle, made);
    }
    p11_mutex_unlock(&slot->lock);
    return *object == NULL ? CKR_HOST_MEMORY : CKR_OK;
}

static CK_RV
load(p11_slot *slot, CK_OBJECT_HANDLE handle, p11_object **object)
{
    mn_auto(mn_keys) keys = p11_token_keys(slot);
    mainet_error err = {0};
    mn_object *stored[AHEAD_MAX] = {NULL};
    int64_t ids[AHEAD_MAX];
    p11_row rows[AHEAD_MAX];
    size_t count = 0;

    p11_mutex_lock(&slot->lock);
    count = p11_handles_ahead(&slot->handles, handle, rows, AHEAD_MAX);
    p11_mutex_unlock(&slot->lock);
    if (count == 0)
        return CKR_OBJECT_HANDLE_INVALID;
    for (size_t i = 0; i < count; i++)
        ids[i] = rows[i].row;
    if (mn_token_load_ahead(slot->token, keys, ids, count, stored, &err) != MAINET_OK)
        return p11_ckr_of(&err);
    return keep_loaded(slot, rows, stored, count, object);
}

CK_RV
p11_token_object(p11_slot *slot, CK_OBJECT_HANDLE handle, p11_object **object)
{
    int64_t row = 0;
    CK_RV rv = look_up(slot, handle, object, &row);

    if (rv != CKR_OK || *object != NULL)
        return rv;
    p11_mutex_lock(&slot->io);
    rv = look_up(slot, handle, object, &row); /* another thread may have loaded it meanwhile */
    if (rv == CKR_OK && *object == NULL)
        rv = load(slot, handle, object);
    p11_mutex_unlock(&slot->io);
    return rv;
}

CK_RV
p11_token_key(p11_slot *slot, p11_object *object, EVP_PKEY **key)
{
    mn_auto(mn_keys) keys = NULL;

    *key = atomic_load_explicit(&object->key, memory_order_acquire);
    if (*key != NULL)
        return CKR_OK;
    keys = p11_token_keys(slot);
    return p11_object_key(object, keys, key);
}
