/* SPDX-License-Identifier: BSD-3-Clause */
/* A certificate is renewed: the new one is acquired and confirmed, then the old one goes. */
#include <string.h>

#include "access.h"
#include "arrival.h"
#include "command.h"
#include "confirmation.h"
#include "json.h"
#include "order.h"
#include "progress.h"
#include "pruning.h"
#include "terminal.h"
#include "text.h"

/* What `renew` goes by; failure->partial holds what was done for --json. */
typedef struct renewal {
    const options *options;
    failure *failure;
    consent *consent;
    mainet_token *token;
    mainet_identity *old;
    mainet_service *service;
} renewal;

/* The group ID and the service are those of the certificate, unless told otherwise. */
static const char *
group_of(const renewal *self)
{
    return self->options->group_id != NULL ? self->options->group_id
                                           : mainet_identity_group_id(self->old);
}

static mainet_status
check(const renewal *self)
{
    if (*group_of(self) == '\0')
        return fail_usage(self->failure, MESSAGE_OPTION_MISSING, "group-id", NULL);
    return MAINET_OK;
}

/* A key that may not leave is followed by one that may not either. */
static mainet_status
fill_request(const renewal *self, mainet_request *request)
{
    const options *wanted = self->options;
    failure *why = self->failure;

    TRY(mainet_request_set_group_id(request, group_of(self), &why->error));
    TRY(order_set_number(request, wanted, self->service, why));
    mainet_request_set_exportable(request, !wanted->is_not_exportable &&
                                               mainet_identity_is_exportable(self->old));
    TRY(consent_set_proxy(self->consent, request));
    TRY(access_unlock(wanted, self->token, why));
    consent_set_issuer(self->consent, request);
    return order_set_password(request, wanted, why);
}

static mainet_identity *
acquire(const renewal *self)
{
    mainet_error *err = &self->failure->error;
    scoped(mainet_request) request = mainet_request_new(self->service, err);
    mainet_identity *identity = NULL;

    if (request == NULL || fill_request(self, request) != MAINET_OK)
        return NULL;
    progress_begin(request);
    identity = mainet_acquire(request, self->token, err);
    progress_end();
    if (identity == NULL)
        order_hint_pending(self->options, self->token, self->failure);
    return identity;
}

/* What is not confirmed takes nobody's place. */
static mainet_status
confirm(const renewal *self, mainet_identity *identity)
{
    failure *why = self->failure;
    scoped(mainet_confirmation) answer = NULL;

    json_put(why->partial, "confirmation", json_null());
    if (*mainet_service_confirm_url(self->service) == '\0')
        return MAINET_OK;
    answer = confirmation_ask(self->service, self->consent, identity, 0);
    if (answer == NULL)
        return why->error.status;
    json_put(why->partial, "confirmation", json_of_confirmation(answer, identity));
    json_put(why->partial, "confirmed_at", json_confirmed_at(identity));
    if (!self->options->json)
        confirmation_print(stderr, answer, identity);
    return mainet_confirmation_is_installed(answer)
               ? MAINET_OK
               : fail(&why->error, confirmation_status(answer), 0, "the older certificate is kept");
}

/* Where nobody can be asked and nobody has agreed, the old one stays. */
static mainet_status
prune(const renewal *self)
{
    const options *wanted = self->options;

    json_put(self->failure->partial, "deleted", json_array());
    if (wanted->yes || terminal_is_there())
        return prune_token(wanted, self->token, self->failure->partial, self->failure);
    message_print(stderr, MESSAGE_PRUNE_LATER, NULL, NULL);
    return MAINET_OK;
}

static mainet_status
renew(const renewal *self)
{
    const options *wanted = self->options;
    failure *why = self->failure;
    scoped(mainet_identity) identity = acquire(self);

    if (identity == NULL)
        return why->error.status;
    why->partial = json_of_identity(identity, mainet_token_label(self->token));
    if (!wanted->json) {
        (void)printf("%s\n", mainet_identity_id(identity));
        (void)fflush(stdout);
    }
    if (terminal_is_live(stderr))
        arrival_print_dated(stderr, MESSAGE_IMPORTED, identity);
    TRY(confirm(self, identity));
    TRY(prune(self));
    if (wanted->json)
        json_print(why->partial);
    return MAINET_OK;
}

mainet_status
command_renew(const options *wanted, failure *why)
{
    consent_init answers = {.options = wanted, .failure = why};
    renewal self = {.options = wanted, .failure = why, .consent = &answers};
    scoped(mainet_store) store = NULL;
    tokens_init all = {0};
    scoped(mainet_identity) old = NULL;
    scoped(mainet_service) service = NULL;

    TRY(order_check(wanted, why));
    store = access_store(wanted, why);
    if (store == NULL)
        return why->error.status;
    TRY(access_tokens(wanted, store, &all, why));
    old = access_identity(&all, wanted->operand, &self.token, why);
    if (old == NULL)
        return why->error.status;
    self.old = old;
    TRY(check(&self));
    service = access_service(wanted, mainet_identity_service(old), why);
    if (service == NULL)
        return why->error.status;
    self.service = service;
    return renew(&self);
}
