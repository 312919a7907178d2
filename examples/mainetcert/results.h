/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_RESULTS_H
#define COMMAND_RESULTS_H

#include "handout.h"

/**
 * Print a row for each order of a batch: CSV, or one JSON document.
 *
 * @param[in] out     What was handed out.
 * @param[in] status  How the run ended.
 *
 * @return `status`, else the first order's failure, so that the exit status tells of it.
 */
mainet_status
results_report(const options *wanted, const mainet_batch *batch, const handout *out,
               mainet_status status, failure *why);

#endif
