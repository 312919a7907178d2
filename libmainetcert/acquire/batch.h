/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_BATCH_H
#define MN_ACQUIRE_BATCH_H

#include "acquire/delivery.h"
#include "mainetcert/batch.h"

/** No batch has more orders: each has its password on locked pages of its own. */
#define MN_BATCH_CEILING ((size_t)10000)

/** One order, and where it is on its way. */
typedef struct mn_order {
    char *group_id;
    char *certificate_number;
    mn_secret *password;
    mainet_order_state state;
    mainet_error error;                /**< why it failed */
    mainet_identity *identity;         /**< once it is in the token */
    char parcel[MN_PARCEL_ID_LEN + 1]; /**< its name in `pending/`, for the service of this run */

    mainet_request view;  /**< the run's request with this order's number: borrows, frees nothing */
    mn_secret *form;      /**< while it is asked */
    mn_exchange exchange; /**< ” */
    mn_secret *container; /**< delivered, and not kept aside (yet) */
    int64_t delivered_at;
} mn_order;

/** Orders in the sequence they were added, and a tree of them by group and number. */
struct mainet_batch {
    mn_order **orders;
    size_t count;
    void *index;
};

/** Find an order by group and number; NULL: there is none. */
mn_order *
mn_batch_find(const mainet_batch *batch, const char *group_id, const char *certificate_number);

/** One run over a batch; everything is borrowed. */
typedef struct mn_run {
    mainet_batch *batch;
    const mainet_request *request;
    mainet_token *token;
    const mn_transport *transport;
    size_t jobs;
    mn_verdict verdict; /**< on the issuer that was met last */
    int64_t lost_ms;    /**< waiting for issuers' repositories in vain */
} mn_run;

/** Ask the service for every order that is waiting. What is delivered is pending then, or, if it
 *  could not be kept aside, in the order. */
mainet_status
mn_batch_fetch(mn_run *run, mainet_error *err);

/**
 * Import every order that is delivered, many in one transaction, and end what is pending of them.
 *
 * `is_fresh`: from this run; else, one that cannot be used is waiting again, for the service may
 * deliver it anew.
 */
mainet_status
mn_batch_import(mn_run *run, bool is_fresh, mainet_error *err);

/** As mainet_batch_run, over any transport. */
mainet_status
mn_batch_run(mainet_batch *batch, const mainet_request *request, mainet_token *token, int32_t jobs,
             const mn_transport *transport, mainet_error *err);

MN_AUTO_TYPE(mainet_batch, mainet_batch_free)

#endif
