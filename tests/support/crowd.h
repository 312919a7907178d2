/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SUPPORT_CROWD_H
#define SUPPORT_CROWD_H

/* A batch of orders, and the service of acquisition.h for many at a time. */

#include "acquire/batch.h"
#include "support/acquisition.h"

static mainet_batch *batch;

/** What one order is answered, by its number; the others get what `service` says. */
static struct {
    const char *number;
    const char *container;
    const char *result;
    mainet_status failure;
} answers[8];

static mainet_status
answer_order(const mn_exchange *exchange, mn_reply *reply, mainet_error *failure)
{
    service.container = "pkcs12/modern-ec.p12";
    service.result = NULL;
    service.failure = MAINET_OK;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        if (answers[i].number == NULL ||
            strcmp(answers[i].number, exchange->request->certificate_number) != 0)
            continue;
        if (answers[i].container != NULL)
            service.container = answers[i].container;
        service.result = answers[i].result;
        service.failure = answers[i].failure;
    }
    return answer_exchange(NULL, exchange, reply, failure);
}

/* Who answers; a test may come between. */
static mainet_status (*answer_one)(const mn_exchange *exchange, mn_reply *reply,
                                   mainet_error *failure) = answer_order;

/* As many as fit are begun, then all of them end. */
static mainet_status
answer_crowd(void *self, const mn_crowd *crowd, mainet_error *failure)
{
    size_t numbers[MAINET_BATCH_JOBS_MAX];
    const mn_exchange *exchanges[MAINET_BATCH_JOBS_MAX];
    size_t count = 0;
    mainet_status status = MAINET_OK;

    (void)self;
    do {
        for (count = 0; count < crowd->jobs; count++) {
            exchanges[count] = crowd->next(crowd->self, &numbers[count]);
            if (exchanges[count] == NULL)
                break;
        }
        for (size_t i = 0; i < count; i++) {
            mn_auto_reply reply = MN_REPLY_INIT;
            mainet_error why = {0};
            bool failed = answer_one(exchanges[i], &reply, &why) != MAINET_OK;

            crowd->settle(crowd->self, numbers[i], &reply, failed ? &why : NULL);
        }
        status = crowd->round(crowd->self, failure);
    } while (status == MAINET_OK && count != 0);
    return status;
}

static const mn_transport crowded = {
    .exchange = answer_exchange, .exchange_many = answer_crowd, .self = NULL};

static void
add(const char *number)
{
    ck_assert_msg(mainet_batch_add(batch, "GROUP01", number, PASSWORD, &err) == MAINET_OK, "%s",
                  err.detail);
}

/* "DPF..." : the states of all orders */
__attribute__((unused)) static const char *
states(void)
{
    static char text[16];
    size_t count = mainet_batch_count(batch);

    for (size_t i = 0; i < count; i++)
        text[i] = "wpdPF"[mainet_batch_state(batch, i)];
    text[count] = '\0';
    return text;
}

/* Three orders, each with a certificate of its own. */
__attribute__((unused)) static void
add_three(void)
{
    add("1");
    add("2");
    add("3");
    answers[0].number = "2";
    answers[0].container = "pkcs12/modern-rsa.p12";
    answers[1].number = "3";
    answers[1].container = "pkcs12/modern-ed25519.p12";
}

/** Whether an order's delivery is pending, and whole. */
__attribute__((unused)) static bool
is_kept(const char *number)
{
    mainet_pending_list *list = mainet_token_pending(token, &err);
    bool found = false;

    ck_assert_msg(list != NULL, "%s", err.detail);
    for (size_t i = 0; i < mainet_pending_list_count(list); i++) {
        mainet_pending *one = mainet_pending_list_at(list, i, &err);

        found = found || (mainet_pending_status(one) == MAINET_OK &&
                          strcmp(mainet_pending_certificate_number(one), number) == 0);
        mainet_pending_free(one);
    }
    mainet_pending_list_free(list);
    return found;
}

/** Whether an order's certificate is in the token. */
__attribute__((unused)) static bool
is_imported(const char *number)
{
    mainet_identity_list *list = mainet_token_identities(token, &err);
    bool found = false;

    ck_assert_msg(list != NULL, "%s", err.detail);
    for (size_t i = 0; i < mainet_identity_list_count(list); i++) {
        mainet_identity *one = mainet_identity_list_at(list, i, &err);

        found = found || strcmp(mainet_identity_certificate_number(one), number) == 0;
        mainet_identity_free(one);
    }
    mainet_identity_list_free(list);
    return found;
}

#endif
