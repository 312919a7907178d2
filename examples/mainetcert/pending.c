/* SPDX-License-Identifier: BSD-3-Clause */
#include "pending.h"

#include <string.h>
#include <strings.h>

#include "facts.h"
#include "json.h"
#include "table.h"
#include "text.h"

void
deliveries_clear(deliveries *self)
{
    for (size_t i = 0; i < self->count; i++)
        mainet_pending_free(self->items[i].pending);
    free(self->items);
    tokens_clear(&self->tokens);
}

static void
add(deliveries *self, mainet_pending *pending, mainet_token *token)
{
    self->items = must_have(reallocarray(self->items, self->count + 1, sizeof *self->items));
    self->items[self->count++] = (delivery){.pending = pending, .token = token};
}

static bool
is_wanted(const options *wanted, const mainet_pending *pending)
{
    return wanted->operand == NULL ||
           strncasecmp(mainet_pending_id(pending), wanted->operand, strlen(wanted->operand)) == 0;
}

static mainet_status
add_wanted(deliveries *self, const options *wanted, mainet_token *token, mainet_error *err)
{
    scoped(mainet_pending_list) list = mainet_token_pending(token, err);

    if (list == NULL)
        return err->status;
    for (size_t i = 0; i < mainet_pending_list_count(list); i++) {
        scoped(mainet_pending) one = mainet_pending_list_at(list, i, err);

        if (one == NULL)
            return err->status;
        if (is_wanted(wanted, one))
            add(self, mainet_pending_take(&one), token);
    }
    return MAINET_OK;
}

/* A token that has none of them is not unlocked. */
static mainet_status
add_token(deliveries *self, const options *wanted, bool is_unlocking, mainet_token *token,
          failure *why)
{
    const size_t before = self->count;

    TRY(add_wanted(self, wanted, token, &why->error));
    if (!is_unlocking || self->count == before || !mainet_token_is_locked(token))
        return MAINET_OK;
    TRY(access_unlock(wanted, token, why));
    while (self->count > before)
        mainet_pending_free(self->items[--self->count].pending);
    return add_wanted(self, wanted, token, &why->error);
}

mainet_status
deliveries_find(const options *wanted, bool is_unlocking, deliveries *found, failure *why)
{
    scoped(mainet_store) store = access_store(wanted, why);

    if (store == NULL)
        return why->error.status;
    TRY(access_tokens(wanted, store, &found->tokens, why));
    for (size_t i = 0; i < found->tokens.count; i++)
        TRY(add_token(found, wanted, is_unlocking, found->tokens.items[i], why));
    if (wanted->operand != NULL && found->count != 1)
        return fail(&why->error, MAINET_E_PENDING_NOT_FOUND, 0, "%zu of the ids begin with it",
                    found->count);
    return MAINET_OK;
}

json_t *
delivery_json(const delivery *self)
{
    const mainet_pending *pending = self->pending;
    json_t *made = must_have(json_object());

    json_put(made, "id", json_text(mainet_pending_id(pending)));
    json_put(made, "token", json_text(mainet_token_label(self->token)));
    json_put(made, "status", json_text(mainet_status_name(mainet_pending_status(pending))));
    json_put(made, "detail", json_optional(mainet_pending_damage(pending)));
    json_put(made, "group_id", json_optional(mainet_pending_group_id(pending)));
    json_put(made, "certificate_number", json_optional(mainet_pending_certificate_number(pending)));
    json_put(made, "url", json_optional(mainet_pending_url(pending)));
    json_put(made, "service", json_optional(mainet_pending_service(pending)));
    json_put(made, "delivered_at", json_optional_moment(mainet_pending_delivered_at(pending)));
    json_put(made, "exportable", json_boolean(mainet_pending_is_exportable(pending)));
    return made;
}

json_t *
deliveries_json(const deliveries *self)
{
    json_t *all = must_have(json_array());

    for (size_t i = 0; i < self->count; i++)
        (void)json_array_append_new(all, delivery_json(&self->items[i]));
    return all;
}

static void
add_titles(table *shown)
{
    static const message titles[] = {MESSAGE_COLUMN_ID, MESSAGE_COLUMN_CERTIFICATE_NUMBER,
                                     MESSAGE_COLUMN_GROUP_ID, MESSAGE_COLUMN_DELIVERED,
                                     MESSAGE_COLUMN_TOKEN};

    table_add_row(shown);
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        table_add_cell(shown, message_text(titles[i]));
}

static void
add_row(table *shown, const delivery *one)
{
    scoped(char) date =
        text_time_local(mainet_pending_delivered_at(one->pending), "%Y-%m-%d %H:%M");

    table_add_row(shown);
    table_add_cell(shown, fact_short_id(mainet_pending_id(one->pending)).text);
    table_add_cell(shown, mainet_pending_certificate_number(one->pending));
    table_add_cell(shown, mainet_pending_group_id(one->pending));
    table_add_cell(shown, date);
    table_add_cell(shown, mainet_token_label(one->token));
}

void
deliveries_print(const deliveries *self, FILE *out)
{
    table_init shown = {0};

    add_titles(&shown);
    for (size_t i = 0; i < self->count; i++)
        if (mainet_pending_status(self->items[i].pending) == MAINET_OK)
            add_row(&shown, &self->items[i]);
    if (shown.row_count > 1)
        table_print(&shown, out);
    (void)fflush(out);
    for (size_t i = 0; i < self->count; i++)
        if (mainet_pending_status(self->items[i].pending) != MAINET_OK)
            message_print(stderr, MESSAGE_PENDING_UNREADABLE,
                          mainet_pending_damage(self->items[i].pending), NULL);
}
