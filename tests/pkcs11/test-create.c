/* SPDX-License-Identifier: BSD-3-Clause */
/* Keys and certificates that are written: made of their numbers, and what comes of them. */
#include "fixture.h"
#include "pkcs12/certificate.h"
#include "store/key.h"
#include "templates.h"
#include "unit/run-suite.h"

static CK_OBJECT_CLASS certificate_class = CKO_CERTIFICATE, public_class = CKO_PUBLIC_KEY,
                       private_class = CKO_PRIVATE_KEY;
static CK_KEY_TYPE rsa = CKK_RSA, ec = CKK_EC, edwards = MN_CKK_EC_EDWARDS;
static CK_BBOOL yes = CK_TRUE;
static CK_BYTE bytes[64] = {1, 2, 3};
static CK_BYTE p256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};

/* The numbers of an RSA key in memory, by their types. */
static CK_ULONG
rsa_numbers(CK_ATTRIBUTE *out, uint8_t room[][512])
{
    static const struct {
        CK_ATTRIBUTE_TYPE type;
        const char *name;
    } numbers[] = {
        {CKA_MODULUS, "n"},           {CKA_PUBLIC_EXPONENT, "e"},   {CKA_PRIVATE_EXPONENT, "d"},
        {CKA_PRIME_1, "rsa-factor1"}, {CKA_PRIME_2, "rsa-factor2"},
    };

    for (CK_ULONG i = 0; i < 5; i++) {
        BIGNUM *number = NULL;

        ck_assert_int_eq(EVP_PKEY_get_bn_param(keys[0], numbers[i].name, &number), 1);
        out[i] = (CK_ATTRIBUTE){numbers[i].type, room[i], (CK_ULONG)BN_bn2bin(number, room[i])};
        BN_clear_free(number);
    }
    return 5;
}

static void
expect_signature(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_BYTE signature[512];
    CK_ULONG len = sizeof signature;
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    ck_assert_rv(p11->C_SignInit(session, &mechanism, key), CKR_OK);
    ck_assert_rv(p11->C_Sign(session, bytes, sizeof bytes, signature, &len), CKR_OK);
    ck_assert_int_eq(EVP_DigestVerifyInit_ex(context, NULL, "SHA256", NULL, NULL, keys[0], NULL),
                     1);
    ck_assert_int_eq(EVP_DigestVerify(context, signature, len, bytes, sizeof bytes), 1);
    EVP_MD_CTX_free(context);
}

/* 3: without primes, which are worked out; 4: with one alone. */
START_TEST(an_rsa_key_is_made_of_its_numbers)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    uint8_t room[5][512];
    CK_ATTRIBUTE template[9] = {OF(CKA_CLASS, private_class), OF(CKA_KEY_TYPE, rsa),
                                OF(CKA_TOKEN, yes), BYTES(CKA_LABEL, 3)};
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
    CK_BBOOL is_extractable = CK_FALSE;
    CK_BBOOL is_local = CK_TRUE;
    CK_BYTE id[32];
    CK_ATTRIBUTE read[] = {OF(CKA_EXTRACTABLE, is_extractable), OF(CKA_LOCAL, is_local),
                           OF(CKA_ID, id)};

    (void)rsa_numbers(template + 4, room);
    ck_assert_rv(p11->C_CreateObject(session, template, 4 + (CK_ULONG)_i, &made), CKR_OK);
    expect_signature(session, made);
    ck_assert_rv(p11->C_GetAttributeValue(session, made, read, 3), CKR_OK);
    ck_assert(is_extractable == CK_TRUE && is_local == CK_FALSE);
    ck_assert_uint_eq(read[2].ulValueLen, 20);
    room[2][100] ^= 1; /* a private exponent of no key */
    ck_assert_rv(p11->C_CreateObject(session, template, 4 + (CK_ULONG)_i, &made),
                 CKR_ATTRIBUTE_VALUE_INVALID);
}
END_TEST

/* Points that begin like the OCTET STRING that most writers put around them: 04, then the number of
 * bytes that follow. */
static CK_BYTE p256_point[] = {0x04, 0x3f, 0xc4, 0x24, 0x06, 0x7a, 0x1f, 0x67, 0x9b, 0x0f, 0xe2,
                               0xc0, 0xae, 0x10, 0x93, 0x72, 0x4f, 0x62, 0x33, 0x00, 0x2b, 0xe8,
                               0x06, 0x3c, 0xb1, 0xca, 0xd2, 0xcc, 0xcd, 0xb8, 0x5b, 0x08, 0x9e,
                               0x5b, 0xb2, 0x43, 0x00, 0x9e, 0x58, 0x1b, 0xe5, 0x2a, 0xed, 0xbb,
                               0x47, 0xed, 0xa9, 0x8d, 0x26, 0xcf, 0x9f, 0xc8, 0x00, 0xf7, 0x93,
                               0x4c, 0x94, 0x66, 0xaa, 0xae, 0xf8, 0xc6, 0x62, 0x9e, 0xcf};
static CK_BYTE edwards_params[] = {0x06, 0x03, 0x2b, 0x65, 0x70};
static CK_BYTE edwards_point[] = {0x04, 0x1e, 0xb1, 0x6b, 0xa4, 0xbc, 0xff, 0xd9, 0x16, 0x58, 0x0a,
                                  0x9b, 0x73, 0x9f, 0xbd, 0xdb, 0x44, 0xa3, 0x44, 0x31, 0x1c, 0xfa,
                                  0x52, 0x72, 0xc6, 0x2d, 0x17, 0x2b, 0x3e, 0xd1, 0xbf, 0x60};

static void
expect_point(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, const CK_BYTE *point, CK_ULONG len)
{
    CK_BYTE value[2 + sizeof p256_point];
    CK_ATTRIBUTE read = OF(CKA_EC_POINT, value);

    ck_assert_rv(p11->C_GetAttributeValue(session, key, &read, 1), CKR_OK);
    ck_assert_uint_eq(read.ulValueLen, 2 + len);
    ck_assert(value[0] == 0x04 && value[1] == len);
    ck_assert_mem_eq(value + 2, point, len);
}

START_TEST(a_point_may_look_wrapped)
{
    const CK_SESSION_HANDLE session = user_session(0);
    CK_ATTRIBUTE of_p256[] = {OF(CKA_CLASS, public_class), OF(CKA_KEY_TYPE, ec),
                              OF(CKA_EC_PARAMS, p256), OF(CKA_EC_POINT, p256_point)};
    CK_ATTRIBUTE of_edwards[] = {OF(CKA_CLASS, public_class), OF(CKA_KEY_TYPE, edwards),
                                 OF(CKA_EC_PARAMS, edwards_params),
                                 OF(CKA_EC_POINT, edwards_point)};
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_CreateObject(session, of_p256, 4, &made), CKR_OK);
    expect_point(session, made, p256_point, sizeof p256_point);
    ck_assert_rv(p11->C_CreateObject(session, of_edwards, 4, &made), CKR_OK);
    expect_point(session, made, edwards_point, sizeof edwards_point);
}
END_TEST

/* Its private key, 111, comes without its point, which is worked out. */
START_TEST(a_private_key_may_have_such_a_point)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    CK_BYTE scalar[32] = {[31] = 111};
    CK_ATTRIBUTE template[] = {OF(CKA_CLASS, private_class), OF(CKA_KEY_TYPE, ec),
                               OF(CKA_EC_PARAMS, p256), OF(CKA_TOKEN, yes), OF(CKA_VALUE, scalar)};
    CK_BYTE id[20];
    CK_ATTRIBUTE public_half[] = {OF(CKA_CLASS, public_class), OF(CKA_ID, id)};
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE found[16];

    ck_assert_rv(p11->C_CreateObject(session, template, 5, &made), CKR_OK);
    ck_assert_rv(p11->C_GetAttributeValue(session, made, &public_half[1], 1), CKR_OK);
    ck_assert_uint_eq(find(session, public_half, 2, found), 1);
    expect_point(session, found[0], p256_point, sizeof p256_point);
}
END_TEST

/* Written by another program, it is an identity like an acquired one; with its key goes the public
 * key that was made for it. */
START_TEST(a_certificate_and_its_key_are_an_identity)
{
    const CK_SESSION_HANDLE session = open_session(OPEN_SLOT, CKF_RW_SESSION);
    size_t len = 0;
    const uint8_t *der = mn_certificate_der(certificates[0], &len);
    uint8_t room[5][512];
    CK_ATTRIBUTE key[9] = {OF(CKA_CLASS, private_class), OF(CKA_KEY_TYPE, rsa), OF(CKA_TOKEN, yes)};
    CK_ATTRIBUTE certificate[] = {OF(CKA_CLASS, certificate_class),
                                  OF(CKA_TOKEN, yes),
                                  {CKA_VALUE, (uint8_t *)(uintptr_t)der, len}};
    CK_ATTRIBUTE public_keys[] = {OF(CKA_CLASS, public_class), OF(CKA_KEY_TYPE, rsa)};
    CK_OBJECT_HANDLE made[2];
    CK_OBJECT_HANDLE found[16];
    mainet_token *token = mainet_token_open(store, "Open", NULL);
    mainet_identity_list *list = NULL;

    (void)rsa_numbers(key + 3, room);
    ck_assert_rv(p11->C_CreateObject(session, key, 8, &made[0]), CKR_OK);
    ck_assert_rv(p11->C_CreateObject(session, certificate, 3, &made[1]), CKR_OK);
    list = mainet_token_identities(token, NULL);
    ck_assert_uint_eq(mainet_identity_list_count(list), 2);
    mainet_identity_list_free(list);
    ck_assert_uint_eq(find(session, public_keys, 2, found), 1);
    ck_assert_rv(p11->C_DestroyObject(session, made[0]), CKR_OK);
    ck_assert_uint_eq(find(session, public_keys, 2, found), 0);
    mainet_token_free(token);
}
END_TEST

/* The key was given an id, the certificate that comes to it says none. */
START_TEST(a_certificate_gets_the_id_that_its_key_has)
{
    const CK_SESSION_HANDLE session = open_session(OPEN_SLOT, CKF_RW_SESSION);
    size_t len = 0;
    const uint8_t *der = mn_certificate_der(certificates[0], &len);
    uint8_t room[5][512];
    CK_ATTRIBUTE key[10] = {OF(CKA_CLASS, private_class), OF(CKA_KEY_TYPE, rsa), OF(CKA_TOKEN, yes),
                            BYTES(CKA_ID, 2)};
    CK_ATTRIBUTE certificate[] = {OF(CKA_CLASS, certificate_class),
                                  OF(CKA_TOKEN, yes),
                                  {CKA_VALUE, (uint8_t *)(uintptr_t)der, len},
                                  BYTES(CKA_ID, 3)};
    CK_ATTRIBUTE shared[] = {BYTES(CKA_ID, 2)};
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE found[16];

    (void)rsa_numbers(key + 4, room);
    ck_assert_rv(p11->C_CreateObject(session, key, 9, &made), CKR_OK);
    ck_assert_uint_eq(find(session, shared, 1, found), 2); /* its public half has it too */
    ck_assert_rv(p11->C_CreateObject(session, certificate, 3, &made), CKR_OK);
    ck_assert_uint_eq(find(session, shared, 1, found), 3);
    ck_assert_rv(p11->C_CreateObject(session, certificate, 4, &made), CKR_OK);
    ck_assert_uint_eq(find(session, shared, 1, found), 3); /* said is said */
}
END_TEST

/* One that an application writes takes the place of ours, not a place beside it. */
START_TEST(a_public_key_is_not_doubled)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    uint8_t room[5][512];
    CK_ATTRIBUTE key[6] = {OF(CKA_CLASS, public_class), OF(CKA_KEY_TYPE, rsa), OF(CKA_TOKEN, yes),
                           BYTES(CKA_LABEL, 3)};
    CK_ATTRIBUTE numbers[5];
    CK_BYTE label_bytes[32];
    CK_ATTRIBUTE label = {CKA_LABEL, label_bytes, sizeof label_bytes};
    CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE before[16];
    CK_OBJECT_HANDLE after[16];

    (void)rsa_numbers(numbers, room);
    key[4] = numbers[0];
    key[5] = numbers[1];
    ck_assert_uint_eq(find(session, key, 3, before), 1);
    ck_assert_rv(p11->C_GetAttributeValue(session, before[0], &label, 1), CKR_OK);
    ck_assert_rv(p11->C_CreateObject(session, key, 6, &made), CKR_OK);
    label.ulValueLen = sizeof label_bytes;
    ck_assert_rv(p11->C_GetAttributeValue(session, made, &label, 1), CKR_OK);
    ck_assert_uint_eq(label.ulValueLen, key[3].ulValueLen);
    ck_assert_mem_eq(label_bytes, key[3].pValue, label.ulValueLen);
    ck_assert_uint_eq(find(session, key, 3, after), 1);
    ck_assert_uint_eq(after[0], made);
    ck_assert_uint_eq(before[0], made);
    ck_assert_uint_eq(find(session, key, 4, after), 1);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("create");
    TCase *changing = tcase_create("token");

    tcase_set_timeout(changing, 60);
    tcase_add_checked_fixture(changing, set_up, tear_down);
    tcase_add_loop_test(changing, an_rsa_key_is_made_of_its_numbers, 3, 6);
    tcase_add_test(changing, a_point_may_look_wrapped);
    tcase_add_test(changing, a_private_key_may_have_such_a_point);
    tcase_add_test(changing, a_certificate_and_its_key_are_an_identity);
    tcase_add_test(changing, a_certificate_gets_the_id_that_its_key_has);
    tcase_add_test(changing, a_public_key_is_not_doubled);
    suite_add_tcase(suite, changing);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
