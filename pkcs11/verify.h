/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_VERIFY_H
#define P11_VERIFY_H

#include "cryptoki3.h"
#include "module.h"

/* The session's lock is held. `mechanism` NULL gives up an active operation (PKCS#11 v3.0, 5.2). */

CK_RV
p11_verify_begin(p11_session *session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);

CK_RV
p11_verify(p11_session *session, const CK_BYTE *data, CK_ULONG data_len, const CK_BYTE *signature,
           CK_ULONG signature_len);

CK_RV
p11_verify_update(p11_session *session, const CK_BYTE *part, CK_ULONG part_len);

CK_RV
p11_verify_end(p11_session *session, const CK_BYTE *signature, CK_ULONG signature_len);

CK_RV
p11_verify_recover_begin(p11_session *session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);

/** Find what was signed, if the signature is right; the length that is told without a buffer is
 *  exact, so the signature is looked at even then. */
CK_RV
p11_verify_recover(p11_session *session, const CK_BYTE *signature, CK_ULONG signature_len,
                   CK_BYTE *data, CK_ULONG *data_len);

#endif
