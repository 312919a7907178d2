/* SPDX-License-Identifier: BSD-3-Clause */
#include "retrieve.h"

#include "certificate.h"
#include "clock.h"
#include "complaint.h"
#include "container.h"
#include "key.h"
#include "order.h"

static const struct {
    const char *name;
    const char *words;
} results[] = {
    [RETRIEVE_OK] = {"OK", ""},
    [RETRIEVE_AUTH_FAILED] = {"AUTH_FAILED", "認証に失敗しました。"},
    [RETRIEVE_NOT_AVAILABLE] = {"NOT_AVAILABLE",
                                "証明書が作成されていないか、もしくは既に証明書を取得済みです。"},
    [RETRIEVE_BUSY] = {"BUSY", "エラーが発生しました。管理者に問い合わせてください。"},
};

const char *
retrieve_result_name(st_retrieve_result result)
{
    return results[result].name;
}

const char *
retrieve_result_words(st_retrieve_result result)
{
    return results[result].words;
}

/* Look the order up as it is now, with everything that is over wiped. */
static bool
find(st_state *state, const char *number, st_order **found, int64_t *now)
{
    mn_auto(st_transaction) change = state_begin(state);

    if (change == NULL)
        return false;
    *now = clock_now(change);
    return order_wipe_old(change, *now) && order_find(change, number, found) &&
           state_commit(&change);
}

static X509 *
issue(const st_authority *authority, const st_order *order, EVP_PKEY *key, int64_t now)
{
    mn_auto(X509_NAME) subject = certificate_name(order->group_id, order->common_name);
    int64_t not_after = now + order->days * 86400 - 1; /* the last second belongs to it */
    int64_t not_before = order->days > 0 ? now : not_after - 30 * 86400;

    return subject != NULL ? authority_issue(authority, subject, key, not_before, not_after) : NULL;
}

/* Keep what was made, unless another request for the same order was faster: then its container
 * is the one that counts, for the two must be the same. */
static bool
keep(st_state *state, const st_order *order, int64_t now, const X509 *leaf, uint8_t **container,
     size_t *container_len)
{
    mn_auto(st_transaction) change = state_begin(state);
    struct st_order *current = NULL;
    bool done;

    if (change == NULL || !order_find(change, order->number, &current) || current == NULL)
        return false;
    if (current->container != NULL) {
        free(*container);
        *container = current->container;
        *container_len = current->container_len;
        current->container = NULL;
        done = true;
    } else {
        done = order_deliver(change, order->number, now, leaf, *container, *container_len) &&
               state_commit(&change);
    }
    order_free(current);
    return done;
}

static bool
make(st_state *state, const st_authority *authority, const st_order *order, const st_form *form,
     int64_t now, uint8_t **container, size_t *container_len)
{
    mn_auto(EVP_PKEY) key = key_make(order->key);
    mn_auto(X509) leaf = key != NULL ? issue(authority, order, key, now) : NULL;
    mn_auto(uint8_t) made = NULL;

    if (leaf == NULL)
        return false;
    made = container_make(&(st_container_request){.form = order->p12,
                                                  .password = form->password,
                                                  .friendly_name = order->common_name,
                                                  .key = key,
                                                  .leaf = leaf,
                                                  .issuing = authority->issuing,
                                                  .root = authority->root},
                          container_len);
    if (made == NULL || !keep(state, order, now, leaf, &made, container_len))
        return false;
    *container = uint8_t_take(&made);
    return true;
}

st_retrieve_result
retrieve(st_state *state, const st_authority *authority, const st_form *form, uint8_t **container,
         size_t *container_len)
{
    mn_auto(st_order) order = NULL;
    int64_t now = 0;

    if (!find(state, form->certificate_number, &order, &now))
        return RETRIEVE_BUSY;
    if (!order_is_proven(order, form->group_id, form->password))
        return RETRIEVE_AUTH_FAILED;
    if (!order->ready || order_is_over(order, now))
        return RETRIEVE_NOT_AVAILABLE;
    if (order->container != NULL) {
        *container = uint8_t_take(&order->container);
        *container_len = order->container_len;
        return RETRIEVE_OK;
    }
    return make(state, authority, order, form, now, container, container_len) ? RETRIEVE_OK
                                                                              : RETRIEVE_BUSY;
}
