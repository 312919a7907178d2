/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_ADMIN_H
#define P11_ADMIN_H

#include "slot.h"

/* Tokens are made and emptied, PINs set and changed. */

/** C_InitToken: make a token in the free slot, or empty the one that is there, which takes its
 *  security officer's PIN and no open session: it holds the only copy of keys. `label` has 32
 *  characters, padded with blanks. */
CK_RV
p11_admin_init_token(p11_slot *slot, const CK_UTF8CHAR *pin, CK_ULONG pin_len,
                     const CK_UTF8CHAR *label);

/** C_InitPIN: the officer, logged in, sets the user's PIN. */
CK_RV
p11_admin_init_pin(p11_session *session, const CK_UTF8CHAR *pin, CK_ULONG pin_len);

/** C_SetPIN: the officer who is logged in changes the officer's PIN, everybody else the user's. */
CK_RV
p11_admin_set_pin(p11_session *session, const CK_UTF8CHAR *old_pin, CK_ULONG old_pin_len,
                  const CK_UTF8CHAR *new_pin, CK_ULONG new_pin_len);

#endif
