/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/batch.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/guest.h"

mainet_batch *
mainet_batch_new(mainet_error *err)
{
    mainet_batch *batch = calloc(1, sizeof *batch);

    return batch == NULL ? mn_fail_memory_null(err, "batch") : batch;
}

static void
order_free(mn_order *order)
{
    if (order == NULL)
        return;
    free(order->group_id);
    free(order->certificate_number);
    mn_secret_free(order->password);
    mn_secret_free(order->form);
    mn_secret_free(order->container);
    mainet_identity_free(order->identity);
    free(order);
}

MN_AUTO_TYPE(mn_order, order_free)

static int
compare(const void *a, const void *b)
{
    const mn_order *first = a;
    const mn_order *second = b;
    int by_number = strcmp(first->certificate_number, second->certificate_number);

    return by_number != 0 ? by_number : strcmp(first->group_id, second->group_id);
}

void
mainet_batch_free(mainet_batch *batch)
{
    if (batch == NULL)
        return;
    for (size_t i = 0; i < batch->count; i++) {
        (void)tdelete(batch->orders[i], &batch->index, compare);
        order_free(batch->orders[i]);
    }
    free(batch->orders);
    free(batch);
}

mn_order *
mn_batch_find(const mainet_batch *batch, const char *group_id, const char *certificate_number)
{
    const mn_order key = {.group_id = (char *)(uintptr_t)group_id,
                          .certificate_number = (char *)(uintptr_t)certificate_number};
    mn_order *const *found = tfind(&key, &batch->index, compare);

    return found == NULL ? NULL : *found;
}

/* The rules for one request's values are those for an order's. */
static mainet_status
fill(mn_order *order, const char *group_id, const char *certificate_number, const uint8_t *password,
     size_t password_len, mainet_error *err)
{
    mainet_request values = {.group_id = NULL};
    mainet_status status = mainet_request_set_group_id(&values, group_id, err);

    if (status == MAINET_OK)
        status = mainet_request_set_certificate_number(&values, certificate_number, err);
    if (status == MAINET_OK)
        status = mainet_request_set_password(&values, password, password_len, err);
    order->group_id = values.group_id;
    order->certificate_number = values.certificate_number;
    order->password = values.password;
    return status;
}

static mainet_status
make_room(mainet_batch *batch, mainet_error *err)
{
    mn_order **grown = NULL;

    if (batch->count == MN_BATCH_CEILING)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "a batch has up to %zu orders", MN_BATCH_CEILING);
    if ((batch->count & (batch->count - 1)) != 0) /* it grows at powers of two */
        return MAINET_OK;
    grown =
        reallocarray(batch->orders, batch->count == 0 ? 1 : 2 * batch->count, sizeof(mn_order *));
    if (grown == NULL)
        return mn_fail_memory(err, "batch");
    batch->orders = grown;
    return MAINET_OK;
}

mainet_status
mainet_batch_add(mainet_batch *batch, const char *group_id, const char *certificate_number,
                 const uint8_t *password, size_t password_len, mainet_error *err)
{
    mn_auto(mn_order) order = NULL;
    void *node = NULL;

    MN_PUBLIC(err);
    if (batch == NULL)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "a batch is required");
    MN_TRY(make_room(batch, err));
    order = calloc(1, sizeof *order);
    if (order == NULL)
        return mn_fail_memory(err, "order");
    MN_TRY(fill(order, group_id, certificate_number, password, password_len, err));
    node = tsearch(order, &batch->index, compare);
    if (node == NULL)
        return mn_fail_memory(err, "order");
    if (*(mn_order **)node != order)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "certificate number %.100s is ordered twice",
                       order->certificate_number);
    batch->orders[batch->count++] = mn_order_take(&order);
    return MAINET_OK;
}

size_t
mainet_batch_count(const mainet_batch *batch)
{
    return batch->count;
}

const char *
mainet_batch_group_id(const mainet_batch *batch, size_t index)
{
    return index < batch->count ? batch->orders[index]->group_id : "";
}

const char *
mainet_batch_certificate_number(const mainet_batch *batch, size_t index)
{
    return index < batch->count ? batch->orders[index]->certificate_number : "";
}

mainet_order_state
mainet_batch_state(const mainet_batch *batch, size_t index)
{
    return index < batch->count ? batch->orders[index]->state : MAINET_ORDER_WAITING;
}

mainet_status
mainet_batch_status(const mainet_batch *batch, size_t index)
{
    return index < batch->count ? batch->orders[index]->error.status : MAINET_OK;
}

const char *
mainet_batch_detail(const mainet_batch *batch, size_t index)
{
    return index < batch->count ? batch->orders[index]->error.detail : "";
}

mainet_identity *
mainet_batch_identity(const mainet_batch *batch, size_t index, mainet_error *err)
{
    if (batch == NULL || index >= batch->count || batch->orders[index]->identity == NULL)
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "order %zu has no identity", index);
    return mn_identity_ref(batch->orders[index]->identity);
}
