/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STORE_GUEST_H
#define STORE_GUEST_H

/* The PKCS#11 module as a program has it: loaded, with an SQLite and a lock of its own, doing to
 * the people of fixture.h what the library does. One thread at a time. */

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/** Load the module; false if this build has none (MAINETCERT_MODULE is not set). */
bool
guest_load(void);

/** Initialize it for a store's folder, open a session on its first token and log in as far as it
 *  has a PIN. */
mainet_status
guest_start(const char *where, mainet_error *err);

void
guest_stop(void);

/** Create a person's key, unless it is there, and certificate: two calls, two transactions. */
mainet_status
guest_import(size_t n, mainet_error *err);

/** Destroy a person's certificates, then keys: each a call of its own. */
mainet_status
guest_delete(size_t n, mainet_error *err);

/** Find the certificate of a person. */
mainet_status
guest_find(size_t n, bool *found, mainet_error *err);

mainet_status
guest_change_pin(const char *from, const char *to, mainet_error *err);

#endif
