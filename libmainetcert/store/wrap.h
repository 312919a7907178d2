/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_WRAP_H
#define MN_STORE_WRAP_H

#include "store/database.h"
#include "store/kdf.h"
#include "store/keys.h"
#include "store/seal.h"
#include "store/token.h"

/** The token key under one role's PIN: a row of `wrap` (SCHEMA.md). */
typedef struct mn_wrap {
    mn_role role;
    mn_kdf kdf; /**< all zero for MN_ROLE_NONE */
    uint8_t sealed[MN_SEAL_OVERHEAD + MN_SEAL_KEY_LEN];
    int32_t failures;
    int32_t limit; /**< 0: none */
} mn_wrap;

/** How many wrong PINs lock a token that somebody can unblock. */
#define MN_WRAP_LIMIT 10

/** Seal the token key for a role. The PIN of MN_ROLE_NONE is the 32 bytes of the key file. */
mainet_status
mn_wrap_make(mn_wrap *wrap, mn_role role, const uint8_t *pin, size_t pin_len,
             const mn_secret *token_key, const uint8_t token_id[MN_TOKEN_ID_LEN],
             mainet_error *err);

/** As mn_wrap_make, for a wrap whose role and cost are set: its other columns stay. */
mainet_status
mn_wrap_seal(mn_wrap *wrap, const uint8_t *pin, size_t pin_len, const mn_secret *token_key,
             const uint8_t token_id[MN_TOKEN_ID_LEN], mainet_error *err);

/** Open it: the token key, or NULL and MAINET_E_PIN_INCORRECT. Costs one derivation either way. */
mn_secret *
mn_wrap_open(const mn_wrap *wrap, const uint8_t *pin, size_t pin_len,
             const uint8_t token_id[MN_TOKEN_ID_LEN], mainet_error *err);

bool
mn_wrap_is_locked(const mn_wrap *wrap);

/** Read a role's row; `*found` is false if there is none. */
mainet_status
mn_wrap_read(mn_database *database, mn_role role, mn_wrap *wrap, bool *found, mainet_error *err);

/** MAINET_E_PIN_INCORRECT unless the file still has the wrap that a PIN has opened: somebody may
 *  have changed that PIN meanwhile. `*now` is the row as it is, with its count. */
mainet_status
mn_wrap_read_again(mn_database *database, const mn_wrap *opened, mn_wrap *now, mainet_error *err);

/** Delete a role's row, if it is there. */
mainet_status
mn_wrap_delete(mn_database *database, mn_role role, mainet_error *err);

/** Insert or replace a role's row. */
mainet_status
mn_wrap_write(mn_database *database, const mn_wrap *wrap, mainet_error *err);

/** Count a wrong PIN, or (`is_right`) start counting afresh. */
mainet_status
mn_wrap_count(mn_database *database, mn_role role, bool is_right, mainet_error *err);

#endif
