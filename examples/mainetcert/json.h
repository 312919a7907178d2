/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_JSON_H
#define COMMAND_JSON_H

#include "failure.h"

/* Objects as --json prints them; README.md lists their members. All are yours to free. */

/** Put a value into an object, which takes it over. */
void
json_put(json_t *object, const char *name, json_t *value);

/** Make a string. */
json_t *
json_text(const char *text);

/** Make a string, or null of "". */
json_t *
json_optional(const char *text);

/** Make a moment (RFC 3339), or null of 0. */
json_t *
json_optional_moment(int64_t seconds);

/** An identity, of the token of that label. */
json_t *
json_of_identity(const mainet_identity *identity, const char *token_label);

/** When it was last confirmed, or null. */
json_t *
json_confirmed_at(const mainet_identity *identity);

/** The certificates of its path, its own first. */
json_t *
json_of_chain(const mainet_identity *identity);

/** A token that has so many identities. */
json_t *
json_of_token(const mainet_token *token, size_t identity_count);

/** What a confirmation page answered. */
json_t *
json_of_confirmation(const mainet_confirmation *confirmation, const mainet_identity *identity);

/** One row of the error catalogue. */
json_t *
json_of_situation(mainet_status status);

/** `{"error": {...}}`, beside what was found out before. */
json_t *
json_of_failure(const failure *why);

/** Print one document to standard output. */
void
json_print(const json_t *document);

#endif
