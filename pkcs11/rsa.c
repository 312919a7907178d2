/* SPDX-License-Identifier: BSD-3-Clause */
#include "rsa.h"

#include "base/openssl.h"
#include "ckr.h"
#include "numbers.h"

#define LEN_MAX 2048
#define TRIES 100 /* each finds the primes or fails with one chance in two */

enum { N, E, D, P, Q, DP, DQ, QINV, NUMBER_COUNT };

static const CK_ATTRIBUTE_TYPE types[NUMBER_COUNT] = {
    CKA_MODULUS, CKA_PUBLIC_EXPONENT, CKA_PRIVATE_EXPONENT, CKA_PRIME_1,
    CKA_PRIME_2, CKA_EXPONENT_1,      CKA_EXPONENT_2,       CKA_COEFFICIENT};

typedef struct numbers {
    BN_CTX *context;
    BIGNUM *all[NUMBER_COUNT];
    bool is_known[NUMBER_COUNT];
} numbers;

static void
numbers_clear(numbers *key)
{
    for (size_t i = 0; i < NUMBER_COUNT; i++)
        BN_clear_free(key->all[i]);
    BN_CTX_free(key->context);
}

static bool
numbers_read(numbers *key, const CK_ATTRIBUTE *template, CK_ULONG count)
{
    key->context = BN_CTX_secure_new_ex(mn_crypto_context());
    for (size_t i = 0; i < NUMBER_COUNT; i++) {
        const CK_ATTRIBUTE *found = p11_numbers_find(template, count, types[i]);

        key->all[i] = BN_secure_new();
        if (key->all[i] == NULL)
            return false;
        BN_set_flags(key->all[i], BN_FLG_CONSTTIME);
        key->is_known[i] = found != NULL;
        if (found != NULL && found->ulValueLen > LEN_MAX)
            return false;
        if (found != NULL && BN_bin2bn(found->pValue, (int)found->ulValueLen, key->all[i]) == NULL)
            return false;
    }
    return key->context != NULL;
}

/* One try: powers of a random number by the odd part of e * d - 1, squared up to a root of 1 that
 * is neither 1 nor -1; it shares a prime with the modulus. */
static bool
find_root(const numbers *key, const BIGNUM *odd, int squares, BIGNUM *root, BIGNUM *square)
{
    const BIGNUM *n = key->all[N];

    if (BN_priv_rand_range_ex(root, n, 0, key->context) != 1 ||
        BN_mod_exp(root, root, odd, n, key->context) != 1)
        return false;
    for (int i = 0; i < squares; i++) {
        if (BN_is_one(root) || BN_mod_sqr(square, root, n, key->context) != 1)
            return false;
        if (BN_is_one(square))
            return true; /* of -1 too, which the caller finds out */
        if (BN_copy(root, square) == NULL)
            return false;
    }
    return false;
}

static bool
split(numbers *key, const BIGNUM *odd, int squares)
{
    mn_auto(BIGNUM) root = BN_secure_new();
    mn_auto(BIGNUM) square = BN_secure_new();

    for (int i = 0; root != NULL && square != NULL && i < TRIES; i++) {
        if (!find_root(key, odd, squares, root, square) || BN_sub_word(root, 1) != 1 ||
            BN_gcd(key->all[P], root, key->all[N], key->context) != 1 || BN_is_one(key->all[P]) ||
            BN_cmp(key->all[P], key->all[N]) == 0)
            continue;
        return BN_div(key->all[Q], NULL, key->all[N], key->all[P], key->context) == 1;
    }
    return false;
}

static bool
find_primes(numbers *key)
{
    mn_auto(BIGNUM) odd = BN_secure_new();
    int squares = 0;

    if (key->is_known[P] && key->is_known[Q])
        return true;
    if (odd == NULL || BN_mul(odd, key->all[E], key->all[D], key->context) != 1 ||
        BN_sub_word(odd, 1) != 1 || BN_is_zero(odd) || BN_is_odd(odd) || !BN_is_odd(key->all[N]))
        return false;
    while (!BN_is_bit_set(odd, squares))
        squares++;
    return BN_rshift(odd, odd, squares) == 1 && split(key, odd, squares);
}

static bool
find_exponent(numbers *key, int prime, int exponent)
{
    mn_auto(BIGNUM) less = BN_secure_new();

    if (key->is_known[exponent])
        return true;
    return less != NULL && BN_copy(less, key->all[prime]) != NULL && BN_sub_word(less, 1) == 1 &&
           BN_mod(key->all[exponent], key->all[D], less, key->context) == 1;
}

static bool
find_coefficient(numbers *key)
{
    return key->is_known[QINV] ||
           BN_mod_inverse(key->all[QINV], key->all[Q], key->all[P], key->context) != NULL;
}

static CK_RV
set_secret(mn_object *object, CK_ATTRIBUTE_TYPE type, const BIGNUM *number)
{
    mainet_error err = {0};
    const int len = BN_num_bytes(number);
    mn_auto(mn_secret) bytes = mn_secret_new((size_t)len, &err);

    if (bytes == NULL || BN_bn2binpad(number, mn_secret_data(bytes), len) != len)
        return CKR_HOST_MEMORY;
    return p11_ckr(mn_object_add_secret(object, type, &bytes, &err));
}

CK_RV
p11_rsa_complete(mn_object *object, const CK_ATTRIBUTE *template, CK_ULONG count)
{
    __attribute__((cleanup(numbers_clear))) numbers key = {.context = NULL};
    CK_RV rv = CKR_OK;

    if (!numbers_read(&key, template, count))
        return CKR_ATTRIBUTE_VALUE_INVALID;
    if (!key.is_known[P] || !key.is_known[Q]) /* they would be of the other prime */
        key.is_known[DP] = key.is_known[DQ] = key.is_known[QINV] = false;
    if (!find_primes(&key) || !find_exponent(&key, P, DP) || !find_exponent(&key, Q, DQ) ||
        !find_coefficient(&key))
        return CKR_ATTRIBUTE_VALUE_INVALID;
    for (size_t i = D; i < NUMBER_COUNT && rv == CKR_OK; i++)
        rv = set_secret(object, types[i], key.all[i]);
    return rv;
}
