/* SPDX-License-Identifier: BSD-3-Clause */
/* The C_ functions, each a doorway (doorway.h); what is done with keys beyond signing is in
 * entry-key.c, writing objects in entry-object.c, tokens and PINs in entry-token.c. */
#include "attribute.h"
#include "doorway.h"
#include "event.h"
#include "find.h"
#include "info.h"
#include "login.h"
#include "mechanism.h"
#include "random.h"
#include "sign.h"
#include "token.h"
#include "verify.h"

CK_RV
C_Initialize(CK_VOID_PTR arguments)
{
    return p11_module_initialize(arguments);
}

CK_RV
C_Finalize(CK_VOID_PTR reserved)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_module *module = NULL;
    const CK_RV rv = enter(&module);

    if (rv == CKR_OK && reserved != NULL)
        return CKR_ARGUMENTS_BAD;
    return rv == CKR_OK ? p11_module_finalize() : rv;
}

CK_RV
C_GetInfo(CK_INFO_PTR info)
{
    return p11_info(info, (CK_VERSION){2, 40});
}

CK_RV
C_GetSlotList(CK_BBOOL present_only, CK_SLOT_ID_PTR list, CK_ULONG_PTR count)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_module *module = NULL;
    const CK_RV rv = enter_with_crypto(&module);

    if (rv == CKR_OK && count == NULL)
        return CKR_ARGUMENTS_BAD;
    return rv == CKR_OK ? p11_slots_list(module, present_only != 0, list, count) : rv;
}

CK_RV
C_GetSlotInfo(CK_SLOT_ID id, CK_SLOT_INFO_PTR info)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_slot *slot = NULL;
    CK_RV rv = hold_slot(id, &slot);

    if (rv == CKR_OK && info == NULL)
        rv = CKR_ARGUMENTS_BAD;
    return release_slot(slot, rv == CKR_OK ? p11_slot_info(slot, info) : rv);
}

CK_RV
C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID_PTR id, CK_VOID_PTR reserved)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_module *module = NULL;
    const CK_RV rv = enter_with_crypto(&module);

    if (rv == CKR_OK && (id == NULL || reserved != NULL))
        return CKR_ARGUMENTS_BAD;
    return rv == CKR_OK ? p11_event_wait(flags, id) : rv;
}

CK_RV
C_GetTokenInfo(CK_SLOT_ID id, CK_TOKEN_INFO_PTR info)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_slot *slot = NULL;
    CK_RV rv = hold_slot(id, &slot);

    if (rv == CKR_OK && info == NULL)
        rv = CKR_ARGUMENTS_BAD;
    return release_slot(slot, rv == CKR_OK ? p11_token_info(slot, info) : rv);
}

CK_RV
C_GetMechanismList(CK_SLOT_ID id, CK_MECHANISM_TYPE_PTR list, CK_ULONG_PTR count)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_slot *slot = NULL;
    CK_RV rv = hold_slot(id, &slot);

    if (rv == CKR_OK && count == NULL)
        rv = CKR_ARGUMENTS_BAD;
    else if (rv == CKR_OK && !p11_slot_is_present(slot))
        rv = CKR_TOKEN_NOT_PRESENT;
    return release_slot(slot, rv == CKR_OK ? p11_mechanism_list(list, count) : rv);
}

CK_RV
C_GetMechanismInfo(CK_SLOT_ID id, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO_PTR info)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_slot *slot = NULL;
    CK_RV rv = hold_slot(id, &slot);

    if (rv == CKR_OK && info == NULL)
        rv = CKR_ARGUMENTS_BAD;
    else if (rv == CKR_OK && !p11_slot_is_present(slot))
        rv = CKR_TOKEN_NOT_PRESENT;
    return release_slot(slot, rv == CKR_OK ? p11_mechanism_info(type, info) : rv);
}

CK_RV
C_OpenSession(CK_SLOT_ID id, CK_FLAGS flags, CK_VOID_PTR application, CK_NOTIFY notify,
              CK_SESSION_HANDLE_PTR handle)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_slot *slot = NULL;
    CK_RV rv = hold_slot(id, &slot);

    (void)application; /* we notify nobody */
    (void)notify;
    if (rv == CKR_OK && handle == NULL)
        rv = CKR_ARGUMENTS_BAD;
    if (rv == CKR_OK)
        rv = make_crypto_ready();
    return release_slot(slot, rv == CKR_OK ? p11_session_open(slot, flags, handle) : rv);
}

CK_RV
C_CloseSession(CK_SESSION_HANDLE handle)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_module *module = NULL;
    const CK_RV rv = enter(&module);

    return rv == CKR_OK ? p11_session_close(module, handle) : rv;
}

CK_RV
C_CloseAllSessions(CK_SLOT_ID id)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_slot *slot = NULL;
    const CK_RV rv = hold_slot_at_the_end(id, &slot);

    return release_slot(slot, rv == CKR_OK ? p11_session_close_all(slot) : rv);
}

CK_RV
C_GetSessionInfo(CK_SESSION_HANDLE handle, CK_SESSION_INFO_PTR info)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    CK_RV rv = hold_session(handle, &session);

    if (rv == CKR_OK && info == NULL)
        rv = CKR_ARGUMENTS_BAD;
    return release_session(session, rv == CKR_OK ? p11_session_info(session, info) : rv);
}

CK_RV
C_SessionCancel(CK_SESSION_HANDLE handle, CK_FLAGS flags)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(session, rv == CKR_OK ? p11_session_cancel(session, flags) : rv);
}

CK_RV
C_Login(CK_SESSION_HANDLE handle, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG pin_len)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    CK_RV rv = CKR_OK;

    if (user == CKU_CONTEXT_SPECIFIC) {
        rv = lock_session(handle, &session);
        return unlock_session(session,
                              rv == CKR_OK ? p11_login_for_operation(session, pin, pin_len) : rv);
    }
    rv = hold_session(handle, &session);
    return release_session(session, rv == CKR_OK ? p11_login(session, user, pin, pin_len) : rv);
}

/* Our tokens know one user and one security officer, without names. */
CK_RV
C_LoginUser(CK_SESSION_HANDLE handle, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG pin_len,
            CK_UTF8CHAR_PTR name, CK_ULONG name_len)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    CK_RV rv = hold_session(handle, &session);

    (void)name;
    if (rv == CKR_OK && name_len != 0)
        rv = CKR_ARGUMENTS_BAD;
    rv = release_session(session, rv);
    return rv == CKR_OK ? C_Login(handle, user, pin, pin_len) : rv;
}

/* The session is not locked: a logout ends what every session of the token does, this one too. */
CK_RV
C_Logout(CK_SESSION_HANDLE handle)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    const CK_RV rv = hold_session_at_the_end(handle, &session);

    return release_session(session, rv == CKR_OK ? p11_logout(session) : rv);
}

static CK_RV
read_attributes(p11_session *session, CK_OBJECT_HANDLE handle, CK_ATTRIBUTE *template,
                CK_ULONG count)
{
    mn_auto(mn_keys) keys = NULL;
    mn_auto(p11_object) object = NULL;
    const CK_RV rv = p11_token_object(session->slot, handle, &object);

    if (rv != CKR_OK)
        return rv;
    keys = p11_token_keys(session->slot);
    return p11_attribute_read(object, keys, template, count);
}

CK_RV
C_GetAttributeValue(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR template,
                    CK_ULONG count)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    CK_RV rv = hold_session(handle, &session);

    if (rv == CKR_OK && (template == NULL || !is_template(template, count)))
        rv = CKR_ARGUMENTS_BAD;
    return release_session(session,
                           rv == CKR_OK ? read_attributes(session, object, template, count) : rv);
}

static CK_RV
measure(p11_session *session, CK_OBJECT_HANDLE handle, CK_ULONG *size)
{
    mn_auto(p11_object) object = NULL;
    const CK_RV rv = p11_token_object(session->slot, handle, &object);

    if (rv == CKR_OK)
        *size = p11_attribute_size(object);
    return rv;
}

CK_RV
C_GetObjectSize(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ULONG_PTR size)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    CK_RV rv = hold_session(handle, &session);

    if (rv == CKR_OK && size == NULL)
        rv = CKR_ARGUMENTS_BAD;
    return release_session(session, rv == CKR_OK ? measure(session, object, size) : rv);
}

CK_RV
C_FindObjectsInit(CK_SESSION_HANDLE handle, CK_ATTRIBUTE_PTR template, CK_ULONG count)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    CK_RV rv = lock_session(handle, &session);

    if (rv == CKR_OK && !is_template(template, count))
        rv = CKR_ARGUMENTS_BAD;
    return unlock_session(session, rv == CKR_OK ? p11_find_begin(session, template, count) : rv);
}

CK_RV
C_FindObjects(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE_PTR objects, CK_ULONG max,
              CK_ULONG_PTR count)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    CK_RV rv = lock_session(handle, &session);

    if (rv == CKR_OK && ((objects == NULL && max != 0) || count == NULL))
        rv = CKR_ARGUMENTS_BAD;
    return unlock_session(session, rv == CKR_OK ? p11_find_next(session, objects, max, count) : rv);
}

CK_RV
C_FindObjectsFinal(CK_SESSION_HANDLE handle)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(session, rv == CKR_OK ? p11_find_end(session) : rv);
}

/* It comes near libcrypto only where a key is made ready: p11_operation_start is the guest. */
CK_RV
C_SignInit(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key)
{
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(session, rv == CKR_OK ? p11_sign_begin(session, mechanism, key) : rv);
}

CK_RV
C_Sign(CK_SESSION_HANDLE handle, CK_BYTE_PTR data, CK_ULONG data_len, CK_BYTE_PTR signature,
       CK_ULONG_PTR signature_len)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(
        session, rv == CKR_OK ? p11_sign(session, data, data_len, signature, signature_len) : rv);
}

CK_RV
C_SignUpdate(CK_SESSION_HANDLE handle, CK_BYTE_PTR part, CK_ULONG part_len)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(session, rv == CKR_OK ? p11_sign_update(session, part, part_len) : rv);
}

CK_RV
C_SignFinal(CK_SESSION_HANDLE handle, CK_BYTE_PTR signature, CK_ULONG_PTR signature_len)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(session,
                          rv == CKR_OK ? p11_sign_end(session, signature, signature_len) : rv);
}

CK_RV
C_VerifyInit(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(session, rv == CKR_OK ? p11_verify_begin(session, mechanism, key) : rv);
}

CK_RV
C_Verify(CK_SESSION_HANDLE handle, CK_BYTE_PTR data, CK_ULONG data_len, CK_BYTE_PTR signature,
         CK_ULONG signature_len)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(
        session, rv == CKR_OK ? p11_verify(session, data, data_len, signature, signature_len) : rv);
}

CK_RV
C_VerifyUpdate(CK_SESSION_HANDLE handle, CK_BYTE_PTR part, CK_ULONG part_len)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(session, rv == CKR_OK ? p11_verify_update(session, part, part_len) : rv);
}

CK_RV
C_VerifyFinal(CK_SESSION_HANDLE handle, CK_BYTE_PTR signature, CK_ULONG signature_len)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    const CK_RV rv = lock_session(handle, &session);

    return unlock_session(session,
                          rv == CKR_OK ? p11_verify_end(session, signature, signature_len) : rv);
}

CK_RV
C_SeedRandom(CK_SESSION_HANDLE handle, CK_BYTE_PTR seed, CK_ULONG len)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    const CK_RV rv = hold_session(handle, &session);

    return release_session(session, rv == CKR_OK ? p11_random_seed(seed, len) : rv);
}

CK_RV
C_GenerateRandom(CK_SESSION_HANDLE handle, CK_BYTE_PTR out, CK_ULONG len)
{
    mn_auto_guest guest = mn_guest_enter();
    p11_session *session = NULL;
    const CK_RV rv = hold_session(handle, &session);

    return release_session(session, rv == CKR_OK ? p11_random_generate(out, len) : rv);
}
