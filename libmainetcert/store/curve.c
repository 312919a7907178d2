/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/curve.h"

#include <stdbool.h>
#include <string.h>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/objects.h>

#define NAME_MAX_LEN 31
#define PARAMS_MAX_LEN 4096 /* of P-521, spelled out with its seed, are 454 */

/* What programs write beside the names that OpenSSL knows, and what GnuPG called Ed25519. */
static const struct {
    const char *said;
    const char *name;
} others[] = {
    {"secp256r1", SN_X9_62_prime256v1},
    {"nistp256", SN_X9_62_prime256v1},
    {"nistp384", SN_secp384r1},
    {"nistp521", SN_secp521r1},
    {"edwards25519", SN_ED25519},
    {"Ed25519", SN_ED25519},
    {"1.3.6.1.4.1.11591.15.1", SN_ED25519},
};

static const char *
find_other(const char *said)
{
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strcmp(others[i].said, said) == 0)
            return others[i].name;
    }
    return NULL;
}

static const char *
name_of(int curve)
{
    return curve == NID_undef ? NULL : OBJ_nid2sn(curve);
}

static const char *
of_oid(const uint8_t *params, size_t params_len)
{
    const uint8_t *at = params;
    ASN1_OBJECT *oid = d2i_ASN1_OBJECT(NULL, &at, (long)params_len);
    const bool is_whole = oid != NULL && at == params + params_len;
    const char *name = is_whole ? name_of(OBJ_obj2nid(oid)) : NULL;
    char numbers[NAME_MAX_LEN + 1];

    if (is_whole && name == NULL && OBJ_obj2txt(numbers, (int)sizeof numbers, oid, 1) > 0)
        name = find_other(numbers);
    ASN1_OBJECT_free(oid);
    return name;
}

static const char *
of_printable(const uint8_t *params, size_t params_len)
{
    char said[NAME_MAX_LEN + 1] = {0};
    const size_t len = params_len - 2;
    int curve = NID_undef;

    if (params[1] != len || len > NAME_MAX_LEN || memchr(params + 2, 0, len) != NULL)
        return NULL;
    memcpy(said, params + 2, len);
    curve = EC_curve_nist2nid(said);
    if (curve == NID_undef)
        curve = OBJ_sn2nid(said);
    return curve == NID_undef ? find_other(said) : name_of(curve);
}

/* Spelled out, a curve may have any generator. OpenSSL gives a name to what equals a named curve,
 * whatever the seed and the cofactor that come with it; a key is made by that name, never of these
 * numbers. */
static const char *
of_numbers(const uint8_t *params, size_t params_len)
{
    const uint8_t *at = params;
    EC_GROUP *group = d2i_ECPKParameters(NULL, &at, (long)params_len);
    const bool is_whole = group != NULL && at == params + params_len;
    const char *name = is_whole ? name_of(EC_GROUP_get_curve_name(group)) : NULL;

    EC_GROUP_free(group);
    return name;
}

const char *
mn_curve_name(const uint8_t *params, size_t params_len)
{
    const char *name = NULL;

    if (params_len < 3 || params_len > PARAMS_MAX_LEN)
        return NULL;
    ERR_set_mark();
    if (params[0] == V_ASN1_OBJECT)
        name = of_oid(params, params_len);
    else if (params[0] == V_ASN1_PRINTABLESTRING)
        name = of_printable(params, params_len);
    else if (params[0] == (V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED))
        name = of_numbers(params, params_len);
    ERR_pop_to_mark();
    return name;
}
