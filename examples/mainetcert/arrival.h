/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_ARRIVAL_H
#define COMMAND_ARRIVAL_H

#include "failure.h"

/* What is said of an identity that has come into a token. */

/** Print the label and the end of validity as {1} and {2} of a message. */
void
arrival_print_dated(FILE *out, message id, const mainet_identity *identity);

/** Print which other certificates `newest` has taken the place of. */
mainet_status
arrival_print_superseded(mainet_token *token, const mainet_identity *newest, failure *why);

#endif
