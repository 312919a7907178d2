/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_MODULE_H
#define P11_MODULE_H

#include <stdatomic.h>

#include "sessions.h"
#include "store/store.h"

typedef struct p11_slot p11_slot;

/**
 * What one process has between C_Initialize and C_Finalize.
 *
 * Locks are taken in this order, each only if needed: a session's, a slot's `io`, `scan`, a slot's
 * `lock`, `lock`, that of a shelf of sessions. The last three are held for a few instructions,
 * never over file access or cryptography.
 */
typedef struct p11_module {
    p11_mutex_calls calls;
    char *folder; /**< `store=` of C_Initialize; NULL: where the environment says */

    p11_mutex scan; /**< guards what follows; held while the folder is read */
    mainet_store *store;
    mn_stamp folder_stamp; /**< when it was last read */

    p11_mutex lock;    /**< guards what follows */
    bool is_live;      /**< false once C_Finalize began */
    bool is_scanned;   /**< the slots are known */
    bool is_settled;   /**< and no token was lost since */
    bool is_predicted; /**< the length of the slot list was told, the list was not */
    p11_slot **slots;  /**< ordered by id; grows only */
    size_t slot_count;
    CK_SESSION_HANDLE last_session;

    p11_sessions sessions;    /**< added and removed with `lock` held, found without */
    atomic_ulong last_object; /**< the newest object handle */
    uint64_t life;            /**< how often C_Initialize succeeded */
    atomic_uint guests;       /**< calls that C_Finalize waits for */
} p11_module;

/** The module; NULL unless this process has initialized it. */
p11_module *
p11_module_current(void);

/** The number of the module's present life; 0 if it is not initialized. */
uint64_t
p11_module_life(void);

/** As p11_module_current, for a call that C_Finalize may overtake (PKCS#11 v3.0, 5.6.2,
 *  C_WaitForSlotEvent): it lasts until p11_module_leave. NULL if the life is over. */
p11_module *
p11_module_enter(uint64_t life);

void
p11_module_leave(p11_module *module);

CK_RV
p11_module_initialize(const CK_C_INITIALIZE_ARGS *arguments);

CK_RV
p11_module_finalize(void);

/** A new object handle; never one that was used before. */
CK_OBJECT_HANDLE
p11_module_new_handle(p11_module *module);

#endif
