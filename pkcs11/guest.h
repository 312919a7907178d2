/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_GUEST_H
#define P11_GUEST_H

#include <openssl/err.h>

/* The queue of OpenSSL's errors is the thread's: in a host that uses the same libcrypto, it is the
 * host's. Each C_ function that may come near libcrypto leaves it as it was:
 *
 *     p11_auto_guest guest = p11_guest_enter();
 */

typedef int p11_guest; /**< whether there was anything to mark */

static inline p11_guest
p11_guest_enter(void)
{
    return ERR_set_mark();
}

/* Where there was nothing, all that there is came from us, and goes. */
static inline void
p11_guest_leave(p11_guest *guest)
{
    (void)guest;
    (void)ERR_pop_to_mark();
}

#define p11_auto_guest __attribute__((cleanup(p11_guest_leave), unused)) p11_guest

#endif
