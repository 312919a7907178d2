/* SPDX-License-Identifier: BSD-3-Clause */
/* ECDH, with OpenSSL as the other party and its hashes as the judge of the key derivation. */
#include "fixture.h"
#include "unit/run-suite.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define FIELD 32 /* P-256 */
#define POINT (1 + 2 * FIELD)

static CK_BBOOL yes = CK_TRUE;
static CK_BBOOL no = CK_FALSE;
static CK_OBJECT_CLASS secret_key = CKO_SECRET_KEY;
static CK_BYTE shared_data[] = "what both know";
static EVP_PKEY *peer;
static CK_BYTE point[3 + POINT] = {0x04, POINT}; /* in an OCTET STRING, then raw */
static CK_BYTE common[FIELD];

static void
agree(void)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(mn_crypto_context(), peer, NULL);
    size_t len = sizeof common;

    ck_assert_int_eq(EVP_PKEY_derive_init(context), 1);
    ck_assert_int_eq(EVP_PKEY_derive_set_peer(context, keys[1]), 1);
    ck_assert_int_eq(EVP_PKEY_derive(context, common, &len), 1);
    ck_assert_uint_eq(len, FIELD);
    EVP_PKEY_CTX_free(context);
}

static void
make_peer(void)
{
    size_t len = 0;

    make_store();
    peer = make_key("EC");
    ck_assert_int_eq(
        EVP_PKEY_get_octet_string_param(peer, OSSL_PKEY_PARAM_PUB_KEY, point + 2, POINT, &len), 1);
    ck_assert_uint_eq(len, POINT);
    agree();
}

static void
remove_peer(void)
{
    EVP_PKEY_free(peer);
    remove_store();
}

/* ANSI X9.63: the hashes of what is common, a counter and the shared data, one after the other. */
static void
expect(const char *digest, const CK_BYTE *shared, CK_ULONG shared_len, CK_BYTE out[256])
{
    CK_BYTE input[FIELD + 4 + sizeof shared_data] = {0};
    size_t len = 0;

    memcpy(input, common, FIELD);
    if (shared_len != 0)
        memcpy(input + FIELD + 4, shared, shared_len);
    for (size_t at = 0; at + 64 <= 256; at += len) {
        input[FIELD + 3]++;
        ck_assert_int_eq(EVP_Q_digest(mn_crypto_context(), digest, NULL, input,
                                      FIELD + 4 + shared_len, out + at, &len),
                         1);
    }
}

static CK_RV
derive(CK_SESSION_HANDLE session, CK_ECDH1_DERIVE_PARAMS params, CK_KEY_TYPE type, CK_ULONG len,
       CK_OBJECT_HANDLE *key)
{
    CK_MECHANISM mechanism = {CKM_ECDH1_DERIVE, &params, sizeof params};
    CK_ATTRIBUTE template[] = {{CKA_CLASS, &secret_key, sizeof secret_key},
                               {CKA_KEY_TYPE, &type, sizeof type},
                               {CKA_SENSITIVE, &no, 1},
                               {CKA_EXTRACTABLE, &yes, 1},
                               {CKA_VALUE_LEN, &len, sizeof len}};

    return p11->C_DeriveKey(session, &mechanism, find_one(session, CKO_PRIVATE_KEY, "EC"), template,
                            len == 0 ? 4 : 5, key);
}

static void
expect_value(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, const CK_BYTE *expected, CK_ULONG len)
{
    CK_BYTE seen[256];
    CK_ATTRIBUTE value = {CKA_VALUE, seen, sizeof seen};

    ck_assert_rv(p11->C_GetAttributeValue(session, key, &value, 1), CKR_OK);
    ck_assert_uint_eq(value.ulValueLen, len);
    ck_assert_mem_eq(seen, expected, len);
}

static const struct {
    CK_KEY_TYPE type;
    CK_ULONG asked;
    CK_ULONG len;
} plain_rows[] = {
    {CKK_GENERIC_SECRET, 0, 32},
    {CKK_GENERIC_SECRET, 32, 32},
    {CKK_GENERIC_SECRET, 20, 20},
    {CKK_GENERIC_SECRET, 1, 1},
    {CKK_AES, 0, 32},
    {CKK_AES, 16, 16},
    {CKK_AES, 24, 24},
    {CKK_AES, 32, 32},
};

/* What is too long loses its first bytes. */
START_TEST(what_is_common_is_the_key)
{
    const CK_SESSION_HANDLE session = open_user_session();
    const CK_ECDH1_DERIVE_PARAMS raw = {CKD_NULL, 0, NULL, POINT, point + 2};
    const CK_ECDH1_DERIVE_PARAMS wrapped = {CKD_NULL, 0, NULL, POINT + 2, point};
    const CK_ULONG len = plain_rows[_i].len;
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;

    ck_assert_rv(derive(session, raw, plain_rows[_i].type, plain_rows[_i].asked, &key), CKR_OK);
    expect_value(session, key, common + FIELD - len, len);
    ck_assert_rv(derive(session, wrapped, plain_rows[_i].type, plain_rows[_i].asked, &key), CKR_OK);
    expect_value(session, key, common + FIELD - len, len);
}
END_TEST

static const struct {
    CK_KEY_TYPE type;
    CK_ULONG len;
} fixed_rows[] = {{CKK_DES, 8}, {CKK_DES2, 16}, {CKK_DES3, 24}};

/* The parity is that of FIPS 46-3. */
START_TEST(a_key_of_one_length_need_not_say_it)
{
    const CK_SESSION_HANDLE session = open_user_session();
    const CK_ECDH1_DERIVE_PARAMS plain = {CKD_NULL, 0, NULL, POINT, point + 2};
    const CK_ECDH1_DERIVE_PARAMS hashed = {CKD_SHA256_KDF, 0, NULL, POINT, point + 2};
    const CK_ULONG len = fixed_rows[_i].len;
    CK_BYTE expected[256] = {0};
    CK_OBJECT_HANDLE key = 1234;

    ck_assert_rv(derive(session, plain, fixed_rows[_i].type, len - 1, &key),
                 CKR_ATTRIBUTE_VALUE_INVALID);
    ck_assert_uint_eq(key, 1234);
    memcpy(expected, common + FIELD - len, len);
    for (int turn = 0; turn < 2; turn++) {
        for (CK_ULONG i = 0; i < len; i++)
            expected[i] ^= (CK_BYTE)(1 - __builtin_popcount(expected[i]) % 2);
        ck_assert_rv(derive(session, turn == 0 ? plain : hashed, fixed_rows[_i].type, 0, &key),
                     CKR_OK);
        expect_value(session, key, expected, len);
        ck_assert_rv(derive(session, turn == 0 ? plain : hashed, fixed_rows[_i].type, len, &key),
                     CKR_OK);
        expect_value(session, key, expected, len);
        expect("SHA256", NULL, 0, expected);
    }
}
END_TEST

START_TEST(a_check_value_that_is_said_is_that_of_the_derived_key)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_ECDH1_DERIVE_PARAMS params = {CKD_NULL, 0, NULL, POINT, point + 2};
    CK_MECHANISM mechanism = {CKM_ECDH1_DERIVE, &params, sizeof params};
    CK_BYTE check[20];
    CK_ATTRIBUTE template = {CKA_CHECK_VALUE, check, 3};
    const CK_OBJECT_HANDLE ec = find_one(session, CKO_PRIVATE_KEY, "EC");
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;

    ck_assert_int_eq(EVP_Q_digest(mn_crypto_context(), "SHA1", NULL, common, FIELD, check, NULL),
                     1);
    ck_assert_rv(p11->C_DeriveKey(session, &mechanism, ec, &template, 1, &key), CKR_OK);
    check[0] ^= 1;
    ck_assert_rv(p11->C_DeriveKey(session, &mechanism, ec, &template, 1, &key),
                 CKR_ATTRIBUTE_VALUE_INVALID);
}
END_TEST

static const struct {
    CK_ULONG kdf;
    const char *digest;
} kdf_rows[] = {
    {CKD_SHA1_KDF, "SHA1"},         {CKD_SHA224_KDF, "SHA224"},     {CKD_SHA256_KDF, "SHA256"},
    {CKD_SHA384_KDF, "SHA384"},     {CKD_SHA512_KDF, "SHA512"},     {CKD_SHA3_224_KDF, "SHA3-224"},
    {CKD_SHA3_256_KDF, "SHA3-256"}, {CKD_SHA3_384_KDF, "SHA3-384"}, {CKD_SHA3_512_KDF, "SHA3-512"},
};

START_TEST(what_is_common_is_hashed)
{
    static const CK_ULONG lens[] = {16, 32, 100};
    const CK_SESSION_HANDLE session = open_user_session();
    CK_BYTE expected[256] = {0};
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;

    for (CK_ULONG shared_len = 0; shared_len <= sizeof shared_data;
         shared_len += sizeof shared_data) {
        const CK_ECDH1_DERIVE_PARAMS params = {
            kdf_rows[_i].kdf, shared_len, shared_len == 0 ? NULL : shared_data, POINT, point + 2};

        expect(kdf_rows[_i].digest, shared_data, shared_len, expected);
        for (size_t i = 0; i < COUNT(lens); i++) {
            ck_assert_rv(derive(session, params, lens[i] == 32 ? CKK_AES : CKK_GENERIC_SECRET,
                                lens[i], &key),
                         CKR_OK);
            expect_value(session, key, expected, lens[i]);
        }
        ck_assert_rv(derive(session, params, CKK_AES, 0, &key), CKR_TEMPLATE_INCOMPLETE);
    }
}
END_TEST

START_TEST(a_cofactor_of_one_changes_nothing)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_ECDH1_DERIVE_PARAMS params = {CKD_NULL, 0, NULL, POINT, point + 2};
    CK_MECHANISM mechanism = {CKM_ECDH1_COFACTOR_DERIVE, &params, sizeof params};
    CK_ATTRIBUTE template[] = {{CKA_SENSITIVE, &no, 1}, {CKA_EXTRACTABLE, &yes, 1}};
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;

    /* neither class nor type: bytes */
    ck_assert_rv(p11->C_DeriveKey(session, &mechanism, find_one(session, CKO_PRIVATE_KEY, "EC"),
                                  template, 2, &key),
                 CKR_OK);
    expect_value(session, key, common, FIELD);
}
END_TEST

/* Java reads a key that it derives, and says nothing of sensitivity. */
START_TEST(a_derived_key_says_where_it_is_from)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_ECDH1_DERIVE_PARAMS params = {CKD_NULL, 0, NULL, POINT, point + 2};
    CK_MECHANISM mechanism = {CKM_ECDH1_DERIVE, &params, sizeof params};
    CK_BBOOL seen[3] = {2, 2, 2};
    CK_ATTRIBUTE wanted[] = {{CKA_LOCAL, &seen[0], 1},
                             {CKA_ALWAYS_SENSITIVE, &seen[1], 1},
                             {CKA_NEVER_EXTRACTABLE, &seen[2], 1}};
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_DeriveKey(session, &mechanism, find_one(session, CKO_PRIVATE_KEY, "EC"),
                                  NULL, 0, &key),
                 CKR_OK);
    ck_assert_rv(p11->C_GetAttributeValue(session, key, wanted, 3), CKR_OK);
    ck_assert(!seen[0] && !seen[1] && !seen[2]); /* the identity's key was not made here */
    expect_value(session, key, common, FIELD);
}
END_TEST

static CK_BYTE off_curve[POINT] = {4, 1, 2, 3};

static const struct {
    CK_ECDH1_DERIVE_PARAMS params;
    CK_KEY_TYPE type;
    CK_ULONG len;
    CK_RV expected;
} refusal_rows[] = {
    {{99, 0, NULL, POINT, point + 2}, CKK_AES, 16, CKR_MECHANISM_PARAM_INVALID},
    {{CKD_NULL, 4, shared_data, POINT, point + 2}, CKK_AES, 16, CKR_MECHANISM_PARAM_INVALID},
    {{CKD_SHA256_KDF, 4, NULL, POINT, point + 2}, CKK_AES, 16, CKR_MECHANISM_PARAM_INVALID},
    {{CKD_NULL, 0, NULL, 0, NULL}, CKK_AES, 16, CKR_MECHANISM_PARAM_INVALID},
    {{CKD_NULL, 0, NULL, POINT, NULL}, CKK_AES, 16, CKR_MECHANISM_PARAM_INVALID},
    {{CKD_NULL, 0, NULL, POINT - 1, point + 2}, CKK_AES, 16, CKR_MECHANISM_PARAM_INVALID},
    {{CKD_NULL, 0, NULL, POINT + 1, point}, CKK_AES, 16, CKR_MECHANISM_PARAM_INVALID},
    {{CKD_NULL, 0, NULL, POINT, off_curve}, CKK_AES, 16, CKR_MECHANISM_PARAM_INVALID},
    {{CKD_NULL, 0, NULL, POINT, point + 2}, CKK_AES, 20, CKR_ATTRIBUTE_VALUE_INVALID},
    {{CKD_NULL, 0, NULL, POINT, point + 2}, CKK_GENERIC_SECRET, 33, CKR_ATTRIBUTE_VALUE_INVALID},
    {{CKD_NULL, 0, NULL, POINT, point + 2}, CKK_RSA, 32, CKR_ATTRIBUTE_VALUE_INVALID},
};

START_TEST(what_cannot_be_derived_is_refused)
{
    CK_OBJECT_HANDLE key = 1234;

    ck_assert_rv(derive(open_user_session(), refusal_rows[_i].params, refusal_rows[_i].type,
                        refusal_rows[_i].len, &key),
                 refusal_rows[_i].expected);
    ck_assert_uint_eq(key, 1234);
}
END_TEST

START_TEST(deriving_has_its_rules)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_ECDH1_DERIVE_PARAMS params = {CKD_NULL, 0, NULL, POINT, point + 2};
    CK_MECHANISM mechanism = {CKM_ECDH1_DERIVE, &params, sizeof params};
    CK_MECHANISM short_one = {CKM_ECDH1_DERIVE, &params, sizeof params - 1};
    CK_MECHANISM signing = {CKM_ECDSA, NULL, 0};
    CK_ATTRIBUTE on_token[] = {{CKA_TOKEN, &yes, 1}};
    const CK_OBJECT_HANDLE ec = find_one(session, CKO_PRIVATE_KEY, "EC");
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_DeriveKey(0, &mechanism, ec, NULL, 0, &key), CKR_SESSION_HANDLE_INVALID);
    ck_assert_rv(p11->C_DeriveKey(session, NULL, ec, NULL, 0, &key), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_DeriveKey(session, &mechanism, ec, NULL, 1, &key), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_DeriveKey(session, &mechanism, ec, NULL, 0, NULL), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_DeriveKey(session, &signing, ec, NULL, 0, &key), CKR_MECHANISM_INVALID);
    ck_assert_rv(p11->C_DeriveKey(session, &short_one, ec, NULL, 0, &key),
                 CKR_MECHANISM_PARAM_INVALID);
    ck_assert_rv(p11->C_DeriveKey(session, &mechanism, 99999, NULL, 0, &key),
                 CKR_KEY_HANDLE_INVALID);
    ck_assert_rv(p11->C_DeriveKey(session, &mechanism, find_one(session, CKO_PRIVATE_KEY, "RSA"),
                                  NULL, 0, &key),
                 CKR_KEY_TYPE_INCONSISTENT);
    ck_assert_rv(p11->C_DeriveKey(session, &mechanism, find_one(session, CKO_PUBLIC_KEY, "EC"),
                                  NULL, 0, &key),
                 CKR_KEY_TYPE_INCONSISTENT);
    ck_assert_rv(p11->C_DeriveKey(session, &mechanism, ec, on_token, 1, &key),
                 CKR_SESSION_READ_ONLY);
    ck_assert_rv(p11->C_Logout(session), CKR_OK);
    ck_assert_rv(p11->C_DeriveKey(session, &mechanism, ec, NULL, 0, &key), CKR_USER_NOT_LOGGED_IN);
}
END_TEST

/* Two parties, both here: NIST's other two curves, with raw points as the module tells them. */
START_TEST(two_keys_of_ours_agree)
{
    static CK_BYTE p384[] = {0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22};
    static CK_BYTE p521[] = {0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x23};
    const CK_SESSION_HANDLE session = open_user_session();
    CK_MECHANISM generate = {CKM_EC_KEY_PAIR_GEN, NULL, 0};
    CK_ATTRIBUTE curve = {CKA_EC_PARAMS, _i == 0 ? p384 : p521, sizeof p384};
    CK_ATTRIBUTE derives = {CKA_DERIVE, &yes, 1};
    CK_BYTE seen[2][256];
    CK_ULONG len[2] = {0};
    CK_OBJECT_HANDLE public[2], private[2];

    for (int i = 0; i < 2; i++)
        ck_assert_rv(p11->C_GenerateKeyPair(session, &generate, &curve, 1, &derives, 1, &public[i],
                                            &private[i]),
                     CKR_OK);
    for (int i = 0; i < 2; i++) {
        CK_BYTE theirs[256];
        CK_ATTRIBUTE their_point = {CKA_EC_POINT, theirs, sizeof theirs};
        CK_ECDH1_DERIVE_PARAMS params = {CKD_NULL, 0, NULL, 0, theirs};
        CK_MECHANISM mechanism = {CKM_ECDH1_DERIVE, &params, sizeof params};
        CK_ATTRIBUTE template[] = {{CKA_SENSITIVE, &no, 1}, {CKA_EXTRACTABLE, &yes, 1}};
        CK_ATTRIBUTE value = {CKA_VALUE, seen[i], sizeof seen[i]};
        CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;

        ck_assert_rv(p11->C_GetAttributeValue(session, public[1 - i], &their_point, 1), CKR_OK);
        params.ulPublicDataLen = their_point.ulValueLen; /* in its OCTET STRING */
        ck_assert_rv(p11->C_DeriveKey(session, &mechanism, private[i], template, 2, &key), CKR_OK);
        ck_assert_rv(p11->C_GetAttributeValue(session, key, &value, 1), CKR_OK);
        len[i] = value.ulValueLen;
    }
    ck_assert_uint_eq(len[0], _i == 0 ? 48 : 66);
    ck_assert_uint_eq(len[0], len[1]);
    ck_assert_mem_eq(seen[0], seen[1], len[0]);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("derive");
    TCase *all = tcase_create("derive");

    tcase_set_timeout(all, 30);
    tcase_add_unchecked_fixture(all, make_peer, remove_peer);
    tcase_add_checked_fixture(all, start_module, stop_module);
    tcase_add_loop_test(all, what_is_common_is_the_key, 0, COUNT(plain_rows));
    tcase_add_loop_test(all, a_key_of_one_length_need_not_say_it, 0, COUNT(fixed_rows));
    tcase_add_test(all, a_check_value_that_is_said_is_that_of_the_derived_key);
    tcase_add_loop_test(all, what_is_common_is_hashed, 0, COUNT(kdf_rows));
    tcase_add_test(all, a_cofactor_of_one_changes_nothing);
    tcase_add_test(all, a_derived_key_says_where_it_is_from);
    tcase_add_loop_test(all, what_cannot_be_derived_is_refused, 0, COUNT(refusal_rows));
    tcase_add_test(all, deriving_has_its_rules);
    tcase_add_loop_test(all, two_keys_of_ours_agree, 0, 2);
    suite_add_tcase(suite, all);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
