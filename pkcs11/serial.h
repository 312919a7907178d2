/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_SERIAL_H
#define P11_SERIAL_H

#include <stdbool.h>
#include <stddef.h>

/** Whether two serial numbers of certificates are the same; each may be a DER INTEGER, as the
 *  standard has it, or the bytes of the number, as some programs ask. */
bool
p11_serial_equal(const void *a, size_t a_len, const void *b, size_t b_len);

#endif
