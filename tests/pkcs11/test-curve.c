/* SPDX-License-Identifier: BSD-3-Clause */
/* A curve may be said by its OID, by its name or by its numbers (X9.62); told is what was said. */
#include <openssl/ec.h>

#include "fixture.h"
#include "unit/run-suite.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static CK_OBJECT_CLASS public_class = CKO_PUBLIC_KEY;
static CK_OBJECT_CLASS private_class = CKO_PRIVATE_KEY;
static CK_BYTE text[] = "text";

typedef enum form { BY_OID, BY_NAME, BY_NUMBERS } form;

static const struct {
    const char *group; /* OpenSSL's name */
    form form;
    const char *said; /* the OID or the name, as DER */
} curves[] = {
    {"P-224", BY_OID, "\x06\x05\x2B\x81\x04\x00\x21"},
    {"P-256", BY_OID, "\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x07"},
    {"P-384", BY_OID, "\x06\x05\x2B\x81\x04\x00\x22"},
    {"P-521", BY_OID, "\x06\x05\x2B\x81\x04\x00\x23"},
    {"P-256", BY_NAME, "\x13\x09secp256r1"},
    {"P-256", BY_NAME, "\x13\x0Aprime256v1"},
    {"P-256", BY_NAME, "\x13\x05P-256"},
    {"P-384", BY_NAME, "\x13\x09secp384r1"},
    {"P-521", BY_NAME, "\x13\x08nistp521"},
    {"P-224", BY_NUMBERS, NULL},
    {"P-256", BY_NUMBERS, NULL},
    {"P-384", BY_NUMBERS, NULL},
    {"P-521", BY_NUMBERS, NULL},
    {"ED25519", BY_OID, "\x06\x03\x2B\x65\x70"},
    {"ED25519", BY_OID, "\x06\x09\x2B\x06\x01\x04\x01\xDA\x47\x0F\x01"},
    {"ED25519", BY_NAME,
     "\x13\x0C"
     "edwards25519"},
};

static bool
is_edwards(const char *group)
{
    return strcmp(group, "ED25519") == 0;
}

static EC_GROUP *
new_group(const char *name)
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(EC_curve_nist2nid(name));

    ck_assert_ptr_nonnull(group);
    EC_GROUP_set_asn1_flag(group, OPENSSL_EC_EXPLICIT_CURVE);
    return group;
}

static CK_ULONG
encode(const EC_GROUP *group, CK_BYTE out[512])
{
    const int len = i2d_ECPKParameters(group, NULL);

    ck_assert(len > 0 && len <= 512);
    ck_assert_int_eq(i2d_ECPKParameters(group, &out), len);
    return (CK_ULONG)len;
}

static CK_ATTRIBUTE
params_of(size_t row, CK_BYTE room[512])
{
    EC_GROUP *group = NULL;
    CK_ULONG len = 0;

    if (curves[row].form != BY_NUMBERS) {
        len = 2UL + (CK_ULONG)curves[row].said[1];
        memcpy(room, curves[row].said, len);
        return (CK_ATTRIBUTE){CKA_EC_PARAMS, room, len};
    }
    group = new_group(curves[row].group);
    len = encode(group, room);
    EC_GROUP_free(group);
    return (CK_ATTRIBUTE){CKA_EC_PARAMS, room, len};
}

static void
expect_told(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, const CK_ATTRIBUTE *params)
{
    CK_BYTE value[512];
    CK_ATTRIBUTE told = {CKA_EC_PARAMS, value, sizeof value};

    ck_assert_rv(p11->C_GetAttributeValue(session, key, &told, 1), CKR_OK);
    ck_assert_uint_eq(told.ulValueLen, params->ulValueLen);
    ck_assert_mem_eq(value, params->pValue, params->ulValueLen);
}

static void
expect_pair(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE public_key, CK_OBJECT_HANDLE private_key,
            bool edwards)
{
    CK_MECHANISM mechanism = {edwards ? CKM_EDDSA : CKM_ECDSA_SHA256, NULL, 0};
    CK_BYTE signature[256];
    CK_ULONG len = sizeof signature;

    ck_assert_rv(p11->C_SignInit(session, &mechanism, private_key), CKR_OK);
    ck_assert_rv(p11->C_Sign(session, text, sizeof text, signature, &len), CKR_OK);
    ck_assert_rv(p11->C_VerifyInit(session, &mechanism, public_key), CKR_OK);
    ck_assert_rv(p11->C_Verify(session, text, sizeof text, signature, len), CKR_OK);
}

START_TEST(a_key_is_generated_on_a_curve_that_is_said_somehow)
{
    const CK_SESSION_HANDLE session = open_session(OPEN_SLOT, CKF_RW_SESSION);
    const bool edwards = is_edwards(curves[_i].group);
    CK_BYTE room[512];
    CK_BBOOL yes = CK_TRUE;
    CK_ATTRIBUTE public_template[] = {params_of((size_t)_i, room), {CKA_TOKEN, &yes, 1}};
    CK_ATTRIBUTE private_template[] = {{CKA_TOKEN, &yes, 1}};
    CK_MECHANISM mechanism = {edwards ? CKM_EC_EDWARDS_KEY_PAIR_GEN : CKM_EC_KEY_PAIR_GEN, NULL, 0};
    CK_OBJECT_HANDLE pair[2] = {CK_INVALID_HANDLE, CK_INVALID_HANDLE};

    ck_assert_rv(p11->C_GenerateKeyPair(session, &mechanism, public_template, 2, private_template,
                                        1, &pair[0], &pair[1]),
                 CKR_OK);
    for (size_t i = 0; i < 2; i++)
        expect_told(session, pair[i], public_template);
    expect_pair(session, pair[0], pair[1], edwards);
}
END_TEST

/* The numbers of a key that OpenSSL made: the private one, and the point without its wrapping. */
static void
make_numbers(const char *group, CK_BYTE value[66], CK_ULONG *value_len, CK_BYTE point[133],
             CK_ULONG *point_len)
{
    EVP_PKEY *key = is_edwards(group) ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")
                                      : EVP_PKEY_Q_keygen(NULL, NULL, "EC", group);
    BIGNUM *number = NULL;
    size_t len = 0;

    ck_assert_ptr_nonnull(key);
    *value_len = ((CK_ULONG)EVP_PKEY_get_bits(key) + 7) / 8;
    if (is_edwards(group)) {
        len = *value_len = 32;
        ck_assert_int_eq(EVP_PKEY_get_raw_private_key(key, value, &len), 1);
        ck_assert_int_eq(EVP_PKEY_get_raw_public_key(key, point, &len), 1);
    } else {
        ck_assert_int_eq(EVP_PKEY_get_bn_param(key, "priv", &number), 1);
        ck_assert_int_gt(BN_bn2binpad(number, value, (int)*value_len), 0);
        ck_assert_int_eq(EVP_PKEY_get_octet_string_param(key, "pub", point, 133, &len), 1);
        BN_free(number);
    }
    *point_len = len;
    EVP_PKEY_free(key);
}

START_TEST(a_key_is_created_on_a_curve_that_is_said_somehow)
{
    const CK_SESSION_HANDLE session = open_session(OPEN_SLOT, 0);
    const bool edwards = is_edwards(curves[_i].group);
    CK_KEY_TYPE type = edwards ? CKK_EC_EDWARDS : CKK_EC;
    CK_BYTE value[66], point[133], room[512];
    CK_ATTRIBUTE template[] = {{CKA_CLASS, &private_class, sizeof private_class},
                               {CKA_KEY_TYPE, &type, sizeof type},
                               {CKA_VALUE, value, 0},
                               params_of((size_t)_i, room)};
    CK_OBJECT_HANDLE pair[2] = {CK_INVALID_HANDLE, CK_INVALID_HANDLE};
    CK_ULONG point_len = 0;

    make_numbers(curves[_i].group, value, &template[2].ulValueLen, point, &point_len);
    ck_assert_rv(p11->C_CreateObject(session, template, 4, &pair[1]), CKR_OK);
    template[0].pValue = &public_class;
    template[2] = (CK_ATTRIBUTE){CKA_EC_POINT, point, point_len};
    ck_assert_rv(p11->C_CreateObject(session, template, 4, &pair[0]), CKR_OK);
    for (size_t i = 0; i < 2; i++)
        expect_told(session, pair[i], &template[3]);
    expect_pair(session, pair[0], pair[1], edwards);
}
END_TEST

/* As CVE-2020-0601 was: the point is another's, and a generator was found to fit. */
static void
change_generator(EC_GROUP *group)
{
    const BIGNUM *order = EC_GROUP_get0_order(group);
    EC_POINT *twice = EC_POINT_new(group);

    ck_assert_int_eq(EC_POINT_dbl(group, twice, EC_GROUP_get0_generator(group), NULL), 1);
    ck_assert_int_eq(EC_GROUP_set_generator(group, twice, order, EC_GROUP_get0_cofactor(group)), 1);
    EC_POINT_free(twice);
}

static CK_RV
create_public(const CK_BYTE *params, CK_ULONG params_len, CK_KEY_TYPE type, CK_ATTRIBUTE point)
{
    const CK_SESSION_HANDLE session = open_session(OPEN_SLOT, 0);
    CK_ATTRIBUTE template[] = {{CKA_CLASS, &public_class, sizeof public_class},
                               {CKA_KEY_TYPE, &type, sizeof type},
                               {CKA_EC_PARAMS, (CK_BYTE *)(uintptr_t)params, params_len},
                               point};
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;

    return p11->C_CreateObject(session, template, 4, &made);
}

START_TEST(a_curve_that_is_nearly_a_named_one_is_none)
{
    /* of the prime, of a and b, of the generator's x and y, of the order */
    static const size_t inside[] = {25, 60, 100, 160, 200, 230};
    CK_BYTE value[66], point[133], room[512];
    CK_ULONG value_len = 0, len = 0;
    CK_ATTRIBUTE attribute = {CKA_EC_POINT, point, 0};
    EC_GROUP *group = new_group("P-256");

    make_numbers("P-256", value, &value_len, point, &attribute.ulValueLen);
    len = encode(group, room);
    ck_assert_uint_eq(len, 250);
    ck_assert_rv(create_public(room, len, CKK_EC, attribute), CKR_OK);
    ck_assert_rv(create_public(room, len + 1, CKK_EC, attribute), CKR_ATTRIBUTE_VALUE_INVALID);
    ck_assert_rv(create_public(room, len - 1, CKK_EC, attribute), CKR_ATTRIBUTE_VALUE_INVALID);
    for (size_t i = 0; i < COUNT(inside); i++) {
        room[inside[i]] ^= 1;
        ck_assert_rv(create_public(room, len, CKK_EC, attribute), CKR_ATTRIBUTE_VALUE_INVALID);
        room[inside[i]] ^= 1;
    }
    change_generator(group);
    len = encode(group, room);
    ck_assert_rv(create_public(room, len, CKK_EC, attribute), CKR_ATTRIBUTE_VALUE_INVALID);
    EC_GROUP_free(group);
}
END_TEST

/* Ed448 and X25519 have keys of the same kind, or of the same length. */
START_TEST(an_edwards_key_is_of_the_curve_that_it_says)
{
    static const CK_BYTE ed448[] = {0x06, 0x03, 0x2B, 0x65, 0x71};
    static const CK_BYTE x25519[] = {0x06, 0x03, 0x2B, 0x65, 0x6E};
    static const CK_BYTE ed25519[] = {0x06, 0x03, 0x2B, 0x65, 0x70};
    CK_BYTE value[66], point[133];
    CK_ULONG value_len = 0;
    CK_ATTRIBUTE attribute = {CKA_EC_POINT, point, 0};

    make_numbers("ED25519", value, &value_len, point, &attribute.ulValueLen);
    ck_assert_rv(create_public(ed25519, 5, CKK_EC_EDWARDS, attribute), CKR_OK);
    ck_assert_rv(create_public(ed448, 5, CKK_EC_EDWARDS, attribute), CKR_CURVE_NOT_SUPPORTED);
    ck_assert_rv(create_public(x25519, 5, CKK_EC_EDWARDS, attribute), CKR_CURVE_NOT_SUPPORTED);
    ck_assert_rv(create_public(ed25519, 4, CKK_EC_EDWARDS, attribute), CKR_ATTRIBUTE_VALUE_INVALID);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("curve");
    TCase *all = tcase_create("curve");

    tcase_set_timeout(all, 120);
    tcase_add_unchecked_fixture(all, make_store, remove_store);
    tcase_add_checked_fixture(all, start_module, stop_module);
    tcase_add_loop_test(all, a_key_is_generated_on_a_curve_that_is_said_somehow, 0, COUNT(curves));
    tcase_add_loop_test(all, a_key_is_created_on_a_curve_that_is_said_somehow, 0, COUNT(curves));
    tcase_add_test(all, a_curve_that_is_nearly_a_named_one_is_none);
    tcase_add_test(all, an_edwards_key_is_of_the_curve_that_it_says);
    suite_add_tcase(suite, all);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
