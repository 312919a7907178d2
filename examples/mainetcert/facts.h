/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_FACTS_H
#define COMMAND_FACTS_H

#include <mainetcert.h>

/** The beginning of an id: enough to tell it from the others, and to type it. */
typedef struct short_id {
    char text[13];
} short_id;

short_id
fact_short_id(const char *id);

/** Ask whether its validity is over. */
bool
fact_is_expired(const mainet_certificate *certificate);

/** Ask whether its validity has not begun. */
bool
fact_is_early(const mainet_certificate *certificate);

/** Print what there is to know of an identity, a line each. */
void
fact_print_identity(const mainet_identity *identity, const char *token_label);

/** Print what there is to know of a token. */
void
fact_print_token(const mainet_token *token, size_t identity_count);

#endif
