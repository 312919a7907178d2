/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/algorithm.h"

#include "pkcs12/derive.h"

const char *
mn_object_name(const ASN1_OBJECT *object, char *dotted, size_t dotted_len)
{
    int nid = OBJ_obj2nid(object);

    if (nid != NID_undef)
        return OBJ_nid2ln(nid);
    if (OBJ_obj2txt(dotted, (int)dotted_len, object, 1) <= 0)
        return "an unknown algorithm";
    return dotted;
}

static mainet_status
refuse_parameters(const ASN1_OBJECT *object, mainet_error *err)
{
    char dotted[MN_DOTTED_LEN];

    return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "parameters of %s do not decode",
                   mn_object_name(object, dotted, sizeof dotted));
}

static mainet_status
add_count(int64_t count, int64_t *sum, mainet_error *err)
{
    if (count < 1 || count > MN_ITERATIONS_CEILING || *sum > MN_ITERATIONS_CEILING - count)
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0,
                       "the container asks for %lld more iterations; the limit is %d in all",
                       (long long)count, MN_ITERATIONS_CEILING);
    *sum += count;
    return MAINET_OK;
}

mainet_status
mn_iterations_add(const ASN1_INTEGER *count, int64_t *sum, mainet_error *err)
{
    int64_t value = 1;

    if (count != NULL && ASN1_INTEGER_get_int64(&value, count) != 1)
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "an iteration count past 64 bits");
    return add_count(value, sum, err);
}

/* How many times over PBKDF2 iterates for a key: once for each block of the hash. */
static int64_t
count_blocks(const PBKDF2PARAM *parameters)
{
    mainet_error unknown = {0};
    mn_auto(EVP_MD) digest = mn_prf_fetch(parameters->prf, &unknown);
    const int64_t block_len = digest == NULL ? 0 : EVP_MD_get_size(digest);
    int64_t key_len = 1;

    if (block_len <= 0 || parameters->keylength == NULL)
        return 1; /* no key is derived with it, or one for a cipher */
    if (ASN1_INTEGER_get_int64(&key_len, parameters->keylength) != 1 ||
        key_len > MN_ITERATIONS_CEILING)
        return MN_ITERATIONS_CEILING + 1;
    return key_len < 1 ? 1 : (key_len - 1) / block_len + 1;
}

static mainet_status
add_pbkdf2_cost(const X509_ALGOR *function, int64_t *sum, mainet_error *err)
{
    mn_auto(PBKDF2PARAM) parameters =
        ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), function->parameter);
    int64_t count = 0;
    int64_t blocks = 0;

    if (parameters == NULL)
        return refuse_parameters(function->algorithm, err);
    if (ASN1_INTEGER_get_int64(&count, parameters->iter) != 1 || count < 1 ||
        count > MN_ITERATIONS_CEILING)
        return mn_iterations_add(parameters->iter, sum, err); /* which says so */
    blocks = count_blocks(parameters);
    return add_count(blocks > MN_ITERATIONS_CEILING / count ? MN_ITERATIONS_CEILING + 1
                                                            : blocks * count,
                     sum, err);
}

/* RFC 7914: N * r * p blocks are mixed; one is worth an iteration or more. */
static mainet_status
add_scrypt_cost(const X509_ALGOR *function, int64_t *sum, mainet_error *err)
{
    mn_auto(SCRYPT_PARAMS) parameters =
        ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(SCRYPT_PARAMS), function->parameter);
    int64_t factor[3] = {0, 0, 0};
    int64_t product = 1;

    if (parameters == NULL || ASN1_INTEGER_get_int64(&factor[0], parameters->costParameter) != 1 ||
        ASN1_INTEGER_get_int64(&factor[1], parameters->blockSize) != 1 ||
        ASN1_INTEGER_get_int64(&factor[2], parameters->parallelizationParameter) != 1)
        return refuse_parameters(function->algorithm, err);
    for (int i = 0; i < 3; i++) {
        if (factor[i] < 1 || factor[i] > MN_ITERATIONS_CEILING / product)
            return add_count(MN_ITERATIONS_CEILING + 1, sum, err);
        product *= factor[i];
    }
    return add_count(product, sum, err);
}

/* PBES2-params and PBMAC1-params have the same shape (RFC 8018, A.4 and A.5). */
static mainet_status
add_v2_cost(const X509_ALGOR *algorithm, int64_t *sum, mainet_error *err)
{
    mn_auto(PBE2PARAM) parameters =
        ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), algorithm->parameter);

    if (parameters == NULL)
        return refuse_parameters(algorithm->algorithm, err);
    switch (OBJ_obj2nid(parameters->keyfunc->algorithm)) {
    case NID_id_pbkdf2:
        return add_pbkdf2_cost(parameters->keyfunc, sum, err);
    case NID_id_scrypt:
        return add_scrypt_cost(parameters->keyfunc, sum, err);
    default:
        return MAINET_OK;
    }
}

mainet_status
mn_algorithm_add_cost(const X509_ALGOR *algorithm, int64_t *sum, mainet_error *err)
{
    mn_auto(PBEPARAM) parameters = NULL;
    int nid = OBJ_obj2nid(algorithm->algorithm);

    if (nid == NID_pbes2 || nid == NID_pbmac1)
        return add_v2_cost(algorithm, sum, err);
    if (EVP_PBE_find(EVP_PBE_TYPE_OUTER, nid, NULL, NULL, NULL) != 1)
        return MAINET_OK;
    parameters = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBEPARAM), algorithm->parameter);
    if (parameters == NULL)
        return refuse_parameters(algorithm->algorithm, err);
    return mn_iterations_add(parameters->iter, sum, err);
}
