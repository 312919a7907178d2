/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_ACQUIRE_TRUST_H
#define MN_ACQUIRE_TRUST_H

#include <stdbool.h>

#include <openssl/ssl.h>

/** What is remembered of the server's certificate: libcurl tells nothing of one that it refuses. */
typedef struct mn_trust {
    char issuer[128];    /**< who issued it, on one line; "" before it was seen */
    bool is_issued_here; /**< false: by nobody that this machine trusts */
} mn_trust;

/** Have the verification of a context remembered; what it answers stays the same. */
void
mn_trust_watch(mn_trust *trust, SSL_CTX *context);

#endif
