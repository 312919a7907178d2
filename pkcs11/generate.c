/* SPDX-License-Identifier: BSD-3-Clause */
#include "generate.h"

#include "ckr.h"
#include "create.h"
#include "keygen.h"
#include "method.h"
#include "secret-key.h"
#include "template.h"

#define SECRET_LEN_MAX 512 /* as the table of mechanisms says, in bits there */

CK_RV
p11_generate(p11_session *session, const CK_MECHANISM *mechanism, const CK_ATTRIBUTE *template,
             CK_ULONG count, CK_OBJECT_HANDLE *handle)
{
    mn_auto_draft draft = {0};
    mn_auto(mn_secret) value = NULL;
    p11_method method = {0};
    mainet_error err = {0};
    CK_ULONG len = 0;
    CK_RV rv = p11_method_read(&method, mechanism, CKF_GENERATE);

    if (rv == CKR_OK)
        rv = p11_draft_read(&draft, session, template, count, P11_ORIGIN_GENERATED, CKO_SECRET_KEY,
                            method.mechanism->key_type);
    if (rv != CKR_OK)
        return rv;
    if (!p11_template_number(template, count, CKA_VALUE_LEN, &len))
        len = p11_secret_key_length(draft.key_type);
    else if (!p11_secret_key_fits(draft.key_type, len) || len > SECRET_LEN_MAX)
        return CKR_ATTRIBUTE_VALUE_INVALID;
    if (len == 0)
        return CKR_TEMPLATE_INCOMPLETE;
    value = mn_random_secret(len, &err);
    if (value == NULL)
        return p11_ckr(err.status);
    p11_secret_key_shape(draft.key_type, value);
    rv = p11_draft_set_mechanism(&draft, mechanism->mechanism);
    if (rv == CKR_OK)
        rv = p11_draft_set_secret(&draft, mn_secret_bytes(value), mn_secret_len(value));
    return rv == CKR_OK ? p11_create_place(session, (p11_draft *const[]){&draft}, 1, handle) : rv;
}

/* What kind of key is told by the template of the public one. */
static CK_RV
make_key(const p11_pair_templates *templates, CK_KEY_TYPE type, EVP_PKEY **key)
{
    const CK_ATTRIBUTE *template = templates->public_template;
    const CK_ULONG count = templates->public_count;
    const CK_ATTRIBUTE *exponent = p11_template_find(template, count, CKA_PUBLIC_EXPONENT);
    const CK_ATTRIBUTE *params = p11_template_find(template, count, CKA_EC_PARAMS);
    CK_ULONG bits = 0;

    if (type != CKK_RSA)
        return params == NULL ? CKR_TEMPLATE_INCOMPLETE
                              : p11_keygen_ec(params->pValue, params->ulValueLen, type, key);
    if (!p11_template_number(template, count, CKA_MODULUS_BITS, &bits))
        return CKR_TEMPLATE_INCOMPLETE;
    return p11_keygen_rsa(bits, exponent == NULL ? NULL : exponent->pValue,
                          exponent == NULL ? 0 : exponent->ulValueLen, key);
}

static CK_RV
finish(p11_draft *draft, CK_MECHANISM_TYPE mechanism, EVP_PKEY *key, const CK_ATTRIBUTE *params)
{
    const CK_RV rv = p11_draft_set_mechanism(draft, mechanism);

    return rv == CKR_OK ? p11_draft_set_key(draft, key, params) : rv;
}

CK_RV
p11_generate_pair(p11_session *session, const CK_MECHANISM *mechanism,
                  const p11_pair_templates *templates, CK_OBJECT_HANDLE handles[2])
{
    mn_auto_draft public_half = {0};
    mn_auto_draft private_half = {0};
    mn_auto(EVP_PKEY) key = NULL;
    const CK_ATTRIBUTE *params =
        p11_template_find(templates->public_template, templates->public_count, CKA_EC_PARAMS);
    p11_method method = {0};
    CK_RV rv = p11_method_read(&method, mechanism, CKF_GENERATE_KEY_PAIR);

    if (rv == CKR_OK)
        rv = p11_draft_read(&public_half, session, templates->public_template,
                            templates->public_count, P11_ORIGIN_GENERATED, CKO_PUBLIC_KEY,
                            method.mechanism->key_type);
    if (rv == CKR_OK)
        rv = p11_draft_read(&private_half, session, templates->private_template,
                            templates->private_count, P11_ORIGIN_GENERATED, CKO_PRIVATE_KEY,
                            method.mechanism->key_type);
    if (rv == CKR_OK)
        rv = make_key(templates, method.mechanism->key_type, &key);
    if (rv == CKR_OK)
        rv = finish(&public_half, mechanism->mechanism, key, params);
    if (rv == CKR_OK)
        rv = finish(&private_half, mechanism->mechanism, key, params);
    return rv == CKR_OK
               ? p11_create_place(session, (p11_draft *const[]){&public_half, &private_half}, 2,
                                  handles)
               : rv;
}
