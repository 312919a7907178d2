/* SPDX-License-Identifier: BSD-3-Clause */
#include "ckr.h"
#include "draft.h"
#include "secret-key.h"
#include "store/key.h"
#include "store/public-attributes.h"

CK_RV
p11_draft_set_mechanism(p11_draft *draft, CK_MECHANISM_TYPE mechanism)
{
    mainet_error err = {0};

    return p11_ckr(mn_attributes_set_number(draft->plain, CKA_KEY_GEN_MECHANISM, mechanism, &err));
}

/* A key that came from outside may leave again, as the manual wants its certificates to be; one
 * that was made here stays unless somebody says otherwise. The secret keys of a session are there
 * to be used by somebody who has ciphers, which we have not: Java reads what it agreed on for TLS.
 * Whoever wants one to be sensitive wants it to stay, too. */
static mainet_status
set_history(p11_draft *draft, mainet_error *err)
{
    const bool is_born_here = draft->origin == P11_ORIGIN_GENERATED;
    const bool was_sensitive = is_born_here || draft->was_sensitive;
    const bool was_unextractable = is_born_here || draft->was_unextractable;
    const bool came_in =
        draft->origin == P11_ORIGIN_CREATED || draft->origin == P11_ORIGIN_UNWRAPPED;
    const bool is_passing = draft->class == CKO_SECRET_KEY && !draft->on_token;
    const bool is_sensitive = mn_attributes_bool(draft->plain, CKA_SENSITIVE, !is_passing);
    const bool is_free = is_passing && !mn_attributes_bool(draft->plain, CKA_SENSITIVE, false);
    const bool is_extractable =
        mn_attributes_bool(draft->plain, CKA_EXTRACTABLE, came_in || is_free);

    MN_TRY(mn_attributes_set_bool(draft->plain, CKA_LOCAL, is_born_here, err));
    if (draft->class == CKO_PUBLIC_KEY)
        return MAINET_OK;
    MN_TRY(mn_attributes_set_bool(draft->plain, CKA_SENSITIVE, is_sensitive, err));
    MN_TRY(mn_attributes_set_bool(draft->plain, CKA_EXTRACTABLE, is_extractable, err));
    MN_TRY(mn_attributes_set_bool(draft->plain, CKA_ALWAYS_SENSITIVE, was_sensitive && is_sensitive,
                                  err));
    return mn_attributes_set_bool(draft->plain, CKA_NEVER_EXTRACTABLE,
                                  was_unextractable && !is_extractable, err);
}

static mainet_status
set_default_id(p11_draft *draft, const mn_public_info *info, mainet_error *err)
{
    uint8_t made[MN_KEY_ID_LEN];

    if (draft->has_own_id)
        return MAINET_OK;
    MN_TRY(mn_public_info_id(info, made, err));
    return mn_attributes_set(draft->plain, CKA_ID, made, sizeof made, err);
}

/* Java (SunPKCS11) makes a pair for a handshake and does not say what for. */
static mainet_status
set_default_use(p11_draft *draft, mainet_error *err)
{
    const bool is_passing = draft->class == CKO_PRIVATE_KEY && !draft->on_token;

    if (!is_passing || draft->key_type != CKK_EC ||
        mn_attributes_get(draft->plain, CKA_DERIVE) != NULL)
        return MAINET_OK;
    return mn_attributes_set_bool(draft->plain, CKA_DERIVE, true, err);
}

static mainet_status
keep_params(p11_draft *draft, const CK_ATTRIBUTE *params, mainet_error *err)
{
    return params == NULL || draft->key_type == CKK_RSA
               ? MAINET_OK
               : mn_attributes_set(draft->plain, CKA_EC_PARAMS, params->pValue, params->ulValueLen,
                                   err);
}

static mainet_status
build_key(p11_draft *draft, EVP_PKEY *key, const CK_ATTRIBUTE *params, mainet_error *err)
{
    const bool is_private = draft->class == CKO_PRIVATE_KEY;
    mn_auto_buffer(der, 65536);
    mn_public_info info;

    MN_TRY(mn_key_read(key, &der, &info, err));
    MN_TRY((is_private ? mn_public_info_set_private
                       : mn_public_info_set_public)(&info, draft->plain, err));
    MN_TRY(keep_params(draft, params, err));
    MN_TRY(set_default_id(draft, &info, err));
    MN_TRY(set_default_use(draft, err));
    MN_TRY(set_history(draft, err));
    draft->object = mn_object_new(draft->plain, err);
    if (draft->object == NULL)
        return mn_failure(err);
    return is_private ? mn_key_set_secrets(key, draft->object, err) : MAINET_OK;
}

CK_RV
p11_draft_set_key(p11_draft *draft, EVP_PKEY *key, const CK_ATTRIBUTE *params)
{
    mainet_error err = {0};
    const CK_RV rv = p11_ckr(build_key(draft, key, params, &err));

    if (rv == CKR_OK && mn_attributes_number(draft->plain, CKA_KEY_TYPE, 0) != draft->key_type)
        return CKR_TEMPLATE_INCONSISTENT;
    return err.status == MAINET_E_PKCS12_UNUSABLE ? CKR_ATTRIBUTE_VALUE_INVALID : rv;
}

static mainet_status
build_secret(p11_draft *draft, const uint8_t *value, size_t value_len, mainet_error *err)
{
    MN_TRY(mn_attributes_set_number(draft->plain, CKA_VALUE_LEN, value_len, err));
    MN_TRY(set_history(draft, err));
    draft->object = mn_object_new(draft->plain, err);
    if (draft->object == NULL)
        return mn_failure(err);
    return mn_object_set_secret(draft->object, CKA_VALUE, value, value_len, err);
}

CK_RV
p11_draft_set_secret(p11_draft *draft, const uint8_t *value, size_t value_len)
{
    mainet_error err = {0};

    return p11_secret_key_fits(draft->key_type, value_len)
               ? p11_ckr(build_secret(draft, value, value_len, &err))
               : CKR_ATTRIBUTE_VALUE_INVALID;
}

/* Of a private object all is sealed but what it is (store/object.h). */
static mainet_status
build_plain(p11_draft *draft, mainet_error *err)
{
    mn_auto(mn_attributes) open = mn_attributes_new(err);

    if (open == NULL)
        return mn_failure(err);
    if (!draft->is_private) {
        draft->object = mn_object_new(draft->plain, err);
        return draft->object == NULL ? mn_failure(err) : MAINET_OK;
    }
    MN_TRY(mn_attributes_set_number(open, CKA_CLASS, draft->class, err));
    MN_TRY(mn_attributes_set_bool(open, CKA_TOKEN, draft->on_token, err));
    MN_TRY(mn_attributes_set_bool(open, CKA_PRIVATE, true, err));
    draft->object = mn_object_new(open, err);
    for (size_t i = 0; draft->object != NULL && i < mn_attributes_count(draft->plain); i++) {
        const mn_attribute *at = mn_attributes_at(draft->plain, i);

        if (mn_attributes_get(open, at->type) == NULL)
            MN_TRY(mn_object_set_secret(draft->object, at->type, at->value, at->value_len, err));
    }
    return draft->object == NULL ? mn_failure(err) : MAINET_OK;
}

CK_RV
p11_draft_set_nothing(p11_draft *draft)
{
    mainet_error err = {0};

    return p11_ckr(build_plain(draft, &err));
}
