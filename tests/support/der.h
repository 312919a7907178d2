/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef DER_H
#define DER_H

#include <stdarg.h>
#include <string.h>

#include <check.h>

#include "base/openssl.h"
#include "support/data.h"

/* DER, and BER as other programs write it, put together by hand: for what no library makes.
 * Whatever takes `data` takes it over. */

typedef enum der_style {
    STYLE_DER,
    STYLE_LONG,       /* every length in four bytes */
    STYLE_INDEFINITE, /* constructed elements end with two zeros */
    STYLE_PARTS       /* that, and octet strings in parts */
} der_style;

/* How elements are written from now on. */
static der_style style = STYLE_DER;

#define END ((data){NULL, 0})
#define OCTET_STRING 0x04
#define SEQUENCE 0x30
#define SET 0x31
#define CONTEXT(number) (uint8_t)(0xa0 | (number))

__attribute__((unused)) static data
raw(const void *bytes, size_t len)
{
    data made = {malloc(len + 1), len};

    memcpy(made.bytes, bytes, len);
    return made;
}

__attribute__((unused)) static data
join(data first, data second)
{
    data made = {malloc(first.len + second.len + 1), first.len + second.len};

    memcpy(made.bytes, first.bytes, first.len);
    memcpy(made.bytes + first.len, second.bytes, second.len);
    free(first.bytes);
    free(second.bytes);
    return made;
}

__attribute__((unused)) static data
with_header(uint8_t tag, data content)
{
    const size_t len = content.len;
    uint8_t header[6] = {tag};
    size_t count = 0;

    if (style == STYLE_LONG || len > 0xffff)
        count = 4;
    else if (len > 0x7f)
        count = len > 0xff ? 2 : 1;
    header[1] = (uint8_t)(count == 0 ? len : 0x80 | count);
    for (size_t i = 0; i < count; i++)
        header[2 + i] = (uint8_t)(len >> 8 * (count - 1 - i));
    return join(raw(header, 2 + count), content);
}

__attribute__((unused)) static data
without_length(uint8_t tag, data content)
{
    const uint8_t header[] = {tag, 0x80};

    return join(join(raw(header, 2), content), raw("\0\0", 2));
}

__attribute__((unused)) static data
in_parts(uint8_t tag, data content)
{
    data parts = raw("", 0);

    for (size_t at = 0; at < content.len; at += 100) {
        const size_t len = content.len - at > 100 ? 100 : content.len - at;

        parts = join(parts, with_header(OCTET_STRING, raw(content.bytes + at, len)));
    }
    free(content.bytes);
    return without_length(tag, parts);
}

__attribute__((unused)) static data
element(uint8_t tag, data content)
{
    const bool is_constructed = (tag & 0x20) != 0;

    if (style >= STYLE_INDEFINITE && is_constructed)
        return without_length(tag, content);
    return with_header(tag, content);
}

__attribute__((unused)) static data
octets(data content)
{
    return style == STYLE_PARTS ? in_parts(0x24, content) : with_header(OCTET_STRING, content);
}

/* [number] IMPLICIT OCTET STRING */
__attribute__((unused)) static data
tagged_octets(uint8_t number, data content)
{
    return style == STYLE_PARTS ? in_parts(CONTEXT(number), content)
                                : with_header((uint8_t)(0x80 | number), content);
}

/* The parts end with END. */
__attribute__((unused)) static data
sequence(int tag, ...)
{
    data content = raw("", 0);
    va_list parts;

    va_start(parts, tag);
    for (data part = va_arg(parts, data); part.bytes != NULL; part = va_arg(parts, data))
        content = join(content, part);
    va_end(parts);
    return element((uint8_t)tag, content);
}

__attribute__((unused)) static data
integer(int64_t value)
{
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    uint8_t *out = NULL;
    int len = 0;
    data made;

    ck_assert_int_eq(ASN1_INTEGER_set_int64(number, value), 1);
    len = i2d_ASN1_INTEGER(number, &out);
    made = raw(out, (size_t)len);
    OPENSSL_free(out);
    ASN1_INTEGER_free(number);
    return made;
}

__attribute__((unused)) static data
oid(const char *dotted)
{
    ASN1_OBJECT *object = OBJ_txt2obj(dotted, 0);
    uint8_t *out = NULL;
    int len = 0;
    data made;

    ck_assert_ptr_nonnull(object);
    len = i2d_ASN1_OBJECT(object, &out);
    made = raw(out, (size_t)len);
    OPENSSL_free(out);
    ASN1_OBJECT_free(object);
    return made;
}

__attribute__((unused)) static data
copy(data original)
{
    return raw(original.bytes, original.len);
}

#endif
