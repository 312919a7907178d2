/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_GUEST_H
#define MN_GUEST_H

#include <openssl/err.h>

#include "base/error.h"

/* The queue of OpenSSL's errors is the thread's: in a host that uses the same libcrypto, it is the
 * host's. Each public function of the library and the module that may come near libcrypto leaves
 * it as it was:
 *
 *     mn_auto_guest guest = mn_guest_enter();
 */

typedef int mn_guest; /**< whether there was anything to mark */

static inline mn_guest
mn_guest_enter(void)
{
    return ERR_set_mark();
}

/* Where there was nothing, all that there is came from us, and goes. */
static inline void
mn_guest_leave(mn_guest *guest)
{
    (void)guest;
    (void)ERR_pop_to_mark();
}

#define mn_auto_guest __attribute__((cleanup(mn_guest_leave), unused)) mn_guest

/* The first line of a public function that says what failed: `err`, which may be NULL, points
 * somewhere until the function returns, for inside the library nobody passes NULL. */
#define MN_PUBLIC(err)                                                                             \
    mn_auto_guest guest = mn_guest_enter();                                                        \
    (err) = (err) != NULL ? (err) : &(mainet_error)                                                \
    {                                                                                              \
        0                                                                                          \
    }

#endif
