/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_ATTRIBUTES_H
#define MN_STORE_ATTRIBUTES_H

#include "base/buffer.h"

#define MN_ATTRIBUTE_CEILING ((size_t)1 << 20) /* bytes of one value */

/** One PKCS#11 attribute as the store keeps it: CK_ULONG as 8 bytes big-endian, CK_BBOOL
 *  as one byte 0 or 1, everything else as it is. */
typedef struct mn_attribute {
    uint64_t type; /**< CKA_… of PKCS#11 */
    const uint8_t *value;
    size_t value_len;
} mn_attribute;

/** An owning list of attributes, each type once, in the order of their types. Not for secrets. */
typedef struct mn_attributes mn_attributes;

mn_attributes *
mn_attributes_new(mainet_error *err);

void
mn_attributes_free(mn_attributes *attributes);

mn_attributes *
mn_attributes_copy(const mn_attributes *attributes, mainet_error *err);

size_t
mn_attributes_count(const mn_attributes *attributes);

/** Borrow by position, in the order of types. */
const mn_attribute *
mn_attributes_at(const mn_attributes *attributes, size_t index);

/** Borrow by type; NULL if it is not there. */
const mn_attribute *
mn_attributes_get(const mn_attributes *attributes, uint64_t type);

/** Set or replace; the value is copied. */
mainet_status
mn_attributes_set(mn_attributes *attributes, uint64_t type, const void *value, size_t value_len,
                  mainet_error *err);

mainet_status
mn_attributes_set_number(mn_attributes *attributes, uint64_t type, uint64_t value,
                         mainet_error *err);

mainet_status
mn_attributes_set_bool(mn_attributes *attributes, uint64_t type, bool value, mainet_error *err);

mainet_status
mn_attributes_set_text(mn_attributes *attributes, uint64_t type, const char *value,
                       mainet_error *err);

void
mn_attributes_remove(mn_attributes *attributes, uint64_t type);

/** The number, or `otherwise` if it is missing or not a number. */
uint64_t
mn_attributes_number(const mn_attributes *attributes, uint64_t type, uint64_t otherwise);

bool
mn_attributes_bool(const mn_attributes *attributes, uint64_t type, bool otherwise);

/** Whether every attribute of `wanted` is in `attributes` with the same value. */
bool
mn_attributes_match(const mn_attributes *attributes, const mn_attributes *wanted);

/** Append the record: count, then type, length, value of each. */
mainet_status
mn_attributes_encode(const mn_attributes *attributes, mn_buffer *out, mainet_error *err);

/** Read a record back; MAINET_E_STORE_OPEN unless every byte is accounted for. */
mn_attributes *
mn_attributes_decode(const uint8_t *data, size_t data_len, mainet_error *err);

MN_AUTO_TYPE(mn_attributes, mn_attributes_free)

#endif
