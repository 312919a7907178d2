/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/probe.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/guest.h"

#define PROXIES 3 /* the environment's for https and for http, and none */

typedef struct endpoint {
    const char *url; /* of the profile */
    mn_finding finding;
} endpoint;

/* Whoever logs in to a proxy does so once. */
typedef struct passages {
    mn_passage items[PROXIES];
    size_t count;
} passages;

struct mainet_diagnosis {
    mainet_service *service; /* keeps the addresses alive */
    size_t count;
    endpoint endpoints[];
};

void
mainet_diagnosis_free(mainet_diagnosis *diagnosis)
{
    if (diagnosis == NULL)
        return;
    mainet_service_free(diagnosis->service);
    free(diagnosis);
}

size_t
mainet_diagnosis_count(const mainet_diagnosis *diagnosis)
{
    return diagnosis->count;
}

const char *
mainet_diagnosis_url(const mainet_diagnosis *diagnosis, size_t index)
{
    return diagnosis->endpoints[index].url;
}

mainet_stage
mainet_diagnosis_stage(const mainet_diagnosis *diagnosis, size_t index)
{
    return diagnosis->endpoints[index].finding.stage;
}

mainet_status
mainet_diagnosis_status(const mainet_diagnosis *diagnosis, size_t index)
{
    return diagnosis->endpoints[index].finding.status;
}

int32_t
mainet_diagnosis_http_status(const mainet_diagnosis *diagnosis, size_t index)
{
    return diagnosis->endpoints[index].finding.http_status;
}

const char *
mainet_diagnosis_proxy(const mainet_diagnosis *diagnosis, size_t index)
{
    return diagnosis->endpoints[index].finding.proxy;
}

const char *
mainet_diagnosis_issuer(const mainet_diagnosis *diagnosis, size_t index)
{
    return diagnosis->endpoints[index].finding.issuer;
}

bool
mainet_diagnosis_is_intercepted(const mainet_diagnosis *diagnosis, size_t index)
{
    return diagnosis->endpoints[index].finding.is_intercepted;
}

const char *
mainet_diagnosis_detail(const mainet_diagnosis *diagnosis, size_t index)
{
    return diagnosis->endpoints[index].finding.detail;
}

/* Scheme, host and port: what a network administrator allows, whatever the path. */
static size_t
origin_len(const char *url)
{
    const char *host = strstr(url, "://");

    return host == NULL ? strlen(url) : (size_t)(host - url) + 3 + strcspn(host + 3, "/?#");
}

static void
add(mainet_diagnosis *made, const char *url)
{
    const size_t len = origin_len(url);

    if (*url == '\0')
        return;
    for (size_t i = 0; i < made->count; i++) {
        const char *other = made->endpoints[i].url;

        if (origin_len(other) == len && strncasecmp(other, url, len) == 0)
            return;
    }
    made->endpoints[made->count++].url = url;
}

static void
forget(passages *known)
{
    for (size_t i = 0; i < known->count; i++)
        mn_credentials_clear(&known->items[i].credentials);
}

static mn_passage *
passage_to(passages *known, const mainet_request *request, const char *url)
{
    const mn_passage found = mn_passage_of(request, url, 0);

    for (size_t i = 0; i < known->count; i++) {
        if (strcmp(known->items[i].proxy, found.proxy) == 0)
            return &known->items[i];
    }
    assert(known->count < PROXIES);
    known->items[known->count] = found;
    return &known->items[known->count++];
}

mainet_diagnosis *
mn_diagnose(const mainet_request *request, const mn_prober *prober, mainet_error *err)
{
    mn_auto(mainet_diagnosis) made = NULL;
    __attribute__((cleanup(forget))) passages known = {.count = 0};
    const mn_profile *profile = NULL;

    if (request == NULL)
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "a request is required");
    profile = mn_service_profile(request->service);
    made = calloc(1, sizeof *made + (profile->endpoints.count + 2) * sizeof(endpoint));
    if (made == NULL)
        return mn_fail_memory_null(err, "diagnosis");
    made->service = mn_service_ref(request->service);
    add(made, profile->retrieve_url);
    add(made, profile->confirm_url);
    for (size_t i = 0; i < profile->endpoints.count; i++)
        add(made, profile->endpoints.texts[i]);
    for (size_t i = 0; i < made->count; i++) {
        endpoint *one = &made->endpoints[i];

        if (mn_request_progress(request, MAINET_PHASE_ASKING, (int64_t)i, (int64_t)made->count,
                                err) != MAINET_OK)
            return NULL;
        mn_log_write(&request->log, MAINET_LOG_INFO, "trying %s", one->url);
        if (prober->probe(prober->self, request, one->url, passage_to(&known, request, one->url),
                          &one->finding, err) != MAINET_OK)
            return NULL;
    }
    return mainet_diagnosis_take(&made);
}

mainet_diagnosis *
mainet_diagnose(const mainet_request *request, mainet_error *err)
{
    MN_PUBLIC(err);
    return mn_diagnose(request, mn_prober_curl(), err);
}
