/* SPDX-License-Identifier: BSD-3-Clause */
#include "object.h"

#include <stdlib.h>
#include <string.h>

#include "attribute.h"
#include "ckr.h"

static const struct {
    CK_ATTRIBUTE_TYPE attribute;
    CK_FLAGS flag;
} uses[] = {
    {CKA_SIGN, CKF_SIGN},       {CKA_SIGN_RECOVER, CKF_SIGN_RECOVER},
    {CKA_VERIFY, CKF_VERIFY},   {CKA_VERIFY_RECOVER, CKF_VERIFY_RECOVER},
    {CKA_ENCRYPT, CKF_ENCRYPT}, {CKA_DECRYPT, CKF_DECRYPT},
    {CKA_WRAP, CKF_WRAP},       {CKA_UNWRAP, CKF_UNWRAP},
    {CKA_DERIVE, CKF_DERIVE},
};

/* Asked for every signature, so read once. */
static void
read_usage(p11_object *object)
{
    object->class = (CK_OBJECT_CLASS)mn_object_class(object->stored);
    object->key_type = (CK_KEY_TYPE)mn_attributes_number(mn_object_attributes(object->stored),
                                                         CKA_KEY_TYPE, CK_UNAVAILABLE_INFORMATION);
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
        if (p11_attribute_bool(object, uses[i].attribute))
            object->usage |= uses[i].flag;
    }
    object->always_authenticate = p11_attribute_bool(object, CKA_ALWAYS_AUTHENTICATE);
}

p11_object *
p11_object_new(mn_object *stored)
{
    static _Atomic uint64_t last;
    p11_object *object = calloc(1, sizeof *object);

    if (object == NULL) {
        mn_object_free(stored);
        return NULL;
    }
    atomic_init(&object->references, 1);
    object->stored = stored;
    object->number = atomic_fetch_add_explicit(&last, 1, memory_order_relaxed) + 1;
    read_usage(object);
    return object;
}

p11_object *
p11_object_ref(p11_object *object)
{
    atomic_fetch_add_explicit(&object->references, 1, memory_order_relaxed);
    return object;
}

void
p11_object_free(p11_object *object)
{
    if (object == NULL ||
        atomic_fetch_sub_explicit(&object->references, 1, memory_order_acq_rel) != 1)
        return;
    EVP_PKEY_free(atomic_load(&object->key));
    mn_object_free(object->stored);
    free(object);
}

bool
p11_object_allows(const p11_object *object, CK_MECHANISM_TYPE type)
{
    const mn_attribute *allowed =
        mn_attributes_get(mn_object_attributes(object->stored), CKA_ALLOWED_MECHANISMS);
    CK_MECHANISM_TYPE one = 0;

    if (allowed == NULL || allowed->value_len == 0)
        return true;
    for (size_t at = 0; at + sizeof one <= allowed->value_len; at += sizeof one) {
        memcpy(&one, allowed->value + at, sizeof one);
        if (one == type)
            return true;
    }
    return false;
}

CK_RV
p11_object_key(p11_object *object, const mn_keys *keys, EVP_PKEY **key)
{
    mainet_error err = {0};
    EVP_PKEY *nobody = NULL;
    EVP_PKEY *made = NULL;

    *key = atomic_load_explicit(&object->key, memory_order_acquire);
    if (*key != NULL)
        return CKR_OK;
    made = object->class == CKO_PRIVATE_KEY ? mn_object_private_key(object->stored, keys, &err)
                                            : mn_object_public_key(object->stored, &err);
    if (made == NULL)
        return p11_ckr_of(&err);
    if (!atomic_compare_exchange_strong(&object->key, &nobody, made)) {
        EVP_PKEY_free(made); /* another thread was faster */
        made = nobody;
    }
    *key = made;
    return CKR_OK;
}
