/* SPDX-License-Identifier: BSD-3-Clause */
/* How an attempt ends at a proxy that asks who we are, and what it is answered. */
#include <time.h>

#include "acquire/attempt.h"
#include "acquire/proxy.h"

mn_passage
mn_passage_of(const mn_exchange *exchange)
{
    const mainet_request *request = exchange->request;

    return (mn_passage){.proxy = mn_proxy_address(request, exchange->url),
                        .left_ms =
                            exchange->timeout_ms == 0 ? request->timeout_ms : exchange->timeout_ms,
                        .is_asked = true};
}

int64_t
mn_now_ms(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A ticket costs nobody a question; without one, or if the proxy does not want it, the caller is
 * asked. */
mainet_status
mn_passage_answer(mn_passage *passage, const mn_exchange *exchange, mainet_error *err)
{
    if (passage->login == MN_LOGIN_NONE && passage->takes_tickets &&
        !mn_proxy_has_user(passage->proxy)) {
        passage->login = MN_LOGIN_TICKET;
    } else {
        MN_TRY(mn_proxy_ask(exchange->request, passage->proxy, ++passage->asked,
                            &passage->credentials, err));
        passage->login = MN_LOGIN_PASSWORD;
    }
    if (passage->left_ms <= 0)
        return mn_fail(err, MAINET_E_UNREACHABLE, 0, "%s: time is up", exchange->url);
    return MAINET_OK;
}

/* Without a tunnel the proxy's refusal is the answer; what is public may be asked for again.
 * tinyproxy says 407 to whoever says nothing, and 401 to a wrong password. */
static bool
is_asked(mn_attempt *try, CURLcode code)
{
    const curl_version_info_data *libcurl = curl_version_info(CURLVERSION_NOW);
    mn_passage *passage = try->passage;
    long status = code == CURLE_OK ? 0 : mn_attempt_connect_status(try);
    long ways = 0;

    if (code == CURLE_OK && try->exchange->is_public)
        (void)curl_easy_getinfo(try->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(try->easy, CURLINFO_PROXYAUTH_AVAIL, &ways);
    passage->takes_tickets = ((unsigned long)ways & CURLAUTH_NEGOTIATE) != 0 &&
                             (libcurl->features & CURL_VERSION_SPNEGO) != 0;
    return status == 407 ||
           (status == 401 && code != CURLE_OK && passage->login == MN_LOGIN_PASSWORD);
}

mainet_status
mn_attempt_end(mn_attempt *try, CURLcode code)
{
    long status = 0;

    try->passage->is_asked = is_asked(try, code);
    if (try->passage->is_asked)
        return MAINET_OK;
    if (code != CURLE_OK)
        return mn_attempt_failure(try, code);
    (void)curl_easy_getinfo(try->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status == 0)
        return mn_fail(try->err, MAINET_E_NO_HTTP_STATUS, 0, "%s: no HTTP status",
                       try->exchange->url);
    try->reply->status = (int)status;
    if (try->reply->body == NULL)
        try->reply->body = mn_secret_new(0, try->err);
    if (try->reply->body == NULL)
        return mn_failure(try->err);
    mn_secret_truncate(try->reply->body, try->received);
    return MAINET_OK;
}
