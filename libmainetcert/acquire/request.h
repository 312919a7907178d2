/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_REQUEST_H
#define MN_ACQUIRE_REQUEST_H

#include "acquire/service.h"
#include "base/log.h"
#include "base/secret.h"
#include "mainetcert/acquire.h"

/** What a proxy is answered. */
struct mainet_credentials {
    char *user;          /**< NULL: not set */
    mn_secret *password; /**< NUL-terminated beyond its length, as libcurl wants it */
};

/** What a proxy let pass, so that nobody is asked for it twice. */
typedef struct mn_known_proxy {
    char *name; /**< host and port; NULL: none yet */
    mainet_credentials credentials;
} mn_known_proxy;

/** What mainet_request_… set; read by the calls that take a request. */
struct mainet_request {
    mainet_service *service;
    char *group_id;           /**< NULL: not set */
    char *certificate_number; /**< NULL: not set */
    mn_secret *password;      /**< NULL: not set */
    bool exportable;
    bool checks_revocation;
    char *proxy; /**< NULL: the environment's; "": none */
    int32_t timeout_ms;
    mn_log log;
    mainet_progress_fn progress;
    void *progress_data;
    mainet_issuer_fn decide_issuer;
    void *issuer_data;
    mainet_proxy_fn ask_proxy;
    void *proxy_data;
    mn_known_proxy *known; /**< written by calls; shared by copies of a request */
};

/** Forget a proxy, and what it was answered. */
void
mn_known_proxy_forget(mn_known_proxy *known);

/** Forget user and password. */
void
mn_credentials_clear(mainet_credentials *credentials);

/** Tell where a call is, if anybody listens; what the listener answers ends the call. */
mainet_status
mn_request_progress(const mainet_request *request, mainet_phase phase, int64_t done, int64_t total,
                    mainet_error *err);

/** Encode the form of the profile: application/x-www-form-urlencoded (WHATWG URL, 5.2). */
mn_secret *
mn_request_form(const mainet_request *request, mainet_error *err);

MN_AUTO_TYPE(mainet_request, mainet_request_free)

#endif
