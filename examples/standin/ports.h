/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_PORTS_H
#define STANDIN_PORTS_H

#include "state.h"

/** The three doors, in the order of all tables here. */
enum port_door { PORT_HTTPS, PORT_CONFIRM, PORT_HTTP, PORT_DOORS };

/** Give each door a number once and for all, so that a notice can name an address. */
bool
ports_choose(st_transaction *change, uint16_t ports[static PORT_DOORS]);

/**
 * Listen on 127.0.0.1 at the wanted ports; for 0 at the remembered ones, or where these are
 * taken at free ones. What was found is remembered.
 *
 * @return False when named on stderr; no socket is open then.
 */
bool
ports_listen(st_transaction *change, uint16_t ports[static PORT_DOORS],
             int sockets[static PORT_DOORS]);

#endif
