/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_PROXY_H
#define MN_ACQUIRE_PROXY_H

#include "acquire/request.h"

/** Room for the name of a proxy. */
#define MN_PROXY_NAME_LEN 256

/** Room for that and the variable which named it. */
#define MN_PROXY_TEXT_LEN (MN_PROXY_NAME_LEN + sizeof " (https_proxy)")

/** Borrow the address of the proxy on the way to `url`, http or https: the request's; else the
 *  environment's, unless its no_proxy names the host; "" if there is none. */
const char *
mn_proxy_address(const mainet_request *request, const char *url);

/** Name a proxy without scheme and credentials: host and port. */
void
mn_proxy_name(const char *address, char name[MN_PROXY_NAME_LEN]);

/** Name the proxy on the way to `url` and the variable of the environment that it comes from, for
 *  whoever has to correct it; "" if there is none. */
void
mn_proxy_describe(const mainet_request *request, const char *url, char text[MN_PROXY_TEXT_LEN]);

/**
 * Ask the caller for user name and password.
 *
 * @param[in]  request      Who asks.
 * @param[in]  url          What the proxy is on the way to.
 * @param[in]  attempt      1 the first time.
 * @param[out] credentials  The answer.
 * @param[out] err          Filled on failure.
 *
 * @retval MAINET_OK                   There is an answer.
 * @retval MAINET_E_PROXY_CANCELLED    Nobody to ask, or no answer.
 * @retval MAINET_E_PROXY_CREDENTIALS  The proxy has refused what it got, and there is nobody to ask
 *                                     for better or it was asked often enough.
 */
mainet_status
mn_proxy_ask(const mainet_request *request, const char *url, int32_t attempt,
             mainet_credentials *credentials, mainet_error *err);

#endif
