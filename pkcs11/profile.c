/* SPDX-License-Identifier: BSD-3-Clause */
#include "profile.h"

#include "ckr.h"

/* What we do is what these ask for (PKCS#11 Profiles v3.1, 3): the functions of a provider with
 * login, keys that sign, certificates that are readable without login. */
static const CK_ULONG profiles[] = {CKP_BASELINE_PROVIDER, CKP_EXTENDED_PROVIDER,
                                    CKP_AUTHENTICATION_TOKEN, CKP_PUBLIC_CERTIFICATES_TOKEN};

#define PROFILE_COUNT (sizeof profiles / sizeof *profiles)

static mainet_status
describe(mn_attributes *plain, CK_ULONG profile, mainet_error *err)
{
    MN_TRY(mn_attributes_set_number(plain, CKA_CLASS, CKO_PROFILE, err));
    MN_TRY(mn_attributes_set_bool(plain, CKA_TOKEN, true, err));
    MN_TRY(mn_attributes_set_bool(plain, CKA_PRIVATE, false, err));
    MN_TRY(mn_attributes_set_bool(plain, CKA_MODIFIABLE, false, err));
    MN_TRY(mn_attributes_set_bool(plain, CKA_COPYABLE, false, err));
    MN_TRY(mn_attributes_set_bool(plain, CKA_DESTROYABLE, false, err));
    return mn_attributes_set_number(plain, CKA_PROFILE_ID, profile, err);
}

static CK_RV
make(CK_ULONG profile, p11_object **object)
{
    mainet_error err = {0};
    mn_auto(mn_attributes) plain = mn_attributes_new(&err);
    mn_object *stored = NULL;

    if (plain != NULL && describe(plain, profile, &err) == MAINET_OK)
        stored = mn_object_new(plain, &err);
    if (stored == NULL)
        return p11_ckr(err.status);
    *object = p11_object_new(stored);
    return *object == NULL ? CKR_HOST_MEMORY : CKR_OK;
}

/* Entries that are neither in the file nor a session's. */
static bool
has_any(const p11_handles *handles)
{
    for (size_t i = 0; i < handles->count; i++) {
        if (handles->entries[i].row == 0 && handles->entries[i].owner == CK_INVALID_HANDLE)
            return true;
    }
    return false;
}

/* All or none; the slot's lock is held, and what is added is taken over. */
static CK_RV
add_all(p11_slot *slot, p11_object *made[PROFILE_COUNT])
{
    if (!p11_handles_reserve(&slot->handles, PROFILE_COUNT))
        return CKR_HOST_MEMORY;
    for (size_t i = 0; i < PROFILE_COUNT; i++) {
        const p11_entry entry = {.handle = p11_module_new_handle(slot->module), .object = made[i]};

        (void)p11_handles_add(&slot->handles, &entry);
        made[i] = NULL;
    }
    return CKR_OK;
}

CK_RV
p11_profiles_add(p11_slot *slot)
{
    p11_object *made[PROFILE_COUNT] = {NULL};
    bool is_there = false;
    CK_RV rv = CKR_OK;

    p11_mutex_lock(&slot->lock);
    is_there = has_any(&slot->handles);
    p11_mutex_unlock(&slot->lock);
    for (size_t i = 0; i < PROFILE_COUNT && rv == CKR_OK && !is_there; i++)
        rv = make(profiles[i], &made[i]);
    p11_mutex_lock(&slot->lock);
    if (rv == CKR_OK && !is_there && !has_any(&slot->handles))
        rv = add_all(slot, made);
    p11_mutex_unlock(&slot->lock);
    for (size_t i = 0; i < PROFILE_COUNT; i++)
        p11_object_free(made[i]);
    return rv;
}
