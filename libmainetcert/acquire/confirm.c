/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/confirm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "acquire/reply.h"

#define REASON_LEN 256
#define CHAIN_CEILING 16

struct mainet_confirmation {
    bool is_installed;
    char reason[REASON_LEN];
    char *url;
};

bool
mainet_confirmation_is_installed(const mainet_confirmation *confirmation)
{
    return confirmation->is_installed;
}

const char *
mainet_confirmation_reason(const mainet_confirmation *confirmation)
{
    return confirmation->reason;
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

/* What this machine can tell of a refusal; "" if it sees nothing wrong. */
static void
describe_validity(const mainet_certificate *certificate, char text[REASON_LEN])
{
    int64_t now = (int64_t)time(NULL);
    int64_t edge = 0;
    time_t seconds = 0;
    struct tm date;
    char day[32] = "";

    text[0] = '\0';
    if (now > mainet_certificate_not_after(certificate))
        edge = mainet_certificate_not_after(certificate);
    else if (now < mainet_certificate_not_before(certificate))
        edge = mainet_certificate_not_before(certificate);
    else
        return;
    seconds = (time_t)edge;
    if (gmtime_r(&seconds, &date) != NULL)
        (void)strftime(day, sizeof day, "%Y-%m-%d %H:%M:%S UTC", &date);
    (void)snprintf(text, REASON_LEN, "the certificate %s on %s; ",
                   now > edge ? "expired" : "becomes valid only", day);
}

static void
judge(mainet_confirmation *made, const mn_profile *profile, const mn_reply *reply,
      const mainet_certificate *certificate)
{
    char validity[REASON_LEN];

    made->is_installed =
        reply->alert[0] == '\0' && reply->status == 200 && mn_reply_says(reply, profile->installed);
    if (made->is_installed)
        return;
    describe_validity(certificate, validity);
    if (reply->alert[0] != '\0')
        (void)snprintf(made->reason, sizeof made->reason,
                       "%.100sthe server refused the certificate (TLS alert: %s)", validity,
                       reply->alert);
    else if (reply->status != 200)
        (void)snprintf(made->reason, sizeof made->reason,
                       "%.100sthe page answered HTTP status %d: it did not accept the certificate",
                       validity, reply->status);
    else
        (void)snprintf(made->reason, sizeof made->reason,
                       "%.100sthe page does not say that the certificate is installed", validity);
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

/* The answer counts, whether it can be kept or not. */
static void
keep(const mainet_request *request, mainet_identity *identity)
{
    mainet_error ignored = {0};

    if (mn_identity_set_confirmed(identity, (int64_t)time(NULL), &ignored) != MAINET_OK)
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
    judge(made, profile, &reply, mainet_identity_certificate(identity));
    if (made->is_installed)
        keep(request, identity);
    return mainet_confirmation_take(&made);
}

mainet_confirmation *
mainet_confirm(const mainet_request *request, mainet_identity *identity, mainet_error *err)
{
    return mn_confirm(request, identity, mn_transport_curl(), MN_HEARD(err));
}
