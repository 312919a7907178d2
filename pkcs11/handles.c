/* SPDX-License-Identifier: BSD-3-Clause */
#include "handles.h"

#include <stdlib.h>
#include <string.h>

/* The first entry whose handle is not below `handle`. */
static size_t
entry_position(const p11_handles *handles, CK_OBJECT_HANDLE handle)
{
    size_t low = 0;
    size_t high = handles->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (handles->entries[middle].handle < handle)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t
row_position(const p11_handles *handles, int64_t row)
{
    size_t low = 0;
    size_t high = handles->row_count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (handles->rows[middle].row < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

p11_entry *
p11_handles_get(p11_handles *handles, CK_OBJECT_HANDLE handle)
{
    const size_t at = entry_position(handles, handle);

    return at < handles->count && handles->entries[at].handle == handle ? &handles->entries[at]
                                                                        : NULL;
}

CK_OBJECT_HANDLE
p11_handles_of_row(const p11_handles *handles, int64_t row)
{
    const size_t at = row_position(handles, row);

    return at < handles->row_count && handles->rows[at].row == row ? handles->rows[at].handle
                                                                   : CK_INVALID_HANDLE;
}

bool
p11_handles_reserve(p11_handles *handles, size_t count)
{
    size_t capacity = handles->capacity == 0 ? 16 : handles->capacity;
    p11_entry *entries = NULL;
    p11_row *rows = NULL;
    CK_OBJECT_HANDLE *memory = NULL;

    if (handles->capacity - handles->count >= count)
        return true;
    while (capacity - handles->count < count)
        capacity *= 2;
    entries = realloc(handles->entries, capacity * sizeof *entries);
    if (entries == NULL)
        return false;
    handles->entries = entries;
    rows = realloc(handles->rows, capacity * sizeof *rows);
    if (rows == NULL)
        return false;
    handles->rows = rows;
    memory = realloc(handles->memory, capacity * sizeof *memory);
    if (memory == NULL)
        return false;
    handles->memory = memory;
    handles->capacity = capacity;
    return true;
}

bool
p11_handles_add(p11_handles *handles, const p11_entry *entry)
{
    const size_t at = row_position(handles, entry->row);

    if (!p11_handles_reserve(handles, 1))
        return false;
    handles->entries[handles->count++] = *entry;
    if (entry->row == 0) {
        handles->memory[handles->memory_count++] = entry->handle;
        return true;
    }
    memmove(&handles->rows[at + 1], &handles->rows[at],
            (handles->row_count - at) * sizeof *handles->rows);
    handles->rows[at] = (p11_row){.row = entry->row, .handle = entry->handle};
    handles->row_count++;
    handles->loaded += entry->object != NULL;
    return true;
}

bool
p11_handles_load(p11_handles *handles, CK_OBJECT_HANDLE handle, p11_object *object)
{
    p11_entry *entry = p11_handles_get(handles, handle);

    if (entry == NULL || entry->object != NULL) {
        p11_object_free(object);
        return false;
    }
    entry->object = object;
    handles->loaded++;
    return true;
}

size_t
p11_handles_ahead(p11_handles *handles, CK_OBJECT_HANDLE handle, p11_row *ahead, size_t max)
{
    const size_t at = entry_position(handles, handle);
    const bool goes_along = at > 0 && handles->entries[at - 1].object != NULL;
    size_t count = 0;

    for (size_t i = at; i < handles->count && count < (goes_along ? max : 1); i++) {
        const p11_entry *entry = &handles->entries[i];

        if (entry->row != 0 && entry->object == NULL)
            ahead[count++] = (p11_row){.row = entry->row, .handle = entry->handle};
    }
    return count;
}

static void
unload(p11_handles *handles, p11_entry *entry)
{
    if (entry->object == NULL)
        return;
    atomic_fetch_add(&handles->changes, 1);
    p11_object_free(entry->object);
    entry->object = NULL;
    handles->loaded -= entry->row != 0;
}

void
p11_handles_replace(p11_handles *handles, CK_OBJECT_HANDLE handle, p11_object *object)
{
    p11_entry *entry = p11_handles_get(handles, handle);

    if (entry == NULL) {
        p11_object_free(object);
        return;
    }
    unload(handles, entry);
    entry->object = object;
    handles->loaded += object != NULL && entry->row != 0;
}

void
p11_handles_unload(p11_handles *handles)
{
    for (size_t i = 0; i < handles->count; i++) {
        if (handles->entries[i].row != 0)
            unload(handles, &handles->entries[i]);
    }
}

/* Which entries are to go; `context` is the question's own. */
typedef bool (*is_going_fn)(const p11_entry *entry, const void *context);

static void
remove_where(p11_handles *handles, is_going_fn is_going, const void *context)
{
    size_t kept = 0;

    for (size_t i = 0; i < handles->count; i++) {
        if (is_going(&handles->entries[i], context))
            unload(handles, &handles->entries[i]);
        else
            handles->entries[kept++] = handles->entries[i];
    }
    if (kept != handles->count) /* what was not loaded may be about to be */
        atomic_fetch_add(&handles->changes, 1);
    handles->count = kept;
    kept = 0;
    for (size_t i = 0; i < handles->row_count; i++) {
        if (p11_handles_get(handles, handles->rows[i].handle) != NULL)
            handles->rows[kept++] = handles->rows[i];
    }
    handles->row_count = kept;
    kept = 0;
    for (size_t i = 0; i < handles->memory_count; i++) {
        if (p11_handles_get(handles, handles->memory[i]) != NULL)
            handles->memory[kept++] = handles->memory[i];
    }
    handles->memory_count = kept;
}

static bool
has_handle(const p11_entry *entry, const void *context)
{
    return entry->handle == *(const CK_OBJECT_HANDLE *)context;
}

void
p11_handles_remove(p11_handles *handles, CK_OBJECT_HANDLE handle)
{
    remove_where(handles, has_handle, &handle);
}

typedef struct row_list {
    const int64_t *rows;
    size_t count;
} row_list;

static int
compare_rows(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a;
    const int64_t right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

static bool
is_gone(const p11_entry *entry, const void *context)
{
    const row_list *list = context;

    return entry->row != 0 &&
           (list->count == 0 || bsearch(&entry->row, list->rows, list->count, sizeof *list->rows,
                                        compare_rows) == NULL);
}

void
p11_handles_keep_rows(p11_handles *handles, const int64_t *rows, size_t count)
{
    remove_where(handles, is_gone, &(row_list){.rows = rows, .count = count});
}

static bool
is_owned(const p11_entry *entry, const void *context)
{
    return entry->owner == *(const CK_SESSION_HANDLE *)context;
}

void
p11_handles_remove_owned(p11_handles *handles, CK_SESSION_HANDLE owner)
{
    remove_where(handles, is_owned, &owner);
}

static bool
is_private_in_memory(const p11_entry *entry, const void *context)
{
    (void)context;
    return entry->row == 0 && entry->object != NULL && mn_object_is_private(entry->object->stored);
}

void
p11_handles_remove_private(p11_handles *handles)
{
    remove_where(handles, is_private_in_memory, NULL);
}

void
p11_handles_clear(p11_handles *handles)
{
    for (size_t i = 0; i < handles->count; i++)
        unload(handles, &handles->entries[i]);
    free(handles->entries);
    free(handles->rows);
    free(handles->memory);
    *handles = (p11_handles){0};
}
