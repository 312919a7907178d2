/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_CACHE_H
#define MN_ACQUIRE_CACHE_H

#include "base/buffer.h"

/* What issuers publish, kept in the store's folder `cache/` until it expires: public and signed, so
 * neither sealed nor trusted; whoever takes it verifies it as if it had just come. A cache that
 * cannot be read or written is none. */

/** Find what an address published, at most `ceiling` bytes; NULL if it is not there, or not good
 *  any more. */
mainet_bytes *
mn_cache_find(const char *store, const char *url, size_t ceiling);

/** Keep what an address published until a moment, at most for 30 days. */
void
mn_cache_keep(const char *store, const char *url, const mainet_bytes *bytes, int64_t expires_at);

#endif
