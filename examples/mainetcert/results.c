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

/* One order as it is told. */
typedef struct row {
    mainet_order_state state;
    mainet_error error; /* of its acquisition, else of its handout */
    mainet_identity *identity;
    const char *file;
} row;

static void
row_clear(row *self)
{
    mainet_identity_free(self->identity);
}

#define row_init __attribute__((cleanup(row_clear))) row

static void
fill_row(row *self, const mainet_batch *batch, const handout *out, size_t index)
{
    *self = (row){.state = mainet_batch_state(batch, index), .file = ""};
    if (is_in_token(self->state))
        self->identity = mainet_batch_identity(batch, index, NULL);
    (void)fail(&self->error, mainet_batch_status(batch, index), 0, "%s",
               mainet_batch_detail(batch, index));
    if (index >= out->count)
        return;
    if (out->files[index] != NULL)
        self->file = out->files[index];
    else if (self->error.status == MAINET_OK)
        self->error = out->errors[index];
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
print_row(const mainet_batch *batch, const handout *out, size_t index)
{
    row_init one = {.identity = NULL};
    scoped(char) code = NULL;

    fill_row(&one, batch, out, index);
    code = text_number(mainet_status_code(one.error.status));
    print_field(mainet_batch_group_id(batch, index), ",");
    print_field(mainet_batch_certificate_number(batch, index), ",");
    (void)printf("%s,%s,%s,%s,%s\n", name_state(one.state),
                 one.error.status == MAINET_OK ? "" : code,
                 one.error.status == MAINET_OK ? "" : mainet_status_name(one.error.status),
                 one.identity == NULL ? "" : mainet_identity_id(one.identity), one.file);
}

static json_t *
describe_row(const mainet_batch *batch, const handout *out, size_t index)
{
    row_init one = {.identity = NULL};
    json_t *self = must_have(json_object());
    bool is_well = false;

    fill_row(&one, batch, out, index);
    is_well = one.error.status == MAINET_OK;
    json_put(self, "group_id", json_text(mainet_batch_group_id(batch, index)));
    json_put(self, "certificate_number", json_text(mainet_batch_certificate_number(batch, index)));
    json_put(self, "result", json_text(name_state(one.state)));
    json_put(self, "code",
             is_well ? json_null() : json_integer(mainet_status_code(one.error.status)));
    json_put(self, "status",
             is_well ? json_null() : json_text(mainet_status_name(one.error.status)));
    json_put(self, "detail", json_optional(one.error.detail));
    json_put(self, "id",
             one.identity == NULL ? json_null() : json_text(mainet_identity_id(one.identity)));
    json_put(self, "file", json_optional(one.file));
    return self;
}

static void
print_rows(const options *wanted, const mainet_batch *batch, const handout *out, failure *why)
{
    json_t *rows = NULL;

    if (!wanted->json) {
        (void)puts("group_id,certificate_number,result,code,status,id,file");
        for (size_t i = 0; i < mainet_batch_count(batch); i++)
            print_row(batch, out, i);
        (void)fflush(stdout);
        return;
    }
    rows = must_have(json_array());
    for (size_t i = 0; i < mainet_batch_count(batch); i++)
        (void)json_array_append_new(rows, describe_row(batch, out, i));
    why->partial = must_have(json_object());
    json_put(why->partial, "orders", rows);
}

mainet_status
results_report(const options *wanted, const mainet_batch *batch, const handout *out,
               mainet_status status, failure *why)
{
    const size_t count = mainet_batch_count(batch);
    size_t done = 0;

    print_rows(wanted, batch, out, why);
    for (size_t i = 0; i < count; i++) {
        row_init one = {.identity = NULL};

        fill_row(&one, batch, out, i);
        done += is_in_token(one.state);
        if (status == MAINET_OK && one.error.status != MAINET_OK)
            status = fail(&why->error, one.error.status, 0, "%.100s: %s",
                          mainet_batch_certificate_number(batch, i), one.error.detail);
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
