/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_CIPHER_H
#define P11_CIPHER_H

#include "cryptoki3.h"
#include "module.h"

/* Encrypting and decrypting with RSA, which the standard has single-part only. The session's lock
 * is held. `mechanism` NULL gives up an active operation (PKCS#11 v3.0, 5.2). */

CK_RV
p11_encrypt_begin(p11_session *session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);

CK_RV
p11_encrypt(p11_session *session, const CK_BYTE *data, CK_ULONG data_len, CK_BYTE *out,
            CK_ULONG *out_len);

CK_RV
p11_decrypt_begin(p11_session *session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);

/** The length that is told without a buffer is the most that there can be. */
CK_RV
p11_decrypt(p11_session *session, const CK_BYTE *data, CK_ULONG data_len, CK_BYTE *out,
            CK_ULONG *out_len);

/** C_EncryptUpdate, C_EncryptFinal: CKR_FUNCTION_NOT_SUPPORTED, and the operation is over. */
CK_RV
p11_encrypt_part(p11_session *session);

CK_RV
p11_decrypt_part(p11_session *session);

#endif
