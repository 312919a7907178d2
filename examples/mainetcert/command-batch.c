/* SPDX-License-Identifier: BSD-3-Clause */
/* Many orders at a time, for administrators. */
#include "access.h"
#include "command.h"
#include "consent.h"
#include "handout.h"
#include "orders.h"
#include "progress.h"
#include "results.h"

enum { JOBS = 8 };

/* What can be found wrong before anybody is asked for anything. */
static mainet_status
check_options(const options *wanted, failure *why)
{
    if (wanted->out == NULL && wanted->legacy)
        return fail_usage(why, MESSAGE_OPTION_MISSING, "out", NULL);
    if (wanted->out != NULL && wanted->is_not_exportable)
        return fail_usage(why, MESSAGE_OPTIONS_EXCLUDE, "out", "not-exportable");
    return wanted->out == NULL ? MAINET_OK : handout_prepare(wanted->out, &why->error);
}

static mainet_status
acquire(const options *wanted, mainet_batch *batch, mainet_request *request, mainet_token *token,
        handout *out, failure *why)
{
    mainet_status status = MAINET_OK;

    progress_begin(request);
    status = mainet_batch_run(batch, request, token, wanted->jobs == 0 ? JOBS : wanted->jobs,
                              &why->error);
    if (status == MAINET_OK && out->folder != NULL)
        status = handout_write(out, batch, &why->error);
    progress_end();
    return status;
}

static mainet_status
run(const options *wanted, mainet_service *service, mainet_batch *batch, handout *out, failure *why)
{
    consent_init answers = {.options = wanted, .failure = why};
    scoped(mainet_request) request = mainet_request_new(service, &why->error);
    scoped(mainet_store) store = NULL;
    scoped(mainet_token) token = NULL;

    if (request == NULL)
        return why->error.status;
    mainet_request_set_exportable(request, !wanted->is_not_exportable);
    TRY(consent_set_proxy(&answers, request));
    store = access_store(wanted, why);
    token = store == NULL ? NULL : access_token_or_new(wanted, store, why);
    if (token == NULL)
        return why->error.status;
    consent_set_issuer(&answers, request);
    return acquire(wanted, batch, request, token, out, why);
}

mainet_status
command_batch(const options *wanted, failure *why)
{
    handout_init out = {.folder = wanted->out,
                        .flags = wanted->legacy ? (uint32_t)MAINET_EXPORT_LEGACY : 0};
    scoped(mainet_service) service = access_service(wanted, "", why);
    scoped(mainet_batch) batch = service == NULL ? NULL : mainet_batch_new(&why->error);
    mainet_status status = MAINET_OK;

    if (batch == NULL)
        return why->error.status;
    TRY(orders_read(batch, wanted->operand, wanted->group_id, &why->error));
    TRY(check_options(wanted, why));
    status = run(wanted, service, batch, &out, why);
    return results_report(wanted, batch, &out, status, why);
}
