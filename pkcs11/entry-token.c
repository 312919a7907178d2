/* SPDX-License-Identifier: BSD-3-Clause */
/* The C_ functions that make tokens and set PINs, each a doorway (doorway.h). */
#include "admin.h"
#include "doorway.h"

CK_RV
C_InitToken(CK_SLOT_ID id, CK_UTF8CHAR_PTR pin, CK_ULONG pin_len, CK_UTF8CHAR_PTR label)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_slot *slot = NULL;
    CK_RV rv = hold_slot(id, &slot);

    if (rv == CKR_OK && (pin == NULL || label == NULL))
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK)
        rv = make_crypto_ready();
    return release_slot(slot, rv == CKR_OK ? p11_admin_init_token(slot, pin, pin_len, label) : rv);
}

CK_RV
C_InitPIN(CK_SESSION_HANDLE handle, CK_UTF8CHAR_PTR pin, CK_ULONG pin_len)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    CK_RV rv = lock_session(handle, &session);

    if (rv == CKR_OK && pin == NULL)
        rv = CKR_ARGUMENTS_BAD;
    return unlock_session(session, rv == CKR_OK ? p11_admin_init_pin(session, pin, pin_len) : rv);
}

CK_RV
C_SetPIN(CK_SESSION_HANDLE handle, CK_UTF8CHAR_PTR old_pin, CK_ULONG old_pin_len,
         CK_UTF8CHAR_PTR new_pin, CK_ULONG new_pin_len)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    CK_RV rv = lock_session(handle, &session);

    if (rv == CKR_OK && (old_pin == NULL || new_pin == NULL))
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK)
        rv = p11_admin_set_pin(session, old_pin, old_pin_len, new_pin, new_pin_len);
    return unlock_session(session, rv);
}
