/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_FAIL_H
#define COMMAND_FAIL_H

#include <mainetcert.h>

/** Fill an error of the command's own and return its status. */
mainet_status
fail(mainet_error *err, mainet_status status, int cause, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
