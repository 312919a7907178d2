/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_MEMBER_H
#define STANDIN_MEMBER_H

#include "server.h"

#include <gnutls/gnutls.h>

/** What the site thinks of a client certificate. */
typedef enum st_member_verdict {
    MEMBER_ACCEPTED,
    MEMBER_NO_CERTIFICATE,
    MEMBER_OTHER_ISSUER,
    MEMBER_UNSUITABLE,
    MEMBER_NOT_YET_VALID,
    MEMBER_EXPIRED,
    MEMBER_REVOKED,
    MEMBER_TROUBLE,
} st_member_verdict;

/** The certificate that a TLS session presented; texts are empty where there is none. */
typedef struct st_member {
    st_member_verdict verdict;
    char common_name[256];
    char issuer[256];
    char serial[64]; /**< Upper-case hexadecimal. */
    char sha256[65]; /**< Lower-case hexadecimal. */
    char not_after[32];
} st_member;

/** Judge the client certificate of a session by chain, purpose, clock and revocation. */
void
member_judge(const st_server *server, gnutls_session_t session, st_member *member);

/** Revoke by serial in hexadecimal. @return False when named on stderr. */
bool
member_revoke(st_transaction *change, const char *serial);

#endif
