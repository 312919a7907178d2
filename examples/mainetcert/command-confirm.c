/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "access.h"
#include "command.h"
#include "confirmation.h"
#include "json.h"
#include "text.h"

/* What `confirm` has found out so far; failure->partial holds the same for --json. */
typedef struct round {
    const options *options;
    failure *failure;
    consent *consent;
    size_t asked_count;
    size_t missing_count;
    mainet_status worst; /* of those that are not installed */
} round;

static void
add_answer(round *self, const mainet_confirmation *confirmation, const mainet_identity *identity)
{
    const mainet_status status = confirmation_status(confirmation);
    json_t *list = json_object_get(self->failure->partial, "confirmations");

    self->asked_count++;
    if (self->missing_count != 0 && self->worst != status && status != MAINET_OK)
        self->worst = MAINET_E_NOT_INSTALLED; /* for various reasons */
    else if (status != MAINET_OK)
        self->worst = status;
    self->missing_count += status != MAINET_OK;
    (void)json_array_append_new(list, json_of_confirmation(confirmation, identity));
    if (!self->options->json)
        confirmation_print(stdout, confirmation, identity);
}

static mainet_status
confirm_one(round *self, mainet_identity *identity)
{
    mainet_error *err = &self->failure->error;
    scoped(mainet_service) service =
        access_service(self->options, mainet_identity_service(identity), self->failure);
    scoped(mainet_confirmation) confirmation = NULL;

    if (service != NULL)
        confirmation = confirmation_ask(service, self->consent, identity, 0);
    if (confirmation == NULL)
        return err->status;
    add_answer(self, confirmation, identity);
    return MAINET_OK;
}

static mainet_status
confirm_by_id(round *self, mainet_store *store)
{
    tokens_init all = {0};
    mainet_token *token = NULL;
    scoped(mainet_identity) found = NULL;
    scoped(mainet_identity) identity = NULL;

    TRY(access_tokens(self->options, store, &all, self->failure));
    found = access_identity(&all, self->options->operand, &token, self->failure);
    if (found == NULL)
        return self->failure->error.status;
    TRY(access_unlock(self->options, token, self->failure));
    /* read again, now that what is read is verified */
    identity = mainet_token_identity(token, mainet_identity_id(found), &self->failure->error);
    return identity == NULL ? self->failure->error.status : confirm_one(self, identity);
}

static mainet_status
confirm_all(round *self, mainet_store *store)
{
    mainet_error *err = &self->failure->error;
    scoped(mainet_token) token = access_token(self->options, store, self->failure);
    scoped(mainet_identity_list) list = NULL;

    if (token == NULL)
        return err->status;
    TRY(access_unlock(self->options, token, self->failure));
    list = mainet_token_identities(token, err);
    if (list == NULL)
        return err->status;
    for (size_t i = 0; i < mainet_identity_list_count(list); i++) {
        scoped(mainet_identity) identity = mainet_identity_list_at(list, i, err);

        if (identity == NULL)
            return err->status;
        if (*mainet_identity_superseded_by(identity) == '\0')
            TRY(confirm_one(self, identity));
    }
    if (self->asked_count == 0)
        return fail(err, MAINET_E_IDENTITY_NOT_FOUND, 0, "the token %s has no certificate",
                    mainet_token_serial(token));
    return MAINET_OK;
}

mainet_status
command_confirm(const options *wanted, failure *why)
{
    consent_init answers = {.options = wanted, .failure = why};
    round asked = {.options = wanted, .failure = why, .consent = &answers};
    scoped(mainet_store) store = access_store(wanted, why);

    if (store == NULL)
        return why->error.status;
    why->partial = must_have(json_object());
    json_put(why->partial, "confirmations", json_array());
    TRY(wanted->operand != NULL ? confirm_by_id(&asked, store) : confirm_all(&asked, store));
    if (asked.missing_count > 0)
        return fail(&why->error, asked.worst, 0, "%zu of %zu certificates", asked.missing_count,
                    asked.asked_count);
    if (wanted->json)
        json_print(why->partial);
    return MAINET_OK;
}
