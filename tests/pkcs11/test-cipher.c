/* SPDX-License-Identifier: BSD-3-Clause */
/* Encrypting and decrypting with RSA, with OpenSSL at the other end. */
#include <openssl/rsa.h>

#include "fixture.h"
#include "unit/run-suite.h"

#define BLOCK 256 /* RSA of 2048 bits */

static CK_BYTE label[5] = {'l', 0, 'b', 'e', 'l'};
static CK_BYTE data[BLOCK];

#define OAEP(hash, mgf)                                                                            \
    {                                                                                              \
        CKM_##hash, CKG_MGF1_##mgf, CKZ_DATA_SPECIFIED, NULL, 0                                    \
    }
static CK_RSA_PKCS_OAEP_PARAMS oaep_sha1 = OAEP(SHA_1, SHA1);
static CK_RSA_PKCS_OAEP_PARAMS oaep_sha224 = OAEP(SHA224, SHA224);
static CK_RSA_PKCS_OAEP_PARAMS oaep_sha256 = OAEP(SHA256, SHA256);
static CK_RSA_PKCS_OAEP_PARAMS oaep_sha384 = OAEP(SHA384, SHA384);
static CK_RSA_PKCS_OAEP_PARAMS oaep_sha512 = OAEP(SHA512, SHA512);
static CK_RSA_PKCS_OAEP_PARAMS oaep_two_hashes = OAEP(SHA256, SHA1);
static CK_RSA_PKCS_OAEP_PARAMS oaep_sha3 = OAEP(SHA3_256, SHA3_512);
static CK_RSA_PKCS_OAEP_PARAMS oaep_no_hash = OAEP(MD5, SHA1);
static CK_RSA_PKCS_OAEP_PARAMS oaep_no_mgf = {CKM_SHA_1, 99, CKZ_DATA_SPECIFIED, NULL, 0};
static CK_RSA_PKCS_OAEP_PARAMS oaep_no_source = {CKM_SHA_1, CKG_MGF1_SHA1, 0, NULL, 0};
static CK_RSA_PKCS_OAEP_PARAMS oaep_odd_source = {CKM_SHA_1, CKG_MGF1_SHA1, 2, NULL, 0};
static CK_RSA_PKCS_OAEP_PARAMS oaep_lost_label = {CKM_SHA_1, CKG_MGF1_SHA1, CKZ_DATA_SPECIFIED,
                                                  NULL, 5};
static CK_RSA_PKCS_OAEP_PARAMS oaep_label = {CKM_SHA256, CKG_MGF1_SHA256, CKZ_DATA_SPECIFIED, label,
                                             sizeof label};

#define WITH(params) &(params), sizeof(params)

/* The mechanism, the most that it takes, and how OpenSSL says it. */
static const struct {
    CK_MECHANISM mechanism;
    CK_ULONG most;
    CK_ULONG least;
    int padding;
    const char *digest;
    const char *mgf_digest;
    bool has_label;
} rows[] = {
    {{CKM_RSA_PKCS, NULL, 0}, 245, 0, RSA_PKCS1_PADDING, NULL, NULL, false},
    {{CKM_RSA_X_509, NULL, 0}, 256, 256, RSA_NO_PADDING, NULL, NULL, false},
    {{CKM_RSA_PKCS_OAEP, WITH(oaep_sha1)}, 214, 0, RSA_PKCS1_OAEP_PADDING, "SHA1", "SHA1", false},
    {{CKM_RSA_PKCS_OAEP, WITH(oaep_sha224)},
     198,
     0,
     RSA_PKCS1_OAEP_PADDING,
     "SHA224",
     "SHA224",
     false},
    {{CKM_RSA_PKCS_OAEP, WITH(oaep_sha256)},
     190,
     0,
     RSA_PKCS1_OAEP_PADDING,
     "SHA256",
     "SHA256",
     false},
    {{CKM_RSA_PKCS_OAEP, WITH(oaep_sha384)},
     158,
     0,
     RSA_PKCS1_OAEP_PADDING,
     "SHA384",
     "SHA384",
     false},
    {{CKM_RSA_PKCS_OAEP, WITH(oaep_sha512)},
     126,
     0,
     RSA_PKCS1_OAEP_PADDING,
     "SHA512",
     "SHA512",
     false},
    {{CKM_RSA_PKCS_OAEP, WITH(oaep_sha3)},
     190,
     0,
     RSA_PKCS1_OAEP_PADDING,
     "SHA3-256",
     "SHA3-512",
     false},
    {{CKM_RSA_PKCS_OAEP, WITH(oaep_two_hashes)},
     190,
     0,
     RSA_PKCS1_OAEP_PADDING,
     "SHA256",
     "SHA1",
     false},
    {{CKM_RSA_PKCS_OAEP, WITH(oaep_no_source)},
     214,
     0,
     RSA_PKCS1_OAEP_PADDING,
     "SHA1",
     "SHA1",
     false},
    {{CKM_RSA_PKCS_OAEP, WITH(oaep_label)},
     190,
     0,
     RSA_PKCS1_OAEP_PADDING,
     "SHA256",
     "SHA256",
     true},
};

#define ROW_COUNT (int)(sizeof rows / sizeof *rows)

static EVP_PKEY_CTX *
theirs(int row, int (*begin)(EVP_PKEY_CTX *))
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(mn_crypto_context(), keys[0], NULL);

    ck_assert_int_eq(begin(context), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(context, rows[row].padding), 1);
    if (rows[row].digest != NULL) {
        ck_assert_int_eq(
            EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_get_digestbyname(rows[row].digest)), 1);
        ck_assert_int_eq(
            EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_get_digestbyname(rows[row].mgf_digest)), 1);
    }
    if (rows[row].has_label)
        ck_assert_int_eq(EVP_PKEY_CTX_set0_rsa_oaep_label(
                             context, OPENSSL_memdup(label, sizeof label), sizeof label),
                         1);
    return context;
}

static void
fill_data(void)
{
    start_module();
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (CK_BYTE)(i * 7); /* the first byte 0: below every modulus */
}

static void
begin_encrypt(CK_SESSION_HANDLE session, int row)
{
    CK_MECHANISM mechanism = rows[row].mechanism;

    ck_assert_rv(p11->C_EncryptInit(session, &mechanism, find_one(session, CKO_PUBLIC_KEY, "RSA")),
                 CKR_OK);
}

static void
begin_decrypt(CK_SESSION_HANDLE session, int row)
{
    CK_MECHANISM mechanism = rows[row].mechanism;

    ck_assert_rv(p11->C_DecryptInit(session, &mechanism, find_one(session, CKO_PRIVATE_KEY, "RSA")),
                 CKR_OK);
}

/* Encrypting needs no login. Twice, for the second time everything is ready. */
START_TEST(what_is_encrypted_openssl_decrypts)
{
    const CK_SESSION_HANDLE session = open_session(SLOT, 0);

    for (int turn = 0; turn < 2; turn++) {
        const CK_ULONG data_len = turn == 0 ? rows[_i].most : rows[_i].least;
        CK_BYTE encrypted[BLOCK];
        CK_BYTE plain[BLOCK];
        CK_ULONG len = 0;
        size_t plain_len = sizeof plain;
        EVP_PKEY_CTX *context = theirs(_i, EVP_PKEY_decrypt_init);

        begin_encrypt(session, _i);
        ck_assert_rv(p11->C_Encrypt(session, data, data_len, NULL, &len), CKR_OK);
        ck_assert_uint_eq(len, BLOCK);
        len = BLOCK - 1;
        ck_assert_rv(p11->C_Encrypt(session, data, data_len, encrypted, &len),
                     CKR_BUFFER_TOO_SMALL);
        ck_assert_uint_eq(len, BLOCK);
        ck_assert_rv(p11->C_Encrypt(session, data, data_len, encrypted, &len), CKR_OK);
        ck_assert_int_eq(EVP_PKEY_decrypt(context, plain, &plain_len, encrypted, len), 1);
        ck_assert_mem_eq(plain, data, data_len);
        ck_assert_uint_eq(plain_len, data_len);
        ck_assert_rv(p11->C_Encrypt(session, data, data_len, encrypted, &len),
                     CKR_OPERATION_NOT_INITIALIZED);
        EVP_PKEY_CTX_free(context);
    }
}
END_TEST

/* The length that is told without a buffer may exceed what there is; that of a short one is exact,
 * and a buffer that is just long enough will do. */
START_TEST(what_openssl_encrypts_is_decrypted)
{
    const CK_SESSION_HANDLE session = open_user_session();

    for (int turn = 0; turn < 2; turn++) {
        const CK_ULONG data_len = rows[_i].least != 0 ? rows[_i].least : (CK_ULONG)(turn + 24);
        CK_BYTE encrypted[BLOCK];
        CK_BYTE plain[BLOCK + 1] = {0};
        CK_ULONG len = 0;
        size_t encrypted_len = sizeof encrypted;
        EVP_PKEY_CTX *context = theirs(_i, EVP_PKEY_encrypt_init);

        ck_assert_int_eq(EVP_PKEY_encrypt(context, encrypted, &encrypted_len, data, data_len), 1);
        EVP_PKEY_CTX_free(context);
        begin_decrypt(session, _i);
        ck_assert_rv(p11->C_Decrypt(session, encrypted, BLOCK, NULL, &len), CKR_OK);
        ck_assert_uint_eq(len, rows[_i].most);
        len = data_len - 1;
        ck_assert_rv(p11->C_Decrypt(session, encrypted, BLOCK, plain, &len), CKR_BUFFER_TOO_SMALL);
        ck_assert_uint_eq(len, data_len);
        plain[len] = 0xA5;
        ck_assert_rv(p11->C_Decrypt(session, encrypted, BLOCK, plain, &len), CKR_OK);
        ck_assert_uint_eq(len, data_len);
        ck_assert_mem_eq(plain, data, data_len);
        ck_assert_uint_eq(plain[len], 0xA5);
        ck_assert_rv(p11->C_Decrypt(session, encrypted, BLOCK, plain, &len),
                     CKR_OPERATION_NOT_INITIALIZED);
    }
}
END_TEST

/* OpenSSL 3.2 and later answers a wrong PKCS #1 padding with random bytes, so that nobody learns
 * that it was wrong. */
START_TEST(a_wrong_ciphertext_gives_nothing_away)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_BYTE encrypted[BLOCK];
    CK_BYTE plain[BLOCK];
    CK_ULONG len = sizeof plain;
    CK_RV rv = CKR_OK;

    if (rows[_i].least != 0)
        return; /* without padding every ciphertext is as good as any */
    memset(encrypted, 0x11, sizeof encrypted);
    begin_decrypt(session, _i);
    rv = p11->C_Decrypt(session, encrypted, BLOCK, plain, &len);
    if (rv != CKR_OK || rows[_i].padding != RSA_PKCS1_PADDING)
        ck_assert_rv(rv, CKR_ENCRYPTED_DATA_INVALID);
    ck_assert_rv(p11->C_Decrypt(session, encrypted, BLOCK, plain, &len),
                 CKR_OPERATION_NOT_INITIALIZED);
}
END_TEST

START_TEST(another_label_does_not_decrypt)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_BYTE other[sizeof label] = {'l', 0, 'b', 'e', 'r'};
    CK_RSA_PKCS_OAEP_PARAMS params = oaep_label;
    CK_MECHANISM mechanism = {CKM_RSA_PKCS_OAEP, &params, sizeof params};
    const CK_OBJECT_HANDLE key = find_one(session, CKO_PRIVATE_KEY, "RSA");
    CK_BYTE encrypted[BLOCK];
    CK_BYTE plain[BLOCK];
    CK_ULONG len = BLOCK;

    begin_encrypt(session, ROW_COUNT - 1);
    ck_assert_rv(p11->C_Encrypt(session, data, 32, encrypted, &len), CKR_OK);
    begin_decrypt(session, ROW_COUNT - 1);
    ck_assert_rv(p11->C_Decrypt(session, encrypted, BLOCK, plain, &len), CKR_OK);
    params.pSourceData = other;
    len = sizeof plain;
    ck_assert_rv(p11->C_DecryptInit(session, &mechanism, key), CKR_OK);
    ck_assert_rv(p11->C_Decrypt(session, encrypted, BLOCK, plain, &len),
                 CKR_ENCRYPTED_DATA_INVALID);
    params.pSourceData = label;
    len = sizeof plain;
    ck_assert_rv(p11->C_DecryptInit(session, &mechanism, key), CKR_OK);
    params.pSourceData = other; /* it was read at the start */
    ck_assert_rv(p11->C_Decrypt(session, encrypted, BLOCK, plain, &len), CKR_OK);
    ck_assert_uint_eq(len, 32);
}
END_TEST

static const struct {
    CK_MECHANISM mechanism;
    CK_OBJECT_CLASS class; /* that encrypts; decrypting is tried with the other half */
    const char *key;
    CK_RV expected;
} refusal_rows[] = {
    {{CKM_SHA256_RSA_PKCS, NULL, 0}, CKO_PUBLIC_KEY, "RSA", CKR_MECHANISM_INVALID},
    {{CKM_AES_CBC, NULL, 0}, CKO_PUBLIC_KEY, "RSA", CKR_MECHANISM_INVALID},
    {{CKM_RSA_PKCS, NULL, 0}, CKO_PUBLIC_KEY, "EC", CKR_KEY_TYPE_INCONSISTENT},
    {{CKM_RSA_PKCS, NULL, 0}, CKO_PRIVATE_KEY, "RSA", CKR_KEY_TYPE_INCONSISTENT},
    {{CKM_RSA_PKCS, NULL, 0}, CKO_CERTIFICATE, "RSA", CKR_KEY_HANDLE_INVALID},
    {{CKM_RSA_PKCS, NULL, 0}, CKO_PUBLIC_KEY, "nobody", CKR_KEY_HANDLE_INVALID},
    {{CKM_RSA_PKCS, data, 1}, CKO_PUBLIC_KEY, "RSA", CKR_MECHANISM_PARAM_INVALID},
    {{CKM_RSA_PKCS_OAEP, NULL, 0}, CKO_PUBLIC_KEY, "RSA", CKR_MECHANISM_PARAM_INVALID},
    {{CKM_RSA_PKCS_OAEP, &oaep_sha1, 8}, CKO_PUBLIC_KEY, "RSA", CKR_MECHANISM_PARAM_INVALID},
    {{CKM_RSA_PKCS_OAEP, WITH(oaep_no_hash)}, CKO_PUBLIC_KEY, "RSA", CKR_MECHANISM_PARAM_INVALID},
    {{CKM_RSA_PKCS_OAEP, WITH(oaep_no_mgf)}, CKO_PUBLIC_KEY, "RSA", CKR_MECHANISM_PARAM_INVALID},
    {{CKM_RSA_PKCS_OAEP, WITH(oaep_odd_source)},
     CKO_PUBLIC_KEY,
     "RSA",
     CKR_MECHANISM_PARAM_INVALID},
    {{CKM_RSA_PKCS_OAEP, WITH(oaep_lost_label)},
     CKO_PUBLIC_KEY,
     "RSA",
     CKR_MECHANISM_PARAM_INVALID},
};

START_TEST(what_cannot_be_done_is_refused_at_once)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_MECHANISM mechanism = refusal_rows[_i].mechanism;
    CK_OBJECT_CLASS class = refusal_rows[_i].class;
    CK_ULONG len = 0;

    ck_assert_rv(
        p11->C_EncryptInit(session, &mechanism, find_one(session, class, refusal_rows[_i].key)),
        refusal_rows[_i].expected);
    ck_assert_rv(p11->C_Encrypt(session, data, 1, NULL, &len), CKR_OPERATION_NOT_INITIALIZED);
    if (class != CKO_CERTIFICATE)
        class = class == CKO_PUBLIC_KEY ? CKO_PRIVATE_KEY : CKO_PUBLIC_KEY;
    ck_assert_rv(
        p11->C_DecryptInit(session, &mechanism, find_one(session, class, refusal_rows[_i].key)),
        refusal_rows[_i].expected);
    ck_assert_rv(p11->C_Decrypt(session, data, 1, NULL, &len), CKR_OPERATION_NOT_INITIALIZED);
}
END_TEST

START_TEST(data_of_a_wrong_length_end_the_operation)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_BYTE longer[BLOCK + 1] = {0};
    CK_BYTE out[BLOCK];
    CK_ULONG len = sizeof out;

    begin_encrypt(session, _i);
    ck_assert_rv(p11->C_Encrypt(session, longer, rows[_i].most + 1, out, &len), CKR_DATA_LEN_RANGE);
    ck_assert_rv(p11->C_Encrypt(session, data, 1, out, &len), CKR_OPERATION_NOT_INITIALIZED);
    for (CK_ULONG i = BLOCK - 1; i <= BLOCK + 1; i += 2) {
        begin_decrypt(session, _i);
        ck_assert_rv(p11->C_Decrypt(session, longer, i, out, &len), CKR_ENCRYPTED_DATA_LEN_RANGE);
        ck_assert_rv(p11->C_Decrypt(session, longer, BLOCK, out, &len),
                     CKR_OPERATION_NOT_INITIALIZED);
    }
}
END_TEST

START_TEST(a_number_past_the_modulus_is_refused)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_BYTE block[BLOCK];
    CK_BYTE out[BLOCK];
    CK_ULONG len = sizeof out;

    memset(block, 0xFF, sizeof block);
    begin_encrypt(session, 1);
    ck_assert_rv(p11->C_Encrypt(session, block, sizeof block, out, &len), CKR_DATA_INVALID);
    begin_decrypt(session, 1);
    ck_assert_rv(p11->C_Decrypt(session, block, sizeof block, out, &len),
                 CKR_ENCRYPTED_DATA_INVALID);
}
END_TEST

START_TEST(a_short_block_is_a_small_number)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_BYTE out[BLOCK];
    CK_BYTE plain[BLOCK];
    CK_ULONG len = sizeof out;

    begin_encrypt(session, 1);
    ck_assert_rv(p11->C_Encrypt(session, data + 1, 3, out, &len), CKR_OK);
    begin_decrypt(session, 1);
    len = sizeof plain;
    ck_assert_rv(p11->C_Decrypt(session, out, BLOCK, plain, &len), CKR_OK);
    ck_assert_uint_eq(len, BLOCK);
    ck_assert_mem_eq(plain + BLOCK - 3, data + 1, 3);
    ck_assert_uint_eq(plain[BLOCK - 4], 0);
}
END_TEST

START_TEST(an_operation_has_its_order)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_MECHANISM mechanism = {CKM_RSA_PKCS, NULL, 0};
    const CK_OBJECT_HANDLE public = find_one(session, CKO_PUBLIC_KEY, "RSA");
    const CK_OBJECT_HANDLE private = find_one(session, CKO_PRIVATE_KEY, "RSA");
    CK_BYTE out[BLOCK];
    CK_ULONG len = sizeof out;

    ck_assert_rv(p11->C_EncryptInit(session, NULL, public), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_EncryptInit(session, &mechanism, public), CKR_OK);
    ck_assert_rv(p11->C_EncryptInit(session, &mechanism, public), CKR_OPERATION_ACTIVE);
    ck_assert_rv(p11->C_DecryptInit(session, &mechanism, private), CKR_OK); /* another kind */
    ck_assert_rv(p11->C_DecryptInit(session, &mechanism, private), CKR_OPERATION_ACTIVE);
    ck_assert_rv(p11->C_EncryptInit(session, NULL, public), CKR_OK); /* gives it up */
    ck_assert_rv(p11->C_Encrypt(session, data, 1, out, &len), CKR_OPERATION_NOT_INITIALIZED);
    ck_assert_rv(p11->C_Decrypt(session, data, 1, out, NULL), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_DecryptInit(session, &mechanism, private), CKR_OK);
    ck_assert_rv(p11->C_Decrypt(session, NULL, 1, out, &len), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_DecryptInit(session, &mechanism, private), CKR_OK);
    ck_assert_rv(p11->C_Logout(session), CKR_OK);
    ck_assert_rv(p11->C_Decrypt(session, data, 1, out, &len), CKR_OPERATION_NOT_INITIALIZED);
    ck_assert_rv(p11->C_DecryptInit(session, &mechanism, private), CKR_USER_NOT_LOGGED_IN);
    ck_assert_rv(p11->C_EncryptInit(0, &mechanism, public), CKR_SESSION_HANDLE_INVALID);
    ck_assert_rv(p11->C_DecryptInit(0, &mechanism, public), CKR_SESSION_HANDLE_INVALID);
}
END_TEST

START_TEST(there_are_no_parts)
{
    const CK_SESSION_HANDLE session = open_user_session();
    CK_BYTE out[BLOCK];
    CK_ULONG len = sizeof out;

    ck_assert_rv(p11->C_EncryptUpdate(session, data, 1, out, &len), CKR_OPERATION_NOT_INITIALIZED);
    ck_assert_rv(p11->C_EncryptFinal(session, out, &len), CKR_OPERATION_NOT_INITIALIZED);
    ck_assert_rv(p11->C_DecryptUpdate(session, data, 1, out, &len), CKR_OPERATION_NOT_INITIALIZED);
    ck_assert_rv(p11->C_DecryptFinal(session, out, &len), CKR_OPERATION_NOT_INITIALIZED);
    begin_encrypt(session, 0);
    ck_assert_rv(p11->C_EncryptUpdate(session, data, 1, out, &len), CKR_FUNCTION_NOT_SUPPORTED);
    ck_assert_rv(p11->C_EncryptFinal(session, out, &len), CKR_OPERATION_NOT_INITIALIZED);
    begin_decrypt(session, 0);
    ck_assert_rv(p11->C_DecryptUpdate(session, data, 1, out, &len), CKR_FUNCTION_NOT_SUPPORTED);
    ck_assert_rv(p11->C_DecryptFinal(session, out, &len), CKR_OPERATION_NOT_INITIALIZED);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("cipher");
    TCase *all = tcase_create("cipher");

    tcase_set_timeout(all, 30);
    tcase_add_unchecked_fixture(all, make_store, remove_store);
    tcase_add_checked_fixture(all, fill_data, stop_module);
    tcase_add_loop_test(all, what_is_encrypted_openssl_decrypts, 0, ROW_COUNT);
    tcase_add_loop_test(all, what_openssl_encrypts_is_decrypted, 0, ROW_COUNT);
    tcase_add_loop_test(all, a_wrong_ciphertext_gives_nothing_away, 0, ROW_COUNT);
    tcase_add_test(all, another_label_does_not_decrypt);
    tcase_add_loop_test(all, what_cannot_be_done_is_refused_at_once, 0,
                        sizeof refusal_rows / sizeof *refusal_rows);
    tcase_add_loop_test(all, data_of_a_wrong_length_end_the_operation, 0, ROW_COUNT);
    tcase_add_test(all, a_number_past_the_modulus_is_refused);
    tcase_add_test(all, a_short_block_is_a_small_number);
    tcase_add_test(all, an_operation_has_its_order);
    tcase_add_test(all, there_are_no_parts);
    suite_add_tcase(suite, all);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
