/* SPDX-License-Identifier: BSD-3-Clause */
#include "show.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ckr.h"

/* In the order of showing. */
typedef enum rank { CURRENT, SUPERSEDED, EXPIRED, HIDDEN } rank;

static rank
rank_of(const mn_standings *standings, int64_t row, int64_t now)
{
    const mn_standing *own = mn_standings_find(standings, row);
    bool is_superseded = false;

    if (own == NULL)
        return CURRENT;
    is_superseded = own->superseded_from <= now;
    if ((own->end < now && !standings->shows_expired) ||
        (is_superseded && !standings->shows_superseded))
        return HIDDEN;
    return own->end < now ? EXPIRED : is_superseded ? SUPERSEDED : CURRENT;
}

/* Those of one rank go to the end of `sorted`, in the order they had. */
static size_t
take(const mn_ids *found, const rank *ranks, rank wanted, int64_t *sorted)
{
    size_t taken = 0;

    for (size_t i = 0; i < found->count; i++) {
        if (ranks[i] == wanted)
            sorted[taken++] = found->ids[i];
    }
    return taken;
}

static CK_RV
arrange(const mn_standings *standings, mn_ids *found)
{
    const int64_t now = (int64_t)time(NULL);
    rank *ranks = calloc(found->count, sizeof *ranks);
    int64_t *sorted = calloc(found->count, sizeof *sorted);
    size_t count = 0;

    if (ranks == NULL || sorted == NULL) {
        free(ranks);
        free(sorted);
        return CKR_HOST_MEMORY;
    }
    for (size_t i = 0; i < found->count; i++)
        ranks[i] = rank_of(standings, found->ids[i], now);
    for (rank at = CURRENT; at < HIDDEN; at++)
        count += take(found, ranks, at, sorted + count);
    free(ranks);
    free(found->ids);
    found->ids = sorted;
    found->count = count;
    return CKR_OK;
}

CK_RV
p11_show(p11_slot *slot, const mn_keys *keys, mn_ids *found)
{
    mainet_error err = {0};

    if (found->count == 0 || (!found->has_several && !found->hides))
        return CKR_OK;
    if (slot->standings.generation != found->generation &&
        mn_token_standings(slot->token, keys, &slot->standings, &err) != MAINET_OK)
        return p11_ckr_of(&err);
    return arrange(&slot->standings, found);
}
