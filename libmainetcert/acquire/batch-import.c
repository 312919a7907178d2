/* SPDX-License-Identifier: BSD-3-Clause */
/* Deliveries of a batch on their way into the token. */
#include <stdlib.h>

#include "acquire/batch.h"

/* So many in one transaction: what comes after hardly gets faster, and all their keys are in
 * memory. */
#define TOGETHER 250

/* One order's delivery, opened. */
typedef struct lading {
    mn_order *order;
    mn_pending *pending; /* what the arrival borrows from; NULL: the order */
    mn_arrival arrival;
} lading;

/* Those that go into the token together. */
typedef struct cargo {
    mn_run *run;
    lading *ladings;
    mn_identity_import *imports;
    mn_identity_result *results;
    size_t count;
} cargo;

static void
lading_clear(lading *one)
{
    mn_arrival_clear(&one->arrival);
    mn_pending_free(one->pending);
    *one = (lading){.order = NULL};
}

static void
cargo_unload(cargo *all)
{
    for (size_t i = 0; i < all->count; i++) {
        lading_clear(&all->ladings[i]);
        mainet_identity_free(all->results[i].identity);
        all->results[i].identity = NULL;
    }
    all->count = 0;
}

static void
cargo_clear(cargo *all)
{
    cargo_unload(all);
    free(all->ladings);
    free(all->imports);
    free(all->results);
}

static mainet_status
open_order(mn_run *run, mn_order *order, lading *one, mainet_error *err)
{
    mn_delivery found = {.token = run->token,
                         .request = &order->view,
                         .transport = run->transport,
                         .verdict = &run->verdict,
                         .lost_ms = &run->lost_ms};

    one->order = order;
    if (order->container == NULL) {
        one->pending = mn_pending_open(run->token, order->parcel, err);
        if (one->pending == NULL)
            return mn_failure(err);
        mn_delivery_of_pending(&found, one->pending);
    } else {
        found.container = mn_secret_bytes(order->container);
        found.container_len = mn_secret_len(order->container);
        found.password = mn_secret_bytes(order->password);
        found.password_len = mn_secret_len(order->password);
        found.group_id = order->group_id;
        found.certificate_number = order->certificate_number;
        found.service = mainet_service_path(run->request->service);
        found.delivered_at = order->delivered_at;
    }
    found.exportable = run->request->exportable; /* what is wanted now counts */
    return mn_delivery_open(&found, &one->arrival, err);
}

static void
note_failure(const mn_run *run, mn_order *order, bool is_fresh, const mainet_error *why)
{
    const bool asks_again = !is_fresh && (mn_delivery_is_unusable(why->status) ||
                                          why->status == MAINET_E_PENDING_NOT_FOUND);

    order->state = asks_again ? MAINET_ORDER_WAITING : MAINET_ORDER_FAILED;
    if (!asks_again)
        order->error = *why;
    else
        mn_log_write(&run->request->log, MAINET_LOG_WARNING,
                     "the pending delivery for %s cannot be used: %s", order->certificate_number,
                     why->detail);
}

static void
load(cargo *all, mn_order *order, bool is_fresh)
{
    lading *one = &all->ladings[all->count];
    mainet_error why = {0};

    *one = (lading){.order = order};
    if (open_order(all->run, order, one, &why) != MAINET_OK) {
        lading_clear(one);
        note_failure(all->run, order, is_fresh, &why);
        return;
    }
    all->imports[all->count++] = one->arrival.import;
}

static void
deliver(const cargo *all, size_t index)
{
    mn_order *order = all->ladings[index].order;
    mn_identity_result *result = &all->results[index];

    if (result->identity == NULL) {
        note_failure(all->run, order, true, &result->error);
        return;
    }
    order->state = result->was_there ? MAINET_ORDER_PRESENT : MAINET_ORDER_DONE;
    order->identity = mainet_identity_take(&result->identity);
    order->error = (mainet_error){.status = MAINET_OK};
    mn_secret_free(order->container);
    order->container = NULL;
}

/* The identities are in the token; what stays pending is imported once more, which changes
 * nothing. */
static void
end_pending(const cargo *all)
{
    const char *ids[TOGETHER];
    mainet_error why = {0};
    size_t count = 0;

    for (size_t i = 0; i < all->count; i++) {
        if (all->ladings[i].order->state != MAINET_ORDER_FAILED)
            ids[count++] = all->ladings[i].order->parcel;
    }
    if (mn_parcels_remove(all->run->token, ids, count, &why) != MAINET_OK)
        mn_log_write(&all->run->request->log, MAINET_LOG_WARNING, "%zu pending deliveries stay: %s",
                     count, why.detail);
}

static mainet_status
import_cargo(cargo *all, size_t done, size_t total, mainet_error *err)
{
    const mn_run *run = all->run;

    MN_TRY(mn_request_progress(run->request, MAINET_PHASE_IMPORTING, (int64_t)done, (int64_t)total,
                               err));
    if (all->count == 0)
        return MAINET_OK;
    MN_TRY(mn_identity_import_many(run->token, all->imports, all->count, all->results, err));
    for (size_t i = 0; i < all->count; i++)
        deliver(all, i);
    end_pending(all);
    cargo_unload(all);
    return MAINET_OK;
}

static mainet_status
import_all(cargo *all, bool is_fresh, size_t total, mainet_error *err)
{
    const mainet_batch *batch = all->run->batch;
    size_t done = 0;

    for (size_t i = 0; i < batch->count; i++) {
        if (batch->orders[i]->state != MAINET_ORDER_DELIVERED)
            continue;
        MN_TRY(mn_request_progress(all->run->request, MAINET_PHASE_OPENING, (int64_t)done,
                                   (int64_t)total, err));
        load(all, batch->orders[i], is_fresh);
        done++;
        if (all->count == TOGETHER)
            MN_TRY(import_cargo(all, done, total, err));
    }
    return import_cargo(all, done, total, err);
}

static size_t
count_delivered(const mainet_batch *batch)
{
    size_t count = 0;

    for (size_t i = 0; i < batch->count; i++)
        count += batch->orders[i]->state == MAINET_ORDER_DELIVERED;
    return count;
}

mainet_status
mn_batch_import(mn_run *run, bool is_fresh, mainet_error *err)
{
    __attribute__((cleanup(cargo_clear))) cargo all = {.run = run};
    const size_t total = count_delivered(run->batch);

    if (total == 0)
        return MAINET_OK;
    all.ladings = calloc(TOGETHER, sizeof *all.ladings);
    all.imports = calloc(TOGETHER, sizeof *all.imports);
    all.results = calloc(TOGETHER, sizeof *all.results);
    if (all.ladings == NULL || all.imports == NULL || all.results == NULL)
        return mn_fail_memory(err, "import");
    return import_all(&all, is_fresh, total, err);
}
