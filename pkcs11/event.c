/* SPDX-License-Identifier: BSD-3-Clause */
#include "event.h"

#include <time.h>

#include "base/crypto.h"
#include "slot.h"

#define PAUSE_NS 200000000L /* between two looks; one is a stat of the folder if nothing happened  \
                             */

/* What is seen at the first look is no event, whoever looked. */
static bool
take_event(p11_module *module, CK_SLOT_ID *id)
{
    bool is_found = false;

    p11_mutex_lock(&module->lock);
    for (size_t i = 0; i < module->slot_count && !is_found; i++) {
        p11_slot *slot = module->slots[i];

        is_found = slot->is_present != slot->was_present;
        slot->was_present = slot->is_present;
        if (is_found)
            *id = slot->id;
    }
    p11_mutex_unlock(&module->lock);
    return is_found;
}

/* One look, during which C_Finalize waits; none if the module is not the one of the beginning. */
static CK_RV
look(uint64_t life, CK_SLOT_ID *id)
{
    p11_module *module = p11_module_enter(life);
    CK_RV rv = CKR_CRYPTOKI_NOT_INITIALIZED;

    if (module == NULL)
        return rv;
    rv = mn_crypto_is_over() ? CKR_GENERAL_ERROR : p11_slots_scan(module);
    if (rv == CKR_OK)
        rv = take_event(module, id) ? CKR_OK : CKR_NO_EVENT;
    p11_module_leave(module);
    return rv;
}

CK_RV
p11_event_wait(CK_FLAGS flags, CK_SLOT_ID *id)
{
    const struct timespec pause = {.tv_nsec = PAUSE_NS};
    const uint64_t life = p11_module_life();
    CK_RV rv = look(life, id);

    while (rv == CKR_NO_EVENT && (flags & CKF_DONT_BLOCK) == 0) {
        (void)nanosleep(&pause, NULL);
        rv = look(life, id);
    }
    return rv;
}
