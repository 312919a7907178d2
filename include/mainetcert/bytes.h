/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MAINETCERT_BYTES_H
#define MAINETCERT_BYTES_H

#include "mainetcert/error.h"

MAINET_BEGIN

/** Binary data handed out by the library; wiped when freed. @since 0.1.0 */
typedef struct mainet_bytes mainet_bytes;

/**
 * Answer the bytes.
 *
 * @param[in] bytes  What a maker returned.
 *
 * @return Borrowed; lives as long as `bytes`. Never NULL.
 * @since 0.1.0
 */
MAINET_API const uint8_t *
mainet_bytes_data(const mainet_bytes *bytes);

/**
 * Answer how many bytes there are.
 *
 * @param[in] bytes  What a maker returned.
 *
 * @return The number of bytes.
 * @since 0.1.0
 */
MAINET_API size_t
mainet_bytes_len(const mainet_bytes *bytes);

/**
 * Wipe and free.
 *
 * @param[in] bytes  May be NULL.
 * @since 0.1.0
 */
MAINET_API void
mainet_bytes_free(mainet_bytes *bytes);

MAINET_END

#endif
