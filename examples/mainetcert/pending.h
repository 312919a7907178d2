/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_PENDING_H
#define COMMAND_PENDING_H

#include "access.h"

/** One pending delivery and the token that it is for. */
typedef struct delivery {
    mainet_pending *pending;
    mainet_token *token; /**< Borrowed. */
} delivery;

/** The pending deliveries that a command is about. */
typedef struct deliveries {
    tokens tokens;
    delivery *items;
    size_t count;
} deliveries;

/** Release them. */
void
deliveries_clear(deliveries *self);

#define deliveries_init __attribute__((cleanup(deliveries_clear))) deliveries

/** Find those whose id begins with the operand, or all; in the token that the options name, or in
 *  all. With `is_unlocking` the tokens that have some are unlocked, so that it can be said
 *  what they are. MAINET_E_PENDING_NOT_FOUND if an operand fits none, or more than one. */
mainet_status
deliveries_find(const options *wanted, bool is_unlocking, deliveries *found, failure *why);

/** Describe them. */
json_t *
deliveries_json(const deliveries *self);

json_t *
delivery_json(const delivery *self);

/** Print a table of those that can be read, and say which cannot. */
void
deliveries_print(const deliveries *self, FILE *out);

#endif
