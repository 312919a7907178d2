/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/der-write.h"

#include <string.h>

void
mn_der_put(mn_der_writer *out, const uint8_t *bytes, size_t len)
{
    out->failed |= len > out->at;
    if (out->failed)
        return;
    out->at -= len;
    memcpy(out->room + out->at, bytes, len);
}

void
mn_der_put_u8(mn_der_writer *out, uint8_t byte)
{
    mn_der_put(out, &byte, 1);
}

void
mn_der_put_head(mn_der_writer *out, uint8_t tag, size_t end)
{
    const size_t len = end - out->at;
    uint8_t bytes = 0;

    for (size_t rest = len; rest != 0 && len > 0x7F; rest >>= 8, bytes++)
        mn_der_put_u8(out, (uint8_t)rest);
    mn_der_put_u8(out, bytes == 0 ? (uint8_t)len : (uint8_t)(0x80 | bytes));
    mn_der_put_u8(out, tag);
}

/* Straight into the room: a copy of a private number would have to be wiped. */
void
mn_der_put_number(mn_der_writer *out, const EVP_PKEY *key, const char *name, size_t width)
{
    BIGNUM *number = NULL;
    size_t len = width;

    out->failed |= EVP_PKEY_get_bn_param(key, name, &number) != 1;
    if (!out->failed && width == 0)
        len = (size_t)BN_num_bits(number) / 8 + 1; /* the first bit is a sign */
    out->failed |= len > out->at;
    if (!out->failed) {
        out->at -= len;
        out->failed |= BN_bn2binpad(number, out->room + out->at, (int)len) != (int)len;
    }
    BN_clear_free(number);
}

void
mn_der_put_integer(mn_der_writer *out, const EVP_PKEY *key, const char *name)
{
    const size_t end = out->at;

    mn_der_put_number(out, key, name, 0);
    mn_der_put_head(out, V_ASN1_INTEGER, end);
}

void
mn_der_put_bits(mn_der_writer *out, size_t end)
{
    mn_der_put_u8(out, 0); /* no bits of the last byte are unused */
    mn_der_put_head(out, V_ASN1_BIT_STRING, end);
}
