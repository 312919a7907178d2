/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_KEYS_H
#define MN_STORE_KEYS_H

#include "base/secret.h"

#define MN_TOKEN_ID_LEN 16

/** What an unlocked token works with: the token key and the keys derived from it. Counts
 * references, so that a login can be shared by every session of a process. */
typedef struct mn_keys mn_keys;

/** Derive from the token key (HKDF: 'seal', 'mac', 'pending'), which is taken over. */
mn_keys *
mn_keys_new(mn_secret **token_key, const uint8_t token_id[MN_TOKEN_ID_LEN], mainet_error *err);

mn_keys *
mn_keys_ref(mn_keys *keys);

/** Give a reference back; the last one wipes. */
void
mn_keys_free(mn_keys *keys);

const mn_secret *
mn_keys_token(const mn_keys *keys);

const mn_secret *
mn_keys_seal(const mn_keys *keys);

const mn_secret *
mn_keys_mac(const mn_keys *keys);

const mn_secret *
mn_keys_pending(const mn_keys *keys);

/** The random id that every sealed record of the token is bound to. */
const uint8_t *
mn_keys_token_id(const mn_keys *keys);

MN_AUTO_TYPE(mn_keys, mn_keys_free)

#endif
