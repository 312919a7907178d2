/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_REVOCATION_LIST_H
#define MN_ACQUIRE_REVOCATION_LIST_H

#include "acquire/revocation.h"

/**
 * Judge a certificate by what an address answered for its issuer's list, DER or PEM. Pure.
 *
 * @param[out] found       UNKNOWN with the reason for anything that is not the issuer's present and
 *                         whole list; REVOKED by an expired one, too, for that is never taken back.
 * @param[out] expires_at  When the list does; 0 if it does not say.
 */
void
mn_revocation_judge(const uint8_t *data, size_t data_len, const mainet_certificate *certificate,
                    const mainet_certificate *issuer, int64_t now, mn_revocation *found,
                    int64_t *expires_at);

#endif
