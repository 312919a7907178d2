/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/public-attributes.h"

#include <p11-kit/pkcs11.h>

#include "store/key.h"

/* PrintableString "edwards25519" (PKCS#11 v3.0, 2.3.10). */
static const uint8_t edwards25519[] = {0x13, 0x0c, 'e', 'd', 'w', 'a', 'r',
                                       'd',  's',  '2', '5', '5', '1', '9'};

static mainet_status
set_bytes(mn_attributes *attributes, uint64_t type, mn_reader value, mainet_error *err)
{
    return mn_attributes_set(attributes, type, value.data, value.left, err);
}

/* CKA_EC_POINT is the DER OCTET STRING of the point (PKCS#11 v2.40, 2.3.3). */
static mainet_status
set_point(mn_attributes *attributes, mn_reader point, mainet_error *err)
{
    mn_auto_buffer(der, 512);

    mn_buffer_append_u8(&der, V_ASN1_OCTET_STRING);
    if (point.left > 127)
        mn_buffer_append_u8(&der, 0x81);
    mn_buffer_append_u8(&der, (uint8_t)point.left);
    mn_buffer_append(&der, point.data, point.left);
    MN_TRY(mn_buffer_check(&der, "public key", err));
    return mn_attributes_set(attributes, CKA_EC_POINT, der.data, der.len, err);
}

static mainet_status
set_type(const mn_public_info *info, mn_attributes *attributes, mainet_error *err)
{
    switch (info->kind) {
    case MN_INFO_RSA:
        MN_TRY(mn_attributes_set_number(attributes, CKA_KEY_TYPE, CKK_RSA, err));
        MN_TRY(set_bytes(attributes, CKA_MODULUS, info->modulus, err));
        return set_bytes(attributes, CKA_PUBLIC_EXPONENT, info->exponent, err);
    case MN_INFO_EC:
        MN_TRY(mn_attributes_set_number(attributes, CKA_KEY_TYPE, CKK_EC, err));
        return set_bytes(attributes, CKA_EC_PARAMS, info->curve, err);
    case MN_INFO_ED25519:
        break;
    }
    MN_TRY(mn_attributes_set_number(attributes, CKA_KEY_TYPE, MN_CKK_EC_EDWARDS, err));
    return mn_attributes_set(attributes, CKA_EC_PARAMS, edwards25519, sizeof edwards25519, err);
}

mainet_status
mn_public_info_set_private(const mn_public_info *info, mn_attributes *attributes, mainet_error *err)
{
    MN_TRY(set_bytes(attributes, CKA_PUBLIC_KEY_INFO, info->der, err));
    return set_type(info, attributes, err);
}

mainet_status
mn_public_info_set_public(const mn_public_info *info, mn_attributes *attributes, mainet_error *err)
{
    MN_TRY(mn_public_info_set_private(info, attributes, err));
    if (info->kind == MN_INFO_RSA)
        return mn_attributes_set_number(attributes, CKA_MODULUS_BITS,
                                        (uint64_t)mn_public_info_bits(info), err);
    return set_point(attributes, info->point, err);
}
