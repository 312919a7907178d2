/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_GATE_H
#define STANDIN_GATE_H

#include "server.h"

/** Who stands before the HTTPS door: a connection is handed to the daemon, or, while something is
 *  to be wrong, answered by raw.c. */
typedef struct st_gate st_gate;

/**
 * Begin to accept connections.
 *
 * @param server    Kept; its HTTPS daemon runs without a listening socket.
 * @param listener  Taken, also on failure.
 * @param pem       The site's certificate, and its key.
 * @return NULL when named on stderr.
 */
st_gate *
gate_open(const st_server *server, int listener, const char *pem, const char *key_pem);

/** Accept no more, and wait for those that are being answered wrongly. */
void
gate_close(st_gate *self);

#endif
