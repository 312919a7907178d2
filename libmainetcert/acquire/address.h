/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_ADDRESS_H
#define MN_ACQUIRE_ADDRESS_H

#include <stdbool.h>
#include <string.h>

/** Borrow what is behind the scheme of an address; all of it if there is none, as proxies are
 *  often written. */
static inline const char *
mn_address_host(const char *address)
{
    const char *scheme_end = strstr(address, "://");

    return scheme_end == NULL ? address : scheme_end + 3;
}

/** Whether an address brings a user name with it (RFC 3986, 3.2.1). */
static inline bool
mn_address_has_user(const char *address)
{
    const char *host = mn_address_host(address);

    return memchr(host, '@', strcspn(host, "/?#")) != NULL;
}

#endif
