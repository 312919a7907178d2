/* SPDX-License-Identifier: BSD-3-Clause */
#include "change.h"

#include "ckr.h"
#include "draft.h"
#include "session.h"
#include "store/record.h"
#include "template.h"
#include "token.h"

/* What may be written again (PKCS#11 v3.0, 4.1.2 and footnote 8), and which way it may turn. */
typedef enum way { EITHER, ONLY_TRUE, ONLY_FALSE } way;

static const struct {
    CK_ATTRIBUTE_TYPE type;
    way way;
} changeable[] = {
    {CKA_LABEL, EITHER},           {CKA_ID, EITHER},
    {CKA_SUBJECT, EITHER},         {CKA_START_DATE, EITHER},
    {CKA_END_DATE, EITHER},        {CKA_APPLICATION, EITHER},
    {CKA_OBJECT_ID, EITHER},       {CKA_ENCRYPT, EITHER},
    {CKA_DECRYPT, EITHER},         {CKA_SIGN, EITHER},
    {CKA_SIGN_RECOVER, EITHER},    {CKA_VERIFY, EITHER},
    {CKA_VERIFY_RECOVER, EITHER},  {CKA_WRAP, EITHER},
    {CKA_UNWRAP, EITHER},          {CKA_DERIVE, EITHER},
    {CKA_SENSITIVE, ONLY_TRUE},    {CKA_WRAP_WITH_TRUSTED, ONLY_TRUE},
    {CKA_EXTRACTABLE, ONLY_FALSE}, {CKA_COPYABLE, ONLY_FALSE},
};

static bool
turns_so(const p11_object *object, const mn_keys *keys, const CK_ATTRIBUTE *attribute, way allowed)
{
    const bool now = p11_attribute_flag(object, keys, attribute->type);
    const bool then = *(const CK_BBOOL *)attribute->pValue != CK_FALSE;

    return now == then || then == (allowed == ONLY_TRUE);
}

CK_RV
p11_change_check(const p11_object *object, const mn_keys *keys, const CK_ATTRIBUTE *attribute,
                 p11_kind *kind)
{
    const bool is_data_value = attribute->type == CKA_VALUE && object->class == CKO_DATA;
    const bool is_certificate_name =
        attribute->type == CKA_SUBJECT && object->class == CKO_CERTIFICATE;
    const CK_RV rv = p11_draft_check(attribute, object->class, kind);

    if (rv != CKR_OK || is_data_value)
        return rv;
    if (attribute->type == CKA_CHECK_VALUE && attribute->ulValueLen == 0)
        return CKR_OK; /* so that there is none (v3.0, 4.10.2) */
    for (size_t i = 0; i < sizeof changeable / sizeof *changeable && !is_certificate_name; i++) {
        if (changeable[i].type != attribute->type)
            continue;
        return changeable[i].way == EITHER || turns_so(object, keys, attribute, changeable[i].way)
                   ? CKR_OK
                   : CKR_ATTRIBUTE_READ_ONLY;
    }
    return CKR_ATTRIBUTE_READ_ONLY;
}

/* What a handle is: in the token's file, or in memory, there as a session's or everybody's. */
static CK_RV
find_entry(p11_slot *slot, CK_OBJECT_HANDLE handle, p11_entry *found)
{
    const p11_entry *entry = NULL;

    p11_mutex_lock(&slot->lock);
    entry = p11_handles_get(&slot->handles, handle);
    if (entry != NULL)
        *found = *entry;
    p11_mutex_unlock(&slot->lock);
    return entry == NULL ? CKR_OBJECT_HANDLE_INVALID : CKR_OK;
}

static bool
is_built_in(const p11_entry *entry)
{
    return entry->row == 0 && entry->owner == CK_INVALID_HANDLE;
}

/* Whether this session may write what the entry stands for. */
static CK_RV
permit(const p11_session *session, const p11_entry *entry, const mn_keys *keys)
{
    if (is_built_in(entry))
        return CKR_ACTION_PROHIBITED;
    if (entry->row == 0)
        return CKR_OK;
    if ((session->flags & CKF_RW_SESSION) == 0)
        return CKR_SESSION_READ_ONLY;
    return keys == NULL ? CKR_USER_NOT_LOGGED_IN : CKR_OK;
}

static CK_RV
set_hidden(mn_object *object, const mn_attributes *values)
{
    mainet_error err = {0};
    CK_RV rv = CKR_OK;

    for (size_t i = 0; i < mn_attributes_count(values) && rv == CKR_OK; i++) {
        const mn_attribute *at = mn_attributes_at(values, i);

        rv = p11_ckr(mn_object_set_secret(object, at->type, at->value, at->value_len, &err));
    }
    return rv;
}

static CK_RV
set_plain(mn_attributes *plain, const mn_attributes *values)
{
    mainet_error err = {0};
    CK_RV rv = CKR_OK;

    for (size_t i = 0; i < mn_attributes_count(values) && rv == CKR_OK; i++) {
        const mn_attribute *at = mn_attributes_at(values, i);

        rv = p11_ckr(mn_attributes_set(plain, at->type, at->value, at->value_len, &err));
    }
    return rv;
}

/* What a program wants to be otherwise, and what came of it. */
typedef struct wish {
    const mn_keys *keys;
    const CK_ATTRIBUTE *template;
    CK_ULONG count;
    CK_RV rv;
} wish;

static CK_RV
read_values(const p11_object *object, const wish *asked, mn_attributes *values)
{
    CK_RV rv = p11_template_is_consistent(asked->template, asked->count)
                   ? CKR_OK
                   : CKR_TEMPLATE_INCONSISTENT;

    for (CK_ULONG i = 0; i < asked->count && rv == CKR_OK; i++) {
        const CK_ATTRIBUTE *attribute = &asked->template[i];
        p11_kind kind = P11_KIND_BYTES;

        if (p11_draft_is_ignored(attribute->type))
            continue;
        rv = p11_change_check(object, asked->keys, attribute, &kind);
        if (rv == CKR_OK)
            rv = p11_template_keep(values, attribute, kind);
    }
    return rv;
}

/* The object as it will be. */
static CK_RV
rewrite(const p11_object *object, const mn_attributes *values, mn_object **changed)
{
    mainet_error err = {0};
    const bool is_hidden = mn_object_is_hidden(object->stored);
    mn_auto(mn_attributes) plain = mn_attributes_copy(mn_object_attributes(object->stored), &err);
    CK_RV rv = plain == NULL ? CKR_HOST_MEMORY : CKR_OK;

    if (rv == CKR_OK && !is_hidden)
        rv = set_plain(plain, values);
    if (rv != CKR_OK)
        return rv;
    *changed = mn_object_with(object->stored, plain, &err);
    if (*changed == NULL)
        return p11_ckr(err.status);
    return is_hidden ? set_hidden(*changed, values) : CKR_OK;
}

static CK_RV
change(const p11_object *object, const wish *asked, mn_object **changed)
{
    mainet_error err = {0};
    mn_auto(mn_attributes) values = mn_attributes_new(&err);
    CK_RV rv = values == NULL ? CKR_HOST_MEMORY : CKR_OK;

    if (rv == CKR_OK && !p11_attribute_flag(object, asked->keys, CKA_MODIFIABLE))
        rv = CKR_ACTION_PROHIBITED;
    if (rv == CKR_OK)
        rv = read_values(object, asked, values);
    return rv == CKR_OK ? rewrite(object, values, changed) : rv;
}

/* A mn_token_change_fn: another process may have changed it since we read it. */
static mn_object *
change_stored(mn_object *now, void *user_data, mainet_error *err)
{
    wish *asked = user_data;
    mn_auto(p11_object) object = p11_object_new(mn_object_ref(now));
    mn_auto(mn_object) changed = NULL;

    asked->rv = object == NULL ? CKR_HOST_MEMORY : change(object, asked, &changed);
    return asked->rv == CKR_OK ? mn_object_take(&changed)
                               : mn_fail_null(err, MAINET_E_ARGUMENT, 0, "it cannot be so");
}

/* `io` is held. */
static CK_RV
change_row(p11_slot *slot, const p11_entry *entry, wish *asked)
{
    mainet_error err = {0};

    if (mn_token_change(slot->token, asked->keys, entry->row, change_stored, asked, &err) !=
        MAINET_OK)
        return asked->rv != CKR_OK ? asked->rv : p11_ckr_of(&err);
    p11_token_replace(slot, entry->handle, NULL);
    return CKR_OK;
}

/* `io` is held, so that no other thread changes it; what is in memory is found without. */
static CK_RV
change_in_memory(p11_slot *slot, const p11_entry *entry, const wish *asked)
{
    mn_auto(p11_object) object = NULL;
    mn_object *changed = NULL;
    p11_object *made = NULL;
    CK_RV rv = p11_token_object(slot, entry->handle, &object);

    if (rv == CKR_OK)
        rv = change(object, asked, &changed);
    made = rv == CKR_OK ? p11_object_new(changed) : NULL;
    if (made == NULL)
        return rv == CKR_OK ? CKR_HOST_MEMORY : rv;
    made->number = object->number;
    p11_token_replace(slot, entry->handle, made);
    return CKR_OK;
}

CK_RV
p11_change(p11_session *session, CK_OBJECT_HANDLE handle, const CK_ATTRIBUTE *template,
           CK_ULONG count)
{
    p11_slot *slot = session->slot;
    mn_auto(mn_keys) keys = p11_token_keys(slot);
    wish asked = {.keys = keys, .template = template, .count = count};
    p11_entry entry;
    CK_RV rv = find_entry(slot, handle, &entry);

    if (rv == CKR_OK)
        rv = permit(session, &entry, keys);
    if (rv != CKR_OK)
        return rv;
    p11_mutex_lock(&slot->io);
    rv = entry.row != 0 ? change_row(slot, &entry, &asked) : change_in_memory(slot, &entry, &asked);
    p11_mutex_unlock(&slot->io);
    return rv;
}

static CK_RV
delete_row(p11_slot *slot, const p11_entry *entry, const mn_keys *keys)
{
    mainet_error err = {0};
    CK_RV rv = CKR_OK;

    p11_mutex_lock(&slot->io);
    if (mn_token_delete(slot->token, keys, entry->row, &err) != MAINET_OK)
        rv = p11_ckr_of(&err);
    if (rv == CKR_OK) /* a public key of ours may have gone with its private key */
        p11_token_refresh(slot);
    p11_mutex_unlock(&slot->io);
    return rv;
}

CK_RV
p11_destroy(p11_session *session, CK_OBJECT_HANDLE handle)
{
    p11_slot *slot = session->slot;
    mn_auto(mn_keys) keys = p11_token_keys(slot);
    mn_auto(p11_object) object = NULL;
    p11_entry entry;
    CK_RV rv = p11_token_object(slot, handle, &object);

    if (rv == CKR_OK)
        rv = find_entry(slot, handle, &entry);
    if (rv == CKR_OK)
        rv = permit(session, &entry, keys);
    if (rv == CKR_OK && !p11_attribute_flag(object, keys, CKA_DESTROYABLE))
        rv = CKR_ACTION_PROHIBITED;
    if (rv != CKR_OK)
        return rv;
    if (entry.row != 0)
        return delete_row(slot, &entry, keys);
    p11_mutex_lock(&slot->lock);
    p11_handles_remove(&slot->handles, handle);
    p11_mutex_unlock(&slot->lock);
    return CKR_OK;
}
