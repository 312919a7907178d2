/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/proxy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acquire/address.h"
#include "acquire/no-proxy.h"

/* Further guesses would lock the account at most proxies. */
#define ATTEMPTS 3

/* The first of them that says something; NULL if none does. */
static const char *
find_variable(const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *value = getenv(names[i]);

        if (value != NULL && *value != '\0')
            return names[i];
    }
    return NULL;
}

/* HTTP_PROXY is not among them: a web server's CGI takes it from a header of its client. */
static const char *
choose_variable(const char *url)
{
    static const char *const https[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
    static const char *const http[] = {"http_proxy", "all_proxy", "ALL_PROXY"};
    static const char *const exemptions[] = {"no_proxy", "NO_PROXY"};
    const char *exempt = find_variable(exemptions, 2);

    if (exempt != NULL && mn_no_proxy_names(getenv(exempt), url))
        return NULL;
    return strncasecmp(url, "http://", strlen("http://")) == 0 ? find_variable(http, 3)
                                                               : find_variable(https, 4);
}

const char *
mn_proxy_address(const mainet_request *request, const char *url)
{
    const char *variable = request->proxy != NULL ? NULL : choose_variable(url);

    if (request->proxy != NULL)
        return request->proxy;
    return variable == NULL ? "" : getenv(variable);
}

/* A password may have any character in it, though it should not have these. */
void
mn_proxy_name(const char *address, char name[MN_PROXY_NAME_LEN])
{
    const char *host = mn_address_host(address);
    const char *user_end = strrchr(host, '@');
    size_t len = 0;

    if (user_end != NULL)
        host = user_end + 1;
    len = strcspn(host, "/?#");
    (void)snprintf(name, MN_PROXY_NAME_LEN, "%.*s", (int)(len > 255 ? 255 : len), host);
}

void
mn_proxy_describe(const mainet_request *request, const char *url, char text[MN_PROXY_TEXT_LEN])
{
    const char *variable = request->proxy != NULL ? NULL : choose_variable(url);
    char name[MN_PROXY_NAME_LEN];

    mn_proxy_name(mn_proxy_address(request, url), name);
    if (variable == NULL)
        (void)snprintf(text, MN_PROXY_TEXT_LEN, "%s", name);
    else
        (void)snprintf(text, MN_PROXY_TEXT_LEN, "%s (%s)", name, variable);
}

static mainet_status
fail_refused(const char *proxy, mainet_error *err)
{
    return mn_fail(err, MAINET_E_PROXY_CREDENTIALS, 407, "proxy %s refused the credentials", proxy);
}

mainet_status
mn_proxy_ask(const mainet_request *request, const char *url, int32_t attempt,
             mainet_credentials *credentials, mainet_error *err)
{
    const char *address = mn_proxy_address(request, url);
    char name[MN_PROXY_NAME_LEN];
    char text[MN_PROXY_TEXT_LEN];
    mainet_status answer = MAINET_OK;

    mn_proxy_name(address, name);
    mn_proxy_describe(request, url, text);
    if (attempt > ATTEMPTS || (request->ask_proxy == NULL && mn_address_has_user(address)))
        return fail_refused(text, err);
    if (request->ask_proxy == NULL)
        return mn_fail(err, MAINET_E_PROXY_CANCELLED, 407,
                       "proxy %s asks for a user name and nobody answers", text);
    mn_credentials_clear(credentials);
    answer = request->ask_proxy(name, attempt, credentials, request->proxy_data);
    if (answer == MAINET_E_PROXY_CANCELLED && mn_address_has_user(address))
        return mn_fail(err, MAINET_E_PROXY_CREDENTIALS, 407,
                       "proxy %s refused the credentials in its address, and there are no others",
                       text);
    if (answer == MAINET_E_PROXY_CREDENTIALS) /* there are no others */
        return fail_refused(text, err);
    if (answer != MAINET_OK)
        return mn_fail(err, answer, 407, "the question of proxy %s was cancelled", text);
    if (credentials->user == NULL)
        return mn_fail(err, MAINET_E_PROXY_CANCELLED, 407, "proxy %s got no user name", text);
    return MAINET_OK;
}
