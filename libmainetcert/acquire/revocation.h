/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_REVOCATION_H
#define MN_ACQUIRE_REVOCATION_H

#include "acquire/repository.h"

/** No revocation list is larger that is read. */
#define MN_LIST_CEILING ((size_t)4 * 1024 * 1024)

/** What is known of a certificate. */
typedef struct mn_revocation {
    mainet_revocation answer;
    int64_t revoked_at; /**< seconds since 1970 */
    char detail[248];   /**< UNKNOWN: why; English */
} mn_revocation;

/**
 * Look up a certificate in its issuer's list.
 *
 * @param[in,out] repository   Who asks.
 * @param[in]     certificate  Names the list.
 * @param[in]     issuer       Signed the list; NULL if nobody knows it.
 * @param[in]     is_afresh    Past the cache.
 * @param[out]    found        Never says GOOD of a list that is not the issuer's or has expired.
 * @param[out]    err          The caller's wish to end the call, or no memory; nothing else fails.
 */
mainet_status
mn_revocation_check(mn_repository *repository, const mainet_certificate *certificate,
                    const mainet_certificate *issuer, bool is_afresh, mn_revocation *found,
                    mainet_error *err);

/** Tell what was found in the log; MAINET_E_REVOKED if that is what it is. */
mainet_status
mn_revocation_require(const mn_revocation *found, const mainet_certificate *certificate,
                      const mn_log *log, mainet_error *err);

#endif
