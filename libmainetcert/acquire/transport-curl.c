/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/transport.h"

#include "acquire/attempt.h"
#include "acquire/proxy.h"

#define TICK_MS 100 /* how long a cancelled call goes on at most */

static mainet_status
tell_progress(mn_attempt *try)
{
    const mainet_request *request = try->exchange->request;
    curl_off_t total = 0;

    if (try->exchange->is_public)
        return mn_request_progress(request, try->exchange->phase, 0, 0, try->err);
    if (try->reply->headers.len == 0)
        return mn_request_progress(request, MAINET_PHASE_ASKING, 0, 0, try->err);
    (void)curl_easy_getinfo(try->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &total);
    return mn_request_progress(request, MAINET_PHASE_RETRIEVING, (int64_t)try->received,
                               total > 0 ? (int64_t)total : 0, try->err);
}

/* A reply that is complete leaves the loop before anybody is asked whether to go on. */
static mainet_status
perform(mn_attempt *try, CURLcode *code)
{
    int running = 1;
    int left = 0;
    CURLMsg *message = NULL;

    while (running != 0) {
        if (curl_multi_perform(try->multi, &running) != CURLM_OK)
            return mn_fail(try->err, MAINET_E_UNKNOWN_ASKING, 0, "libcurl cannot go on");
        if (running == 0)
            break;
        MN_TRY(tell_progress(try));
        if (curl_multi_poll(try->multi, NULL, 0, TICK_MS, NULL) != CURLM_OK)
            return mn_fail(try->err, MAINET_E_UNKNOWN_ASKING, 0, "libcurl cannot wait");
    }
    message = curl_multi_info_read(try->multi, &left);
    if (message == NULL || message->msg != CURLMSG_DONE)
        return mn_fail(try->err, MAINET_E_UNKNOWN_ASKING, 0, "libcurl lost the transfer");
    *code = message->data.result;
    return MAINET_OK;
}

static void
multi_close(CURLM **multi)
{
    if (*multi != NULL)
        (void)curl_multi_cleanup(*multi);
}

static mainet_status
try_once(const mn_exchange *exchange, mn_passage *passage, mn_reply *reply, mainet_error *err)
{
    __attribute__((cleanup(multi_close))) CURLM *multi = curl_multi_init();
    __attribute__((cleanup(mn_attempt_close))) mn_attempt try = {
        .exchange = exchange, .reply = reply, .passage = passage, .stopped = MAINET_OK, .err = err};
    CURLcode code = CURLE_OK;

    MN_TRY(mn_attempt_open(&try, multi));
    MN_TRY(perform(&try, &code));
    return mn_attempt_end(&try, code);
}

/* Asking again is safe where a proxy refused: the tunnel was not made, so nothing was sent. The
 * time that a person takes to answer does not count. */
static mainet_status
exchange_by_curl(void *self, const mn_exchange *exchange, mn_reply *reply, mainet_error *err)
{
    mn_passage passage = mn_passage_of(exchange->request, exchange->url, exchange->timeout_ms);
    const int64_t given_ms = passage.left_ms;
    mainet_status status = MAINET_OK;

    (void)self;
    MN_TRY(mn_attempts_begin(err));
    while (status == MAINET_OK && passage.is_asked) {
        int64_t begun_ms = mn_now_ms();

        status = try_once(exchange, &passage, reply, err);
        passage.left_ms -= mn_now_ms() - begun_ms;
        if (status == MAINET_OK && passage.is_asked)
            status = mn_passage_answer(&passage, exchange->request, exchange->url, err);
    }
    if (status == MAINET_OK)
        mn_passage_remember(&passage, exchange->request);
    mn_credentials_clear(&passage.credentials);
    reply->waited_ms = given_ms - passage.left_ms;
    return status;
}

const mn_transport *
mn_transport_curl(void)
{
    static const mn_transport transport = {
        .exchange = exchange_by_curl, .exchange_many = mn_exchange_many_by_curl, .self = NULL};

    return &transport;
}
