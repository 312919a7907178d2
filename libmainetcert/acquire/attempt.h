/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_ATTEMPT_H
#define MN_ACQUIRE_ATTEMPT_H

#include <curl/curl.h>

#include "acquire/transport.h"
#include "acquire/trust.h"

/** How we log in to a proxy. */
typedef enum mn_login {
    MN_LOGIN_NONE,     /**< Not, but for what its address says. */
    MN_LOGIN_TICKET,   /**< By Negotiate, with the ticket that the user may have. */
    MN_LOGIN_PASSWORD, /**< By Basic, Digest or NTLM, with what the caller answered. */
} mn_login;

/** What an attempt learns for the next one. */
typedef struct mn_passage {
    const char *proxy; /**< its address; "": none */
    mn_login login;
    mainet_credentials credentials; /**< for MN_LOGIN_PASSWORD */
    int32_t asked;                  /**< how often the caller was */
    int64_t left_ms;                /**< of the time for the whole exchange */
    bool is_asked;                  /**< the proxy wants to know who we are, and made no tunnel */
    bool takes_tickets;             /**< it knows Negotiate, and so does this libcurl */
} mn_passage;

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

/** Which proxy is on the way of an exchange, before the first attempt. */
mn_passage
mn_passage_of(const mn_exchange *exchange);

/** Log in to the proxy that asked: with a ticket, which costs nobody a question, else as the caller
 *  answers. */
mainet_status
mn_passage_answer(mn_passage *passage, const mn_exchange *exchange, mainet_error *err);

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
