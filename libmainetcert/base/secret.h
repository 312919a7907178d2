/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_BASE_SECRET_H
#define MN_BASE_SECRET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/** Bytes on pages of their own: locked where the limit allows, left out of core dumps,
 *  wiped by mn_secret_free. PINs, derived keys and decrypted bodies live here only. */
typedef struct mn_secret mn_secret;

/** Make a secret of `len` zero bytes (0 is allowed). NULL and MAINET_E_NO_MEMORY on failure. */
mn_secret *
mn_secret_new(size_t len, mainet_error *err);

/** Make a secret that holds a copy of `data`. */
mn_secret *
mn_secret_copy(const uint8_t *data, size_t data_len, mainet_error *err);

/** Wipe and release; NULL is fine. */
void
mn_secret_free(mn_secret *secret);

/** Between these two, what this thread frees is wiped as ever, but some of its pages wait for the
 *  thread's next secrets, for each costs five calls of the kernel. They nest. */
void
mn_secret_hold_pages(void);

void
mn_secret_release_pages(void);

uint8_t *
mn_secret_data(mn_secret *secret);

const uint8_t *
mn_secret_bytes(const mn_secret *secret);

size_t
mn_secret_len(const mn_secret *secret);

/** Shorten to `len` bytes and wipe the rest; `len` is at most the present length. */
void
mn_secret_truncate(mn_secret *secret, size_t len);

/** Compare in constant time; lengths may differ (false). */
bool
mn_secret_equal(const mn_secret *a, const mn_secret *b);

MN_AUTO_TYPE(mn_secret, mn_secret_free)

#endif
