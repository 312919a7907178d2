/* SPDX-License-Identifier: BSD-3-Clause */
#include "draft.h"

#include <string.h>

#include "attribute.h"
#include "ckr.h"
#include "login.h"
#include "session.h"
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
