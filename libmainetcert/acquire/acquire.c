/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/acquire.h"

#include <string.h>
#include <time.h>

#include "acquire/chain.h"
#include "acquire/pending.h"
#include "acquire/reply.h"

/* Room for the pending delivery, the objects made of it, and what SQLite needs on the way. */
#define ROOM (3 * MN_REPLY_CEILING)

/* One call of mainet_acquire. */
typedef struct conversation {
    const mainet_request *request;
    mainet_token *token;
    const mn_transport *transport;
    mainet_error *err;
} conversation;

/* What there is to import, from the service or from `pending/`. */
typedef struct delivery {
    const uint8_t *container;
    size_t container_len;
    const uint8_t *password;
    size_t password_len;
    int64_t delivered_at;
} delivery;

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

/* A wrong PIN, a full disk or a folder without permission must not cost a retrieval. */
static mainet_status
prove(const conversation *talk)
{
    if (talk->request->password == NULL)
        return mn_fail(talk->err, MAINET_E_ARGUMENT, 0, "the retrieval password is required");
    MN_TRY(mainet_token_prove_writable(talk->token, ROOM, talk->err));
    return mn_pending_prove(talk->token, talk->err);
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

static bool
is_expected(const mn_profile *profile, const mn_chain *chain)
{
    const mainet_certificate *leaf = chain->certificates[0];

    if (!mn_profile_expects(profile, mainet_certificate_issuer_common_name(leaf)))
        return false;
    return *profile->issuer_sha256 == '\0' ||
           (chain->count > 1 &&
            strcmp(profile->issuer_sha256, mainet_certificate_sha256(chain->certificates[1])) == 0);
}

static mainet_status
decide_issuer(const conversation *talk, const mn_chain *chain)
{
    const mainet_request *request = talk->request;
    const mainet_certificate *leaf = chain->certificates[0];
    const mainet_certificate *issuer = chain->count > 1 ? chain->certificates[1] : leaf;
    bool expected = is_expected(mn_service_profile(request->service), chain);
    mainet_status answer = MAINET_OK;
    bool known = false;

    MN_TRY(mn_token_knows_issuer(talk->token, issuer, &known, talk->err));
    if (known)
        return MAINET_OK;
    if (request->decide_issuer != NULL)
        answer = request->decide_issuer(issuer, expected, request->issuer_data);
    else if (!expected)
        answer = MAINET_E_CANCELLED;
    if (answer != MAINET_OK)
        return mn_fail(talk->err, answer, 0, "issuer %.100s, SHA-256 %s%s, was not accepted",
                       mainet_certificate_issuer_common_name(leaf),
                       mainet_certificate_sha256(issuer),
                       issuer == leaf ? " (of the certificate it issued)" : "");
    return MAINET_OK;
}

/* Where one key has several certificates, the one that lasts longest is what was ordered. */
static size_t
choose_identity(const mainet_pkcs12 *container)
{
    size_t chosen = 0;

    for (size_t i = 1; i < mainet_pkcs12_identity_count(container); i++) {
        if (mainet_certificate_not_after(mn_pkcs12_certificate(container, i)) >
            mainet_certificate_not_after(mn_pkcs12_certificate(container, chosen)))
            chosen = i;
    }
    return chosen;
}

static mainet_identity *
import_identity(const conversation *talk, const mainet_pkcs12 *container, size_t index,
                const mn_chain *chain, int64_t delivered_at)
{
    const mainet_request *request = talk->request;
    const mn_identity_import import = {
        .key = mn_pkcs12_key(container, index),
        .certificate = chain->certificates[0],
        .chain = chain->certificates + 1,
        .chain_count = chain->count - 1,
        .label = mainet_pkcs12_friendly_name(container, index),
        .exportable = request->exportable,
        .certificate_number = request->certificate_number,
        .group_id = request->group_id,
        .service = mainet_service_path(request->service),
        .acquired_at = delivered_at,
    };
    mainet_identity *identity = NULL;
    bool was_there = false;

    if (mn_request_progress(request, MAINET_PHASE_IMPORTING, 0, 0, talk->err) != MAINET_OK)
        return NULL;
    identity = mn_identity_import_one(talk->token, &import, &was_there, talk->err);
    if (identity != NULL && was_there)
        tell(talk, MAINET_LOG_INFO, "the certificate was in the token already");
    return identity;
}

static mainet_identity *
open_and_import(const conversation *talk, const delivery *found)
{
    mn_auto(mainet_pkcs12) container = NULL;
    const char *skipped = NULL;
    mn_chain chain;
    size_t index = 0;

    if (mn_request_progress(talk->request, MAINET_PHASE_OPENING, 0, 0, talk->err) != MAINET_OK)
        return NULL;
    container = mainet_pkcs12_open(found->container, found->container_len, found->password,
                                   found->password_len, talk->err);
    if (container == NULL || mn_pkcs12_require_identity(container, talk->err) != MAINET_OK)
        return NULL;
    skipped = mainet_pkcs12_skipped(container);
    if (*skipped != '\0')
        mn_log_write(&talk->request->log, MAINET_LOG_WARNING, "the container also holds %s",
                     skipped);
    index = choose_identity(container);
    mn_chain_build(&chain, container, index);
    if (!mn_chain_is_complete(&chain))
        tell(talk, MAINET_LOG_INFO, "the container does not hold the whole chain");
    if (decide_issuer(talk, &chain) != MAINET_OK)
        return NULL;
    return import_identity(talk, container, index, &chain, found->delivered_at);
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

static bool
is_container_fault(mainet_status status)
{
    return status == MAINET_E_NOT_PKCS12 || status == MAINET_E_PKCS12_PASSWORD ||
           status == MAINET_E_PKCS12_NO_MAC || status == MAINET_E_PKCS12_UNUSABLE ||
           status == MAINET_E_NO_KEY_PAIR || status == MAINET_E_CERTIFICATE;
}

/* Take up what an earlier call left. `*resolved` is false where the service has to be asked:
 * nothing is pending, or what is cannot be used, now as then. That stays where it is until the
 * service delivers anew, for it may be all that there is. */
static mainet_identity *
resume(const conversation *talk, bool *resolved)
{
    mn_auto(mn_pending) pending = mn_pending_find(talk->token, talk->request, talk->err);
    mainet_identity *identity = NULL;
    mainet_status status = MAINET_OK;

    if (pending != NULL) {
        const delivery found = {.container = pending->container,
                                .container_len = pending->container_len,
                                .password = pending->password,
                                .password_len = pending->password_len,
                                .delivered_at = pending->delivered_at};

        tell(talk, MAINET_LOG_INFO, "taking up a pending delivery; the service is not asked");
        identity = open_and_import(talk, &found);
    }
    status = identity != NULL ? MAINET_OK : mn_failure(talk->err);
    *resolved = status != MAINET_E_PENDING_NOT_FOUND && status != MAINET_E_STORE_TAMPERED &&
                !is_container_fault(status);
    if (!*resolved && status != MAINET_E_PENDING_NOT_FOUND)
        mn_log_write(&talk->request->log, MAINET_LOG_WARNING,
                     "a pending delivery cannot be used: %s", talk->err->detail);
    return identity;
}

/* If the disk is full by now, importing is still the best that can be done with the delivery. */
static mainet_identity *
retrieve(const conversation *talk)
{
    mn_auto_reply reply = MN_REPLY_INIT;
    mainet_error ignored = {0};
    delivery fresh = {.container = NULL};

    if (prove(talk) != MAINET_OK || ask(talk, &reply) != MAINET_OK)
        return NULL;
    if (mn_pending_write(talk->token, talk->request, reply.body, &ignored) != MAINET_OK)
        mn_log_write(&talk->request->log, MAINET_LOG_WARNING,
                     "the delivery could not be kept aside: %s", ignored.detail);
    fresh.container = mn_secret_bytes(reply.body);
    fresh.container_len = mn_secret_len(reply.body);
    fresh.password = mn_secret_bytes(talk->request->password);
    fresh.password_len = mn_secret_len(talk->request->password);
    fresh.delivered_at = (int64_t)time(NULL);
    return open_and_import(talk, &fresh);
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
    identity = resume(&talk, &resolved);
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
