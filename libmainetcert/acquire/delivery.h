/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_DELIVERY_H
#define MN_ACQUIRE_DELIVERY_H

#include "acquire/chain.h"
#include "acquire/pending.h"
#include "acquire/transport.h"
#include "store/identity.h"

/** The issuer that was decided on last, where one call imports many. */
typedef struct mn_verdict {
    char sha256[65];      /**< "": none yet */
    mainet_error refusal; /**< MAINET_OK: it was accepted */
} mn_verdict;

/** What a service delivered, on its way into a token; everything is borrowed. */
typedef struct mn_delivery {
    mainet_token *token;
    const mainet_request *request; /**< whose issuer is expected, and who is asked */
    const mn_transport *transport;
    const uint8_t *container;
    size_t container_len;
    const uint8_t *password;
    size_t password_len;
    const char *group_id;
    const char *certificate_number;
    const char *service; /**< path of the profile */
    bool exportable;
    int64_t delivered_at;
    int64_t waited_ms;   /**< for the service: gone of the request's time */
    mn_verdict *verdict; /**< NULL: none is remembered */
    int64_t *lost_ms;    /**< as of mn_repository; NULL: this is the only one */
} mn_delivery;

/** A delivery that was opened: what is to be imported, borrowed from the container in it and from
 *  the delivery. */
typedef struct mn_arrival {
    mainet_pkcs12 *container;
    mn_path chain;
    mn_identity_import import;
} mn_arrival;

void
mn_arrival_clear(mn_arrival *arrival);

/** What is pending, as a delivery to a request's caller. */
void
mn_delivery_of_pending(mn_delivery *delivery, const mn_pending *pending);

/** Open the container, complete its chain and decide on its issuer. `arrival` is cleared by the
 *  caller, also on failure. */
mainet_status
mn_delivery_open(const mn_delivery *delivery, mn_arrival *arrival, mainet_error *err);

/** Open the container, decide on its issuer, and import the identity in one transaction. */
mainet_identity *
mn_delivery_import(const mn_delivery *delivery, mainet_error *err);

/** Whether a failure means that what was delivered cannot be used, now as then: asking the service
 *  again may help. */
bool
mn_delivery_is_unusable(mainet_status status);

#endif
