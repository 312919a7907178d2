/* SPDX-License-Identifier: BSD-3-Clause */
/* To be preloaded: names are looked up for a minute, and in vain. */
#include <netdb.h>
#include <unistd.h>

#define IN_VAIN_S 60

int
getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
            struct addrinfo **found)
{
    (void)node;
    (void)service;
    (void)hints;
    (void)found;
    (void)sleep(IN_VAIN_S);
    return EAI_AGAIN;
}
