/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MAINETCERT_LOG_H
#define MAINETCERT_LOG_H

#include "mainetcert/error.h"

MAINET_BEGIN

/** How much a log line matters. @since 0.1.0 */
typedef enum mainet_log_level {
    MAINET_LOG_DEBUG = 0,  /**< For whoever writes the program. */
    MAINET_LOG_INFO = 1,   /**< What is being done. */
    MAINET_LOG_WARNING = 2 /**< Done, but not as it should be. */
} mainet_log_level;

/**
 * Hear one log line.
 *
 * @param[in] level      How much it matters.
 * @param[in] text       UTF-8, no line break, never a secret; borrowed for the call.
 * @param[in] user_data  What was given beside the function.
 * @since 0.1.0
 */
typedef void (*mainet_log_fn)(mainet_log_level level, const char *text, void *user_data);

MAINET_END

#endif
