/* SPDX-License-Identifier: BSD-3-Clause */
#include "template.h"

#include <string.h>

#include "ckr.h"

CK_RV
p11_template_keep(mn_attributes *stored, const CK_ATTRIBUTE *attribute, p11_kind kind)
{
    mainet_error err = {0};
    CK_ULONG number = 0;

    switch (kind) {
    case P11_KIND_NUMBER:
        memcpy(&number, attribute->pValue, sizeof number);
        return p11_ckr(mn_attributes_set_number(stored, attribute->type, number, &err));
    case P11_KIND_BOOL:
        return p11_ckr(mn_attributes_set_bool(stored, attribute->type,
                                              *(const CK_BBOOL *)attribute->pValue != 0, &err));
    case P11_KIND_BYTES:
        break;
    }
    return p11_ckr(mn_attributes_set(stored, attribute->type,
                                     attribute->pValue == NULL ? "" : attribute->pValue,
                                     attribute->ulValueLen, &err));
}

static CK_RV
add_stored(p11_wanted *wanted, const CK_ATTRIBUTE *attribute, p11_kind kind)
{
    CK_ULONG class = 0;

    if (attribute->type == CKA_CLASS) {
        memcpy(&class, attribute->pValue, sizeof class);
        wanted->is_profile |= class == CKO_PROFILE;
        wanted->is_impossible |= class != CKO_PROFILE && class > CKO_SECRET_KEY;
    }
    if (attribute->type == CKA_SERIAL_NUMBER) {
        wanted->serial_count =
            p11_serial_forms(attribute->pValue, attribute->ulValueLen, wanted->serials);
        wanted->is_impossible |= wanted->serial_count == 0;
    }
    return p11_template_keep(wanted->stored, attribute, kind);
}

static bool
has_length(const CK_ATTRIBUTE *attribute, p11_kind kind)
{
    switch (kind) {
    case P11_KIND_NUMBER:
        return attribute->ulValueLen == sizeof(CK_ULONG);
    case P11_KIND_BOOL:
        return attribute->ulValueLen == sizeof(CK_BBOOL);
    case P11_KIND_BYTES:
        break;
    }
    return attribute->ulValueLen <= MN_ATTRIBUTE_CEILING;
}

static CK_RV
add(p11_wanted *wanted, const CK_ATTRIBUTE *attribute)
{
    const p11_attribute_row *row = p11_attribute_find(attribute->type);
    const bool has_value = attribute->pValue != NULL && attribute->ulValueLen != 0;

    if (attribute->pValue == NULL && attribute->ulValueLen != 0)
        return CKR_ARGUMENTS_BAD;
    if (row == NULL || !has_length(attribute, p11_attribute_kind(row))) {
        wanted->is_impossible = true;
        return CKR_OK;
    }
    if (attribute->type == CKA_PROFILE_ID) /* which nothing else has */
        wanted->is_profile = true;
    if (attribute->type == CKA_TOKEN) {
        *(*(const CK_BBOOL *)attribute->pValue != 0 ? &wanted->in_memory : &wanted->on_token) =
            false;
        return CKR_OK;
    }
    if (!p11_attribute_is_stored(row) || !has_value) {
        wanted->needs_sifting = true;
        return CKR_OK;
    }
    return add_stored(wanted, attribute, p11_attribute_kind(row));
}

CK_RV
p11_wanted_read(p11_wanted *wanted, const CK_ATTRIBUTE *template, CK_ULONG count)
{
    mainet_error err = {0};
    CK_RV rv = CKR_OK;

    *wanted = (p11_wanted){.stored = mn_attributes_new(&err), .on_token = true, .in_memory = true};
    if (wanted->stored == NULL)
        return p11_ckr(err.status);
    for (CK_ULONG i = 0; i < count && rv == CKR_OK; i++)
        rv = add(wanted, &template[i]);
    wanted->is_profile = wanted->is_profile && !wanted->is_impossible;
    wanted->on_token = wanted->on_token && !wanted->is_profile && !wanted->is_impossible;
    wanted->in_memory = wanted->in_memory && !wanted->is_profile && !wanted->is_impossible;
    return rv;
}

bool
p11_wanted_next(p11_wanted *wanted, size_t form, CK_RV *rv)
{
    mainet_error err = {0};

    if (wanted->serial_count == 0)
        return form == 0;
    if (form == wanted->serial_count)
        return false;
    *rv = p11_ckr(mn_attributes_set(wanted->stored, CKA_SERIAL_NUMBER, wanted->serials[form].der,
                                    wanted->serials[form].der_len, &err));
    return *rv == CKR_OK;
}

void
p11_wanted_clear(p11_wanted *wanted)
{
    mn_attributes_free(wanted->stored);
    wanted->stored = NULL;
}

static bool
is_equal(const CK_ATTRIBUTE *a, const CK_ATTRIBUTE *b)
{
    if (a->ulValueLen != b->ulValueLen)
        return false;
    return a->pValue == b->pValue || a->ulValueLen == 0 ||
           (a->pValue != NULL && b->pValue != NULL &&
            memcmp(a->pValue, b->pValue, a->ulValueLen) == 0);
}

bool
p11_template_is_consistent(const CK_ATTRIBUTE *template, CK_ULONG count)
{
    for (CK_ULONG i = 1; i < count; i++) {
        for (CK_ULONG j = 0; j < i; j++) {
            if (template[i].type == template[j].type && !is_equal(&template[i], &template[j]))
                return false;
        }
    }
    return true;
}

const CK_ATTRIBUTE *
p11_template_find(const CK_ATTRIBUTE *template, CK_ULONG count, CK_ATTRIBUTE_TYPE type)
{
    for (CK_ULONG i = 0; i < count; i++) {
        if (template[i].type == type)
            return &template[i];
    }
    return NULL;
}

bool
p11_template_number(const CK_ATTRIBUTE *template, CK_ULONG count, CK_ATTRIBUTE_TYPE type,
                    CK_ULONG *number)
{
    const CK_ATTRIBUTE *found = p11_template_find(template, count, type);

    if (found == NULL)
        return false;
    memcpy(number, found->pValue, sizeof *number);
    return true;
}
