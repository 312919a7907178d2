/* SPDX-License-Identifier: BSD-3-Clause */
#include "command-token.h"
#include "access.h"
#include "facts.h"
#include "json.h"
#include "table.h"
#include "text.h"

static mainet_status
count_identities(mainet_token *token, size_t *count, mainet_error *err)
{
    scoped(mainet_identity_list) list = mainet_token_identities(token, err);

    if (list == NULL)
        return err->status;
    *count = mainet_identity_list_count(list);
    return MAINET_OK;
}

mainet_status
command_token_print(const options *wanted, mainet_token *token, failure *why)
{
    size_t count = 0;

    TRY(count_identities(token, &count, &why->error));
    if (wanted->json) {
        scoped(json_t) document = json_of_token(token, count);

        json_print(document);
    } else {
        fact_print_token(token, count);
    }
    return MAINET_OK;
}

static mainet_status
check_init(const options *wanted, failure *why)
{
    if (wanted->no_pin && wanted->pin_source != NULL)
        return fail_usage(why, MESSAGE_OPTIONS_EXCLUDE, "no-pin", "pin-source");
    if (wanted->no_pin && wanted->new_pin_source != NULL)
        return fail_usage(why, MESSAGE_OPTIONS_EXCLUDE, "no-pin", "new-pin-source");
    if (wanted->no_pin && wanted->so_pin_source != NULL)
        return fail_usage(why, MESSAGE_OPTIONS_EXCLUDE, "no-pin", "so-pin-source");
    if (wanted->pin_source != NULL && wanted->new_pin_source != NULL)
        return fail_usage(why, MESSAGE_OPTIONS_EXCLUDE, "pin-source", "new-pin-source");
    return MAINET_OK;
}

mainet_status
command_token_init(const options *wanted, failure *why)
{
    const char *source =
        wanted->new_pin_source != NULL ? wanted->new_pin_source : wanted->pin_source;
    scoped(mainet_store) store = NULL;
    scoped(mainet_token) token = NULL;

    TRY(check_init(wanted, why));
    if (!wanted->no_pin)
        TRY(access_check_source(source, "pin-source", why));
    store = access_store(wanted, why);
    if (store == NULL)
        return why->error.status;
    token = wanted->no_pin ? mainet_token_create_without_pin(store, wanted->token, &why->error)
                           : access_new_token(wanted, store, source, why);
    if (token == NULL)
        return why->error.status;
    return command_token_print(wanted, token, why);
}

mainet_status
command_token_info(const options *wanted, failure *why)
{
    scoped(mainet_store) store = access_store(wanted, why);
    scoped(mainet_token) token = store == NULL ? NULL : access_token(wanted, store, why);

    return token == NULL ? why->error.status : command_token_print(wanted, token, why);
}

static void
add_titles(table *rows)
{
    static const message titles[] = {MESSAGE_COLUMN_SLOT, MESSAGE_COLUMN_TOKEN,
                                     MESSAGE_COLUMN_SERIAL, MESSAGE_COLUMN_COUNT,
                                     MESSAGE_COLUMN_PIN};

    table_add_row(rows);
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        table_add_cell(rows, message_text(titles[i]));
}

static void
add_row(table *rows, const mainet_token *token, size_t count)
{
    scoped(char) slot = text_number(mainet_token_slot(token));
    scoped(char) count_text = text_number((int64_t)count);

    table_add_row(rows);
    table_add_cell(rows, slot);
    table_add_cell(rows, mainet_token_label(token));
    table_add_cell(rows, mainet_token_serial(token));
    table_add_cell(rows, count_text);
    table_add_cell(rows,
                   message_text(mainet_token_has_pin(token) ? MESSAGE_PIN_SET : MESSAGE_PIN_NONE));
}

mainet_status
command_token_list(const options *wanted, failure *why)
{
    scoped(mainet_store) store = access_store(wanted, why);
    scoped(json_t) array = must_have(json_array());
    tokens_init all = {0};
    table_init rows = {0};

    if (store == NULL)
        return why->error.status;
    TRY(access_tokens(wanted, store, &all, why));
    add_titles(&rows);
    for (size_t i = 0; i < all.count; i++) {
        size_t count = 0;

        TRY(count_identities(all.items[i], &count, &why->error));
        add_row(&rows, all.items[i], count);
        (void)json_array_append_new(array, json_of_token(all.items[i], count));
    }
    if (wanted->json)
        json_print(array);
    else if (all.count > 0)
        table_print(&rows, stdout);
    else
        message_print(stderr, MESSAGE_NO_TOKENS, NULL, NULL);
    return MAINET_OK;
}
