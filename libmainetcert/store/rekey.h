/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_REKEY_H
#define MN_STORE_REKEY_H

#include "store/token-private.h"

/** A new token key on its way into a file. */
typedef struct mn_rekey {
    const mn_keys *old_keys;
    mn_keys *new_keys; /**< its token id is new too, but for the serial in it */
    mn_wrap opened[2]; /**< what the PINs opened: all roles that stay */
    mn_wrap fresh[2];  /**< what takes their place */
    size_t count;
    const char *label; /**< not NULL: erase every object and take this label */
} mn_rekey;

/** Make the new key. */
mainet_status
mn_rekey_start(mn_rekey *rekey, const mn_keys *old_keys, mainet_error *err);

/** Seal it for one role: what `opened` sealed the old one for, with that PIN or another, or for
 *  the user in the place of the key file. */
mainet_status
mn_rekey_add(mn_rekey *rekey, const mn_wrap *opened, mn_role role, const uint8_t *pin,
             size_t pin_len, mainet_error *err);

/** Reseal everything in one transaction, then remove a key file that opens nothing any more. */
mainet_status
mn_rekey_run(mn_rekey *rekey, mainet_token *token, mainet_error *err);

void
mn_rekey_clear(mn_rekey *rekey);

#define mn_auto_rekey __attribute__((cleanup(mn_rekey_clear))) mn_rekey

#endif
