/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_SUCCESSION_H
#define MN_STORE_SUCCESSION_H

#include "pkcs12/certificate.h"
#include "store/database.h"
#include "store/keys.h"

/* Which certificate takes whose place (the manual's chapter 5). Only certificates whose private key
 * is in the token take anybody's: who asks hands in no others. */

/** The latest first: by end of validity, then by id. */
int
mn_certificate_compare_ends(const mainet_certificate *first, const mainet_certificate *second);

/** Whether both are one holder's: same subject and issuer, compared as DER. */
bool
mn_certificate_has_holder_of(const mainet_certificate *first, const mainet_certificate *second);

/** Whether `newer` is to take the place of `older`: one holder's, and a later end of validity. */
bool
mn_certificate_supersedes(const mainet_certificate *newer, const mainet_certificate *older);

/** Whether a certificate takes anybody's place yet, by the clock of this machine: until its
 *  validity begins, its predecessor is needed. One that the service's confirmation page has
 *  accepted, at `confirmed_at` if not 0, is of use whatever this clock says. */
bool
mn_certificate_has_begun(const mainet_certificate *certificate, int64_t confirmed_at);

/** One of many certificates, whether it has begun, and where its successor goes. */
typedef struct mn_place {
    const mainet_certificate *certificate;
    bool has_begun;
    const mainet_certificate **successor;
} mn_place;

/** Find the latest successor of each of many certificates, borrowed from among them; NULL where
 *  there is none. Reorders them. */
void
mn_successors(mn_place *places, size_t count);

/** Find the latest successor of one certificate as an open transaction sees it, by index. Its key
 *  is in the token. `*successor`, yours to free, is NULL if there is none. */
mainet_status
mn_successor_read(mn_database *database, const mn_keys *keys, const mainet_certificate *certificate,
                  mainet_certificate **successor, mainet_error *err);

#endif
