/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_COMPLETION_H
#define MN_ACQUIRE_COMPLETION_H

#include "acquire/chain.h"
#include "acquire/repository.h"

/** As many fetches for a chain, and as many bytes each. */
#define MN_COMPLETION_FETCHES 4
#define MN_COMPLETION_CEILING ((size_t)64 * 1024)

/**
 * Add to an opened container the issuers that an identity's chain lacks, as far as the addresses in
 * its certificates (caIssuers) have them; every link is verified by name and signature.
 *
 * A chain that stays incomplete is told in the log and is no failure; a caller that cancels is.
 */
mainet_status
mn_complete(mainet_pkcs12 *container, size_t identity, mn_repository *repository,
            mainet_error *err);

#endif
