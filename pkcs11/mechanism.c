/* SPDX-License-Identifier: BSD-3-Clause */
#include "mechanism.h"

#include "digest.h"
#include "output.h"

#define SIGNS (CKF_SIGN | CKF_VERIFY)
#define RECOVERS (CKF_SIGN_RECOVER | CKF_VERIFY_RECOVER)
#define CIPHERS (CKF_ENCRYPT | CKF_DECRYPT)
#define WRAPS (CKF_WRAP | CKF_UNWRAP)
#define CURVES (CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS)

#define RSA_ALSO(type, scheme, digest, flags)                                                      \
    {                                                                                              \
        type, P11_SCHEME_RSA_##scheme, P11_DIGEST_##digest, CKK_RSA, 1024, 8192, flags             \
    }
#define RSA(type, scheme, digest) RSA_ALSO(type, scheme, digest, SIGNS)
#define EC(type, digest)                                                                           \
    {                                                                                              \
        type, P11_SCHEME_ECDSA, P11_DIGEST_##digest, CKK_EC, 224, 521, SIGNS | CURVES              \
    }

#define AES(type, scheme)                                                                          \
    {                                                                                              \
        type, P11_SCHEME_AES_##scheme, P11_DIGEST_NONE, CKK_AES, 16, 32, WRAPS                     \
    }

#define GENERATES(type, key_type, min, max, flags)                                                 \
    {                                                                                              \
        type, P11_SCHEME_GENERATE, P11_DIGEST_NONE, key_type, min, max, flags                      \
    }

/* Listed is what works in full, single-part and multi-part: Java uses whatever it finds here. */
static const p11_mechanism mechanisms[] = {
    RSA_ALSO(CKM_RSA_PKCS, PKCS, NONE, SIGNS | RECOVERS | CIPHERS | WRAPS),
    RSA_ALSO(CKM_RSA_X_509, RAW, NONE, SIGNS | RECOVERS | CIPHERS),
    RSA_ALSO(CKM_RSA_PKCS_OAEP, OAEP, NONE, CIPHERS | WRAPS),
    RSA(CKM_RSA_PKCS_PSS, PSS, NONE),
    RSA(CKM_SHA1_RSA_PKCS, PKCS, SHA1),
    RSA(CKM_SHA224_RSA_PKCS, PKCS, SHA224),
    RSA(CKM_SHA256_RSA_PKCS, PKCS, SHA256),
    RSA(CKM_SHA384_RSA_PKCS, PKCS, SHA384),
    RSA(CKM_SHA512_RSA_PKCS, PKCS, SHA512),
    RSA(CKM_SHA3_224_RSA_PKCS, PKCS, SHA3_224),
    RSA(CKM_SHA3_256_RSA_PKCS, PKCS, SHA3_256),
    RSA(CKM_SHA3_384_RSA_PKCS, PKCS, SHA3_384),
    RSA(CKM_SHA3_512_RSA_PKCS, PKCS, SHA3_512),
    RSA(CKM_SHA1_RSA_PKCS_PSS, PSS, SHA1),
    RSA(CKM_SHA224_RSA_PKCS_PSS, PSS, SHA224),
    RSA(CKM_SHA256_RSA_PKCS_PSS, PSS, SHA256),
    RSA(CKM_SHA384_RSA_PKCS_PSS, PSS, SHA384),
    RSA(CKM_SHA512_RSA_PKCS_PSS, PSS, SHA512),
    RSA(CKM_SHA3_224_RSA_PKCS_PSS, PSS, SHA3_224),
    RSA(CKM_SHA3_256_RSA_PKCS_PSS, PSS, SHA3_256),
    RSA(CKM_SHA3_384_RSA_PKCS_PSS, PSS, SHA3_384),
    RSA(CKM_SHA3_512_RSA_PKCS_PSS, PSS, SHA3_512),
    EC(CKM_ECDSA, NONE),
    EC(CKM_ECDSA_SHA1, SHA1),
    EC(CKM_ECDSA_SHA224, SHA224),
    EC(CKM_ECDSA_SHA256, SHA256),
    EC(CKM_ECDSA_SHA384, SHA384),
    EC(CKM_ECDSA_SHA512, SHA512),
    EC(CKM_ECDSA_SHA3_224, SHA3_224),
    EC(CKM_ECDSA_SHA3_256, SHA3_256),
    EC(CKM_ECDSA_SHA3_384, SHA3_384),
    EC(CKM_ECDSA_SHA3_512, SHA3_512),
    {CKM_EDDSA, P11_SCHEME_EDDSA, P11_DIGEST_NONE, CKK_EC_EDWARDS, 255, 255,
     SIGNS | CKF_EC_F_P | CKF_EC_NAMEDCURVE},
    GENERATES(CKM_RSA_PKCS_KEY_PAIR_GEN, CKK_RSA, 1024, 4096, CKF_GENERATE_KEY_PAIR),
    GENERATES(CKM_EC_KEY_PAIR_GEN, CKK_EC, 224, 521, CKF_GENERATE_KEY_PAIR | CURVES),
    GENERATES(CKM_EC_EDWARDS_KEY_PAIR_GEN, CKK_EC_EDWARDS, 255, 255,
              CKF_GENERATE_KEY_PAIR | CURVES),
    GENERATES(CKM_AES_KEY_GEN, CKK_AES, 16, 32, CKF_GENERATE),
    GENERATES(CKM_GENERIC_SECRET_KEY_GEN, CKK_GENERIC_SECRET, 8, 4096, CKF_GENERATE),
    /* v2.40, 2.16.3: their sizes are not used */
    GENERATES(CKM_DES_KEY_GEN, CKK_DES, 0, 0, CKF_GENERATE),
    GENERATES(CKM_DES2_KEY_GEN, CKK_DES2, 0, 0, CKF_GENERATE),
    GENERATES(CKM_DES3_KEY_GEN, CKK_DES3, 0, 0, CKF_GENERATE),
    {CKM_ECDH1_DERIVE, P11_SCHEME_ECDH, P11_DIGEST_NONE, CKK_EC, 224, 521, CKF_DERIVE | CURVES},
    {CKM_ECDH1_COFACTOR_DERIVE, P11_SCHEME_ECDH, P11_DIGEST_NONE, CKK_EC, 224, 521,
     CKF_DERIVE | CURVES},
    AES(CKM_AES_KEY_WRAP, WRAP),
    AES(CKM_AES_KEY_WRAP_PAD, WRAP_PAD),
    AES(CKM_AES_KEY_WRAP_KWP, WRAP_PAD),
    AES(CKM_AES_CBC_PAD, CBC_PAD),
    {CKM_DES3_CBC_PAD, P11_SCHEME_DES3_CBC_PAD, P11_DIGEST_NONE, CKK_DES3, 24, 24, WRAPS},
};

#define MECHANISM_COUNT (sizeof mechanisms / sizeof *mechanisms)

const p11_mechanism *
p11_mechanism_find(CK_MECHANISM_TYPE type)
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
    const p11_mechanism *found = p11_mechanism_find(type);

    if (found == NULL && p11_digest_of_hash(type) == P11_DIGEST_NONE)
        return CKR_MECHANISM_INVALID;
    if (found == NULL) { /* good for parameters only; Java asks before it names it in one */
        *info = (CK_MECHANISM_INFO){.flags = 0};
        return CKR_OK;
    }
    *info = (CK_MECHANISM_INFO){
        .ulMinKeySize = found->min_size, .ulMaxKeySize = found->max_size, .flags = found->flags};
    return CKR_OK;
}
