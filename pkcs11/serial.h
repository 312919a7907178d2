/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_SERIAL_H
#define P11_SERIAL_H

#include <stdbool.h>
#include <stddef.h>

/** Whether two serial numbers of certificates are the same; each may be a DER INTEGER, as the
 *  standard has it, or the bytes of the number, as some programs ask. */
bool
p11_serial_equal(const void *a, size_t a_len, const void *b, size_t b_len);

/** A serial number as certificates have it. */
typedef struct p11_serial {
    unsigned char der[2 + 127];
    size_t der_len;
} p11_serial;

#define P11_SERIAL_FORMS 3

/** What bytes that a search has may mean, most likely first; how many there are. Bytes that are
 *  longer than any serial number mean nothing. */
size_t
p11_serial_forms(const void *bytes, size_t len, p11_serial forms[P11_SERIAL_FORMS]);

#endif
