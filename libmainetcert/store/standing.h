/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_STANDING_H
#define MN_STORE_STANDING_H

#include "store/token.h"

/** How an object of an identity stands: a certificate whose private key is in the token, that key,
 *  or its public half. A key that several certificates share stands as the best of them. */
typedef struct mn_standing {
    int64_t row;
    int64_t end;             /**< of the validity: seconds since 1970 */
    int64_t superseded_from; /**< since when mainet_identity_superseded_by() has an answer */
} mn_standing;

/** How the objects of all identities of a token stand. Starts zeroed. */
typedef struct mn_standings {
    mn_standing *all; /**< malloc; ordered by row */
    size_t count;
    uint64_t generation;   /**< of the moment they were read */
    bool shows_superseded; /**< the settings */
    bool shows_expired;
} mn_standings;

/** Read them; one pass over the certificates. With `keys` the head and the certificates are
 *  verified. */
mainet_status
mn_token_standings(mainet_token *token, const mn_keys *keys, mn_standings *standings,
                   mainet_error *err);

/** The one of a row; NULL for what is no identity's. */
const mn_standing *
mn_standings_find(const mn_standings *standings, int64_t row);

void
mn_standings_clear(mn_standings *standings);

#endif
