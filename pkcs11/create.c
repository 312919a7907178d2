/* SPDX-License-Identifier: BSD-3-Clause */
#include "create.h"

#include <string.h>

#include "certificate.h"
#include "check-value.h"
#include "ckr.h"
#include "numbers.h"
#include "session.h"
#include "store/record.h"
#include "token.h"

#define DRAFTS_MAX 2 /* a key pair */

static CK_RV
finish_key(p11_draft *draft, const CK_ATTRIBUTE *template, CK_ULONG count)
{
    mn_auto(EVP_PKEY) key = NULL;
    const CK_RV rv = p11_numbers_key(template, count, draft->class, draft->key_type, &key);

    return rv == CKR_OK
               ? p11_draft_set_key(draft, key, p11_numbers_find(template, count, CKA_EC_PARAMS))
               : rv;
}

static CK_RV
finish_secret(p11_draft *draft, const CK_ATTRIBUTE *template, CK_ULONG count)
{
    const CK_ATTRIBUTE *value = p11_numbers_find(template, count, CKA_VALUE);
    const CK_ATTRIBUTE *len = p11_numbers_find(template, count, CKA_VALUE_LEN);

    if (value == NULL)
        return CKR_TEMPLATE_INCOMPLETE;
    if (len != NULL && memcmp(len->pValue, &value->ulValueLen, sizeof(CK_ULONG)) != 0)
        return CKR_TEMPLATE_INCONSISTENT;
    return p11_draft_set_secret(draft, value->pValue, value->ulValueLen);
}

static CK_RV
finish(p11_draft *draft, const CK_ATTRIBUTE *template, CK_ULONG count)
{
    switch (draft->class) {
    case CKO_CERTIFICATE:
        return p11_certificate_finish(draft);
    case CKO_SECRET_KEY:
        return finish_secret(draft, template, count);
    case CKO_DATA:
        return p11_draft_set_nothing(draft);
    default:
        return finish_key(draft, template, count);
    }
}

CK_RV
p11_create(p11_session *session, const CK_ATTRIBUTE *template, CK_ULONG count,
           CK_OBJECT_HANDLE *handle)
{
    mn_auto_draft draft = {0};
    p11_draft *drafts[] = {&draft};
    CK_RV rv = p11_draft_read(&draft, session, template, count, P11_ORIGIN_CREATED,
                              CK_UNAVAILABLE_INFORMATION, CK_UNAVAILABLE_INFORMATION);

    if (rv == CKR_OK)
        rv = finish(&draft, template, count);
    return rv == CKR_OK ? p11_create_place(session, drafts, 1, handle) : rv;
}

static CK_RV
place_in_session(p11_session *session, const p11_draft *draft, CK_OBJECT_HANDLE *handle)
{
    p11_slot *slot = session->slot;
    p11_entry entry = {.owner = session->handle};
    bool is_added = false;

    entry.object = p11_object_new(mn_object_ref(draft->object));
    if (entry.object == NULL)
        return CKR_HOST_MEMORY;
    p11_mutex_lock(&slot->lock);
    entry.handle = p11_module_new_handle(slot->module);
    is_added = p11_handles_add(&slot->handles, &entry);
    p11_mutex_unlock(&slot->lock);
    if (!is_added) {
        p11_object_free(entry.object);
        return CKR_HOST_MEMORY;
    }
    *handle = entry.handle;
    return CKR_OK;
}

/* There is room for the handles before anything is written: nothing fails after the commit. */
static CK_RV
place_on_token(p11_slot *slot, mn_object *const *objects, size_t count, CK_OBJECT_HANDLE *handles)
{
    mn_auto(mn_keys) keys = p11_token_keys(slot);
    mainet_error err = {0};
    bool has_room = false;

    p11_mutex_lock(&slot->lock);
    has_room = p11_handles_reserve(&slot->handles, count);
    p11_mutex_unlock(&slot->lock);
    if (!has_room)
        return CKR_HOST_MEMORY;
    if (mn_token_insert(slot->token, keys, objects, count, &err) != MAINET_OK)
        return p11_ckr_of(&err);
    for (size_t i = 0; i < count; i++) {
        handles[i] = p11_token_handle(slot, mn_object_id(objects[i]));
        p11_token_replace(slot, handles[i], NULL); /* it may have taken a row over */
    }
    return CKR_OK;
}

/* The halves of a pair and their certificate share an id, if only the first of them was given one.
 */
static CK_RV
share_id(p11_slot *slot, p11_draft *draft)
{
    mn_auto(mn_keys) keys = p11_token_keys(slot);
    mainet_error err = {0};
    mn_object *shared = NULL;

    if (draft->has_own_id || draft->origin == P11_ORIGIN_GENERATED ||
        mn_object_is_hidden(draft->object))
        return CKR_OK;
    shared = mn_token_with_shared_id(slot->token, keys, draft->object, &err);
    if (shared == NULL)
        return p11_ckr_of(&err);
    mn_object_free(draft->object);
    draft->object = shared;
    return CKR_OK;
}

static void
take_back(p11_session *session, CK_OBJECT_HANDLE *handles, size_t count)
{
    p11_mutex_lock(&session->slot->lock);
    for (size_t i = 0; i < count; i++) {
        if (handles[i] != CK_INVALID_HANDLE)
            p11_handles_remove(&session->slot->handles, handles[i]);
        handles[i] = CK_INVALID_HANDLE;
    }
    p11_mutex_unlock(&session->slot->lock);
}

/* What goes into the session goes first, for that can be taken back. */
CK_RV
p11_create_place(p11_session *session, p11_draft *const *drafts, size_t count,
                 CK_OBJECT_HANDLE *handles)
{
    p11_slot *slot = session->slot;
    mn_object *objects[DRAFTS_MAX] = {NULL};
    CK_OBJECT_HANDLE placed[DRAFTS_MAX] = {CK_INVALID_HANDLE};
    CK_OBJECT_HANDLE made[DRAFTS_MAX] = {CK_INVALID_HANDLE};
    size_t on_token = 0;
    CK_RV rv = CKR_OK;

    for (size_t i = 0; i < count && rv == CKR_OK; i++)
        rv = p11_check_value_compare(drafts[i]->object, drafts[i]->check_value);
    for (size_t i = 0; i < count && rv == CKR_OK; i++) {
        if (!drafts[i]->on_token)
            rv = place_in_session(session, drafts[i], &made[i]);
    }
    p11_mutex_lock(&slot->io);
    for (size_t i = 0; i < count && rv == CKR_OK; i++) {
        if (!drafts[i]->on_token)
            continue;
        rv = share_id(slot, drafts[i]);
        objects[on_token++] = drafts[i]->object;
    }
    if (rv == CKR_OK && on_token != 0)
        rv = place_on_token(slot, objects, on_token, placed);
    p11_mutex_unlock(&slot->io);
    if (rv != CKR_OK) {
        take_back(session, made, count);
        return rv;
    }
    on_token = 0;
    for (size_t i = 0; i < count; i++)
        handles[i] = drafts[i]->on_token ? placed[on_token++] : made[i];
    return CKR_OK;
}
