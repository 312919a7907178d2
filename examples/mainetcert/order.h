/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_ORDER_H
#define COMMAND_ORDER_H

#include "failure.h"

/* What a request asks for: number and password, entered or read from the notice mail. */

/** Find what is missing or said twice, before anybody is asked for anything. */
mainet_status
order_check(const options *wanted, failure *why);

/** Set the number; with --notice, the password too. */
mainet_status
order_set_number(mainet_request *request, const options *wanted, const mainet_service *service,
                 failure *why);

/** Set the password from its source, else ask for it; with --notice it is there. */
mainet_status
order_set_password(mainet_request *request, const options *wanted, failure *why);

/** Say in the remedy of a failure that what was delivered waits in the token, if it does. */
void
order_hint_pending(const options *wanted, mainet_token *token, failure *why);

#endif
