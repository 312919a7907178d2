/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_BASE_BUFFER_H
#define MN_BASE_BUFFER_H

#include <stdbool.h>

#include "base/error.h"
#include "mainetcert/bytes.h"

/** Bytes that grow up to a ceiling; for what is not secret. The first failed append makes
 *  it `failed` for good, so that a writer appends everything and asks once. */
typedef struct mn_buffer {
    uint8_t *data;
    size_t len;
    size_t capacity;
    size_t ceiling; /**< 0: no ceiling of its own. */
    bool failed;    /**< An append did not fit or had no memory. */
} mn_buffer;

#define MN_BUFFER_INIT(max)                                                                        \
    {                                                                                              \
        .ceiling = (max)                                                                           \
    }

void
mn_buffer_clear(mn_buffer *buffer);

/** `mn_auto_buffer(name, ceiling)`: a buffer that is released with its scope. */
#define mn_auto_buffer(name, max)                                                                  \
    __attribute__((cleanup(mn_buffer_clear))) mn_buffer name = MN_BUFFER_INIT(max)

void
mn_buffer_append(mn_buffer *buffer, const void *data, size_t len);

void
mn_buffer_append_u8(mn_buffer *buffer, uint8_t value);

/** Big-endian, as all numbers in our records. */
void
mn_buffer_append_u32(mn_buffer *buffer, uint32_t value);

void
mn_buffer_append_u64(mn_buffer *buffer, uint64_t value);

/** A 32-bit length, then the bytes. */
void
mn_buffer_append_span(mn_buffer *buffer, const void *data, size_t len);

void
mn_buffer_append_text(mn_buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** MAINET_OK, or MAINET_E_NO_MEMORY for `what` if an append failed. */
mainet_status
mn_buffer_check(const mn_buffer *buffer, const char *what, mainet_error *err);

/** Hand the contents on as mainet_bytes; the buffer is empty afterwards. */
mainet_bytes *
mn_buffer_take(mn_buffer *buffer, mainet_error *err);

/** Hand the contents on as a NUL-terminated string (malloc); NULL on failure. */
char *
mn_buffer_take_text(mn_buffer *buffer, mainet_error *err);

/** Where a decoder stands. After an overrun every read yields nothing and `failed` is set. */
typedef struct mn_reader {
    const uint8_t *data;
    size_t left;
    bool failed;
} mn_reader;

#define MN_READER_INIT(bytes, bytes_len)                                                           \
    {                                                                                              \
        .data = (bytes), .left = (bytes_len)                                                       \
    }

uint8_t
mn_read_u8(mn_reader *in);

uint32_t
mn_read_u32(mn_reader *in);

uint64_t
mn_read_u64(mn_reader *in);

/** Borrow `len` bytes; NULL after an overrun. */
const uint8_t *
mn_read_span(mn_reader *in, size_t len);

MN_AUTO_TYPE(mainet_bytes, mainet_bytes_free)

#endif
