/* SPDX-License-Identifier: BSD-3-Clause */
/* The C_ functions that do more with keys than sign and verify, each a doorway (doorway.h). */
#include "cipher.h"
#include "derive.h"
#include "doorway.h"
#include "generate.h"
#include "sign.h"
#include "verify.h"
#include "wrap.h"

CK_RV
C_SignRecoverInit(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(session,
                          rv == CKR_OK ? p11_sign_recover_begin(session, mechanism, key) : rv);
}

CK_RV
C_SignRecover(CK_SESSION_HANDLE handle, CK_BYTE_PTR data, CK_ULONG data_len, CK_BYTE_PTR signature,
              CK_ULONG_PTR signature_len)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(
        session,
        rv == CKR_OK ? p11_sign_recover(session, data, data_len, signature, signature_len) : rv);
}

CK_RV
C_VerifyRecoverInit(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(session,
                          rv == CKR_OK ? p11_verify_recover_begin(session, mechanism, key) : rv);
}

CK_RV
C_VerifyRecover(CK_SESSION_HANDLE handle, CK_BYTE_PTR signature, CK_ULONG signature_len,
                CK_BYTE_PTR data, CK_ULONG_PTR data_len)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(
        session,
        rv == CKR_OK ? p11_verify_recover(session, signature, signature_len, data, data_len) : rv);
}

CK_RV
C_EncryptInit(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(session, rv == CKR_OK ? p11_encrypt_begin(session, mechanism, key) : rv);
}

CK_RV
C_Encrypt(CK_SESSION_HANDLE handle, CK_BYTE_PTR data, CK_ULONG data_len, CK_BYTE_PTR out,
          CK_ULONG_PTR out_len)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(session,
                          rv == CKR_OK ? p11_encrypt(session, data, data_len, out, out_len) : rv);
}

CK_RV
C_EncryptUpdate(CK_SESSION_HANDLE handle, CK_BYTE_PTR part, CK_ULONG part_len, CK_BYTE_PTR out,
                CK_ULONG_PTR out_len)
{
    mn_auto_guest guest = mn_guest_enter();
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
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    (void)out;
    (void)out_len;
    return unlock_session(session, rv == CKR_OK ? p11_encrypt_part(session) : rv);
}

CK_RV
C_DecryptInit(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(session, rv == CKR_OK ? p11_decrypt_begin(session, mechanism, key) : rv);
}

CK_RV
C_Decrypt(CK_SESSION_HANDLE handle, CK_BYTE_PTR data, CK_ULONG data_len, CK_BYTE_PTR out,
          CK_ULONG_PTR out_len)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(session,
                          rv == CKR_OK ? p11_decrypt(session, data, data_len, out, out_len) : rv);
}

CK_RV
C_DecryptUpdate(CK_SESSION_HANDLE handle, CK_BYTE_PTR part, CK_ULONG part_len, CK_BYTE_PTR out,
                CK_ULONG_PTR out_len)
{
    mn_auto_guest guest = mn_guest_enter();
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
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    (void)out;
    (void)out_len;
    return unlock_session(session, rv == CKR_OK ? p11_decrypt_part(session) : rv);
}

CK_RV
C_WrapKey(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE wrapping,
          CK_OBJECT_HANDLE key, CK_BYTE_PTR wrapped, CK_ULONG_PTR wrapped_len)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    CK_RV rv = hold_session(handle, &session);

    if (rv == CKR_OK && (mechanism == NULL || wrapped_len == NULL))
        rv = CKR_ARGUMENTS_BAD;
    return release_session(
        session,
        rv == CKR_OK ? p11_wrap(session, mechanism, wrapping, key, wrapped, wrapped_len) : rv);
}

CK_RV
C_UnwrapKey(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE unwrapping,
            CK_BYTE_PTR wrapped, CK_ULONG wrapped_len, CK_ATTRIBUTE_PTR template, CK_ULONG count,
            CK_OBJECT_HANDLE_PTR key)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    const p11_wrapped what = {wrapped, wrapped_len, template, count};
    CK_RV rv = lock_session(handle, &session);

    if (rv == CKR_OK &&
        (mechanism == NULL || wrapped == NULL || key == NULL || !is_template(template, count)))
        rv = CKR_ARGUMENTS_BAD;
    return unlock_session(
        session, rv == CKR_OK ? p11_unwrap(session, mechanism, unwrapping, &what, key) : rv);
}

CK_RV
C_GenerateKey(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_ATTRIBUTE_PTR template,
              CK_ULONG count, CK_OBJECT_HANDLE_PTR key)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    CK_RV rv = lock_session(handle, &session);

    if (rv == CKR_OK && (mechanism == NULL || key == NULL || !is_template(template, count)))
        rv = CKR_ARGUMENTS_BAD;
    return unlock_session(
        session, rv == CKR_OK ? p11_generate(session, mechanism, template, count, key) : rv);
}

CK_RV
C_GenerateKeyPair(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism,
                  CK_ATTRIBUTE_PTR public_template, CK_ULONG public_count,
                  CK_ATTRIBUTE_PTR private_template, CK_ULONG private_count,
                  CK_OBJECT_HANDLE_PTR public_key, CK_OBJECT_HANDLE_PTR private_key)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    const p11_pair_templates templates = {public_template, public_count, private_template,
                                          private_count};
    CK_OBJECT_HANDLE made[2] = {CK_INVALID_HANDLE, CK_INVALID_HANDLE};
    CK_RV rv = lock_session(handle, &session);

    if (rv == CKR_OK && (mechanism == NULL || public_key == NULL || private_key == NULL ||
                         !is_template(public_template, public_count) ||
                         !is_template(private_template, private_count)))
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK)
        rv = p11_generate_pair(session, mechanism, &templates, made);
    if (rv == CKR_OK) {
        *public_key = made[0];
        *private_key = made[1];
    }
    return unlock_session(session, rv);
}

CK_RV
C_DeriveKey(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE base,
            CK_ATTRIBUTE_PTR template, CK_ULONG count, CK_OBJECT_HANDLE_PTR key)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    CK_RV rv = lock_session(handle, &session);

    if (rv == CKR_OK && (mechanism == NULL || key == NULL || !is_template(template, count)))
        rv = CKR_ARGUMENTS_BAD;
    return unlock_session(
        session, rv == CKR_OK ? p11_derive(session, mechanism, base, template, count, key) : rv);
}
