/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MAINETCERT_BATCH_H
#define MAINETCERT_BATCH_H

#include "mainetcert/acquire.h"

MAINET_BEGIN

/** Orders of one service that are acquired together, and what became of each. @since 0.1.0 */
typedef struct mainet_batch mainet_batch;

/** What became of one order of a batch. @since 0.1.0 */
typedef enum mainet_order_state {
    MAINET_ORDER_WAITING = 0,   /**< The service was not asked, or its answer is not known. */
    MAINET_ORDER_DELIVERED = 1, /**< It is pending, and not in the token yet. */
    MAINET_ORDER_DONE = 2,      /**< It has come into the token. */
    MAINET_ORDER_PRESENT = 3,   /**< It was in the token already. */
    MAINET_ORDER_FAILED = 4     /**< See mainet_batch_status(). */
} mainet_order_state;

/** Most exchanges that mainet_batch_run() has under way at a time. @since 0.1.0 */
#define MAINET_BATCH_JOBS_MAX 64

/**
 * Make an empty batch.
 *
 * @param[out] err  Filled on failure; may be NULL.
 *
 * @return Yours to free, or NULL (MAINET_E_NO_MEMORY).
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_batch *
mainet_batch_new(mainet_error *err);

/**
 * Wipe and free.
 *
 * @param[in] batch  May be NULL.
 * @since 0.1.0
 */
MAINET_API void
mainet_batch_free(mainet_batch *batch);

/**
 * Add an order.
 *
 * @param[in,out] batch               A batch.
 * @param[in]     group_id            As for mainet_request_set_group_id().
 * @param[in]     certificate_number  As for mainet_request_set_certificate_number().
 * @param[in]     password            As for mainet_request_set_password().
 * @param[in]     password_len        Number of bytes, 1 to 1024.
 * @param[out]    err                 Filled on failure; may be NULL.
 *
 * @retval MAINET_OK             It is the last of the batch.
 * @retval MAINET_E_ARGUMENT     A value that cannot be; the same group and number once more; more
 *                               than 10,000 orders.
 * @retval MAINET_E_NO_MEMORY    No memory.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_status
mainet_batch_add(mainet_batch *batch, const char *group_id, const char *certificate_number,
                 const uint8_t *password, size_t password_len, mainet_error *err);

/**
 * Retrieve what was ordered, many at a time, and put it in the token.
 *
 * As mainet_acquire() for each order: the token is proven writable first, what is delivered is
 * sealed to the store's `pending/` before anything else, a request that has been sent is not
 * repeated. An order that is pending is imported from there, and one that is in the token already
 * (its certificate number and group ID are those of an identity that the service issued) is left
 * alone; neither is asked of the service. So whatever ended an earlier run, the next goes on where
 * it was. Orders that failed are tried again.
 *
 * The first order to be asked goes alone: it answers the proxy, and if no way leads to the service
 * (1xx), that is the run's failure and the others are not tried.
 *
 * The progress callback hears MAINET_PHASE_ASKING, _OPENING and _IMPORTING with the numbers of
 * orders. When it ends the run, no more orders are begun; replies that are on their way are awaited
 * for 10 seconds, for the service counts them as retrieved, and stay pending.
 *
 * @param[in,out] batch    Orders.
 * @param[in]     request  What all of them share: service, proxy, callbacks, whether keys may leave
 *                         the token, whether revocation is looked up; the timeout is each order's;
 *                         issuers' repositories that do not answer delay all by 10 seconds.
 *                         Its own number and password do not count.
 * @param[in,out] token    Unlocked.
 * @param[in]     jobs     1 to MAINET_BATCH_JOBS_MAX exchanges at a time.
 * @param[out]    err      Filled on failure; may be NULL.
 *
 * @retval MAINET_OK              Every order was gone through; mainet_batch_state() tells how it
 *                                went.
 * @retval MAINET_E_ARGUMENT      A NULL, or a number of jobs that cannot be.
 * @retval MAINET_E_TOKEN_LOCKED  The token is locked.
 * @retval MAINET_E_CANCELLED     The progress callback ended it; or with whatever it answered.
 * @retval MAINET_E_STORE_WRITE   No room for what would be delivered.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_status
mainet_batch_run(mainet_batch *batch, const mainet_request *request, mainet_token *token,
                 int32_t jobs, mainet_error *err);

/**
 * Answer how many orders a batch has.
 *
 * @param[in] batch  A batch.
 *
 * @return 0 or more.
 * @since 0.1.0
 */
MAINET_API size_t
mainet_batch_count(const mainet_batch *batch);

/**
 * Answer the group ID of an order.
 *
 * @param[in] batch  A batch.
 * @param[in] index  0 to mainet_batch_count() - 1.
 *
 * @return Borrowed; "" past the end.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_batch_group_id(const mainet_batch *batch, size_t index);

/**
 * Answer the certificate number of an order.
 *
 * @param[in] batch  A batch.
 * @param[in] index  0 to mainet_batch_count() - 1.
 *
 * @return Borrowed; "" past the end.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_batch_certificate_number(const mainet_batch *batch, size_t index);

/**
 * Answer what became of an order.
 *
 * @param[in] batch  A batch.
 * @param[in] index  0 to mainet_batch_count() - 1.
 *
 * @return Any of mainet_order_state; MAINET_ORDER_WAITING past the end.
 * @since 0.1.0
 */
MAINET_API mainet_order_state
mainet_batch_state(const mainet_batch *batch, size_t index);

/**
 * Answer why an order failed.
 *
 * @param[in] batch  A batch.
 * @param[in] index  0 to mainet_batch_count() - 1.
 *
 * @return The situation; MAINET_OK unless it is MAINET_ORDER_FAILED.
 * @since 0.1.0
 */
MAINET_API mainet_status
mainet_batch_status(const mainet_batch *batch, size_t index);

/**
 * Answer the particulars of an order's failure, in English, for a log.
 *
 * @param[in] batch  A batch.
 * @param[in] index  0 to mainet_batch_count() - 1.
 *
 * @return Borrowed until the next run; "" unless it is MAINET_ORDER_FAILED.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_batch_detail(const mainet_batch *batch, size_t index);

/**
 * Hand out the identity of an order that is MAINET_ORDER_DONE or MAINET_ORDER_PRESENT.
 *
 * @param[in]  batch  A batch.
 * @param[in]  index  0 to mainet_batch_count() - 1.
 * @param[out] err    Filled on failure; may be NULL.
 *
 * @return Yours to free, or NULL (MAINET_E_ARGUMENT: there is none).
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_identity *
mainet_batch_identity(const mainet_batch *batch, size_t index, mainet_error *err);

MAINET_END

#endif
