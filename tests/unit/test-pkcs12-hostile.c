/* SPDX-License-Identifier: BSD-3-Clause */
/* Containers that somebody made who knows the password and wants the reader to be long about it. */

#include "pkcs12/harvest.h"
#include "run-suite.h"
#include "support/cpu-time.h"
#include "support/wild.h"

static data
repeat(data one, size_t times)
{
    data made = {malloc(one.len * times + 1), one.len * times};

    for (size_t i = 0; i < times; i++)
        memcpy(made.bytes + i * one.len, one.bytes, one.len);
    free(one.bytes);
    return made;
}

/* An INTEGER of so many bits, `last` at its end. */
static data
long_integer(size_t bits, uint16_t last)
{
    data number = repeat(raw("\xff", 1), bits / 8 + 1);

    number.bytes[0] = 0;
    number.bytes[number.len - 2] = (uint8_t)(last >> 8);
    number.bytes[number.len - 1] = (uint8_t)last;
    return with_header(0x02, number);
}

static data
key_info(data algorithm, data private_key)
{
    return sequence(SEQUENCE, integer(0), algorithm, octets(private_key), END);
}

/* Parameters and private number are of any size: what OpenSSL would compute the public one of. */
static data
powers_key(const char *kind, size_t bits, uint16_t last)
{
    data numbers =
        strcmp(kind, "dhKeyAgreement") == 0
            ? join(long_integer(bits, 0xfff1), integer(2))
            : join(join(long_integer(bits, 0xfff1), long_integer(bits - 8, 0xfff1)), integer(2));

    return bag("keyBag",
               key_info(sequence(SEQUENCE, oid(kind), element(SEQUENCE, numbers), END),
                        long_integer(bits - 16, last)),
               END);
}

/* Java leaves the public half out. */
static data
bare_key(uint16_t number)
{
    const uint8_t bytes[] = {(uint8_t)(number >> 8), (uint8_t)number};
    data ec = sequence(SEQUENCE, integer(1), octets(raw(bytes, sizeof bytes)), END);

    return bag("keyBag",
               key_info(sequence(SEQUENCE, oid("id-ecPublicKey"), oid("prime256v1"), END), ec),
               END);
}

static const struct {
    const char *kind;
    size_t bits;
    bool is_read;
} powers[] = {
    {"dsaEncryption", 2048, true},     {"dsaEncryption", 4096, true},
    {"dsaEncryption", 4104, false},    {"dsaEncryption", 100000, false},
    {"dsaWithSHA1", 100000, false},    {"dhKeyAgreement", 2048, true},
    {"dhKeyAgreement", 100000, false}, {"X9.42 DH", 100000, false},
};

START_TEST(a_key_is_refused_whose_public_half_takes_long)
{
    mainet_error err = {0};
    data made = container_of(plain_safe(powers_key(powers[_i].kind, powers[_i].bits, 0xfff5)));
    const double begun = cpu_seconds();
    mainet_pkcs12 *container = open_data(made, PASSWORD, &err);

    ck_assert_msg(container != NULL, "%s", err.detail);
    ck_assert_uint_eq(mainet_pkcs12_key_count(container), powers[_i].is_read ? 1 : 0);
    ck_assert(cpu_seconds() - begun < 1);
    mainet_pkcs12_free(container);
}
END_TEST

START_TEST(such_keys_are_counted)
{
    mainet_error err = {0};
    data bags = raw("", 0);
    mainet_pkcs12 *container = NULL;

    for (uint16_t i = 0; i < MN_POWERS_CEILING + 2; i++)
        bags = join(bags, powers_key("dsaEncryption", 2048, i));
    container = open_data(container_of(plain_safe(bags)), PASSWORD, &err);
    ck_assert_msg(container != NULL, "%s", err.detail);
    ck_assert_uint_eq(mainet_pkcs12_key_count(container), MN_POWERS_CEILING);
    ck_assert_str_eq(mainet_pkcs12_skipped(container),
                     "a private key that cannot be used: dsaEncryption, "
                     "a private key that cannot be used: dsaEncryption");
    mainet_pkcs12_free(container);
}
END_TEST

START_TEST(keys_are_counted)
{
    mainet_error err = {0};
    data bags = raw("", 0);
    mainet_pkcs12 *container = NULL;

    for (uint16_t i = 1; i <= MN_KEYS_CEILING; i++)
        bags = join(bags, bare_key(i));
    container = open_data(container_of(plain_safe(copy(bags))), PASSWORD, &err);
    ck_assert_msg(container != NULL, "%s", err.detail);
    ck_assert_uint_eq(mainet_pkcs12_key_count(container), MN_KEYS_CEILING);
    mainet_pkcs12_free(container);
    expect_refusal(open_data(container_of(plain_safe(join(bags, bare_key(1)))), PASSWORD, &err),
                   MAINET_E_PKCS12_UNUSABLE, "private keys", &err);
}
END_TEST

/* SafeContents in one another, each four bytes of length longer than what is in it. */
static data
nested(size_t depth)
{
    static const uint8_t type[] = {0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7,
                                   0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x06};
    static const uint8_t tags[] = {0x30, 0x30, 0xa0};
    const size_t level_len = 3 * 5 + sizeof type;
    data made = repeat(raw("\0", 1), depth * level_len);
    uint8_t *at = made.bytes;

    for (size_t left = made.len; left != 0; left -= level_len) {
        size_t inside = left;

        for (size_t i = 0; i < sizeof tags; i++) {
            inside -= 5 + (i == 2 ? sizeof type : 0);
            if (i == 2) {
                memcpy(at, type, sizeof type);
                at += sizeof type;
            }
            *at++ = tags[i];
            *at++ = 0x83;
            *at++ = (uint8_t)(inside >> 16);
            *at++ = (uint8_t)(inside >> 8);
            *at++ = (uint8_t)inside;
        }
    }
    return made;
}

static data
safe_of(data contents)
{
    return sequence(SEQUENCE, oid("pkcs7-data"), element(CONTEXT(0), octets(contents)), END);
}

static data
failing_safe(void)
{
    data encrypted = sequence(SEQUENCE, integer(0),
                              sequence(SEQUENCE, oid("pkcs7-data"), pbe("PBE-SHA1-3DES", 1),
                                       tagged_octets(0, raw("12345678", 8)), END),
                              END);

    return sequence(SEQUENCE, oid("pkcs7-encryptedData"), element(CONTEXT(0), encrypted), END);
}

static data
salted_key(size_t salt_len)
{
    data parameters = sequence(SEQUENCE, octets(repeat(raw("s", 1), salt_len)), integer(1), END);

    return bag("pkcs8ShroudedKeyBag",
               sequence(SEQUENCE, sequence(SEQUENCE, oid("PBE-SHA1-3DES"), parameters, END),
                        octets(raw("12345678", 8)), END),
               END);
}

static data
of_many(int kind)
{
    switch (kind) {
    case 0:
        return repeat(raw("\x30\x80", 2), 500000);
    case 1:
        return container_of(repeat(raw("\x30\x80", 2), 400000));
    case 2:
        return container_of(safe_of(nested(10000)));
    case 3:
        return container_of(safe_of(element(SEQUENCE, repeat(raw("\x30\0", 2), 400000))));
    case 4:
        return container_of(plain_safe(repeat(bag("1.2.3", raw("\5\0", 2), END), 50000)));
    case 5:
        return container_of(repeat(plain_safe(raw("", 0)), 1025));
    case 6:
        return container_of(repeat(failing_safe(), 1024));
    case 7:
        return container_of(plain_safe(salted_key(1000000)));
    case 8:
        return container_of(plain_safe(bag("1.2.3", octets(repeat(raw("x", 1), 1000000)), END)));
    case 9:
        return container_of(safe_of(raw("\x30\x84\x7f\xff\xff\xff", 6)));
    default:
        return repeat(raw("-----BEGIN ", 11), 90000);
    }
}

static const mainet_status answers[] = {
    MAINET_E_NOT_PKCS12,      MAINET_E_PKCS12_UNUSABLE, MAINET_E_PKCS12_UNUSABLE,
    MAINET_E_PKCS12_UNUSABLE, MAINET_E_PKCS12_UNUSABLE, MAINET_E_PKCS12_UNUSABLE,
    MAINET_E_PKCS12_UNUSABLE, MAINET_E_PKCS12_UNUSABLE, MAINET_OK,
    MAINET_E_PKCS12_UNUSABLE, MAINET_E_NOT_PKCS12,
};

START_TEST(very_many_of_anything_are_answered_soon)
{
    mainet_error err = {0};
    data made = of_many(_i);
    const double begun = cpu_seconds();
    mainet_pkcs12 *container = open_data(made, PASSWORD, &err);

    ck_assert(cpu_seconds() - begun < 1);
    ck_assert_msg(err.status == answers[_i], "%d %s", (int)err.status, err.detail);
    ck_assert_int_eq(container != NULL, err.status == MAINET_OK);
    mainet_pkcs12_free(container);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("hostile containers");
    TCase *tests = tcase_create("hostile containers");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, prepare, clear);
    tcase_add_loop_test(tests, a_key_is_refused_whose_public_half_takes_long, 0, COUNT(powers));
    tcase_add_test(tests, such_keys_are_counted);
    tcase_add_test(tests, keys_are_counted);
    tcase_add_loop_test(tests, very_many_of_anything_are_answered_soon, 0, COUNT(answers));
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
