/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_HANDLES_H
#define P11_HANDLES_H

#include <stdbool.h>
#include <stdint.h>

#include "object.h"

/** What a handle stands for. */
typedef struct p11_entry {
    CK_OBJECT_HANDLE handle;
    int64_t row;             /**< in the token's file; 0: not there */
    CK_SESSION_HANDLE owner; /**< the session that a session object ends with; 0: none */
    p11_object *object;      /**< as loaded; NULL: not loaded yet */
} p11_entry;

typedef struct p11_row {
    int64_t row;
    CK_OBJECT_HANDLE handle;
} p11_row;

/** The handles of one token. Starts zeroed; whoever has it locks it. */
typedef struct p11_handles {
    p11_entry *entries;       /**< ordered by handle */
    p11_row *rows;            /**< ordered by row */
    CK_OBJECT_HANDLE *memory; /**< of what is in no file, ordered */
    size_t count;             /**< of entries */
    size_t row_count;
    size_t memory_count;
    size_t capacity; /**< of all three */
    size_t loaded;   /**< token objects that are loaded */
    /** Counts how often a handle ceased to stand for the object that it did; read without a lock
     *  by who remembers what one stood for. */
    atomic_ulong changes;
} p11_handles;

/** Borrow until the next change; NULL if there is none. */
p11_entry *
p11_handles_get(p11_handles *handles, CK_OBJECT_HANDLE handle);

/** The handle of a row; CK_INVALID_HANDLE if it has none. */
CK_OBJECT_HANDLE
p11_handles_of_row(const p11_handles *handles, int64_t row);

/** Make room for so many more entries: p11_handles_add will not fail for them. */
bool
p11_handles_reserve(p11_handles *handles, size_t count);

/** Add an entry with a handle higher than all; its object is taken over. False without memory. */
bool
p11_handles_add(p11_handles *handles, const p11_entry *entry);

/** Keep `object` (taken over) as what the handle's object looks like. False, and freed, if the
 *  handle is gone or has one already. */
bool
p11_handles_load(p11_handles *handles, CK_OBJECT_HANDLE handle, p11_object *object);

/** The entry that a program which goes along its list of handles needs now, and those that it will
 *  need next: `ahead` gets up to `max` rows that are not loaded, with their handles; how many. Only
 *  `handle` itself if the one before it is not loaded. */
size_t
p11_handles_ahead(p11_handles *handles, CK_OBJECT_HANDLE handle, p11_row *ahead, size_t max);

/** Let a handle stand for `object` (taken over) from now on; NULL for what is to be loaded again.
 */
void
p11_handles_replace(p11_handles *handles, CK_OBJECT_HANDLE handle, p11_object *object);

void
p11_handles_remove(p11_handles *handles, CK_OBJECT_HANDLE handle);

/** Let go of every loaded token object; the handles stay. */
void
p11_handles_unload(p11_handles *handles);

/** Remove the handles of rows that are not among these (ordered) ones. */
void
p11_handles_keep_rows(p11_handles *handles, const int64_t *rows, size_t count);

/** Remove what ends with a session. */
void
p11_handles_remove_owned(p11_handles *handles, CK_SESSION_HANDLE owner);

/** Remove private session objects: what a logout takes. */
void
p11_handles_remove_private(p11_handles *handles);

void
p11_handles_clear(p11_handles *handles);

#endif
