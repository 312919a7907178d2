/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_PENDING_H
#define MN_ACQUIRE_PENDING_H

#include "acquire/request.h"
#include "store/token.h"

/* What a service delivered lies in the store's `pending/`, sealed under the token's pending key,
 * until it is imported: services hand a certificate out for 24 hours only. The file's name is the
 * token's serial and a hash of address, group and number, so that there is one for each delivery
 * and the next call for it finds it. */

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

/** Prove that a delivery can be written, before one is asked for. */
mainet_status
mn_pending_prove(mainet_token *token, mainet_error *err);

/** Seal a delivery for a request and write it, in the place of an older one. */
mainet_status
mn_pending_write(mainet_token *token, const mainet_request *request, const mn_secret *container,
                 mainet_error *err);

/** Find the delivery for a request; MAINET_E_PENDING_NOT_FOUND if there is none,
 *  MAINET_E_STORE_TAMPERED if what is there is not as it was written. */
mn_pending *
mn_pending_find(mainet_token *token, const mainet_request *request, mainet_error *err);

/** Remove the delivery for a request; fine if there is none. */
mainet_status
mn_pending_remove(mainet_token *token, const mainet_request *request, mainet_error *err);

MN_AUTO_TYPE(mn_pending, mn_pending_free)

#endif
