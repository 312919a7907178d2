/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/object.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <p11-kit/pkcs11.h>

#include "store/record.h"
#include "store/seal.h"

/* A secret attribute: open in memory while an object is being made, sealed once it is in a token.
 */
typedef struct secret_attribute {
    uint64_t type;
    mn_secret *open;
} secret_attribute;

struct mn_object {
    atomic_uint references;
    int64_t id;
    mn_attributes *plain;
    mn_attributes *sealed; /* of a loaded object; values are mn_seal's */
    secret_attribute *secrets;
    size_t secret_count;
    bool has_public_key;
    uint8_t public_key[MN_SHA256_LEN];
};

mn_object *
mn_object_new(const mn_attributes *plain, mainet_error *err)
{
    mn_auto(mn_object) object = calloc(1, sizeof *object);

    if (object == NULL)
        return mn_fail_memory_null(err, "object");
    atomic_init(&object->references, 1);
    if (mn_attributes_get(plain, CKA_CLASS) == NULL)
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "an object needs a class");
    object->plain = mn_attributes_copy(plain, err);
    object->sealed = object->plain == NULL ? NULL : mn_attributes_new(err);
    if (object->sealed == NULL)
        return NULL;
    if (mn_object_find_public_key(object, err) != MAINET_OK)
        return NULL;
    return mn_object_take(&object);
}

mn_object *
mn_object_loaded(int64_t id, mn_attributes **plain, mn_attributes **sealed,
                 const uint8_t *public_key, mainet_error *err)
{
    mn_auto(mn_object) object = calloc(1, sizeof *object);

    if (object == NULL)
        return mn_fail_memory_null(err, "object");
    atomic_init(&object->references, 1);
    object->id = id;
    object->plain = mn_attributes_take(plain);
    object->sealed = mn_attributes_take(sealed);
    object->has_public_key = public_key != NULL;
    if (public_key != NULL)
        memcpy(object->public_key, public_key, sizeof object->public_key);
    return mn_object_take(&object);
}

mainet_status
mn_object_set_secret(mn_object *object, uint64_t type, const uint8_t *value, size_t value_len,
                     mainet_error *err)
{
    mn_auto(mn_secret) copy = mn_secret_copy(value, value_len, err);

    return copy == NULL ? mn_failure(err) : mn_object_add_secret(object, type, &copy, err);
}

mainet_status
mn_object_add_secret(mn_object *object, uint64_t type, mn_secret **value, mainet_error *err)
{
    secret_attribute *grown = NULL;

    mn_attributes_remove(object->sealed, type);
    for (size_t i = 0; i < object->secret_count; i++) {
        if (object->secrets[i].type != type)
            continue;
        mn_secret_free(object->secrets[i].open);
        object->secrets[i].open = mn_secret_take(value);
        return MAINET_OK;
    }
    grown = realloc(object->secrets, (object->secret_count + 1) * sizeof *grown);
    if (grown == NULL)
        return mn_fail_memory(err, "secret attribute");
    object->secrets = grown;
    object->secrets[object->secret_count++] = (secret_attribute){type, mn_secret_take(value)};
    return MAINET_OK;
}

mn_object *
mn_object_with(const mn_object *object, const mn_attributes *plain, mainet_error *err)
{
    mn_auto(mn_attributes) new_plain = mn_attributes_copy(plain, err);
    mn_auto(mn_attributes) sealed = NULL;
    mn_auto(mn_object) changed = NULL;

    sealed = new_plain == NULL ? NULL : mn_attributes_copy(object->sealed, err);
    changed = sealed == NULL ? NULL
                             : mn_object_loaded(object->id, &new_plain, &sealed,
                                                mn_object_public_key_hash(object), err);
    if (changed == NULL)
        return NULL;
    for (size_t i = 0; i < object->secret_count; i++)
        if (mn_object_set_secret(changed, object->secrets[i].type,
                                 mn_secret_bytes(object->secrets[i].open),
                                 mn_secret_len(object->secrets[i].open), err) != MAINET_OK)
            return NULL;
    return mn_object_take(&changed);
}

mn_object *
mn_object_ref(mn_object *object)
{
    atomic_fetch_add(&object->references, 1);
    return object;
}

void
mn_object_free(mn_object *object)
{
    if (object == NULL || atomic_fetch_sub(&object->references, 1) != 1)
        return;
    for (size_t i = 0; i < object->secret_count; i++)
        mn_secret_free(object->secrets[i].open);
    free(object->secrets);
    mn_attributes_free(object->plain);
    mn_attributes_free(object->sealed);
    free(object);
}

int64_t
mn_object_id(const mn_object *object)
{
    return object->id;
}

void
mn_object_set_id(mn_object *object, int64_t id)
{
    object->id = id;
}

uint64_t
mn_object_class(const mn_object *object)
{
    return mn_attributes_number(object->plain, CKA_CLASS, CK_UNAVAILABLE_INFORMATION);
}

bool
mn_object_is_private(const mn_object *object)
{
    return mn_attributes_bool(object->plain, CKA_PRIVATE, false);
}

bool
mn_object_is_hidden(const mn_object *object)
{
    uint64_t class = mn_object_class(object);

    return mn_object_is_private(object) && class != CKO_PRIVATE_KEY && class != CKO_SECRET_KEY;
}

const mn_attributes *
mn_object_attributes(const mn_object *object)
{
    return object->plain;
}

const uint8_t *
mn_object_public_key_hash(const mn_object *object)
{
    return object->has_public_key ? object->public_key : NULL;
}

bool
mn_object_has_secret(const mn_object *object, uint64_t type)
{
    for (size_t i = 0; i < object->secret_count; i++)
        if (object->secrets[i].type == type)
            return true;
    return mn_attributes_get(object->sealed, type) != NULL;
}

size_t
mn_object_secret_count(const mn_object *object)
{
    return object->secret_count + mn_attributes_count(object->sealed);
}

uint64_t
mn_object_secret_type(const mn_object *object, size_t index)
{
    return index < object->secret_count
               ? object->secrets[index].type
               : mn_attributes_at(object->sealed, index - object->secret_count)->type;
}

/* Where a secret attribute belongs, so that it cannot be moved (SCHEMA.md, "Keys"). */
static void
describe_place(const mn_object *object, const mn_keys *keys, uint64_t type, mn_buffer *ad)
{
    static const uint8_t no_key[MN_SHA256_LEN];

    mn_buffer_append(ad, "attribute", sizeof "attribute" - 1);
    mn_buffer_append_u32(ad, MN_FORMAT_VERSION);
    mn_buffer_append(ad, mn_keys_token_id(keys), MN_TOKEN_ID_LEN);
    mn_buffer_append_u64(ad, (uint64_t)object->id);
    mn_buffer_append_u64(ad, mn_object_class(object));
    mn_buffer_append_u64(ad, type);
    mn_buffer_append(ad, object->has_public_key ? object->public_key : no_key, MN_SHA256_LEN);
}

mn_secret *
mn_object_secret(const mn_object *object, const mn_keys *keys, uint64_t type, mainet_error *err)
{
    const mn_attribute *sealed = mn_attributes_get(object->sealed, type);
    mn_auto_buffer(ad, 256);

    for (size_t i = 0; i < object->secret_count; i++)
        if (object->secrets[i].type == type)
            return mn_secret_copy(mn_secret_bytes(object->secrets[i].open),
                                  mn_secret_len(object->secrets[i].open), err);
    if (sealed == NULL)
        return mn_fail_null(err, MAINET_E_OBJECT_NOT_FOUND, 0, "no secret attribute %#llx",
                            (unsigned long long)type);
    if (keys == NULL)
        return mn_fail_null(err, MAINET_E_TOKEN_LOCKED, 0, "the token is locked");
    describe_place(object, keys, type, &ad);
    return mn_unseal(mn_keys_seal(keys), &ad, sealed->value, sealed->value_len, err);
}

mainet_status
mn_object_seal(const mn_object *object, const mn_keys *keys, mn_buffer *out, mainet_error *err)
{
    mn_auto(mn_attributes) record = mn_attributes_copy(object->sealed, err);

    if (record == NULL)
        return mn_failure(err);
    for (size_t i = 0; i < object->secret_count; i++) {
        const secret_attribute *secret = &object->secrets[i];
        mn_auto_buffer(ad, 256);
        mn_auto_buffer(sealed, 0);

        describe_place(object, keys, secret->type, &ad);
        MN_TRY(mn_seal(mn_keys_seal(keys), &ad, mn_secret_bytes(secret->open),
                       mn_secret_len(secret->open), &sealed, err));
        MN_TRY(mn_attributes_set(record, secret->type, sealed.data, sealed.len, err));
    }
    return mn_attributes_encode(record, out, err);
}

mainet_status
mn_object_find_public_key(mn_object *object, mainet_error *err)
{
    mn_auto_buffer(info, 65536);
    bool found = false;

    MN_TRY(mn_object_public_key_info(object, &info, &found, err));
    object->has_public_key = found;
    return found ? mn_sha256(info.data, info.len, object->public_key, err) : MAINET_OK;
}
