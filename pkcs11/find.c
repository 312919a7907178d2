/* SPDX-License-Identifier: BSD-3-Clause */
#include "find.h"

#include <stdlib.h>
#include <string.h>

#include "attribute.h"
#include "ckr.h"
#include "profile.h"
#include "session.h"
#include "show.h"
#include "template.h"
#include "token.h"

void
p11_search_end(p11_search *search)
{
    free(search->found);
    *search = (p11_search){0};
}

static bool
add(p11_search *search, CK_OBJECT_HANDLE handle)
{
    if (search->count == search->capacity) {
        const size_t capacity = search->capacity == 0 ? 16 : search->capacity * 2;
        CK_OBJECT_HANDLE *grown = realloc(search->found, capacity * sizeof *grown);

        if (grown == NULL)
            return false;
        search->found = grown;
        search->capacity = capacity;
    }
    search->found[search->count++] = handle;
    return true;
}

static CK_RV
add_rows(p11_slot *slot, const mn_ids *ids, p11_search *search)
{
    for (size_t i = 0; i < ids->count; i++) {
        const CK_OBJECT_HANDLE handle = p11_token_handle(slot, ids->ids[i]);

        if (handle == CK_INVALID_HANDLE || !add(search, handle))
            return CKR_HOST_MEMORY;
    }
    return CKR_OK;
}

/* By the index in memory, if there is one. */
static CK_RV
ask(p11_slot *slot, const mn_keys *keys, const mn_attributes *stored, mn_ids *found,
    mn_ids *candidates)
{
    const mn_roster *roster = p11_token_roster(slot, keys);
    mainet_error err = {0};
    mainet_status status = MAINET_OK;

    if (roster != NULL)
        status = mn_roster_find(roster, stored, keys != NULL, found, candidates, &err);
    else
        status = mn_token_find(slot->token, keys, stored, found, &err);
    if (roster == NULL && status == MAINET_OK)
        p11_token_searched(slot, found);
    return status == MAINET_OK ? CKR_OK : p11_ckr_of(&err);
}

static CK_RV
find_rows(p11_slot *slot, const mn_keys *keys, p11_wanted *wanted, p11_search *search,
          p11_search *candidates)
{
    mn_ids sure = {0};
    mn_ids unsure = {0};
    CK_RV rv = CKR_OK;

    for (size_t form = 0; p11_wanted_next(wanted, form, &rv) && sure.count == 0; form++) {
        mn_ids_clear(&unsure);
        rv = ask(slot, keys, wanted->stored, &sure, &unsure);
        if (rv != CKR_OK)
            break;
    }
    if (rv == CKR_OK)
        rv = p11_show(slot, keys, &sure);
    if (rv == CKR_OK)
        rv = p11_show(slot, keys, &unsure);
    if (rv == CKR_OK)
        rv = add_rows(slot, &sure, search);
    if (rv == CKR_OK)
        rv = add_rows(slot, &unsure, candidates);
    mn_ids_clear(&sure);
    mn_ids_clear(&unsure);
    return rv;
}

/* Objects in memory: those of the process's sessions, or those that every token has. */
static CK_RV
find_in_memory(p11_slot *slot, bool is_built_in, p11_search *search)
{
    CK_RV rv = CKR_OK;

    p11_mutex_lock(&slot->lock);
    for (size_t i = 0; i < slot->handles.memory_count && rv == CKR_OK; i++) {
        const p11_entry *entry = p11_handles_get(&slot->handles, slot->handles.memory[i]);

        if ((entry->owner == CK_INVALID_HANDLE) == is_built_in && !add(search, entry->handle))
            rv = CKR_HOST_MEMORY;
    }
    p11_mutex_unlock(&slot->lock);
    return rv;
}

/* Keep what fits the whole template; an object that is gone meanwhile fits nothing. */
static void
sift(p11_slot *slot, const mn_keys *keys, const CK_ATTRIBUTE *template, CK_ULONG count,
     p11_search *search)
{
    size_t kept = 0;

    for (size_t i = 0; i < search->count; i++) {
        mn_auto(p11_object) object = NULL;

        if (p11_token_object(slot, search->found[i], &object) == CKR_OK &&
            p11_attribute_match(object, keys, template, count))
            search->found[kept++] = search->found[i];
    }
    search->count = kept;
}

static CK_RV
find_on_token(p11_slot *slot, const mn_keys *keys, p11_wanted *wanted, const CK_ATTRIBUTE *template,
              CK_ULONG count, p11_search *search)
{
    p11_search candidates = {0};
    CK_RV rv = CKR_OK;

    p11_mutex_lock(&slot->io);
    rv = find_rows(slot, keys, wanted, search, &candidates);
    p11_mutex_unlock(&slot->io);
    if (rv == CKR_DEVICE_REMOVED)
        p11_slot_lost(slot);
    if (rv == CKR_OK && !wanted->needs_sifting)
        sift(slot, keys, template, count, &candidates);
    for (size_t i = 0; rv == CKR_OK && i < candidates.count; i++)
        rv = add(search, candidates.found[i]) ? CKR_OK : CKR_HOST_MEMORY;
    p11_search_end(&candidates);
    return rv;
}

/* First what is in memory, which is always compared in full; rows only if the store could not
 * compare all of the template. */
static CK_RV
search_slot(p11_slot *slot, p11_wanted *wanted, const CK_ATTRIBUTE *template, CK_ULONG count,
            p11_search *search)
{
    mn_auto(mn_keys) keys = p11_token_keys(slot);
    CK_RV rv = CKR_OK;

    if (wanted->is_profile)
        rv = p11_profiles_add(slot);
    if (rv == CKR_OK && (wanted->in_memory || wanted->is_profile))
        rv = find_in_memory(slot, wanted->is_profile, search);
    if (rv == CKR_OK && !wanted->needs_sifting)
        sift(slot, keys, template, count, search);
    if (rv == CKR_OK && wanted->on_token)
        rv = find_on_token(slot, keys, wanted, template, count, search);
    if (rv == CKR_OK && wanted->needs_sifting)
        sift(slot, keys, template, count, search);
    return rv;
}

CK_RV
p11_find_begin(p11_session *session, const CK_ATTRIBUTE *template, CK_ULONG count)
{
    p11_wanted wanted = {0};
    p11_search search = {0};
    CK_RV rv = CKR_OK;

    if (session->search.is_active)
        return CKR_OPERATION_ACTIVE;
    rv = p11_wanted_read(&wanted, template, count);
    if (rv == CKR_OK)
        rv = search_slot(session->slot, &wanted, template, count, &search);
    p11_wanted_clear(&wanted);
    if (rv != CKR_OK) {
        p11_search_end(&search);
        return rv;
    }
    search.is_active = true;
    session->search = search;
    return CKR_OK;
}

CK_RV
p11_find_next(p11_session *session, CK_OBJECT_HANDLE *handles, CK_ULONG max, CK_ULONG *count)
{
    p11_search *search = &session->search;
    const size_t left = search->count - search->told;
    const size_t now = left < max ? left : max;

    if (!search->is_active)
        return CKR_OPERATION_NOT_INITIALIZED;
    if (now != 0)
        memcpy(handles, search->found + search->told, now * sizeof *handles);
    search->told += now;
    *count = now;
    return CKR_OK;
}

CK_RV
p11_find_end(p11_session *session)
{
    if (!session->search.is_active)
        return CKR_OPERATION_NOT_INITIALIZED;
    p11_search_end(&session->search);
    return CKR_OK;
}
