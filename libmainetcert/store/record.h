/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_RECORD_H
#define MN_STORE_RECORD_H

#include "store/object.h"

/* What the store itself needs of an object to write and read its row (SCHEMA.md). */

/** The version that rows, sealed attributes and wraps are bound to: the one in which their shape
 *  last changed. A wrap cannot be made again without its PIN, so they outlive a migration. */
#define MN_FORMAT_VERSION 1

/** Make an object from a row; the attribute lists are taken over. `public_key` is a hash or NULL.
 */
mn_object *
mn_object_loaded(int64_t id, mn_attributes **plain, mn_attributes **sealed,
                 const uint8_t *public_key, mainet_error *err);

/** Give an object its row; before mn_object_seal, which binds secrets to it. */
void
mn_object_set_id(mn_object *object, int64_t id);

/** Whether all but class, token and private is sealed: private objects that are not keys. */
bool
mn_object_is_hidden(const mn_object *object);

/** SHA-256 of the SubjectPublicKeyInfo; NULL if the object has none. */
const uint8_t *
mn_object_public_key_hash(const mn_object *object);

/** How many secret attributes there are, and of which types. */
size_t
mn_object_secret_count(const mn_object *object);

uint64_t
mn_object_secret_type(const mn_object *object, size_t index);

/** Append the `secret` record. Secrets that are sealed already stay as they are. */
mainet_status
mn_object_seal(const mn_object *object, const mn_keys *keys, mn_buffer *out, mainet_error *err);

/** Append the DER SubjectPublicKeyInfo (RFC 5280, 4.1) of a certificate or asymmetric key. */
mainet_status
mn_object_public_key_info(const mn_object *object, mn_buffer *out, bool *found, mainet_error *err);

/** Work out which public key the object has, from its attributes. */
mainet_status
mn_object_find_public_key(mn_object *object, mainet_error *err);

#endif
