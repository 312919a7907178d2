/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_DIGEST_H
#define P11_DIGEST_H

#include "base/openssl.h"
#include "cryptoki3.h"

/** The digests that mechanisms are made of; they are not offered as such. */
typedef enum p11_digest {
    P11_DIGEST_NONE,
    P11_DIGEST_SHA1,
    P11_DIGEST_SHA224,
    P11_DIGEST_SHA256,
    P11_DIGEST_SHA384,
    P11_DIGEST_SHA512,
    P11_DIGEST_SHA3_224,
    P11_DIGEST_SHA3_256,
    P11_DIGEST_SHA3_384,
    P11_DIGEST_SHA3_512,
} p11_digest;

/** The digest of our context, fetched once; NULL for none or without memory. */
const EVP_MD *
p11_digest_get(p11_digest digest);

CK_ULONG
p11_digest_len(p11_digest digest);

/** The name by which OpenSSL's providers know it. */
const char *
p11_digest_name(p11_digest digest);

/** What CKM_SHA256 and its like mean in a parameter; P11_DIGEST_NONE for what we do not have. */
p11_digest
p11_digest_of_hash(CK_MECHANISM_TYPE type);

/** What CKG_MGF1_SHA256 and its like mean. */
p11_digest
p11_digest_of_mgf(CK_RSA_PKCS_MGF_TYPE type);

/** What CKD_SHA256_KDF and its like mean. */
p11_digest
p11_digest_of_kdf(ck_ec_kdf_t type);

#endif
