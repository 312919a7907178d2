/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_TRANSACTION_H
#define MN_STORE_TRANSACTION_H

#include "store/rows.h"

/** Begin to write: the head is read and verified. MAINET_E_TOKEN_LOCKED without keys. */
mn_database *
mn_transaction_begin(mainet_token *token, const mn_keys *keys, mn_head *head, mainet_error *err);

/** After `added` was inserted: make the public-key object that its identity lacks. */
mainet_status
mn_transaction_complete(mn_database *database, const mn_keys *keys, mn_head *head,
                        const mn_object *added, mainet_error *err);

/** Write the head with a new generation, and commit. */
mainet_status
mn_transaction_commit(mn_database *database, const mn_keys *keys, mn_head *head, mainet_error *err);

#endif
