/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/transport.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <curl/curl.h>

#include "acquire/client.h"
#include "acquire/proxy.h"
#include "mainetcert/version.h"

#define CONNECT_TIMEOUT_MS 20000
#define TICK_MS 100 /* how long a cancelled call goes on at most */

/* One attempt at an exchange, and what its callbacks leave behind. */
typedef struct attempt {
    const mn_exchange *exchange;
    mn_reply *reply;
    const mainet_credentials *credentials; /* for the proxy; user NULL: none */
    int64_t timeout_ms;
    CURL *easy;
    CURLM *multi;
    struct curl_slist *headers;
    size_t received;
    bool too_large;
    mainet_status stopped; /* what a callback ended it with */
    mainet_error *err;
    char reason[CURL_ERROR_SIZE];
} attempt;

static void
attempt_close(attempt *try)
{
    if (try->multi != NULL && try->easy != NULL)
        (void)curl_multi_remove_handle(try->multi, try->easy);
    curl_easy_cleanup(try->easy);
    if (try->multi != NULL)
        (void)curl_multi_cleanup(try->multi);
    curl_slist_free_all(try->headers);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static CURLcode begun;

static void
begin(void)
{
    begun = curl_global_init(CURL_GLOBAL_DEFAULT); /* counted by libcurl; the host may have, too */
}

static size_t
take_header(char *line, size_t size, size_t count, void *user)
{
    attempt *try = user;
    mn_buffer *headers = &try->reply->headers;
    size_t len = size * count;
    size_t text_len = len;

    if (try->received != 0)
        return len; /* a trailer proves nothing about what came before it */
    if (len >= 5 && memcmp(line, "HTTP/", 5) == 0)
        mn_buffer_clear(headers); /* an interim answer came first (RFC 9110, 15.2) */
    while (text_len != 0 && strchr("\r\n \t", line[text_len - 1]) != NULL)
        text_len--;
    if (text_len == 0 || memchr(line, 0, text_len) != NULL)
        return len;
    mn_buffer_append(headers, line, text_len);
    mn_buffer_append_u8(headers, 0);
    try->too_large = headers->failed;
    return headers->failed ? 0 : len;
}

static size_t
ceiling_of(const mn_exchange *exchange)
{
    return exchange->ceiling == 0 ? MN_REPLY_CEILING : exchange->ceiling;
}

static size_t
take_body(char *data, size_t size, size_t count, void *user)
{
    attempt *try = user;
    size_t len = size * count;

    if (len > ceiling_of(try->exchange) - try->received) {
        try->too_large = true;
        return 0;
    }
    memcpy(mn_secret_data(try->reply->body) + try->received, data, len);
    try->received += len;
    return len;
}

/* libcurl calls it for a proxy's TLS as well, which is not to see who we are: there, no tunnel has
 * been made yet. */
static CURLcode
take_context(CURL *easy, void *context, void *user)
{
    attempt *try = user;
    const char *proxy = mn_proxy_address(try->exchange->request);
    long connect_code = 0;

    (void)curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &connect_code);
    if (connect_code == 0 && strncasecmp(proxy, "https://", 8) == 0)
        return CURLE_OK;
    try->stopped = mn_client_use(try->exchange->client, context, try->err);
    return try->stopped == MAINET_OK ? CURLE_OK : CURLE_SSL_CERTPROBLEM;
}

static int
set_connection(const attempt *try)
{
    CURL *easy = try->easy;
    const mn_exchange *exchange = try->exchange;
    const char *ca_file = exchange->ca_file;
    int bad = 0;

    bad |= (int)curl_easy_setopt(easy, CURLOPT_URL, exchange->url);
    bad |=
        (int)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, exchange->is_public ? "http" : "https");
    bad |= (int)curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https");
    bad |= (int)curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    if (*ca_file != '\0') { /* in place of the system's, not beside it */
        bad |= (int)curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
        bad |= (int)curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    }
    if (exchange->client != NULL) {
        bad |= (int)curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, take_context);
        bad |= (int)curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, try);
    }
    /* a connection of its own: on a reused one libcurl repeats a request that got no answer */
    bad |= (int)curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)try->timeout_ms);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    return bad;
}

static int
set_proxy(const attempt *try)
{
    const mainet_request *request = try->exchange->request;
    CURL *easy = try->easy;
    int bad = (int)curl_easy_setopt(easy, CURLOPT_PROXYAUTH, (long)CURLAUTH_ANY);

    if (request->proxy != NULL)
        bad |= (int)curl_easy_setopt(easy, CURLOPT_PROXY, request->proxy);
    if (try->credentials->user == NULL)
        return bad;
    bad |= (int)curl_easy_setopt(easy, CURLOPT_PROXYUSERNAME, try->credentials->user);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_PROXYPASSWORD,
                                 (const char *)mn_secret_bytes(try->credentials->password));
    return bad;
}

static int
set_message(attempt *try)
{
    const mn_secret *form = try->exchange->form;
    CURL *easy = try->easy;
    int bad = 0;

    try->headers = curl_slist_append(NULL, "Expect:");
    bad |= try->headers == NULL;
    bad |= (int)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, try->headers);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_USERAGENT, "libmainetcert/" MAINETCERT_VERSION);
    if (form != NULL) { /* not copied: it has the password in it */
        bad |= (int)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                                     (curl_off_t)mn_secret_len(form));
        bad |= (int)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, mn_secret_bytes(form));
    }
    bad |= (int)curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_HEADERDATA, try);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_WRITEDATA, try);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE,
                                 (curl_off_t)ceiling_of(try->exchange));
    bad |= (int)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, try->reason);
    return bad;
}

static mainet_status
set_up(attempt *try)
{
    try->easy = curl_easy_init();
    try->multi = curl_multi_init();
    if (try->easy == NULL || try->multi == NULL)
        return mn_fail(try->err, MAINET_E_CONNECTION_HANDLE, 0, "libcurl gave no handle");
    if ((set_connection(try) | set_proxy(try) | set_message(try)) != 0)
        return mn_fail(try->err, MAINET_E_REQUEST_HANDLE, 0, "libcurl refused an option for %s",
                       try->exchange->url);
    if (curl_multi_add_handle(try->multi, try->easy) != CURLM_OK)
        return mn_fail(try->err, MAINET_E_CONNECTION_HANDLE, 0, "libcurl refused a handle");
    return MAINET_OK;
}

static mainet_status
tell_progress(attempt *try)
{
    const mainet_request *request = try->exchange->request;
    curl_off_t total = 0;

    if (try->exchange->is_public)
        return mn_request_progress(request, try->exchange->phase, 0, 0, try->err);
    if (try->reply->headers.len == 0)
        return mn_request_progress(request, MAINET_PHASE_ASKING, 0, 0, try->err);
    (void)curl_easy_getinfo(try->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &total);
    return mn_request_progress(request, MAINET_PHASE_RETRIEVING, (int64_t)try->received,
                               total > 0 ? (int64_t)total : 0, try->err);
}

/* A reply that is complete leaves the loop before anybody is asked whether to go on. */
static mainet_status
perform(attempt *try, CURLcode *code)
{
    int running = 1;
    int left = 0;
    CURLMsg *message = NULL;

    while (running != 0) {
        if (curl_multi_perform(try->multi, &running) != CURLM_OK)
            return mn_fail(try->err, MAINET_E_UNKNOWN_ASKING, 0, "libcurl cannot go on");
        if (running == 0)
            break;
        MN_TRY(tell_progress(try));
        if (curl_multi_poll(try->multi, NULL, 0, TICK_MS, NULL) != CURLM_OK)
            return mn_fail(try->err, MAINET_E_UNKNOWN_ASKING, 0, "libcurl cannot wait");
    }
    message = curl_multi_info_read(try->multi, &left);
    if (message == NULL || message->msg != CURLMSG_DONE)
        return mn_fail(try->err, MAINET_E_UNKNOWN_ASKING, 0, "libcurl lost the transfer");
    *code = message->data.result;
    return MAINET_OK;
}

static mainet_status
name_status(const attempt *try, CURLcode code)
{
    long sent = 0;

    (void)curl_easy_getinfo(try->easy, CURLINFO_REQUEST_SIZE, &sent);
    switch ((int)code) {
    case CURLE_FAILED_INIT:
        return MAINET_E_HTTP_CLIENT;
    case CURLE_UNSUPPORTED_PROTOCOL: /* after sending: an answer that is not HTTP */
        return sent > 0 ? MAINET_E_NO_HTTP_STATUS : MAINET_E_REQUEST_HANDLE;
    case CURLE_URL_MALFORMAT:
    case CURLE_NOT_BUILT_IN:
    case CURLE_BAD_FUNCTION_ARGUMENT:
    case CURLE_UNKNOWN_OPTION:
        return MAINET_E_REQUEST_HANDLE;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_INTERFACE_FAILED:
    case CURLE_PROXY:
        return MAINET_E_UNREACHABLE;
    case CURLE_PEER_FAILED_VERIFICATION:
        return try->reply->alert[0] != '\0' ? MAINET_E_UNREACHABLE : MAINET_E_TLS_TRUST;
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        return MAINET_E_TLS_TRUST;
    case CURLE_SSL_CACERT_BADFILE:
        return *try->exchange->ca_file == '\0' ? MAINET_E_TLS_TRUST : MAINET_E_SERVICE_PROFILE;
    case CURLE_AUTH_ERROR:
        return MAINET_E_PROXY_CREDENTIALS;
    case CURLE_GOT_NOTHING:
    case CURLE_WEIRD_SERVER_REPLY:
        return MAINET_E_NO_HTTP_STATUS;
    case CURLE_FILESIZE_EXCEEDED:
        return MAINET_E_REPLY_TOO_LARGE;
    case CURLE_OUT_OF_MEMORY:
        return MAINET_E_NO_MEMORY;
    default:
        return try->reply->headers.len == 0 ? MAINET_E_UNKNOWN_ASKING : MAINET_E_UNKNOWN_RETRIEVING;
    }
}

/* libcurl gives one code to a server that is not trusted and to a server that (in TLS 1.2) says of
 * our certificate that it has expired. Of the latter it knows no more than these words. */
static bool
is_expiry_alert(const attempt *try, CURLcode code)
{
    return code == CURLE_PEER_FAILED_VERIFICATION && try->exchange->client != NULL &&
           strcmp(try->reason, "SSL certificate verification failed") == 0;
}

static mainet_status
tell_failure(attempt *try, CURLcode code)
{
    const char *url = try->exchange->url;
    const char *reason = try->reason[0] != '\0' ? try->reason : curl_easy_strerror(code);
    char name[MN_PROXY_NAME_LEN] = "";
    long connect_code = 0;

    if (try->stopped != MAINET_OK)
        return try->stopped;
    if (try->too_large)
        return mn_fail(try->err, MAINET_E_REPLY_TOO_LARGE, (int)code, "%s sent more than %zu bytes",
                       url, ceiling_of(try->exchange));
    mn_reply_set_alert(try->reply,
                       is_expiry_alert(try, code) ? " alert certificate expired" : reason);
    (void)curl_easy_getinfo(try->easy, CURLINFO_HTTP_CONNECTCODE, &connect_code);
    if (connect_code != 0 || code == CURLE_COULDNT_RESOLVE_PROXY)
        mn_proxy_name(mn_proxy_address(try->exchange->request), name);
    return mn_fail(try->err, name_status(try, code), (int)code, "%s: %s%s%s", url, reason,
                   *name == '\0' ? "" : "; through proxy ", name);
}

static mainet_status
finish(attempt *try, CURLcode code, bool *proxy_asks)
{
    long status = 0;
    long connect_code = 0;

    (void)curl_easy_getinfo(try->easy, CURLINFO_HTTP_CONNECTCODE, &connect_code);
    *proxy_asks = code != CURLE_OK && connect_code == 407;
    if (*proxy_asks)
        return MAINET_OK;
    if (code != CURLE_OK)
        return tell_failure(try, code);
    (void)curl_easy_getinfo(try->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status == 0)
        return mn_fail(try->err, MAINET_E_NO_HTTP_STATUS, 0, "%s: no HTTP status",
                       try->exchange->url);
    /* without a tunnel the proxy's refusal is the answer; what is public may be asked for again */
    *proxy_asks = status == 407 && try->exchange->is_public;
    try->reply->status = (int)status;
    mn_secret_truncate(try->reply->body, try->received);
    return MAINET_OK;
}

static mainet_status
try_once(const mn_exchange *exchange, const mainet_credentials *credentials, int64_t timeout_ms,
         mn_reply *reply, bool *proxy_asks, mainet_error *err)
{
    __attribute__((cleanup(attempt_close))) attempt try = {.exchange = exchange,
                                                           .reply = reply,
                                                           .credentials = credentials,
                                                           .timeout_ms = timeout_ms,
                                                           .stopped = MAINET_OK,
                                                           .err = err};
    CURLcode code = CURLE_OK;

    mn_reply_clear(reply);
    reply->body = mn_secret_new(ceiling_of(exchange), err);
    if (reply->body == NULL)
        return mn_failure(err);
    MN_TRY(set_up(&try));
    MN_TRY(perform(&try, &code));
    return finish(&try, code, proxy_asks);
}

static int64_t
now_ms(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Asking again is safe where a proxy refused: the tunnel was not made, so nothing was sent. The
 * time that a person takes to answer does not count. */
static mainet_status
exchange_by_curl(void *self, const mn_exchange *exchange, mn_reply *reply, mainet_error *err)
{
    mainet_credentials credentials = {.user = NULL};
    int64_t left_ms =
        exchange->timeout_ms == 0 ? exchange->request->timeout_ms : exchange->timeout_ms;
    mainet_status status = MAINET_OK;
    bool proxy_asks = true;

    (void)self;
    (void)pthread_once(&once, begin);
    if (begun != CURLE_OK)
        return mn_fail(err, MAINET_E_HTTP_CLIENT, (int)begun, "libcurl: %s",
                       curl_easy_strerror(begun));
    for (int32_t asked = 0; status == MAINET_OK && proxy_asks;) {
        int64_t begun_ms = now_ms();

        status = try_once(exchange, &credentials, left_ms, reply, &proxy_asks, err);
        left_ms -= now_ms() - begun_ms;
        if (status == MAINET_OK && proxy_asks)
            status = mn_proxy_ask(exchange->request, ++asked, &credentials, err);
        if (status == MAINET_OK && proxy_asks && left_ms <= 0)
            status = mn_fail(err, MAINET_E_UNREACHABLE, 0, "%s: time is up", exchange->url);
    }
    mn_credentials_clear(&credentials);
    return status;
}

const mn_transport *
mn_transport_curl(void)
{
    static const mn_transport transport = {.exchange = exchange_by_curl, .self = NULL};

    return &transport;
}
