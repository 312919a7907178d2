/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_CHAIN_H
#define MN_ACQUIRE_CHAIN_H

#include "pkcs12/read.h"

/** No chain is longer, its leaf counted. */
#define MN_PATH_CEILING 8

/** A leaf, its issuer, the issuer's issuer, and so on; borrowed from a container. */
typedef struct mn_path {
    const mainet_certificate *certificates[MN_PATH_CEILING];
    size_t count;
} mn_path;

/** Link an identity of a container to its issuers as far as the container has them. Every link is
 *  verified by signature, and names have to match. */
void
mn_path_build(mn_path *chain, const mainet_pkcs12 *container, size_t identity);

/** Whether the chain ends in a self-signed certificate. */
bool
mn_path_is_complete(const mn_path *chain);

#endif
