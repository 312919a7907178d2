/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/probe.h"

#include <stdlib.h>
#include <string.h>

typedef struct endpoint {
    const char *url; /* of the profile */
    mn_finding finding;
} endpoint;

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

mainet_diagnosis *
mn_diagnose(const mainet_request *request, const mn_prober *prober, mainet_error *err)
{
    mn_auto(mainet_diagnosis) made = NULL;
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
        if (prober->probe(prober->self, request, one->url, &one->finding, err) != MAINET_OK)
            return NULL;
    }
    return mainet_diagnosis_take(&made);
}

mainet_diagnosis *
mainet_diagnose(const mainet_request *request, mainet_error *err)
{
    return mn_diagnose(request, mn_prober_curl(), MN_HEARD(err));
}
