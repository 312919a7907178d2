/* SPDX-License-Identifier: BSD-3-Clause */
#include "fail.h"

#include <stdarg.h>
#include <stdio.h>

mainet_status
fail(mainet_error *err, mainet_status status, int cause, const char *format, ...)
{
    mainet_error made = {.status = status, .cause = cause};
    va_list arguments;

    if (err == NULL)
        return status;
    va_start(arguments, format);
    if (vsnprintf(made.detail, sizeof made.detail, format, arguments) < 0)
        made.detail[0] = '\0';
    va_end(arguments);
    *err = made; /* last: the arguments may point into the old detail */
    return status;
}
