/* SPDX-License-Identifier: BSD-3-Clause */
#include "keygen.h"

#include <stdbool.h>
#include <string.h>

#include <openssl/objects.h>

/* By their OIDs, which only providers know: by name, an ENGINE of the host would be asked first. */
#define NAME_RSA "1.2.840.113549.1.1.1"
#define NAME_EC "1.2.840.10045.2.1"
#define NAME_ED25519 "1.3.101.112"

#define TAG_OID 0x06
#define TAG_PRINTABLE 0x13
#define EXPONENT_MAX 8 /* OpenSSL uses none that is longer with a modulus of over 3072 bits */

static CK_RV
generate(const char *type, const OSSL_PARAM *params, EVP_PKEY **key)
{
    mn_auto(EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_name(mn_crypto_context(), type, NULL);

    *key = NULL;
    if (context != NULL && EVP_PKEY_keygen_init(context) == 1 &&
        (params == NULL || EVP_PKEY_CTX_set_params(context, params) == 1) &&
        EVP_PKEY_generate(context, key) == 1)
        return CKR_OK;
    return CKR_FUNCTION_FAILED;
}

CK_RV
p11_keygen_rsa(CK_ULONG bits, const CK_BYTE *exponent, CK_ULONG exponent_len, EVP_PKEY **key)
{
    size_t size = bits;
    uint64_t e = exponent == NULL ? 65537 : 0;
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_size_t(OSSL_PKEY_PARAM_RSA_BITS, &size),
        OSSL_PARAM_construct_uint64(OSSL_PKEY_PARAM_RSA_E, &e),
        OSSL_PARAM_construct_end(),
    };

    if (bits < P11_RSA_BITS_MIN || bits > P11_RSA_BITS_MAX || bits % 8 != 0)
        return CKR_ATTRIBUTE_VALUE_INVALID;
    for (CK_ULONG i = 0; exponent != NULL && i < exponent_len; i++) {
        if (e >> (8 * (EXPONENT_MAX - 1)) != 0)
            return CKR_ATTRIBUTE_VALUE_INVALID;
        e = e << 8 | exponent[i];
    }
    if (e % 2 == 0 || e == 1)
        return CKR_ATTRIBUTE_VALUE_INVALID;
    return generate(NAME_RSA, params, key);
}

static const struct {
    const char *group;    /* OpenSSL's name */
    const char *names[5]; /* curveName of ECParameters, and other names that programs write */
    const char *oids[2];
    CK_KEY_TYPE type;
} curves[] = {
    {"P-256", {"prime256v1", "secp256r1", "P-256", "nistp256"}, {"1.2.840.10045.3.1.7"}, CKK_EC},
    {"P-384", {"secp384r1", "P-384", "nistp384"}, {"1.3.132.0.34"}, CKK_EC},
    {"P-521", {"secp521r1", "P-521", "nistp521"}, {"1.3.132.0.35"}, CKK_EC},
    /* RFC 8410, and what GnuPG called the curve before */
    {NULL, {"edwards25519", "Ed25519"}, {"1.3.101.112", "1.3.6.1.4.1.11591.15.1"}, CKK_EC_EDWARDS},
};

static bool
has_name(const char *const *names, size_t count, const char *name, size_t len)
{
    for (size_t i = 0; i < count && names[i] != NULL; i++) {
        if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0)
            return true;
    }
    return false;
}

/* The OID as dotted numbers; 0 for what is none. */
static size_t
read_oid(const CK_BYTE *der, CK_ULONG der_len, char *out, size_t out_size)
{
    const CK_BYTE *at = der;
    ASN1_OBJECT *oid = d2i_ASN1_OBJECT(NULL, &at, (long)der_len);
    const int len = oid != NULL && at == der + der_len
                        ? OBJ_obj2txt(out, (int)out_size, oid, 1 /* always as numbers */)
                        : 0;

    ASN1_OBJECT_free(oid);
    return len > 0 && (size_t)len < out_size ? (size_t)len : 0;
}

CK_RV
p11_keygen_ec(const CK_BYTE *params, CK_ULONG params_len, CK_KEY_TYPE type, EVP_PKEY **key)
{
    char name[64];
    size_t len = 0;
    const bool is_oid = params_len > 2 && params_len < sizeof name && params[0] == TAG_OID;

    if (is_oid) {
        len = read_oid(params, params_len, name, sizeof name);
    } else if (params_len > 2 && params_len < sizeof name && params[0] == TAG_PRINTABLE &&
               params[1] == params_len - 2) {
        len = params_len - 2;
        memcpy(name, params + 2, len);
    }
    if (len == 0)
        return CKR_ATTRIBUTE_VALUE_INVALID;
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++) {
        const OSSL_PARAM group[] = {
            OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                             (char *)(uintptr_t)curves[i].group, 0),
            OSSL_PARAM_construct_end(),
        };

        if (curves[i].type != type || !(is_oid ? has_name(curves[i].oids, 2, name, len)
                                               : has_name(curves[i].names, 5, name, len)))
            continue;
        return type == CKK_EC ? generate(NAME_EC, group, key) : generate(NAME_ED25519, NULL, key);
    }
    return CKR_CURVE_NOT_SUPPORTED;
}
