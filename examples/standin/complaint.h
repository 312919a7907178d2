/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_COMPLAINT_H
#define STANDIN_COMPLAINT_H

#include <stdbool.h>

/** Name a failure on standard error. @return Always false, so that `return complain(...)` reads. */
bool
complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** The same, with OpenSSL's own reasons after it, which are then forgotten. */
bool
complain_crypto(const char *what);

#endif
