/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/no-proxy.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A piece of somebody's text. */
typedef struct span {
    const char *text;
    size_t len;
} span;

/* A numeric address. */
typedef struct address {
    int family; /* 0: it is a name */
    uint8_t bytes[sizeof(struct in6_addr)];
} address;

static span
trim(span name)
{
    if (name.len >= 2 && name.text[0] == '[' && name.text[name.len - 1] == ']')
        return (span){name.text + 1, name.len - 2};
    if (name.len > 1 && name.text[name.len - 1] == '.')
        name.len--;
    return name;
}

static span
host_of(const char *url)
{
    const char *scheme = strstr(url, "://");
    const char *host = scheme == NULL ? url : scheme + 3;
    size_t len = strcspn(host, "/?#");
    const char *user = memrchr(host, '@', len);
    const char *port = NULL;

    if (user != NULL) {
        len -= (size_t)(user + 1 - host);
        host = user + 1;
    }
    port = memrchr(host, ':', len);
    if (port != NULL && memchr(port, ']', len - (size_t)(port - host)) == NULL)
        len = (size_t)(port - host);
    return trim((span){host, len});
}

static address
parse(span text)
{
    address parsed = {.family = 0};
    char name[INET6_ADDRSTRLEN] = "";

    if (text.len >= sizeof name)
        return parsed;
    memcpy(name, text.text, text.len);
    if (inet_pton(AF_INET, name, parsed.bytes) == 1)
        parsed.family = AF_INET;
    else if (inet_pton(AF_INET6, name, parsed.bytes) == 1)
        parsed.family = AF_INET6;
    return parsed;
}

static bool
begins_alike(const uint8_t *first, const uint8_t *second, size_t bits)
{
    size_t whole = bits / 8;
    uint8_t mask = (uint8_t)(0xff00U >> (bits % 8));

    return memcmp(first, second, whole) == 0 &&
           (bits % 8 == 0 || ((first[whole] ^ second[whole]) & mask) == 0);
}

static bool
is_in_network(const address *host, span entry)
{
    const char *slash = memchr(entry.text, '/', entry.len);
    size_t bits = host->family == AF_INET ? 32 : 128;
    address network;

    if (slash != NULL) {
        unsigned long given = strtoul(slash + 1, NULL, 10); /* ends at what ends the entry */

        entry.len = (size_t)(slash - entry.text);
        bits = given < bits ? given : bits;
    }
    network = parse(trim(entry));
    return network.family == host->family && begins_alike(network.bytes, host->bytes, bits);
}

static bool
is_below(span host, span domain)
{
    size_t above = host.len - domain.len;

    if (domain.len == 0 || domain.len > host.len)
        return false;
    return strncasecmp(host.text + above, domain.text, domain.len) == 0 &&
           (above == 0 || host.text[above - 1] == '.');
}

bool
mn_no_proxy_names(const char *list, const char *url)
{
    static const char separators[] = ", \t";
    span host = host_of(url);
    address numeric = parse(host);

    for (list += strspn(list, separators); *list != '\0'; list += strspn(list, separators)) {
        span entry = {list, strcspn(list, separators)};

        list += entry.len;
        if (entry.len == 1 && *entry.text == '*')
            return true;
        if (numeric.family != 0 && is_in_network(&numeric, entry))
            return true;
        if (*entry.text == '.')
            entry = (span){entry.text + 1, entry.len - 1};
        if (numeric.family == 0 && is_below(host, trim(entry)))
            return true;
    }
    return false;
}
