/* SPDX-License-Identifier: BSD-3-Clause */
#include "slot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ckr.h"
#include "info.h"
#include "output.h"
#include "token.h"

#define FIRST_SLOT 1 /* the number of the first token of a new store */

p11_slot *
p11_slot_ref(p11_slot *slot)
{
    atomic_fetch_add(&slot->references, 1);
    return slot;
}

void
p11_slot_free(p11_slot *slot)
{
    if (slot == NULL || atomic_fetch_sub(&slot->references, 1) != 1)
        return;
    p11_handles_clear(&slot->handles);
    mn_keys_free(slot->keys);
    mn_standings_clear(&slot->standings);
    mn_roster_free(slot->roster);
    mainet_token_free(slot->token);
    p11_mutex_end(&slot->io);
    p11_mutex_end(&slot->lock);
    free(slot);
}

static p11_slot *
slot_new(p11_module *module, CK_SLOT_ID id)
{
    mn_auto(p11_slot) slot = calloc(1, sizeof *slot);

    if (slot == NULL)
        return NULL;
    atomic_init(&slot->references, 1);
    slot->module = module;
    slot->id = id;
    if (p11_mutex_make(&slot->io, &module->calls) != CKR_OK ||
        p11_mutex_make(&slot->lock, &module->calls) != CKR_OK)
        return NULL;
    return p11_slot_take(&slot);
}

static p11_slot *
known_slot(const p11_module *module, CK_SLOT_ID id)
{
    for (size_t i = 0; i < module->slot_count; i++) {
        if (module->slots[i]->id == id)
            return module->slots[i];
    }
    return NULL;
}

/* The slot of this number, made if there is none; the module's lock is held. */
static p11_slot *
slot_for(p11_module *module, CK_SLOT_ID id)
{
    p11_slot *slot = known_slot(module, id);
    p11_slot **slots = NULL;
    size_t at = module->slot_count;

    if (slot != NULL)
        return slot;
    slots = realloc(module->slots, (module->slot_count + 1) * sizeof(p11_slot *));
    if (slots == NULL)
        return NULL;
    module->slots = slots;
    slot = slot_new(module, id);
    if (slot == NULL)
        return NULL;
    for (; at > 0 && slots[at - 1]->id > id; at--)
        slots[at] = slots[at - 1];
    slots[at] = slot;
    module->slot_count++;
    return slot;
}

/* The number is a token's for ever: another token that claims it (of a store that was deleted and
 * made anew) is not shown to this process. */
static CK_RV
merge_tokens(p11_module *module, const mn_store_entry *entries, size_t count, uint32_t next_slot)
{
    if (!module->is_live)
        return CKR_CRYPTOKI_NOT_INITIALIZED;
    for (size_t i = 0; i < module->slot_count; i++)
        module->slots[i]->is_present = false;
    for (size_t i = 0; i < count; i++) {
        p11_slot *slot = slot_for(module, entries[i].slot);

        if (slot == NULL)
            return CKR_HOST_MEMORY;
        if (slot->serial[0] == '\0')
            memcpy(slot->serial, entries[i].serial, sizeof slot->serial);
        slot->is_present = strcmp(slot->serial, entries[i].serial) == 0;
    }
    if (slot_for(module, next_slot) == NULL)
        return CKR_HOST_MEMORY;
    for (size_t i = 0; i < module->slot_count && !module->is_scanned; i++)
        module->slots[i]->was_present = module->slots[i]->is_present;
    module->is_scanned = true;
    module->is_settled = true;
    return CKR_OK;
}

/* MAINET_E_STORE_OPEN with cause ENOENT for a folder that is not there. */
static mainet_status
read_folder(p11_module *module, mn_store_entry **entries, size_t *count, uint32_t *next_slot,
            mainet_error *err)
{
    if (module->store == NULL)
        module->store = mn_store_open_existing(module->folder, err);
    if (module->store == NULL)
        return err->status;
    return mn_store_scan(module->store, entries, count, next_slot, &module->folder_stamp, err);
}

static CK_RV
scan(p11_module *module)
{
    mn_store_entry *entries = NULL;
    mainet_error err = {0};
    uint32_t next_slot = FIRST_SLOT;
    size_t count = 0;
    mainet_status status = MAINET_OK;
    CK_RV rv = CKR_OK;

    status = read_folder(module, &entries, &count, &next_slot, &err);
    p11_mutex_lock(&module->lock);
    if (status == MAINET_OK || (status == MAINET_E_STORE_OPEN && err.cause == ENOENT))
        rv = merge_tokens(module, entries, count, next_slot);
    else if (module->slot_count == 0)
        rv = merge_tokens(module, NULL, 0, FIRST_SLOT); /* p11-kit drops everybody's modules if
                                                           one has no slot list */
    p11_mutex_unlock(&module->lock);
    free(entries);
    return rv;
}

/* Tokens come, go and are replaced by entries of the folder; those of the same folder have the same
 * numbers and serials. */
static bool
is_as_scanned(p11_module *module)
{
    bool is_settled = false;

    p11_mutex_lock(&module->lock);
    is_settled = module->is_settled;
    p11_mutex_unlock(&module->lock);
    return is_settled && module->store != NULL &&
           mn_stamp_is_current(&module->folder_stamp, AT_FDCWD, mainet_store_path(module->store));
}

CK_RV
p11_slots_scan(p11_module *module)
{
    CK_RV rv = CKR_OK;

    p11_mutex_lock(&module->scan);
    if (!is_as_scanned(module))
        rv = scan(module);
    p11_mutex_unlock(&module->scan);
    return rv;
}

/* The list may not be longer than what was predicted (PKCS#11 v2.40, 5.5, C_GetSlotList), so a
 * call with a buffer looks afresh only if none without one came before it. */
CK_RV
p11_slots_list(p11_module *module, bool present_only, CK_SLOT_ID *ids, CK_ULONG *count)
{
    p11_room room = P11_ROOM_ASKED;
    CK_ULONG found = 0;
    bool is_predicted = false;
    CK_RV rv = CKR_OK;

    p11_mutex_lock(&module->lock);
    is_predicted = module->is_predicted;
    p11_mutex_unlock(&module->lock);
    if (ids == NULL || !is_predicted)
        rv = p11_slots_scan(module);
    if (rv != CKR_OK)
        return rv;
    p11_mutex_lock(&module->lock);
    for (size_t i = 0; i < module->slot_count; i++)
        found += !present_only || module->slots[i]->is_present;
    room = p11_output_room(ids, count, found);
    module->is_predicted = room != P11_ROOM_ENOUGH;
    if (room == P11_ROOM_ENOUGH) {
        *count = found;
        for (size_t i = 0, at = 0; i < module->slot_count; i++) {
            if (!present_only || module->slots[i]->is_present)
                ids[at++] = module->slots[i]->id;
        }
    }
    p11_mutex_unlock(&module->lock);
    return p11_output_answer(room);
}

CK_RV
p11_slot_find(p11_module *module, CK_SLOT_ID id, p11_slot **slot)
{
    CK_RV rv = CKR_OK;

    p11_mutex_lock(&module->lock);
    if (!module->is_scanned) {
        p11_mutex_unlock(&module->lock);
        rv = p11_slots_scan(module);
        p11_mutex_lock(&module->lock);
    }
    *slot = known_slot(module, id);
    if (*slot != NULL)
        (void)p11_slot_ref(*slot);
    p11_mutex_unlock(&module->lock);
    return rv != CKR_OK ? rv : *slot == NULL ? CKR_SLOT_ID_INVALID : CKR_OK;
}

bool
p11_slot_is_present(p11_slot *slot)
{
    bool is_present = false;

    p11_mutex_lock(&slot->module->lock);
    is_present = slot->is_present;
    p11_mutex_unlock(&slot->module->lock);
    return is_present;
}

void
p11_slot_lost(p11_slot *slot)
{
    p11_mutex_lock(&slot->module->lock);
    slot->is_present = false;
    slot->module->is_settled = false;
    p11_mutex_unlock(&slot->module->lock);
}

CK_RV
p11_slot_info(p11_slot *slot, CK_SLOT_INFO *info)
{
    char description[64];
    CK_RV rv = p11_slots_scan(slot->module);

    if (rv != CKR_OK)
        return rv;
    if (p11_slot_is_present(slot))
        p11_token_look(slot);
    *info = (CK_SLOT_INFO){.flags = CKF_REMOVABLE_DEVICE,
                           .hardwareVersion = p11_info_version(),
                           .firmwareVersion = p11_info_version()};
    if (p11_slot_is_present(slot))
        info->flags |= CKF_TOKEN_PRESENT;
    (void)snprintf(description, sizeof description, "MaiNet slot %lu", slot->id);
    P11_PAD(info->slotDescription, description);
    P11_PAD(info->manufacturerID, P11_MANUFACTURER);
    return CKR_OK;
}
