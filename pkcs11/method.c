/* SPDX-License-Identifier: BSD-3-Clause */
#include "method.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

static CK_RV
read_pss(p11_method *method, const CK_MECHANISM *asked)
{
    CK_RSA_PKCS_PSS_PARAMS pss;

    if (asked->pParameter == NULL || asked->ulParameterLen != sizeof pss)
        return CKR_MECHANISM_PARAM_INVALID;
    memcpy(&pss, asked->pParameter, sizeof pss);
    method->digest = p11_digest_of_hash(pss.hashAlg);
    method->mgf_digest = p11_digest_of_mgf(pss.mgf);
    if (method->digest == P11_DIGEST_NONE || method->mgf_digest == P11_DIGEST_NONE ||
        pss.sLen > INT_MAX)
        return CKR_MECHANISM_PARAM_INVALID;
    if (method->mechanism->digest != P11_DIGEST_NONE && method->mechanism->digest != method->digest)
        return CKR_MECHANISM_PARAM_INVALID;
    method->salt_len = (int)pss.sLen;
    return CKR_OK;
}

/* A label is what CKZ_DATA_SPECIFIED points to; some leave the source 0 where there is none. */
static CK_RV
read_oaep(p11_method *method, const CK_MECHANISM *asked)
{
    CK_RSA_PKCS_OAEP_PARAMS oaep;

    if (asked->pParameter == NULL || asked->ulParameterLen != sizeof oaep)
        return CKR_MECHANISM_PARAM_INVALID;
    memcpy(&oaep, asked->pParameter, sizeof oaep);
    method->digest = p11_digest_of_hash(oaep.hashAlg);
    method->mgf_digest = p11_digest_of_mgf(oaep.mgf);
    method->label = oaep.pSourceData;
    method->label_len = oaep.ulSourceDataLen;
    if (method->digest == P11_DIGEST_NONE || method->mgf_digest == P11_DIGEST_NONE ||
        method->label_len > INT_MAX)
        return CKR_MECHANISM_PARAM_INVALID;
    if (oaep.source != CKZ_DATA_SPECIFIED && (oaep.source != 0 || method->label_len != 0))
        return CKR_MECHANISM_PARAM_INVALID;
    return method->label == NULL && method->label_len != 0 ? CKR_MECHANISM_PARAM_INVALID : CKR_OK;
}

/* Pure Ed25519 only: no pre-hash, no context (RFC 8032, 5.1). */
static CK_RV
read_eddsa(const CK_MECHANISM *asked)
{
    CK_EDDSA_PARAMS eddsa;

    if (asked->ulParameterLen == 0)
        return CKR_OK;
    if (asked->pParameter == NULL || asked->ulParameterLen != sizeof eddsa)
        return CKR_MECHANISM_PARAM_INVALID;
    memcpy(&eddsa, asked->pParameter, sizeof eddsa);
    return eddsa.phFlag != 0 || eddsa.ulContextDataLen != 0 ? CKR_MECHANISM_PARAM_INVALID : CKR_OK;
}

/* Key wrapping starts from the value of its RFC unless the caller has another. */
static CK_RV
read_iv(p11_method *method, const CK_MECHANISM *asked, CK_ULONG iv_len, bool is_optional)
{
    if (asked->ulParameterLen == 0 && is_optional)
        return CKR_OK;
    if (asked->pParameter == NULL || asked->ulParameterLen != iv_len)
        return CKR_MECHANISM_PARAM_INVALID;
    method->iv = asked->pParameter;
    return CKR_OK;
}

static CK_RV
read_ecdh(p11_method *method, const CK_MECHANISM *asked)
{
    CK_ECDH1_DERIVE_PARAMS ecdh;

    if (asked->pParameter == NULL || asked->ulParameterLen != sizeof ecdh)
        return CKR_MECHANISM_PARAM_INVALID;
    memcpy(&ecdh, asked->pParameter, sizeof ecdh);
    method->digest = p11_digest_of_kdf(ecdh.kdf);
    method->label = ecdh.pSharedData;
    method->label_len = ecdh.ulSharedDataLen;
    method->point = ecdh.pPublicData;
    method->point_len = ecdh.ulPublicDataLen;
    if (method->digest == P11_DIGEST_NONE && ecdh.kdf != CKD_NULL)
        return CKR_MECHANISM_PARAM_INVALID;
    if (method->label_len != 0 && (method->label == NULL || ecdh.kdf == CKD_NULL))
        return CKR_MECHANISM_PARAM_INVALID;
    return method->point == NULL || method->point_len == 0 ? CKR_MECHANISM_PARAM_INVALID : CKR_OK;
}

CK_RV
p11_method_read(p11_method *method, const CK_MECHANISM *asked, CK_FLAGS purpose)
{
    const p11_mechanism *found = p11_mechanism_find(asked->mechanism);

    if (found == NULL || (found->flags & purpose) == 0)
        return CKR_MECHANISM_INVALID;
    *method = (p11_method){.mechanism = found};
    switch (found->scheme) {
    case P11_SCHEME_RSA_PSS:
        return read_pss(method, asked);
    case P11_SCHEME_RSA_OAEP:
        return read_oaep(method, asked);
    case P11_SCHEME_EDDSA:
        return read_eddsa(asked);
    case P11_SCHEME_ECDH:
        return read_ecdh(method, asked);
    case P11_SCHEME_AES_WRAP:
        return read_iv(method, asked, 8, true);
    case P11_SCHEME_AES_WRAP_PAD:
        return read_iv(method, asked, 4, true);
    case P11_SCHEME_AES_CBC_PAD:
        return read_iv(method, asked, 16, false);
    case P11_SCHEME_DES3_CBC_PAD:
        return read_iv(method, asked, 8, false);
    default:
        break;
    }
    method->digest = found->digest;
    return asked->ulParameterLen == 0 ? CKR_OK : CKR_MECHANISM_PARAM_INVALID;
}

CK_ULONG
p11_method_most(const p11_method *method, CK_ULONG key_len)
{
    CK_ULONG overhead = 0;

    if (method->mechanism->scheme == P11_SCHEME_RSA_PKCS)
        overhead = P11_PKCS1_OVERHEAD;
    if (method->mechanism->scheme == P11_SCHEME_RSA_OAEP)
        overhead = 2 * p11_digest_len(method->digest) + 2;
    return key_len > overhead ? key_len - overhead : 0;
}
