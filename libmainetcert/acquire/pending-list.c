/* SPDX-License-Identifier: BSD-3-Clause */
/* Pending deliveries as a caller sees them: what they are for, never what is in them. */
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acquire/pending.h"
#include "base/guest.h"

struct mainet_pending {
    atomic_uint references;
    mainet_token *token;
    char id[MN_PARCEL_ID_LEN + 1];
    mainet_error damage; /* MAINET_OK: none */
    char *url;
    char *service;
    char *group_id;
    char *certificate_number;
    int64_t delivered_at;
    bool exportable;
};

struct mainet_pending_list {
    mainet_pending **items;
    size_t count;
};

void
mainet_pending_free(mainet_pending *pending)
{
    if (pending == NULL || atomic_fetch_sub(&pending->references, 1) != 1)
        return;
    mainet_token_free(pending->token);
    free(pending->url);
    free(pending->service);
    free(pending->group_id);
    free(pending->certificate_number);
    free(pending);
}

static mainet_status
copy_texts(mainet_pending *made, const mn_pending *content, mainet_error *err)
{
    made->url = strdup(content->url);
    made->service = strdup(content->service);
    made->group_id = strdup(content->group_id);
    made->certificate_number = strdup(content->certificate_number);
    if (made->url == NULL || made->service == NULL || made->group_id == NULL ||
        made->certificate_number == NULL)
        return mn_fail_memory(err, "pending delivery");
    made->delivered_at = content->delivered_at;
    made->exportable = content->exportable;
    return MAINET_OK;
}

/* Whoever sees what is wrong sees where. */
static void
note_damage(mainet_pending *made, const mainet_error *why)
{
    char path[PATH_MAX];

    mn_parcel_path(made->token, made->id, path, sizeof path);
    (void)mn_fail(&made->damage, why->status, why->cause, "%.80s: %s", path, why->detail);
}

/* What is wrong with one delivery is said of it alone; no memory is everybody's failure. */
static mainet_pending *
describe(mainet_token *token, const char *id, mainet_error *err)
{
    mn_auto(mainet_pending) made = calloc(1, sizeof *made);
    mn_auto(mn_pending) content = NULL;
    mainet_error why = {0};

    if (made == NULL)
        return mn_fail_memory_null(err, "pending delivery");
    atomic_init(&made->references, 1);
    made->token = mn_token_ref(token);
    memcpy(made->id, id, sizeof made->id);
    content = mn_pending_open(token, id, &why);
    if (content == NULL && why.status == MAINET_E_NO_MEMORY)
        return mn_fail_memory_null(err, "pending delivery");
    if (content == NULL)
        note_damage(made, &why);
    else if (copy_texts(made, content, err) != MAINET_OK)
        return NULL;
    return mainet_pending_take(&made);
}

mainet_pending_list *
mainet_token_pending(mainet_token *token, mainet_error *err)
{
    mn_auto(mainet_pending_list) list = NULL;
    mn_auto_parcels found = {.ids = NULL};

    MN_PUBLIC(err);
    if (token == NULL)
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "a token is required");
    if (mn_parcels_list(token, &found, err) != MAINET_OK)
        return NULL;
    list = calloc(1, sizeof *list);
    if (list == NULL)
        return mn_fail_memory_null(err, "pending deliveries");
    list->items = calloc(found.count + 1, sizeof(mainet_pending *));
    if (list->items == NULL)
        return mn_fail_memory_null(err, "pending deliveries");
    for (size_t i = 0; i < found.count; i++) {
        mainet_pending *one = describe(token, found.ids[i], err);

        if (one == NULL)
            return NULL;
        if (one->damage.status == MAINET_E_PENDING_NOT_FOUND) /* resumed meanwhile */
            mainet_pending_free(one);
        else
            list->items[list->count++] = one;
    }
    return mainet_pending_list_take(&list);
}

size_t
mainet_pending_list_count(const mainet_pending_list *list)
{
    return list->count;
}

mainet_pending *
mainet_pending_list_at(const mainet_pending_list *list, size_t index, mainet_error *err)
{
    if (list == NULL || index >= list->count)
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "no delivery %zu in this list", index);
    (void)atomic_fetch_add(&list->items[index]->references, 1);
    return list->items[index];
}

void
mainet_pending_list_free(mainet_pending_list *list)
{
    if (list == NULL)
        return;
    for (size_t i = 0; i < list->count; i++)
        mainet_pending_free(list->items[i]);
    free(list->items);
    free(list);
}

mainet_status
mainet_pending_discard(const mainet_pending *pending, mainet_error *err)
{
    MN_PUBLIC(err);
    if (pending == NULL)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "a delivery is required");
    return mn_parcels_remove(pending->token, (const char *const[]){pending->id}, 1, err);
}

mainet_token *
mn_pending_token(const mainet_pending *pending)
{
    return pending->token;
}

const char *
mainet_pending_id(const mainet_pending *pending)
{
    return pending->id;
}

mainet_status
mainet_pending_status(const mainet_pending *pending)
{
    return pending->damage.status;
}

const char *
mainet_pending_damage(const mainet_pending *pending)
{
    return pending->damage.detail;
}

static const char *
text_or_none(const char *text)
{
    return text == NULL ? "" : text;
}

const char *
mainet_pending_url(const mainet_pending *pending)
{
    return text_or_none(pending->url);
}

const char *
mainet_pending_service(const mainet_pending *pending)
{
    return text_or_none(pending->service);
}

const char *
mainet_pending_group_id(const mainet_pending *pending)
{
    return text_or_none(pending->group_id);
}

const char *
mainet_pending_certificate_number(const mainet_pending *pending)
{
    return text_or_none(pending->certificate_number);
}

int64_t
mainet_pending_delivered_at(const mainet_pending *pending)
{
    return pending->delivered_at;
}

bool
mainet_pending_is_exportable(const mainet_pending *pending)
{
    return pending->exportable;
}
