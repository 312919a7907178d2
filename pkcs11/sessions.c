/* SPDX-License-Identifier: BSD-3-Clause */
#include "sessions.h"

#include <stdlib.h>
#include <string.h>

#include "session.h"

static p11_shelf *
shelf_of(p11_sessions *sessions, CK_SESSION_HANDLE handle)
{
    return &sessions->shelves[handle % P11_SHELF_COUNT];
}

CK_RV
p11_sessions_make(p11_sessions *sessions, const p11_mutex_calls *calls)
{
    CK_RV rv = CKR_OK;

    for (size_t i = 0; i < P11_SHELF_COUNT && rv == CKR_OK; i++)
        rv = p11_mutex_make(&sessions->shelves[i].lock, calls);
    return rv;
}

void
p11_sessions_end(p11_sessions *sessions)
{
    for (size_t i = 0; i < P11_SHELF_COUNT; i++)
        p11_mutex_end(&sessions->shelves[i].lock);
}

/* Where a handle is or would be; the shelf's lock is held. */
static size_t
position(const p11_shelf *shelf, CK_SESSION_HANDLE handle)
{
    size_t low = 0;
    size_t high = shelf->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (shelf->sessions[middle]->handle < handle)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* What stands there; the shelf's lock is held. */
static p11_session *
at_position(const p11_shelf *shelf, size_t at, CK_SESSION_HANDLE handle)
{
    return at < shelf->count && shelf->sessions[at]->handle == handle ? shelf->sessions[at] : NULL;
}

static bool
add(p11_shelf *shelf, p11_session *session)
{
    if (shelf->count == shelf->capacity) {
        const size_t capacity = shelf->capacity == 0 ? 4 : shelf->capacity * 2;
        p11_session **grown = realloc(shelf->sessions, capacity * sizeof *grown);

        if (grown == NULL)
            return false;
        shelf->sessions = grown;
        shelf->capacity = capacity;
    }
    shelf->sessions[shelf->count++] = session;
    return true;
}

bool
p11_sessions_add(p11_sessions *sessions, p11_session *session)
{
    p11_shelf *shelf = shelf_of(sessions, session->handle);
    bool is_added = false;

    p11_mutex_lock(&shelf->lock);
    is_added = add(shelf, session);
    p11_mutex_unlock(&shelf->lock);
    return is_added;
}

p11_session *
p11_sessions_find(p11_sessions *sessions, CK_SESSION_HANDLE handle)
{
    p11_shelf *shelf = shelf_of(sessions, handle);
    p11_session *found = NULL;

    p11_mutex_lock(&shelf->lock);
    found = at_position(shelf, position(shelf, handle), handle);
    if (found != NULL)
        atomic_fetch_add_explicit(&found->references, 1, memory_order_relaxed);
    p11_mutex_unlock(&shelf->lock);
    return found;
}

p11_session *
p11_sessions_remove(p11_sessions *sessions, CK_SESSION_HANDLE handle)
{
    p11_shelf *shelf = shelf_of(sessions, handle);
    p11_session *found = NULL;
    size_t at = 0;

    p11_mutex_lock(&shelf->lock);
    at = position(shelf, handle);
    found = at_position(shelf, at, handle);
    if (found != NULL) {
        shelf->count--;
        memmove(&shelf->sessions[at], &shelf->sessions[at + 1],
                (shelf->count - at) * sizeof *shelf->sessions);
    }
    p11_mutex_unlock(&shelf->lock);
    return found;
}

CK_SESSION_HANDLE
p11_sessions_newest(p11_sessions *sessions, const void *slot, CK_SESSION_HANDLE below)
{
    CK_SESSION_HANDLE newest = CK_INVALID_HANDLE;

    for (size_t i = 0; i < P11_SHELF_COUNT; i++) {
        p11_shelf *shelf = &sessions->shelves[i];

        p11_mutex_lock(&shelf->lock);
        for (size_t k = position(shelf, below); k > 0; k--) {
            const p11_session *session = shelf->sessions[k - 1];

            if (session->slot != slot)
                continue;
            if (session->handle > newest)
                newest = session->handle;
            break;
        }
        p11_mutex_unlock(&shelf->lock);
    }
    return newest;
}

void
p11_sessions_clear(p11_sessions *sessions)
{
    for (size_t i = 0; i < P11_SHELF_COUNT; i++) {
        p11_shelf *shelf = &sessions->shelves[i];
        p11_shelf before;

        p11_mutex_lock(&shelf->lock);
        before = *shelf;
        shelf->sessions = NULL;
        shelf->count = 0;
        shelf->capacity = 0;
        p11_mutex_unlock(&shelf->lock);
        for (size_t k = 0; k < before.count; k++)
            p11_session_free(before.sessions[k]);
        free(before.sessions);
    }
}
