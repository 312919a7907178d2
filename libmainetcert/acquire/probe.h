/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_PROBE_H
#define MN_ACQUIRE_PROBE_H

#include "acquire/passage.h"
#include "acquire/proxy.h"
#include "mainetcert/diagnose.h"

/** What one connection showed. */
typedef struct mn_finding {
    mainet_stage stage;
    mainet_status status;
    int32_t http_status;
    bool is_intercepted;
    char proxy[MN_PROXY_NAME_LEN]; /**< "": none */
    char issuer[256];              /**< "": no certificate was seen */
    char detail[256];              /**< as long as what libcurl says */
} mn_finding;

/**
 * The seam between a diagnosis and the network.
 *
 * `probe` asks for one page, and the caller for user name and password where a proxy does. What the
 * passage has learned is for the next page behind the same proxy. What the probe finds wrong is a
 * finding; it fails with MAINET_E_HTTP_CLIENT, MAINET_E_NO_MEMORY, or with what a callback
 * answered.
 */
typedef struct mn_prober {
    mainet_status (*probe)(void *self, const mainet_request *request, const char *url,
                           mn_passage *passage, mn_finding *finding, mainet_error *err);
    void *self;
} mn_prober;

/** libcurl. */
const mn_prober *
mn_prober_curl(void);

/** mainet_diagnose over any prober. */
mainet_diagnosis *
mn_diagnose(const mainet_request *request, const mn_prober *prober, mainet_error *err);

MN_AUTO_TYPE(mainet_diagnosis, mainet_diagnosis_free)

#endif
