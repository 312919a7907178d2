/* SPDX-License-Identifier: BSD-3-Clause */
/* Keys that leave and come, wrapped: known answers of the RFCs, and OpenSSL at the other end. */
#include <openssl/rsa.h>

#include "fixture.h"
#include "templates.h"
#include "unit/run-suite.h"
#include "wrapping.h"

#define BLOCK 256 /* RSA of 2048 bits */

static CK_BBOOL yes = CK_TRUE;
static CK_OBJECT_CLASS private_key = CKO_PRIVATE_KEY;
static CK_KEY_TYPE generic = CKK_GENERIC_SECRET;

static void
expect_value(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, const CK_BYTE *expected, CK_ULONG len)
{
    CK_BYTE seen[2048];
    CK_ATTRIBUTE value = {CKA_VALUE, seen, sizeof seen};

    ck_assert_rv(p11->C_GetAttributeValue(session, key, &value, 1), CKR_OK);
    ck_assert_uint_eq(value.ulValueLen, len);
    ck_assert_mem_eq(seen, expected, len);
}

/* RFC 3394, 4; RFC 5649, 6. */
static const struct {
    CK_MECHANISM_TYPE type;
    const char *key;
    const char *plain;
    const char *wrapped;
} known_rows[] = {
    {CKM_AES_KEY_WRAP, "000102030405060708090A0B0C0D0E0F", "00112233445566778899AABBCCDDEEFF",
     "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5"},
    {CKM_AES_KEY_WRAP, "000102030405060708090A0B0C0D0E0F1011121314151617",
     "00112233445566778899AABBCCDDEEFF", "96778B25AE6CA435F92B5B97C050AED2468AB8A17AD84E5D"},
    {CKM_AES_KEY_WRAP, "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F",
     "00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F",
     "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21"},
    {CKM_AES_KEY_WRAP_PAD, "5840DF6E29B02AF1AB493B705BF16EA1AE8338F4DCC176A8",
     "C37B7E6492584340BED12207808941155068F738",
     "138BDEAA9B8FA7FC61F97742E72248EE5AE6AE5360D1AE6A5F54F373FA543B6A"},
    {CKM_AES_KEY_WRAP_KWP, "5840DF6E29B02AF1AB493B705BF16EA1AE8338F4DCC176A8",
     "C37B7E6492584340BED12207808941155068F738",
     "138BDEAA9B8FA7FC61F97742E72248EE5AE6AE5360D1AE6A5F54F373FA543B6A"},
    {CKM_AES_KEY_WRAP_KWP, "5840DF6E29B02AF1AB493B705BF16EA1AE8338F4DCC176A8", "466F7250617369",
     "AFBEB0F07DFBF5419200F2CCB50BB24F"},
};

static CK_ULONG
from_hex(const char *hex, CK_BYTE out[64])
{
    size_t len = 0;

    ck_assert_int_eq(OPENSSL_hexstr2buf_ex(out, 64, &len, hex, '\0'), 1);
    return len;
}

START_TEST(known_answers_are_given)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_MECHANISM mechanism = {known_rows[_i].type, NULL, 0};
    CK_BYTE key_bytes[64], plain[64], wrapped[64], seen[64];
    const CK_ULONG key_len = from_hex(known_rows[_i].key, key_bytes);
    const CK_ULONG plain_len = from_hex(known_rows[_i].plain, plain);
    const CK_ULONG wrapped_len = from_hex(known_rows[_i].wrapped, wrapped);
    const CK_OBJECT_HANDLE key = create(session, CKK_AES, key_bytes, key_len, NULL);
    const CK_OBJECT_HANDLE leaving = create(session, CKK_GENERIC_SECRET, plain, plain_len, NULL);
    CK_OBJECT_HANDLE back = CK_INVALID_HANDLE;
    CK_ULONG len = 0;

    ck_assert_rv(p11->C_WrapKey(session, &mechanism, key, leaving, NULL, &len), CKR_OK);
    ck_assert_uint_eq(len, wrapped_len);
    len--;
    ck_assert_rv(p11->C_WrapKey(session, &mechanism, key, leaving, seen, &len),
                 CKR_BUFFER_TOO_SMALL);
    ck_assert_uint_eq(len, wrapped_len);
    ck_assert_rv(p11->C_WrapKey(session, &mechanism, key, leaving, seen, &len), CKR_OK);
    ck_assert_uint_eq(len, wrapped_len);
    ck_assert_mem_eq(seen, wrapped, len);
    ck_assert_rv(unwrap_secret(session, &mechanism, key, generic, wrapped, wrapped_len, &back),
                 CKR_OK);
    expect_value(session, back, plain, plain_len);
    wrapped[0] ^= 1;
    back = 1234;
    ck_assert_rv(unwrap_secret(session, &mechanism, key, generic, wrapped, wrapped_len, &back),
                 CKR_WRAPPED_KEY_INVALID);
    ck_assert_rv(unwrap_secret(session, &mechanism, key, generic, wrapped, wrapped_len - 1, &back),
                 CKR_WRAPPED_KEY_LEN_RANGE);
    ck_assert_rv(unwrap_secret(session, &mechanism, key, generic, wrapped, 8, &back),
                 CKR_WRAPPED_KEY_LEN_RANGE);
    ck_assert_uint_eq(back, 1234);
}
END_TEST

static CK_BYTE kek[32] = "a key that wraps other keys, 32b";
static CK_BYTE iv8[8] = "12345678";
static CK_BYTE iv4[4] = "1234";
static CK_BYTE iv16[16] = "1234567890123456";

static const struct {
    CK_MECHANISM mechanism;
    const char *cipher;
    CK_ULONG key_len;
    CK_KEY_TYPE key_type;
} cipher_rows[] = {
    {{CKM_AES_KEY_WRAP_PAD, NULL, 0}, "AES-128-WRAP-PAD", 16, CKK_AES},
    {{CKM_AES_KEY_WRAP_KWP, NULL, 0}, "AES-256-WRAP-PAD", 32, CKK_AES},
    {{CKM_AES_KEY_WRAP_KWP, iv4, sizeof iv4}, "AES-192-WRAP-PAD", 24, CKK_AES},
    {{CKM_AES_CBC_PAD, iv16, sizeof iv16}, "AES-256-CBC", 32, CKK_AES},
    {{CKM_AES_CBC_PAD, iv16, sizeof iv16}, "AES-128-CBC", 16, CKK_AES},
    {{CKM_AES_CBC_PAD, iv16, sizeof iv16}, "AES-256-CBC", 32, CKK_GENERIC_SECRET},
    {{CKM_DES3_CBC_PAD, iv8, sizeof iv8}, "DES-EDE3-CBC", 24, CKK_DES3},
};

/* What OpenSSL makes of some bytes, and what it makes of what was wrapped. */
static CK_ULONG
run_openssl(int row, int wraps, const CK_BYTE *in, CK_ULONG len, CK_BYTE *out)
{
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(mn_crypto_context(), cipher_rows[row].cipher, NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int first = 0;
    int last = 0;

    EVP_CIPHER_CTX_set_flags(context, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    ck_assert_int_eq(EVP_CipherInit_ex2(context, cipher, kek, cipher_rows[row].mechanism.pParameter,
                                        wraps, NULL),
                     1);
    ck_assert_int_gt(EVP_CipherUpdate(context, out, &first, in, (int)len), 0);
    ck_assert_int_eq(EVP_CipherFinal_ex(context, out + first, &last), 1);
    EVP_CIPHER_CTX_free(context);
    EVP_CIPHER_free(cipher);
    return (CK_ULONG)(first + last);
}

static CK_ULONG
write_pkcs8(EVP_PKEY *key, CK_BYTE out[2048])
{
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
    uint8_t *at = out;
    const int len = i2d_PKCS8_PRIV_KEY_INFO(info, &at);

    ck_assert_int_gt(len, 0);
    PKCS8_PRIV_KEY_INFO_free(info);
    return (CK_ULONG)len;
}

/* Every kind of private key comes in, signs, goes out again, and OpenSSL reads it. */
START_TEST(private_keys_come_and_leave)
{
    const CK_SESSION_HANDLE session = open_user_session();
    const int row = _i / IDENTITY_COUNT;
    const int i = _i % IDENTITY_COUNT;
    CK_MECHANISM mechanism = cipher_rows[row].mechanism;
    CK_KEY_TYPE type = i == 0 ? CKK_RSA : i == 1 ? CKK_EC : CKK_EC_EDWARDS;
    CK_ATTRIBUTE template[] = {{CKA_CLASS, &private_key, sizeof private_key},
                               {CKA_KEY_TYPE, &type, sizeof type},
                               {CKA_EXTRACTABLE, &yes, 1},
                               {CKA_SIGN, &yes, 1}};
    CK_MECHANISM sign = {i == 0   ? CKM_SHA256_RSA_PKCS
                         : i == 1 ? CKM_ECDSA_SHA256
                                  : CKM_EDDSA,
                         NULL, 0};
    const CK_OBJECT_HANDLE key =
        create(session, cipher_rows[row].key_type, kek, cipher_rows[row].key_len, NULL);
    CK_MECHANISM by_rsa = {CKM_RSA_PKCS, NULL, 0};
    CK_OBJECT_HANDLE back = CK_INVALID_HANDLE;
    CK_BYTE wrapped[2048 + 16], plain[2048], signature[BLOCK];
    CK_ULONG len = run_openssl(row, 1, plain, write_pkcs8(keys[i], plain), wrapped);
    CK_ULONG signature_len = sizeof signature;
    const uint8_t *at = plain;
    EVP_PKEY *seen = NULL;

    ck_assert_rv(p11->C_UnwrapKey(session, &mechanism, key, wrapped, len, template, 4, &back),
                 CKR_OK);
    ck_assert_rv(p11->C_SignInit(session, &sign, back), CKR_OK);
    ck_assert_rv(p11->C_Sign(session, kek, sizeof kek, signature, &signature_len), CKR_OK);
    ck_assert_rv(p11->C_VerifyInit(session, &sign, find_one(session, CKO_PUBLIC_KEY, key_types[i])),
                 CKR_OK);
    ck_assert_rv(p11->C_Verify(session, kek, sizeof kek, signature, signature_len), CKR_OK);
    len = sizeof wrapped;
    memset(wrapped, 0, sizeof wrapped);
    ck_assert_rv(p11->C_WrapKey(session, &mechanism, key, back, wrapped, &len), CKR_OK);
    memset(plain, 0, sizeof plain);
    seen = d2i_AutoPrivateKey_ex(NULL, &at, (long)run_openssl(row, 0, wrapped, len, plain),
                                 mn_crypto_context(), NULL);
    ck_assert_int_eq(EVP_PKEY_eq(seen, keys[i]), 1);
    EVP_PKEY_free(seen);
    ck_assert_rv(p11->C_WrapKey(session, &by_rsa, find_one(session, CKO_PUBLIC_KEY, "RSA"), back,
                                wrapped, &len),
                 CKR_KEY_NOT_WRAPPABLE); /* RSA has no room */
    type = i == 0 ? CKK_EC : CKK_RSA;    /* what it is not */
    back = 1234;
    ck_assert_rv(p11->C_UnwrapKey(session, &mechanism, key, wrapped, len, template, 4, &back),
                 CKR_WRAPPED_KEY_INVALID);
    ck_assert_uint_eq(back, 1234);
    ck_assert_rv(p11->C_WrapKey(session, &mechanism, key,
                                find_one(session, CKO_PRIVATE_KEY, key_types[i]), wrapped, &len),
                 CKR_KEY_UNEXTRACTABLE);
}
END_TEST

static CK_BYTE label[3] = "abc";
static CK_RSA_PKCS_OAEP_PARAMS oaep_sha1 = {CKM_SHA_1, CKG_MGF1_SHA1, CKZ_DATA_SPECIFIED, NULL, 0};
static CK_RSA_PKCS_OAEP_PARAMS oaep_sha256 = {CKM_SHA256, CKG_MGF1_SHA256, CKZ_DATA_SPECIFIED,
                                              label, sizeof label};

static const struct {
    CK_MECHANISM mechanism;
    CK_ULONG most;
} rsa_rows[] = {
    {{CKM_RSA_PKCS, NULL, 0}, 245},
    {{CKM_RSA_PKCS_OAEP, &oaep_sha1, sizeof oaep_sha1}, 214},
    {{CKM_RSA_PKCS_OAEP, &oaep_sha256, sizeof oaep_sha256}, 190},
};

static EVP_PKEY_CTX *
theirs(int row, int (*begin)(EVP_PKEY_CTX *))
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(mn_crypto_context(), keys[0], NULL);

    ck_assert_int_eq(begin(context), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(context, row == 0 ? RSA_PKCS1_PADDING
                                                                    : RSA_PKCS1_OAEP_PADDING),
                     1);
    if (row == 2) {
        ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()), 1);
        ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()), 1);
        ck_assert_int_eq(EVP_PKEY_CTX_set0_rsa_oaep_label(
                             context, OPENSSL_memdup(label, sizeof label), sizeof label),
                         1);
    }
    return context;
}

START_TEST(a_secret_key_leaves_under_rsa)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_MECHANISM mechanism = rsa_rows[_i].mechanism;
    const CK_OBJECT_HANDLE public = find_one(session, CKO_PUBLIC_KEY, "RSA");
    const CK_BYTE long_bytes[BLOCK] = {1, 2, 3};
    CK_OBJECT_HANDLE leaving = create(session, CKK_AES, kek, sizeof kek, NULL);
    EVP_PKEY_CTX *context = theirs(_i, EVP_PKEY_decrypt_init);
    CK_BYTE wrapped[BLOCK], plain[BLOCK];
    CK_ULONG len = 0;
    size_t plain_len = sizeof plain;

    ck_assert_rv(p11->C_WrapKey(session, &mechanism, public, leaving, NULL, &len), CKR_OK);
    ck_assert_uint_eq(len, BLOCK);
    len--;
    ck_assert_rv(p11->C_WrapKey(session, &mechanism, public, leaving, wrapped, &len),
                 CKR_BUFFER_TOO_SMALL);
    ck_assert_rv(p11->C_WrapKey(session, &mechanism, public, leaving, wrapped, &len), CKR_OK);
    ck_assert_int_eq(EVP_PKEY_decrypt(context, plain, &plain_len, wrapped, len), 1);
    ck_assert_uint_eq(plain_len, sizeof kek);
    ck_assert_mem_eq(plain, kek, sizeof kek);
    EVP_PKEY_CTX_free(context);
    leaving = create(session, CKK_GENERIC_SECRET, long_bytes, rsa_rows[_i].most, NULL);
    ck_assert_rv(p11->C_WrapKey(session, &mechanism, public, leaving, wrapped, &len), CKR_OK);
    leaving = create(session, CKK_GENERIC_SECRET, long_bytes, rsa_rows[_i].most + 1, NULL);
    ck_assert_rv(p11->C_WrapKey(session, &mechanism, public, leaving, wrapped, &len),
                 CKR_KEY_SIZE_RANGE);
    ck_assert_rv(p11->C_WrapKey(session, &mechanism, public,
                                find_one(session, CKO_PRIVATE_KEY, "EC"), wrapped, &len),
                 CKR_KEY_UNEXTRACTABLE);
}
END_TEST

/* An AES key comes by RSA and is used at once to fetch a private key. */
START_TEST(a_secret_key_comes_under_rsa)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_MECHANISM mechanism = rsa_rows[_i].mechanism;
    const CK_OBJECT_HANDLE private = find_one(session, CKO_PRIVATE_KEY, "RSA");
    EVP_PKEY_CTX *context = theirs(_i, EVP_PKEY_encrypt_init);
    CK_BYTE wrapped[BLOCK];
    size_t len = sizeof wrapped;
    CK_OBJECT_HANDLE back = CK_INVALID_HANDLE;

    ck_assert_int_eq(EVP_PKEY_encrypt(context, wrapped, &len, kek, sizeof kek), 1);
    ck_assert_rv(unwrap_secret(session, &mechanism, private, CKK_AES, wrapped, len, &back), CKR_OK);
    expect_value(session, back, kek, sizeof kek);
    ck_assert_rv(unwrap_secret(session, &mechanism, private, CKK_AES, wrapped, len - 1, &back),
                 CKR_WRAPPED_KEY_LEN_RANGE);
    len = sizeof wrapped;
    ck_assert_int_eq(EVP_PKEY_encrypt(context, wrapped, &len, kek, 20), 1);
    ck_assert_rv(unwrap_secret(session, &mechanism, private, CKK_AES, wrapped, len, &back),
                 CKR_WRAPPED_KEY_INVALID);
    ck_assert_rv(unwrap_secret(session, &mechanism, private, generic, wrapped, len, &back), CKR_OK);
    EVP_PKEY_CTX_free(context);
    memset(wrapped, 0x11, sizeof wrapped);
    ck_assert_rv(unwrap_secret(session, &mechanism, private, CKK_AES, wrapped, BLOCK, &back),
                 CKR_WRAPPED_KEY_INVALID);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("wrap");
    TCase *all = tcase_create("wrap");

    tcase_set_timeout(all, 30);
    tcase_add_unchecked_fixture(all, make_store, remove_store);
    tcase_add_checked_fixture(all, start_module, stop_module);
    tcase_add_loop_test(all, known_answers_are_given, 0, COUNT(known_rows));
    tcase_add_loop_test(all, private_keys_come_and_leave, 0, COUNT(cipher_rows) * IDENTITY_COUNT);
    tcase_add_loop_test(all, a_secret_key_leaves_under_rsa, 0, COUNT(rsa_rows));
    tcase_add_loop_test(all, a_secret_key_comes_under_rsa, 0, COUNT(rsa_rows));
    suite_add_tcase(suite, all);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
