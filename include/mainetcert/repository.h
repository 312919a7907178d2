/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MAINETCERT_REPOSITORY_H
#define MAINETCERT_REPOSITORY_H

#include "mainetcert/acquire.h"
#include "mainetcert/pkcs12.h"

MAINET_BEGIN

/**
 * Add to an opened container the issuers' certificates that it lacks.
 *
 * They are fetched from where the certificates say (caIssuers), over plain HTTP, 4 at most for each
 * identity and 64 KiB each, within 10 seconds, and every link is verified by name and signature;
 * the store keeps them for the next time. mainet_acquire() does this by itself; before
 * mainet_token_import() it is the caller's choice, for it tells the network what is imported.
 *
 * @param[in,out] container  What mainet_pkcs12_open() made; what it had stays as it is.
 * @param[in]     request    Its proxy and callbacks count.
 * @param[in]     store      Where what was fetched is kept.
 * @param[out]    err        Filled on failure; may be NULL.
 *
 * @retval MAINET_OK           Done as far as it can be; what could not be had is told in the log.
 * @retval MAINET_E_ARGUMENT   NULL.
 * @retval MAINET_E_CANCELLED  The progress callback ended it, or with whatever it answered.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_status
mainet_pkcs12_complete(mainet_pkcs12 *container, const mainet_request *request, mainet_store *store,
                       mainet_error *err);

/**
 * Look whether a certificate of an opened container has been revoked.
 *
 * Each identity's certificate is looked up in its issuer's list, which is fetched from where the
 * certificate says, over plain HTTP and within 10 seconds, verified, and kept until it expires. A
 * list that cannot be had is told in the log.
 *
 * @param[in]  container  Opened; with its issuers, see mainet_pkcs12_complete().
 * @param[in]  request    Its proxy and callbacks count.
 * @param[in]  store      Where what was fetched is kept.
 * @param[out] err        Filled on failure; may be NULL.
 *
 * @retval MAINET_OK           None is known to be revoked.
 * @retval MAINET_E_REVOKED    One has been revoked; the detail says when.
 * @retval MAINET_E_ARGUMENT   NULL.
 * @retval MAINET_E_CANCELLED  The progress callback ended it, or with whatever it answered.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_status
mainet_pkcs12_check_revocation(const mainet_pkcs12 *container, const mainet_request *request,
                               mainet_store *store, mainet_error *err);

MAINET_END

#endif
