/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_SLOT_H
#define P11_SLOT_H

#include "handles.h"
#include "module.h"
#include "store/roster.h"
#include "store/standing.h"

/** Who may use a token in this process; the same for all of its sessions. */
typedef enum p11_who {
    P11_WHO_NOBODY, /**< public objects only */
    P11_WHO_USER,
    P11_WHO_SO,
    P11_WHO_ANYONE, /**< a token without PIN */
} p11_who;

/** A slot and, once there is one, its token. Lives as long as somebody has a reference. */
struct p11_slot {
    atomic_uint references;
    p11_module *module;
    CK_SLOT_ID id;

    /* guarded by the module's lock */
    char serial[17];  /**< of its token, for ever; "": the slot is free */
    bool is_present;  /**< the token's file is there */
    bool was_present; /**< when C_WaitForSlotEvent told of it last, or the slots were first seen */
    CK_ULONG session_count;
    CK_ULONG rw_session_count;

    p11_mutex io;           /**< guards what follows; held over file access and login */
    mainet_token *token;    /**< opened when first needed */
    mn_token_info info;     /**< as last read; no serial: never */
    mn_stamp searched;      /**< the file when it was last searched */
    mn_roster *roster;      /**< made by the second search of an unchanged file */
    mn_standings standings; /**< of its identities, read when a search first needs them */

    p11_mutex
        lock; /**< guards what follows; changed only with `io` held as well, but for loading */
    p11_who who;
    mn_keys *keys; /**< of whoever is logged in */
    p11_handles handles;
    uint64_t generation; /**< of the file when the handles were last compared with it */
};

/** Find out which tokens there are. A folder that cannot be read changes nothing. */
CK_RV
p11_slots_scan(p11_module *module);

/** The ids of the slots, by the rule of lengths; those with a token only if `present_only`. */
CK_RV
p11_slots_list(p11_module *module, bool present_only, CK_SLOT_ID *ids, CK_ULONG *count);

/** Find a slot, scanning first if that never happened; give the reference back. */
CK_RV
p11_slot_find(p11_module *module, CK_SLOT_ID id, p11_slot **slot);

CK_RV
p11_slot_info(p11_slot *slot, CK_SLOT_INFO *info);

/** Whether its token's file was there when somebody last looked. */
bool
p11_slot_is_present(p11_slot *slot);

/** Remember that its token's file is gone. */
void
p11_slot_lost(p11_slot *slot);

p11_slot *
p11_slot_ref(p11_slot *slot);

void
p11_slot_free(p11_slot *slot);

MN_AUTO_TYPE(p11_slot, p11_slot_free)

#endif
