/* SPDX-License-Identifier: BSD-3-Clause */
#include "module.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/process.h"
#include "parameters.h"
#include "session.h"

/* It is never freed, so that a call that is late finds a lock and not a hole. */
static p11_module the_module;

/* Which process has it, and how far it has come. Whoever finds a strange process id after a fork
 * leaves what is in it alone: threads that are no more may have held its locks. Nothing is
 * registered that would have to be taken back when we are unloaded. */
enum { NOT_INITIALIZED, BUSY, LIVE };
static _Atomic uint64_t owner;

static uint64_t
owned(uint64_t state)
{
    return mn_process_id() << 2 | state;
}

p11_module *
p11_module_current(void)
{
    return atomic_load_explicit(&owner, memory_order_acquire) == owned(LIVE) ? &the_module : NULL;
}

uint64_t
p11_module_life(void)
{
    p11_module *module = p11_module_current();

    return module == NULL ? 0 : module->life;
}

/* Of a guest that comes and a C_Finalize that begins, one sees the other: both write before they
 * read. */
p11_module *
p11_module_enter(uint64_t life)
{
    if (p11_module_life() != life || life == 0)
        return NULL;
    atomic_fetch_add(&the_module.guests, 1);
    if (atomic_load(&owner) == owned(LIVE))
        return &the_module;
    p11_module_leave(&the_module);
    return NULL;
}

void
p11_module_leave(p11_module *module)
{
    atomic_fetch_sub(&module->guests, 1);
}

static void
wait_for_guests(p11_module *module)
{
    const struct timespec pause = {.tv_nsec = 1000000};

    while (atomic_load(&module->guests) != 0)
        (void)nanosleep(&pause, NULL);
}

CK_OBJECT_HANDLE
p11_module_new_handle(p11_module *module)
{
    return atomic_fetch_add(&module->last_object, 1) + 1;
}

/* All four mutex functions or none; ours are used if they may be (PKCS#11 v2.40, 5.4). */
static CK_RV
choose_mutexes(const CK_C_INITIALIZE_ARGS *arguments, p11_mutex_calls *calls)
{
    const int given = (arguments->CreateMutex != NULL) + (arguments->DestroyMutex != NULL) +
                      (arguments->LockMutex != NULL) + (arguments->UnlockMutex != NULL);

    *calls = (p11_mutex_calls){0};
    if (given != 0 && given != 4)
        return CKR_ARGUMENTS_BAD;
    if (given == 4 && (arguments->flags & CKF_OS_LOCKING_OK) == 0)
        *calls = (p11_mutex_calls){.create = arguments->CreateMutex,
                                   .destroy = arguments->DestroyMutex,
                                   .lock = arguments->LockMutex,
                                   .unlock = arguments->UnlockMutex};
    return CKR_OK;
}

/* Handles go on where they ended in this process: they are never used again. */
static CK_RV
prepare(p11_module *module, const CK_C_INITIALIZE_ARGS *arguments)
{
    static const CK_C_INITIALIZE_ARGS none = {0};
    const CK_OBJECT_HANDLE last_object = atomic_load(&module->last_object);
    const CK_SESSION_HANDLE last_session = module->last_session;
    const uint64_t life = module->life + 1;
    CK_RV rv = CKR_OK;

    memset(module, 0, sizeof *module);
    atomic_init(&module->last_object, last_object);
    module->last_session = last_session;
    module->life = life;
    module->is_live = true;
    if (arguments == NULL)
        arguments = &none;
    rv = choose_mutexes(arguments, &module->calls);
    if (rv == CKR_OK)
        rv = p11_parameters_read(arguments->pReserved, &module->folder);
    if (rv == CKR_OK)
        rv = p11_mutex_make(&module->lock, &module->calls);
    if (rv == CKR_OK)
        rv = p11_mutex_make(&module->scan, &module->calls);
    if (rv == CKR_OK)
        rv = p11_sessions_make(&module->sessions, &module->calls);
    return rv;
}

static void
release(p11_module *module)
{
    p11_mutex_end(&module->lock);
    p11_mutex_end(&module->scan);
    p11_sessions_end(&module->sessions);
    free(module->folder);
    module->folder = NULL;
    atomic_store(&owner, NOT_INITIALIZED);
}

CK_RV
p11_module_initialize(const CK_C_INITIALIZE_ARGS *arguments)
{
    uint64_t found = atomic_load(&owner);
    CK_RV rv = CKR_OK;

    mn_process_prepare();
    /* of several threads, and with whatever a fork left behind, one gets past this */
    if (found == owned(BUSY) || found == owned(LIVE) ||
        !atomic_compare_exchange_strong(&owner, &found, owned(BUSY)))
        return CKR_CRYPTOKI_ALREADY_INITIALIZED;
    rv = prepare(&the_module, arguments);
    if (rv == CKR_OK)
        atomic_store(&owner, owned(LIVE));
    else
        release(&the_module);
    return rv;
}

/* Take the lists out, so that they can be freed without a lock. */
static p11_module
empty(p11_module *module)
{
    p11_module before;

    p11_mutex_lock(&module->lock);
    before = (p11_module){
        .slots = module->slots,
        .slot_count = module->slot_count,
    };
    module->is_live = false;
    module->is_scanned = false;
    module->is_predicted = false;
    module->slots = NULL;
    module->slot_count = 0;
    p11_mutex_unlock(&module->lock);
    return before;
}

CK_RV
p11_module_finalize(void)
{
    p11_module *module = &the_module;
    uint64_t found = owned(LIVE);
    p11_module before;

    if (!atomic_compare_exchange_strong(&owner, &found, owned(BUSY)))
        return CKR_CRYPTOKI_NOT_INITIALIZED;
    wait_for_guests(module);
    before = empty(module);
    p11_sessions_clear(&module->sessions);
    for (size_t i = 0; i < before.slot_count; i++)
        p11_slot_free(before.slots[i]);
    free(before.slots);
    p11_mutex_lock(&module->scan);
    mainet_store_free(module->store);
    module->store = NULL;
    p11_mutex_unlock(&module->scan);
    release(module);
    return CKR_OK;
}
