/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_ATTEMPT_H
#define MN_ACQUIRE_ATTEMPT_H

#include <curl/curl.h>

#include "acquire/passage.h"
#include "acquire/transport.h"
#include "acquire/trust.h"

/** One attempt of libcurl at an exchange, and what its callbacks leave behind. */
typedef struct mn_attempt {
    const mn_exchange *exchange;
    mn_reply *reply;
    mn_passage *passage;
    CURL *easy;
    CURLM *multi; /**< that the handle is in; NULL: none */
    struct curl_slist *headers;
    bool shares_connections; /**< with other attempts in `multi` */
    size_t sent;             /**< of the form, where they are shared */
    size_t received;
    bool too_large;
    mn_trust trust;
    mainet_status stopped; /**< what a callback ended it with */
    mainet_error *err;
    char reason[CURL_ERROR_SIZE];
} mn_attempt;

/** Tell libcurl which proxy to use, and how to log in there; 0, or what it refused. */
int
mn_passage_apply(const mn_passage *passage, CURL *easy);

/** Whether libcurl can use a proxy of this address. Told one that it cannot, it names the whole
 *  address, and goes by no proxy at all where it cannot read the password. */
bool
mn_passage_is_usable(const mn_passage *passage);

/** Note whether a proxy asked who we are in place of letting us pass, and what it takes.
 *
 *  @param[in] is_public  Not by a tunnel: the proxy answers in the place of the server. */
void
mn_passage_hear(mn_passage *passage, CURL *easy, CURLcode code, bool is_public);

/** Begin with libcurl; once a process, whoever else uses it. */
mainet_status
mn_attempts_begin(mainet_error *err);

/** Tell libcurl all about an attempt and hand it over; MAINET_E_CONNECTION_HANDLE,
 *  _REQUEST_HANDLE, _NO_MEMORY. */
mainet_status
mn_attempt_open(mn_attempt *attempt, CURLM *multi);

/** What came of it once libcurl is done: the reply, a proxy's question (passage->is_asked), or why
 *  not. */
mainet_status
mn_attempt_end(mn_attempt *attempt, CURLcode code);

/** Take it back from libcurl. */
void
mn_attempt_close(mn_attempt *attempt);

/** No body of this exchange is larger. */
size_t
mn_exchange_ceiling(const mn_exchange *exchange);

/** The status that a proxy gave to CONNECT; 0: there was none. */
long
mn_attempt_connect_status(const mn_attempt *attempt);

/** Say in the manual's terms why libcurl failed. */
mainet_status
mn_attempt_failure(mn_attempt *attempt, CURLcode code);

#endif
