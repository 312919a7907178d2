/* SPDX-License-Identifier: BSD-3-Clause */
#include "object.h"

#include <stdlib.h>

#include "attribute.h"
#include "ckr.h"

/* Asked for every signature, so read once. */
static void
read_usage(p11_object *object)
{
    object->class = (CK_OBJECT_CLASS)mn_object_class(object->stored);
    object->key_type = (CK_KEY_TYPE)mn_attributes_number(mn_object_attributes(object->stored),
                                                         CKA_KEY_TYPE, CK_UNAVAILABLE_INFORMATION);
    if (p11_attribute_bool(object, CKA_SIGN))
        object->usage |= CKF_SIGN;
    if (p11_attribute_bool(object, CKA_VERIFY))
        object->usage |= CKF_VERIFY;
    object->always_authenticate = p11_attribute_bool(object, CKA_ALWAYS_AUTHENTICATE);
}

p11_object *
p11_object_new(mn_object *stored)
{
    p11_object *object = calloc(1, sizeof *object);

    if (object == NULL) {
        mn_object_free(stored);
        return NULL;
    }
    atomic_init(&object->references, 1);
    object->stored = stored;
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
