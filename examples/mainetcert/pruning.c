/* SPDX-License-Identifier: BSD-3-Clause */
#include "pruning.h"

#include <string.h>

#include "arrival.h"
#include "json.h"
#include "table.h"
#include "terminal.h"
#include "text.h"

/* The superseded identities of a token, apart by whether they may go. */
typedef struct pruning {
    const options *options;
    failure *failure;
    mainet_token *token;
    mainet_identity_list *going;
    json_t *deleted;
    json_t *kept;
} pruning;

static bool
is_going(const pruning *self, const char *id)
{
    for (size_t i = 0; i < mainet_identity_list_count(self->going); i++) {
        scoped(mainet_identity) one = mainet_identity_list_at(self->going, i, NULL);

        if (one != NULL && strcmp(mainet_identity_id(one), id) == 0)
            return true;
    }
    return false;
}

static json_t *
describe(const pruning *self, const mainet_identity *identity)
{
    return json_of_identity(identity, mainet_token_label(self->token));
}

/* Both dates: when it ends, and when the one ends that has taken its place. */
static void
add_row(const mainet_identity *older, const mainet_identity *newest, table *shown)
{
    scoped(char) own = text_time_local(
        mainet_certificate_not_after(mainet_identity_certificate(older)), "%Y-%m-%d");
    scoped(char) other = text_time_local(
        mainet_certificate_not_after(mainet_identity_certificate(newest)), "%Y-%m-%d");
    char id[13] = "";

    (void)snprintf(id, sizeof id, "%s", mainet_identity_id(older));
    table_add_row(shown);
    table_add_cell(shown, id);
    table_add_cell(shown, mainet_identity_label(older));
    table_add_cell(shown, own);
    table_add_cell(shown, other);
}

static void
add_titles(table *shown)
{
    static const message titles[] = {MESSAGE_COLUMN_ID, MESSAGE_COLUMN_LABEL,
                                     MESSAGE_COLUMN_NOT_AFTER, MESSAGE_COLUMN_SUCCESSOR};

    table_add_row(shown);
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        table_add_cell(shown, message_text(titles[i]));
}

/* Sort all superseded ones; what goes is shown, what has to stay is said. */
static mainet_status
sort(pruning *self, table *shown)
{
    mainet_error *err = &self->failure->error;
    scoped(mainet_identity_list) all = mainet_token_identities(self->token, err);

    if (all == NULL)
        return err->status;
    for (size_t i = 0; i < mainet_identity_list_count(all); i++) {
        scoped(mainet_identity) older = mainet_identity_list_at(all, i, err);
        scoped(mainet_identity) newest = NULL;

        if (older == NULL)
            return err->status;
        if (*mainet_identity_superseded_by(older) == '\0')
            continue;
        newest = mainet_token_identity(self->token, mainet_identity_superseded_by(older), err);
        if (newest == NULL)
            return err->status;
        if (is_going(self, mainet_identity_id(older))) {
            (void)json_array_append_new(self->deleted, describe(self, older));
            add_row(older, newest, shown);
        } else {
            (void)json_array_append_new(self->kept, describe(self, older));
            arrival_print_dated(stderr, MESSAGE_KEPT, older);
        }
    }
    return MAINET_OK;
}

static mainet_status
ask(const pruning *self, const table *shown)
{
    const options *wanted = self->options;

    if (!wanted->json || !wanted->yes)
        table_print(shown, wanted->yes ? stdout : stderr);
    if (wanted->yes)
        return MAINET_OK;
    return terminal_ask_consent(message_text(MESSAGE_ASK_PRUNE), &self->failure->error);
}

/* Which of the two reasons it was, the library says. */
static mainet_status
refuse(const pruning *self)
{
    failure *why = self->failure;
    scoped(mainet_identity_list) forced =
        mainet_token_prunable(self->token, MAINET_DELETE_FORCE, &why->error);

    if (forced == NULL)
        return why->error.status;
    if (mainet_identity_list_count(forced) == 0)
        return fail(&why->error, MAINET_E_NOT_SUPERSEDED, 0, "%zu certificates are kept",
                    json_array_size(self->kept));
    why->hint = MESSAGE_HINT_FORCE;
    return fail(&why->error, MAINET_E_NOT_CONFIRMED, 0, "%zu certificates are kept",
                json_array_size(self->kept));
}

static mainet_status
prune(pruning *self, uint32_t flags)
{
    table_init shown = {0};
    failure *why = self->failure;

    add_titles(&shown);
    TRY(sort(self, &shown));
    if (json_array_size(self->deleted) == 0 && json_array_size(self->kept) != 0)
        return refuse(self);
    if (json_array_size(self->deleted) == 0) {
        message_print(stderr, MESSAGE_NOTHING_TO_PRUNE, NULL, NULL);
        return MAINET_OK;
    }
    TRY(ask(self, &shown));
    TRY(mainet_token_prune(self->token, self->going, flags, &why->error));
    for (size_t i = 0; !self->options->json && i < mainet_identity_list_count(self->going); i++) {
        scoped(mainet_identity) one = mainet_identity_list_at(self->going, i, &why->error);

        arrival_print_dated(stdout, MESSAGE_DELETED, one);
    }
    return MAINET_OK;
}

mainet_status
prune_token(const options *wanted, mainet_token *token, json_t *document, failure *why)
{
    const uint32_t flags = wanted->force ? MAINET_DELETE_FORCE : MAINET_DELETE_DEFAULT;
    scoped(mainet_identity_list) going = mainet_token_prunable(token, flags, &why->error);
    pruning self = {.options = wanted, .failure = why, .token = token, .going = going};
    mainet_status status = MAINET_OK;

    if (going == NULL)
        return why->error.status;
    self.deleted = must_have(json_array());
    self.kept = must_have(json_array());
    json_put(document, "deleted", self.deleted);
    json_put(document, "kept", self.kept);
    status = prune(&self, flags);
    if (status != MAINET_OK)
        json_put(document, "deleted", json_array());
    return status;
}
