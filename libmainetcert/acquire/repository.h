/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_REPOSITORY_H
#define MN_ACQUIRE_REPOSITORY_H

#include "acquire/transport.h"

/* Where issuers publish their certificates and revocation lists, as certificates name it: plain
 * HTTP, asked without credentials, and nothing of what it answers is believed unverified. */

/** Longest that the fetches of one call may take together, and one of them. */
#define MN_REPOSITORY_TIMEOUT_MS 10000
#define MN_REPOSITORY_FETCH_MS 5000

/** No certificate names more addresses that are tried. */
#define MN_ADDRESSES_MAX 4
#define MN_ADDRESS_LEN 1024

/** The http addresses in a certificate; others are passed over. */
typedef struct mn_addresses {
    char urls[MN_ADDRESSES_MAX][MN_ADDRESS_LEN];
    size_t count;
} mn_addresses;

/** Where the issuer's certificate is (RFC 5280, 4.2.2.1). */
void
mn_addresses_of_issuer(const mainet_certificate *certificate, mn_addresses *found);

/** Where the revocation list is that covers it (RFC 5280, 4.2.1.13). */
void
mn_addresses_of_list(const mainet_certificate *certificate, mn_addresses *found);

/** Who asks, on whose behalf. */
typedef struct mn_repository {
    const mn_transport *transport;
    const mainet_request *request; /**< proxy, callbacks, log */
    const char *store;             /**< the folder whose cache counts */
    mainet_phase phase;            /**< what the caller hears meanwhile */
    int64_t left_ms;               /**< of MN_REPOSITORY_TIMEOUT_MS */
    int64_t *lost_ms;              /**< by many calls to fetches that failed; NULL: not counted */
} mn_repository;

/** Begin one call's share of time.
 *
 *  @param[in] waited_ms  Gone of the request's time, which is the whole call's. */
mn_repository
mn_repository_of(const mn_transport *transport, const mainet_request *request, const char *store,
                 mainet_phase phase, int64_t waited_ms);

/** Fetch an address, past the cache. MAINET_E_UNREACHABLE when time is up, as the transport fails,
 *  MAINET_E_HTTP_STATUS, MAINET_E_REPLY_TOO_LARGE over `ceiling` bytes. */
mainet_bytes *
mn_repository_fetch(mn_repository *repository, const char *url, size_t ceiling, mainet_error *err);

/** Whether a failure is the caller's wish, or this machine's, and ends everything: what a
 * repository does wrong does not. */
bool
mn_repository_ends(mainet_status status);

#endif
