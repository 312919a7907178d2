/* SPDX-License-Identifier: BSD-3-Clause */
/* A proxy on the way that asks who we are, and what it is answered. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "acquire/address.h"
#include "acquire/attempt.h"
#include "acquire/proxy.h"

mn_passage
mn_passage_of(const mainet_request *request, const char *url, int64_t timeout_ms)
{
    return (mn_passage){.proxy = mn_proxy_address(request, url),
                        .left_ms = timeout_ms == 0 ? request->timeout_ms : timeout_ms,
                        .is_asked = true,
                        .refusal = MAINET_OK};
}

int64_t
mn_now_ms(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Credentials without memory for them are not set: then somebody is asked once more. */
static bool
copy(const mainet_credentials *from, mainet_credentials *to)
{
    mainet_error no_matter = {0};

    return mainet_credentials_set(to, from->user, mn_secret_bytes(from->password),
                                  mn_secret_len(from->password) - 1, &no_matter) == MAINET_OK;
}

/* Tried once; if the proxy has changed its mind, it is forgotten. */
static bool
recall(mn_passage *passage, const mainet_request *request)
{
    mn_known_proxy *known = request->known;
    char name[MN_PROXY_NAME_LEN];

    mn_proxy_name(passage->proxy, name);
    if (known->name == NULL || strcmp(known->name, name) != 0)
        return false;
    if (!passage->is_known && passage->asked == 0) {
        passage->is_known = copy(&known->credentials, &passage->credentials);
        return passage->is_known;
    }
    mn_known_proxy_forget(known);
    return false;
}

void
mn_passage_remember(mn_passage *passage, const mainet_request *request)
{
    mn_known_proxy *known = request->known;
    char name[MN_PROXY_NAME_LEN];

    if (passage->login != MN_LOGIN_PASSWORD || passage->is_known)
        return;
    mn_known_proxy_forget(known);
    mn_proxy_name(passage->proxy, name);
    if (copy(&passage->credentials, &known->credentials))
        known->name = strdup(name);
    passage->is_known = known->name != NULL;
}

/* What is known and a ticket cost nobody a question; without, or if the proxy does not want them,
 * the caller is asked. */
mainet_status
mn_passage_answer(mn_passage *passage, const mainet_request *request, const char *url,
                  mainet_error *err)
{
    if (recall(passage, request)) {
        passage->login = MN_LOGIN_PASSWORD;
    } else if (passage->login == MN_LOGIN_NONE && passage->takes_tickets &&
               !mn_address_has_user(passage->proxy)) {
        passage->login = MN_LOGIN_TICKET;
    } else {
        passage->login = MN_LOGIN_NONE; /* the last answer is forgotten, whatever comes now */
        passage->is_known = false;
        MN_TRY(mn_proxy_ask(request, url, ++passage->asked, &passage->credentials, err));
        passage->login = MN_LOGIN_PASSWORD;
    }
    if (passage->left_ms <= 0)
        return mn_fail(err, MAINET_E_UNREACHABLE, 0, "%s: time is up", url);
    return MAINET_OK;
}

static bool
has_known_scheme(CURLU *address)
{
    static const char *const schemes[] = {"http",    "https",  "socks4",
                                          "socks4a", "socks5", "socks5h"};
    char *scheme = NULL;
    bool is_known = false;

    (void)curl_url_get(address, CURLUPART_SCHEME, &scheme, CURLU_DEFAULT_SCHEME);
    for (size_t i = 0; scheme != NULL && i < sizeof schemes / sizeof *schemes; i++)
        is_known |= strcasecmp(scheme, schemes[i]) == 0;
    curl_free(scheme);
    return is_known;
}

static bool
has_readable(CURLU *address, CURLUPart part, CURLUcode none)
{
    char *text = NULL;
    const CURLUcode code = curl_url_get(address, part, &text, CURLU_URLDECODE);

    if (text != NULL)
        OPENSSL_cleanse(text, strlen(text));
    curl_free(text);
    return code == CURLUE_OK || code == none;
}

bool
mn_passage_is_usable(const mn_passage *passage)
{
    CURLU *address = NULL;
    bool is_usable = *passage->proxy == '\0';

    if (is_usable)
        return true;
    address = curl_url();
    if (address != NULL)
        is_usable = curl_url_set(address, CURLUPART_URL, passage->proxy,
                                 CURLU_NON_SUPPORT_SCHEME | CURLU_DEFAULT_SCHEME) == CURLUE_OK &&
                    has_known_scheme(address) &&
                    has_readable(address, CURLUPART_USER, CURLUE_NO_USER) &&
                    has_readable(address, CURLUPART_PASSWORD, CURLUE_NO_PASSWORD);
    curl_url_cleanup(address);
    return is_usable;
}

/* What is set here counts alone: libcurl is told of no environment. Where a proxy knows several
 * ways, libcurl tries Negotiate, and without a ticket no other after it: so that has an attempt of
 * its own, in which an empty user name means whoever has the ticket. */
int
mn_passage_apply(const mn_passage *passage, CURL *easy)
{
    bool is_ticket = passage->login == MN_LOGIN_TICKET;
    unsigned long ways = is_ticket ? CURLAUTH_NEGOTIATE : CURLAUTH_ANY & ~CURLAUTH_NEGOTIATE;
    int bad = (int)curl_easy_setopt(easy, CURLOPT_PROXYAUTH, (long)ways);

    bad |= (int)curl_easy_setopt(easy, CURLOPT_PROXY, passage->proxy);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    if (is_ticket)
        bad |= (int)curl_easy_setopt(easy, CURLOPT_PROXYUSERPWD, ":");
    if (passage->login != MN_LOGIN_PASSWORD)
        return bad;
    bad |= (int)curl_easy_setopt(easy, CURLOPT_PROXYUSERNAME, passage->credentials.user);
    bad |= (int)curl_easy_setopt(easy, CURLOPT_PROXYPASSWORD,
                                 (const char *)mn_secret_bytes(passage->credentials.password));
    return bad;
}

/* Where there is no proxy, a server that answers like one has nobody asked for a password.
 * Without a tunnel the proxy's refusal is the answer; what is public may be asked for again.
 * tinyproxy says 407 to whoever says nothing, and 401 to a wrong password. */
void
mn_passage_hear(mn_passage *passage, CURL *easy, CURLcode code, bool is_public)
{
    const curl_version_info_data *libcurl = curl_version_info(CURLVERSION_NOW);
    long status = 0;
    long ways = 0;

    if (is_public)
        (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    else if (code != CURLE_OK)
        (void)curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &status);
    (void)curl_easy_getinfo(easy, CURLINFO_PROXYAUTH_AVAIL, &ways);
    passage->takes_tickets = ((unsigned long)ways & CURLAUTH_NEGOTIATE) != 0 &&
                             (libcurl->features & CURL_VERSION_SPNEGO) != 0;
    passage->is_asked =
        *passage->proxy != '\0' &&
        (status == 407 || (status == 401 && !is_public && passage->login == MN_LOGIN_PASSWORD));
}
