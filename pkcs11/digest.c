/* SPDX-License-Identifier: BSD-3-Clause */
#include "digest.h"

#include <stdatomic.h>

typedef struct digest_row {
    const char *name;
    CK_ULONG len;
    CK_MECHANISM_TYPE type;
    CK_RSA_PKCS_MGF_TYPE mgf;
    ck_ec_kdf_t kdf;
} digest_row;

static const digest_row digests[] = {
    [P11_DIGEST_SHA1] = {"SHA1", 20, CKM_SHA_1, CKG_MGF1_SHA1, CKD_SHA1_KDF},
    [P11_DIGEST_SHA224] = {"SHA224", 28, CKM_SHA224, CKG_MGF1_SHA224, CKD_SHA224_KDF},
    [P11_DIGEST_SHA256] = {"SHA256", 32, CKM_SHA256, CKG_MGF1_SHA256, CKD_SHA256_KDF},
    [P11_DIGEST_SHA384] = {"SHA384", 48, CKM_SHA384, CKG_MGF1_SHA384, CKD_SHA384_KDF},
    [P11_DIGEST_SHA512] = {"SHA512", 64, CKM_SHA512, CKG_MGF1_SHA512, CKD_SHA512_KDF},
    [P11_DIGEST_SHA3_224] = {"SHA3-224", 28, CKM_SHA3_224, CKG_MGF1_SHA3_224, CKD_SHA3_224_KDF},
    [P11_DIGEST_SHA3_256] = {"SHA3-256", 32, CKM_SHA3_256, CKG_MGF1_SHA3_256, CKD_SHA3_256_KDF},
    [P11_DIGEST_SHA3_384] = {"SHA3-384", 48, CKM_SHA3_384, CKG_MGF1_SHA3_384, CKD_SHA3_384_KDF},
    [P11_DIGEST_SHA3_512] = {"SHA3-512", 64, CKM_SHA3_512, CKG_MGF1_SHA3_512, CKD_SHA3_512_KDF},
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

const char *
p11_digest_name(p11_digest digest)
{
    return digests[digest].name;
}

p11_digest
p11_digest_of_hash(CK_MECHANISM_TYPE type)
{
    for (size_t i = P11_DIGEST_SHA1; i < DIGEST_COUNT; i++) {
        if (digests[i].type == type)
            return (p11_digest)i;
    }
    return P11_DIGEST_NONE;
}

p11_digest
p11_digest_of_mgf(CK_RSA_PKCS_MGF_TYPE type)
{
    for (size_t i = P11_DIGEST_SHA1; i < DIGEST_COUNT; i++) {
        if (digests[i].mgf == type)
            return (p11_digest)i;
    }
    return P11_DIGEST_NONE;
}

p11_digest
p11_digest_of_kdf(ck_ec_kdf_t type)
{
    for (size_t i = P11_DIGEST_SHA1; i < DIGEST_COUNT; i++) {
        if (digests[i].kdf == type)
            return (p11_digest)i;
    }
    return P11_DIGEST_NONE;
}
