/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_LOGIN_H
#define P11_LOGIN_H

#include "slot.h"

/* Who is logged in to a token: the same for all sessions of the process. */

CK_RV
p11_login(p11_session *session, CK_USER_TYPE user, const CK_UTF8CHAR *pin, CK_ULONG pin_len);

/** C_Login for one use of a key with CKA_ALWAYS_AUTHENTICATE. The session's lock is held. */
CK_RV
p11_login_for_operation(p11_session *session, const CK_UTF8CHAR *pin, CK_ULONG pin_len);

/** After a PIN failed to prove itself, for `err`: one of a length that no PIN has is a wrong one
 *  like others, for PKCS#11 has no other word for it; it counts, and what is said of the token
 * comes first. `err` says so then. `io` is held. */
void
p11_login_count_odd(p11_slot *slot, mn_role role, CK_ULONG pin_len, mainet_error *err);

CK_RV
p11_logout(p11_session *session);

/** Let everybody in to a token without PIN. `io` is held. */
CK_RV
p11_login_anyone(p11_slot *slot, const mn_token_info *info);

/** Log out if no session of the slot is left. */
void
p11_login_end_with_sessions(p11_slot *slot);

p11_who
p11_login_who(p11_slot *slot);

#endif
