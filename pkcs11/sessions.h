/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_SESSIONS_H
#define P11_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "mutex.h"

#define P11_SHELF_COUNT 32

typedef struct p11_session p11_session;

/** Some of the sessions of a process. */
typedef struct p11_shelf {
    p11_mutex lock;         /**< guards what follows; the last of all to be taken */
    p11_session **sessions; /**< ordered by handle */
    size_t count;
    size_t capacity;
} p11_shelf;

/** The sessions of a process, by handle. Every C_ function looks one up, so they stand on several
 *  shelves, neighbours on different ones: threads that sign do not meet at a lock. */
typedef struct p11_sessions {
    p11_shelf shelves[P11_SHELF_COUNT];
} p11_sessions;

CK_RV
p11_sessions_make(p11_sessions *sessions, const p11_mutex_calls *calls);

/** Release the locks; fine for what was never made (zeroed). Nothing may be left in it. */
void
p11_sessions_end(p11_sessions *sessions);

/** Add a session with a handle higher than all, and take over a reference. False without memory. */
bool
p11_sessions_add(p11_sessions *sessions, p11_session *session);

/** Find a session; NULL if there is none. Give the reference back. */
p11_session *
p11_sessions_find(p11_sessions *sessions, CK_SESSION_HANDLE handle);

/** Take one out, with its reference; NULL if somebody was faster. */
p11_session *
p11_sessions_remove(p11_sessions *sessions, CK_SESSION_HANDLE handle);

/** The newest session of a slot that is older than `below`; CK_INVALID_HANDLE if none is left. */
CK_SESSION_HANDLE
p11_sessions_newest(p11_sessions *sessions, const void *slot, CK_SESSION_HANDLE below);

/** Take all of them out and give their references back. */
void
p11_sessions_clear(p11_sessions *sessions);

#endif
