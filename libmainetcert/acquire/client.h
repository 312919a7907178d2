/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_CLIENT_H
#define MN_ACQUIRE_CLIENT_H

#include <openssl/ssl.h>

#include "acquire/transport.h"

/**
 * Let a TLS context present the client's certificate and chain, and sign with its key.
 *
 * The context is libssl's default; OpenSSL copies the key into it for each handshake.
 */
mainet_status
mn_client_use(const mn_client *client, SSL_CTX *context, mainet_error *err);

#endif
