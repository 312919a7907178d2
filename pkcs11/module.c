/* SPDX-License-Identifier: BSD-3-Clause */
#include "module.h"

#include <stdlib.h>
#include <unistd.h>

#include "parameters.h"
#include "session.h"

/* The module of this process, or of the process that it was forked from: whoever finds a strange
 * process id leaves it alone, since threads that are no more may have held its locks. Nothing is
 * registered that would have to be taken back when we are unloaded. */
static _Atomic(p11_module *) current;

/* One that was finalized, for the next C_Initialize: it is never freed, so that a call that is late
 * finds a lock and not a hole. */
static _Atomic(p11_module *) retired;

p11_module *
p11_module_current(void)
{
    p11_module *module = atomic_load_explicit(&current, memory_order_acquire);

    return module != NULL && module->pid == getpid() ? module : NULL;
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

static void
retire(p11_module *module)
{
    p11_mutex_end(&module->lock);
    p11_mutex_end(&module->scan);
    free(module->folder);
    module->folder = NULL;
    module = atomic_exchange(&retired, module);
    free(module); /* one is enough; this one was never anybody's */
}

/* Handles go on where the last module of the process ended: they are never used again. */
static CK_RV
prepare(p11_module *module, const CK_C_INITIALIZE_ARGS *arguments)
{
    static const CK_C_INITIALIZE_ARGS none = {0};
    CK_RV rv = CKR_OK;

    if (arguments == NULL)
        arguments = &none;
    module->pid = getpid();
    rv = choose_mutexes(arguments, &module->calls);
    if (rv == CKR_OK)
        rv = p11_parameters_read(arguments->pReserved, &module->folder);
    if (rv == CKR_OK)
        rv = p11_mutex_make(&module->lock, &module->calls);
    if (rv == CKR_OK)
        rv = p11_mutex_make(&module->scan, &module->calls);
    module->is_live = true;
    return rv;
}

CK_RV
p11_module_initialize(const CK_C_INITIALIZE_ARGS *arguments)
{
    p11_module *stale = atomic_load(&current);
    p11_module *made = NULL;
    CK_RV rv = CKR_OK;

    if (p11_module_current() != NULL)
        return CKR_CRYPTOKI_ALREADY_INITIALIZED;
    made = atomic_exchange(&retired, NULL);
    if (made == NULL)
        made = calloc(1, sizeof *made);
    if (made == NULL)
        return CKR_HOST_MEMORY;
    rv = prepare(made, arguments);
    if (rv == CKR_OK && !atomic_compare_exchange_strong(&current, &stale, made))
        rv = CKR_CRYPTOKI_ALREADY_INITIALIZED; /* another thread was faster */
    if (rv != CKR_OK)
        retire(made);
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
        .sessions = module->sessions,
        .session_count = module->session_count,
    };
    module->is_live = false;
    module->is_scanned = false;
    module->is_predicted = false;
    module->slots = NULL;
    module->slot_count = 0;
    module->sessions = NULL;
    module->session_count = 0;
    module->session_capacity = 0;
    p11_mutex_unlock(&module->lock);
    return before;
}

CK_RV
p11_module_finalize(void)
{
    p11_module *module = p11_module_current();
    p11_module before;

    if (module == NULL || !atomic_compare_exchange_strong(&current, &module, NULL))
        return CKR_CRYPTOKI_NOT_INITIALIZED;
    before = empty(module);
    for (size_t i = 0; i < before.session_count; i++)
        p11_session_free(before.sessions[i]);
    for (size_t i = 0; i < before.slot_count; i++)
        p11_slot_free(before.slots[i]);
    free(before.sessions);
    free(before.slots);
    p11_mutex_lock(&module->scan);
    mainet_store_free(module->store);
    module->store = NULL;
    p11_mutex_unlock(&module->scan);
    retire(module);
    return CKR_OK;
}
