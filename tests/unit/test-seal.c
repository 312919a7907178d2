/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "base/crypto.h"
#include "run-suite.h"
#include "store/attributes.h"
#include "store/kdf.h"
#include "store/seal.h"

static mn_secret *key;
static mn_buffer ad = MN_BUFFER_INIT(0);
static mn_buffer sealed = MN_BUFFER_INIT(0);

static void
seal_something(void)
{
    key = mn_random_secret(MN_SEAL_KEY_LEN, NULL);
    mn_buffer_append(&ad, "place", 5);
    ck_assert_int_eq(mn_seal(key, &ad, (const uint8_t *)"secret", 6, &sealed, NULL), MAINET_OK);
}

static void
forget(void)
{
    mn_secret_free(key);
    mn_buffer_clear(&ad);
    mn_buffer_clear(&sealed);
}

START_TEST(what_was_sealed_opens_in_its_place)
{
    mn_secret *plain = mn_unseal(key, &ad, sealed.data, sealed.len, NULL);

    ck_assert_ptr_nonnull(plain);
    ck_assert_uint_eq(sealed.len, 6 + MN_SEAL_OVERHEAD);
    ck_assert_uint_eq(mn_secret_len(plain), 6);
    ck_assert_mem_eq(mn_secret_bytes(plain), "secret", 6);
    mn_secret_free(plain);
}
END_TEST

START_TEST(it_opens_in_no_other_place)
{
    mainet_error err = {0};

    mn_buffer_append(&ad, "!", 1);
    ck_assert_ptr_null(mn_unseal(key, &ad, sealed.data, sealed.len, &err));
    ck_assert_int_eq(err.status, MAINET_E_STORE_TAMPERED);
}
END_TEST

START_TEST(every_truncation_and_every_bit_is_noticed)
{
    mainet_error err = {0};

    for (size_t len = 0; len < sealed.len; len++) {
        ck_assert_ptr_null(mn_unseal(key, &ad, sealed.data, len, &err));
        ck_assert_int_eq(err.status, MAINET_E_STORE_TAMPERED);
    }
    for (size_t bit = 0; bit < 8 * sealed.len; bit++) {
        sealed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        ck_assert_ptr_null(mn_unseal(key, &ad, sealed.data, sealed.len, &err));
        sealed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}
END_TEST

START_TEST(one_secret_never_seals_to_the_same_bytes)
{
    mn_buffer again = MN_BUFFER_INIT(0);

    ck_assert_int_eq(mn_seal(key, &ad, (const uint8_t *)"secret", 6, &again, NULL), MAINET_OK);
    ck_assert_mem_ne(again.data, sealed.data, sealed.len);
    mn_buffer_clear(&again);
}
END_TEST

static const struct {
    uint64_t n;
    uint32_t r;
    uint32_t p;
    bool accepted;
} costs[] = {
    {1 << 14, 8, 1, true},  {1 << 15, 8, 2, true},     {1 << 13, 8, 1, false},
    {1 << 18, 8, 1, false}, {3 << 14, 8, 1, false},    {1 << 15, 9, 1, false},
    {1 << 15, 8, 0, false}, {1 << 15, 8, 5, false},    {0, 8, 1, false},
    {1 << 15, 0, 1, false}, {UINT64_MAX, 8, 1, false},
};

START_TEST(costs_out_of_bounds_are_refused_before_they_are_paid)
{
    mainet_error err = {0};
    mn_kdf kdf = {.n = costs[_i].n, .r = costs[_i].r, .p = costs[_i].p};
    mn_secret *derived = mn_kdf_derive(&kdf, (const uint8_t *)"1234", 4, &err);

    ck_assert_int_eq(derived != NULL, costs[_i].accepted);
    ck_assert_int_eq(err.status, costs[_i].accepted ? MAINET_OK : MAINET_E_STORE_OPEN);
    mn_secret_free(derived);
}
END_TEST

START_TEST(scrypt_agrees_with_a_known_answer)
{
    /* computed with Python's hashlib.scrypt(b'1234-pin', salt=bytes(range(16)), n=2**14, r=8, p=1)
     */
    static const uint8_t expected[] = {0x1b, 0x47, 0x7c, 0x7b, 0x97, 0x6b, 0xf9, 0x21,
                                       0x11, 0xa6, 0x75, 0x9c, 0x57, 0x7b, 0xa9, 0xbb,
                                       0x69, 0x94, 0xf2, 0x59, 0xd1, 0x85, 0x53, 0x6c,
                                       0x3e, 0x2b, 0xbb, 0x40, 0xe8, 0x38, 0x4f, 0xbd};
    mn_kdf kdf = {.n = 1 << 14, .r = 8, .p = 1};
    mn_secret *derived = NULL;

    for (uint8_t i = 0; i < sizeof kdf.salt; i++)
        kdf.salt[i] = i;
    derived = mn_kdf_derive(&kdf, (const uint8_t *)"1234-pin", 8, NULL);
    ck_assert_ptr_nonnull(derived);
    ck_assert_mem_eq(mn_secret_bytes(derived), expected, sizeof expected);
    mn_secret_free(derived);
}
END_TEST

static void
make_record(mn_buffer *out)
{
    mn_attributes *attributes = mn_attributes_new(NULL);

    (void)mn_attributes_set_text(attributes, 3, "label", NULL);
    (void)mn_attributes_set_number(attributes, 0, 2, NULL);
    (void)mn_attributes_set_bool(attributes, 1, true, NULL);
    ck_assert_int_eq(mn_attributes_encode(attributes, out, NULL), MAINET_OK);
    mn_attributes_free(attributes);
}

START_TEST(a_record_reads_back_and_every_truncation_is_refused)
{
    mn_buffer record = MN_BUFFER_INIT(0);
    mn_attributes *decoded = NULL;

    make_record(&record);
    decoded = mn_attributes_decode(record.data, record.len, NULL);
    ck_assert_ptr_nonnull(decoded);
    ck_assert_uint_eq(mn_attributes_number(decoded, 0, 99), 2);
    ck_assert(mn_attributes_bool(decoded, 1, false));
    ck_assert_uint_eq(mn_attributes_number(decoded, 3, 99), 99);
    mn_attributes_free(decoded);
    for (size_t len = 0; len < record.len; len++)
        ck_assert_ptr_null(mn_attributes_decode(record.data, len, NULL));
    mn_buffer_append_u8(&record, 0);
    ck_assert_ptr_null(mn_attributes_decode(record.data, record.len, NULL));
    mn_buffer_clear(&record);
}
END_TEST

static Suite *
seal_suite(void)
{
    Suite *suite = suite_create("seal");
    TCase *seal = tcase_create("seal");
    TCase *kdf = tcase_create("kdf");
    TCase *record = tcase_create("record");

    tcase_add_checked_fixture(seal, seal_something, forget);
    tcase_add_test(seal, what_was_sealed_opens_in_its_place);
    tcase_add_test(seal, it_opens_in_no_other_place);
    tcase_add_test(seal, every_truncation_and_every_bit_is_noticed);
    tcase_add_test(seal, one_secret_never_seals_to_the_same_bytes);
    suite_add_tcase(suite, seal);
    tcase_set_timeout(kdf, 30);
    tcase_add_loop_test(kdf, costs_out_of_bounds_are_refused_before_they_are_paid, 0,
                        sizeof costs / sizeof *costs);
    tcase_add_test(kdf, scrypt_agrees_with_a_known_answer);
    suite_add_tcase(suite, kdf);
    tcase_add_test(record, a_record_reads_back_and_every_truncation_is_refused);
    suite_add_tcase(suite, record);
    return suite;
}

int
main(void)
{
    return run_suite(seal_suite());
}
