/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

struct mainet_bytes {
    uint8_t *data;
    size_t len;
};

const uint8_t *
mainet_bytes_data(const mainet_bytes *bytes)
{
    return bytes->data;
}

size_t
mainet_bytes_len(const mainet_bytes *bytes)
{
    return bytes->len;
}

void
mainet_bytes_free(mainet_bytes *bytes)
{
    if (bytes == NULL)
        return;
    OPENSSL_cleanse(bytes->data, bytes->len);
    free(bytes->data);
    free(bytes);
}

void
mn_buffer_clear(mn_buffer *buffer)
{
    free(buffer->data);
    buffer->data = NULL;
    buffer->len = 0;
    buffer->capacity = 0;
    buffer->failed = false;
}

static bool
reserve(mn_buffer *buffer, size_t more)
{
    size_t need = buffer->len + more;
    size_t capacity = buffer->capacity == 0 ? 64 : buffer->capacity;
    uint8_t *grown = NULL;

    if (buffer->failed || need < more || (buffer->ceiling != 0 && need > buffer->ceiling))
        return false;
    if (need <= buffer->capacity)
        return true;
    while (capacity < need)
        capacity = capacity > SIZE_MAX / 2 ? need : capacity * 2;
    grown = realloc(buffer->data, capacity);
    if (grown == NULL)
        return false;
    buffer->data = grown;
    buffer->capacity = capacity;
    return true;
}

void
mn_buffer_append(mn_buffer *buffer, const void *data, size_t len)
{
    if (!reserve(buffer, len)) {
        buffer->failed = true;
        return;
    }
    if (len != 0)
        memcpy(buffer->data + buffer->len, data, len);
    buffer->len += len;
}

void
mn_buffer_append_u8(mn_buffer *buffer, uint8_t value)
{
    mn_buffer_append(buffer, &value, 1);
}

void
mn_buffer_append_u32(mn_buffer *buffer, uint32_t value)
{
    uint8_t bytes[4];

    for (unsigned i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> (24 - 8 * i));
    mn_buffer_append(buffer, bytes, sizeof bytes);
}

void
mn_buffer_append_u64(mn_buffer *buffer, uint64_t value)
{
    mn_buffer_append_u32(buffer, (uint32_t)(value >> 32));
    mn_buffer_append_u32(buffer, (uint32_t)value);
}

void
mn_buffer_append_span(mn_buffer *buffer, const void *data, size_t len)
{
    if (len > UINT32_MAX) {
        buffer->failed = true;
        return;
    }
    mn_buffer_append_u32(buffer, (uint32_t)len);
    mn_buffer_append(buffer, data, len);
}

void
mn_buffer_append_text(mn_buffer *buffer, const char *format, ...)
{
    va_list args;
    va_list again;
    int len = 0;

    va_start(args, format);
    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, args);
    if (len < 0 || !reserve(buffer, (size_t)len + 1)) {
        buffer->failed = true;
    } else {
        (void)vsnprintf((char *)buffer->data + buffer->len, (size_t)len + 1, format, again);
        buffer->len += (size_t)len;
    }
    va_end(again);
    va_end(args);
}

mainet_status
mn_buffer_check(const mn_buffer *buffer, const char *what, mainet_error *err)
{
    return buffer->failed ? mn_fail_memory(err, what) : MAINET_OK;
}

mainet_bytes *
mn_buffer_take(mn_buffer *buffer, mainet_error *err)
{
    mainet_bytes *bytes = NULL;

    mn_buffer_append_u8(buffer, 0); /* data is never NULL, and text has its end */
    bytes = buffer->failed ? NULL : malloc(sizeof *bytes);
    if (bytes == NULL)
        return (void)mn_fail_memory(err, "bytes"), NULL;
    bytes->data = buffer->data;
    bytes->len = buffer->len - 1;
    buffer->data = NULL;
    mn_buffer_clear(buffer);
    return bytes;
}

char *
mn_buffer_take_text(mn_buffer *buffer, mainet_error *err)
{
    char *text = NULL;

    mn_buffer_append_u8(buffer, 0);
    if (buffer->failed)
        return (void)mn_fail_memory(err, "text"), NULL;
    text = (char *)buffer->data;
    buffer->data = NULL;
    mn_buffer_clear(buffer);
    return text;
}

const uint8_t *
mn_read_span(mn_reader *in, size_t len)
{
    const uint8_t *span = in->data;

    if (in->failed || len > in->left) {
        in->failed = true;
        return NULL;
    }
    in->data += len;
    in->left -= len;
    return span;
}

static uint64_t
read_number(mn_reader *in, size_t width)
{
    const uint8_t *bytes = mn_read_span(in, width);
    uint64_t value = 0;

    for (size_t i = 0; bytes != NULL && i < width; i++)
        value = value << 8 | bytes[i];
    return value;
}

uint8_t
mn_read_u8(mn_reader *in)
{
    return (uint8_t)read_number(in, 1);
}

uint32_t
mn_read_u32(mn_reader *in)
{
    return (uint32_t)read_number(in, 4);
}

uint64_t
mn_read_u64(mn_reader *in)
{
    return read_number(in, 8);
}
