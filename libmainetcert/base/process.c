/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/process.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK (-1) /* refused, as it is by kernels that do not know it */
#endif

#define NO_SUCH_ADVICE (-1)
#define PAGE_MAX 65536

/* Somewhere in here is a whole page, which goes when we are unloaded. */
static uint8_t room[2 * PAGE_MAX];

/* The answer: on a page that a child of fork finds zeroed. NULL where there is no such page. */
static _Atomic(_Atomic uint64_t *) kept;

/* Old emulators say yes to any advice, this one included, which there is not. */
static bool
takes_advice_seriously(void *page, size_t size)
{
    return madvise(page, size, NO_SUCH_ADVICE) != 0;
}

void
mn_process_prepare(void)
{
    const long size = sysconf(_SC_PAGESIZE);
    uintptr_t page = 0;

    if (atomic_load(&kept) != NULL || size <= 0 || size > PAGE_MAX)
        return;
    page = ((uintptr_t)room + (uintptr_t)size - 1) & ~((uintptr_t)size - 1);
    if (takes_advice_seriously((void *)page, (size_t)size) &&
        madvise((void *)page, (size_t)size, MADV_WIPEONFORK) == 0)
        atomic_store(&kept, (_Atomic uint64_t *)page);
}

uint64_t
mn_process_id(void)
{
    _Atomic uint64_t *const answer = atomic_load_explicit(&kept, memory_order_acquire);
    uint64_t id = answer == NULL ? 0 : atomic_load_explicit(answer, memory_order_relaxed);

    if (id != 0)
        return id;
    id = (uint64_t)getpid();
    if (answer != NULL)
        atomic_store_explicit(answer, id, memory_order_relaxed);
    return id;
}
