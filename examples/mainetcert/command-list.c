/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "access.h"
#include "command.h"
#include "facts.h"
#include "json.h"
#include "table.h"
#include "text.h"

/* What `list` collects, for people or for programs. */
typedef struct listing {
    const options *options;
    bool has_several_tokens;
    table table;
    json_t *array;
    size_t count;
} listing;

static bool
is_followed_by(const mainet_identity *identity, const mainet_identity *other)
{
    const mainet_certificate *own = mainet_identity_certificate(identity);
    const mainet_certificate *next = mainet_identity_certificate(other);

    return mainet_certificate_not_after(next) > mainet_certificate_not_after(own) &&
           strcmp(mainet_certificate_subject(next), mainet_certificate_subject(own)) == 0 &&
           strcmp(mainet_certificate_issuer(next), mainet_certificate_issuer(own)) == 0;
}

/* Whether nobody has to renew it any more: what follows need not have begun. */
static bool
is_renewed(const mainet_identity_list *list, const mainet_identity *identity)
{
    for (size_t i = 0; i < mainet_identity_list_count(list); i++) {
        scoped(mainet_identity) other = mainet_identity_list_at(list, i, NULL);

        if (other != NULL && is_followed_by(identity, other))
            return true;
    }
    return false;
}

static bool
is_wanted(const options *wanted, const mainet_identity_list *list, const mainet_identity *identity)
{
    return !wanted->is_expiring || (mainet_identity_days_left(identity) < wanted->expiring_days &&
                                    !is_renewed(list, identity));
}

static void
add_titles(listing *self)
{
    static const message titles[] = {MESSAGE_COLUMN_ID,        MESSAGE_COLUMN_LABEL,
                                     MESSAGE_COLUMN_ISSUER,    MESSAGE_COLUMN_KEY,
                                     MESSAGE_COLUMN_NOT_AFTER, MESSAGE_COLUMN_STATE};

    table_add_row(&self->table);
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        table_add_cell(&self->table, message_text(titles[i]));
    if (self->has_several_tokens)
        table_add_cell(&self->table, message_text(MESSAGE_COLUMN_TOKEN));
}

static char *
describe_state(const mainet_identity *identity)
{
    const mainet_certificate *certificate = mainet_identity_certificate(identity);
    scoped(char) days = text_number(mainet_identity_days_left(identity));
    scoped(char) begin = text_time_local(mainet_certificate_not_before(certificate), "%Y-%m-%d");
    const short_id successor = fact_short_id(mainet_identity_superseded_by(identity));

    if (*successor.text != '\0')
        return message_make(MESSAGE_STATE_SUPERSEDED, successor.text, NULL);
    if (fact_is_expired(certificate))
        return message_make(MESSAGE_EXPIRED, NULL, NULL);
    if (fact_is_early(certificate))
        return message_make(MESSAGE_STATE_EARLY, begin, NULL);
    return message_make(MESSAGE_STATE_DAYS, days, NULL);
}

static void
add_row(listing *self, const mainet_identity *identity, const char *token_label)
{
    const mainet_certificate *certificate = mainet_identity_certificate(identity);
    scoped(char) date = text_time_local(mainet_certificate_not_after(certificate), "%Y-%m-%d");
    scoped(char) state = describe_state(identity);
    char key[64] = "";

    (void)snprintf(key, sizeof key, "%s %d", mainet_certificate_key_type(certificate),
                   (int)mainet_certificate_key_bits(certificate));
    table_add_row(&self->table);
    table_add_cell(&self->table, fact_short_id(mainet_identity_id(identity)).text);
    table_add_cell(&self->table, mainet_identity_label(identity));
    table_add_cell(&self->table, mainet_certificate_issuer_common_name(certificate));
    table_add_cell(&self->table, key);
    table_add_cell(&self->table, date);
    table_add_cell(&self->table, state);
    if (self->has_several_tokens)
        table_add_cell(&self->table, token_label);
}

static mainet_status
add_token(listing *self, mainet_token *token, mainet_error *err)
{
    scoped(mainet_identity_list) list = mainet_token_identities(token, err);

    if (list == NULL)
        return err->status;
    for (size_t i = 0; i < mainet_identity_list_count(list); i++) {
        scoped(mainet_identity) identity = mainet_identity_list_at(list, i, err);

        if (identity == NULL)
            return err->status;
        if (!is_wanted(self->options, list, identity))
            continue;
        self->count++;
        if (self->options->json)
            (void)json_array_append_new(self->array,
                                        json_of_identity(identity, mainet_token_label(token)));
        else
            add_row(self, identity, mainet_token_label(token));
    }
    return MAINET_OK;
}

static void
clear_listing(listing *self)
{
    table_clear(&self->table);
    json_decref(self->array);
}

mainet_status
command_list(const options *wanted, failure *why)
{
    __attribute__((cleanup(clear_listing))) listing found = {.options = wanted};
    scoped(mainet_store) store = access_store(wanted, why);
    tokens_init all = {0};

    if (store == NULL)
        return why->error.status;
    TRY(access_tokens(wanted, store, &all, why));
    found.has_several_tokens = all.count > 1;
    found.array = must_have(json_array());
    add_titles(&found);
    for (size_t i = 0; i < all.count; i++)
        TRY(add_token(&found, all.items[i], &why->error));
    if (wanted->json)
        json_print(found.array);
    else if (found.table.row_count > 1)
        table_print(&found.table, stdout);
    else if (!wanted->is_expiring)
        message_print(stderr, MESSAGE_NO_CERTIFICATES, NULL, NULL);
    if (wanted->is_expiring && found.count > 0)
        why->outcome = OUTCOME_FAILED; /* for a script to see */
    return MAINET_OK;
}
