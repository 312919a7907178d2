/* SPDX-License-Identifier: BSD-3-Clause */
/* What libcurl is told before an attempt, and where it puts what it receives. */
#include "acquire/attempt.h"

#include <pthread.h>
#include <string.h>

#include "acquire/client.h"
#include "acquire/proxy.h"
#include "mainetcert/version.h"

#define CONNECT_TIMEOUT_MS 20000

static pthread_once_t once = PTHREAD_ONCE_INIT;
static CURLcode begun;

static void
begin(void)
{
    begun = curl_global_init(CURL_GLOBAL_DEFAULT); /* counted by libcurl; the host may have, too */
}

mainet_status
mn_attempts_begin(mainet_error *err)
{
    (void)pthread_once(&once, begin);
    if (begun != CURLE_OK)
        return mn_fail(err, MAINET_E_HTTP_CLIENT, (int)begun, "libcurl: %s",
                       curl_easy_strerror(begun));
    return MAINET_OK;
}

static size_t
take_header(char *line, size_t size, size_t count, void *user)
{
    mn_attempt *try = user;
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

/* As long as the server says; a server that does not say gets all that a reply may have. Locked
 * memory that is never needed has to be wiped all the same. */
static bool
make_body(mn_attempt *try)
{
    const size_t ceiling = mn_exchange_ceiling(try->exchange);
    curl_off_t said = -1;

    (void)curl_easy_getinfo(try->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &said);
    try->reply->body =
        mn_secret_new(said > 0 && (size_t)said < ceiling ? (size_t)said : ceiling, try->err);
    if (try->reply->body == NULL)
        try->stopped = mn_failure(try->err);
    return try->reply->body != NULL;
}

static size_t
take_body(char *data, size_t size, size_t count, void *user)
{
    mn_attempt *try = user;
    size_t len = size * count;

    if (try->reply->body == NULL && !make_body(try))
        return 0;
    if (len > mn_secret_len(try->reply->body) - try->received) {
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
    mn_attempt *try = user;
    bool is_proxy = mn_attempt_connect_status(try) == 0 &&
                    strncasecmp(try->passage->proxy, "https://", strlen("https://")) == 0;

    (void)easy;
    mn_trust_watch(&try->trust, context);
    if (try->exchange->client == NULL || is_proxy)
        return CURLE_OK;
    try->stopped = mn_client_use(try->exchange->client, context, try->err);
    return try->stopped == MAINET_OK ? CURLE_OK : CURLE_SSL_CERTPROBLEM;
}

static int
set_connection(mn_attempt *try)
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
    bad |= (int)curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, take_context);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, try);
    /* a connection of its own: on a reused one libcurl repeats a request that got no answer */
    bad |= (int)curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, (long)!try->shares_connections);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, (long)!try->shares_connections);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)try->passage->left_ms);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    return bad;
}

/* libcurl would name the whole address in its reason, with a password that may be in it. */
static mainet_status
check_proxy(const mn_attempt *try)
{
    char proxy[MN_PROXY_TEXT_LEN];

    if (mn_passage_is_usable(try->passage))
        return MAINET_OK;
    mn_proxy_describe(try->exchange->request, try->exchange->url, proxy);
    return mn_fail(try->err, MAINET_E_CONNECTION_HANDLE, 0,
                   "the address of the proxy %s cannot be used", proxy);
}

/* Handed over once, whatever libcurl thinks of a connection that ended without an answer. */
static size_t
give_form(char *out, size_t size, size_t count, void *user)
{
    mn_attempt *try = user;
    const mn_secret *form = try->exchange->form;
    size_t len = mn_secret_len(form) - try->sent;

    len = len < size * count ? len : size * count;
    memcpy(out, mn_secret_bytes(form) + try->sent, len);
    try->sent += len;
    return len;
}

static int
refuse_rewind(void *user, curl_off_t offset, int origin)
{
    (void)user;
    (void)offset;
    (void)origin;
    return CURL_SEEKFUNC_FAIL;
}

/* Not copied: it has the password in it. */
static int
set_form(mn_attempt *try, const mn_secret *form)
{
    CURL *easy = try->easy;
    int bad =
        (int)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)mn_secret_len(form));

    if (!try->shares_connections)
        return bad | (int)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, mn_secret_bytes(form));
    bad |= (int)curl_easy_setopt(easy, CURLOPT_POST, 1L);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_form);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_READDATA, try);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, refuse_rewind);
    return bad;
}

static int
set_message(mn_attempt *try)
{
    const mn_secret *form = try->exchange->form;
    CURL *easy = try->easy;
    int bad = 0;

    try->headers = curl_slist_append(NULL, "Expect:");
    bad |= try->headers == NULL;
    bad |= (int)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, try->headers);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_USERAGENT, "libmainetcert/" MAINETCERT_VERSION);
    if (form != NULL)
        bad |= set_form(try, form);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_HEADERDATA, try);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_WRITEDATA, try);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE,
                                 (curl_off_t)mn_exchange_ceiling(try->exchange));
    bad |= (int)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, try->reason);
    return bad;
}

mainet_status
mn_attempt_open(mn_attempt *try, CURLM *multi)
{
    mn_reply_clear(try->reply);
    try->easy = curl_easy_init();
    if (try->easy == NULL || multi == NULL)
        return mn_fail(try->err, MAINET_E_CONNECTION_HANDLE, 0, "libcurl gave no handle");
    MN_TRY(check_proxy(try));
    if ((set_connection(try) | mn_passage_apply(try->passage, try->easy) | set_message(try)) != 0)
        return mn_fail(try->err, MAINET_E_REQUEST_HANDLE, 0, "libcurl refused an option for %s",
                       try->exchange->url);
    if (curl_multi_add_handle(multi, try->easy) != CURLM_OK)
        return mn_fail(try->err, MAINET_E_CONNECTION_HANDLE, 0, "libcurl refused a handle");
    try->multi = multi;
    return MAINET_OK;
}

void
mn_attempt_close(mn_attempt *try)
{
    if (try->multi != NULL)
        (void)curl_multi_remove_handle(try->multi, try->easy);
    curl_easy_cleanup(try->easy);
    curl_slist_free_all(try->headers);
}
