/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/probe.h"

#include <stdio.h>
#include <string.h>

#include <openssl/x509_vfy.h>

#include "acquire/attempt.h"
#include "mainetcert/version.h"

#define TIMEOUT_MS 20000
#define CONNECT_TIMEOUT_MS 10000
#define TICK_MS 100

/* One connection. */
typedef struct visit {
    const mainet_request *request;
    const char *url;
    mn_passage *passage;
    mn_finding *finding;
    CURL *easy;
    CURLM *multi;
    bool is_https;
    char reason[CURL_ERROR_SIZE];
} visit;

static void
visit_close(visit *self)
{
    if (self->multi != NULL && self->easy != NULL)
        (void)curl_multi_remove_handle(self->multi, self->easy);
    curl_easy_cleanup(self->easy);
    if (self->multi != NULL)
        (void)curl_multi_cleanup(self->multi);
}

static size_t
refuse_body(char *data, size_t size, size_t count, void *user)
{
    (void)data;
    (void)user;
    return size * count == 0 ? 0 : size * count - 1; /* the head of the answer is enough */
}

static int
set_options(const visit *self, bool is_verified)
{
    const char *ca_file = mn_service_profile(self->request->service)->ca_file;
    CURL *easy = self->easy;
    int32_t timeout_ms = self->request->timeout_ms;
    int bad = 0;

    bad |= (int)curl_easy_setopt(easy, CURLOPT_URL, self->url);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https,http");
    bad |= (int)curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, is_verified ? 1L : 0L);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, is_verified ? 0L : 1L);
    if (*ca_file != '\0') {
        bad |= (int)curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
        bad |= (int)curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    }
    bad |= mn_passage_apply(self->passage, easy);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
                                 (long)(timeout_ms < TIMEOUT_MS ? timeout_ms : TIMEOUT_MS));
    bad |= (int)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_USERAGENT, "libmainetcert/" MAINETCERT_VERSION);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, refuse_body);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, self->reason);
    return bad;
}

static mainet_status
perform(visit *self, CURLcode *code, mainet_error *err)
{
    CURLMsg *message = NULL;
    int running = 1;
    int left = 0;

    while (running != 0) {
        if (curl_multi_perform(self->multi, &running) != CURLM_OK)
            return mn_fail(err, MAINET_E_HTTP_CLIENT, 0, "libcurl cannot go on");
        if (running == 0)
            break;
        MN_TRY(mn_request_progress(self->request, MAINET_PHASE_ASKING, 0, 0, err));
        if (curl_multi_poll(self->multi, NULL, 0, TICK_MS, NULL) != CURLM_OK)
            return mn_fail(err, MAINET_E_HTTP_CLIENT, 0, "libcurl cannot wait");
    }
    message = curl_multi_info_read(self->multi, &left);
    if (message == NULL || message->msg != CURLMSG_DONE)
        return mn_fail(err, MAINET_E_HTTP_CLIENT, 0, "libcurl lost the transfer");
    *code = message->data.result;
    return MAINET_OK;
}

/* Go there once. Without verification the connection is closed before anything is sent: it tells
 * whose certificate is not trusted. */
static mainet_status
go(visit *self, bool is_verified, CURLcode *code, mainet_error *err)
{
    self->reason[0] = '\0';
    self->easy = curl_easy_init();
    self->multi = curl_multi_init();
    if (self->easy == NULL || self->multi == NULL || set_options(self, is_verified) != 0 ||
        curl_multi_add_handle(self->multi, self->easy) != CURLM_OK)
        return mn_fail(err, MAINET_E_HTTP_CLIENT, 0, "libcurl refused an option for %s", self->url);
    return perform(self, code, err);
}

static void
note_issuer(const visit *self)
{
    struct curl_certinfo *info = NULL;

    if (curl_easy_getinfo(self->easy, CURLINFO_CERTINFO, &info) != CURLE_OK || info == NULL ||
        info->num_of_certs == 0)
        return;
    for (struct curl_slist *at = info->certinfo[0]; at != NULL; at = at->next) {
        if (strncmp(at->data, "Issuer:", 7) == 0)
            (void)snprintf(self->finding->issuer, sizeof self->finding->issuer, "%s", at->data + 7);
    }
}

/* How far a connection came that was not answered in time. */
static mainet_stage
stage_by_time(const visit *self)
{
    curl_off_t named = 0;
    curl_off_t connected = 0;
    curl_off_t secured = 0;
    long tunnel = 0;

    (void)curl_easy_getinfo(self->easy, CURLINFO_NAMELOOKUP_TIME_T, &named);
    (void)curl_easy_getinfo(self->easy, CURLINFO_CONNECT_TIME_T, &connected);
    (void)curl_easy_getinfo(self->easy, CURLINFO_APPCONNECT_TIME_T, &secured);
    (void)curl_easy_getinfo(self->easy, CURLINFO_HTTP_CONNECTCODE, &tunnel);
    if (*self->finding->proxy != '\0' && (connected == 0 || (self->is_https && tunnel == 0)))
        return MAINET_STAGE_PROXY;
    if (named == 0)
        return MAINET_STAGE_NAME;
    if (connected == 0)
        return MAINET_STAGE_CONNECT;
    return self->is_https && secured == 0 ? MAINET_STAGE_TLS : MAINET_STAGE_HTTP;
}

static mainet_stage
stage_of(const visit *self, CURLcode code)
{
    switch ((int)code) {
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
        return MAINET_STAGE_PROXY;
    case CURLE_COULDNT_RESOLVE_HOST:
        return MAINET_STAGE_NAME;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CACERT_BADFILE:
        return MAINET_STAGE_CERTIFICATE;
    case CURLE_SSL_CONNECT_ERROR:
        return MAINET_STAGE_TLS;
    default:
        return stage_by_time(self);
    }
}

/* A filter answers in the place of a server: nobody else can over TLS. */
static bool
is_filtered(const visit *self, long status)
{
    return status == 407 || status == 511 ||
           (!self->is_https && (status == 403 || status == 451)) || status >= 500;
}

/* Which variable has to be corrected is another one for plain HTTP. */
static void
judge_question(const visit *self, long status)
{
    mn_finding *finding = self->finding;
    char proxy[MN_PROXY_TEXT_LEN];

    mn_proxy_describe(self->request, self->url, proxy);
    finding->stage = MAINET_STAGE_PROXY;
    finding->status = self->passage->refusal;
    finding->http_status = (int32_t)status;
    (void)snprintf(finding->detail, sizeof finding->detail, "HTTP status %ld of proxy %.200s",
                   status, proxy);
}

static void
judge_address(const visit *self)
{
    mn_finding *finding = self->finding;
    char proxy[MN_PROXY_TEXT_LEN];

    mn_proxy_describe(self->request, self->url, proxy);
    finding->stage = MAINET_STAGE_PROXY;
    finding->status = MAINET_E_CONNECTION_HANDLE;
    (void)snprintf(finding->detail, sizeof finding->detail,
                   "the address of the proxy %.200s cannot be used", proxy);
}

static void
judge_answer(const visit *self)
{
    mn_finding *finding = self->finding;
    long status = 0;

    (void)curl_easy_getinfo(self->easy, CURLINFO_RESPONSE_CODE, &status);
    finding->http_status = (int32_t)status;
    finding->stage = MAINET_STAGE_DONE;
    if (!is_filtered(self, status))
        return;
    finding->stage = MAINET_STAGE_HTTP;
    finding->status = MAINET_E_HTTP_STATUS;
    (void)snprintf(finding->detail, sizeof finding->detail, "HTTP status %ld", status);
}

static void
judge_failure(const visit *self, CURLcode code)
{
    mn_finding *finding = self->finding;
    long tunnel = 0;

    (void)curl_easy_getinfo(self->easy, CURLINFO_HTTP_CONNECTCODE, &tunnel);
    finding->stage = stage_of(self, code);
    if (tunnel >= 300) {
        finding->stage = MAINET_STAGE_PROXY;
        finding->http_status = (int32_t)tunnel;
    }
    finding->status =
        finding->stage == MAINET_STAGE_CERTIFICATE ? MAINET_E_TLS_TRUST : MAINET_E_UNREACHABLE;
    (void)snprintf(finding->detail, sizeof finding->detail, "%.247s",
                   self->reason[0] != '\0' ? self->reason : curl_easy_strerror(code));
}

/* An interceptor's certificate is made for the host that was asked for, and for now. */
static bool
is_strangers(long verdict)
{
    return verdict == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT ||
           verdict == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
           verdict == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN ||
           verdict == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT ||
           verdict == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
}

static mainet_status
look_closer(const visit *first, mainet_error *err)
{
    __attribute__((cleanup(visit_close))) visit again = {.request = first->request,
                                                         .url = first->url,
                                                         .passage = first->passage,
                                                         .finding = first->finding,
                                                         .is_https = true};
    CURLcode code = CURLE_OK;
    long verdict = 0;

    (void)curl_easy_getinfo(first->easy, CURLINFO_SSL_VERIFYRESULT, &verdict);
    MN_TRY(go(&again, false, &code, err));
    note_issuer(&again);
    again.finding->is_intercepted = code == CURLE_OK && is_strangers(verdict);
    if (again.finding->is_intercepted && *again.finding->proxy != '\0')
        again.finding->status = MAINET_E_TLS_INTERCEPTED; /* as an acquisition would be told */
    return MAINET_OK;
}

/* Whoever gave no answer, or gave wrong ones, is not asked at the next endpoint. */
static mainet_status
answer_proxy(const visit *self, bool *goes_again, mainet_error *err)
{
    mn_passage *passage = self->passage;
    mainet_error why = {.status = MAINET_OK};

    *goes_again = false;
    if (!passage->is_asked || passage->refusal != MAINET_OK)
        return MAINET_OK;
    passage->left_ms = TIMEOUT_MS;
    if (mn_passage_answer(passage, self->request, self->url, &why) == MAINET_OK) {
        *goes_again = true;
        return MAINET_OK;
    }
    if (why.status != MAINET_E_PROXY_CANCELLED && why.status != MAINET_E_PROXY_CREDENTIALS) {
        *err = why;
        return why.status;
    }
    passage->refusal = why.status;
    return MAINET_OK;
}

static mainet_status
judge(visit *self, CURLcode code, mainet_error *err)
{
    long status = 0;
    long tunnel = 0;

    (void)curl_easy_getinfo(self->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(self->easy, CURLINFO_HTTP_CONNECTCODE, &tunnel);
    note_issuer(self);
    if (self->passage->is_asked)
        judge_question(self, self->is_https ? tunnel : status);
    else if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && status != 0))
        judge_answer(self);
    else
        judge_failure(self, code);
    return self->finding->stage == MAINET_STAGE_CERTIFICATE ? look_closer(self, err) : MAINET_OK;
}

static mainet_status
visit_once(const mainet_request *request, const char *url, mn_passage *passage, mn_finding *finding,
           bool *goes_again, mainet_error *err)
{
    __attribute__((cleanup(visit_close)))
    visit here = {.request = request, .url = url, .passage = passage, .finding = finding};
    CURLcode code = CURLE_OK;

    *goes_again = false;
    if (!mn_passage_is_usable(passage)) { /* libcurl would tell the password in it */
        judge_address(&here);
        return MAINET_OK;
    }
    here.is_https = strncasecmp(url, "https:", 6) == 0;
    MN_TRY(go(&here, true, &code, err));
    mn_passage_hear(passage, here.easy, code, !here.is_https);
    MN_TRY(answer_proxy(&here, goes_again, err));
    return *goes_again ? MAINET_OK : judge(&here, code, err);
}

static mainet_status
probe_by_curl(void *self, const mainet_request *request, const char *url, mn_passage *passage,
              mn_finding *finding, mainet_error *err)
{
    bool goes_again = true;

    (void)self;
    MN_TRY(mn_attempts_begin(err));
    mn_proxy_name(passage->proxy, finding->proxy);
    while (goes_again)
        MN_TRY(visit_once(request, url, passage, finding, &goes_again, err));
    return MAINET_OK;
}

const mn_prober *
mn_prober_curl(void)
{
    static const mn_prober prober = {.probe = probe_by_curl};

    return &prober;
}
