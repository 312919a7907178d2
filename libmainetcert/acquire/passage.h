/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_PASSAGE_H
#define MN_ACQUIRE_PASSAGE_H

#include "acquire/request.h"

/** How we log in to a proxy. */
typedef enum mn_login {
    MN_LOGIN_NONE,     /**< Not, but for what its address says. */
    MN_LOGIN_TICKET,   /**< By Negotiate, with the ticket that the user may have. */
    MN_LOGIN_PASSWORD, /**< By Basic, Digest or NTLM, with what the caller answered. */
} mn_login;

/** What an attempt learns of a proxy for the next one. */
typedef struct mn_passage {
    const char *proxy; /**< its address; "": none */
    mn_login login;
    mainet_credentials credentials; /**< for MN_LOGIN_PASSWORD */
    int32_t asked;                  /**< how often the caller was */
    bool is_known;                  /**< the credentials are those that the request remembers */
    int64_t left_ms;                /**< of the time for the whole exchange */
    bool is_asked;                  /**< the proxy wants to know who we are, and let nothing pass */
    bool takes_tickets;             /**< it knows Negotiate, and so does this libcurl */
    mainet_status refusal;          /**< why a diagnosis asks the caller no more; MAINET_OK */
} mn_passage;

/** Which proxy is on the way to `url`, before the first attempt.
 *
 *  @param[in] timeout_ms  For the whole exchange; 0: the request's. */
mn_passage
mn_passage_of(const mainet_request *request, const char *url, int64_t timeout_ms);

/** Log in to the proxy that asked: as it let us pass before, or with a ticket, which cost nobody a
 *  question, else as the caller answers. */
mainet_status
mn_passage_answer(mn_passage *passage, const mainet_request *request, const char *url,
                  mainet_error *err);

/** It let us pass: what it was answered is for the request's further exchanges, too. */
void
mn_passage_remember(mn_passage *passage, const mainet_request *request);

#endif
