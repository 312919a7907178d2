/* SPDX-License-Identifier: BSD-3-Clause */
#include "derive.h"

#include "attribute.h"
#include "create.h"
#include "ecdh.h"
#include "secret-key.h"
#include "session.h"
#include "template.h"
#include "token.h"

/* How many bytes; 0: as many as there are. */
static CK_RV
choose_length(const p11_draft *draft, const CK_ATTRIBUTE *template, CK_ULONG count, EVP_PKEY *key,
              CK_ULONG *len)
{
    const CK_ULONG all = ((CK_ULONG)EVP_PKEY_get_bits(key) + 7) / 8;
    const bool is_told = p11_template_number(template, count, CKA_VALUE_LEN, len);

    if (!is_told)
        *len = p11_secret_key_length(draft->key_type);
    if (!is_told && draft->key_type == CKK_AES && !p11_secret_key_fits(CKK_AES, all))
        return CKR_TEMPLATE_INCOMPLETE;
    return !is_told || p11_secret_key_fits(draft->key_type, *len) ? CKR_OK
                                                                  : CKR_ATTRIBUTE_VALUE_INVALID;
}

static CK_RV
find_base(p11_session *session, const p11_method *method, CK_OBJECT_HANDLE handle,
          p11_object **base, EVP_PKEY **key)
{
    CK_RV rv = p11_operation_key(session, handle, method, CKO_PRIVATE_KEY, CKF_DERIVE, base);

    if (rv == CKR_OK && (*base)->always_authenticate)
        return CKR_USER_NOT_LOGGED_IN; /* there is no moment at which to ask for the PIN */
    return rv == CKR_OK ? p11_token_key(session->slot, *base, key) : rv;
}

CK_RV
p11_derive(p11_session *session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE base_handle,
           const CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *handle)
{
    mn_auto_draft draft = {0};
    mn_auto(p11_object) base = NULL;
    mn_auto(mn_secret) value = NULL;
    p11_method method = {0};
    EVP_PKEY *key = NULL;
    CK_ULONG len = 0;
    CK_RV rv = p11_method_read(&method, mechanism, CKF_DERIVE);

    if (rv == CKR_OK)
        rv = find_base(session, &method, base_handle, &base, &key);
    if (rv == CKR_OK)
        rv = p11_draft_read(&draft, session, template, count, P11_ORIGIN_DERIVED, CKO_SECRET_KEY,
                            p11_template_find(template, count, CKA_KEY_TYPE) == NULL
                                ? CKK_GENERIC_SECRET
                                : CK_UNAVAILABLE_INFORMATION); /* bytes, if it does not say */
    if (rv == CKR_OK)
        rv = choose_length(&draft, template, count, key, &len);
    if (rv == CKR_OK)
        rv = p11_ecdh(&method, key, len, &value);
    if (rv != CKR_OK)
        return rv;
    draft.was_sensitive = p11_attribute_bool(base, CKA_ALWAYS_SENSITIVE);
    draft.was_unextractable = p11_attribute_bool(base, CKA_NEVER_EXTRACTABLE);
    p11_secret_key_shape(draft.key_type, value);
    rv = p11_draft_set_secret(&draft, mn_secret_bytes(value), mn_secret_len(value));
    return rv == CKR_OK ? p11_create_place(session, (p11_draft *const[]){&draft}, 1, handle) : rv;
}
