/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/confirm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "acquire/reply.h"
#include "acquire/revocation.h"
#include "base/guest.h"

#define REASON_LEN 256
#define CHAIN_CEILING 16

struct mainet_confirmation {
    mainet_standing standing;
    char reasons[2][REASON_LEN]; /* by mainet_lang */
    mn_revocation revocation;
    char *url;
};

bool
mainet_confirmation_is_installed(const mainet_confirmation *confirmation)
{
    return confirmation->standing == MAINET_STANDING_INSTALLED;
}

mainet_standing
mainet_confirmation_standing(const mainet_confirmation *confirmation)
{
    return confirmation->standing;
}

const char *
mainet_confirmation_reason(const mainet_confirmation *confirmation, mainet_lang lang)
{
    return confirmation->reasons[lang == MAINET_LANG_JA];
}

mainet_revocation
mainet_confirmation_revocation(const mainet_confirmation *confirmation)
{
    return confirmation->revocation.answer;
}

const char *
mainet_confirmation_revocation_detail(const mainet_confirmation *confirmation)
{
    return confirmation->revocation.detail;
}

const char *
mainet_confirmation_url(const mainet_confirmation *confirmation)
{
    return confirmation->url;
}

void
mainet_confirmation_free(mainet_confirmation *confirmation)
{
    if (confirmation == NULL)
        return;
    free(confirmation->url);
    free(confirmation);
}

static bool
page_accepts(const mn_profile *profile, const mn_reply *reply)
{
    return reply->alert[0] == '\0' && reply->status == 200 &&
           mn_reply_says(reply, profile->installed);
}

/* The issuer's word first, then the server's, then what this machine can tell of a refusal.
 * `*since` is the date that goes with it. */
static mainet_standing
find_standing(const mainet_confirmation *made, const mn_profile *profile, const mn_reply *reply,
              const mainet_certificate *certificate, int64_t *since)
{
    int64_t now = (int64_t)time(NULL);

    *since = made->revocation.revoked_at;
    if (made->revocation.answer == MAINET_REVOCATION_REVOKED ||
        strcmp(reply->alert, "certificate revoked") == 0)
        return MAINET_STANDING_REVOKED;
    if (page_accepts(profile, reply))
        return MAINET_STANDING_INSTALLED;
    *since = mainet_certificate_not_after(certificate);
    if (now > *since)
        return MAINET_STANDING_EXPIRED;
    *since = mainet_certificate_not_before(certificate);
    if (now < *since)
        return MAINET_STANDING_NOT_YET_VALID;
    *since = 0;
    if (strcmp(reply->alert, "certificate expired") == 0) /* by the server's clock */
        return MAINET_STANDING_EXPIRED;
    return reply->alert[0] != '\0' || reply->status != 200 ? MAINET_STANDING_NOT_ACCEPTED
                                                           : MAINET_STANDING_TEXT_MISSING;
}

/* In the order of mainet_lang; the date and what the page answered follow. */
static const char *const texts[][2] = {
    [MAINET_STANDING_INSTALLED] = {"", ""},
    [MAINET_STANDING_NOT_ACCEPTED] = {"the page did not accept the certificate",
                                      "確認ページが証明書を受け付けませんでした"},
    [MAINET_STANDING_EXPIRED] = {"the certificate expired", "証明書の有効期限が切れています"},
    [MAINET_STANDING_NOT_YET_VALID] = {"the certificate is not valid yet",
                                       "証明書の有効期間がまだ始まっていません"},
    [MAINET_STANDING_REVOKED] = {"the certificate has been revoked", "証明書は失効しています"},
    [MAINET_STANDING_TEXT_MISSING] =
        {"the page does not say that the certificate is installed",
         "確認ページに、正しくインストールされている旨の表示がありません"},
};

static void
describe(mainet_confirmation *made, const mn_reply *reply, int64_t since)
{
    time_t seconds = (time_t)since;
    struct tm date;
    char day[32] = "";
    char answer[2][100] = {"", ""};

    if (made->standing == MAINET_STANDING_INSTALLED)
        return;
    if (since != 0 && gmtime_r(&seconds, &date) != NULL)
        (void)strftime(day, sizeof day, ": %Y-%m-%d %H:%M:%S UTC", &date);
    if (reply->alert[0] != '\0') {
        (void)snprintf(answer[0], sizeof answer[0], " (TLS alert: %s)", reply->alert);
        (void)snprintf(answer[1], sizeof answer[1], "（TLS アラート: %s）", reply->alert);
    } else if (reply->status != 200) {
        (void)snprintf(answer[0], sizeof answer[0], " (HTTP status %d)", reply->status);
        (void)snprintf(answer[1], sizeof answer[1], "（HTTP ステータス %d）", reply->status);
    }
    for (int lang = 0; lang < 2; lang++)
        (void)snprintf(made->reasons[lang], REASON_LEN, "%s%s%s", texts[made->standing][lang], day,
                       answer[lang]);
}

/* A page that refuses may know better than a list that was kept. */
static mainet_status
look_up(mainet_confirmation *made, const mainet_request *request, const mn_transport *transport,
        mainet_identity *identity, const mn_reply *reply, mainet_error *err)
{
    const mn_profile *profile = mn_service_profile(request->service);
    mn_repository repository =
        mn_repository_of(transport, request, mn_token_folder(mn_identity_token(identity)),
                         MAINET_PHASE_ASKING, reply->waited_ms);

    return mn_revocation_check(&repository, mainet_identity_certificate(identity),
                               mainet_identity_chain_at(identity, 1), !page_accepts(profile, reply),
                               &made->revocation, err);
}

static mainet_status
visit(const mainet_request *request, mainet_identity *identity, const mn_transport *transport,
      mn_reply *reply, mainet_error *err)
{
    const mn_profile *profile = mn_service_profile(request->service);
    const mainet_certificate *chain[CHAIN_CEILING];
    mn_auto(EVP_PKEY) key = mn_identity_key(identity, err);
    mn_client client = {.key = key, .chain = chain, .chain_count = 0};
    const mn_exchange exchange = {.url = profile->confirm_url,
                                  .ca_file = profile->ca_file,
                                  .client = &client,
                                  .request = request};
    mainet_status status = MAINET_OK;

    if (key == NULL)
        return mn_failure(err);
    while (client.chain_count < CHAIN_CEILING &&
           mainet_identity_chain_at(identity, client.chain_count) != NULL) {
        chain[client.chain_count] = mainet_identity_chain_at(identity, client.chain_count);
        client.chain_count++;
    }
    mn_log_write(&request->log, MAINET_LOG_INFO, "asking %s", profile->confirm_url);
    status = transport->exchange(transport->self, &exchange, reply, err);
    if (status == MAINET_E_UNREACHABLE && reply->alert[0] != '\0')
        return MAINET_OK; /* that is an answer, too */
    return status;
}

/* The answer counts, whether it can be kept or not. What is revoked must not push out an older one
 * as if it were confirmed. */
static void
keep(const mainet_request *request, mainet_identity *identity, mainet_standing standing)
{
    const int64_t when = standing == MAINET_STANDING_REVOKED ? 0 : (int64_t)time(NULL);
    mainet_error ignored = {0};

    if (when == 0 && mainet_identity_confirmed_at(identity) == 0)
        return;
    if (mn_identity_set_confirmed(identity, when, &ignored) != MAINET_OK)
        mn_log_write(&request->log, MAINET_LOG_WARNING, "the confirmation could not be kept: %s",
                     ignored.detail);
}

mainet_confirmation *
mn_confirm(const mainet_request *request, mainet_identity *identity, const mn_transport *transport,
           mainet_error *err)
{
    mn_auto_reply reply = MN_REPLY_INIT;
    mn_auto(mainet_confirmation) made = NULL;
    const mn_profile *profile = NULL;
    int64_t since = 0;

    if (request == NULL || identity == NULL)
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "a request and an identity are required");
    profile = mn_service_profile(request->service);
    if (*profile->confirm_url == '\0')
        return mn_fail_null(err, MAINET_E_SERVICE_PROFILE, 0, "%s: [confirm] has no url",
                            mainet_service_path(request->service));
    made = calloc(1, sizeof *made);
    if (made == NULL)
        return mn_fail_memory_null(err, "confirmation");
    made->url = strdup(profile->confirm_url);
    if (made->url == NULL)
        return mn_fail_memory_null(err, "confirmation");
    if (visit(request, identity, transport, &reply, err) != MAINET_OK)
        return NULL;
    if (look_up(made, request, transport, identity, &reply, err) != MAINET_OK)
        return NULL;
    made->standing =
        find_standing(made, profile, &reply, mainet_identity_certificate(identity), &since);
    describe(made, &reply, since);
    if (made->standing == MAINET_STANDING_INSTALLED || made->standing == MAINET_STANDING_REVOKED)
        keep(request, identity, made->standing);
    return mainet_confirmation_take(&made);
}

mainet_confirmation *
mainet_confirm(const mainet_request *request, mainet_identity *identity, mainet_error *err)
{
    MN_PUBLIC(err);
    return mn_confirm(request, identity, mn_transport_curl(), err);
}
