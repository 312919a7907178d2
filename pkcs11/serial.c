/* SPDX-License-Identifier: BSD-3-Clause */
#include "serial.h"

#include <stdint.h>
#include <string.h>

typedef struct number {
    const uint8_t *bytes;
    size_t len;
} number;

static number
without_zeros(number whole)
{
    while (whole.len > 1 && whole.bytes[0] == 0) {
        whole.bytes++;
        whole.len--;
    }
    return whole;
}

/* The bytes in a DER INTEGER of up to 127 bytes; the whole if it is not one. */
static number
content(number whole)
{
    if (whole.len > 2 && whole.bytes[0] == 2 && whole.bytes[1] < 0x80 &&
        whole.bytes[1] == whole.len - 2)
        return (number){.bytes = whole.bytes + 2, .len = whole.len - 2};
    return whole;
}

static bool
is_same(number a, number b)
{
    a = without_zeros(a);
    b = without_zeros(b);
    return a.len == b.len && (a.len == 0 || memcmp(a.bytes, b.bytes, a.len) == 0);
}

bool
p11_serial_equal(const void *a, size_t a_len, const void *b, size_t b_len)
{
    const number left = {.bytes = a, .len = a_len};
    const number right = {.bytes = b, .len = b_len};

    return is_same(left, right) || is_same(content(left), right) || is_same(left, content(right));
}
