/* SPDX-License-Identifier: BSD-3-Clause */
/* The mandatory test cases of the profiles that the token says it has (PKCS#11 Profiles v3.1, BL-,
 * EXT-, AUTH- and CERT-M-1-31), call by call, with what is in this token. */
#include "fixture.h"
#include "unit/run-suite.h"

#define SIGNATURE_LEN 256
#define ROOM 1024

static CK_BBOOL yes = CK_TRUE;
static CK_ATTRIBUTE on_token = {CKA_TOKEN, &yes, sizeof yes};

/* The first slot with a token. */
static CK_SLOT_ID
choose_slot(void)
{
    CK_SLOT_ID slots[16];
    CK_ULONG count = 0;
    CK_INFO info;

    ck_assert_rv(p11->C_GetInfo(&info), CKR_OK);
    ck_assert_rv(p11->C_GetSlotList(CK_TRUE, NULL, &count), CKR_OK);
    ck_assert_uint_eq(count, 2);
    ck_assert_rv(p11->C_GetSlotList(CK_TRUE, slots, &count), CKR_OK);
    ck_assert_uint_eq(slots[0], SLOT);
    return slots[0];
}

static void
describe(CK_SLOT_ID slot)
{
    const CK_FLAGS has = CKF_RNG | CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED;
    CK_SLOT_INFO slot_info;
    CK_TOKEN_INFO token;

    ck_assert_rv(p11->C_GetSlotInfo(slot, &slot_info), CKR_OK);
    ck_assert((slot_info.flags & CKF_TOKEN_PRESENT) != 0);
    ck_assert_rv(p11->C_GetTokenInfo(slot, &token), CKR_OK);
    ck_assert_uint_eq(token.flags & (has | CKF_TOKEN_INITIALIZED), has | CKF_TOKEN_INITIALIZED);
}

static CK_ULONG
find_first(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count,
           CK_OBJECT_HANDLE *found, CK_ULONG most)
{
    CK_ULONG found_count = 0;

    ck_assert_rv(p11->C_FindObjectsInit(session, template, count), CKR_OK);
    ck_assert_rv(p11->C_FindObjects(session, found, most, &found_count), CKR_OK);
    ck_assert_rv(p11->C_FindObjectsFinal(session), CKR_OK);
    return found_count;
}

static CK_OBJECT_HANDLE
find_key(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class)
{
    CK_ATTRIBUTE template[] = {on_token, {CKA_LABEL, "RSA", 3}, {CKA_CLASS, &class, sizeof class}};
    CK_OBJECT_HANDLE found = CK_INVALID_HANDLE;

    ck_assert_uint_eq(find_first(session, template, 3, &found, 1), 1);
    return found;
}

/* First how long it is, then what. */
static CK_ULONG
read_twice(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
           CK_BYTE out[ROOM])
{
    CK_ATTRIBUTE template = {type, NULL, 0};

    ck_assert_rv(p11->C_GetAttributeValue(session, object, &template, 1), CKR_OK);
    ck_assert_uint_le(template.ulValueLen, ROOM);
    template.pValue = out;
    ck_assert_rv(p11->C_GetAttributeValue(session, object, &template, 1), CKR_OK);
    return template.ulValueLen;
}

static void
end(CK_SLOT_ID slot, CK_SESSION_HANDLE session)
{
    ck_assert_rv(p11->C_CloseSession(session), CKR_OK);
    ck_assert_rv(p11->C_CloseAllSessions(slot), CKR_OK);
    ck_assert_rv(p11->C_Finalize(NULL), CKR_OK);
}

START_TEST(a_baseline_provider)
{
    const CK_SLOT_ID slot = choose_slot();
    CK_OBJECT_HANDLE found = CK_INVALID_HANDLE;
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;

    describe(slot);
    session = open_session(slot, 0);
    ck_assert_uint_eq(find_first(session, &on_token, 1, &found, 1), 1);
    end(slot, session);
}
END_TEST

START_TEST(an_extended_provider)
{
    const CK_SLOT_ID slot = choose_slot();
    const CK_MECHANISM_TYPE asked[] = {CKM_SHA512, CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_RSA_PKCS};
    CK_MECHANISM_TYPE listed[128];
    CK_MECHANISM_INFO info;
    CK_OBJECT_HANDLE found = CK_INVALID_HANDLE;
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
    CK_ULONG count = 0;

    describe(slot);
    ck_assert_rv(p11->C_GetMechanismList(slot, NULL, &count), CKR_OK);
    ck_assert_uint_le(count, sizeof listed / sizeof *listed);
    ck_assert_rv(p11->C_GetMechanismList(slot, listed, &count), CKR_OK);
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        ck_assert_rv(p11->C_GetMechanismInfo(slot, asked[i], &info), CKR_OK);
    session = open_session(slot, CKF_RW_SESSION);
    ck_assert_rv(p11->C_Login(session, CKU_USER, USER_PIN), CKR_OK);
    ck_assert_uint_eq(find_first(session, &on_token, 1, &found, 1), 1);
    ck_assert_rv(p11->C_Logout(session), CKR_OK);
    end(slot, session);
}
END_TEST

START_TEST(an_authentication_token)
{
    const CK_SLOT_ID slot = choose_slot();
    const CK_SESSION_HANDLE session = open_session(slot, CKF_RW_SESSION);
    CK_MECHANISM mechanism = {CKM_SHA256_RSA_PKCS, NULL, 0};
    CK_BYTE data[] = "a request for a certificate";
    CK_BYTE signature[SIGNATURE_LEN], modulus[ROOM], exponent[ROOM];
    CK_ATTRIBUTE numbers[] = {{CKA_MODULUS, modulus, ROOM}, {CKA_PUBLIC_EXPONENT, exponent, ROOM}};
    CK_ULONG len = sizeof signature;
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    ck_assert_rv(p11->C_Login(session, CKU_USER, USER_PIN), CKR_OK);
    ck_assert_rv(p11->C_GetAttributeValue(session, find_key(session, CKO_PUBLIC_KEY), numbers, 2),
                 CKR_OK);
    ck_assert_uint_eq(numbers[0].ulValueLen, SIGNATURE_LEN);
    ck_assert_uint_eq(numbers[1].ulValueLen, 3);
    ck_assert_rv(p11->C_SignInit(session, &mechanism, find_key(session, CKO_PRIVATE_KEY)), CKR_OK);
    ck_assert_rv(p11->C_Sign(session, data, sizeof data, signature, &len), CKR_OK);
    ck_assert_int_eq(
        EVP_DigestVerifyInit_ex(context, NULL, "SHA256", mn_crypto_context(), NULL, keys[0], NULL),
        1);
    ck_assert_int_eq(EVP_DigestVerify(context, signature, len, data, sizeof data), 1);
    ck_assert_rv(p11->C_Logout(session), CKR_OK);
    EVP_MD_CTX_free(context);
    end(slot, session);
}
END_TEST

/* Nobody logs in: five objects, of which the second is a certificate. */
START_TEST(a_public_certificates_token)
{
    const CK_SLOT_ID slot = choose_slot();
    const CK_SESSION_HANDLE session = open_session(slot, 0);
    mainet_bytes *der = mainet_certificate_der(certificates[0], NULL);
    CK_OBJECT_HANDLE found[5];
    CK_BYTE seen[ROOM];

    ck_assert_uint_eq(find_first(session, &on_token, 1, found, 5), 5);
    ck_assert_uint_eq(read_twice(session, found[0], CKA_LABEL, seen), 3);
    ck_assert_mem_eq(seen, "RSA", 3);
    ck_assert_uint_eq(read_twice(session, found[1], CKA_VALUE, seen), mainet_bytes_len(der));
    ck_assert_mem_eq(seen, mainet_bytes_data(der), mainet_bytes_len(der));
    mainet_bytes_free(der);
    end(slot, session);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("profile");
    TCase *all = tcase_create("profile");

    tcase_set_timeout(all, 30);
    tcase_add_unchecked_fixture(all, make_store, remove_store);
    tcase_add_checked_fixture(all, start_module, stop_module);
    tcase_add_test(all, a_baseline_provider);
    tcase_add_test(all, an_extended_provider);
    tcase_add_test(all, an_authentication_token);
    tcase_add_test(all, a_public_certificates_token);
    suite_add_tcase(suite, all);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
