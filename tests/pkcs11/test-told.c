/* SPDX-License-Identifier: BSD-3-Clause */
/* What is told that nobody has written: check values, profiles; and told without reading a file. */
#include <sys/inotify.h>
#include <time.h>

#include "fixture.h"
#include "unit/run-suite.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NSS_TRUST 0xCE534353UL
#define NSS_BUILTIN_ROOTS 0xCE534354UL
#define TRUST 0xBUL /* PKCS#11 v3.2 */

static CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY;
static CK_OBJECT_CLASS certificate_class = CKO_CERTIFICATE;
static CK_BBOOL yes = CK_TRUE;
static CK_BBOOL no = CK_FALSE;

static CK_ULONG
read_check_value(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_BYTE out[3])
{
    CK_ATTRIBUTE template = {CKA_CHECK_VALUE, out, 3};

    return p11->C_GetAttributeValue(session, object, &template, 1) == CKR_OK ? template.ulValueLen
                                                                             : 0;
}

START_TEST(a_certificate_is_checked_by_its_hash)
{
    const CK_SESSION_HANDLE session = open_session(SLOT, 0);
    mainet_bytes *der = mainet_certificate_der(certificates[0], NULL);
    CK_BYTE digest[20];
    CK_BYTE seen[3];
    CK_ATTRIBUTE template[] = {{CKA_CLASS, &certificate_class, sizeof certificate_class},
                               {CKA_CHECK_VALUE, digest, 3}};
    CK_OBJECT_HANDLE found[16];

    ck_assert_int_eq(EVP_Q_digest(mn_crypto_context(), "SHA1", NULL, mainet_bytes_data(der),
                                  mainet_bytes_len(der), digest, NULL),
                     1);
    ck_assert_uint_eq(read_check_value(session, find_one(session, CKO_CERTIFICATE, "RSA"), seen),
                      3);
    ck_assert_mem_eq(seen, digest, 3);
    ck_assert_uint_eq(find(session, template, 2, found), 1);
    ck_assert_uint_eq(found[0], find_one(session, CKO_CERTIFICATE, "RSA"));
    ck_assert_uint_eq(read_check_value(session, find_one(session, CKO_PUBLIC_KEY, "RSA"), seen), 0);
    mainet_bytes_free(der);
}
END_TEST

/* FIPS 197, C.1 to C.3, has the keys; what a block of zeros becomes was worked out with the openssl
 * program, as was the SHA-1 of 16 bytes from 0 on. */
static const struct {
    CK_KEY_TYPE type;
    CK_ULONG len;
    CK_BYTE expected[3];
} check_rows[] = {
    {CKK_AES, 16, {0xc6, 0xa1, 0x3b}},
    {CKK_AES, 24, {0x91, 0x62, 0x51}},
    {CKK_AES, 32, {0xf2, 0x90, 0x00}},
    {CKK_DES, 8, {0xa5, 0x17, 0x3a}},
    {CKK_DES2, 16, {0xdd, 0xad, 0xa1}},
    {CKK_DES3, 24, {0x89, 0x4b, 0xc3}},
    {CKK_GENERIC_SECRET, 16, {0x56, 0x17, 0x8b}},
};

START_TEST(a_secret_key_is_checked_by_its_cipher)
{
    const CK_SESSION_HANDLE session = open_session(OPEN_SLOT, CKF_RW_SESSION);
    CK_KEY_TYPE type = check_rows[_i].type;
    CK_BYTE value[32];
    CK_BYTE check[3];
    CK_ATTRIBUTE template[] = {{CKA_CLASS, &secret_class, sizeof secret_class},
                               {CKA_KEY_TYPE, &type, sizeof type},
                               {CKA_VALUE, value, check_rows[_i].len},
                               {CKA_SENSITIVE, &yes, 1},
                               {CKA_TOKEN, &yes, 1},
                               {CKA_CHECK_VALUE, check, sizeof check}};
    CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
    CK_BYTE seen[3] = {0};

    for (size_t i = 0; i < sizeof value; i++)
        value[i] = (CK_BYTE)i;
    memcpy(check, check_rows[_i].expected, sizeof check);
    for (CK_ULONG with = 5; with <= COUNT(template); with++) { /* without saying it, and with it */
        ck_assert_rv(p11->C_CreateObject(session, template, with, &object), CKR_OK);
        ck_assert_uint_eq(read_check_value(session, object, seen), 3);
        ck_assert_mem_eq(seen, check_rows[_i].expected, sizeof seen);
        ck_assert_rv(p11->C_DestroyObject(session, object), CKR_OK);
    }
    check[2] ^= 1;
    ck_assert_rv(p11->C_CreateObject(session, template, COUNT(template), &object),
                 CKR_ATTRIBUTE_VALUE_INVALID);
}
END_TEST

static void
expect_no_check_value(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object)
{
    CK_BYTE seen[3];
    CK_ATTRIBUTE template = {CKA_CHECK_VALUE, seen, sizeof seen};

    ck_assert_rv(p11->C_GetAttributeValue(session, object, &template, 1), CKR_OK);
    ck_assert_uint_eq(template.ulValueLen, 0);
}

/* v3.0, 4.10.2: it may be said if it is right; said to be empty, there is none, now or from now on.
 */
START_TEST(a_key_that_is_made_here_has_the_check_value_that_is_asked_for)
{
    const CK_SESSION_HANDLE session = open_session(OPEN_SLOT, CKF_RW_SESSION);
    CK_MECHANISM mechanism = {CKM_AES_KEY_GEN, NULL, 0};
    CK_ULONG len = 16;
    CK_BYTE check[4] = {0x2b, 0x84, 0xf6};
    CK_ATTRIBUTE template[] = {{CKA_VALUE_LEN, &len, sizeof len},
                               {CKA_TOKEN, _i == 0 ? &no : &yes, 1},
                               {CKA_CHECK_VALUE, check, 4}};
    CK_ATTRIBUTE said = {CKA_CHECK_VALUE, check, 3};
    CK_ATTRIBUTE none = {CKA_CHECK_VALUE, NULL, 0};
    CK_OBJECT_HANDLE key = 1234;
    CK_OBJECT_HANDLE copy = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_GenerateKey(session, &mechanism, template, 3, &key),
                 CKR_ATTRIBUTE_VALUE_INVALID);
    ck_assert_uint_eq(key, 1234);
    template[2] = none;
    ck_assert_rv(p11->C_GenerateKey(session, &mechanism, template, 3, &key), CKR_OK);
    expect_no_check_value(session, key);
    ck_assert_rv(p11->C_CopyObject(session, key, NULL, 0, &copy), CKR_OK);
    expect_no_check_value(session, copy);
    ck_assert_rv(p11->C_GenerateKey(session, &mechanism, template, 2, &key), CKR_OK);
    ck_assert_uint_eq(read_check_value(session, key, check), 3);
    ck_assert_rv(p11->C_SetAttributeValue(session, key, &said, 1), CKR_ATTRIBUTE_READ_ONLY);
    ck_assert_rv(p11->C_SetAttributeValue(session, key, &none, 1), CKR_OK);
    expect_no_check_value(session, key);
}
END_TEST

START_TEST(a_key_that_comes_in_has_no_check_value_if_none_is_asked_for)
{
    const CK_SESSION_HANDLE session = open_session(OPEN_SLOT, 0);
    CK_KEY_TYPE type = CKK_AES;
    CK_BYTE value[16] = {0};
    CK_ATTRIBUTE template[] = {{CKA_CLASS, &secret_class, sizeof secret_class},
                               {CKA_KEY_TYPE, &type, sizeof type},
                               {CKA_VALUE, value, sizeof value},
                               {CKA_CHECK_VALUE, NULL, 0}};
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;

    ck_assert_rv(p11->C_CreateObject(session, template, COUNT(template), &key), CKR_OK);
    expect_no_check_value(session, key);
}
END_TEST

static CK_ULONG
read_unique_id(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, char out[32])
{
    CK_ATTRIBUTE template = {CKA_UNIQUE_ID, out, 31};

    ck_assert_rv(p11->C_GetAttributeValue(session, object, &template, 1), CKR_OK);
    out[template.ulValueLen] = '\0';
    return template.ulValueLen;
}

static CK_OBJECT_HANDLE
find_by_unique_id(CK_SESSION_HANDLE session, char *id)
{
    CK_ATTRIBUTE template = {CKA_UNIQUE_ID, id, strlen(id)};
    CK_OBJECT_HANDLE found[16];

    ck_assert_uint_eq(find(session, &template, 1, found), 1);
    return found[0];
}

START_TEST(every_object_has_an_id_of_its_own)
{
    const CK_SESSION_HANDLE session = open_session(OPEN_SLOT, CKF_RW_SESSION);
    CK_ATTRIBUTE token = {CKA_TOKEN, &yes, 1};
    CK_ATTRIBUTE label = {CKA_LABEL, "renamed", 7};
    CK_ATTRIBUTE said = {CKA_UNIQUE_ID, "mine", 4};
    const CK_OBJECT_HANDLE certificate = find_one(session, CKO_CERTIFICATE, "open");
    CK_OBJECT_HANDLE copies[3] = {certificate};
    char ids[3][32];
    char again[32];

    ck_assert_rv(p11->C_CopyObject(session, certificate, NULL, 0, &copies[1]), CKR_OK);
    ck_assert_rv(p11->C_SetAttributeValue(session, copies[1], &said, 1), CKR_ATTRIBUTE_READ_ONLY);
    ck_assert_rv(p11->C_CopyObject(session, certificate, &said, 1, &copies[2]),
                 CKR_ATTRIBUTE_READ_ONLY);
    token.pValue = &no;
    ck_assert_rv(p11->C_CopyObject(session, certificate, &token, 1, &copies[2]), CKR_OK);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_uint_gt(read_unique_id(session, copies[i], ids[i]), 0);
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(ids[i], ids[j]);
        ck_assert_uint_eq(find_by_unique_id(session, ids[i]), copies[i]);
        if (i != 0)
            ck_assert_rv(p11->C_SetAttributeValue(session, copies[i], &label, 1), CKR_OK);
        (void)read_unique_id(session, copies[i], again);
        ck_assert_str_eq(again, ids[i]);
    }
    stop_module();
    start_module();
    {
        const CK_SESSION_HANDLE later = open_session(OPEN_SLOT, CKF_RW_SESSION);

        (void)read_unique_id(later, find_one(later, CKO_CERTIFICATE, "open"), again);
        ck_assert_str_eq(again, ids[0]);
        ck_assert_rv(p11->C_DestroyObject(later, find_by_unique_id(later, ids[1])), CKR_OK);
    }
}
END_TEST

/* The halves of a pair are for the same: what the one signs the other verifies, and so on. */
static const struct {
    CK_ATTRIBUTE_TYPE private_half;
    CK_ATTRIBUTE_TYPE public_half;
} uses[] = {
    {CKA_SIGN, CKA_VERIFY},     {CKA_SIGN_RECOVER, CKA_VERIFY_RECOVER},
    {CKA_DECRYPT, CKA_ENCRYPT}, {CKA_UNWRAP, CKA_WRAP},
    {CKA_DERIVE, CKA_DERIVE},
};

START_TEST(both_halves_of_a_pair_are_for_the_same)
{
    const CK_SESSION_HANDLE session = open_user_session();

    for (size_t i = 0; i < IDENTITY_COUNT; i++) {
        const CK_OBJECT_HANDLE private_half = find_one(session, CKO_PRIVATE_KEY, key_types[i]);
        const CK_OBJECT_HANDLE public_half = find_one(session, CKO_PUBLIC_KEY, key_types[i]);

        for (size_t j = 0; j < COUNT(uses); j++) {
            CK_BBOOL does = 2;
            CK_BBOOL undoes = 3;
            CK_ATTRIBUTE one = {uses[j].private_half, &does, 1};
            CK_ATTRIBUTE other = {uses[j].public_half, &undoes, 1};

            ck_assert_rv(p11->C_GetAttributeValue(session, private_half, &one, 1), CKR_OK);
            ck_assert_rv(p11->C_GetAttributeValue(session, public_half, &other, 1), CKR_OK);
            ck_assert_uint_eq(does, undoes);
        }
    }
}
END_TEST

START_TEST(the_profiles_are_told_and_nobody_changes_them)
{
    static const CK_ULONG expected[] = {CKP_BASELINE_PROVIDER, CKP_EXTENDED_PROVIDER,
                                        CKP_AUTHENTICATION_TOKEN, CKP_PUBLIC_CERTIFICATES_TOKEN};
    const CK_SESSION_HANDLE session = open_session(OPEN_SLOT, CKF_RW_SESSION);
    CK_OBJECT_CLASS class = CKO_PROFILE;
    CK_ULONG profile = 0;
    CK_BBOOL is_private = CK_TRUE;
    CK_ATTRIBUTE wanted[] = {{CKA_TOKEN, &yes, 1}, {CKA_CLASS, &class, sizeof class}};
    CK_ATTRIBUTE template[] = {{CKA_PROFILE_ID, &profile, sizeof profile},
                               {CKA_PRIVATE, &is_private, 1}};
    CK_OBJECT_HANDLE found[16];
    CK_OBJECT_HANDLE again[16];
    CK_OBJECT_HANDLE copy = CK_INVALID_HANDLE;

    ck_assert_uint_eq(find(session, wanted, 2, found), COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++) {
        ck_assert_rv(p11->C_GetAttributeValue(session, found[i], template, 2), CKR_OK);
        ck_assert_uint_eq(profile, expected[i]);
        ck_assert_uint_eq(is_private, CK_FALSE);
        ck_assert_rv(p11->C_DestroyObject(session, found[i]), CKR_ACTION_PROHIBITED);
        ck_assert_rv(p11->C_CopyObject(session, found[i], NULL, 0, &copy), CKR_ACTION_PROHIBITED);
        ck_assert_rv(p11->C_SetAttributeValue(session, found[i], template, 1),
                     CKR_ACTION_PROHIBITED);
    }
    ck_assert_rv(p11->C_CreateObject(session, &wanted[1], 1, &copy), CKR_ATTRIBUTE_VALUE_INVALID);
    ck_assert_uint_eq(find(session, wanted, 2, again), COUNT(expected));
    ck_assert_uint_eq(found[0], again[0]);
}
END_TEST

/* How often something in the store was opened since the last time. */
static int
count_openings(int watch)
{
    char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    int count = 0;

    for (ssize_t len = read(watch, events, sizeof events); len > 0;
         len = read(watch, events, sizeof events)) {
        for (ssize_t at = 0; at < len; count++)
            at += (ssize_t)(sizeof(struct inotify_event) +
                            ((struct inotify_event *)(void *)(events + at))->len);
    }
    return count;
}

static CK_OBJECT_CLASS missed[] = {CKO_PROFILE, NSS_TRUST, NSS_BUILTIN_ROOTS, TRUST};

/* Browsers make these searches 160 times a connection. */
START_TEST(what_no_token_has_is_missed_without_opening_a_file)
{
    const CK_SESSION_HANDLE session = open_user_session();
    const int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    CK_ATTRIBUTE wanted[] = {
        {CKA_TOKEN, &yes, 1}, {CKA_CLASS, &missed[_i], sizeof missed[_i]}, {CKA_LABEL, &yes, 1}};
    CK_OBJECT_HANDLE found[16];

    ck_assert_int_ge(watch, 0);
    ck_assert_int_ge(inotify_add_watch(watch, temp_folder, IN_OPEN), 0);
    for (CK_ULONG with = 2; with <= COUNT(wanted); with++) {
        const bool is_hit = with == 2 && missed[_i] == CKO_PROFILE;

        ck_assert_uint_eq(find(session, wanted, with, found), is_hit ? 4 : 0);
    }
    ck_assert_int_eq(count_openings(watch), 0);
    (void)find_one(session, CKO_CERTIFICATE, "RSA");
    ck_assert_int_ne(count_openings(watch), 0); /* which shows that openings are seen */
    ck_assert_int_eq(close(watch), 0);
}
END_TEST

static double
milliseconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Of many calls the quickest: what one does, and not what the machine does besides. */
#define QUICKEST(call, quickest)                                                                   \
    do {                                                                                           \
        for (int i = 0; i < 50; i++) {                                                             \
            const double start = milliseconds();                                                   \
            ck_assert_rv(p11->call, CKR_OK);                                                       \
            if (milliseconds() - start < (quickest))                                               \
                (quickest) = milliseconds() - start;                                               \
        }                                                                                          \
    } while (0)

START_TEST(slots_and_tokens_are_told_within_a_millisecond)
{
    CK_SLOT_INFO slot_info;
    CK_TOKEN_INFO token_info;
    double slot = 1e9;
    double token = 1e9;

    QUICKEST(C_GetSlotInfo(SLOT, &slot_info), slot);
    QUICKEST(C_GetTokenInfo(SLOT, &token_info), token);
    ck_assert_msg(slot < 1 && token < 1, "%f ms, %f ms", slot, token);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("told");
    TCase *all = tcase_create("told");

    tcase_set_timeout(all, 60);
    tcase_add_unchecked_fixture(all, make_store, remove_store);
    tcase_add_checked_fixture(all, start_module, stop_module);
    tcase_add_test(all, a_certificate_is_checked_by_its_hash);
    tcase_add_loop_test(all, a_secret_key_is_checked_by_its_cipher, 0, COUNT(check_rows));
    tcase_add_loop_test(all, a_key_that_is_made_here_has_the_check_value_that_is_asked_for, 0, 2);
    tcase_add_test(all, a_key_that_comes_in_has_no_check_value_if_none_is_asked_for);
    tcase_add_test(all, every_object_has_an_id_of_its_own);
    tcase_add_test(all, both_halves_of_a_pair_are_for_the_same);
    tcase_add_test(all, the_profiles_are_told_and_nobody_changes_them);
    tcase_add_test(all, slots_and_tokens_are_told_within_a_millisecond);
    tcase_add_loop_test(all, what_no_token_has_is_missed_without_opening_a_file, 0, COUNT(missed));
    suite_add_tcase(suite, all);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
