/* SPDX-License-Identifier: BSD-3-Clause */
/* What was retrieved and is not imported yet. */
#include "pending.h"

#include "arrival.h"
#include "command.h"
#include "consent.h"
#include "json.h"
#include "progress.h"
#include "terminal.h"
#include "text.h"

mainet_status
command_pending_list(const options *wanted, failure *why)
{
    deliveries_init found = {.count = 0};

    TRY(deliveries_find(wanted, true, &found, why));
    if (wanted->json) {
        scoped(json_t) all = deliveries_json(&found);

        json_print(all);
    } else if (found.count != 0) {
        deliveries_print(&found, stdout);
    } else {
        message_print(stderr, MESSAGE_NOTHING_PENDING, NULL, NULL);
    }
    return MAINET_OK;
}

/* What `pending resume` works with; failure->partial holds what was done for --json. */
typedef struct resumption {
    const options *options;
    failure *failure;
    consent *consent;
    mainet_error first; /* of the failures */
    size_t failed_count;
} resumption;

/* A profile that is gone does not keep a delivery: then the one that was installed tells which
 * issuer to expect. */
static mainet_service *
open_service(const resumption *self, const mainet_pending *pending)
{
    failure *why = self->failure;
    mainet_service *service = access_service(self->options, mainet_pending_service(pending), why);

    if (service == NULL && self->options->service == NULL)
        service = access_service(self->options, "", why);
    return service;
}

static mainet_identity *
resume(const resumption *self, const delivery *one)
{
    mainet_error *err = &self->failure->error;
    const mainet_status status = mainet_pending_status(one->pending);
    scoped(mainet_service) service = NULL;
    scoped(mainet_request) request = NULL;
    mainet_identity *identity = NULL;

    if (status != MAINET_OK) {
        (void)fail(err, status, 0, "%s", mainet_pending_damage(one->pending));
        return NULL;
    }
    service = open_service(self, one->pending);
    request = service == NULL ? NULL : mainet_request_new(service, err);
    if (request == NULL || consent_set_proxy(self->consent, request) != MAINET_OK)
        return NULL;
    consent_set_issuer(self->consent, request);
    progress_begin(request);
    identity = mainet_pending_resume(one->pending, request, err);
    progress_end();
    return identity;
}

static void
note_failure(resumption *self, const delivery *one)
{
    const mainet_error *err = &self->failure->error;
    json_t *failed = json_object_get(self->failure->partial, "failed");
    json_t *made = json_of_situation(err->status);

    if (self->failed_count++ == 0)
        self->first = *err;
    json_put(made, "id", json_text(mainet_pending_id(one->pending)));
    json_put(made, "detail", json_optional(err->detail));
    (void)json_array_append_new(failed, made);
    message_print(stderr, MESSAGE_NOT_RESUMED, mainet_pending_id(one->pending),
                  mainet_status_text(err->status, message_language()));
}

static mainet_status
report(const resumption *self, const delivery *one, const mainet_identity *identity)
{
    failure *why = self->failure;

    (void)json_array_append_new(json_object_get(why->partial, "identities"),
                                json_of_identity(identity, mainet_token_label(one->token)));
    if (!self->options->json) {
        (void)printf("%s\n", mainet_identity_id(identity));
        (void)fflush(stdout);
    }
    if (terminal_is_live(stderr))
        arrival_print_dated(stderr, MESSAGE_IMPORTED, identity);
    return arrival_print_superseded(one->token, identity, why);
}

/* One that fails does not keep the others. */
static mainet_status
resume_all(resumption *self, const deliveries *found)
{
    for (size_t i = 0; i < found->count; i++) {
        scoped(mainet_identity) identity = resume(self, &found->items[i]);

        if (identity == NULL)
            note_failure(self, &found->items[i]);
        else
            TRY(report(self, &found->items[i], identity));
    }
    if (self->failed_count != 0) {
        self->failure->error = self->first;
        return self->first.status;
    }
    return MAINET_OK;
}

mainet_status
command_pending_resume(const options *wanted, failure *why)
{
    consent_init answers = {.options = wanted, .failure = why};
    resumption self = {.options = wanted, .failure = why, .consent = &answers};
    deliveries_init found = {.count = 0};

    TRY(deliveries_find(wanted, true, &found, why));
    why->partial = must_have(json_object());
    json_put(why->partial, "identities", json_array());
    json_put(why->partial, "failed", json_array());
    if (found.count == 0)
        message_print(stderr, MESSAGE_NOTHING_PENDING, NULL, NULL);
    TRY(resume_all(&self, &found));
    if (wanted->json)
        json_print(why->partial);
    return MAINET_OK;
}

static mainet_status
ask(const options *wanted, const deliveries *found, failure *why)
{
    if (wanted->yes)
        return MAINET_OK;
    deliveries_print(found, stderr);
    return terminal_ask_consent(message_text(MESSAGE_ASK_DISCARD), &why->error);
}

mainet_status
command_pending_discard(const options *wanted, failure *why)
{
    deliveries_init found = {.count = 0};
    json_t *discarded = must_have(json_array());

    why->partial = must_have(json_object());
    json_put(why->partial, "discarded", discarded);
    if (!wanted->yes && !terminal_is_there())
        return fail_usage(why, MESSAGE_NOBODY_TO_ASK, "yes", NULL);
    TRY(deliveries_find(wanted, !wanted->yes || wanted->pin_source != NULL, &found, why));
    if (found.count == 0)
        message_print(stderr, MESSAGE_NOTHING_PENDING, NULL, NULL);
    else
        TRY(ask(wanted, &found, why));
    for (size_t i = 0; i < found.count; i++) {
        const mainet_pending *pending = found.items[i].pending;

        TRY(mainet_pending_discard(pending, &why->error));
        (void)json_array_append_new(discarded, delivery_json(&found.items[i]));
        if (!wanted->json)
            message_print(stdout, MESSAGE_DISCARDED, mainet_pending_id(pending), NULL);
    }
    if (wanted->json)
        json_print(why->partial);
    return MAINET_OK;
}
