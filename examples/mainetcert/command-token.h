/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_COMMAND_TOKEN_H
#define COMMAND_COMMAND_TOKEN_H

#include "command.h"

/** Print what there is to know of a token: how most commands on a token end. */
mainet_status
command_token_print(const options *wanted, mainet_token *token, failure *why);

#endif
