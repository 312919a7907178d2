/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_SERVER_H
#define STANDIN_SERVER_H

#include "authority.h"
#include "http.h"
#include "ports.h"
#include "state.h"

/** The site while it runs; what every answer is given. */
typedef struct st_server {
    st_state *state;
    st_authority *authority;
    uint16_t ports[PORT_DOORS];
    char *trust_pem; /**< What the confirmation page accepts, and names to browsers. */
    st_http_door doors[PORT_DOORS];
    struct MHD_Daemon *daemons[PORT_DOORS];
    struct st_gate *gate; /**< Before the HTTPS door. */
} st_server;

/**
 * Open the three doors.
 *
 * @param state  Kept; must outlive the server.
 * @param ports  Wanted ports, 0 for the remembered ones.
 * @return NULL when named on stderr.
 */
st_server *
server_start(st_state *state, const uint16_t ports[static PORT_DOORS]);

/** Close them, and wait for requests under way. */
void
server_free(st_server *self);

MN_AUTO_TYPE(st_server, server_free)

/** The pages at the HTTPS door (site.c). */
extern const st_route site_routes[];

/** The page at the door that asks for a client certificate (confirm.c). */
extern const st_route confirm_routes[];

/** CA certificates and revocation lists at the plain door (repository.c). */
extern const st_route repository_routes[];

#endif
