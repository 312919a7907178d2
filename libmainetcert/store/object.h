/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_OBJECT_H
#define MN_STORE_OBJECT_H

#include "base/openssl.h"
#include "store/attributes.h"
#include "store/keys.h"

/* A PKCS#11 object. Its plain attributes are readable without login; its secret ones (the numbers
 * of private keys, the values of secret keys, everything of other objects with CKA_PRIVATE) are
 * sealed one by one. CKA_CLASS, CKA_TOKEN and CKA_PRIVATE are always plain. */

typedef struct mn_object mn_object;

/** Start an object in memory from its plain attributes, which are copied; CKA_CLASS is required.
 *  Token objects are inserted with mn_token_insert; session objects just live here. */
mn_object *
mn_object_new(const mn_attributes *plain, mainet_error *err);

/** Add or replace a secret attribute of an object in memory; the value is copied. */
mainet_status
mn_object_set_secret(mn_object *object, uint64_t type, const uint8_t *value, size_t value_len,
                     mainet_error *err);

/** The same; the value is taken over, unless that fails. */
mainet_status
mn_object_add_secret(mn_object *object, uint64_t type, mn_secret **value, mainet_error *err);

/** Make an object with the same row and secrets and other plain attributes: what
 *  mn_token_change wants. Opened secrets are copied. */
mn_object *
mn_object_with(const mn_object *object, const mn_attributes *plain, mainet_error *err);

mn_object *
mn_object_ref(mn_object *object);

void
mn_object_free(mn_object *object);

/** The row, never reused within a token; 0 for an object that is in memory only. */
int64_t
mn_object_id(const mn_object *object);

uint64_t
mn_object_class(const mn_object *object);

/** CKA_PRIVATE: not to be seen before login. */
bool
mn_object_is_private(const mn_object *object);

/** The plain attributes, borrowed. */
const mn_attributes *
mn_object_attributes(const mn_object *object);

/** Whether the object has a secret attribute of this type, opened or not. */
bool
mn_object_has_secret(const mn_object *object, uint64_t type);

/** Open a secret attribute. `keys` may be NULL for objects in memory. MAINET_E_TOKEN_LOCKED without
 *  keys, MAINET_E_OBJECT_NOT_FOUND if there is none, MAINET_E_STORE_TAMPERED if it does not verify.
 */
mn_secret *
mn_object_secret(const mn_object *object, const mn_keys *keys, uint64_t type, mainet_error *err);

/** Build the private key of a CKO_PRIVATE_KEY object by EVP_PKEY_fromdata in the private context.
 */
EVP_PKEY *
mn_object_private_key(const mn_object *object, const mn_keys *keys, mainet_error *err);

/** Build the public key of a CKO_PUBLIC_KEY, CKO_PRIVATE_KEY or CKO_CERTIFICATE object. */
EVP_PKEY *
mn_object_public_key(const mn_object *object, mainet_error *err);

MN_AUTO_TYPE(mn_object, mn_object_free)

#endif
