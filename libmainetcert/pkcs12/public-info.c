/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/public-info.h"

#include <string.h>

#include <openssl/err.h>

#include "base/crypto.h"
#include "base/openssl.h"
#include "pkcs12/der.h"

/* AlgorithmIdentifiers as they begin; of EC the curve follows. */
const uint8_t mn_rsa_algorithm[15] = {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                      0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
const uint8_t mn_ed25519_algorithm[7] = {0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70};
const uint8_t mn_ec_oid[9] = {0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};

/* RFC 5480, 2.1.1.1. */
static const struct {
    uint8_t oid[10];
    int32_t bits;
} curves[] = {
    {{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07}, 256},
    {{0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22}, 384},
    {{0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23}, 521},
};

/* serialNumber, signature, issuer, validity, subject; then it comes. */
const uint8_t *
mn_certificate_find_info(const uint8_t *der, size_t der_len, size_t *info_len)
{
    static const int before[] = {V_ASN1_INTEGER, V_ASN1_SEQUENCE, V_ASN1_SEQUENCE, V_ASN1_SEQUENCE,
                                 V_ASN1_SEQUENCE};
    mn_der in = MN_DER_INIT(der, der_len);
    const uint8_t *info = NULL;

    ERR_set_mark();
    mn_der_enter_certificate(&in);
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

static int32_t
count_bits(mn_reader number)
{
    int32_t bits = 8 * (int32_t)number.left;

    for (uint8_t first = number.data[0]; first < 0x80; first = (uint8_t)(first << 1 | 1))
        bits--;
    return bits;
}

static int32_t
curve_bits(mn_reader curve)
{
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++)
        if (is_bytes(curve, curves[i].oid, 2 + (size_t)curves[i].oid[1]))
            return curves[i].bits;
    return 0;
}

int32_t
mn_public_info_bits(const mn_public_info *info)
{
    switch (info->kind) {
    case MN_INFO_RSA:
        return count_bits(info->modulus);
    case MN_INFO_EC:
        return curve_bits(info->curve);
    case MN_INFO_ED25519:
        break;
    }
    return 8 * MN_ED25519_POINT_LEN;
}

mainet_status
mn_public_info_id(const mn_public_info *info, uint8_t id[MN_KEY_ID_LEN], mainet_error *err)
{
    const mn_reader *number = info->kind == MN_INFO_RSA ? &info->modulus : &info->point;

    return mn_sha1(number->data, number->left, id, err);
}
