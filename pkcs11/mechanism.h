/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_MECHANISM_H
#define P11_MECHANISM_H

#include "digest.h"

/** What is done once there is something of the right length to do it with. */
typedef enum p11_scheme {
    P11_SCHEME_RSA_PKCS,
    P11_SCHEME_RSA_RAW,
    P11_SCHEME_RSA_PSS,
    P11_SCHEME_RSA_OAEP,
    P11_SCHEME_ECDSA,
    P11_SCHEME_EDDSA,
    P11_SCHEME_ECDH,
    P11_SCHEME_GENERATE,
    P11_SCHEME_AES_WRAP,
    P11_SCHEME_AES_WRAP_PAD,
    P11_SCHEME_AES_CBC_PAD,
    P11_SCHEME_DES3_CBC_PAD,
} p11_scheme;

/** One row of what we can do. */
typedef struct p11_mechanism {
    CK_MECHANISM_TYPE type;
    p11_scheme scheme;
    p11_digest digest; /**< of hash-and-sign forms; P11_DIGEST_NONE: the caller hashes */
    CK_KEY_TYPE key_type;
    CK_ULONG min_size; /**< bits; bytes of AES, as the standard counts it */
    CK_ULONG max_size;
    CK_FLAGS flags;
} p11_mechanism;

/** NULL for a mechanism that we do not have. */
const p11_mechanism *
p11_mechanism_find(CK_MECHANISM_TYPE type);

/** The ids of all mechanisms, by the rule of lengths. */
CK_RV
p11_mechanism_list(CK_MECHANISM_TYPE *types, CK_ULONG *count);

CK_RV
p11_mechanism_info(CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info);

#endif
