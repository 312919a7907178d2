/* SPDX-License-Identifier: BSD-3-Clause */
#include "mechanism.h"

#include <limits.h>
#include <stdatomic.h>
#include <string.h>

#include "output.h"

#define SIGNS (CKF_SIGN | CKF_VERIFY)
#define ON_CURVES (SIGNS | CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS)

#define RSA(type, scheme, digest)                                                                  \
    {                                                                                              \
        type, P11_SCHEME_RSA_##scheme, P11_DIGEST_##digest, CKK_RSA, 1024, 8192, SIGNS             \
    }
#define EC(type, digest)                                                                           \
    {                                                                                              \
        type, P11_SCHEME_ECDSA, P11_DIGEST_##digest, CKK_EC, 256, 521, ON_CURVES                   \
    }

/* Listed is what works in full, single-part and multi-part: Java uses whatever it finds here. */
static const p11_mechanism mechanisms[] = {
    RSA(CKM_RSA_PKCS, PKCS, NONE),
    RSA(CKM_RSA_X_509, RAW, NONE),
    RSA(CKM_RSA_PKCS_PSS, PSS, NONE),
    RSA(CKM_SHA1_RSA_PKCS, PKCS, SHA1),
    RSA(CKM_SHA224_RSA_PKCS, PKCS, SHA224),
    RSA(CKM_SHA256_RSA_PKCS, PKCS, SHA256),
    RSA(CKM_SHA384_RSA_PKCS, PKCS, SHA384),
    RSA(CKM_SHA512_RSA_PKCS, PKCS, SHA512),
    RSA(CKM_SHA1_RSA_PKCS_PSS, PSS, SHA1),
    RSA(CKM_SHA224_RSA_PKCS_PSS, PSS, SHA224),
    RSA(CKM_SHA256_RSA_PKCS_PSS, PSS, SHA256),
    RSA(CKM_SHA384_RSA_PKCS_PSS, PSS, SHA384),
    RSA(CKM_SHA512_RSA_PKCS_PSS, PSS, SHA512),
    EC(CKM_ECDSA, NONE),
    EC(CKM_ECDSA_SHA1, SHA1),
    EC(CKM_ECDSA_SHA224, SHA224),
    EC(CKM_ECDSA_SHA256, SHA256),
    EC(CKM_ECDSA_SHA384, SHA384),
    EC(CKM_ECDSA_SHA512, SHA512),
    {CKM_EDDSA, P11_SCHEME_EDDSA, P11_DIGEST_NONE, CKK_EC_EDWARDS, 255, 255,
     SIGNS | CKF_EC_F_P | CKF_EC_NAMEDCURVE},
};

#define MECHANISM_COUNT (sizeof mechanisms / sizeof *mechanisms)

typedef struct digest_row {
    const char *name;
    CK_ULONG len;
    CK_MECHANISM_TYPE type;
    CK_RSA_PKCS_MGF_TYPE mgf;
} digest_row;

static const digest_row digests[] = {
    [P11_DIGEST_SHA1] = {"SHA1", 20, CKM_SHA_1, CKG_MGF1_SHA1},
    [P11_DIGEST_SHA224] = {"SHA224", 28, CKM_SHA224, CKG_MGF1_SHA224},
    [P11_DIGEST_SHA256] = {"SHA256", 32, CKM_SHA256, CKG_MGF1_SHA256},
    [P11_DIGEST_SHA384] = {"SHA384", 48, CKM_SHA384, CKG_MGF1_SHA384},
    [P11_DIGEST_SHA512] = {"SHA512", 64, CKM_SHA512, CKG_MGF1_SHA512},
};

#define DIGEST_COUNT (sizeof digests / sizeof *digests)

const EVP_MD *
p11_digest_get(p11_digest digest)
{
    /* kept like the context they come from: for as long as the process lives */
    static _Atomic(EVP_MD *) fetched[DIGEST_COUNT];
    EVP_MD *found = atomic_load(&fetched[digest]);
    EVP_MD *nobody = NULL;

    if (found != NULL || digest == P11_DIGEST_NONE)
        return found;
    found = EVP_MD_fetch(mn_crypto_context(), digests[digest].name, NULL);
    if (found == NULL || atomic_compare_exchange_strong(&fetched[digest], &nobody, found))
        return found;
    EVP_MD_free(found);
    return nobody;
}

CK_ULONG
p11_digest_len(p11_digest digest)
{
    return digests[digest].len;
}

static const p11_mechanism *
find(CK_MECHANISM_TYPE type)
{
    for (size_t i = 0; i < MECHANISM_COUNT; i++) {
        if (mechanisms[i].type == type)
            return &mechanisms[i];
    }
    return NULL;
}

CK_RV
p11_mechanism_list(CK_MECHANISM_TYPE *types, CK_ULONG *count)
{
    const p11_room room = p11_output_room(types, count, MECHANISM_COUNT);

    if (room != P11_ROOM_ENOUGH)
        return p11_output_answer(room);
    for (size_t i = 0; i < MECHANISM_COUNT; i++)
        types[i] = mechanisms[i].type;
    *count = MECHANISM_COUNT;
    return CKR_OK;
}

CK_RV
p11_mechanism_info(CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)
{
    const p11_mechanism *found = find(type);

    if (found == NULL)
        return CKR_MECHANISM_INVALID;
    *info = (CK_MECHANISM_INFO){
        .ulMinKeySize = found->min_bits, .ulMaxKeySize = found->max_bits, .flags = found->flags};
    return CKR_OK;
}

static CK_RV
read_pss(p11_method *method, const CK_MECHANISM *asked)
{
    CK_RSA_PKCS_PSS_PARAMS pss;

    if (asked->pParameter == NULL || asked->ulParameterLen != sizeof pss)
        return CKR_MECHANISM_PARAM_INVALID;
    memcpy(&pss, asked->pParameter, sizeof pss);
    for (size_t i = P11_DIGEST_SHA1; i < DIGEST_COUNT; i++) {
        if (digests[i].type == pss.hashAlg)
            method->digest = (p11_digest)i;
        if (digests[i].mgf == pss.mgf)
            method->mgf_digest = (p11_digest)i;
    }
    if (method->digest == P11_DIGEST_NONE || method->mgf_digest == P11_DIGEST_NONE ||
        pss.sLen > INT_MAX)
        return CKR_MECHANISM_PARAM_INVALID;
    if (method->mechanism->digest != P11_DIGEST_NONE && method->mechanism->digest != method->digest)
        return CKR_MECHANISM_PARAM_INVALID;
    method->salt_len = (int)pss.sLen;
    return CKR_OK;
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

CK_RV
p11_method_read(p11_method *method, const CK_MECHANISM *asked, CK_FLAGS purpose)
{
    const p11_mechanism *found = find(asked->mechanism);

    if (found == NULL || (found->flags & purpose) == 0)
        return CKR_MECHANISM_INVALID;
    *method = (p11_method){.mechanism = found};
    switch (found->scheme) {
    case P11_SCHEME_RSA_PSS:
        return read_pss(method, asked);
    case P11_SCHEME_EDDSA:
        return read_eddsa(asked);
    case P11_SCHEME_RSA_PKCS:
    case P11_SCHEME_RSA_RAW:
    case P11_SCHEME_ECDSA:
        break;
    }
    method->digest = found->digest;
    return asked->ulParameterLen == 0 ? CKR_OK : CKR_MECHANISM_PARAM_INVALID;
}
