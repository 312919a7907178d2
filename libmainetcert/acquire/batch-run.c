/* SPDX-License-Identifier: BSD-3-Clause */
/* One run over a batch: what was done before, what has to be asked for, what came of it. */
#include <stdlib.h>
#include <string.h>

#include "acquire/batch.h"
#include "base/guest.h"

/* Room for what is imported together, and what SQLite needs on the way. */
#define ROOM ((size_t)16 * 1024 * 1024)

static mainet_status
check(const mn_run *run, int32_t jobs, mainet_error *err)
{
    if (run->batch == NULL || run->request == NULL || run->token == NULL)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "a batch, a request and a token are required");
    if (jobs < 1 || jobs > MAINET_BATCH_JOBS_MAX)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "1 to %d jobs at a time, not %d",
                       MAINET_BATCH_JOBS_MAX, (int)jobs);
    if (mn_token_keys(run->token) == NULL)
        return mn_fail(err, MAINET_E_TOKEN_LOCKED, 0, "the token is locked");
    return mn_request_progress(run->request, MAINET_PHASE_CHECKING, 0, (int64_t)run->batch->count,
                               err);
}

/* What another token has, this one may not have. */
static void
forget_token(const mn_run *run, mn_order *order)
{
    if (order->identity == NULL || mn_identity_token(order->identity) == run->token)
        return;
    mainet_identity_free(order->identity);
    order->identity = NULL;
    order->state = MAINET_ORDER_WAITING;
}

/* What is in the token stays; everything else is tried. */
static mainet_status
prepare_orders(const mn_run *run, mainet_error *err)
{
    for (size_t i = 0; i < run->batch->count; i++) {
        mn_order *order = run->batch->orders[i];

        order->view = *run->request;
        order->view.group_id = order->group_id;
        order->view.certificate_number = order->certificate_number;
        order->view.password = order->password;
        MN_TRY(mn_pending_name(&order->view, order->parcel, err));
        if (order->container == NULL)
            order->error = (mainet_error){.status = MAINET_OK};
        forget_token(run, order);
        if (order->state == MAINET_ORDER_FAILED || order->state == MAINET_ORDER_DELIVERED)
            order->state = order->container == NULL ? MAINET_ORDER_WAITING : MAINET_ORDER_DELIVERED;
    }
    return MAINET_OK;
}

static int
compare_ids(const void *id, const void *parcel)
{
    return strcmp(id, parcel);
}

/* One that is in the token as well could not be removed when it was imported; that is tried again,
 * by importing it once more. */
static mainet_status
find_pending(const mn_run *run, mainet_error *err)
{
    mn_auto_parcels found = {.ids = NULL};

    MN_TRY(mn_parcels_list(run->token, &found, err));
    for (size_t i = 0; i < run->batch->count && found.count != 0; i++) {
        mn_order *order = run->batch->orders[i];

        if (order->container != NULL ||
            bsearch(order->parcel, found.ids, found.count, sizeof *found.ids, compare_ids) == NULL)
            continue;
        mainet_identity_free(order->identity);
        order->identity = NULL;
        order->state = MAINET_ORDER_DELIVERED;
    }
    return MAINET_OK;
}

/* Another service may give the same numbers. */
static bool
is_of_service(const mn_run *run, const mainet_identity *identity)
{
    const mainet_certificate *certificate = mainet_identity_certificate(identity);

    return strcmp(mainet_identity_service(identity), mainet_service_path(run->request->service)) ==
               0 ||
           mn_profile_expects(mn_service_profile(run->request->service),
                              mainet_certificate_issuer_common_name(certificate));
}

static mainet_status
find_present(const mn_run *run, mainet_error *err)
{
    mn_auto(mainet_identity_list) list = mainet_token_identities(run->token, err);

    if (list == NULL)
        return mn_failure(err);
    for (size_t i = 0; i < mainet_identity_list_count(list); i++) {
        mn_auto(mainet_identity) identity = mainet_identity_list_at(list, i, err);
        mn_order *order = NULL;

        if (identity == NULL)
            return mn_failure(err);
        order = mn_batch_find(run->batch, mainet_identity_group_id(identity),
                              mainet_identity_certificate_number(identity));
        if (order == NULL || order->state != MAINET_ORDER_WAITING || !is_of_service(run, identity))
            continue;
        order->state = MAINET_ORDER_PRESENT;
        order->identity = mainet_identity_take(&identity);
    }
    return MAINET_OK;
}

static mainet_status
run_all(mn_run *run, mainet_error *err)
{
    MN_TRY(mainet_token_prove_writable(run->token, ROOM, err));
    MN_TRY(prepare_orders(run, err));
    MN_TRY(find_pending(run, err));
    MN_TRY(mn_batch_import(run, false, err));
    MN_TRY(find_present(run, err));
    MN_TRY(mn_batch_fetch(run, err));
    return mn_batch_import(run, true, err);
}

/* What could not be kept aside ends with the batch, so nobody is told that it is pending; another
 * run of the same batch imports it. */
static void
tell_unkept(const mainet_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        mn_order *order = batch->orders[i];

        if (order->state == MAINET_ORDER_DELIVERED && order->container != NULL)
            order->state = MAINET_ORDER_FAILED;
    }
}

mainet_status
mn_batch_run(mainet_batch *batch, const mainet_request *request, mainet_token *token, int32_t jobs,
             const mn_transport *transport, mainet_error *err)
{
    mn_run run = {.batch = batch, .request = request, .token = token, .transport = transport};
    mainet_status status = MAINET_OK;

    MN_TRY(check(&run, jobs, err));
    run.jobs = (size_t)jobs;
    status = run_all(&run, err);
    tell_unkept(batch);
    return status;
}

mainet_status
mainet_batch_run(mainet_batch *batch, const mainet_request *request, mainet_token *token,
                 int32_t jobs, mainet_error *err)
{
    MN_PUBLIC(err);
    return mn_batch_run(batch, request, token, jobs, mn_transport_curl(), err);
}
