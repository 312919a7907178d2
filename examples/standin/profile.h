/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_PROFILE_H
#define STANDIN_PROFILE_H

#include "server.h"

/** Write DIR/service.conf, the profile by which libmainetcert finds this site. */
bool
profile_write(const st_server *server);

#endif
