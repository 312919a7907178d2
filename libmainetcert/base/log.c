/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

void
mn_log_write(const mn_log *log, mainet_log_level level, const char *format, ...)
{
    char line[1024];
    va_list arguments;
    int len = 0;

    if (log == NULL || log->fn == NULL)
        return;
    va_start(arguments, format);
    len = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (len < 0)
        return;
    mn_text_tidy(line, len >= (int)sizeof line);
    log->fn(level, line, log->user_data);
}
