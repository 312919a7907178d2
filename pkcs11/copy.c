/* SPDX-License-Identifier: BSD-3-Clause */
#include "change.h"
#include "ckr.h"
#include "create.h"
#include "session.h"
#include "store/record.h"
#include "store/transaction.h"
#include "template.h"
#include "token.h"

/* What a copy may have otherwise besides what may change anyway: where it is and who sees it, but
 * nothing private becomes public (PKCS#11 v3.0, 5.7.2). */
static CK_RV
check(const p11_object *object, const mn_keys *keys, const CK_ATTRIBUTE *attribute, p11_kind *kind)
{
    CK_RV rv = CKR_OK;

    switch (attribute->type) {
    case CKA_TOKEN:
    case CKA_MODIFIABLE:
    case CKA_DESTROYABLE:
        return p11_draft_check(attribute, object->class, kind);
    case CKA_PRIVATE:
        rv = p11_draft_check(attribute, object->class, kind);
        return rv == CKR_OK && mn_object_is_private(object->stored) &&
                       *(const CK_BBOOL *)attribute->pValue == CK_FALSE
                   ? CKR_TEMPLATE_INCONSISTENT
                   : rv;
    default:
        return p11_change_check(object, keys, attribute, kind);
    }
}

/* Of an object that is sealed as a whole, everything is an attribute again. */
static CK_RV
open_hidden(const p11_object *object, const mn_keys *keys, mn_attributes *plain)
{
    mainet_error err = {0};

    for (size_t i = 0; i < mn_object_secret_count(object->stored); i++) {
        const uint64_t type = mn_object_secret_type(object->stored, i);
        mn_auto(mn_secret) value = mn_object_secret(object->stored, keys, type, &err);

        if (value == NULL || mn_attributes_set(plain, type, mn_secret_bytes(value),
                                               mn_secret_len(value), &err) != MAINET_OK)
            return p11_ckr(err.status);
    }
    return CKR_OK;
}

static CK_RV
copy_secrets(const p11_object *object, const mn_keys *keys, p11_draft *draft)
{
    mainet_error err = {0};

    draft->object = mn_object_new(draft->plain, &err);
    for (size_t i = 0; draft->object != NULL && i < mn_object_secret_count(object->stored); i++) {
        const uint64_t type = mn_object_secret_type(object->stored, i);
        mn_auto(mn_secret) value = mn_object_secret(object->stored, keys, type, &err);

        if (value == NULL || mn_object_add_secret(draft->object, type, &value, &err) != MAINET_OK)
            return p11_ckr(err.status);
    }
    return p11_ckr(err.status);
}

/* A copy of the public key that we made beside a private one is the application's own. */
static CK_RV
stand_alone(mn_attributes *plain)
{
    mainet_error err = {0};

    return mn_attributes_get(plain, MN_CKA_COMPANION) == NULL
               ? CKR_OK
               : p11_ckr(mn_attributes_set_bool(plain, MN_CKA_COMPANION, false, &err));
}

static CK_RV
fill(p11_draft *draft, const p11_object *object, const mn_keys *keys, const CK_ATTRIBUTE *template,
     CK_ULONG count)
{
    mainet_error err = {0};
    CK_RV rv = CKR_OK;

    draft->class = object->class;
    draft->key_type = object->key_type;
    draft->has_own_id = true; /* the template's, or the one that is copied */
    draft->plain = mn_attributes_copy(mn_object_attributes(object->stored), &err);
    if (draft->plain == NULL)
        return CKR_HOST_MEMORY;
    if (!p11_template_is_consistent(template, count))
        return CKR_TEMPLATE_INCONSISTENT;
    if (mn_object_is_hidden(object->stored))
        rv = open_hidden(object, keys, draft->plain);
    for (CK_ULONG i = 0; i < count && rv == CKR_OK; i++) {
        p11_kind kind = P11_KIND_BYTES;

        if (p11_draft_is_ignored(template[i].type))
            continue;
        rv = check(object, keys, &template[i], &kind);
        if (rv == CKR_OK)
            rv = p11_template_keep(draft->plain, &template[i], kind);
    }
    return rv == CKR_OK ? stand_alone(draft->plain) : rv;
}

CK_RV
p11_copy(p11_session *session, CK_OBJECT_HANDLE handle, const CK_ATTRIBUTE *template,
         CK_ULONG count, CK_OBJECT_HANDLE *copy)
{
    mn_auto(mn_keys) keys = p11_token_keys(session->slot);
    mn_auto(p11_object) object = NULL;
    mn_auto_draft draft = {0};
    p11_draft *drafts[] = {&draft};
    CK_RV rv = p11_token_object(session->slot, handle, &object);

    if (rv == CKR_OK &&
        (object->class == CKO_PROFILE || !p11_attribute_flag(object, keys, CKA_COPYABLE)))
        rv = CKR_ACTION_PROHIBITED;
    if (rv == CKR_OK)
        rv = fill(&draft, object, keys, template, count);
    if (rv == CKR_OK)
        rv = p11_draft_settle(&draft, session);
    if (rv == CKR_OK)
        rv = object->class == CKO_DATA || object->class == CKO_CERTIFICATE
                 ? p11_draft_set_nothing(&draft)
                 : copy_secrets(object, keys, &draft);
    return rv == CKR_OK ? p11_create_place(session, drafts, 1, copy) : rv;
}
