/* SPDX-License-Identifier: BSD-3-Clause */
/* The C_ functions that do more with keys than sign and verify, each a doorway (doorway.h). */
#include "cipher.h"
#include "doorway.h"
#include "sign.h"
#include "verify.h"

CK_RV
C_SignRecoverInit(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key)
{
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(session,
                          rv == CKR_OK ? p11_sign_recover_begin(session, mechanism, key) : rv);
}

CK_RV
C_SignRecover(CK_SESSION_HANDLE handle, CK_BYTE_PTR data, CK_ULONG data_len, CK_BYTE_PTR signature,
              CK_ULONG_PTR signature_len)
{
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(
        session,
        rv == CKR_OK ? p11_sign_recover(session, data, data_len, signature, signature_len) : rv);
}

CK_RV
C_VerifyRecoverInit(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key)
{
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(session,
                          rv == CKR_OK ? p11_verify_recover_begin(session, mechanism, key) : rv);
}

CK_RV
C_VerifyRecover(CK_SESSION_HANDLE handle, CK_BYTE_PTR signature, CK_ULONG signature_len,
                CK_BYTE_PTR data, CK_ULONG_PTR data_len)
{
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(
        session,
        rv == CKR_OK ? p11_verify_recover(session, signature, signature_len, data, data_len) : rv);
}

CK_RV
C_EncryptInit(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key)
{
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(session, rv == CKR_OK ? p11_encrypt_begin(session, mechanism, key) : rv);
}

CK_RV
C_Encrypt(CK_SESSION_HANDLE handle, CK_BYTE_PTR data, CK_ULONG data_len, CK_BYTE_PTR out,
          CK_ULONG_PTR out_len)
{
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(session,
                          rv == CKR_OK ? p11_encrypt(session, data, data_len, out, out_len) : rv);
}

CK_RV
C_EncryptUpdate(CK_SESSION_HANDLE handle, CK_BYTE_PTR part, CK_ULONG part_len, CK_BYTE_PTR out,
                CK_ULONG_PTR out_len)
{
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    (void)part; /* nothing that we do has parts */
    (void)part_len;
    (void)out;
    (void)out_len;
    return unlock_session(session, rv == CKR_OK ? p11_encrypt_part(session) : rv);
}

CK_RV
C_EncryptFinal(CK_SESSION_HANDLE handle, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    (void)out;
    (void)out_len;
    return unlock_session(session, rv == CKR_OK ? p11_encrypt_part(session) : rv);
}

CK_RV
C_DecryptInit(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key)
{
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(session, rv == CKR_OK ? p11_decrypt_begin(session, mechanism, key) : rv);
}

CK_RV
C_Decrypt(CK_SESSION_HANDLE handle, CK_BYTE_PTR data, CK_ULONG data_len, CK_BYTE_PTR out,
          CK_ULONG_PTR out_len)
{
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(session,
                          rv == CKR_OK ? p11_decrypt(session, data, data_len, out, out_len) : rv);
}

CK_RV
C_DecryptUpdate(CK_SESSION_HANDLE handle, CK_BYTE_PTR part, CK_ULONG part_len, CK_BYTE_PTR out,
                CK_ULONG_PTR out_len)
{
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    (void)part; /* nothing that we do has parts */
    (void)part_len;
    (void)out;
    (void)out_len;
    return unlock_session(session, rv == CKR_OK ? p11_decrypt_part(session) : rv);
}

CK_RV
C_DecryptFinal(CK_SESSION_HANDLE handle, CK_BYTE_PTR out, CK_ULONG_PTR out_len)
{
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    (void)out;
    (void)out_len;
    return unlock_session(session, rv == CKR_OK ? p11_decrypt_part(session) : rv);
}
