/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/certificate.h"

#include <string.h>

#include "pkcs12/issuance.h"
#include "pkcs12/validity.h"
#include "run-suite.h"
#include "support/data.h"

static mainet_certificate *
parse(const char *name)
{
    data file = read_data(name);
    mainet_error err = {0};
    mainet_certificate *certificate = mainet_certificate_parse(file.bytes, file.len, &err);

    ck_assert_msg(certificate != NULL, "%s: %s", name, err.detail);
    free(file.bytes);
    return certificate;
}

static const struct {
    const char *file;
    const char *subject;
    const char *common_name;
    const char *serial;
    const char *key_type;
    int bits;
    bool is_authority;
} certificates[] = {
    {"pkcs12/ca.der", "CN=SECOM Passport for Member CA9,O=MaiNet stand-in,C=JP",
     "SECOM Passport for Member CA9", "c0ffee", "RSA", 2048, true},
    {"pkcs12/rsa.der", "CN=山田 太郎+serialNumber=7,O=株式会社 例,C=JP", "山田 太郎", "1001", "RSA",
     2048, false},
    {"pkcs12/ec.der", "CN=EC user,O=Example\\, Inc.,C=JP", "EC user", "1002", "EC", 256, false},
    {"pkcs12/ed25519.der", "CN=Ed25519 user", "Ed25519 user", "1003", "Ed25519", 256, false},
};

START_TEST(parse_reads_every_field)
{
    mainet_certificate *certificate = parse(certificates[_i].file);
    int64_t days = mainet_certificate_not_after(certificate) / 86400 -
                   mainet_certificate_not_before(certificate) / 86400;

    ck_assert_str_eq(mainet_certificate_subject(certificate), certificates[_i].subject);
    ck_assert_str_eq(mainet_certificate_common_name(certificate), certificates[_i].common_name);
    ck_assert_str_eq(mainet_certificate_issuer(certificate), certificates[0].subject);
    ck_assert_str_eq(mainet_certificate_issuer_common_name(certificate),
                     certificates[0].common_name);
    ck_assert_str_eq(mainet_certificate_issuer_organization(certificate), "MaiNet stand-in");
    ck_assert_str_eq(mainet_certificate_serial(certificate), certificates[_i].serial);
    ck_assert_str_eq(mainet_certificate_key_type(certificate), certificates[_i].key_type);
    ck_assert_int_eq(mainet_certificate_key_bits(certificate), certificates[_i].bits);
    ck_assert(mainet_certificate_is_authority(certificate) == certificates[_i].is_authority);
    ck_assert_int_eq(days, 36500); /* past 2038, so 64 bits are needed */
    mainet_certificate_free(certificate);
}
END_TEST

/* Read off the DER it is the same as decoded, as far as there is enough of it. */
START_TEST(the_validity_is_found_without_decoding)
{
    mainet_certificate *certificate = parse(certificates[_i].file);
    mainet_error err = {0};
    int64_t begin = 0;
    int64_t end = 0;
    size_t len = 0;
    const uint8_t *der = mn_certificate_der(certificate, &len);

    ck_assert_int_eq(mn_validity_read(der, len, &begin, &end, &err), MAINET_OK);
    ck_assert_int_eq(begin, mainet_certificate_not_before(certificate));
    ck_assert_int_eq(end, mainet_certificate_not_after(certificate));
    for (size_t i = 0; i < len; i++) {
        uint8_t *cut = malloc(i == 0 ? 1 : i);

        memcpy(cut, der, i);
        ck_assert_int_eq(mn_validity_read(cut, i, &begin, &end, &err), MAINET_E_CERTIFICATE);
        free(cut);
    }
    mainet_certificate_free(certificate);
}
END_TEST

START_TEST(names_are_utf8_and_not_escaped)
{
    mainet_certificate *certificate = parse("pkcs12/rsa.der");
    const char *subject = mainet_certificate_subject(certificate);

    ck_assert_ptr_nonnull(strstr(subject, "CN=山田 太郎"));
    ck_assert_ptr_nonnull(strstr(subject, "O=株式会社 例"));
    mainet_certificate_free(certificate);
}
END_TEST

START_TEST(der_parts_are_those_of_the_file)
{
    data file = read_data(certificates[_i].file);
    mainet_certificate *certificate = parse(certificates[_i].file);
    mainet_bytes *der = mainet_certificate_der(certificate, NULL);
    const uint8_t *part = NULL;
    size_t len = 0;

    ck_assert_uint_eq(mainet_bytes_len(der), file.len);
    ck_assert_mem_eq(mainet_bytes_data(der), file.bytes, file.len);
    part = mn_certificate_subject_der(certificate, &len);
    ck_assert_ptr_nonnull(memmem(file.bytes, file.len, part, len));
    part = mn_certificate_issuer_der(certificate, &len);
    ck_assert_ptr_nonnull(memmem(file.bytes, file.len, part, len));
    part = mn_certificate_serial_der(certificate, &len);
    ck_assert_ptr_nonnull(memmem(file.bytes, file.len, part, len));
    part = mn_certificate_public_key_der(certificate, &len);
    ck_assert_ptr_nonnull(memmem(file.bytes, file.len, part, len));
    ck_assert_uint_eq(strlen(mainet_certificate_sha256(certificate)), 64);
    mainet_bytes_free(der);
    mainet_certificate_free(certificate);
    free(file.bytes);
}
END_TEST

START_TEST(every_truncation_is_refused)
{
    data file = read_data("pkcs12/ec.der");

    for (size_t len = 0; len < file.len; len++) {
        mainet_error err = {0};
        uint8_t *cut = malloc(len + 1); /* its own block, so that a read past it is found */

        memcpy(cut, file.bytes, len);
        ck_assert_ptr_null(mainet_certificate_parse(cut, len, &err));
        ck_assert_int_eq(err.status, MAINET_E_CERTIFICATE);
        free(cut);
    }
    free(file.bytes);
}
END_TEST

START_TEST(bytes_behind_are_refused)
{
    data file = read_data("pkcs12/ec.der");
    uint8_t *longer = calloc(1, file.len + 1);
    mainet_error err = {0};

    memcpy(longer, file.bytes, file.len);
    ck_assert_ptr_null(mainet_certificate_parse(longer, file.len + 1, &err));
    ck_assert_int_eq(err.status, MAINET_E_CERTIFICATE);
    free(longer);
    free(file.bytes);
}
END_TEST

START_TEST(every_flipped_bit_parses_or_is_refused)
{
    data file = read_data("pkcs12/rsa.der");

    for (size_t at = 0; at < file.len * 8; at++) {
        mainet_error err = {0};
        mainet_certificate *certificate = NULL;

        file.bytes[at / 8] ^= (uint8_t)(1 << at % 8);
        certificate = mainet_certificate_parse(file.bytes, file.len, &err);
        ck_assert(certificate != NULL || err.status == MAINET_E_CERTIFICATE);
        mainet_certificate_free(certificate);
        file.bytes[at / 8] ^= (uint8_t)(1 << at % 8);
    }
    free(file.bytes);
}
END_TEST

START_TEST(sizes_outside_the_limits_are_refused)
{
    uint8_t *large = calloc(1, 65537);
    mainet_error err = {0};

    ck_assert_ptr_null(mainet_certificate_parse(large, 65537, &err));
    ck_assert_int_eq(err.status, MAINET_E_CERTIFICATE);
    ck_assert_ptr_null(mainet_certificate_parse(NULL, 0, NULL));
    free(large);
}
END_TEST

static mainet_certificate *
parse_made(X509 *made, EVP_PKEY *key)
{
    uint8_t *der = NULL;
    int len = 0;
    mainet_certificate *certificate = NULL;

    ck_assert(ASN1_TIME_set_string(X509_getm_notBefore(made), "20200101000000Z") == 1);
    ck_assert(ASN1_TIME_set_string(X509_getm_notAfter(made), "99991231235959Z") == 1);
    ck_assert(X509_set_pubkey(made, key) == 1);
    ck_assert(X509_sign(made, key, EVP_sha256()) > 0);
    len = i2d_X509(made, &der);
    ck_assert_int_gt(len, 0);
    certificate = mainet_certificate_parse(der, (size_t)len, NULL);
    OPENSSL_free(der);
    return certificate;
}

START_TEST(a_zero_byte_does_not_end_a_name)
{
    static const unsigned char name[] = "SECOM\0 of somebody else";
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *made = X509_new();
    mainet_certificate *certificate = NULL;

    ck_assert(X509_NAME_add_entry_by_NID(X509_get_subject_name(made), NID_commonName,
                                         V_ASN1_UTF8STRING, name, sizeof name - 1, -1, 0) == 1);
    certificate = parse_made(made, key);
    ck_assert_ptr_nonnull(certificate);
    ck_assert_str_eq(mainet_certificate_common_name(certificate), "SECOM? of somebody else");
    ck_assert_str_eq(mainet_certificate_issuer(certificate), "");
    ck_assert_str_eq(mainet_certificate_issuer_common_name(certificate), "");
    ck_assert_int_eq(mainet_certificate_not_after(certificate), 253402300799);
    mainet_certificate_free(certificate);
    X509_free(made);
    EVP_PKEY_free(key);
}
END_TEST

START_TEST(issuers_are_told_by_name_and_signature)
{
    mainet_certificate *ca = parse("pkcs12/ca.der");
    mainet_certificate *rsa = parse("pkcs12/rsa.der");
    mainet_certificate *ec = parse("pkcs12/ec.der");
    data file = read_data("pkcs12/ec.der");
    mainet_certificate *forged = NULL;

    ck_assert(mn_certificate_is_issued_by(ca, ca));
    ck_assert(mn_certificate_is_issued_by(rsa, ca));
    ck_assert(mn_certificate_is_issued_by(ec, ca));
    ck_assert(!mn_certificate_is_issued_by(ca, rsa));
    ck_assert(!mn_certificate_is_issued_by(rsa, ec));
    file.bytes[file.len - 1] ^= 1;
    forged = mainet_certificate_parse(file.bytes, file.len, NULL);
    ck_assert_ptr_nonnull(forged);
    ck_assert(!mn_certificate_is_issued_by(forged, ca));
    mainet_certificate_free(forged);
    free(file.bytes);
    mainet_certificate_free(ec);
    mainet_certificate_free(rsa);
    mainet_certificate_free(ca);
}
END_TEST

START_TEST(a_reference_keeps_it_alive)
{
    mainet_certificate *certificate = parse("pkcs12/ec.der");
    mainet_certificate *shared = mn_certificate_ref(certificate);

    mainet_certificate_free(certificate);
    ck_assert_str_eq(mainet_certificate_common_name(shared), "EC user");
    mainet_certificate_free(shared);
    mainet_certificate_free(NULL);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("certificate");
    TCase *tests = tcase_create("certificate");
    const int count = sizeof certificates / sizeof *certificates;

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, parse_reads_every_field, 0, count);
    tcase_add_loop_test(tests, the_validity_is_found_without_decoding, 0, count);
    tcase_add_test(tests, names_are_utf8_and_not_escaped);
    tcase_add_loop_test(tests, der_parts_are_those_of_the_file, 0, count);
    tcase_add_test(tests, every_truncation_is_refused);
    tcase_add_test(tests, bytes_behind_are_refused);
    tcase_add_test(tests, every_flipped_bit_parses_or_is_refused);
    tcase_add_test(tests, sizes_outside_the_limits_are_refused);
    tcase_add_test(tests, a_zero_byte_does_not_end_a_name);
    tcase_add_test(tests, issuers_are_told_by_name_and_signature);
    tcase_add_test(tests, a_reference_keeps_it_alive);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
