/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/acquire.h"

#include <time.h>

#include "acquire/delivery.h"
#include "acquire/reply.h"
#include "base/file.h"

/* Room for the pending delivery, the objects made of it, and what SQLite needs on the way. */
#define ROOM (3 * MN_REPLY_CEILING)

/* One call of mainet_acquire. */
typedef struct conversation {
    const mainet_request *request;
    mainet_token *token;
    const mn_transport *transport;
    mainet_error *err;
} conversation;

static mn_delivery
delivery_to(const conversation *talk)
{
    const mainet_request *request = talk->request;

    return (mn_delivery){.token = talk->token,
                         .request = request,
                         .transport = talk->transport,
                         .group_id = request->group_id,
                         .certificate_number = request->certificate_number,
                         .service = mainet_service_path(request->service)};
}

static void
tell(const conversation *talk, mainet_log_level level, const char *what)
{
    mn_log_write(&talk->request->log, level, "%s", what);
}

static mainet_status
check(const conversation *talk)
{
    const mainet_request *request = talk->request;

    if (request == NULL || talk->token == NULL)
        return mn_fail(talk->err, MAINET_E_ARGUMENT, 0, "a request and a token are required");
    if (request->group_id == NULL || request->certificate_number == NULL)
        return mn_fail(talk->err, MAINET_E_ARGUMENT, 0,
                       "group ID and certificate number are required");
    if (mn_token_keys(talk->token) == NULL)
        return mn_fail(talk->err, MAINET_E_TOKEN_LOCKED, 0, "the token is locked");
    return mn_request_progress(request, MAINET_PHASE_CHECKING, 0, 0, talk->err);
}

/* A wrong PIN, a full disk or a folder without permission must not cost a retrieval. Room for what
 * comes is taken before it comes. */
static mainet_status
prove(const conversation *talk, int *room)
{
    if (talk->request->password == NULL)
        return mn_fail(talk->err, MAINET_E_ARGUMENT, 0, "the retrieval password is required");
    MN_TRY(mainet_token_prove_writable(talk->token, ROOM, talk->err));
    return mn_parcel_reserve(talk->token, MN_PARCEL_CEILING, room, talk->err);
}

static mainet_status
ask(const conversation *talk, mn_reply *reply)
{
    const mn_profile *profile = mn_service_profile(talk->request->service);
    mn_auto(mn_secret) form = mn_request_form(talk->request, talk->err);
    const mn_exchange exchange = {.url = profile->retrieve_url,
                                  .form = form,
                                  .ca_file = profile->ca_file,
                                  .request = talk->request};

    if (form == NULL)
        return mn_failure(talk->err);
    MN_TRY(mn_request_progress(talk->request, MAINET_PHASE_ASKING, 0, 0, talk->err));
    mn_log_write(&talk->request->log, MAINET_LOG_INFO, "asking %s", profile->retrieve_url);
    MN_TRY(talk->transport->exchange(talk->transport->self, &exchange, reply, talk->err));
    return mn_reply_judge(profile, reply, talk->err);
}

/* The identity is in the token; a delivery that cannot be removed is imported once more, which
 * changes nothing. */
static mainet_identity *
close_delivery(const conversation *talk, mainet_identity *identity)
{
    mainet_error ignored = {0};

    if (identity != NULL && mn_pending_remove(talk->token, talk->request, &ignored) != MAINET_OK)
        mn_log_write(&talk->request->log, MAINET_LOG_WARNING, "pending delivery stays: %s",
                     ignored.detail);
    return identity;
}

/* Take up what an earlier call left. `*resolved` is false where the service has to be asked:
 * nothing is pending, or what is cannot be used, now as then. That stays where it is until the
 * service delivers anew, for it may be all that there is. */
static mainet_identity *
take_up(const conversation *talk, bool *resolved)
{
    mn_auto(mn_pending) pending = mn_pending_find(talk->token, talk->request, talk->err);
    mn_delivery found = delivery_to(talk);
    mainet_identity *identity = NULL;
    mainet_status status = MAINET_OK;

    if (pending != NULL) {
        mn_delivery_of_pending(&found, pending);
        found.exportable = talk->request->exportable; /* what is wanted now counts */
        tell(talk, MAINET_LOG_INFO, "taking up a pending delivery; the service is not asked");
        identity = mn_delivery_import(&found, talk->err);
    }
    status = identity != NULL ? MAINET_OK : mn_failure(talk->err);
    *resolved = status != MAINET_E_PENDING_NOT_FOUND && !mn_delivery_is_unusable(status);
    if (!*resolved && status != MAINET_E_PENDING_NOT_FOUND)
        mn_log_write(&talk->request->log, MAINET_LOG_WARNING,
                     "a pending delivery cannot be used: %s", talk->err->detail);
    return identity;
}

/* If it cannot be kept aside after all, importing is still the best that can be done with the
 * delivery. */
static mainet_identity *
retrieve(const conversation *talk)
{
    mn_auto_reply reply = MN_REPLY_INIT;
    mn_auto_fd room = -1;
    mainet_error ignored = {0};
    mn_delivery fresh = delivery_to(talk);

    if (prove(talk, &room) != MAINET_OK || ask(talk, &reply) != MAINET_OK)
        return NULL;
    if (mn_pending_write(talk->token, talk->request, room, reply.body, &ignored) != MAINET_OK)
        mn_log_write(&talk->request->log, MAINET_LOG_WARNING,
                     "the delivery could not be kept aside: %s", ignored.detail);
    fresh.container = mn_secret_bytes(reply.body);
    fresh.container_len = mn_secret_len(reply.body);
    fresh.password = mn_secret_bytes(talk->request->password);
    fresh.password_len = mn_secret_len(talk->request->password);
    fresh.exportable = talk->request->exportable;
    fresh.delivered_at = (int64_t)time(NULL);
    fresh.waited_ms = reply.waited_ms;
    return mn_delivery_import(&fresh, talk->err);
}

mainet_identity *
mn_acquire(const mainet_request *request, mainet_token *token, const mn_transport *transport,
           mainet_error *err)
{
    const conversation talk = {
        .request = request, .token = token, .transport = transport, .err = err};
    mainet_identity *identity = NULL;
    bool resolved = false;

    if (check(&talk) != MAINET_OK)
        return NULL;
    identity = take_up(&talk, &resolved);
    if (!resolved)
        identity = retrieve(&talk);
    return close_delivery(&talk, identity);
}

mainet_identity *
mainet_acquire(const mainet_request *request, mainet_token *token, mainet_error *err)
{
    mainet_error heard = {0};
    mainet_identity *identity = mn_acquire(request, token, mn_transport_curl(), &heard);

    if (identity == NULL && err != NULL)
        *err = heard; /* what was tried and failed on the way to a success is no error */
    return identity;
}
