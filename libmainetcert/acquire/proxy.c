/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/proxy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Further guesses would lock the account at most proxies. */
#define ATTEMPTS 3

const char *
mn_proxy_address(const mainet_request *request)
{
    static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};

    if (request->proxy != NULL)
        return request->proxy;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *address = getenv(names[i]);

        if (address != NULL && *address != '\0')
            return address;
    }
    return "";
}

static const char *
skip_scheme(const char *address)
{
    const char *host = strstr(address, "://");

    return host == NULL ? address : host + 3;
}

bool
mn_proxy_has_user(const char *address)
{
    const char *host = skip_scheme(address);

    return memchr(host, '@', strcspn(host, "/?#")) != NULL;
}

void
mn_proxy_name(const char *address, char name[MN_PROXY_NAME_LEN])
{
    const char *host = skip_scheme(address);
    size_t len = strcspn(host, "/?#");

    for (const char *at = memchr(host, '@', len); at != NULL; at = memchr(host, '@', len)) {
        len -= (size_t)(at + 1 - host);
        host = at + 1;
    }
    (void)snprintf(name, MN_PROXY_NAME_LEN, "%.*s", (int)(len > 255 ? 255 : len), host);
}

mainet_status
mn_proxy_ask(const mainet_request *request, int32_t attempt, mainet_credentials *credentials,
             mainet_error *err)
{
    const char *address = mn_proxy_address(request);
    char name[MN_PROXY_NAME_LEN];
    mainet_status answer = MAINET_OK;

    mn_proxy_name(address, name);
    if (attempt > ATTEMPTS || (request->ask_proxy == NULL && mn_proxy_has_user(address)))
        return mn_fail(err, MAINET_E_PROXY_CREDENTIALS, 407, "proxy %s refused the credentials",
                       name);
    if (request->ask_proxy == NULL)
        return mn_fail(err, MAINET_E_PROXY_CANCELLED, 407,
                       "proxy %s asks for a user name and nobody answers", name);
    mn_credentials_clear(credentials);
    answer = request->ask_proxy(name, attempt, credentials, request->proxy_data);
    if (answer != MAINET_OK)
        return mn_fail(err, answer, 407, "the question of proxy %s was cancelled", name);
    if (credentials->user == NULL)
        return mn_fail(err, MAINET_E_PROXY_CANCELLED, 407, "proxy %s got no user name", name);
    return MAINET_OK;
}
