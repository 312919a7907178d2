/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/attributes.h"

#include <stdlib.h>
#include <string.h>

#define COUNT_CEILING 256

struct mn_attributes {
    mn_attribute *items; /* values are owned */
    size_t count;
    size_t capacity;
};

mn_attributes *
mn_attributes_new(mainet_error *err)
{
    mn_attributes *attributes = calloc(1, sizeof *attributes);

    return attributes != NULL ? attributes : mn_fail_memory_null(err, "attributes");
}

static void
free_value(const mn_attribute *attribute)
{
    free((void *)(uintptr_t)attribute->value);
}

void
mn_attributes_free(mn_attributes *attributes)
{
    if (attributes == NULL)
        return;
    for (size_t i = 0; i < attributes->count; i++)
        free_value(&attributes->items[i]);
    free(attributes->items);
    free(attributes);
}

mn_attributes *
mn_attributes_copy(const mn_attributes *attributes, mainet_error *err)
{
    mn_auto(mn_attributes) copy = mn_attributes_new(err);

    if (copy == NULL)
        return NULL;
    for (size_t i = 0; i < attributes->count; i++) {
        const mn_attribute *item = &attributes->items[i];

        if (mn_attributes_set(copy, item->type, item->value, item->value_len, err) != MAINET_OK)
            return NULL;
    }
    return mn_attributes_take(&copy);
}

size_t
mn_attributes_count(const mn_attributes *attributes)
{
    return attributes->count;
}

const mn_attribute *
mn_attributes_at(const mn_attributes *attributes, size_t index)
{
    return index < attributes->count ? &attributes->items[index] : NULL;
}

/* Where the type is, or would be inserted. */
static size_t
position(const mn_attributes *attributes, uint64_t type)
{
    size_t low = 0;
    size_t high = attributes->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (attributes->items[middle].type < type)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const mn_attribute *
mn_attributes_get(const mn_attributes *attributes, uint64_t type)
{
    size_t at = position(attributes, type);

    return at < attributes->count && attributes->items[at].type == type ? &attributes->items[at]
                                                                        : NULL;
}

static bool
make_room(mn_attributes *attributes)
{
    size_t capacity = attributes->capacity == 0 ? 16 : attributes->capacity * 2;
    mn_attribute *grown = NULL;

    if (attributes->count < attributes->capacity)
        return true;
    grown = realloc(attributes->items, capacity * sizeof *grown);
    if (grown == NULL)
        return false;
    attributes->items = grown;
    attributes->capacity = capacity;
    return true;
}

mainet_status
mn_attributes_set(mn_attributes *attributes, uint64_t type, const void *value, size_t value_len,
                  mainet_error *err)
{
    size_t at = position(attributes, type);
    bool replaces = at < attributes->count && attributes->items[at].type == type;
    uint8_t *copy = NULL;

    if (value_len > MN_ATTRIBUTE_CEILING || (!replaces && attributes->count >= COUNT_CEILING))
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "attribute %#llx: too large, or too many",
                       (unsigned long long)type);
    copy = malloc(value_len + 1);
    if (copy == NULL || (!replaces && !make_room(attributes))) {
        free(copy);
        return mn_fail_memory(err, "attribute");
    }
    if (value_len != 0)
        memcpy(copy, value, value_len);
    if (replaces) {
        free_value(&attributes->items[at]);
    } else {
        memmove(&attributes->items[at + 1], &attributes->items[at],
                (attributes->count - at) * sizeof *attributes->items);
        attributes->count++;
    }
    attributes->items[at] = (mn_attribute){.type = type, .value = copy, .value_len = value_len};
    return MAINET_OK;
}

mainet_status
mn_attributes_set_number(mn_attributes *attributes, uint64_t type, uint64_t value,
                         mainet_error *err)
{
    uint8_t bytes[8];

    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(value >> (56 - 8 * i));
    return mn_attributes_set(attributes, type, bytes, sizeof bytes, err);
}

mainet_status
mn_attributes_set_bool(mn_attributes *attributes, uint64_t type, bool value, mainet_error *err)
{
    uint8_t byte = value ? 1 : 0;

    return mn_attributes_set(attributes, type, &byte, 1, err);
}

mainet_status
mn_attributes_set_text(mn_attributes *attributes, uint64_t type, const char *value,
                       mainet_error *err)
{
    return mn_attributes_set(attributes, type, value, strlen(value), err);
}

void
mn_attributes_remove(mn_attributes *attributes, uint64_t type)
{
    size_t at = position(attributes, type);

    if (at >= attributes->count || attributes->items[at].type != type)
        return;
    free_value(&attributes->items[at]);
    attributes->count--;
    memmove(&attributes->items[at], &attributes->items[at + 1],
            (attributes->count - at) * sizeof *attributes->items);
}

uint64_t
mn_attributes_number(const mn_attributes *attributes, uint64_t type, uint64_t otherwise)
{
    const mn_attribute *found = mn_attributes_get(attributes, type);
    mn_reader in = MN_READER_INIT(NULL, 0);

    if (found == NULL || found->value_len != 8)
        return otherwise;
    in.data = found->value;
    in.left = found->value_len;
    return mn_read_u64(&in);
}

bool
mn_attributes_bool(const mn_attributes *attributes, uint64_t type, bool otherwise)
{
    const mn_attribute *found = mn_attributes_get(attributes, type);

    return found == NULL || found->value_len != 1 ? otherwise : found->value[0] != 0;
}

bool
mn_attributes_match(const mn_attributes *attributes, const mn_attributes *wanted)
{
    for (size_t i = 0; i < wanted->count; i++) {
        const mn_attribute *want = &wanted->items[i];
        const mn_attribute *have = mn_attributes_get(attributes, want->type);

        if (have == NULL || have->value_len != want->value_len ||
            memcmp(have->value, want->value, want->value_len) != 0)
            return false;
    }
    return true;
}

mainet_status
mn_attributes_encode(const mn_attributes *attributes, mn_buffer *out, mainet_error *err)
{
    mn_buffer_append_u32(out, (uint32_t)attributes->count);
    for (size_t i = 0; i < attributes->count; i++) {
        mn_buffer_append_u64(out, attributes->items[i].type);
        mn_buffer_append_span(out, attributes->items[i].value, attributes->items[i].value_len);
    }
    return mn_buffer_check(out, "attribute record", err);
}

mn_attributes *
mn_attributes_decode(const uint8_t *data, size_t data_len, mainet_error *err)
{
    mn_auto(mn_attributes) attributes = mn_attributes_new(err);
    mn_reader in = MN_READER_INIT(data, data_len);
    uint32_t count = mn_read_u32(&in);
    uint64_t previous = 0;
    bool ascending = true;

    if (attributes == NULL)
        return NULL;
    for (uint32_t i = 0; i < count && !in.failed; i++) {
        uint64_t type = mn_read_u64(&in);
        uint32_t len = mn_read_u32(&in);
        const uint8_t *value = mn_read_span(&in, len);

        ascending = ascending && (i == 0 || type > previous);
        previous = type;
        if (value != NULL &&
            mn_attributes_set(attributes, type, value, len, err) == MAINET_E_NO_MEMORY)
            return NULL;
    }
    if (in.failed || in.left != 0 || !ascending || attributes->count != count)
        return mn_fail_null(err, MAINET_E_STORE_OPEN, 0, "attribute record of %zu bytes", data_len);
    return mn_attributes_take(&attributes);
}
