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

static void
encode(number value, bool with_zero, p11_serial *form)
{
    const size_t zero = with_zero ? 1 : 0;

    form->der[0] = 2;
    form->der[1] = (unsigned char)(value.len + zero);
    form->der[2] = 0;
    memcpy(form->der + 2 + zero, value.bytes, value.len);
    form->der_len = 2 + zero + value.len;
}

size_t
p11_serial_forms(const void *bytes, size_t len, p11_serial forms[P11_SERIAL_FORMS])
{
    const number whole = {.bytes = bytes, .len = len};
    const number raw = without_zeros(whole);
    const bool is_der = content(whole).len != len;
    size_t count = 0;

    if (len == 0 || raw.len > sizeof forms->der - 3)
        return 0;
    if (is_der) {
        memcpy(forms[count].der, bytes, len);
        forms[count++].der_len = len;
    }
    encode(raw, raw.bytes[0] >= 0x80, &forms[count++]);
    if (raw.bytes[0] >= 0x80) /* of a number below zero, which a serial number should not be */
        encode(raw, false, &forms[count++]);
    return count;
}
