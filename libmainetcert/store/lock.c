/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/lock.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"

#define PATIENCE_MS 5000
/* Short beside a commit, or whoever asks again at once would starve those who sleep. */
#define LONGEST_PAUSE_NS 1000000

/* One mutex for all our SQLite calls. A child of fork cannot trust it (another thread may have
 * held it), so a new process makes itself a new one; the old one is left behind. */
typedef struct process_gate {
    uint64_t process;
    struct process_gate *before; /* left behind, in sight of leak checkers */
    pthread_mutex_t mutex;
} process_gate;

struct mn_lock {
    process_gate *gate;
    int folder;
};

static _Atomic(process_gate *) current_gate;

static process_gate *
own_gate(void)
{
    process_gate *found = atomic_load(&current_gate);
    process_gate *made = NULL;

    if (found != NULL && found->process == mn_process_id())
        return found;
    made = calloc(1, sizeof *made);
    if (made == NULL || pthread_mutex_init(&made->mutex, NULL) != 0) {
        free(made);
        return NULL;
    }
    made->process = mn_process_id();
    made->before = found;
    if (atomic_compare_exchange_strong(&current_gate, &found, made))
        return made;
    (void)pthread_mutex_destroy(&made->mutex);
    free(made); /* another thread of this process was faster, and `found` is its gate */
    return found;
}

static int64_t
now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Polls: a blocking flock could wait for ever for a program that is stopped. */
static mainet_status
lock_folder(int folder, int operation, mainet_error *err)
{
    int64_t deadline = now_ms() + PATIENCE_MS;
    long pause_ns = 200000;

    while (flock(folder, operation | LOCK_NB) != 0) {
        struct timespec pause = {0, pause_ns};

        if (errno != EWOULDBLOCK && errno != EINTR)
            return mn_fail(err, MAINET_E_STORE_OPEN, errno, "no flock on this file system: %s",
                           strerror(errno));
        if (now_ms() >= deadline)
            return mn_fail(err, MAINET_E_STORE_BUSY, EWOULDBLOCK,
                           "another program kept the store locked for %d ms", PATIENCE_MS);
        (void)nanosleep(&pause, NULL);
        if (pause_ns < LONGEST_PAUSE_NS)
            pause_ns *= 2;
    }
    return MAINET_OK;
}

mn_lock *
mn_lock_new(const char *folder, bool exclusive, mainet_error *err)
{
    mn_auto(mn_lock) lock = calloc(1, sizeof *lock);
    process_gate *gate = own_gate();

    if (lock == NULL || gate == NULL)
        return mn_fail_memory_null(err, "store lock");
    lock->folder = -1;
    (void)pthread_mutex_lock(&gate->mutex);
    lock->gate = gate;
    if (mn_folder_open(folder, &lock->folder, err) != MAINET_OK)
        return NULL;
    if (lock_folder(lock->folder, exclusive ? LOCK_EX : LOCK_SH, err) != MAINET_OK)
        return NULL;
    return mn_lock_take(&lock);
}

mainet_status
mn_lock_upgrade(mn_lock *lock, mainet_error *err)
{
    return lock_folder(lock->folder, LOCK_EX, err);
}

int
mn_lock_folder(const mn_lock *lock)
{
    return lock->folder;
}

/* Closing alone would leave the lock with a child that another thread forked meanwhile, for as long
 * as that child lives: flock belongs to the open file, which it shares. For the same reason such a
 * child does not unlock. */
static void
give_back(mn_lock *lock)
{
    if (lock->gate != NULL && lock->gate->process == mn_process_id())
        (void)flock(lock->folder, LOCK_UN);
    (void)close(lock->folder);
}

void
mn_lock_free(mn_lock *lock)
{
    if (lock == NULL)
        return;
    if (lock->folder >= 0)
        give_back(lock);
    if (lock->gate != NULL)
        (void)pthread_mutex_unlock(&lock->gate->mutex);
    free(lock);
}
