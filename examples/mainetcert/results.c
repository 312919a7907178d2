/* SPDX-License-Identifier: BSD-3-Clause */
#include "results.h"

#include <string.h>

#include "json.h"
#include "terminal.h"
#include "text.h"

static const char *
name_state(mainet_order_state state)
{
    switch (state) {
    case MAINET_ORDER_WAITING:
        return "waiting";
    case MAINET_ORDER_DELIVERED:
        return "pending";
    case MAINET_ORDER_DONE:
        return "done";
    case MAINET_ORDER_PRESENT:
        return "present";
    case MAINET_ORDER_FAILED:
        return "failed";
    }
    return "";
}

static bool
is_in_token(mainet_order_state state)
{
    return state == MAINET_ORDER_DONE || state == MAINET_ORDER_PRESENT;
}

/* Quoted: a number is text, and a program for tables leaves it as it is. */
static void
print_field(const char *text, const char *end)
{
    scoped(char) clean = text_clean(text);

    (void)fputc('"', stdout);
    for (const char *at = clean; *at != '\0'; at++) {
        if (*at == '"')
            (void)fputc('"', stdout);
        (void)fputc(*at, stdout);
    }
    (void)printf("\"%s", end);
}

static void
print_row(const mainet_batch *batch, size_t index)
{
    const mainet_status status = mainet_batch_status(batch, index);
    const mainet_order_state state = mainet_batch_state(batch, index);
    scoped(mainet_identity) identity =
        is_in_token(state) ? mainet_batch_identity(batch, index, NULL) : NULL;
    scoped(char) code =
        status == MAINET_OK ? must_have(strdup("")) : text_number(mainet_status_code(status));

    print_field(mainet_batch_group_id(batch, index), ",");
    print_field(mainet_batch_certificate_number(batch, index), ",");
    (void)printf("%s,%s,%s,%s\n", name_state(state), code,
                 status == MAINET_OK ? "" : mainet_status_name(status),
                 identity == NULL ? "" : mainet_identity_id(identity));
}

static json_t *
describe_row(const mainet_batch *batch, size_t index)
{
    const mainet_status status = mainet_batch_status(batch, index);
    const mainet_order_state state = mainet_batch_state(batch, index);
    scoped(mainet_identity) identity =
        is_in_token(state) ? mainet_batch_identity(batch, index, NULL) : NULL;
    json_t *row = must_have(json_object());

    json_put(row, "group_id", json_text(mainet_batch_group_id(batch, index)));
    json_put(row, "certificate_number", json_text(mainet_batch_certificate_number(batch, index)));
    json_put(row, "result", json_text(name_state(state)));
    json_put(row, "code",
             status == MAINET_OK ? json_null() : json_integer(mainet_status_code(status)));
    json_put(row, "status",
             status == MAINET_OK ? json_null() : json_text(mainet_status_name(status)));
    json_put(row, "detail", json_optional(mainet_batch_detail(batch, index)));
    json_put(row, "id", identity == NULL ? json_null() : json_text(mainet_identity_id(identity)));
    return row;
}

static void
print_rows(const options *wanted, const mainet_batch *batch, failure *why)
{
    json_t *rows = NULL;

    if (!wanted->json) {
        (void)puts("group_id,certificate_number,result,code,status,id");
        for (size_t i = 0; i < mainet_batch_count(batch); i++)
            print_row(batch, i);
        (void)fflush(stdout);
        return;
    }
    rows = must_have(json_array());
    for (size_t i = 0; i < mainet_batch_count(batch); i++)
        (void)json_array_append_new(rows, describe_row(batch, i));
    why->partial = must_have(json_object());
    json_put(why->partial, "orders", rows);
}

mainet_status
results_report(const options *wanted, const mainet_batch *batch, mainet_status status, failure *why)
{
    const size_t count = mainet_batch_count(batch);
    size_t done = 0;

    print_rows(wanted, batch, why);
    for (size_t i = 0; i < count; i++) {
        done += is_in_token(mainet_batch_state(batch, i));
        if (status == MAINET_OK && mainet_batch_status(batch, i) != MAINET_OK)
            status = fail(&why->error, mainet_batch_status(batch, i), 0, "%.100s: %s",
                          mainet_batch_certificate_number(batch, i), mainet_batch_detail(batch, i));
    }
    if (terminal_is_live(stderr)) {
        scoped(char) of = text_number((int64_t)count);
        scoped(char) in_token = text_number((int64_t)done);

        message_print(stderr, MESSAGE_BATCH_DONE, in_token, of);
    }
    if (status == MAINET_OK && wanted->json)
        json_print(why->partial);
    return status;
}
