/* SPDX-License-Identifier: BSD-3-Clause */
#include "certificate.h"

#include <string.h>

#include "ckr.h"
#include "serial.h"
#include "store/identity.h"

static bool
is_empty(const mn_attribute *attribute)
{
    return attribute == NULL || attribute->value_len == 0;
}

/* Whether what a template said may stay beside what the certificate says. */
static bool
may_stay(const mn_attribute *said, const mn_attribute *own)
{
    switch (own->type) {
    case CKA_SERIAL_NUMBER: /* some write the bytes, some the INTEGER */
        return p11_serial_equal(own->value, own->value_len, said->value, said->value_len);
    case CKA_CERTIFICATE_TYPE:
    case CKA_SUBJECT:
    case CKA_ISSUER:
        return said->value_len == own->value_len &&
               memcmp(said->value, own->value, own->value_len) == 0;
    default: /* dates, category and id are the writer's to choose */
        return true;
    }
}

static bool
is_choice(uint64_t type)
{
    return type != CKA_SERIAL_NUMBER;
}

static CK_RV
merge(mn_attributes *plain, const mn_attributes *own)
{
    mainet_error err = {0};
    CK_RV rv = CKR_OK;

    for (size_t i = 0; i < mn_attributes_count(own) && rv == CKR_OK; i++) {
        const mn_attribute *at = mn_attributes_at(own, i);
        const mn_attribute *said = mn_attributes_get(plain, at->type);

        if (!is_empty(said) && !may_stay(said, at))
            return CKR_ATTRIBUTE_VALUE_INVALID;
        if (is_empty(said) || !is_choice(at->type))
            rv = p11_ckr(mn_attributes_set(plain, at->type, at->value, at->value_len, &err));
    }
    return rv;
}

/* As an acquired certificate has it: without a name nobody finds it in a list. */
static CK_RV
set_default_label(mn_attributes *plain, const mainet_certificate *certificate)
{
    mainet_error err = {0};

    if (!is_empty(mn_attributes_get(plain, CKA_LABEL)))
        return CKR_OK;
    return p11_ckr(mn_attributes_set_text(plain, CKA_LABEL,
                                          mainet_certificate_common_name(certificate), &err));
}

CK_RV
p11_certificate_finish(p11_draft *draft)
{
    const mn_attribute *value = mn_attributes_get(draft->plain, CKA_VALUE);
    mainet_error err = {0};
    mn_auto(mainet_certificate) certificate = NULL;
    mn_auto(mn_attributes) own = NULL;
    CK_RV rv = CKR_OK;

    if (is_empty(value))
        return CKR_TEMPLATE_INCOMPLETE;
    certificate = mainet_certificate_parse(value->value, value->value_len, &err);
    own = certificate == NULL ? NULL : mn_attributes_new(&err);
    if (own == NULL)
        return p11_ckr(err.status);
    rv = p11_ckr(mn_certificate_attributes(certificate, own, &err));
    if (rv == CKR_OK)
        rv = merge(draft->plain, own);
    if (rv == CKR_OK)
        rv = set_default_label(draft->plain, certificate);
    return rv == CKR_OK ? p11_draft_set_nothing(draft) : rv;
}
