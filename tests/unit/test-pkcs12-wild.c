/* SPDX-License-Identifier: BSD-3-Clause */
/* Containers as they are found in the wild, byte by byte. */

#include "run-suite.h"
#include "support/cpu-time.h"
#include "support/wild.h"

START_TEST(every_style_of_encoding_is_read)
{
    mainet_error err = {0};
    data made;

    style = (der_style)_i;
    made = container_of(
        join(encrypted_safe(own_certificate(END), PASSWORD), plain_safe(own_key(END))));
    expect(open_data(made, PASSWORD, &err), 1, "", &err);
}
END_TEST

/* A lone key may be plain, and lie in an encrypted safe instead. */
START_TEST(a_plain_key_is_read_in_every_style)
{
    mainet_error err = {0};
    data made;

    style = (der_style)_i;
    made = container_of(encrypted_safe(
        join(bag("keyBag", copy(key_info_der), END), own_certificate(END)), PASSWORD));
    expect(open_data(made, PASSWORD, &err), 1, "", &err);
}
END_TEST

#define BMP 0x1e
#define UTF8 0x0c
static const struct {
    const char *type;
    uint8_t tag;
    const char *value;
    size_t len;
    const char *name; /* NULL: refused */
} attributes[] = {
    {"friendlyName", BMP, "\x93\x75", 2, "鍵"},
    {"friendlyName", BMP, "\0a\0\0", 4, "a"},
    {"friendlyName", BMP, "\0a\0\n\0b", 6, "a b"},
    {"friendlyName", BMP, "", 0, ""},
    {"friendlyName", UTF8, "\xe9\x8d\xb5", 3, "鍵"},
    {"friendlyName", 0x13, "printable", 9, "printable"},
    {"friendlyName", 0x16, "ia5", 3, "ia5"},
    {"friendlyName", 0x14, "t61", 3, "t61"},
    {"friendlyName", 0x01, "\xff", 1, NULL},
    {"friendlyName", 0x04, "octets", 6, NULL},
    {"friendlyName", 0x30, "", 0, NULL},
    {"localKeyID", 0x04, "\1", 1, ""},
    {"localKeyID", 0x01, "\xff", 1, NULL},
    {"localKeyID", 0x05, "", 0, NULL},
    {"1.3.6.1.4.1.311.17.1", BMP, "\0M\0S", 4, ""},
    {"1.3.6.1.4.1.311.17.2", 0x05, "", 0, ""},
    {"2.16.840.1.113894.746875.1.1", 0x06, "\x55\x1d\x25\x00", 4, ""}, /* Java's trusted use */
    {"1.2.3.4.5", 0x01, "\xff", 1, ""},
};

START_TEST(names_are_text_and_other_attributes_are_let_be)
{
    mainet_error err = {0};
    data value = with_header(attributes[_i].tag, raw(attributes[_i].value, attributes[_i].len));
    data made = container_of(
        plain_safe(join(own_key(END), own_certificate(attribute(attributes[_i].type, value)))));
    mainet_pkcs12 *container = open_data(made, PASSWORD, &err);

    if (attributes[_i].name == NULL) {
        expect_refusal(container, MAINET_E_PKCS12_UNUSABLE, attributes[_i].type, &err);
        return;
    }
    ck_assert_msg(container != NULL, "%s", err.detail);
    ck_assert_str_eq(mainet_pkcs12_friendly_name(container, 0), attributes[_i].name);
    expect(container, 1, "", &err);
}
END_TEST

START_TEST(an_attribute_without_a_value_is_none)
{
    mainet_error err = {0};
    data empty = sequence(SEQUENCE, oid("friendlyName"), element(SET, raw("", 0)), END);
    data made = container_of(plain_safe(join(own_key(empty), own_certificate(END))));

    expect(open_data(made, PASSWORD, &err), 1, "", &err);
}
END_TEST

static data
in_base64(data der, const char *line_end)
{
    char *text = malloc(der.len * 2 + 100);
    int len = 0;
    data made = raw("", 0);

    len = EVP_EncodeBlock((uint8_t *)text, der.bytes, (int)der.len);
    for (int at = 0; at < len; at += 64) {
        made = join(made, raw(text + at, (size_t)(len - at > 64 ? 64 : len - at)));
        made = join(made, raw(line_end, strlen(line_end)));
    }
    free(text);
    free(der.bytes);
    return made;
}

static const struct {
    const char *before;
    const char *line_end;
    const char *behind;
} armours[] = {
    {"-----BEGIN PKCS12-----\n", "\n", "-----END PKCS12-----\n"}, /* GnuTLS' certtool */
    {"-----BEGIN CERTIFICATE-----\r\n", "\r\n", "-----END CERTIFICATE-----\r\n"}, /* certutil */
    {"Bag Attributes\n\n-----BEGIN PKCS12-----\n", "\n", "-----END PKCS12-----\n\n\n"},
    {"", "\n", ""},
    {"\r\n", "\r\n", "\r\n"},
    {"", "", ""},
};

START_TEST(text_of_a_container_is_read)
{
    mainet_error err = {0};
    data made = container_of(plain_safe(join(own_key(END), own_certificate(END))));

    made = join(raw(armours[_i].before, strlen(armours[_i].before)),
                join(in_base64(made, armours[_i].line_end),
                     raw(armours[_i].behind, strlen(armours[_i].behind))));
    expect(open_data(made, PASSWORD, &err), 1, "", &err);
}
END_TEST

START_TEST(text_of_something_else_is_no_container)
{
    mainet_error err = {0};
    data pem = join(raw(armours[1].before, strlen(armours[1].before)),
                    join(in_base64(copy(certificate_der), "\n"), raw("-----END", 8)));

    expect_refusal(open_data(pem, PASSWORD, &err), MAINET_E_NOT_PKCS12, "PEM", &err);
    pem = in_base64(copy(certificate_der), "\n");
    expect_refusal(open_data(pem, PASSWORD, &err), MAINET_E_NOT_PKCS12, "", &err);
    pem = join(in_base64(copy(certificate_der), "\n"), raw("***", 3));
    expect_refusal(open_data(pem, PASSWORD, &err), MAINET_E_NOT_PKCS12, "", &err);
}
END_TEST

START_TEST(bytes_behind_are_let_be)
{
    mainet_error err = {0};
    data made = join(container_of(plain_safe(join(own_key(END), own_certificate(END)))),
                     raw("\0\0\r\n<html>", 10));

    expect(open_data(made, PASSWORD, &err), 1, "", &err);
}
END_TEST

/* RFC 5958: version 1, and the public key in [1]. */
START_TEST(a_key_may_bring_its_public_half)
{
    mainet_error err = {0};
    uint8_t public_key[1 + 133] = {0};
    size_t len = 0;
    data parts;
    data made;

    ck_assert_int_eq(EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY,
                                                     public_key + 1, sizeof public_key - 1, &len),
                     1);
    ck_assert_uint_gt(key_info_der.bytes[1], 0x80); /* SEQUENCE, one byte of length, version 0 */
    parts = raw(key_info_der.bytes + 3, key_info_der.len - 3);
    ck_assert_mem_eq(parts.bytes, "\2\1\0", 3);
    parts.bytes[2] = 1;
    parts = element(SEQUENCE, join(parts, with_header(0x81, raw(public_key, len + 1))));
    made = container_of(
        plain_safe(join(shrouded_key_bag(parts, PASSWORD, END), own_certificate(END))));
    expect(open_data(made, PASSWORD, &err), 1, "", &err);
}
END_TEST

static data
key_under(const char *algorithm)
{
    return bag(
        "pkcs8ShroudedKeyBag",
        sequence(SEQUENCE, pbe(algorithm, ITERATIONS), octets(raw("0123456789abcdef", 16)), END),
        END);
}

static data
foreign_safe(void)
{
    return sequence(SEQUENCE, oid("pkcs7-envelopedData"),
                    element(CONTEXT(0), sequence(SEQUENCE, integer(0), END)), END);
}

#define UNKNOWN "1.2.3.4.5"
static const struct {
    int part;
    const char *skipped;
    mainet_status status; /* where nothing else is there */
} unusable[] = {
    {0, "a part that does not decrypt", MAINET_E_PKCS12_UNUSABLE},
    {1, UNKNOWN " is not supported", MAINET_E_PKCS12_UNUSABLE},
    {2, "a private key that does not decode", MAINET_E_PKCS12_UNUSABLE},
    {3, "a safe that no password opens: pkcs7-envelopedData", MAINET_E_PKCS12_UNUSABLE},
    {4, "a part that does not decrypt", MAINET_E_PKCS12_UNUSABLE},
    {5, "a certificate that does not decode", MAINET_E_CERTIFICATE},
    {6, "a certificate that does not decode", MAINET_E_CERTIFICATE},
    {7, "a CRL, a secret, a certificate that is not X.509", MAINET_OK},
};

static data
strange_bags(void)
{
    return join(join(bag("crlBag", sequence(SEQUENCE, oid("x509Crl"), END), END),
                     bag("secretBag", sequence(SEQUENCE, oid(UNKNOWN), END), END)),
                bag("certBag",
                    sequence(SEQUENCE, oid("sdsiCertificate"),
                             element(CONTEXT(0), with_header(0x16, raw("KFNEU0kp", 8))), END),
                    END));
}

static data
unusable_safe(int part)
{
    switch (part) {
    case 0:
        return plain_safe(shrouded_key_bag(copy(key_info_der), "other", END));
    case 1:
        return plain_safe(key_under(UNKNOWN));
    case 2:
        return plain_safe(bag("keyBag", sequence(SEQUENCE, integer(0), END), END));
    case 3:
        return foreign_safe();
    case 4:
        return encrypted_safe(own_certificate(END), "other");
    case 5:
        return plain_safe(certificate_bag(raw("\x30\x00", 2), END));
    case 6:
        return plain_safe(bag("certBag",
                              sequence(SEQUENCE, oid("x509Certificate"),
                                       element(CONTEXT(0), with_header(0x05, raw("", 0))), END),
                              END));
    default:
        return plain_safe(strange_bags());
    }
}

START_TEST(what_cannot_be_used_does_not_stop_the_rest)
{
    mainet_error err = {0};
    data made = container_of(join(unusable_safe(unusable[_i].part),
                                  plain_safe(join(own_key(END), own_certificate(END)))));

    expect(open_data(made, PASSWORD, &err), 1, unusable[_i].skipped, &err);
    made = container_of(join(unusable_safe(unusable[_i].part), plain_safe(own_certificate(END))));
    if (unusable[_i].status == MAINET_OK)
        expect(open_data(made, PASSWORD, &err), 0, unusable[_i].skipped, &err);
    else
        expect_refusal(open_data(made, PASSWORD, &err), unusable[_i].status, unusable[_i].skipped,
                       &err);
}
END_TEST

START_TEST(bytes_behind_a_part_are_let_be)
{
    mainet_error err = {0};
    data behind = join(copy(certificate_der), raw("\0\0", 2));
    data made = container_of(
        join(plain_safe(shrouded_key_bag(join(copy(key_info_der), raw("\0\0", 2)), PASSWORD, END)),
             plain_safe(certificate_bag(behind, END))));

    expect(open_data(made, PASSWORD, &err), 1, "", &err);
}
END_TEST

START_TEST(an_empty_container_opens_and_holds_nothing)
{
    mainet_error err = {0};

    expect(open_data(container_of(raw("", 0)), PASSWORD, &err), 0, "", &err);
    expect(open_data(container_of(plain_safe(raw("", 0))), PASSWORD, &err), 0, "", &err);
}
END_TEST

static const int64_t senseless[] = {0,          -1,          5000001,    2147483647,
                                    2147483648, -2147483648, 4294967297, INT64_MAX};

/* In the MAC, in a key and in a safe. */
START_TEST(senseless_iteration_counts_are_answered_at_once)
{
    const int64_t count = senseless[_i / 3];
    const int place = _i % 3;
    mainet_error err = {0};
    data bags =
        place == 1
            ? bag("pkcs8ShroudedKeyBag",
                  sequence(SEQUENCE, pbe("PBE-SHA1-3DES", count), octets(raw("", 0)), END), END)
            : own_certificate(END);
    data encrypted = sequence(SEQUENCE, integer(0),
                              sequence(SEQUENCE, oid("pkcs7-data"), pbe("PBE-SHA1-RC2-40", count),
                                       tagged_octets(0, raw("12345678", 8)), END),
                              END);
    data safe = sequence(SEQUENCE, oid("pkcs7-encryptedData"), element(CONTEXT(0), encrypted), END);
    data content = element(SEQUENCE, join(plain_safe(bags), place == 2 ? copy(safe) : raw("", 0)));
    const int64_t mac_count = place == 0 ? count : ITERATIONS;
    data mac = mac_data(content, "SHA256", raw(salt, sizeof salt), PASSWORD, &mac_count);
    data made = pfx(3, content, mac);
    const double begun = cpu_seconds();

    free(safe.bytes);
    expect_refusal(open_data(made, PASSWORD, &err), MAINET_E_PKCS12_UNUSABLE, "iteration", &err);
    ck_assert(cpu_seconds() - begun < 0.1);
}
END_TEST

static data
other_integrity(void)
{
    return sequence(SEQUENCE, integer(3),
                    sequence(SEQUENCE, oid("pkcs7-signedData"),
                             element(CONTEXT(0), sequence(SEQUENCE, integer(1), END)), END),
                    END);
}

/* What is not as RFC 7292 says is refused before anything is derived. */
START_TEST(strange_outsides_are_refused)
{
    mainet_error err = {0};
    data content = element(SEQUENCE, plain_safe(own_certificate(END)));
    const int64_t iterations = ITERATIONS;
    data mac = mac_data(content, "SHA256", raw(salt, sizeof salt), PASSWORD, &iterations);

    expect_refusal(open_data(pfx(4, copy(content), copy(mac)), PASSWORD, &err),
                   MAINET_E_PKCS12_UNUSABLE, "version", &err);
    expect_refusal(open_data(pfx(0, copy(content), copy(mac)), PASSWORD, &err),
                   MAINET_E_PKCS12_UNUSABLE, "version", &err);
    expect_refusal(open_data(pfx(3, content, raw("", 0)), PASSWORD, &err), MAINET_E_PKCS12_NO_MAC,
                   "no MAC", &err);
    expect_refusal(open_data(other_integrity(), PASSWORD, &err), MAINET_E_PKCS12_UNUSABLE,
                   "password", &err);
    content = element(SEQUENCE, sequence(SEQUENCE, oid("pkcs7-data"), END));
    free(mac.bytes);
    mac = mac_data(content, "SHA256", raw(salt, sizeof salt), PASSWORD, &iterations);
    expect_refusal(open_data(pfx(3, content, mac), PASSWORD, &err), MAINET_E_PKCS12_UNUSABLE,
                   "safe 0", &err);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("wild containers");
    TCase *tests = tcase_create("wild containers");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, prepare, clear);
    tcase_add_loop_test(tests, every_style_of_encoding_is_read, STYLE_DER, STYLE_PARTS + 1);
    tcase_add_loop_test(tests, a_plain_key_is_read_in_every_style, STYLE_DER, STYLE_PARTS + 1);
    tcase_add_loop_test(tests, names_are_text_and_other_attributes_are_let_be, 0,
                        COUNT(attributes));
    tcase_add_test(tests, an_attribute_without_a_value_is_none);
    tcase_add_loop_test(tests, text_of_a_container_is_read, 0, COUNT(armours));
    tcase_add_test(tests, text_of_something_else_is_no_container);
    tcase_add_test(tests, bytes_behind_are_let_be);
    tcase_add_test(tests, a_key_may_bring_its_public_half);
    tcase_add_loop_test(tests, what_cannot_be_used_does_not_stop_the_rest, 0, COUNT(unusable));
    tcase_add_test(tests, an_empty_container_opens_and_holds_nothing);
    tcase_add_test(tests, bytes_behind_a_part_are_let_be);
    tcase_add_loop_test(tests, senseless_iteration_counts_are_answered_at_once, 0,
                        3 * COUNT(senseless));
    tcase_add_test(tests, strange_outsides_are_refused);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
