/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_RAW_H
#define STANDIN_RAW_H

#include "fault.h"
#include "server.h"

#include <gnutls/gnutls.h>
#include <stdatomic.h>

/** One connection that is answered wrongly, by hand: a well-made HTTP library refuses to. */
typedef struct st_raw {
    const st_server *server;
    gnutls_certificate_credentials_t credentials;
    st_fault fault;
    int socket;
    const atomic_bool *is_over; /**< The site is being closed: do not wait for anybody. */
} st_raw;

/** Read one request, answer it wrongly and close the connection. */
void
raw_answer(const st_raw *self);

#endif
