/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_BASE_LOG_H
#define MN_BASE_LOG_H

#include "mainetcert/log.h"

/** Where a call's messages go: one callback, alive for the call only. */
typedef struct mn_log {
    mainet_log_fn fn; /**< NULL: nobody listens. */
    void *user_data;
} mn_log;

/** Tell the listener one line of UTF-8 text; never a secret. */
void
mn_log_write(const mn_log *log, mainet_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
