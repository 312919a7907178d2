/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_BASE_ERROR_H
#define MN_BASE_ERROR_H

#include "base/auto.h"
#include "mainetcert/error.h"

/**
 * Fill the whole error and return its status. Only the line that finds a failure calls it.
 *
 * @param[out] err     May be NULL.
 * @param[in]  status  The situation.
 * @param[in]  cause   errno, CURLcode or HTTP status; 0 when there is none.
 * @param[in]  format  printf format of the detail; English, for a log, never a secret.
 *                     Cut at a UTF-8 boundary.
 *
 * @return status
 */
mainet_status
mn_fail(mainet_error *err, mainet_status status, int cause, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** As mn_fail, for makers: returns NULL of any pointer type. */
#define mn_fail_null(...) ((void)mn_fail(__VA_ARGS__), NULL)

/** The common failure: no memory for `what`. */
mainet_status
mn_fail_memory(mainet_error *err, const char *what);

/** As mn_fail_crypto, for makers. */
#define mn_fail_crypto_null(err, what) ((void)mn_fail_crypto(err, what), NULL)

/** As mn_fail_memory, for makers. */
#define mn_fail_memory_null(err, what) ((void)mn_fail_memory(err, what), NULL)

/** MAINET_E_CRYPTO with the newest reason of OpenSSL's error queue, which is cleared down to the
 * newest mark (ERR_set_mark), if there is one: what lies under it is not ours. */
mainet_status
mn_fail_crypto(mainet_error *err, const char *what);

/** For a doer that called a maker which failed: the status that the maker left. */
static inline mainet_status
mn_failure(const mainet_error *err)
{
    return err->status;
}

#endif
