/* SPDX-License-Identifier: BSD-3-Clause */
#include "complaint.h"

#include <openssl/err.h>
#include <stdarg.h>
#include <stdio.h>

bool
complain(const char *format, ...)
{
    char text[512];
    va_list list;

    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    (void)fprintf(stderr, "mainet-standin: %s\n", text);
    return false;
}

bool
complain_crypto(const char *what)
{
    unsigned long code = ERR_peek_last_error();
    const char *reason = ERR_reason_error_string(code);

    (void)complain("%s: %s", what, reason != NULL ? reason : "OpenSSL gives no reason");
    ERR_clear_error();
    return false;
}
