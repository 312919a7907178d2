/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_NO_PROXY_H
#define MN_ACQUIRE_NO_PROXY_H

#include <stdbool.h>

/**
 * Whether a list such as the environment's no_proxy names the host of an address. Pure.
 *
 * Entries are separated by commas or blanks: `*`, a domain (with what is below it), an address, or
 * a network as `10.0.0.0/8`. So libcurl reads it since 7.86.
 */
bool
mn_no_proxy_names(const char *list, const char *url);

#endif
