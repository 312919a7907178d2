/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_PENDING_H
#define MN_ACQUIRE_PENDING_H

#include "acquire/request.h"
#include "mainetcert/pending.h"
#include "store/parcel.h"

/* What a service delivered lies in the store's `pending/`, sealed under the token's pending key,
 * until it is imported: services hand a certificate out for 24 hours only. Its id is a hash of
 * address, group and number, so that there is one for each delivery and the next call for it finds
 * it. */

/** One delivery. The texts and bytes lie in `record`. */
typedef struct mn_pending {
    mn_secret *record;
    const char *url;     /**< where it came from */
    const char *service; /**< path of the profile */
    const char *group_id;
    const char *certificate_number;
    const uint8_t *password;
    size_t password_len;
    const uint8_t *container;
    size_t container_len;
    bool exportable;
    int64_t delivered_at; /**< seconds since 1970 */
} mn_pending;

void
mn_pending_free(mn_pending *pending);

/** The id of what is delivered for a request. */
mainet_status
mn_pending_name(const mainet_request *request, char id[MN_PARCEL_ID_LEN + 1], mainet_error *err);

/** Seal a delivery for a request and write it, in the place of an older one. `room` as
 *  mn_parcel_reserve took it. */
mainet_status
mn_pending_write(mainet_token *token, const mainet_request *request, int room,
                 const mn_secret *container, mainet_error *err);

/** Make the parcel of a delivery for a request, for who writes several. */
mn_secret *
mn_pending_encode(const mainet_request *request, const mn_secret *container, mainet_error *err);

/** Open the delivery of an id; MAINET_E_PENDING_NOT_FOUND if there is none,
 *  MAINET_E_STORE_TAMPERED if what is there is not as it was written. */
mn_pending *
mn_pending_open(const mainet_token *token, const char *id, mainet_error *err);

/** Open the delivery for a request. */
mn_pending *
mn_pending_find(const mainet_token *token, const mainet_request *request, mainet_error *err);

/** Remove the delivery for a request; fine if there is none. */
mainet_status
mn_pending_remove(mainet_token *token, const mainet_request *request, mainet_error *err);

/** The token that a listed delivery is for; borrowed. */
mainet_token *
mn_pending_token(const mainet_pending *pending);

MN_AUTO_TYPE(mn_pending, mn_pending_free)
MN_AUTO_TYPE(mainet_pending, mainet_pending_free)
MN_AUTO_TYPE(mainet_pending_list, mainet_pending_list_free)

#endif
