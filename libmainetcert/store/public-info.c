/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/public-info.h"

#include <string.h>

#include <openssl/err.h>
#include <p11-kit/pkcs11.h>

#include "pkcs12/der.h"
#include "store/key.h"

/* AlgorithmIdentifiers as they begin; of EC the curve follows. */
const uint8_t mn_rsa_algorithm[15] = {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                      0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
const uint8_t mn_ed25519_algorithm[7] = {0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70};
const uint8_t mn_ec_oid[9] = {0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};

/* PrintableString "edwards25519" (PKCS#11 v3.0, 2.3.10). */
static const uint8_t edwards25519[] = {0x13, 0x0c, 'e', 'd', 'w', 'a', 'r',
                                       'd',  's',  '2', '5', '5', '1', '9'};

/* version, serialNumber, signature, issuer, validity, subject; then it comes. */
const uint8_t *
mn_certificate_find_info(const uint8_t *der, size_t der_len, size_t *info_len)
{
    static const int before[] = {V_ASN1_INTEGER, V_ASN1_SEQUENCE, V_ASN1_SEQUENCE, V_ASN1_SEQUENCE,
                                 V_ASN1_SEQUENCE};
    mn_der in = MN_DER_INIT(der, der_len);
    const uint8_t *info = NULL;
    mn_der peek;

    ERR_set_mark();
    mn_der_enter(&in, V_ASN1_SEQUENCE); /* Certificate */
    mn_der_enter(&in, V_ASN1_SEQUENCE); /* TBSCertificate */
    peek = in;
    if (mn_der_skip(&peek) == MN_DER_CONTEXT(0))
        in = peek;
    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        in.failed |= mn_der_skip(&in) != before[i];
    info = in.at;
    in.failed |= mn_der_skip(&in) != V_ASN1_SEQUENCE;
    ERR_pop_to_mark();
    *info_len = (size_t)(in.at - info);
    return in.failed ? NULL : info;
}

static mn_reader
rest(const mn_der *in)
{
    return (mn_reader)MN_READER_INIT(in->at, (size_t)(in->end - in->at));
}

static bool
is_bytes(mn_reader found, const uint8_t *wanted, size_t len)
{
    return found.left == len && memcmp(found.data, wanted, len) == 0;
}

static bool
read_rsa(mn_der in, mn_public_info *info)
{
    mn_der modulus;
    mn_der exponent;

    mn_der_enter(&in, V_ASN1_SEQUENCE);
    modulus = mn_der_take_number(&in);
    exponent = mn_der_take_number(&in);
    info->kind = MN_INFO_RSA;
    info->modulus = rest(&modulus);
    info->exponent = rest(&exponent);
    return !in.failed && info->modulus.data[0] != 0 && info->exponent.data[0] != 0;
}

/* A curve by its name, and a point that is not compressed. */
static bool
read_ec(mn_der algorithm, mn_public_info *info)
{
    algorithm.at += sizeof mn_ec_oid;
    info->kind = MN_INFO_EC;
    info->curve = rest(&algorithm);
    return info->curve.data[0] == V_ASN1_OBJECT && info->point.data[0] == 0x04 &&
           info->point.left <= UINT8_MAX;
}

static bool
take_apart(const uint8_t *der, size_t der_len, mn_public_info *info)
{
    mn_der in = MN_DER_INIT(der, der_len);
    mn_der content = mn_der_take(&in, V_ASN1_SEQUENCE);
    mn_reader whole = MN_READER_INIT(content.at, 0);
    mn_der algorithm = mn_der_take(&content, V_ASN1_SEQUENCE);
    mn_der key;

    whole.left = (size_t)(content.at - whole.data);
    key = mn_der_take_bits(&content);
    if (content.failed || in.at != in.end || content.at != content.end || key.at == key.end)
        return false;
    info->der = (mn_reader)MN_READER_INIT(der, der_len);
    info->point = rest(&key);
    if (is_bytes(whole, mn_rsa_algorithm, sizeof mn_rsa_algorithm))
        return read_rsa(key, info);
    info->kind = MN_INFO_ED25519;
    if (is_bytes(whole, mn_ed25519_algorithm, sizeof mn_ed25519_algorithm))
        return info->point.left == MN_ED25519_POINT_LEN;
    return (size_t)(algorithm.end - algorithm.at) > sizeof mn_ec_oid &&
           memcmp(algorithm.at, mn_ec_oid, sizeof mn_ec_oid) == 0 && read_ec(algorithm, info);
}

bool
mn_public_info_read(const uint8_t *der, size_t der_len, mn_public_info *info)
{
    bool is_plain = false;

    ERR_set_mark();
    is_plain = take_apart(der, der_len, info);
    ERR_pop_to_mark();
    return is_plain;
}

mainet_status
mn_public_info_id(const mn_public_info *info, uint8_t id[MN_KEY_ID_LEN], mainet_error *err)
{
    const mn_reader *number = info->kind == MN_INFO_RSA ? &info->modulus : &info->point;

    return mn_sha1(number->data, number->left, id, err);
}

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

static uint64_t
count_bits(mn_reader number)
{
    uint64_t bits = 8 * (uint64_t)number.left;

    for (uint8_t first = number.data[0]; first < 0x80; first = (uint8_t)(first << 1 | 1))
        bits--;
    return bits;
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
        return mn_attributes_set_number(attributes, CKA_MODULUS_BITS, count_bits(info->modulus),
                                        err);
    return set_point(attributes, info->point, err);
}
