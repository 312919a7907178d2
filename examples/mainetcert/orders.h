/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_ORDERS_H
#define COMMAND_ORDERS_H

#include "failure.h"

/**
 * Add to a batch the orders of a list: CSV (RFC 4180) in UTF-8, whose first line names the columns
 * group_id, certificate_number and password, or what they are called in Japanese; others are passed
 * over. Nothing of the file stays in memory but what the batch has.
 *
 * @param[in] group_id  Of every order, where the list has no such column; NULL: it has to.
 *
 * @return MAINET_E_ORDER_LIST with the line that is wrong, MAINET_E_FILE, MAINET_E_NO_MEMORY.
 */
mainet_status
orders_read(mainet_batch *batch, const char *path, const char *group_id, mainet_error *err);

#endif
