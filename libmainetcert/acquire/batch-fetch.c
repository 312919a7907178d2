/* SPDX-License-Identifier: BSD-3-Clause */
/* Orders on their way to the service, and what it delivers on its way to `pending/`. */
#include <time.h>
#include <unistd.h>

#include "acquire/batch.h"
#include "acquire/reply.h"

/* One call of mn_batch_fetch. */
typedef struct fetch {
    mn_run *run;
    size_t cursor; /* of the next order to look at */
    size_t total;
    size_t begun;
    size_t settled;
    mn_order **arrived; /* in this round */
    size_t arrived_count;
    mainet_error stop; /* why no more are begun */
} fetch;

static void
release(mn_order *order)
{
    mn_secret_free(order->form);
    order->form = NULL;
    if (order->room >= 0)
        (void)close(order->room);
    order->room = -1;
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

    MN_TRY(mn_parcel_reserve(run->token, &order->room, err));
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
        all->arrived[all->arrived_count++] = order;
        return; /* its room is needed */
    }
    release(order);
}

/* What cannot be kept aside after all is still there to be imported. */
static void
keep_aside(const fetch *all, mn_order *order)
{
    const mn_run *run = all->run;
    mainet_error why = {0};

    if (mn_pending_write(run->token, &order->view, order->room, order->container, &why) ==
        MAINET_OK) {
        mn_secret_free(order->container);
        order->container = NULL;
    } else {
        mn_log_write(&run->request->log, MAINET_LOG_WARNING,
                     "the delivery for %s could not be kept aside: %s", order->certificate_number,
                     why.detail);
    }
    release(order);
}

static mainet_status
end_round(void *self, mainet_error *err)
{
    fetch *all = self;

    for (size_t i = 0; i < all->arrived_count; i++)
        keep_aside(all, all->arrived[i]);
    all->arrived_count = 0;
    if (all->stop.status == MAINET_OK)
        (void)mn_request_progress(all->run->request, MAINET_PHASE_ASKING, (int64_t)all->settled,
                                  (int64_t)all->total, &all->stop);
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
    mn_order *arrived[MAINET_BATCH_JOBS_MAX];
    fetch all = {.run = run, .total = count_waiting(run->batch), .arrived = arrived};
    const mn_crowd crowd = {
        .jobs = run->jobs, .next = next, .settle = settle, .round = end_round, .self = &all};

    if (all.total == 0)
        return MAINET_OK;
    mn_log_write(&run->request->log, MAINET_LOG_INFO, "asking %s for %zu orders",
                 mainet_service_retrieve_url(run->request->service), all.total);
    return run->transport->exchange_many(run->transport->self, &crowd, err);
}
