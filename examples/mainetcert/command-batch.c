/* SPDX-License-Identifier: BSD-3-Clause */
/* Many orders at a time, for administrators. */
#include <string.h>

#include "access.h"
#include "command.h"
#include "consent.h"
#include "orders.h"
#include "progress.h"
#include "results.h"
#include "terminal.h"
#include "text.h"

enum { JOBS = 8 };

static mainet_status
acquire(const options *wanted, mainet_batch *batch, mainet_request *request, consent *answers)
{
    failure *why = answers->failure;
    scoped(mainet_store) store = access_store(wanted, why);
    scoped(mainet_token) token = NULL;
    mainet_status status = MAINET_OK;

    if (store == NULL)
        return why->error.status;
    token = access_token_or_new(wanted, store, why);
    if (token == NULL)
        return why->error.status;
    consent_set_issuer(answers, request);
    progress_begin(request);
    status = mainet_batch_run(batch, request, token, wanted->jobs == 0 ? JOBS : wanted->jobs,
                              &why->error);
    progress_end();
    return status;
}

mainet_status
command_batch(const options *wanted, failure *why)
{
    consent_init answers = {.options = wanted, .failure = why};
    scoped(mainet_batch) batch = NULL;
    scoped(mainet_service) service = access_service(wanted, "", why);
    scoped(mainet_request) request = NULL;
    mainet_status status = MAINET_OK;

    if (service == NULL)
        return why->error.status;
    request = mainet_request_new(service, &why->error);
    batch = request == NULL ? NULL : mainet_batch_new(&why->error);
    if (batch == NULL)
        return why->error.status;
    TRY(orders_read(batch, wanted->operand, wanted->group_id, &why->error));
    mainet_request_set_exportable(request, !wanted->is_not_exportable);
    TRY(consent_set_proxy(&answers, request));
    status = acquire(wanted, batch, request, &answers);
    return results_report(wanted, batch, status, why);
}
