/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_PRUNING_H
#define COMMAND_PRUNING_H

#include "failure.h"

/** Delete the superseded identities of an unlocked token, after both dates of each were shown and,
 *  unless --yes, the terminal was asked. What became of them is put into `document` as `deleted`
 *  and `kept`. MAINET_E_NOT_CONFIRMED or MAINET_E_NOT_SUPERSEDED if there are some and none may
 *  go. */
mainet_status
prune_token(const options *wanted, mainet_token *token, json_t *document, failure *why);

#endif
