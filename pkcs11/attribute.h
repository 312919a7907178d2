/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_ATTRIBUTE_H
#define P11_ATTRIBUTE_H

#include <stdbool.h>

#include "object.h"

/** How a value is told: CK_ULONG, CK_BBOOL, or bytes. */
typedef enum p11_kind { P11_KIND_BYTES, P11_KIND_NUMBER, P11_KIND_BOOL } p11_kind;

/** What the standard says of an attribute. */
typedef struct p11_attribute_row p11_attribute_row;

/** NULL for an attribute that no object of ours has. */
const p11_attribute_row *
p11_attribute_find(CK_ATTRIBUTE_TYPE type);

/** As p11_attribute_find, for objects of one class. */
const p11_attribute_row *
p11_attribute_find_in(CK_ATTRIBUTE_TYPE type, CK_OBJECT_CLASS class);

p11_kind
p11_attribute_kind(const p11_attribute_row *row);

/** Whether the store compares it in a search as C_GetAttributeValue tells it: no default, no other
 *  form. */
bool
p11_attribute_is_stored(const p11_attribute_row *row);

/** C_GetAttributeValue: all that can be told is told, the answer is the last difficulty. */
CK_RV
p11_attribute_read(const p11_object *object, const mn_keys *keys, CK_ATTRIBUTE *template,
                   CK_ULONG count);

/** Whether an object has all of these values, as C_GetAttributeValue would tell them. */
bool
p11_attribute_match(const p11_object *object, const mn_keys *keys, const CK_ATTRIBUTE *template,
                    CK_ULONG count);

/** A boolean of an object, by default as the standard or the table says. */
bool
p11_attribute_bool(const p11_object *object, CK_ATTRIBUTE_TYPE type);

/** As p11_attribute_bool; `keys` open what is sealed as a whole. */
bool
p11_attribute_flag(const p11_object *object, const mn_keys *keys, CK_ATTRIBUTE_TYPE type);

/** About how many bytes the attributes take. */
CK_ULONG
p11_attribute_size(const p11_object *object);

#endif
