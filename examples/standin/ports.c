/* SPDX-License-Identifier: BSD-3-Clause */
#include "ports.h"

#include "complaint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *const settings[PORT_DOORS] = {"https_port", "confirm_port", "http_port"};

/* @return A listening socket and the port it got, or -1 with errno. */
static int
listen_at(uint16_t wanted, uint16_t *got)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(wanted),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t address_len = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int reason;

    if (listener >= 0 &&
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)) == 0 &&
        bind(listener, (const struct sockaddr *)&address, sizeof address) == 0 &&
        listen(listener, 256) == 0 &&
        getsockname(listener, (struct sockaddr *)&address, &address_len) == 0) {
        *got = ntohs(address.sin_port);
        return listener;
    }
    reason = errno;
    if (listener >= 0)
        (void)close(listener);
    errno = reason;
    return -1;
}

bool
ports_choose(st_transaction *change, uint16_t ports[static PORT_DOORS])
{
    int held[PORT_DOORS] = {-1, -1, -1};
    bool done = true;

    for (size_t i = 0; i < PORT_DOORS && done; i++) {
        ports[i] = (uint16_t)state_setting(change, settings[i], 0);
        if (ports[i] != 0)
            continue;
        held[i] = listen_at(0, &ports[i]); /* held to the end, so that no two are the same */
        done = held[i] >= 0 ? state_set_setting(change, settings[i], ports[i])
                            : complain("no free port: %s", strerror(errno));
    }
    for (size_t i = 0; i < PORT_DOORS; i++)
        if (held[i] >= 0)
            (void)close(held[i]);
    return done;
}

static int
listen_door(st_transaction *change, enum port_door door, uint16_t *port)
{
    uint16_t wanted = *port != 0 ? *port : (uint16_t)state_setting(change, settings[door], 0);
    int listener = listen_at(wanted, port);

    if (listener < 0 && *port == 0 && errno == EADDRINUSE)
        listener = listen_at(0, port);
    if (listener < 0)
        (void)complain("cannot listen on 127.0.0.1 port %u: %s", wanted, strerror(errno));
    else if (!state_set_setting(change, settings[door], *port)) {
        (void)close(listener);
        return -1;
    }
    return listener;
}

bool
ports_listen(st_transaction *change, uint16_t ports[static PORT_DOORS],
             int sockets[static PORT_DOORS])
{
    for (size_t i = 0; i < PORT_DOORS; i++) {
        sockets[i] = listen_door(change, (enum port_door)i, &ports[i]);
        if (sockets[i] < 0) {
            while (i-- > 0)
                (void)close(sockets[i]);
            return false;
        }
    }
    return true;
}
