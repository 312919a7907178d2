/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_ORDER_H
#define STANDIN_ORDER_H

#include "state.h"

enum {
    ORDER_NUMBER_LEN = 12,
    ORDER_PASSWORD_LEN = 16,
    ORDER_SALT_LEN = 16,
    ORDER_VERIFIER_LEN = 32
};

/** What an order asks for. */
typedef struct st_order_request {
    const char *group_id;
    const char *common_name;
    const char *key;
    const char *p12;
    int64_t days;
    bool ready;
} st_order_request;

/** What the notice mail tells. The password is nowhere else: the state keeps a hash of it. */
typedef struct st_order_notice {
    char number[ORDER_NUMBER_LEN + 1];
    char password[ORDER_PASSWORD_LEN + 1];
} st_order_notice;

/** One order as the state knows it. */
typedef struct st_order {
    char *number;
    char *group_id;
    char *common_name;
    char *key;
    char *p12;
    int64_t days;
    bool ready;
    uint8_t salt[ORDER_SALT_LEN];
    uint8_t verifier[ORDER_VERIFIER_LEN];
    int64_t retrieved_at; /**< First retrieval; 0 before it. */
    uint8_t *container;   /**< NULL before the first retrieval and 24 hours after it. */
    size_t container_len;
} st_order;

/** Keep a new order. @return False when named on stderr. */
bool
order_place(st_transaction *change, const st_order_request *request, st_order_notice *notice);

/** Find an order. @return False for trouble; *found stays NULL where there is none. */
bool
order_find(st_transaction *change, const char *number, st_order **found);

void
order_free(st_order *self);

MN_AUTO_TYPE(st_order, order_free)

/** Whether these are the order's group and password; as slow for no order (NULL) as for one. */
bool
order_is_proven(const st_order *self, const char *group_id, const char *password);

/** Whether the first retrieval was more than 24 hours ago. */
bool
order_is_over(const st_order *self, int64_t now);

/** Keep what is delivered, and when that began. */
bool
order_deliver(st_transaction *change, const char *number, int64_t now, const X509 *certificate,
              const uint8_t *container, size_t container_len);

/** Wipe every container whose 24 hours are over. */
bool
order_wipe_old(st_transaction *change, int64_t now);

#endif
