/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_MECHANISM_H
#define P11_MECHANISM_H

#include "base/openssl.h"
#include "cryptoki3.h"

/** How a signature is made once there is something of the right length to sign. */
typedef enum p11_scheme {
    P11_SCHEME_RSA_PKCS,
    P11_SCHEME_RSA_RAW,
    P11_SCHEME_RSA_PSS,
    P11_SCHEME_ECDSA,
    P11_SCHEME_EDDSA,
} p11_scheme;

typedef enum p11_digest {
    P11_DIGEST_NONE,
    P11_DIGEST_SHA1,
    P11_DIGEST_SHA224,
    P11_DIGEST_SHA256,
    P11_DIGEST_SHA384,
    P11_DIGEST_SHA512,
} p11_digest;

/** One row of what we can do. */
typedef struct p11_mechanism {
    CK_MECHANISM_TYPE type;
    p11_scheme scheme;
    p11_digest digest; /**< of hash-and-sign forms; P11_DIGEST_NONE: the caller hashes */
    CK_KEY_TYPE key_type;
    CK_ULONG min_bits;
    CK_ULONG max_bits;
    CK_FLAGS flags;
} p11_mechanism;

/** A mechanism as a caller asks for it: the row and its parameters, checked. */
typedef struct p11_method {
    const p11_mechanism *mechanism;
    p11_digest digest;     /**< what is signed is a hash by this; of PSS always set */
    p11_digest mgf_digest; /**< PSS */
    int salt_len;          /**< PSS */
} p11_method;

/** The ids of all mechanisms, by the rule of lengths. */
CK_RV
p11_mechanism_list(CK_MECHANISM_TYPE *types, CK_ULONG *count);

CK_RV
p11_mechanism_info(CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info);

/** Check what a caller asks for: CKR_MECHANISM_INVALID unless it can do `purpose` (CKF_SIGN, …),
 *  CKR_MECHANISM_PARAM_INVALID. */
CK_RV
p11_method_read(p11_method *method, const CK_MECHANISM *asked, CK_FLAGS purpose);

/** The digest of our context, fetched once; NULL for none or without memory. */
const EVP_MD *
p11_digest_get(p11_digest digest);

CK_ULONG
p11_digest_len(p11_digest digest);

#endif
