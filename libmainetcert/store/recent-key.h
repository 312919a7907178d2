/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_RECENT_KEY_H
#define MN_STORE_RECENT_KEY_H

#include <stdatomic.h>

#include "base/openssl.h"
#include "store/stamp.h"

/* The private key that a token used last, for whoever signs with it again and again: to read and
 * unseal it costs more than a signature. It is here as long as its token is unlocked, and good as
 * long as the file is the one that it was read from. */

typedef struct mn_recent_key mn_recent_key;

/** Where a token has it. Whoever uses it takes it out meanwhile, so nobody waits: threads that sign
 *  with one token at once, and the child of a fork, read the key for themselves. */
typedef _Atomic(mn_recent_key *) mn_recent_place;

/** The key of this row, for the caller, if the file at `path` is as it was; else NULL. */
EVP_PKEY *
mn_recent_key_find(mn_recent_place *place, const char *path, int64_t row);

/** Keep a key that was read after `stamp` was: another reference to it. Without memory it is not
 *  kept. */
void
mn_recent_key_keep(mn_recent_place *place, const mn_stamp *stamp, int64_t row, EVP_PKEY *key);

/** Forget the key. */
void
mn_recent_key_forget(mn_recent_place *place);

#endif
