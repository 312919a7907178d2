/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_TRANSACTION_H
#define MN_STORE_TRANSACTION_H

#include "store/rows.h"

/** Marks a public key that was made because a private key or certificate lacked it: it goes with
 *  the private key, and gives way to one that an application writes. False of a copy of one, which
 *  stands beside it for itself. */
#define MN_CKA_COMPANION 0x804d4e05u

/** Begin to write: the head is read and verified. MAINET_E_TOKEN_LOCKED without keys. */
mn_database *
mn_transaction_begin(mainet_token *token, const mn_keys *keys, mn_head *head, mainet_error *err);

/** After `added` was inserted: make the public-key object that its identity lacks. */
mainet_status
mn_transaction_complete(mn_database *database, const mn_keys *keys, mn_head *head,
                        const mn_object *added, mainet_error *err);

/** Before `object`, a public key, is inserted: let it take the row of a companion, unless it is a
 *  copy of one. `*replaced` tells. */
mainet_status
mn_transaction_replace(mn_database *database, const mn_keys *keys, mn_head *head, mn_object *object,
                       bool *replaced, mainet_error *err);

/** Delete an object, and the companion of a private key. */
mainet_status
mn_transaction_delete(mn_database *database, const mn_keys *keys, mn_head *head, int64_t id,
                      mainet_error *err);

/** Write the head with a new generation, and commit. What was sealed and deleted is gone then: from
 *  the file, and with the copies that migrations kept. */
mainet_status
mn_transaction_commit(mn_database *database, const mn_keys *keys, mn_head *head, mainet_error *err);

#endif
