/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_MUTEX_H
#define P11_MUTEX_H

#include <pthread.h>
#include <stdbool.h>

#include "cryptoki3.h"

/** The mutex functions that an application brought; all NULL: the system's are used. */
typedef struct p11_mutex_calls {
    CK_CREATEMUTEX create;
    CK_DESTROYMUTEX destroy;
    CK_LOCKMUTEX lock;
    CK_UNLOCKMUTEX unlock;
} p11_mutex_calls;

/** A mutex of the system, or one of the application (PKCS#11 v2.40, 5.4). Not recursive. */
typedef struct p11_mutex {
    p11_mutex_calls calls;
    void *theirs;
    pthread_mutex_t ours;
} p11_mutex;

/** CKR_OK, or what the application's CreateMutex answered. What was in `mutex` is forgotten, not
 *  ended: after a fork it may be locked by a thread that is no more. */
CK_RV
p11_mutex_make(p11_mutex *mutex, const p11_mutex_calls *calls);

/** Release it; fine for one that was never made (zeroed). */
void
p11_mutex_end(p11_mutex *mutex);

void
p11_mutex_lock(p11_mutex *mutex);

void
p11_mutex_unlock(p11_mutex *mutex);

#endif
