/* SPDX-License-Identifier: BSD-3-Clause */
#include "ecdsa.h"

#include <string.h>

#include "base/buffer.h"

#define TAG_INTEGER 0x02
#define TAG_SEQUENCE 0x30

/* Lengths here are below 256, so a length has one byte, or 0x81 and one byte. */
static size_t
read_header(mn_reader *in, uint8_t tag)
{
    size_t len = 0;

    in->failed = mn_read_u8(in) != tag || in->failed;
    len = mn_read_u8(in);
    if (len == 0x81)
        len = mn_read_u8(in);
    else
        in->failed = len >= 0x80 || in->failed;
    in->failed = len > in->left || in->failed;
    return in->failed ? 0 : len;
}

static bool
read_number(mn_reader *in, uint8_t *out, size_t out_len)
{
    size_t len = read_header(in, TAG_INTEGER);
    const uint8_t *number = mn_read_span(in, len);

    while (number != NULL && len > 0 && *number == 0) {
        number++;
        len--;
    }
    if (number == NULL || in->failed || len > out_len)
        return false;
    memset(out, 0, out_len - len);
    memcpy(out + out_len - len, number, len);
    return true;
}

bool
p11_ecdsa_from_der(const uint8_t *der, size_t der_len, uint8_t *raw, size_t raw_len)
{
    mn_reader in = MN_READER_INIT(der, der_len);
    const size_t half = raw_len / 2;

    return read_header(&in, TAG_SEQUENCE) == in.left && read_number(&in, raw, half) &&
           read_number(&in, raw + half, half) && !in.failed && in.left == 0;
}

static size_t
write_header(uint8_t *out, uint8_t tag, size_t len)
{
    size_t at = 0;

    out[at++] = tag;
    if (len >= 0x80)
        out[at++] = 0x81;
    out[at++] = (uint8_t)len;
    return at;
}

static size_t
write_number(uint8_t *out, const uint8_t *number, size_t len)
{
    size_t at = 0;
    size_t sign_len = 0;

    while (len > 1 && *number == 0) {
        number++;
        len--;
    }
    sign_len = *number >> 7; /* an INTEGER that starts with a one bit would be negative */
    at = write_header(out, TAG_INTEGER, len + sign_len);
    if (sign_len != 0)
        out[at++] = 0;
    memcpy(out + at, number, len);
    return at + len;
}

size_t
p11_ecdsa_to_der(const uint8_t *raw, size_t raw_len, uint8_t der[P11_ECDSA_DER_MAX])
{
    uint8_t numbers[P11_ECDSA_DER_MAX];
    const size_t half = raw_len / 2;
    size_t len = write_number(numbers, raw, half);
    size_t head = 0;

    len += write_number(numbers + len, raw + half, half);
    head = write_header(der, TAG_SEQUENCE, len);
    memcpy(der + head, numbers, len);
    return head + len;
}
