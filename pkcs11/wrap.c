/* SPDX-License-Identifier: BSD-3-Clause */
#include "wrap.h"

#include "aes-wrap.h"
#include "attribute.h"
#include "ckr.h"
#include "output.h"
#include "pkcs8.h"
#include "session.h"
#include "token.h"

/* A key that wraps has answers of its own (PKCS#11 v2.40, 5.13.3). */
static CK_RV
of_wrapping_key(CK_RV rv)
{
    switch (rv) {
    case CKR_KEY_HANDLE_INVALID:
        return CKR_WRAPPING_KEY_HANDLE_INVALID;
    case CKR_KEY_TYPE_INCONSISTENT:
        return CKR_WRAPPING_KEY_TYPE_INCONSISTENT;
    default:
        return rv;
    }
}

static CK_RV
find_wrapping_key(p11_session *session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE handle,
                  p11_method *method, p11_object **object)
{
    CK_RV rv = p11_method_read(method, mechanism, CKF_WRAP);

    if (rv != CKR_OK)
        return rv;
    return of_wrapping_key(
        p11_operation_key(session, handle, method,
                          method->mechanism->key_type == CKK_RSA ? CKO_PUBLIC_KEY : CKO_SECRET_KEY,
                          CKF_WRAP, object));
}

/* Whether a key may leave, and by this one. */
static CK_RV
may_leave(const p11_object *key, const p11_object *wrapping)
{
    if (!p11_attribute_bool(key, CKA_EXTRACTABLE))
        return CKR_KEY_UNEXTRACTABLE;
    if (p11_attribute_bool(key, CKA_WRAP_WITH_TRUSTED) &&
        !p11_attribute_bool(wrapping, CKA_TRUSTED))
        return CKR_KEY_NOT_WRAPPABLE;
    /* RSA has room for the bytes of a secret key only */
    return key->class == CKO_SECRET_KEY || wrapping->class == CKO_SECRET_KEY
               ? CKR_OK
               : CKR_KEY_NOT_WRAPPABLE;
}

static CK_RV
find_key(p11_session *session, CK_OBJECT_HANDLE handle, p11_object **object)
{
    CK_RV rv = p11_token_object(session->slot, handle, object);

    if (rv == CKR_OBJECT_HANDLE_INVALID)
        return CKR_KEY_HANDLE_INVALID;
    if (rv == CKR_OK && (*object)->key_type == CK_UNAVAILABLE_INFORMATION)
        return CKR_KEY_HANDLE_INVALID;
    if (rv == CKR_OK && (*object)->class == CKO_PUBLIC_KEY)
        return CKR_KEY_NOT_WRAPPABLE;
    return rv;
}

static CK_RV
open_value(p11_session *session, const p11_object *object, mn_secret **value)
{
    mn_auto(mn_keys) keys = p11_token_keys(session->slot);
    mainet_error err = {0};

    *value = mn_object_secret(object->stored, keys, CKA_VALUE, &err);
    return *value == NULL ? p11_ckr_of(&err) : CKR_OK;
}

/* The bytes that are wrapped. */
static CK_RV
open_key(p11_session *session, p11_object *object, mn_secret **plain)
{
    EVP_PKEY *key = NULL;
    CK_RV rv = CKR_OK;

    if (object->class == CKO_SECRET_KEY)
        return open_value(session, object, plain);
    rv = p11_token_key(session->slot, object, &key);
    return rv == CKR_OK ? p11_pkcs8_write(key, plain) : rv;
}

static CK_RV
wrap_by_rsa(p11_session *session, const p11_method *method, p11_object *wrapping,
            const mn_secret *plain, CK_BYTE *wrapped, CK_ULONG *wrapped_len)
{
    EVP_PKEY *key = NULL;
    p11_ready ready = {.key = NULL};
    p11_room room = P11_ROOM_ASKED;
    CK_ULONG len = 0;
    CK_RV rv = p11_token_key(session->slot, wrapping, &key);

    if (rv != CKR_OK)
        return rv;
    len = (CK_ULONG)EVP_PKEY_get_size(key);
    if (mn_secret_len(plain) == 0 || mn_secret_len(plain) > p11_method_most(method, len))
        return CKR_KEY_SIZE_RANGE;
    room = p11_output_room(wrapped, wrapped_len, len);
    if (room != P11_ROOM_ENOUGH)
        return p11_output_answer(room);
    *wrapped_len = len;
    rv = p11_ready_make(&ready, method, key, CKF_WRAP) &&
                 EVP_PKEY_encrypt(ready.context, wrapped, wrapped_len, mn_secret_bytes(plain),
                                  mn_secret_len(plain)) == 1
             ? CKR_OK
             : CKR_FUNCTION_FAILED;
    p11_ready_clear(&ready);
    return rv;
}

static CK_RV
wrap_by_aes(p11_session *session, const p11_method *method, const p11_object *wrapping,
            const mn_secret *plain, CK_BYTE *wrapped, CK_ULONG *wrapped_len)
{
    mn_auto(mn_secret) key = NULL;
    const CK_ULONG len = p11_aes_wrapped_len(method, mn_secret_len(plain));
    p11_room room = P11_ROOM_ASKED;
    CK_RV rv = CKR_OK;

    if (len == 0)
        return CKR_KEY_SIZE_RANGE;
    room = p11_output_room(wrapped, wrapped_len, len);
    if (room != P11_ROOM_ENOUGH)
        return p11_output_answer(room);
    rv = open_value(session, wrapping, &key);
    if (rv == CKR_OK)
        rv = p11_aes_wrap(method, key, plain, wrapped);
    if (rv == CKR_OK)
        *wrapped_len = len;
    return rv;
}

CK_RV
p11_wrap(p11_session *session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE wrapping_handle,
         CK_OBJECT_HANDLE handle, CK_BYTE *wrapped, CK_ULONG *wrapped_len)
{
    mn_auto(p11_object) wrapping = NULL;
    mn_auto(p11_object) key = NULL;
    mn_auto(mn_secret) plain = NULL;
    p11_method method = {0};
    CK_RV rv = find_wrapping_key(session, mechanism, wrapping_handle, &method, &wrapping);

    if (rv == CKR_OK)
        rv = find_key(session, handle, &key);
    if (rv == CKR_OK)
        rv = may_leave(key, wrapping);
    if (rv == CKR_OK)
        rv = open_key(session, key, &plain);
    if (rv != CKR_OK)
        return rv;
    return wrapping->class == CKO_SECRET_KEY
               ? wrap_by_aes(session, &method, wrapping, plain, wrapped, wrapped_len)
               : wrap_by_rsa(session, &method, wrapping, plain, wrapped, wrapped_len);
}
