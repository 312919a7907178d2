/* SPDX-License-Identifier: BSD-3-Clause */
/* Signatures that their data can be recovered from, with OpenSSL at the other end. */
#include <openssl/rsa.h>

#include "fixture.h"
#include "unit/run-suite.h"

#define BLOCK 256 /* RSA of 2048 bits */

static CK_BYTE data[BLOCK];

static const struct {
    CK_MECHANISM mechanism;
    CK_ULONG data_len;
    int padding;
} rows[] = {
    {{CKM_RSA_PKCS, NULL, 0}, 245, RSA_PKCS1_PADDING},
    {{CKM_RSA_PKCS, NULL, 0}, 1, RSA_PKCS1_PADDING},
    {{CKM_RSA_X_509, NULL, 0}, BLOCK, RSA_NO_PADDING},
};

#define ROW_COUNT (int)(sizeof rows / sizeof *rows)

static void
fill_data(void)
{
    start_module();
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (CK_BYTE)(i * 7); /* the first byte 0: below every modulus */
}

static void
sign(CK_SESSION_HANDLE session, int row, CK_BYTE signature[BLOCK])
{
    CK_MECHANISM mechanism = rows[row].mechanism;
    const CK_OBJECT_HANDLE key = find_one(session, CKO_PRIVATE_KEY, "RSA");
    CK_ULONG len = 0;

    ck_assert_rv(p11->C_SignRecoverInit(session, &mechanism, key), CKR_OK);
    ck_assert_rv(p11->C_SignRecover(session, data, rows[row].data_len, NULL, &len), CKR_OK);
    ck_assert_uint_eq(len, BLOCK);
    len = BLOCK - 1;
    ck_assert_rv(p11->C_SignRecover(session, data, rows[row].data_len, signature, &len),
                 CKR_BUFFER_TOO_SMALL);
    ck_assert_rv(p11->C_SignRecover(session, data, rows[row].data_len, signature, &len), CKR_OK);
    ck_assert_rv(p11->C_SignRecover(session, data, rows[row].data_len, signature, &len),
                 CKR_OPERATION_NOT_INITIALIZED);
}

START_TEST(openssl_recovers_what_was_signed)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(mn_crypto_context(), keys[0], NULL);
    CK_BYTE signature[BLOCK];
    CK_BYTE seen[BLOCK];
    size_t len = sizeof seen;

    sign(open_user_session(), _i, signature);
    ck_assert_int_eq(EVP_PKEY_verify_recover_init(context), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(context, rows[_i].padding), 1);
    ck_assert_int_eq(EVP_PKEY_verify_recover(context, seen, &len, signature, BLOCK), 1);
    ck_assert_uint_eq(len, rows[_i].data_len);
    ck_assert_mem_eq(seen, data, len);
    EVP_PKEY_CTX_free(context);
}
END_TEST

START_TEST(what_was_signed_is_recovered)
{
    const CK_SESSION_HANDLE session = open_user_session();
    const CK_OBJECT_HANDLE key = find_one(session, CKO_PUBLIC_KEY, "RSA");
    CK_MECHANISM mechanism = rows[_i].mechanism;
    CK_BYTE signature[BLOCK];
    CK_BYTE seen[BLOCK];
    CK_ULONG len = 0;

    sign(session, _i, signature);
    ck_assert_rv(p11->C_VerifyRecoverInit(session, &mechanism, key), CKR_OK);
    ck_assert_rv(p11->C_VerifyRecover(session, signature, BLOCK, NULL, &len), CKR_OK);
    ck_assert_uint_eq(len, rows[_i].data_len);
    len--;
    ck_assert_rv(p11->C_VerifyRecover(session, signature, BLOCK, seen, &len), CKR_BUFFER_TOO_SMALL);
    ck_assert_uint_eq(len, rows[_i].data_len);
    ck_assert_rv(p11->C_VerifyRecover(session, signature, BLOCK, seen, &len), CKR_OK);
    ck_assert_uint_eq(len, rows[_i].data_len);
    ck_assert_mem_eq(seen, data, len);
    ck_assert_rv(p11->C_VerifyRecover(session, signature, BLOCK, seen, &len),
                 CKR_OPERATION_NOT_INITIALIZED);
}
END_TEST

START_TEST(a_wrong_signature_is_told)
{
    const CK_SESSION_HANDLE session = open_user_session();
    const CK_OBJECT_HANDLE key = find_one(session, CKO_PUBLIC_KEY, "RSA");
    CK_MECHANISM mechanism = rows[0].mechanism;
    CK_BYTE signature[BLOCK];
    CK_BYTE seen[BLOCK];
    CK_ULONG len = sizeof seen;

    sign(session, 0, signature);
    ck_assert_rv(p11->C_VerifyRecoverInit(session, &mechanism, key), CKR_OK);
    ck_assert_rv(p11->C_VerifyRecover(session, signature, BLOCK - 1, seen, &len),
                 CKR_SIGNATURE_LEN_RANGE);
    signature[BLOCK - 1] ^= 1;
    ck_assert_rv(p11->C_VerifyRecoverInit(session, &mechanism, key), CKR_OK);
    ck_assert_rv(p11->C_VerifyRecover(session, signature, BLOCK, seen, &len),
                 CKR_SIGNATURE_INVALID);
    ck_assert_rv(p11->C_VerifyRecover(session, signature, BLOCK, seen, &len),
                 CKR_OPERATION_NOT_INITIALIZED);
}
END_TEST

START_TEST(an_operation_has_its_order)
{
    const CK_SESSION_HANDLE session = open_user_session();
    const CK_OBJECT_HANDLE private = find_one(session, CKO_PRIVATE_KEY, "RSA");
    const CK_OBJECT_HANDLE public = find_one(session, CKO_PUBLIC_KEY, "RSA");
    CK_MECHANISM hashing = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_MECHANISM mechanism = {CKM_RSA_PKCS, NULL, 0};
    CK_BYTE out[BLOCK];
    CK_ULONG len = sizeof out;

    ck_assert_rv(p11->C_SignRecoverInit(session, &hashing, private), CKR_MECHANISM_INVALID);
    ck_assert_rv(p11->C_VerifyRecoverInit(session, &hashing, public), CKR_MECHANISM_INVALID);
    ck_assert_rv(p11->C_SignRecoverInit(session, &mechanism, public), CKR_KEY_TYPE_INCONSISTENT);
    ck_assert_rv(p11->C_VerifyRecoverInit(session, &mechanism, private), CKR_KEY_TYPE_INCONSISTENT);
    ck_assert_rv(p11->C_SignRecoverInit(session, &mechanism, private), CKR_OK);
    ck_assert_rv(p11->C_SignRecoverInit(session, &mechanism, private), CKR_OPERATION_ACTIVE);
    ck_assert_rv(p11->C_SignRecover(session, data, 246, out, &len), CKR_DATA_LEN_RANGE);
    ck_assert_rv(p11->C_SignRecover(session, data, 1, out, &len), CKR_OPERATION_NOT_INITIALIZED);
    ck_assert_rv(p11->C_VerifyRecoverInit(session, &mechanism, public), CKR_OK);
    ck_assert_rv(p11->C_VerifyRecoverInit(session, &mechanism, public), CKR_OPERATION_ACTIVE);
    ck_assert_rv(p11->C_VerifyRecover(session, data, BLOCK, out, NULL), CKR_ARGUMENTS_BAD);
    ck_assert_rv(p11->C_VerifyRecover(session, data, BLOCK, out, &len),
                 CKR_OPERATION_NOT_INITIALIZED);
    ck_assert_rv(p11->C_SignRecoverInit(session, &mechanism, private), CKR_OK);
    ck_assert_rv(p11->C_SignRecoverInit(session, NULL, private), CKR_OK); /* gives it up */
    ck_assert_rv(p11->C_SignRecoverInit(session, &mechanism, private), CKR_OK);
    ck_assert_rv(p11->C_Logout(session), CKR_OK);
    ck_assert_rv(p11->C_SignRecover(session, data, 1, out, &len), CKR_OPERATION_NOT_INITIALIZED);
    ck_assert_rv(p11->C_SignRecoverInit(0, &mechanism, private), CKR_SESSION_HANDLE_INVALID);
    ck_assert_rv(p11->C_VerifyRecoverInit(0, &mechanism, private), CKR_SESSION_HANDLE_INVALID);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("recover");
    TCase *all = tcase_create("recover");

    tcase_set_timeout(all, 30);
    tcase_add_unchecked_fixture(all, make_store, remove_store);
    tcase_add_checked_fixture(all, fill_data, stop_module);
    tcase_add_loop_test(all, openssl_recovers_what_was_signed, 0, ROW_COUNT);
    tcase_add_loop_test(all, what_was_signed_is_recovered, 0, ROW_COUNT);
    tcase_add_test(all, a_wrong_signature_is_told);
    tcase_add_test(all, an_operation_has_its_order);
    suite_add_tcase(suite, all);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
