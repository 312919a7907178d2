/* SPDX-License-Identifier: BSD-3-Clause */
/* Pairs that are made here: OpenSSL uses the public half, the module the private one. */
#include <openssl/rsa.h>

#include "fixture.h"
#include "templates.h"
#include "unit/run-suite.h"

static CK_BBOOL yes = CK_TRUE;
static CK_BYTE f4[] = {1, 0, 1};
static CK_BYTE three[] = {3};
static CK_BYTE p256[] = {0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07};
static CK_BYTE p192[] = {0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x01};
static CK_BYTE p224[] = {0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x21};
static CK_BYTE p384[] = {0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22};
static CK_BYTE p521[] = {0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x23};
static CK_BYTE k256[] = {0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x0A};
static CK_BYTE ed25519[] = {0x06, 0x03, 0x2B, 0x65, 0x70};
static CK_BYTE p256_name[] = "\x13\x0Aprime256v1";
static CK_BYTE ed25519_name[] = "\x13\x0C"
                                "edwards25519";
static CK_BYTE label[] = "made";

static CK_ULONG bits_2048 = 2048;
static CK_ULONG bits_3072 = 3072;
static CK_ULONG bits_1024 = 1024;
static CK_ULONG bits_1016 = 1016;
static CK_ULONG bits_2049 = 2049;
static CK_ULONG bits_2050 = 2050;
static CK_ULONG bits_8192 = 8192;

#define CURVE(params, len)                                                                         \
    {                                                                                              \
        {                                                                                          \
            CKA_EC_PARAMS, params, len                                                             \
        }                                                                                          \
    }

/* What is asked for, how it is used, and the bits that OpenSSL sees. */
static const struct {
    CK_MECHANISM_TYPE type;
    CK_ATTRIBUTE asked[2];
    CK_ULONG asked_count;
    CK_MECHANISM_TYPE signs_with;
    int bits;
} pair_rows[] = {
    {CKM_RSA_PKCS_KEY_PAIR_GEN,
     {{CKA_MODULUS_BITS, &bits_2048, sizeof bits_2048}, {CKA_PUBLIC_EXPONENT, f4, sizeof f4}},
     2,
     CKM_SHA256_RSA_PKCS,
     2048},
    {CKM_RSA_PKCS_KEY_PAIR_GEN,
     {{CKA_MODULUS_BITS, &bits_3072, sizeof bits_3072}, {CKA_PUBLIC_EXPONENT, three, sizeof three}},
     2,
     CKM_SHA256_RSA_PKCS,
     3072},
    {CKM_RSA_PKCS_KEY_PAIR_GEN,
     {{CKA_MODULUS_BITS, &bits_2048, sizeof bits_2048}},
     1,
     CKM_SHA256_RSA_PKCS,
     2048},
    {CKM_EC_KEY_PAIR_GEN, CURVE(p256, sizeof p256), 1, CKM_ECDSA_SHA256, 256},
    {CKM_EC_KEY_PAIR_GEN, CURVE(p384, sizeof p384), 1, CKM_ECDSA_SHA256, 384},
    {CKM_EC_KEY_PAIR_GEN, CURVE(p521, sizeof p521), 1, CKM_ECDSA_SHA256, 521},
    {CKM_EC_KEY_PAIR_GEN, CURVE(p256_name, sizeof p256_name - 1), 1, CKM_ECDSA_SHA256, 256},
    {CKM_EC_EDWARDS_KEY_PAIR_GEN, CURVE(ed25519, sizeof ed25519), 1, CKM_EDDSA, 256},
    {CKM_EC_EDWARDS_KEY_PAIR_GEN, CURVE(ed25519_name, sizeof ed25519_name - 1), 1, CKM_EDDSA, 256},
    {CKM_RSA_PKCS_KEY_PAIR_GEN,
     {{CKA_MODULUS_BITS, &bits_1024, sizeof bits_1024}},
     1,
     CKM_SHA256_RSA_PKCS,
     1024},
    {CKM_RSA_PKCS_KEY_PAIR_GEN,
     {{CKA_MODULUS_BITS, &bits_2050, sizeof bits_2050}},
     1,
     CKM_SHA256_RSA_PKCS,
     2050},
    {CKM_EC_KEY_PAIR_GEN, CURVE(p224, sizeof p224), 1, CKM_ECDSA_SHA256, 224},
};

typedef struct pair {
    CK_OBJECT_HANDLE public_key;
    CK_OBJECT_HANDLE private_key;
} pair;

static CK_RV
generate_pair(CK_SESSION_HANDLE session, int row, CK_BBOOL on_token, pair *made)
{
    CK_MECHANISM mechanism = {pair_rows[row].type, NULL, 0};
    CK_ATTRIBUTE public_template[5] = {
        {CKA_TOKEN, &on_token, 1}, {CKA_VERIFY, &yes, 1}, {CKA_LABEL, label, sizeof label - 1}};
    CK_ATTRIBUTE private_template[] = {
        {CKA_TOKEN, &on_token, 1}, {CKA_SIGN, &yes, 1}, {CKA_LABEL, label, sizeof label - 1}};

    for (CK_ULONG i = 0; i < pair_rows[row].asked_count; i++)
        public_template[3 + i] = pair_rows[row].asked[i];
    return p11->C_GenerateKeyPair(session, &mechanism, public_template,
                                  3 + pair_rows[row].asked_count, private_template,
                                  COUNT(private_template), &made->public_key, &made->private_key);
}

/* The public key as OpenSSL reads it from CKA_PUBLIC_KEY_INFO of the private one. */
static EVP_PKEY *
read_public(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
    CK_BYTE der[1024];
    CK_ATTRIBUTE info = {0x129UL /* CKA_PUBLIC_KEY_INFO */, der, sizeof der};
    const uint8_t *at = der;

    ck_assert_rv(p11->C_GetAttributeValue(session, key, &info, 1), CKR_OK);
    return d2i_PUBKEY_ex(NULL, &at, (long)info.ulValueLen, mn_crypto_context(), NULL);
}

static bool
openssl_verifies(EVP_PKEY *key, const CK_BYTE *data, CK_ULONG data_len, const CK_BYTE *signature,
                 CK_ULONG signature_len)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    CK_BYTE *der = NULL;
    bool is_right = false;

    if (EVP_PKEY_is_a(key, "EC")) {
        const int half = (int)(signature_len / 2);
        ECDSA_SIG *numbers = ECDSA_SIG_new();

        (void)ECDSA_SIG_set0(numbers, BN_bin2bn(signature, half, NULL),
                             BN_bin2bn(signature + half, half, NULL));
        signature_len = (CK_ULONG)i2d_ECDSA_SIG(numbers, &der);
        ECDSA_SIG_free(numbers);
    }
    is_right =
        EVP_DigestVerifyInit_ex(context, NULL, EVP_PKEY_is_a(key, "ED25519") ? NULL : "SHA256",
                                mn_crypto_context(), NULL, key, NULL) == 1 &&
        EVP_DigestVerify(context, der == NULL ? signature : der, signature_len, data, data_len) ==
            1;
    OPENSSL_free(der);
    EVP_MD_CTX_free(context);
    return is_right;
}

static void
check_pair(CK_SESSION_HANDLE session, int row, const pair *made)
{
    CK_MECHANISM mechanism = {pair_rows[row].signs_with, NULL, 0};
    CK_BYTE data[] = "what is signed";
    CK_BYTE signature[512];
    CK_ULONG len = sizeof signature;
    EVP_PKEY *key = read_public(session, made->private_key);

    ck_assert_ptr_nonnull(key);
    ck_assert_int_eq(EVP_PKEY_get_bits(key), pair_rows[row].bits);
    ck_assert_rv(p11->C_SignInit(session, &mechanism, made->private_key), CKR_OK);
    ck_assert_rv(p11->C_Sign(session, data, sizeof data, signature, &len), CKR_OK);
    ck_assert(openssl_verifies(key, data, sizeof data, signature, len));
    ck_assert_rv(p11->C_VerifyInit(session, &mechanism, made->public_key), CKR_OK);
    ck_assert_rv(p11->C_Verify(session, data, sizeof data, signature, len), CKR_OK);
    EVP_PKEY_free(key);
}

START_TEST(a_pair_of_a_session_signs_and_verifies)
{
    const CK_SESSION_HANDLE session = open_user_session(); /* read-only will do */
    pair made = {0};

    ck_assert_rv(generate_pair(session, _i, CK_FALSE, &made), CKR_OK);
    check_pair(session, _i, &made);
    ck_assert_rv(p11->C_CloseSession(session), CKR_OK);
}
END_TEST

/* Another process, or this one later, finds it. */
START_TEST(a_pair_of_a_token_stays)
{
    CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    pair made = {0};

    ck_assert_rv(generate_pair(session, _i, CK_TRUE, &made), CKR_OK);
    check_pair(session, _i, &made);
    ck_assert_rv(p11->C_Finalize(NULL), CKR_OK);
    ck_assert_rv(p11->C_Initialize(arguments()), CKR_OK);
    session = open_user_session();
    made.public_key = find_one(session, CKO_PUBLIC_KEY, "made");
    made.private_key = find_one(session, CKO_PRIVATE_KEY, "made");
    check_pair(session, _i, &made);
}
END_TEST

START_TEST(a_generated_key_says_so)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    CK_MECHANISM_TYPE by = 0;
    CK_BYTE id[2][64];
    CK_ATTRIBUTE generated = {CKA_KEY_GEN_MECHANISM, &by, sizeof by};
    CK_ATTRIBUTE public_id = {CKA_ID, id[0], sizeof id[0]};
    CK_ATTRIBUTE private_id = {CKA_ID, id[1], sizeof id[1]};
    CK_ATTRIBUTE value = {CKA_VALUE, NULL, 0};
    pair made = {0};

    ck_assert_rv(generate_pair(session, 3, CK_TRUE, &made), CKR_OK);
    ck_assert_rv(p11->C_GetAttributeValue(session, made.private_key, &generated, 1), CKR_OK);
    ck_assert_uint_eq(by, CKM_EC_KEY_PAIR_GEN);
    expect_bool(session, made.private_key, CKA_LOCAL, CK_TRUE);
    expect_bool(session, made.public_key, CKA_LOCAL, CK_TRUE);
    expect_bool(session, made.private_key, CKA_SENSITIVE, CK_TRUE);
    expect_bool(session, made.private_key, CKA_EXTRACTABLE, CK_FALSE);
    expect_bool(session, made.private_key, CKA_ALWAYS_SENSITIVE, CK_TRUE);
    expect_bool(session, made.private_key, CKA_NEVER_EXTRACTABLE, CK_TRUE);
    expect_bool(session, made.private_key, CKA_PRIVATE, CK_TRUE);
    expect_bool(session, made.public_key, CKA_PRIVATE, CK_FALSE);
    ck_assert_rv(p11->C_GetAttributeValue(session, made.private_key, &value, 1),
                 CKR_ATTRIBUTE_SENSITIVE);
    ck_assert_rv(p11->C_GetAttributeValue(session, made.public_key, &public_id, 1), CKR_OK);
    ck_assert_rv(p11->C_GetAttributeValue(session, made.private_key, &private_id, 1), CKR_OK);
    ck_assert_uint_eq(public_id.ulValueLen, 20);
    ck_assert_mem_eq(id[0], id[1], 20);
}
END_TEST

/* Java makes a pair for a handshake without saying what for; what stays in a token was asked. */
START_TEST(a_pair_of_a_session_may_agree)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    pair made = {0};

    ck_assert_rv(generate_pair(session, 3, CK_FALSE, &made), CKR_OK);
    expect_bool(session, made.private_key, CKA_DERIVE, CK_TRUE);
    ck_assert_rv(generate_pair(session, 3, CK_TRUE, &made), CKR_OK);
    expect_bool(session, made.private_key, CKA_DERIVE, CK_FALSE);
}
END_TEST

/* PKCS#11 v3.0, 2.3.1: Java gives r and s as long as the longer needs, which P-521 often shows. */
START_TEST(a_signature_may_lack_leading_zeros)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_MECHANISM mechanism = {CKM_ECDSA_SHA256, NULL, 0};
    CK_BYTE data[] = "what is signed";
    CK_BYTE signature[132] = {1};
    CK_ULONG len = sizeof signature;
    pair made = {0};

    ck_assert_rv(generate_pair(session, 5, CK_FALSE, &made), CKR_OK);
    for (int i = 0; i < 1000 && (signature[0] != 0 || signature[66] != 0); i++) {
        ck_assert_rv(p11->C_SignInit(session, &mechanism, made.private_key), CKR_OK);
        ck_assert_rv(p11->C_Sign(session, data, sizeof data, signature, &len), CKR_OK);
    }
    memmove(signature, signature + 1, 65);
    memmove(signature + 65, signature + 67, 65);
    ck_assert_rv(p11->C_VerifyInit(session, &mechanism, made.public_key), CKR_OK);
    ck_assert_rv(p11->C_Verify(session, data, sizeof data, signature, 130), CKR_OK);
    ck_assert_rv(p11->C_VerifyInit(session, &mechanism, made.public_key), CKR_OK);
    ck_assert_rv(p11->C_Verify(session, data, sizeof data, signature, 128), CKR_SIGNATURE_INVALID);
    ck_assert_rv(p11->C_VerifyInit(session, &mechanism, made.public_key), CKR_OK);
    ck_assert_rv(p11->C_Verify(session, data, sizeof data, signature, 129),
                 CKR_SIGNATURE_LEN_RANGE);
    ck_assert_rv(p11->C_VerifyInit(session, &mechanism, made.public_key), CKR_OK);
    ck_assert_rv(p11->C_Verify(session, data, sizeof data, signature, 0), CKR_SIGNATURE_LEN_RANGE);
    ck_assert_rv(p11->C_VerifyInit(session, &mechanism, made.public_key), CKR_OK);
    ck_assert_rv(p11->C_Verify(session, data, sizeof data, signature, 134),
                 CKR_SIGNATURE_LEN_RANGE);
}
END_TEST

static CK_BYTE zero[] = {0};
static CK_BYTE one[] = {0, 1};
static CK_BYTE four[] = {4};
static CK_BYTE long_exponent[] = {1, 0, 0, 0, 0, 0, 0, 0, 1};

#define BITS(bits)                                                                                 \
    {                                                                                              \
        CKA_MODULUS_BITS, &(bits), sizeof(bits)                                                    \
    }

static const struct {
    CK_MECHANISM mechanism;
    CK_ATTRIBUTE asked[2];
    CK_ULONG asked_count;
    CK_RV expected;
} refusal_rows[] = {
    {{CKM_RSA_X_509, NULL, 0}, {BITS(bits_2048)}, 1, CKR_MECHANISM_INVALID},
    {{CKM_AES_KEY_GEN, NULL, 0}, {BITS(bits_2048)}, 1, CKR_MECHANISM_INVALID},
    {{CKM_RSA_PKCS_KEY_PAIR_GEN, zero, 1}, {BITS(bits_2048)}, 1, CKR_MECHANISM_PARAM_INVALID},
    {{CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0}, {{0}}, 0, CKR_TEMPLATE_INCOMPLETE},
    {{CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0}, {BITS(bits_1016)}, 1, CKR_ATTRIBUTE_VALUE_INVALID},
    {{CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0}, {BITS(bits_2049)}, 1, CKR_ATTRIBUTE_VALUE_INVALID},
    {{CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0}, {BITS(bits_8192)}, 1, CKR_ATTRIBUTE_VALUE_INVALID},
    {{CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0},
     {BITS(bits_2048), {CKA_PUBLIC_EXPONENT, one, sizeof one}},
     2,
     CKR_ATTRIBUTE_VALUE_INVALID},
    {{CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0},
     {BITS(bits_2048), {CKA_PUBLIC_EXPONENT, four, sizeof four}},
     2,
     CKR_ATTRIBUTE_VALUE_INVALID},
    {{CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0},
     {BITS(bits_2048), {CKA_PUBLIC_EXPONENT, long_exponent, sizeof long_exponent}},
     2,
     CKR_ATTRIBUTE_VALUE_INVALID},
    {{CKM_EC_KEY_PAIR_GEN, NULL, 0}, {{0}}, 0, CKR_TEMPLATE_INCOMPLETE},
    {{CKM_EC_KEY_PAIR_GEN, NULL, 0}, CURVE(p192, sizeof p192), 1, CKR_CURVE_NOT_SUPPORTED},
    {{CKM_EC_KEY_PAIR_GEN, NULL, 0}, CURVE(k256, sizeof k256), 1, CKR_CURVE_NOT_SUPPORTED},
    {{CKM_EC_KEY_PAIR_GEN, NULL, 0}, CURVE(ed25519, sizeof ed25519), 1, CKR_CURVE_NOT_SUPPORTED},
    {{CKM_EC_EDWARDS_KEY_PAIR_GEN, NULL, 0}, CURVE(p256, sizeof p256), 1, CKR_CURVE_NOT_SUPPORTED},
    {{CKM_EC_KEY_PAIR_GEN, NULL, 0}, CURVE(p256, sizeof p256 - 1), 1, CKR_ATTRIBUTE_VALUE_INVALID},
    {{CKM_EC_KEY_PAIR_GEN, NULL, 0},
     CURVE(p256_name, sizeof p256_name - 2),
     1,
     CKR_ATTRIBUTE_VALUE_INVALID},
};

START_TEST(a_pair_that_cannot_be_is_refused)
{
    const CK_SESSION_HANDLE session = user_session(CKF_RW_SESSION);
    CK_MECHANISM mechanism = refusal_rows[_i].mechanism;
    CK_ATTRIBUTE template[2];
    pair made = {1234, 4321};

    memcpy(template, refusal_rows[_i].asked, sizeof template);
    ck_assert_rv(p11->C_GenerateKeyPair(session, &mechanism, template, refusal_rows[_i].asked_count,
                                        NULL, 0, &made.public_key, &made.private_key),
                 refusal_rows[_i].expected);
    ck_assert_uint_eq(made.public_key, 1234);
    ck_assert_uint_eq(made.private_key, 4321);
}
END_TEST

START_TEST(a_pair_is_made_by_the_rules_of_sessions)
{
    CK_SESSION_HANDLE session = open_session(SLOT, CKF_RW_SESSION);
    CK_MECHANISM mechanism = {CKM_EC_KEY_PAIR_GEN, NULL, 0};
    CK_ATTRIBUTE template[] = {{CKA_EC_PARAMS, p256, sizeof p256}};
    CK_ATTRIBUTE private = {CKA_PRIVATE, &yes, 1};
    pair made = {0};

    ck_assert_rv(generate_pair(session, 3, CK_TRUE, &made), CKR_USER_NOT_LOGGED_IN);
    ck_assert_rv(generate_pair(session, 3, CK_FALSE, &made), CKR_OK); /* nobody's secret */
    ck_assert_rv(p11->C_GenerateKeyPair(session, &mechanism, template, 1, &private, 1,
                                        &made.public_key, &made.private_key),
                 CKR_USER_NOT_LOGGED_IN);
    session = open_user_session();
    ck_assert_rv(generate_pair(session, 3, CK_TRUE, &made), CKR_SESSION_READ_ONLY);
    ck_assert_rv(p11->C_GenerateKeyPair(0, &mechanism, template, 1, NULL, 0, &made.public_key,
                                        &made.private_key),
                 CKR_SESSION_HANDLE_INVALID);
    ck_assert_rv(p11->C_GenerateKeyPair(session, NULL, template, 1, NULL, 0, &made.public_key,
                                        &made.private_key),
                 CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_GenerateKeyPair(session, &mechanism, NULL, 1, NULL, 0, &made.public_key,
                                        &made.private_key),
                 CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_GenerateKeyPair(session, &mechanism, template, 1, NULL, 1, &made.public_key,
                                        &made.private_key),
                 CKR_ARGUMENTS_BAD);
    ck_assert_rv(
        p11->C_GenerateKeyPair(session, &mechanism, template, 1, NULL, 0, NULL, &made.private_key),
        CKR_ARGUMENTS_BAD);
    ck_assert_rv(
        p11->C_GenerateKeyPair(session, &mechanism, template, 1, NULL, 0, &made.public_key, NULL),
        CKR_ARGUMENTS_BAD);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("generate");
    TCase *all = tcase_create("session");
    TCase *writes = tcase_create("token");

    tcase_set_timeout(all, 60);
    tcase_add_unchecked_fixture(all, make_store, remove_store);
    tcase_add_checked_fixture(all, start_module, stop_module);
    tcase_add_loop_test(all, a_pair_of_a_session_signs_and_verifies, 0, COUNT(pair_rows));
    tcase_add_loop_test(all, a_pair_that_cannot_be_is_refused, 0, COUNT(refusal_rows));
    tcase_add_test(all, a_pair_is_made_by_the_rules_of_sessions);
    suite_add_tcase(suite, all);
    tcase_set_timeout(writes, 60);
    tcase_add_checked_fixture(writes, set_up, tear_down);
    tcase_add_loop_test(writes, a_pair_of_a_token_stays, 2, COUNT(pair_rows));
    tcase_add_test(writes, a_generated_key_says_so);
    tcase_add_test(writes, a_pair_of_a_session_may_agree);
    tcase_add_test(writes, a_signature_may_lack_leading_zeros);
    suite_add_tcase(suite, writes);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
