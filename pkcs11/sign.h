/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_SIGN_H
#define P11_SIGN_H

#include "cryptoki3.h"
#include "module.h"

/* The session's lock is held. `mechanism` NULL gives up an active operation (PKCS#11 v3.0, 5.2). */

CK_RV
p11_sign_begin(p11_session *session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);

CK_RV
p11_sign(p11_session *session, const CK_BYTE *data, CK_ULONG data_len, CK_BYTE *signature,
         CK_ULONG *signature_len);

CK_RV
p11_sign_update(p11_session *session, const CK_BYTE *part, CK_ULONG part_len);

CK_RV
p11_sign_end(p11_session *session, CK_BYTE *signature, CK_ULONG *signature_len);

/* A signature that its data can be recovered from: CKM_RSA_PKCS and CKM_RSA_X_509. */

CK_RV
p11_sign_recover_begin(p11_session *session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);

CK_RV
p11_sign_recover(p11_session *session, const CK_BYTE *data, CK_ULONG data_len, CK_BYTE *signature,
                 CK_ULONG *signature_len);

#endif
