/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_ROSTER_H
#define MN_STORE_ROSTER_H

#include "store/token.h"

/** The index of a token in memory: class and hashes of every row, some 100 bytes each, so that a
 *  second search does not touch the file. Never changed once it is made. */
typedef struct mn_roster mn_roster;

/** Read it, with the file's stamp; with `keys` the head is verified. */
mn_roster *
mn_token_roster(mainet_token *token, const mn_keys *keys, mainet_error *err);

/** Of the file that it was read from. */
const mn_stamp *
mn_roster_stamp(const mn_roster *roster);

/**
 * Add the ids of rows that are as wanted, in the order they were added to the token.
 *
 * `found` gets those that the index knows to match: by class, by CKA_PRIVATE and by 64 bits of
 * SHA-256 of the attributes that have an index. `candidates` gets those that have to be compared in
 * full, because more is wanted or because their attributes are sealed. Both get generation and
 * setting as well.
 */
mainet_status
mn_roster_find(const mn_roster *roster, const mn_attributes *wanted, bool with_private,
               mn_ids *found, mn_ids *candidates, mainet_error *err);

void
mn_roster_free(mn_roster *roster);

MN_AUTO_TYPE(mn_roster, mn_roster_free)

#endif
