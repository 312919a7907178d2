/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_SECRET_H
#define COMMAND_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scope.h"

/** No PIN or password is longer. */
#define SECRET_MAX 1024

/** A PIN or password on pages of its own: locked where the limit allows, left out of core
 *  dumps, wiped when freed. */
typedef struct secret {
    size_t len;
    uint8_t data[SECRET_MAX];
} secret;

/** Map pages as a secret has them, for something larger; zeroed. NULL and MAINET_E_NO_MEMORY on
 *  failure. */
void *
secret_pages_new(size_t size, mainet_error *err);

/** Wipe and release them; NULL is fine. */
void
secret_pages_free(void *pages, size_t size);

/** Make an empty one. NULL and MAINET_E_NO_MEMORY on failure. */
secret *
secret_new(mainet_error *err);

/** Wipe and release; NULL is fine. */
void
secret_free(secret *self);

/** Forget the contents. */
void
secret_clear(secret *self);

/** Compare without telling by time where they differ. */
bool
secret_equal(const secret *a, const secret *b);

SCOPED_TYPE(secret, secret_free)

#endif
