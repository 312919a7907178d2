/* SPDX-License-Identifier: BSD-3-Clause */
#include "keygen.h"

#include <stdbool.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/objects.h>

#include "base/key-data.h"
#include "pkcs12/der.h"
#include "store/curve.h"

/* By its OID, as those of key-data.h. */
#define NAME_ED25519 "1.3.101.112"

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

    /* OpenSSL makes two primes of half the bits: with an odd number one bit would be missing */
    if (bits < P11_RSA_BITS_MIN || bits > P11_RSA_BITS_MAX || bits % 2 != 0)
        return CKR_ATTRIBUTE_VALUE_INVALID;
    for (CK_ULONG i = 0; exponent != NULL && i < exponent_len; i++) {
        if (e >> (8 * (EXPONENT_MAX - 1)) != 0)
            return CKR_ATTRIBUTE_VALUE_INVALID;
        e = e << 8 | exponent[i];
    }
    if (e % 2 == 0 || e == 1)
        return CKR_ATTRIBUTE_VALUE_INVALID;
    return generate(MN_KEY_RSA, params, key);
}

static const struct {
    const char *name;
    CK_KEY_TYPE type;
} curves[] = {
    {SN_secp224r1, CKK_EC}, {SN_X9_62_prime256v1, CKK_EC}, {SN_secp384r1, CKK_EC},
    {SN_secp521r1, CKK_EC}, {SN_ED25519, CKK_EC_EDWARDS},
};

/* Whether it is one whole element, of whatever curve. */
static bool
is_der(const CK_BYTE *params, CK_ULONG params_len)
{
    mn_der in = MN_DER_INIT(params, params_len);

    ERR_set_mark();
    (void)mn_der_skip(&in);
    ERR_pop_to_mark();
    return !in.failed && in.at == in.end;
}

CK_RV
p11_keygen_ec(const CK_BYTE *params, CK_ULONG params_len, CK_KEY_TYPE type, EVP_PKEY **key)
{
    const char *name = mn_curve_name(params, params_len);

    if (name == NULL)
        return is_der(params, params_len) ? CKR_CURVE_NOT_SUPPORTED : CKR_ATTRIBUTE_VALUE_INVALID;
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++) {
        const OSSL_PARAM group[] = {
            OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                             (char *)(uintptr_t)curves[i].name, 0),
            OSSL_PARAM_construct_end(),
        };

        if (curves[i].type != type || strcmp(curves[i].name, name) != 0)
            continue;
        return type == CKK_EC ? generate(MN_KEY_EC, group, key) : generate(NAME_ED25519, NULL, key);
    }
    return CKR_CURVE_NOT_SUPPORTED;
}
