/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/read.h"

#include <string.h>

#include <openssl/provider.h>

#include "pkcs12/issuance.h"
#include "run-suite.h"
#include "support/data.h"

#define PASSWORD "Retrieve-12345"

static mainet_pkcs12 *
open_file(const char *name, const char *password, mainet_error *err)
{
    char path[64];
    data file;
    mainet_pkcs12 *container = NULL;

    ck_assert_int_lt(snprintf(path, sizeof path, "pkcs12/%s.p12", name), (int)sizeof path);
    file = read_data(path);
    container = mainet_pkcs12_open(file.bytes, file.len, (const uint8_t *)password,
                                   password == NULL ? 0 : strlen(password), err);
    free(file.bytes);
    return container;
}

static const struct {
    const char *file;
    const char *password;
    const char *common_name;
    const char *name;
    size_t certificates;
} good[] = {
    {"legacy-rsa", PASSWORD, "山田 太郎", "山田 太郎", 2},
    {"legacy-ec", PASSWORD, "EC user", "", 1},
    {"modern-rsa", PASSWORD, "山田 太郎", "rsa", 2},
    {"modern-ec", PASSWORD, "EC user", "", 2},
    {"modern-ed25519", PASSWORD, "Ed25519 user", "", 1},
    {"utf8-password", "証明書🔑", "EC user", "", 1},
    {"widened-password", "証明書", "EC user", "", 1},
    {"empty-password", "", "EC user", "", 1},
    {"empty-password", NULL, "EC user", "", 1},
    {"absent-password", NULL, "EC user", "absent", 1},
    {"absent-password", "", "EC user", "absent", 1},
    {"plain-key", PASSWORD, "EC user", "", 1},
    {"ca-first", PASSWORD, "EC user", "ca-first", 2},
    {"many-iterations", PASSWORD, "EC user", "", 1},
    {"pbmac1-sha256", PASSWORD, "EC user", "", 2},
    {"pbmac1-sha512", PASSWORD, "EC user", "", 2},
    {"pbmac1-sha1-prf", PASSWORD, "EC user", "", 2},
    {"pbmac1-sha3-256", PASSWORD, "EC user", "", 2},
    {"pbmac1-long-key", PASSWORD, "EC user", "", 2},
};

START_TEST(open_finds_the_identity)
{
    mainet_error err = {0};
    mainet_pkcs12 *container = open_file(good[_i].file, good[_i].password, &err);
    mainet_certificate *certificate = NULL;

    ck_assert_msg(container != NULL, "%s: %d %s", good[_i].file, (int)err.status, err.detail);
    ck_assert_int_eq(err.status, MAINET_OK);
    ck_assert_uint_eq(mainet_pkcs12_identity_count(container), 1);
    ck_assert_uint_eq(mainet_pkcs12_certificate_count(container), good[_i].certificates);
    ck_assert_str_eq(mainet_pkcs12_friendly_name(container, 0), good[_i].name);
    ck_assert_str_eq(mainet_pkcs12_friendly_name(container, good[_i].certificates), "");
    ck_assert_str_eq(mainet_pkcs12_skipped(container), "");
    certificate = mainet_pkcs12_certificate_at(container, 0, NULL);
    ck_assert_str_eq(mainet_certificate_common_name(certificate), good[_i].common_name);
    ck_assert_int_eq(EVP_PKEY_eq(mn_pkcs12_key(container, 0), mn_certificate_key(certificate)), 1);
    ck_assert_uint_eq(mainet_pkcs12_key_count(container), 1);
    ck_assert_int_eq(mn_pkcs12_require_identity(container, &err), MAINET_OK);
    ck_assert_ptr_null(mn_pkcs12_key(container, 1));
    if (good[_i].certificates == 2)
        ck_assert(mn_certificate_is_issued_by(certificate, mn_pkcs12_certificate(container, 1)));
    ck_assert_ptr_null(mn_pkcs12_certificate(container, good[_i].certificates));
    ck_assert_ptr_null(mainet_pkcs12_certificate_at(container, good[_i].certificates, &err));
    ck_assert_int_eq(err.status, MAINET_E_ARGUMENT);
    mainet_certificate_free(certificate);
    mainet_pkcs12_free(container);
}
END_TEST

static const struct {
    const char *file;
    size_t certificates;
    size_t keys;
    const char *name;
    const char *detail;
} lonely[] = {
    {"no-key", 1, 0, "", "1 certificates and 0 private keys, none of which match"},
    {"no-match", 1, 1, "no-match", "1 certificates and 1 private keys, none of which match"},
    {"key-only", 0, 1, "", "0 certificates and 1 private keys, none of which match"},
};

/* It opens for whoever looks inside, and is refused to whoever wants an identity. */
START_TEST(a_container_without_identity_opens)
{
    mainet_error err = {0};
    mainet_pkcs12 *container = open_file(lonely[_i].file, PASSWORD, &err);
    const size_t certificates = lonely[_i].certificates;

    ck_assert_msg(container != NULL, "%s: %d %s", lonely[_i].file, (int)err.status, err.detail);
    ck_assert_uint_eq(mainet_pkcs12_identity_count(container), 0);
    ck_assert_uint_eq(mainet_pkcs12_certificate_count(container), certificates);
    ck_assert_uint_eq(mainet_pkcs12_key_count(container), lonely[_i].keys);
    ck_assert_str_eq(mainet_pkcs12_friendly_name(container, 0), lonely[_i].name);
    ck_assert_ptr_null(mn_pkcs12_key(container, 0));
    ck_assert((mn_pkcs12_certificate(container, 0) != NULL) == (certificates > 0));
    ck_assert_int_eq(mn_pkcs12_require_identity(container, &err), MAINET_E_NO_KEY_PAIR);
    ck_assert_str_eq(err.detail, lonely[_i].detail);
    mainet_pkcs12_free(container);
}
END_TEST

static const struct {
    const char *file;
    const char *password;
    mainet_status expected;
} bad[] = {
    {"legacy-rsa", "retrieve-12345", MAINET_E_PKCS12_PASSWORD},
    {"modern-ec", "", MAINET_E_PKCS12_PASSWORD},
    {"modern-ec", NULL, MAINET_E_PKCS12_PASSWORD},
    {"modern-ec", PASSWORD " ", MAINET_E_PKCS12_PASSWORD},
    {"utf8-password", "証明書", MAINET_E_PKCS12_PASSWORD},
    {"empty-password", "0", MAINET_E_PKCS12_PASSWORD},
    {"no-mac", PASSWORD, MAINET_E_PKCS12_NO_MAC},
    {"pbmac1-sha256", PASSWORD "6", MAINET_E_PKCS12_PASSWORD},
    {"pbmac1-no-key-length", PASSWORD, MAINET_E_PKCS12_UNUSABLE},
    {"pbmac1-short-key", PASSWORD, MAINET_E_PKCS12_UNUSABLE},
    {"pbmac1-huge-key", PASSWORD, MAINET_E_PKCS12_UNUSABLE},
    {"pbmac1-bad-salt", PASSWORD, MAINET_E_PKCS12_UNUSABLE},
    {"pbmac1-empty-salt", PASSWORD, MAINET_E_PKCS12_UNUSABLE},
    {"pbmac1-zero-key", PASSWORD, MAINET_E_PKCS12_UNUSABLE},
    {"pbmac1-negative-key", PASSWORD, MAINET_E_PKCS12_UNUSABLE},
    {"pbmac1-costly-key", PASSWORD, MAINET_E_PKCS12_UNUSABLE}, /* 16 times 400,000 */
    {"pbmac1-unknown-function", PASSWORD, MAINET_E_PKCS12_UNUSABLE},
    {"pbmac1-other-iterations", PASSWORD, MAINET_E_PKCS12_PASSWORD},
};

START_TEST(open_tells_what_is_wrong)
{
    mainet_error err = {0};
    mainet_pkcs12 *container = open_file(bad[_i].file, bad[_i].password, &err);

    ck_assert_ptr_null(container);
    ck_assert_int_eq(err.status, bad[_i].expected);
    ck_assert_ptr_null(strstr(err.detail, PASSWORD));
}
END_TEST

static const struct {
    const char *text;
    const char *hint;
} texts[] = {
    {"<!DOCTYPE html><html><body>error</body></html>", "web page"},
    {"\r\n  <html>", "web page"},
    {"-----BEGIN CERTIFICATE-----\nMIIB\n", "PEM"},
    {"\xfe\xed\xfe\xed\0\0\0\2", "JKS"},
    {"0", "decode"},
    {"\x30\x80", "decode"},
    {"\x30\x84\xff\xff\xff\xff", "decode"},
};

START_TEST(other_files_are_told_by_their_looks)
{
    mainet_error err = {0};

    ck_assert_ptr_null(mainet_pkcs12_open((const uint8_t *)texts[_i].text, strlen(texts[_i].text),
                                          (const uint8_t *)"x", 1, &err));
    ck_assert_int_eq(err.status, MAINET_E_NOT_PKCS12);
    ck_assert_msg(strstr(err.detail, texts[_i].hint) != NULL, "%s", err.detail);
}
END_TEST

START_TEST(sizes_outside_the_limits_are_refused)
{
    uint8_t *large = calloc(1, 1024 * 1024 + 1);
    mainet_error err = {0};

    ck_assert_ptr_null(mainet_pkcs12_open(large, 1024 * 1024 + 1, large, 1, &err));
    ck_assert_int_eq(err.status, MAINET_E_NOT_PKCS12);
    ck_assert_ptr_null(mainet_pkcs12_open(large, 0, large, 1, &err));
    ck_assert_int_eq(err.status, MAINET_E_NOT_PKCS12);
    ck_assert_ptr_null(mainet_pkcs12_open(large, 10, large, 1025, &err));
    ck_assert_int_eq(err.status, MAINET_E_ARGUMENT);
    free(large);
}
END_TEST

START_TEST(every_truncation_is_refused)
{
    static const char *const files[] = {"pkcs12/legacy-ec.p12", "pkcs12/plain-key.p12"};
    data file = read_data(files[_i]);

    for (size_t len = 0; len < file.len; len++) {
        mainet_error err = {0};
        uint8_t *cut = malloc(len + 1); /* its own block, so that a read past it is found */

        memcpy(cut, file.bytes, len);
        ck_assert_ptr_null(
            mainet_pkcs12_open(cut, len, (const uint8_t *)PASSWORD, strlen(PASSWORD), &err));
        ck_assert_int_eq(err.status, MAINET_E_NOT_PKCS12);
        free(cut);
    }
    free(file.bytes);
}
END_TEST

/* What the MAC does not cover may change, as long as nothing comes of it. */
START_TEST(a_changed_byte_changes_nothing_or_is_noticed)
{
    data file = read_data("pkcs12/legacy-ec.p12");
    mainet_pkcs12 *whole = open_file("legacy-ec", PASSWORD, NULL);
    const char *id = mainet_certificate_sha256(mn_pkcs12_certificate(whole, 0));

    for (size_t at = 0; at < file.len; at++) {
        mainet_error err = {0};
        mainet_pkcs12 *container = NULL;

        file.bytes[at] ^= 0x55;
        container = mainet_pkcs12_open(file.bytes, file.len, (const uint8_t *)PASSWORD,
                                       strlen(PASSWORD), &err);
        if (container != NULL) {
            ck_assert_str_eq(mainet_certificate_sha256(mn_pkcs12_certificate(container, 0)), id);
            mainet_pkcs12_free(container);
        } else {
            ck_assert(err.status == MAINET_E_NOT_PKCS12 || err.status == MAINET_E_PKCS12_PASSWORD ||
                      err.status == MAINET_E_PKCS12_UNUSABLE ||
                      err.status == MAINET_E_PKCS12_NO_MAC);
        }
        file.bytes[at] ^= 0x55;
    }
    mainet_pkcs12_free(whole);
    free(file.bytes);
}
END_TEST

START_TEST(the_hosts_default_context_gets_no_provider)
{
    mainet_pkcs12 *container = open_file("legacy-rsa", PASSWORD, NULL);

    ck_assert_ptr_nonnull(container);
    ck_assert_int_eq(OSSL_PROVIDER_available(NULL, "legacy"), 0);
    mainet_pkcs12_free(container);
    mainet_pkcs12_free(NULL);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("pkcs12");
    TCase *tests = tcase_create("pkcs12");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, open_finds_the_identity, 0, COUNT(good));
    tcase_add_loop_test(tests, a_container_without_identity_opens, 0, COUNT(lonely));
    tcase_add_loop_test(tests, open_tells_what_is_wrong, 0, COUNT(bad));
    tcase_add_loop_test(tests, other_files_are_told_by_their_looks, 0, COUNT(texts));
    tcase_add_test(tests, sizes_outside_the_limits_are_refused);
    tcase_add_loop_test(tests, every_truncation_is_refused, 0, 2);
    tcase_add_test(tests, a_changed_byte_changes_nothing_or_is_noticed);
    tcase_add_test(tests, the_hosts_default_context_gets_no_provider);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
