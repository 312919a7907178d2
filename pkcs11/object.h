/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_OBJECT_H
#define P11_OBJECT_H

#include <stdatomic.h>

#include "cryptoki3.h"
#include "store/object.h"

/** An object as it was when it was loaded; shared by all who use it and never changed, but for the
 *  key, which is decoded when it is first needed. */
typedef struct p11_object {
    atomic_uint references;
    mn_object *stored;
    CK_OBJECT_CLASS class;
    CK_KEY_TYPE key_type;     /**< CK_UNAVAILABLE_INFORMATION for what is no key */
    CK_FLAGS usage;           /**< what a key may be used for: CKF_SIGN, CKF_DECRYPT, … */
    bool always_authenticate; /**< a PIN for every single use */
    uint64_t number;          /**< of an object in memory: its own as long as the process lives */
    _Atomic(EVP_PKEY *) key;
} p11_object;

/** Take over `stored`; NULL without memory (and `stored` is freed). */
p11_object *
p11_object_new(mn_object *stored);

p11_object *
p11_object_ref(p11_object *object);

void
p11_object_free(p11_object *object);

/** Whether CKA_ALLOWED_MECHANISMS lets a key be used so; without any, it does. */
bool
p11_object_allows(const p11_object *object, CK_MECHANISM_TYPE type);

/** The key for OpenSSL, borrowed: private for a private key, public otherwise. Decoded once;
 *  `keys` open it. */
CK_RV
p11_object_key(p11_object *object, const mn_keys *keys, EVP_PKEY **key);

MN_AUTO_TYPE(p11_object, p11_object_free)

#endif
