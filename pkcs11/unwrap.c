/* SPDX-License-Identifier: BSD-3-Clause */
#include "aes-wrap.h"
#include "ckr.h"
#include "create.h"
#include "pkcs8.h"
#include "secret-key.h"
#include "session.h"
#include "template.h"
#include "token.h"
#include "wrap.h"

/* A key that unwraps has answers of its own (PKCS#11 v2.40, 5.13.4). */
static CK_RV
of_unwrapping_key(CK_RV rv)
{
    switch (rv) {
    case CKR_KEY_HANDLE_INVALID:
        return CKR_UNWRAPPING_KEY_HANDLE_INVALID;
    case CKR_KEY_TYPE_INCONSISTENT:
        return CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT;
    default:
        return rv;
    }
}

static CK_RV
find_unwrapping_key(p11_session *session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE handle,
                    p11_method *method, p11_object **object)
{
    CK_RV rv = p11_method_read(method, mechanism, CKF_UNWRAP);

    if (rv == CKR_OK)
        rv = of_unwrapping_key(p11_operation_key(
            session, handle, method,
            method->mechanism->key_type == CKK_RSA ? CKO_PRIVATE_KEY : CKO_SECRET_KEY, CKF_UNWRAP,
            object));
    if (rv == CKR_OK && (*object)->always_authenticate)
        return CKR_USER_NOT_LOGGED_IN; /* there is no moment at which to ask for the PIN */
    return rv;
}

static CK_RV
open_by_rsa(p11_session *session, const p11_method *method, p11_object *object,
            const p11_wrapped *wrapped, mn_secret **plain)
{
    EVP_PKEY *key = NULL;
    p11_ready ready = {.key = NULL};
    mainet_error err = {0};
    mn_auto(mn_secret) opened = NULL;
    size_t len = 0;
    CK_RV rv = p11_token_key(session->slot, object, &key);

    if (rv != CKR_OK)
        return rv;
    len = (size_t)EVP_PKEY_get_size(key);
    if (wrapped->data_len != len)
        return CKR_WRAPPED_KEY_LEN_RANGE;
    opened = mn_secret_new(len, &err);
    if (opened == NULL)
        return p11_ckr(err.status);
    rv = p11_ready_make(&ready, method, key, CKF_UNWRAP) &&
                 EVP_PKEY_decrypt(ready.context, mn_secret_data(opened), &len, wrapped->data,
                                  wrapped->data_len) == 1 &&
                 len != 0
             ? CKR_OK
             : CKR_WRAPPED_KEY_INVALID;
    p11_ready_clear(&ready);
    if (rv != CKR_OK)
        return rv;
    mn_secret_truncate(opened, len);
    *plain = mn_secret_take(&opened);
    return CKR_OK;
}

static CK_RV
open_by_aes(p11_session *session, const p11_method *method, const p11_object *object,
            const p11_wrapped *wrapped, mn_secret **plain)
{
    mn_auto(mn_keys) keys = p11_token_keys(session->slot);
    mainet_error err = {0};
    mn_auto(mn_secret) key = mn_object_secret(object->stored, keys, CKA_VALUE, &err);

    return key == NULL ? p11_ckr_of(&err)
                       : p11_aes_unwrap(method, key, wrapped->data, wrapped->data_len, plain);
}

static CK_KEY_TYPE
type_of(const EVP_PKEY *key)
{
    if (EVP_PKEY_is_a(key, "RSA"))
        return CKK_RSA;
    if (EVP_PKEY_is_a(key, "EC"))
        return CKK_EC;
    return EVP_PKEY_is_a(key, "ED25519") ? CKK_EC_EDWARDS : CK_UNAVAILABLE_INFORMATION;
}

/* What was inside must be what the template calls it. */
static CK_RV
fill(p11_draft *draft, const p11_wrapped *wrapped, const mn_secret *plain)
{
    mn_auto(EVP_PKEY) key = NULL;
    const size_t len = mn_secret_len(plain);
    CK_ULONG told = 0;
    CK_RV rv = CKR_OK;

    if (draft->class == CKO_SECRET_KEY) {
        if (p11_template_number(wrapped->template, wrapped->count, CKA_VALUE_LEN, &told) &&
            told != len)
            return CKR_TEMPLATE_INCONSISTENT;
        if (draft->key_type == CKK_AES && !p11_secret_key_fits(CKK_AES, len))
            return CKR_WRAPPED_KEY_INVALID;
        return p11_draft_set_secret(draft, mn_secret_bytes(plain), len);
    }
    rv = p11_pkcs8_read(plain, &key);
    if (rv == CKR_OK && type_of(key) != draft->key_type)
        return CKR_WRAPPED_KEY_INVALID;
    return rv == CKR_OK ? p11_draft_set_key(draft, key, NULL) : rv;
}

/* A secret key, or a private one unless it would have come by RSA, which has no room for it. */
static bool
is_wrapped_by(const p11_draft *draft, const p11_object *object)
{
    return draft->class == CKO_SECRET_KEY ||
           (draft->class == CKO_PRIVATE_KEY && object->class == CKO_SECRET_KEY);
}

CK_RV
p11_unwrap(p11_session *session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE unwrapping,
           const p11_wrapped *wrapped, CK_OBJECT_HANDLE *handle)
{
    mn_auto_draft draft = {0};
    mn_auto(p11_object) object = NULL;
    mn_auto(mn_secret) plain = NULL;
    p11_method method = {0};
    CK_RV rv = find_unwrapping_key(session, mechanism, unwrapping, &method, &object);

    if (rv == CKR_OK)
        rv =
            p11_draft_read(&draft, session, wrapped->template, wrapped->count, P11_ORIGIN_UNWRAPPED,
                           CK_UNAVAILABLE_INFORMATION, CK_UNAVAILABLE_INFORMATION);
    if (rv == CKR_OK && !is_wrapped_by(&draft, object))
        rv = CKR_TEMPLATE_INCONSISTENT;
    if (rv == CKR_OK)
        rv = object->class == CKO_SECRET_KEY
                 ? open_by_aes(session, &method, object, wrapped, &plain)
                 : open_by_rsa(session, &method, object, wrapped, &plain);
    if (rv == CKR_OK)
        rv = fill(&draft, wrapped, plain);
    return rv == CKR_OK ? p11_create_place(session, (p11_draft *const[]){&draft}, 1, handle) : rv;
}
