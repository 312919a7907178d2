/* SPDX-License-Identifier: BSD-3-Clause */
/* Signing, with OpenSSL as the judge, and verifying. */
#include <openssl/rsa.h>

#include "fixture.h"
#include "unit/run-suite.h"

static CK_RSA_PKCS_PSS_PARAMS pss_sha1 = {CKM_SHA_1, CKG_MGF1_SHA1, 20};
static CK_RSA_PKCS_PSS_PARAMS pss_sha256 = {CKM_SHA256, CKG_MGF1_SHA256, 32};
static CK_RSA_PKCS_PSS_PARAMS pss_sha384 = {CKM_SHA384, CKG_MGF1_SHA384, 48};
static CK_RSA_PKCS_PSS_PARAMS pss_sha3 = {CKM_SHA3_256, CKG_MGF1_SHA3_256, 32};
static CK_RSA_PKCS_PSS_PARAMS pss_sha3_mgf = {CKM_SHA3_512, CKG_MGF1_SHA1, 20};
static CK_RSA_PKCS_PSS_PARAMS pss_no_salt = {CKM_SHA256, CKG_MGF1_SHA256, 0};
static CK_RSA_PKCS_PSS_PARAMS pss_two_hashes = {CKM_SHA256, CKG_MGF1_SHA1, 32};
static CK_RSA_PKCS_PSS_PARAMS pss_salty = {CKM_SHA256, CKG_MGF1_SHA256, 223};
static CK_RSA_PKCS_PSS_PARAMS pss_no_hash = {CKM_MD5, CKG_MGF1_SHA256, 32};
static CK_RSA_PKCS_PSS_PARAMS pss_no_mgf = {CKM_SHA256, 99, 32};
static CK_EDDSA_PARAMS pure = {CK_FALSE, 0, NULL};
static CK_EDDSA_PARAMS hashed = {CK_TRUE, 0, NULL};
static CK_BYTE data[1000];

#define PSS(params) &(params), sizeof(params)

/* What is signed, by which key, and how OpenSSL would verify it. */
static const struct {
    CK_MECHANISM mechanism;
    size_t key;
    CK_ULONG data_len;
    const char *digest; /* NULL: the data are what is signed */
    int padding;
    const char *pss_digest;
    const char *mgf_digest;
} sign_rows[] = {
    {{CKM_RSA_PKCS, NULL, 0}, 0, 36, NULL, RSA_PKCS1_PADDING, NULL, NULL},
    {{CKM_RSA_PKCS, NULL, 0}, 0, 245, NULL, RSA_PKCS1_PADDING, NULL, NULL},
    {{CKM_RSA_X_509, NULL, 0}, 0, 256, NULL, RSA_NO_PADDING, NULL, NULL},
    {{CKM_SHA1_RSA_PKCS, NULL, 0}, 0, 1000, "SHA1", RSA_PKCS1_PADDING, NULL, NULL},
    {{CKM_SHA224_RSA_PKCS, NULL, 0}, 0, 1000, "SHA224", RSA_PKCS1_PADDING, NULL, NULL},
    {{CKM_SHA256_RSA_PKCS, NULL, 0}, 0, 0, "SHA256", RSA_PKCS1_PADDING, NULL, NULL},
    {{CKM_SHA384_RSA_PKCS, NULL, 0}, 0, 1000, "SHA384", RSA_PKCS1_PADDING, NULL, NULL},
    {{CKM_SHA512_RSA_PKCS, NULL, 0}, 0, 1000, "SHA512", RSA_PKCS1_PADDING, NULL, NULL},
    {{CKM_RSA_PKCS_PSS, PSS(pss_sha256)}, 0, 32, NULL, RSA_PKCS1_PSS_PADDING, "SHA256", "SHA256"},
    {{CKM_RSA_PKCS_PSS, PSS(pss_no_salt)}, 0, 32, NULL, RSA_PKCS1_PSS_PADDING, "SHA256", "SHA256"},
    {{CKM_RSA_PKCS_PSS, PSS(pss_two_hashes)}, 0, 32, NULL, RSA_PKCS1_PSS_PADDING, "SHA256", "SHA1"},
    {{CKM_SHA1_RSA_PKCS_PSS, PSS(pss_sha1)}, 0, 9, "SHA1", RSA_PKCS1_PSS_PADDING, "SHA1", "SHA1"},
    {{CKM_SHA256_RSA_PKCS_PSS, PSS(pss_sha256)},
     0,
     1000,
     "SHA256",
     RSA_PKCS1_PSS_PADDING,
     "SHA256",
     "SHA256"},
    {{CKM_SHA384_RSA_PKCS_PSS, PSS(pss_sha384)},
     0,
     1000,
     "SHA384",
     RSA_PKCS1_PSS_PADDING,
     "SHA384",
     "SHA384"},
    {{CKM_ECDSA, NULL, 0}, 1, 32, NULL, 0, NULL, NULL},
    {{CKM_ECDSA, NULL, 0}, 1, 64, NULL, 0, NULL, NULL},
    {{CKM_ECDSA_SHA1, NULL, 0}, 1, 1000, "SHA1", 0, NULL, NULL},
    {{CKM_ECDSA_SHA224, NULL, 0}, 1, 1000, "SHA224", 0, NULL, NULL},
    {{CKM_ECDSA_SHA256, NULL, 0}, 1, 1000, "SHA256", 0, NULL, NULL},
    {{CKM_ECDSA_SHA384, NULL, 0}, 1, 0, "SHA384", 0, NULL, NULL},
    {{CKM_ECDSA_SHA512, NULL, 0}, 1, 1000, "SHA512", 0, NULL, NULL},
    {{CKM_EDDSA, NULL, 0}, 2, 1000, NULL, 0, NULL, NULL},
    {{CKM_EDDSA, PSS(pure)}, 2, 0, NULL, 0, NULL, NULL},
    {{CKM_SHA3_224_RSA_PKCS, NULL, 0}, 0, 1000, "SHA3-224", RSA_PKCS1_PADDING, NULL, NULL},
    {{CKM_ECDSA_SHA3_224, NULL, 0}, 1, 1000, "SHA3-224", 0, NULL, NULL},
    {{CKM_SHA3_256_RSA_PKCS, NULL, 0}, 0, 1000, "SHA3-256", RSA_PKCS1_PADDING, NULL, NULL},
    {{CKM_ECDSA_SHA3_256, NULL, 0}, 1, 1000, "SHA3-256", 0, NULL, NULL},
    {{CKM_SHA3_384_RSA_PKCS, NULL, 0}, 0, 1000, "SHA3-384", RSA_PKCS1_PADDING, NULL, NULL},
    {{CKM_ECDSA_SHA3_384, NULL, 0}, 1, 1000, "SHA3-384", 0, NULL, NULL},
    {{CKM_SHA3_512_RSA_PKCS, NULL, 0}, 0, 1000, "SHA3-512", RSA_PKCS1_PADDING, NULL, NULL},
    {{CKM_ECDSA_SHA3_512, NULL, 0}, 1, 1000, "SHA3-512", 0, NULL, NULL},
    {{CKM_SHA3_256_RSA_PKCS_PSS, PSS(pss_sha3)},
     0,
     1000,
     "SHA3-256",
     RSA_PKCS1_PSS_PADDING,
     "SHA3-256",
     "SHA3-256"},
    {{CKM_SHA3_512_RSA_PKCS_PSS, PSS(pss_sha3_mgf)},
     0,
     1000,
     "SHA3-512",
     RSA_PKCS1_PSS_PADDING,
     "SHA3-512",
     "SHA1"},
    {{CKM_RSA_PKCS_PSS, PSS(pss_sha3)}, 0, 32, NULL, RSA_PKCS1_PSS_PADDING, "SHA3-256", "SHA3-256"},
};

#define SIGN_ROW_COUNT (int)(sizeof sign_rows / sizeof *sign_rows)

static bool
verifies_eddsa(EVP_PKEY *key, CK_ULONG len, const CK_BYTE *signature, CK_ULONG signature_len)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool is_right =
        EVP_DigestVerifyInit_ex(context, NULL, NULL, mn_crypto_context(), NULL, key, NULL) == 1 &&
        EVP_DigestVerify(context, signature, signature_len, data, len) == 1;

    EVP_MD_CTX_free(context);
    return is_right;
}

/* r || s to DER by OpenSSL's own means. */
static int
to_der(const CK_BYTE *raw, CK_ULONG raw_len, CK_BYTE **der)
{
    const int half = (int)(raw_len / 2);
    ECDSA_SIG *signature = ECDSA_SIG_new();
    int len = 0;

    ck_assert_int_eq(
        ECDSA_SIG_set0(signature, BN_bin2bn(raw, half, NULL), BN_bin2bn(raw + half, half, NULL)),
        1);
    len = i2d_ECDSA_SIG(signature, der);
    ECDSA_SIG_free(signature);
    return len;
}

static bool
verifies(int row, const CK_BYTE *signature, CK_ULONG signature_len)
{
    EVP_PKEY *key = keys[sign_rows[row].key];
    EVP_PKEY_CTX *context = NULL;
    CK_BYTE *der = NULL;
    CK_BYTE hash[64];
    const CK_BYTE *signed_bytes = data;
    size_t len = sign_rows[row].data_len;
    bool is_right = false;

    if (sign_rows[row].key == 2)
        return verifies_eddsa(key, len, signature, signature_len);
    if (sign_rows[row].digest != NULL) {
        ck_assert_int_eq(
            EVP_Q_digest(mn_crypto_context(), sign_rows[row].digest, NULL, data, len, hash, &len),
            1);
        signed_bytes = hash;
    }
    context = EVP_PKEY_CTX_new_from_pkey(mn_crypto_context(), key, NULL);
    ck_assert_int_eq(EVP_PKEY_verify_init(context), 1);
    if (sign_rows[row].key == 0)
        ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(context, sign_rows[row].padding), 1);
    if (sign_rows[row].padding == RSA_PKCS1_PSS_PADDING) {
        EVP_PKEY_CTX_set_signature_md(context, EVP_get_digestbyname(sign_rows[row].pss_digest));
        EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_get_digestbyname(sign_rows[row].mgf_digest));
    } else if (sign_rows[row].digest != NULL) {
        EVP_PKEY_CTX_set_signature_md(context, EVP_get_digestbyname(sign_rows[row].digest));
    }
    if (sign_rows[row].key == 1)
        signature_len = (CK_ULONG)to_der(signature, signature_len, &der);
    is_right = EVP_PKEY_verify(context, der != NULL ? der : signature, signature_len, signed_bytes,
                               len) == 1;
    OPENSSL_free(der);
    EVP_PKEY_CTX_free(context);
    return is_right;
}

static void
begin(CK_SESSION_HANDLE session, int row)
{
    CK_MECHANISM mechanism = sign_rows[row].mechanism;

    ck_assert_rv(p11->C_SignInit(session, &mechanism,
                                 find_one(session, CKO_PRIVATE_KEY, key_types[sign_rows[row].key])),
                 CKR_OK);
}

static void
fill_data(void)
{
    start_module();
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (CK_BYTE)(i * 7); /* the first byte 0: below every modulus */
}

/* Twice, for the second time everything is ready: no length, too short, right. */
START_TEST(what_is_signed_at_once_verifies)
{
    const CK_SESSION_HANDLE session = open_user_session();
    const CK_ULONG len = sign_rows[_i].data_len;

    for (int turn = 0; turn < 2; turn++) {
        CK_BYTE signature[512] = {0};
        CK_ULONG signature_len = 0;
        CK_ULONG too_little = 0;

        begin(session, _i);
        ck_assert_rv(p11->C_Sign(session, data, len, NULL, &signature_len), CKR_OK);
        too_little = signature_len - 1;
        ck_assert_rv(p11->C_Sign(session, data, len, signature, &too_little), CKR_BUFFER_TOO_SMALL);
        ck_assert_uint_eq(too_little, signature_len);
        signature_len = sizeof signature;
        ck_assert_rv(p11->C_Sign(session, data, len, signature, &signature_len), CKR_OK);
        ck_assert_uint_eq(signature_len, too_little);
        ck_assert(verifies(_i, signature, signature_len));
        ck_assert_rv(p11->C_Sign(session, data, len, signature, &signature_len),
                     CKR_OPERATION_NOT_INITIALIZED);
    }
}
END_TEST

START_TEST(what_is_signed_in_parts_verifies)
{
    const CK_SESSION_HANDLE session = open_user_session();
    const CK_ULONG len = sign_rows[_i].data_len;
    CK_BYTE signature[512];
    CK_ULONG signature_len = 1;

    begin(session, _i);
    for (CK_ULONG at = 0; at < len; at += len / 3 + 1)
        ck_assert_rv(
            p11->C_SignUpdate(session, data + at, at + len / 3 + 1 < len ? len / 3 + 1 : len - at),
            CKR_OK);
    ck_assert_rv(p11->C_SignFinal(session, signature, &signature_len), CKR_BUFFER_TOO_SMALL);
    ck_assert_rv(p11->C_SignFinal(session, signature, &signature_len), CKR_OK);
    ck_assert(verifies(_i, signature, signature_len));
    ck_assert_rv(p11->C_SignFinal(session, signature, &signature_len),
                 CKR_OPERATION_NOT_INITIALIZED);
}
END_TEST

START_TEST(a_signature_is_verified_and_a_wrong_one_is_not)
{
    const CK_SESSION_HANDLE session = open_user_session();
    const CK_ULONG len = sign_rows[_i].data_len;
    const CK_OBJECT_HANDLE key = find_one(session, CKO_PUBLIC_KEY, key_types[sign_rows[_i].key]);
    CK_MECHANISM mechanism = sign_rows[_i].mechanism;
    CK_BYTE signature[512];
    CK_ULONG signature_len = sizeof signature;

    begin(session, _i);
    ck_assert_rv(p11->C_Sign(session, data, len, signature, &signature_len), CKR_OK);
    ck_assert_rv(p11->C_VerifyInit(session, &mechanism, key), CKR_OK);
    ck_assert_rv(p11->C_Verify(session, data, len, signature, signature_len), CKR_OK);
    ck_assert_rv(p11->C_VerifyInit(session, &mechanism, key), CKR_OK);
    ck_assert_rv(p11->C_VerifyUpdate(session, data, len), CKR_OK);
    ck_assert_rv(p11->C_VerifyFinal(session, signature, signature_len), CKR_OK);
    ck_assert_rv(p11->C_VerifyInit(session, &mechanism, key), CKR_OK);
    ck_assert_rv(p11->C_Verify(session, data, len, signature, signature_len - 1),
                 CKR_SIGNATURE_LEN_RANGE);
    signature[signature_len / 2] ^= 1;
    ck_assert_rv(p11->C_VerifyInit(session, &mechanism, key), CKR_OK);
    ck_assert_rv(p11->C_Verify(session, data, len, signature, signature_len),
                 CKR_SIGNATURE_INVALID);
    ck_assert_rv(p11->C_Verify(session, data, len, signature, signature_len),
                 CKR_OPERATION_NOT_INITIALIZED);
}
END_TEST

static const struct {
    CK_MECHANISM mechanism;
    CK_OBJECT_CLASS class;
    const char *key;
    CK_RV expected;
} refusal_rows[] = {
    {{CKM_MD5_RSA_PKCS, NULL, 0}, CKO_PRIVATE_KEY, "RSA", CKR_MECHANISM_INVALID},
    {{CKM_RSA_PKCS, NULL, 0}, CKO_PRIVATE_KEY, "EC", CKR_KEY_TYPE_INCONSISTENT},
    {{CKM_ECDSA, NULL, 0}, CKO_PRIVATE_KEY, "RSA", CKR_KEY_TYPE_INCONSISTENT},
    {{CKM_ECDSA, NULL, 0}, CKO_PRIVATE_KEY, "ED25519", CKR_KEY_TYPE_INCONSISTENT},
    {{CKM_RSA_PKCS, NULL, 0}, CKO_PUBLIC_KEY, "RSA", CKR_KEY_TYPE_INCONSISTENT},
    {{CKM_RSA_PKCS, NULL, 0}, CKO_CERTIFICATE, "RSA", CKR_KEY_HANDLE_INVALID},
    {{CKM_RSA_PKCS, NULL, 0}, CKO_PRIVATE_KEY, "nobody", CKR_KEY_HANDLE_INVALID},
    {{CKM_RSA_PKCS, data, 1}, CKO_PRIVATE_KEY, "RSA", CKR_MECHANISM_PARAM_INVALID},
    {{CKM_RSA_PKCS_PSS, NULL, 0}, CKO_PRIVATE_KEY, "RSA", CKR_MECHANISM_PARAM_INVALID},
    {{CKM_RSA_PKCS_PSS, &pss_sha256, 8}, CKO_PRIVATE_KEY, "RSA", CKR_MECHANISM_PARAM_INVALID},
    {{CKM_RSA_PKCS_PSS, PSS(pss_salty)}, CKO_PRIVATE_KEY, "RSA", CKR_MECHANISM_PARAM_INVALID},
    {{CKM_RSA_PKCS_PSS, PSS(pss_no_hash)}, CKO_PRIVATE_KEY, "RSA", CKR_MECHANISM_PARAM_INVALID},
    {{CKM_RSA_PKCS_PSS, PSS(pss_no_mgf)}, CKO_PRIVATE_KEY, "RSA", CKR_MECHANISM_PARAM_INVALID},
    {{CKM_SHA1_RSA_PKCS_PSS, PSS(pss_sha256)}, CKO_PRIVATE_KEY, "RSA", CKR_MECHANISM_PARAM_INVALID},
    {{CKM_EDDSA, PSS(hashed)}, CKO_PRIVATE_KEY, "ED25519", CKR_MECHANISM_PARAM_INVALID},
};

START_TEST(what_cannot_be_signed_is_refused_at_once)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_MECHANISM mechanism = refusal_rows[_i].mechanism;
    CK_ULONG len = 0;

    ck_assert_rv(p11->C_SignInit(session, &mechanism,
                                 find_one(session, refusal_rows[_i].class, refusal_rows[_i].key)),
                 refusal_rows[_i].expected);
    ck_assert_rv(p11->C_Sign(session, data, 1, NULL, &len), CKR_OPERATION_NOT_INITIALIZED);
}
END_TEST

static const struct {
    int row; /* of sign_rows: the mechanism */
    CK_ULONG data_len;
} length_rows[] = {{0, 246}, {2, 257}, {8, 31}, {8, 33}, {14, 0}, {0, ~0UL}, {2, ~0UL}};

START_TEST(data_of_a_wrong_length_end_the_operation)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_BYTE signature[512];
    CK_ULONG len = sizeof signature;

    begin(session, length_rows[_i].row);
    ck_assert_rv(p11->C_Sign(session, data, length_rows[_i].data_len, signature, &len),
                 CKR_DATA_LEN_RANGE);
    ck_assert_rv(p11->C_Sign(session, data, 32, signature, &len), CKR_OPERATION_NOT_INITIALIZED);
}
END_TEST

START_TEST(a_number_past_the_modulus_is_refused)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_BYTE block[256];
    CK_BYTE signature[512];
    CK_ULONG len = sizeof signature;

    memset(block, 0xFF, sizeof block);
    begin(session, 2);
    ck_assert_rv(p11->C_Sign(session, block, sizeof block, signature, &len), CKR_DATA_INVALID);
}
END_TEST

START_TEST(nothing_may_be_signed)
{
    const CK_SESSION_HANDLE session = open_user_session();
    const CK_OBJECT_HANDLE key = find_one(session, CKO_PUBLIC_KEY, "RSA");
    CK_MECHANISM mechanism = {CKM_RSA_PKCS, NULL, 0};
    CK_BYTE signature[256];
    CK_ULONG len = sizeof signature;

    begin(session, 0);
    ck_assert_rv(p11->C_Sign(session, NULL, 0, signature, &len), CKR_OK);
    ck_assert_rv(p11->C_VerifyInit(session, &mechanism, key), CKR_OK);
    ck_assert_rv(p11->C_Verify(session, data, 0, signature, len), CKR_OK);
    ck_assert_rv(p11->C_VerifyInit(session, &mechanism, key), CKR_OK);
    ck_assert_rv(p11->C_Verify(session, data, 1, signature, len), CKR_SIGNATURE_INVALID);
    begin(session, 0);
    ck_assert_rv(p11->C_Sign(session, data, 1, signature, &len), CKR_OK);
    ck_assert_rv(p11->C_VerifyInit(session, &mechanism, key), CKR_OK);
    ck_assert_rv(p11->C_Verify(session, NULL, 0, signature, len), CKR_SIGNATURE_INVALID);
}
END_TEST

START_TEST(an_operation_has_its_order)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_MECHANISM mechanism = {CKM_ECDSA_SHA256, NULL, 0};
    const CK_OBJECT_HANDLE key = find_one(session, CKO_PRIVATE_KEY, "EC");
    CK_BYTE signature[64];
    CK_ULONG len = sizeof signature;

    ck_assert_rv(p11->C_SignInit(session, NULL, key), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_SignUpdate(session, data, 1), CKR_OPERATION_NOT_INITIALIZED);
    ck_assert_rv(p11->C_SignInit(session, &mechanism, key), CKR_OK);
    ck_assert_rv(p11->C_SignInit(session, &mechanism, key), CKR_OPERATION_ACTIVE);
    ck_assert_rv(p11->C_SignUpdate(session, data, 1), CKR_OK);
    ck_assert_rv(p11->C_Sign(session, data, 1, signature, &len), CKR_OPERATION_NOT_INITIALIZED);
    ck_assert_rv(p11->C_SignFinal(session, signature, &len), CKR_OPERATION_NOT_INITIALIZED);
    ck_assert_rv(p11->C_SignInit(session, &mechanism, key), CKR_OK);
    ck_assert_rv(p11->C_SignInit(session, NULL, key), CKR_OK); /* gives it up */
    ck_assert_rv(p11->C_Sign(session, data, 1, signature, &len), CKR_OPERATION_NOT_INITIALIZED);
    ck_assert_rv(p11->C_SignInit(session, &mechanism, key), CKR_OK);
    ck_assert_rv(p11->C_Sign(session, data, 1, signature, NULL), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_SignInit(session, &mechanism, key), CKR_OK);
    ck_assert_rv(p11->C_Logout(session), CKR_OK);
    ck_assert_rv(p11->C_Sign(session, data, 1, signature, &len), CKR_OPERATION_NOT_INITIALIZED);
    ck_assert_rv(p11->C_SignInit(session, &mechanism, key), CKR_USER_NOT_LOGGED_IN);
    ck_assert_rv(p11->C_SignInit(0, &mechanism, key), CKR_SESSION_HANDLE_INVALID);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("sign");
    TCase *all = tcase_create("sign");

    tcase_set_timeout(all, 30);
    tcase_add_unchecked_fixture(all, make_store, remove_store);
    tcase_add_checked_fixture(all, fill_data, stop_module);
    tcase_add_loop_test(all, what_is_signed_at_once_verifies, 0, SIGN_ROW_COUNT);
    tcase_add_loop_test(all, what_is_signed_in_parts_verifies, 0, SIGN_ROW_COUNT);
    tcase_add_loop_test(all, a_signature_is_verified_and_a_wrong_one_is_not, 0, SIGN_ROW_COUNT);
    tcase_add_loop_test(all, what_cannot_be_signed_is_refused_at_once, 0,
                        sizeof refusal_rows / sizeof *refusal_rows);
    tcase_add_loop_test(all, data_of_a_wrong_length_end_the_operation, 0,
                        sizeof length_rows / sizeof *length_rows);
    tcase_add_test(all, a_number_past_the_modulus_is_refused);
    tcase_add_test(all, nothing_may_be_signed);
    tcase_add_test(all, an_operation_has_its_order);
    suite_add_tcase(suite, all);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
