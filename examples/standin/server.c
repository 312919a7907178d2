/* SPDX-License-Identifier: BSD-3-Clause */
#include "server.h"

#include "certificate.h"
#include "complaint.h"
#include "gate.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#define PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

static const st_route *const routes[PORT_DOORS] = {
    [PORT_HTTPS] = site_routes, [PORT_CONFIRM] = confirm_routes, [PORT_HTTP] = repository_routes};

static void __attribute__((format(printf, 2, 0)))
log_daemon(void *closure, const char *format, va_list list)
{
    (void)closure;
    (void)vfprintf(stderr, format, list);
}

/* A thread for each connection: making a key must not hold up the others. The HTTPS door is handed
 * its connections by the gate. */
static struct MHD_Daemon *
start_daemon(st_server *self, enum port_door door, int listener, const char *pem,
             const char *key_pem)
{
    unsigned flags = MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD |
                     MHD_USE_THREAD_PER_CONNECTION | MHD_USE_ERROR_LOG |
                     (door != PORT_HTTP ? (unsigned)MHD_USE_TLS : 0U) |
                     (door == PORT_HTTPS ? MHD_USE_NO_LISTEN_SOCKET | (unsigned)MHD_USE_ITC : 0U);
    const struct MHD_OptionItem listening[] = {
        {door != PORT_HTTPS ? MHD_OPTION_LISTEN_SOCKET : MHD_OPTION_END, listener, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    const struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)PRIORITIES},
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)pem},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)key_pem},
        {door == PORT_CONFIRM ? MHD_OPTION_HTTPS_MEM_TRUST : MHD_OPTION_END, 0, self->trust_pem},
        {MHD_OPTION_END, 0, NULL},
    };
    const struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};

    self->doors[door] = (st_http_door){routes[door], self};
    return MHD_start_daemon(flags, self->ports[door], NULL, NULL, http_access, &self->doors[door],
                            MHD_OPTION_EXTERNAL_LOGGER, log_daemon, NULL,
                            MHD_OPTION_CONNECTION_TIMEOUT, 30U, MHD_OPTION_CONNECTION_LIMIT, 300U,
                            MHD_OPTION_NOTIFY_COMPLETED, http_completed, NULL, MHD_OPTION_ARRAY,
                            listening, MHD_OPTION_ARRAY, door != PORT_HTTP ? tls : none,
                            MHD_OPTION_END);
}

static bool
open_doors(st_server *self, const int sockets[static PORT_DOORS])
{
    mn_auto(char) pem = NULL;
    mn_auto(char) key_pem = NULL;
    bool done = authority_issue_server(self->authority, &pem, &key_pem);

    for (size_t i = 0; i < PORT_DOORS; i++) {
        int listener = i == PORT_HTTPS ? MHD_INVALID_SOCKET : sockets[i];

        if (done)
            self->daemons[i] = start_daemon(self, (enum port_door)i, listener, pem, key_pem);
        if (done && self->daemons[i] == NULL)
            done = complain("cannot start the server on port %u", self->ports[i]);
        if (self->daemons[i] == NULL && listener >= 0)
            (void)close(listener);
    }
    if (done)
        self->gate = gate_open(self, sockets[PORT_HTTPS], pem, key_pem);
    else
        (void)close(sockets[PORT_HTTPS]);
    if (key_pem != NULL)
        OPENSSL_cleanse(key_pem, strlen(key_pem));
    return self->gate != NULL;
}

st_server *
server_start(st_state *state, const uint16_t ports[static PORT_DOORS])
{
    mn_auto(st_server) self = calloc(1, sizeof *self);
    mn_auto(st_transaction) change = state_begin(state);
    int sockets[PORT_DOORS];

    if (self == NULL || change == NULL)
        return NULL;
    self->state = state;
    memcpy(self->ports, ports, sizeof self->ports);
    if (!ports_listen(change, self->ports, sockets))
        return NULL;
    self->authority = authority_open(change);
    self->trust_pem = self->authority != NULL ? authority_pem(self->authority) : NULL;
    if (self->trust_pem == NULL || !state_commit(&change)) {
        for (size_t i = 0; i < PORT_DOORS; i++)
            (void)close(sockets[i]);
        return NULL;
    }
    return open_doors(self, sockets) ? st_server_take(&self) : NULL;
}

void
server_free(st_server *self)
{
    if (self == NULL)
        return;
    gate_close(self->gate);
    for (size_t i = 0; i < PORT_DOORS; i++)
        if (self->daemons[i] != NULL)
            MHD_stop_daemon(self->daemons[i]);
    authority_free(self->authority);
    free(self->trust_pem);
    free(self);
}
