/* SPDX-License-Identifier: BSD-3-Clause */
#include "access.h"
#include "arrival.h"
#include "command.h"
#include "consent.h"
#include "json.h"
#include "order.h"
#include "progress.h"
#include "terminal.h"

/* What can be found wrong before anybody is asked for anything. */
static mainet_status
check_options(const options *wanted, failure *why)
{
    if (wanted->group_id == NULL)
        return fail_usage(why, MESSAGE_OPTION_MISSING, "group-id", NULL);
    return order_check(wanted, why);
}

static mainet_status
fill_request(mainet_request *request, const options *wanted, failure *why)
{
    TRY(mainet_request_set_group_id(request, wanted->group_id, &why->error));
    mainet_request_set_exportable(request, !wanted->is_not_exportable);
    return MAINET_OK;
}

static mainet_status
print_result(const options *wanted, mainet_token *token, const mainet_identity *identity,
             failure *why)
{
    if (wanted->json) {
        scoped(json_t) document = json_of_identity(identity, mainet_token_label(token));

        json_print(document);
    } else {
        (void)printf("%s\n", mainet_identity_id(identity));
        (void)fflush(stdout);
    }
    if (terminal_is_live(stderr))
        arrival_print_dated(stderr, MESSAGE_IMPORTED, identity);
    return arrival_print_superseded(token, identity, why);
}

mainet_status
command_acquire(const options *wanted, failure *why)
{
    consent_init answers = {.options = wanted, .failure = why};
    scoped(mainet_service) service = NULL;
    scoped(mainet_request) request = NULL;
    scoped(mainet_store) store = NULL;
    scoped(mainet_token) token = NULL;
    scoped(mainet_identity) identity = NULL;

    TRY(check_options(wanted, why));
    service = access_service(wanted, "", why);
    if (service == NULL)
        return why->error.status;
    request = mainet_request_new(service, &why->error);
    if (request == NULL)
        return why->error.status;
    TRY(fill_request(request, wanted, why));
    TRY(order_set_number(request, wanted, service, why));
    TRY(consent_set_proxy(&answers, request));
    store = access_store(wanted, why);
    if (store == NULL)
        return why->error.status;
    token = access_token_or_new(wanted, store, why);
    if (token == NULL)
        return why->error.status;
    TRY(order_set_password(request, wanted, why));
    consent_set_issuer(&answers, request);
    progress_begin(request);
    identity = mainet_acquire(request, token, &why->error);
    progress_end();
    if (identity == NULL) {
        order_hint_pending(wanted, token, why);
        return why->error.status;
    }
    return print_result(wanted, token, identity, why);
}
