/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_NOTICE_H
#define STANDIN_NOTICE_H

#include "order.h"

/** Print the notice mail. As the manual has it, the group ID is not in it. */
void
notice_print_mail(const st_order_request *request, const st_order_notice *notice, uint16_t port,
                  int64_t now);

/** Print what the administrator needs as one JSON object. @return False when out of memory. */
bool
notice_print_json(const st_order_request *request, const st_order_notice *notice, uint16_t port);

/** Begin a list of orders as `mainetcert batch` reads it. @return False when it cannot be written.
 */
bool
notice_print_csv_head(void);

/** Print one order of the list. @return False when it cannot be written. */
bool
notice_print_csv(const st_order_request *request, const st_order_notice *notice);

#endif
