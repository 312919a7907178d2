/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/delivery.h"

#include <stdio.h>
#include <string.h>

#include "acquire/completion.h"
#include "acquire/revocation.h"
#include "store/issuers.h"

void
mn_delivery_of_pending(mn_delivery *delivery, const mn_pending *pending)
{
    delivery->container = pending->container;
    delivery->container_len = pending->container_len;
    delivery->password = pending->password;
    delivery->password_len = pending->password_len;
    delivery->group_id = pending->group_id;
    delivery->certificate_number = pending->certificate_number;
    delivery->service = pending->service;
    delivery->exportable = pending->exportable;
    delivery->delivered_at = pending->delivered_at;
}

static bool
is_expected(const mn_profile *profile, const mn_path *chain)
{
    const mainet_certificate *leaf = chain->certificates[0];

    if (!mn_profile_expects(profile, mainet_certificate_issuer_common_name(leaf)))
        return false;
    return *profile->issuer_sha256 == '\0' ||
           (chain->count > 1 &&
            strcmp(profile->issuer_sha256, mainet_certificate_sha256(chain->certificates[1])) == 0);
}

static mainet_status
judge_issuer(const mn_delivery *delivery, const mn_path *chain, mainet_error *err)
{
    const mainet_request *request = delivery->request;
    const mainet_certificate *leaf = chain->certificates[0];
    const mainet_certificate *issuer = chain->count > 1 ? chain->certificates[1] : leaf;
    bool expected = is_expected(mn_service_profile(request->service), chain);
    mainet_status answer = MAINET_OK;
    bool known = false;

    MN_TRY(mn_token_knows_issuer(delivery->token, issuer, &known, err));
    if (known)
        return MAINET_OK;
    if (request->decide_issuer != NULL)
        answer = request->decide_issuer(issuer, expected, request->issuer_data);
    else if (!expected)
        answer = MAINET_E_CANCELLED;
    if (answer != MAINET_OK)
        return mn_fail(err, answer, 0, "issuer %.100s, SHA-256 %s%s, was not accepted",
                       mainet_certificate_issuer_common_name(leaf),
                       mainet_certificate_sha256(issuer),
                       issuer == leaf ? " (of the certificate it issued)" : "");
    return MAINET_OK;
}

/* Nobody is asked of one issuer for each of many. */
static mainet_status
decide_issuer(const mn_delivery *delivery, const mn_path *chain, mainet_error *err)
{
    const mainet_certificate *issuer = chain->certificates[chain->count > 1 ? 1 : 0];
    const char *sha256 = mainet_certificate_sha256(issuer);
    mn_verdict *last = delivery->verdict;
    mainet_status status = MAINET_OK;

    if (last != NULL && strcmp(last->sha256, sha256) == 0) {
        if (last->refusal.status != MAINET_OK)
            *err = last->refusal;
        return last->refusal.status;
    }
    status = judge_issuer(delivery, chain, err);
    if (last != NULL) {
        (void)snprintf(last->sha256, sizeof last->sha256, "%s", sha256);
        last->refusal = status == MAINET_OK ? (mainet_error){.status = MAINET_OK} : *err;
    }
    return status;
}

/* Those that came with an earlier certificate need not be fetched, nor be decided on again. */
static mainet_status
add_known_issuers(mainet_token *token, mainet_pkcs12 *container, size_t index, mainet_error *err)
{
    mn_chain known = {.count = 0};
    mainet_status status =
        mn_token_chain(token, mn_pkcs12_certificate(container, index), &known, err);

    for (size_t i = 1; status == MAINET_OK && i < known.count; i++)
        status = mn_pkcs12_add(container, known.certificates[i], err);
    mn_chain_clear(&known);
    return status;
}

static mainet_status
check_revocation(const mn_delivery *delivery, const mn_path *chain, mn_repository *repository,
                 mainet_error *err)
{
    const mainet_certificate *leaf = chain->certificates[0];
    mn_revocation found;

    if (!delivery->request->checks_revocation)
        return MAINET_OK;
    MN_TRY(mn_revocation_check(repository, leaf, chain->count > 1 ? chain->certificates[1] : NULL,
                               false, &found, err));
    return mn_revocation_require(&found, leaf, &delivery->request->log, err);
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

/* The import borrows from the arrival. */
static void
describe_import(const mn_delivery *delivery, size_t index, mn_arrival *arrival)
{
    const mn_path *chain = &arrival->chain;

    arrival->import = (mn_identity_import){
        .key = mn_pkcs12_key(arrival->container, index),
        .certificate = chain->certificates[0],
        .chain = chain->certificates + 1,
        .chain_count = chain->count - 1,
        .label = mainet_pkcs12_friendly_name(arrival->container, index),
        .exportable = delivery->exportable,
        .certificate_number = delivery->certificate_number,
        .group_id = delivery->group_id,
        .service = delivery->service,
        .acquired_at = delivery->delivered_at,
    };
}

void
mn_arrival_clear(mn_arrival *arrival)
{
    mainet_pkcs12_free(arrival->container);
    *arrival = (mn_arrival){.container = NULL};
}

mainet_status
mn_delivery_open(const mn_delivery *delivery, mn_arrival *arrival, mainet_error *err)
{
    mn_repository repository =
        mn_repository_of(delivery->transport, delivery->request, mn_token_folder(delivery->token),
                         MAINET_PHASE_OPENING, delivery->waited_ms);
    mainet_pkcs12 *container = mainet_pkcs12_open(delivery->container, delivery->container_len,
                                                  delivery->password, delivery->password_len, err);
    size_t index = 0;

    repository.lost_ms = delivery->lost_ms;
    arrival->container = container;
    if (container == NULL)
        return mn_failure(err);
    MN_TRY(mn_pkcs12_require_identity(container, err));
    if (*mainet_pkcs12_skipped(container) != '\0')
        mn_log_write(&delivery->request->log, MAINET_LOG_WARNING, "the container also holds %s",
                     mainet_pkcs12_skipped(container));
    index = choose_identity(container);
    MN_TRY(add_known_issuers(delivery->token, container, index, err));
    MN_TRY(mn_complete(container, index, &repository, err));
    mn_path_build(&arrival->chain, container, index);
    MN_TRY(check_revocation(delivery, &arrival->chain, &repository, err));
    MN_TRY(decide_issuer(delivery, &arrival->chain, err));
    describe_import(delivery, index, arrival);
    return MAINET_OK;
}

mainet_identity *
mn_delivery_import(const mn_delivery *delivery, mainet_error *err)
{
    const mainet_request *request = delivery->request;
    __attribute__((cleanup(mn_arrival_clear))) mn_arrival arrival = {.container = NULL};
    mainet_identity *identity = NULL;
    bool was_there = false;

    if (mn_request_progress(request, MAINET_PHASE_OPENING, 0, 0, err) != MAINET_OK ||
        mn_delivery_open(delivery, &arrival, err) != MAINET_OK ||
        mn_request_progress(request, MAINET_PHASE_IMPORTING, 0, 0, err) != MAINET_OK)
        return NULL;
    identity = mn_identity_import_one(delivery->token, &arrival.import, &was_there, err);
    if (identity != NULL && was_there)
        mn_log_write(&request->log, MAINET_LOG_INFO, "the certificate was in the token already");
    return identity;
}

bool
mn_delivery_is_unusable(mainet_status status)
{
    return status == MAINET_E_NOT_PKCS12 || status == MAINET_E_PKCS12_PASSWORD ||
           status == MAINET_E_PKCS12_NO_MAC || status == MAINET_E_PKCS12_UNUSABLE ||
           status == MAINET_E_NO_KEY_PAIR || status == MAINET_E_CERTIFICATE ||
           status == MAINET_E_STORE_TAMPERED;
}
