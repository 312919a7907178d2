/* SPDX-License-Identifier: BSD-3-Clause */
#include "draft.h"

#include <string.h>

#include "attribute.h"
#include "ckr.h"
#include "login.h"
#include "secret-key.h"
#include "session.h"
#include "store/key.h"
#include "store/public-attributes.h"
#include "template.h"

/* What NSS keeps in its own database beside keys and certificates; nobody misses it here. */
#define NSS_ATTRIBUTES 0xCE534300UL
#define NSS_DB 0xD5A0DB00UL

void
p11_draft_clear(p11_draft *draft)
{
    mn_attributes_free(draft->plain);
    mn_object_free(draft->object);
    *draft = (p11_draft){0};
}

static bool
is_one_of(CK_ATTRIBUTE_TYPE type, const CK_ATTRIBUTE_TYPE *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i] == type)
            return true;
    }
    return false;
}

#define IS_ONE_OF(type, list) is_one_of(type, list, sizeof(list) / sizeof *(list))

/* What only we say of a key (PKCS#11 v3.0, 4.7: footnotes 2, 4 and 6). */
static bool
is_ours_to_say(const CK_ATTRIBUTE *attribute)
{
    static const CK_ATTRIBUTE_TYPE ours[] = {CKA_LOCAL, CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE,
                                             CKA_KEY_GEN_MECHANISM, CKA_UNIQUE_ID};

    if (attribute->type == CKA_TRUSTED) /* for the security officer, who has no keys here */
        return *(const CK_BBOOL *)attribute->pValue != CK_FALSE;
    return IS_ONE_OF(attribute->type, ours);
}

/* What it demands of other keys, nobody here would hold them to. To demand nothing is all right. */
static bool
is_template(CK_ATTRIBUTE_TYPE type)
{
    static const CK_ATTRIBUTE_TYPE templates[] = {CKA_WRAP_TEMPLATE, CKA_UNWRAP_TEMPLATE,
                                                  CKA_DERIVE_TEMPLATE};

    return IS_ONE_OF(type, templates);
}

/* What the key itself says; it is read where the key is made (numbers.c, generate.c). */
static bool
is_material(CK_OBJECT_CLASS class, CK_ATTRIBUTE_TYPE type)
{
    static const CK_ATTRIBUTE_TYPE numbers[] = {
        CKA_MODULUS,  CKA_MODULUS_BITS, CKA_PUBLIC_EXPONENT, CKA_PRIVATE_EXPONENT, CKA_PRIME_1,
        CKA_PRIME_2,  CKA_EXPONENT_1,   CKA_EXPONENT_2,      CKA_COEFFICIENT,      CKA_EC_PARAMS,
        CKA_EC_POINT, CKA_VALUE,        CKA_PUBLIC_KEY_INFO, CKA_VALUE_LEN};

    return class != CKO_CERTIFICATE && class != CKO_DATA && IS_ONE_OF(type, numbers);
}

static bool
may_say_material(p11_origin origin, CK_OBJECT_CLASS class, CK_ATTRIBUTE_TYPE type)
{
    static const CK_ATTRIBUTE_TYPE parameters[] = {CKA_MODULUS_BITS, CKA_PUBLIC_EXPONENT,
                                                   CKA_EC_PARAMS};

    if (origin == P11_ORIGIN_CREATED)
        return type != CKA_MODULUS_BITS;
    if (class == CKO_SECRET_KEY)
        return type == CKA_VALUE_LEN;
    return origin == P11_ORIGIN_GENERATED && class == CKO_PUBLIC_KEY && IS_ONE_OF(type, parameters);
}

static bool
has_shape(const CK_ATTRIBUTE *attribute, p11_kind kind)
{
    const CK_ULONG len = attribute->ulValueLen;

    if ((attribute->pValue == NULL && len != 0) || len > MN_ATTRIBUTE_CEILING)
        return false;
    switch (kind) {
    case P11_KIND_NUMBER:
        return len == sizeof(CK_ULONG);
    case P11_KIND_BOOL:
        return len == sizeof(CK_BBOOL) && *(const CK_BBOOL *)attribute->pValue <= CK_TRUE;
    case P11_KIND_BYTES:
        break;
    }
    if (attribute->type == CKA_START_DATE || attribute->type == CKA_END_DATE)
        return len == 0 || len == sizeof(CK_DATE);
    return attribute->type != CKA_ALLOWED_MECHANISMS || len % sizeof(CK_MECHANISM_TYPE) == 0;
}

CK_RV
p11_draft_check(const CK_ATTRIBUTE *attribute, CK_OBJECT_CLASS class, p11_kind *kind)
{
    const p11_attribute_row *row = p11_attribute_find_in(attribute->type, class);

    if (row == NULL || (is_template(attribute->type) && attribute->ulValueLen != 0))
        return CKR_ATTRIBUTE_TYPE_INVALID;
    *kind = p11_attribute_kind(row);
    if (!has_shape(attribute, *kind))
        return CKR_ATTRIBUTE_VALUE_INVALID;
    return is_ours_to_say(attribute) ? CKR_ATTRIBUTE_READ_ONLY : CKR_OK;
}

bool
p11_draft_is_ignored(CK_ATTRIBUTE_TYPE type)
{
    return (type & ~0xFFUL) == NSS_ATTRIBUTES || type == NSS_DB;
}

/* Of a key that is made here, named without yes or no, as Google's tests do. */
static bool
is_left_open(const p11_draft *draft, const CK_ATTRIBUTE *attribute)
{
    const p11_attribute_row *row = p11_attribute_find_in(attribute->type, draft->class);

    return draft->origin == P11_ORIGIN_GENERATED && row != NULL &&
           p11_attribute_kind(row) == P11_KIND_BOOL && attribute->pValue == NULL &&
           attribute->ulValueLen == 0;
}

static CK_RV
read_one(p11_draft *draft, const CK_ATTRIBUTE *attribute)
{
    p11_kind kind = P11_KIND_BYTES;
    CK_RV rv = CKR_OK;

    if (p11_draft_is_ignored(attribute->type) || is_left_open(draft, attribute))
        return CKR_OK;
    rv = p11_draft_check(attribute, draft->class, &kind);
    if (rv != CKR_OK)
        return rv;
    if (is_material(draft->class, attribute->type))
        return may_say_material(draft->origin, draft->class, attribute->type)
                   ? CKR_OK
                   : CKR_TEMPLATE_INCONSISTENT;
    if (is_template(attribute->type))
        return CKR_OK; /* it is empty */
    if (attribute->type == CKA_CHECK_VALUE && attribute->ulValueLen != 0) {
        draft->check_value = attribute; /* it follows from the value, to be compared with it */
        return CKR_OK;
    }
    return p11_template_keep(draft->plain, attribute, kind);
}

/* A number that decides what all the others mean: `*number` is what it has to be, or
 * CK_UNAVAILABLE_INFORMATION. */
static CK_RV
settle(const CK_ATTRIBUTE *template, CK_ULONG count, CK_ATTRIBUTE_TYPE type, CK_ULONG *number)
{
    for (CK_ULONG i = 0; i < count; i++) {
        CK_ULONG said = 0;

        if (template[i].type != type)
            continue;
        if (!has_shape(&template[i], P11_KIND_NUMBER))
            return CKR_ATTRIBUTE_VALUE_INVALID;
        memcpy(&said, template[i].pValue, sizeof said);
        if (*number != CK_UNAVAILABLE_INFORMATION && *number != said)
            return CKR_TEMPLATE_INCONSISTENT;
        *number = said;
    }
    return *number == CK_UNAVAILABLE_INFORMATION ? CKR_TEMPLATE_INCOMPLETE : CKR_OK;
}

static CK_RV
settle_kind(p11_draft *draft, const CK_ATTRIBUTE *template, CK_ULONG count)
{
    CK_RV rv = settle(template, count, CKA_CLASS, &draft->class);

    if (rv != CKR_OK)
        return rv;
    switch (draft->class) {
    case CKO_DATA:
    case CKO_CERTIFICATE:
        draft->key_type = CK_UNAVAILABLE_INFORMATION;
        return CKR_OK;
    case CKO_PUBLIC_KEY:
    case CKO_PRIVATE_KEY:
    case CKO_SECRET_KEY:
        return settle(template, count, CKA_KEY_TYPE, &draft->key_type);
    default:
        return CKR_ATTRIBUTE_VALUE_INVALID;
    }
}

static bool
is_secret_class(CK_OBJECT_CLASS class)
{
    return class == CKO_PRIVATE_KEY || class == CKO_SECRET_KEY;
}

CK_RV
p11_draft_settle(p11_draft *draft, p11_session *session)
{
    const p11_who who = p11_login_who(session->slot);
    const bool is_user = who == P11_WHO_USER || who == P11_WHO_ANYONE;
    mainet_error err = {0};
    mainet_status status = MAINET_OK;

    draft->on_token = mn_attributes_bool(draft->plain, CKA_TOKEN, false);
    draft->is_private =
        mn_attributes_bool(draft->plain, CKA_PRIVATE, is_secret_class(draft->class) && is_user);
    if (draft->on_token && (session->flags & CKF_RW_SESSION) == 0)
        return CKR_SESSION_READ_ONLY;
    if ((draft->on_token || draft->is_private) && !is_user)
        return CKR_USER_NOT_LOGGED_IN;
    status = mn_attributes_set_bool(draft->plain, CKA_TOKEN, draft->on_token, &err);
    if (status == MAINET_OK)
        status = mn_attributes_set_bool(draft->plain, CKA_PRIVATE, draft->is_private, &err);
    return p11_ckr(status);
}

static bool
has_id(const p11_draft *draft)
{
    const mn_attribute *id = mn_attributes_get(draft->plain, CKA_ID);

    return id != NULL && id->value_len != 0;
}

CK_RV
p11_draft_read(p11_draft *draft, p11_session *session, const CK_ATTRIBUTE *template, CK_ULONG count,
               p11_origin origin, CK_OBJECT_CLASS class, CK_KEY_TYPE key_type)
{
    mainet_error err = {0};
    CK_RV rv = CKR_OK;

    *draft = (p11_draft){.origin = origin, .class = class, .key_type = key_type};
    draft->plain = mn_attributes_new(&err);
    if (draft->plain == NULL)
        return CKR_HOST_MEMORY;
    rv = p11_template_is_consistent(template, count) ? settle_kind(draft, template, count)
                                                     : CKR_TEMPLATE_INCONSISTENT;
    for (CK_ULONG i = 0; i < count && rv == CKR_OK; i++)
        rv = read_one(draft, &template[i]);
    if (rv == CKR_OK)
        draft->has_own_id = has_id(draft);
    if (rv == CKR_OK)
        rv = p11_draft_settle(draft, session);
    if (rv == CKR_OK)
        rv = p11_ckr(mn_attributes_set_number(draft->plain, CKA_CLASS, draft->class, &err));
    if (rv == CKR_OK && draft->key_type != CK_UNAVAILABLE_INFORMATION)
        rv = p11_ckr(mn_attributes_set_number(draft->plain, CKA_KEY_TYPE, draft->key_type, &err));
    return rv;
}

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
    if (!is_secret_class(draft->class))
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

    if (has_id(draft))
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
