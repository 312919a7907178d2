/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MAINETCERT_BYTES_H
#define MAINETCERT_BYTES_H

#include <stdbool.h>

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
 * Write to a file, mode 0600: it is whole and on disk under its name, or not there.
 *
 * @param[in]  bytes    What a maker returned.
 * @param[in]  path     Where to; its folder must exist.
 * @param[in]  replace  Whether a file that is there already gives way.
 * @param[out] err      Filled on failure; may be NULL.
 *
 * @retval MAINET_OK             It is there.
 * @retval MAINET_E_FILE_EXISTS  There is a file of that name; it is as it was.
 * @retval MAINET_E_FILE         It cannot be written: permission, disk full.
 * @retval MAINET_E_ARGUMENT     The path names no file.
 * @since 0.1.0
 */
MAINET_API mainet_status
mainet_bytes_save(const mainet_bytes *bytes, const char *path, bool replace, mainet_error *err);

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
