/* SPDX-License-Identifier: BSD-3-Clause */
#include "profile.h"

#include "ckr.h"

static mainet_status
describe(mn_attributes *plain, mainet_error *err)
{
    MN_TRY(mn_attributes_set_number(plain, CKA_CLASS, CKO_PROFILE, err));
    MN_TRY(mn_attributes_set_bool(plain, CKA_TOKEN, true, err));
    MN_TRY(mn_attributes_set_bool(plain, CKA_PRIVATE, false, err));
    MN_TRY(mn_attributes_set_bool(plain, CKA_MODIFIABLE, false, err));
    MN_TRY(mn_attributes_set_bool(plain, CKA_COPYABLE, false, err));
    MN_TRY(mn_attributes_set_bool(plain, CKA_DESTROYABLE, false, err));
    return mn_attributes_set_number(plain, CKA_PROFILE_ID, CKP_PUBLIC_CERTIFICATES_TOKEN, err);
}

static CK_RV
make(p11_object **object)
{
    mainet_error err = {0};
    mn_auto(mn_attributes) plain = mn_attributes_new(&err);
    mn_object *stored = NULL;

    if (plain != NULL && describe(plain, &err) == MAINET_OK)
        stored = mn_object_new(plain, &err);
    if (stored == NULL)
        return p11_ckr(err.status);
    *object = p11_object_new(stored);
    return *object == NULL ? CKR_HOST_MEMORY : CKR_OK;
}

/* The one entry that is neither in the file nor a session's. */
static bool
has_one(const p11_handles *handles)
{
    for (size_t i = 0; i < handles->count; i++) {
        if (handles->entries[i].row == 0 && handles->entries[i].owner == CK_INVALID_HANDLE)
            return true;
    }
    return false;
}

CK_RV
p11_profile_add(p11_slot *slot)
{
    mn_auto(p11_object) object = NULL;
    CK_RV rv = make(&object);

    if (rv != CKR_OK)
        return rv;
    p11_mutex_lock(&slot->lock);
    if (!has_one(&slot->handles)) {
        const p11_entry entry = {.handle = p11_module_new_handle(slot->module), .object = object};

        if (p11_handles_add(&slot->handles, &entry))
            (void)p11_object_take(&object);
        else
            rv = CKR_HOST_MEMORY;
    }
    p11_mutex_unlock(&slot->lock);
    return rv;
}
