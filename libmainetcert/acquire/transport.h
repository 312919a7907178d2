/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_TRANSPORT_H
#define MN_ACQUIRE_TRANSPORT_H

#include "acquire/request.h"
#include "base/buffer.h"
#include "base/openssl.h"
#include "pkcs12/certificate.h"

/** No reply is larger. */
#define MN_REPLY_CEILING ((size_t)256 * 1024)

/** Who we are to a server that asks for a certificate; everything is borrowed. */
typedef struct mn_client {
    EVP_PKEY *key;
    const mainet_certificate *const *chain; /**< its own certificate first */
    size_t chain_count;
} mn_client;

/** One HTTPS exchange, or one by HTTP of what is public; everything is borrowed. */
typedef struct mn_exchange {
    const char *url;               /**< https; http if is_public */
    const mn_secret *form;         /**< POSTed; NULL: GET */
    const char *ca_file;           /**< "": the system's trust */
    const mn_client *client;       /**< NULL: nobody */
    const mainet_request *request; /**< proxy, timeout, callbacks, log */
    bool is_public;                /**< what anybody may have, GET by http */
    size_t ceiling;                /**< of the body; 0: MN_REPLY_CEILING */
    int32_t timeout_ms;            /**< 0: the request's */
    mainet_phase phase;            /**< is_public: what the caller hears all the while */
} mn_exchange;

/** What a server answered. */
typedef struct mn_reply {
    int status;        /**< HTTP status */
    mn_buffer headers; /**< `Name: value` lines, each NUL-terminated */
    mn_secret *body;   /**< wiped when freed: it may be a container */
    char alert[64];    /**< the TLS alert that ended the connection instead; "" if none */
    int64_t waited_ms; /**< for it, not counting what people took to answer a proxy */
} mn_reply;

/** Milliseconds of a clock that is never set. */
int64_t
mn_now_ms(void);

void
mn_reply_clear(mn_reply *reply);

/** Note the alert that OpenSSL's words tell of ("… tlsv13 alert certificate required, errno 0"), if
 *  they do. */
void
mn_reply_set_alert(mn_reply *reply, const char *reason);

/** `mn_auto_reply reply = MN_REPLY_INIT;` is wiped with its scope. */
#define mn_auto_reply __attribute__((cleanup(mn_reply_clear))) mn_reply
#define MN_REPLY_INIT                                                                              \
    {                                                                                              \
        .headers = MN_BUFFER_INIT(65536)                                                           \
    }

/** Many exchanges: where they come from, and where their replies go. None of them is_public. */
typedef struct mn_crowd {
    size_t jobs; /**< as many at a time */
    /** The next to begin and its number; NULL: none for now. It lives until it is settled. */
    const mn_exchange *(*next)(void *self, size_t *number);
    /** One has ended: with a reply, which may be taken, or with a failure (`failure` is not NULL).
     */
    void (*settle)(void *self, size_t number, mn_reply *reply, const mainet_error *failure);
    /** After those that ended together, and at least ten times a second. A failure ends it all:
     *  what was not sent yet is given up, what was sent is awaited for MN_CROWD_GRACE_MS. Those
     *  given up are settled with that failure. */
    mainet_status (*round)(void *self, mainet_error *err);
    void *self;
} mn_crowd;

/** How long a reply that is on its way is awaited, once nobody wants to go on. */
#define MN_CROWD_GRACE_MS 10000

/**
 * The seam between the conversation and the network.
 *
 * `exchange` sends one request and reads one reply. It follows no redirect, repeats nothing that
 * was sent, reports MAINET_PHASE_ASKING and MAINET_PHASE_RETRIEVING and obeys what the progress
 * callback answers; but once the reply is complete it is returned, whatever happens.
 *
 * It fails with MAINET_E_HTTP_CLIENT, _CONNECTION_HANDLE, _REQUEST_HANDLE, _UNREACHABLE (with
 * `alert` where the server ended it so), _TLS_TRUST, _TLS_INTERCEPTED, _PROXY_CANCELLED,
 * _PROXY_CREDENTIALS, _NO_HTTP_STATUS, _REPLY_TOO_LARGE, _NO_MEMORY, _UNKNOWN_ASKING,
 * _UNKNOWN_RETRIEVING, or with what a callback answered.
 *
 * `exchange_many` does so for many, each by itself, over connections that it may use again; it ends
 * when none is under way and `next` has none, with what `round` failed with. Progress is `round`'s
 * to tell. A form that was handed over is not sent again there either.
 */
typedef struct mn_transport {
    mainet_status (*exchange)(void *self, const mn_exchange *exchange, mn_reply *reply,
                              mainet_error *err);
    mainet_status (*exchange_many)(void *self, const mn_crowd *crowd, mainet_error *err);
    void *self;
} mn_transport;

/** libcurl. */
const mn_transport *
mn_transport_curl(void);

/** As mn_transport's `exchange_many`, by libcurl. */
mainet_status
mn_exchange_many_by_curl(void *self, const mn_crowd *crowd, mainet_error *err);

#endif
