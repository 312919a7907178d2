/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_FIND_H
#define P11_FIND_H

#include <stdbool.h>

#include "module.h"

/** A search: what it found, as of C_FindObjectsInit, and how much of it was told. Starts zeroed. */
typedef struct p11_search {
    bool is_active;
    CK_OBJECT_HANDLE *found; /**< malloc */
    size_t count;
    size_t capacity;
    size_t told;
} p11_search;

CK_RV
p11_find_begin(p11_session *session, const CK_ATTRIBUTE *template, CK_ULONG count);

CK_RV
p11_find_next(p11_session *session, CK_OBJECT_HANDLE *handles, CK_ULONG max, CK_ULONG *count);

CK_RV
p11_find_end(p11_session *session);

/** Forget a search; fine if there is none. */
void
p11_search_end(p11_search *search);

#endif
