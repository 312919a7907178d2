/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/attempt.h"

#include <stdio.h>
#include <string.h>

#include "acquire/proxy.h"

size_t
mn_exchange_ceiling(const mn_exchange *exchange)
{
    return exchange->ceiling == 0 ? MN_REPLY_CEILING : exchange->ceiling;
}

long
mn_attempt_connect_status(const mn_attempt *attempt)
{
    long status = 0;

    (void)curl_easy_getinfo(attempt->easy, CURLINFO_HTTP_CONNECTCODE, &status);
    return status;
}

/* A proxy that opens encrypted connections shows a certificate of its own maker's. */
static mainet_status
name_distrust(const mn_attempt *attempt)
{
    if (attempt->reply->alert[0] != '\0')
        return MAINET_E_UNREACHABLE;
    if (mn_attempt_connect_status(attempt) == 200 && attempt->trust.issuer[0] != '\0' &&
        !attempt->trust.is_issued_here)
        return MAINET_E_TLS_INTERCEPTED;
    return MAINET_E_TLS_TRUST;
}

/* libcurl has no code of its own for a header that is too long, nor for a TLS context that OpenSSL
 * does not make, for want of an algorithm or a provider. */
static mainet_status
name_no_memory(const mn_attempt *attempt)
{
    long sent = 0;

    (void)curl_easy_getinfo(attempt->easy, CURLINFO_REQUEST_SIZE, &sent);
    if (sent > 0)
        return MAINET_E_REPLY_TOO_LARGE;
    return strncmp(attempt->reason, "SSL: ", 5) == 0 ? MAINET_E_HTTP_CLIENT : MAINET_E_NO_MEMORY;
}

/* libcurl looks for random numbers before a handshake; a machine without any is out of order. */
static mainet_status
name_no_handshake(const mn_attempt *attempt)
{
    return strcmp(attempt->reason, "Insufficient randomness") == 0 ? MAINET_E_HTTP_CLIENT
                                                                   : MAINET_E_UNREACHABLE;
}

static mainet_status
name_status(const mn_attempt *attempt, CURLcode code)
{
    bool has_headers = attempt->reply->headers.len != 0;
    long sent = 0;

    (void)curl_easy_getinfo(attempt->easy, CURLINFO_REQUEST_SIZE, &sent);
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
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_FAIL_REWIND: /* no answer on a connection that had been used before */
    case CURLE_PARTIAL_FILE:
    case CURLE_INTERFACE_FAILED:
    case CURLE_PROXY:
        return MAINET_E_UNREACHABLE;
    case CURLE_SSL_CONNECT_ERROR:
        return name_no_handshake(attempt);
    case CURLE_PEER_FAILED_VERIFICATION:
        return name_distrust(attempt);
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        return MAINET_E_TLS_TRUST;
    case CURLE_SSL_CACERT_BADFILE:
        return *attempt->exchange->ca_file == '\0' ? MAINET_E_TLS_TRUST : MAINET_E_SERVICE_PROFILE;
    case CURLE_AUTH_ERROR:
        return MAINET_E_PROXY_CREDENTIALS;
    case CURLE_GOT_NOTHING:
        return MAINET_E_NO_HTTP_STATUS;
    case CURLE_WEIRD_SERVER_REPLY: /* HTTP that contradicts itself, or none */
        return has_headers ? MAINET_E_UNKNOWN_RETRIEVING : MAINET_E_NO_HTTP_STATUS;
    case CURLE_FILESIZE_EXCEEDED:
        return MAINET_E_REPLY_TOO_LARGE;
    case CURLE_OUT_OF_MEMORY:
        return name_no_memory(attempt);
    default:
        return has_headers ? MAINET_E_UNKNOWN_RETRIEVING : MAINET_E_UNKNOWN_ASKING;
    }
}

/* libcurl gives one code to a server that is not trusted and to a server that (in TLS 1.2) says of
 * our certificate that it has expired. Of the latter it knows no more than these words. */
static bool
is_expiry_alert(const mn_attempt *attempt, CURLcode code)
{
    return code == CURLE_PEER_FAILED_VERIFICATION && attempt->exchange->client != NULL &&
           strcmp(attempt->reason, "SSL certificate verification failed") == 0;
}

static const char *
name_reason(const mn_attempt *attempt, CURLcode code)
{
    if (code == CURLE_OUT_OF_MEMORY && name_no_memory(attempt) == MAINET_E_REPLY_TOO_LARGE)
        return "a header is too long";
    return attempt->reason[0] != '\0' ? attempt->reason : curl_easy_strerror(code);
}

mainet_status
mn_attempt_failure(mn_attempt *attempt, CURLcode code)
{
    const char *url = attempt->exchange->url;
    const char *reason = name_reason(attempt, code);
    char proxy[MN_PROXY_TEXT_LEN];
    mainet_status status = MAINET_OK;
    bool is_distrusted = false;

    if (attempt->stopped != MAINET_OK)
        return attempt->stopped;
    if (attempt->too_large)
        return mn_fail(attempt->err, MAINET_E_REPLY_TOO_LARGE, (int)code,
                       "%s sent more than %zu bytes", url, mn_exchange_ceiling(attempt->exchange));
    mn_reply_set_alert(attempt->reply,
                       is_expiry_alert(attempt, code) ? " alert certificate expired" : reason);
    mn_proxy_describe(attempt->exchange->request, url, proxy);
    status = name_status(attempt, code);
    is_distrusted = status == MAINET_E_TLS_TRUST || status == MAINET_E_TLS_INTERCEPTED;
    return mn_fail(attempt->err, status, (int)code, "%s: %s%s%s%s%s", url, reason,
                   *proxy == '\0' ? "" : "; through proxy ", proxy,
                   is_distrusted ? "; issued by " : "", is_distrusted ? attempt->trust.issuer : "");
}

mainet_status
mn_attempt_end(mn_attempt *try, CURLcode code)
{
    long status = 0;

    mn_passage_hear(try->passage, try->easy, code, try->exchange->is_public);
    if (try->passage->is_asked)
        return MAINET_OK;
    if (code != CURLE_OK)
        return mn_attempt_failure(try, code);
    (void)curl_easy_getinfo(try->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status == 0)
        return mn_fail(try->err, MAINET_E_NO_HTTP_STATUS, 0, "%s: no HTTP status",
                       try->exchange->url);
    try->reply->status = (int)status;
    if (try->reply->body == NULL)
        try->reply->body = mn_secret_new(0, try->err);
    if (try->reply->body == NULL)
        return mn_failure(try->err);
    mn_secret_truncate(try->reply->body, try->received);
    return MAINET_OK;
}
