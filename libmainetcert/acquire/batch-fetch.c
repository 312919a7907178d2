/* SPDX-License-Identifier: BSD-3-Clause */
/* Orders on their way to the service, and what it delivers on its way to `pending/`. */
#include <time.h>
#include <unistd.h>

#include "acquire/batch.h"
#include "acquire/reply.h"

/* No delivery waits longer for company on its way to the disk. */
#define WRITE_MS 50

_Static_assert(2 * MAINET_BATCH_JOBS_MAX <= MN_PARCELS_TOGETHER, "all that may have arrived");

/* One call of mn_batch_fetch. */
typedef struct fetch {
    mn_run *run;
    size_t cursor; /* of the next order to look at */
    size_t total;
    size_t begun;
    size_t settled;
    int room;           /* for what is on its way, and what has arrived; -1: none */
    mn_order **arrived; /* and is not on disk yet */
    size_t arrived_count;
    int64_t arrived_ms; /* the first of them */
    mainet_error stop;  /* why no more are begun */
} fetch;

static void
release(mn_order *order)
{
    mn_secret_free(order->form);
    order->form = NULL;
}

static void
note_failure(mn_order *order, const mainet_error *why)
{
    order->state = MAINET_ORDER_FAILED;
    order->error = *why;
}

/* What keeps one order from being asked for keeps them all. */
static mainet_status
prepare(const mn_run *run, mn_order *order, mainet_error *err)
{
    const mn_profile *profile = mn_service_profile(run->request->service);

    order->form = mn_request_form(&order->view, err);
    if (order->form == NULL)
        return mn_failure(err);
    order->exchange = (mn_exchange){.url = profile->retrieve_url,
                                    .form = order->form,
                                    .ca_file = profile->ca_file,
                                    .request = &order->view};
    return MAINET_OK;
}

/* The first goes alone: while a person answers the proxy, no other's time runs out. */
static const mn_exchange *
next(void *self, size_t *number)
{
    fetch *all = self;
    const mainet_batch *batch = all->run->batch;

    if (all->stop.status != MAINET_OK || (all->begun == 1 && all->settled == 0))
        return NULL;
    while (all->cursor < batch->count && batch->orders[all->cursor]->state != MAINET_ORDER_WAITING)
        all->cursor++;
    if (all->cursor == batch->count)
        return NULL;
    *number = all->cursor++;
    if (prepare(all->run, batch->orders[*number], &all->stop) != MAINET_OK) {
        release(batch->orders[*number]);
        return NULL;
    }
    all->begun++;
    return &batch->orders[*number]->exchange;
}

/* No way leads to the service, for this order or any other. */
static bool
is_blocked(mainet_status status)
{
    switch ((int)status) {
    case MAINET_E_HTTP_CLIENT:
    case MAINET_E_CONNECTION_HANDLE:
    case MAINET_E_REQUEST_HANDLE:
    case MAINET_E_UNREACHABLE:
    case MAINET_E_TLS_TRUST:
    case MAINET_E_TLS_INTERCEPTED:
    case MAINET_E_PROXY_CANCELLED:
    case MAINET_E_PROXY_CREDENTIALS:
    case MAINET_E_SERVICE_PROFILE:
        return true;
    default:
        return false;
    }
}

/* One that was given up because the run ends has not failed: its answer is not known. */
static void
take_failure(fetch *all, mn_order *order, const mainet_error *failure)
{
    if (all->stop.status != MAINET_OK && all->stop.status == failure->status)
        return;
    note_failure(order, failure);
    if (all->settled == 1 && is_blocked(failure->status))
        all->stop = *failure;
}

static void
settle(void *self, size_t number, mn_reply *reply, const mainet_error *failure)
{
    fetch *all = self;
    mn_order *order = all->run->batch->orders[number];
    const mn_profile *profile = mn_service_profile(all->run->request->service);
    mainet_error why = {0};

    all->settled++;
    if (failure != NULL) {
        take_failure(all, order, failure);
    } else if (mn_reply_judge(profile, reply, &why) != MAINET_OK) {
        note_failure(order, &why);
    } else {
        order->container = reply->body;
        reply->body = NULL;
        order->state = MAINET_ORDER_DELIVERED;
        order->delivered_at = (int64_t)time(NULL);
        if (all->arrived_count == 0)
            all->arrived_ms = mn_now_ms();
        all->arrived[all->arrived_count++] = order;
    }
    release(order);
}

static mainet_status
write_arrived(const fetch *all, mainet_error *err)
{
    mn_secret *records[MN_PARCELS_TOGETHER];
    mn_parcel parcels[MN_PARCELS_TOGETHER];
    mainet_status status = MAINET_OK;
    size_t count = 0;

    while (status == MAINET_OK && count < all->arrived_count) {
        const mn_order *order = all->arrived[count];

        records[count] = mn_pending_encode(&order->view, order->container, err);
        parcels[count] = (mn_parcel){.id = order->parcel, .content = records[count]};
        if (records[count] == NULL)
            status = mn_failure(err);
        else
            count++;
    }
    if (status == MAINET_OK)
        status = mn_parcels_write(all->run->token, parcels, count, err);
    while (count > 0)
        mn_secret_free(records[--count]);
    return status;
}

/* Where the disk is full, the room that was taken is given to those that are here and on their way;
 * no more are asked for. What cannot be kept aside after all is still there to be imported. */
static void
keep_aside(fetch *all)
{
    mainet_error why = {0};
    mainet_status status = write_arrived(all, &why);

    if (status != MAINET_OK && all->room >= 0) {
        (void)close(all->room);
        all->room = -1;
        all->stop = why;
        status = write_arrived(all, &why);
    }
    if (status != MAINET_OK)
        mn_log_write(&all->run->request->log, MAINET_LOG_WARNING,
                     "%zu deliveries could not be kept aside: %s", all->arrived_count, why.detail);
    for (size_t i = 0; i < all->arrived_count; i++) {
        if (status != MAINET_OK) {
            all->arrived[i]->error = why; /* told unless it is imported */
            continue;
        }
        mn_secret_free(all->arrived[i]->container);
        all->arrived[i]->container = NULL;
    }
    all->arrived_count = 0;
}

/* Several cost the disk hardly more than one; but none waits for long, or for the others of a run
 * that ends. */
static bool
is_time_to_write(const fetch *all)
{
    return all->arrived_count >= all->run->jobs || all->settled == all->begun ||
           all->stop.status != MAINET_OK || mn_now_ms() - all->arrived_ms >= WRITE_MS;
}

static mainet_status
end_round(void *self, mainet_error *err)
{
    fetch *all = self;

    if (all->arrived_count != 0 && is_time_to_write(all))
        keep_aside(all);
    if (all->stop.status == MAINET_OK)
        (void)mn_request_progress(all->run->request, MAINET_PHASE_ASKING, (int64_t)all->settled,
                                  (int64_t)all->total, &all->stop);
    if (all->stop.status != MAINET_OK && all->arrived_count != 0)
        keep_aside(all);
    if (all->stop.status != MAINET_OK)
        *err = all->stop;
    return all->stop.status;
}

static size_t
count_waiting(const mainet_batch *batch)
{
    size_t count = 0;

    for (size_t i = 0; i < batch->count; i++)
        count += batch->orders[i]->state == MAINET_ORDER_WAITING;
    return count;
}

mainet_status
mn_batch_fetch(mn_run *run, mainet_error *err)
{
    mn_order *arrived[MN_PARCELS_TOGETHER];
    fetch all = {.run = run, .total = count_waiting(run->batch), .room = -1, .arrived = arrived};
    mainet_status status = MAINET_OK;
    const mn_crowd crowd = {
        .jobs = run->jobs, .next = next, .settle = settle, .round = end_round, .self = &all};

    if (all.total == 0)
        return MAINET_OK;
    mn_log_write(&run->request->log, MAINET_LOG_INFO, "asking %s for %zu orders",
                 mainet_service_retrieve_url(run->request->service), all.total);
    MN_TRY(mn_parcel_reserve(run->token, 2 * run->jobs * MN_PARCEL_CEILING, &all.room, err));
    status = run->transport->exchange_many(run->transport->self, &crowd, err);
    if (all.arrived_count != 0) /* it ended without a last round */
        keep_aside(&all);
    if (all.room >= 0)
        (void)close(all.room);
    return status;
}
