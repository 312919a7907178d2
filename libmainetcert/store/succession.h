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

/** Whether `newer` takes the place of `older`: one holder's, and a later end of validity. */
bool
mn_certificate_supersedes(const mainet_certificate *newer, const mainet_certificate *older);

/** Find the latest successor of each of many certificates: `successors[i]`, borrowed from
 *  `certificates`, is NULL where `certificates[i]` has none. */
mainet_status
mn_successors(const mainet_certificate *const *certificates, size_t count,
              const mainet_certificate **successors, mainet_error *err);

/** Find the latest successor of one certificate as an open transaction sees it, by index. Its key
 *  is in the token. `*successor`, yours to free, is NULL if there is none. */
mainet_status
mn_successor_read(mn_database *database, const mn_keys *keys, const mainet_certificate *certificate,
                  mainet_certificate **successor, mainet_error *err);

#endif
