/* SPDX-License-Identifier: BSD-3-Clause */
#include "mutex.h"

CK_RV
p11_mutex_make(p11_mutex *mutex, const p11_mutex_calls *calls)
{
    mutex->calls = *calls;
    mutex->theirs = NULL;
    if (calls->create != NULL)
        return calls->create(&mutex->theirs);
    return pthread_mutex_init(&mutex->ours, NULL) == 0 ? CKR_OK : CKR_CANT_LOCK;
}

void
p11_mutex_end(p11_mutex *mutex)
{
    if (mutex->calls.destroy != NULL && mutex->theirs != NULL)
        (void)mutex->calls.destroy(mutex->theirs);
    mutex->theirs = NULL; /* one of the system holds nothing that would have to be given back */
}

/* An application whose own mutex fails has broken its word; there is no state to save then. */
void
p11_mutex_lock(p11_mutex *mutex)
{
    if (mutex->calls.lock != NULL)
        (void)mutex->calls.lock(mutex->theirs);
    else
        (void)pthread_mutex_lock(&mutex->ours);
}

void
p11_mutex_unlock(p11_mutex *mutex)
{
    if (mutex->calls.unlock != NULL)
        (void)mutex->calls.unlock(mutex->theirs);
    else
        (void)pthread_mutex_unlock(&mutex->ours);
}
