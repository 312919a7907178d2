/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/read.h"

#include <string.h>
#include <time.h>

#include <openssl/provider.h>

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
    ck_assert_str_eq(mainet_pkcs12_friendly_name(container, 1), "");
    ck_assert_str_eq(mn_pkcs12_skipped(container), "");
    certificate = mainet_pkcs12_certificate_at(container, 0, NULL);
    ck_assert_str_eq(mainet_certificate_common_name(certificate), good[_i].common_name);
    ck_assert_int_eq(EVP_PKEY_eq(mn_pkcs12_key(container, 0),
                                 X509_get0_pubkey(mn_certificate_x509(certificate))),
                     1);
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
    {"no-match", PASSWORD, MAINET_E_NO_KEY_PAIR},
    {"no-key", PASSWORD, MAINET_E_NO_KEY_PAIR},
    {"pbmac1-sha256", PASSWORD "6", MAINET_E_PKCS12_PASSWORD},
    {"pbmac1-no-key-length", PASSWORD, MAINET_E_PKCS12_UNUSABLE},
    {"pbmac1-short-key", PASSWORD, MAINET_E_PKCS12_UNUSABLE},
    {"pbmac1-huge-key", PASSWORD, MAINET_E_PKCS12_UNUSABLE},
    {"pbmac1-bad-salt", PASSWORD, MAINET_E_PKCS12_UNUSABLE},
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

/* Containers that no tool makes are put together with OpenSSL's own functions. */
typedef struct builder {
    EVP_PKEY *key;
    X509 *certificate;
    STACK_OF(PKCS12_SAFEBAG) * bags;
    STACK_OF(PKCS7) * safes;
} builder;

static builder
start(void)
{
    builder made = {.safes = NULL, .bags = NULL};
    data certificate = read_data("pkcs12/ec.der");
    data key = read_data("pkcs12/ec-key.der");
    const uint8_t *at = certificate.bytes;

    made.certificate = d2i_X509(NULL, &at, (long)certificate.len);
    at = key.bytes;
    made.key = d2i_AutoPrivateKey(NULL, &at, (long)key.len);
    ck_assert(made.certificate != NULL && made.key != NULL);
    free(certificate.bytes);
    free(key.bytes);
    return made;
}

static void
add_certificate(builder *made)
{
    ck_assert_ptr_nonnull(PKCS12_add_cert(&made->bags, made->certificate));
}

static PKCS12_SAFEBAG *
add_key(builder *made, int nid, int iterations)
{
    PKCS12_SAFEBAG *bag = PKCS12_add_key(&made->bags, made->key, 0, iterations, nid, PASSWORD);

    ck_assert_ptr_nonnull(bag);
    return bag;
}

static void
add_safe(builder *made, int nid, int iterations)
{
    ck_assert_int_eq(PKCS12_add_safe(&made->safes, made->bags, nid, iterations, PASSWORD), 1);
    sk_PKCS12_SAFEBAG_pop_free(made->bags, PKCS12_SAFEBAG_free);
    made->bags = NULL;
}

/* Encode with a MAC; one of more iterations than anybody can wait for is not computed. */
static data
encode(builder *made, int mac_iterations)
{
    PKCS12 *p12 = PKCS12_add_safes(made->safes, 0);
    data encoded = {NULL, 0};
    uint8_t *der = NULL;
    int len = 0;

    if (mac_iterations <= 100000)
        ck_assert(PKCS12_set_mac(p12, PASSWORD, -1, NULL, 0, mac_iterations, EVP_sha256()) == 1);
    else
        ck_assert(PKCS12_setup_mac(p12, mac_iterations, NULL, 8, EVP_sha256()) == 1);
    len = i2d_PKCS12(p12, &der);
    ck_assert_int_gt(len, 0);
    encoded.bytes = malloc((size_t)len);
    encoded.len = (size_t)len;
    memcpy(encoded.bytes, der, encoded.len);
    OPENSSL_free(der);
    PKCS12_free(p12);
    sk_PKCS7_pop_free(made->safes, PKCS7_free);
    EVP_PKEY_free(made->key);
    X509_free(made->certificate);
    return encoded;
}

static mainet_pkcs12 *
open_made(data encoded, mainet_error *err)
{
    mainet_pkcs12 *container = mainet_pkcs12_open(encoded.bytes, encoded.len,
                                                  (const uint8_t *)PASSWORD, strlen(PASSWORD), err);

    free(encoded.bytes);
    return container;
}

START_TEST(pairs_by_public_key_whatever_the_local_ids_say)
{
    builder made = start();
    PKCS12_SAFEBAG *bag = PKCS12_add_cert(&made.bags, made.certificate);
    uint8_t ids[] = {1, 2};
    mainet_pkcs12 *container = NULL;

    ck_assert(PKCS12_add_localkeyid(bag, &ids[0], 1) == 1);
    bag = add_key(&made, NID_aes_256_cbc, 2048);
    ck_assert(PKCS12_add_localkeyid(bag, &ids[1], 1) == 1);
    ck_assert(PKCS12_add_friendlyname_uni(bag, (const unsigned char *)"\x93\x75\xd8\x3d\xdd\x11",
                                          6) == 1); /* UTF-16, with surrogates */
    add_safe(&made, -1, 0);
    container = open_made(encode(&made, 1), NULL);
    ck_assert_ptr_nonnull(container);
    ck_assert_uint_eq(mainet_pkcs12_identity_count(container), 1);
    ck_assert_str_eq(mainet_pkcs12_friendly_name(container, 0), "鍵🔑");
    mainet_pkcs12_free(container);
}
END_TEST

START_TEST(duplicates_and_strange_bags_are_skipped_and_named)
{
    builder made = start();
    mainet_pkcs12 *container = NULL;

    add_certificate(&made);
    add_certificate(&made);
    ck_assert_ptr_nonnull(
        PKCS12_add_secret(&made.bags, NID_pkcs7_data, (const unsigned char *)"x", 1));
    add_safe(&made, NID_aes_128_cbc, 2048);
    (void)add_key(&made, -1, 0);
    (void)add_key(&made, NID_aes_256_cbc, 2048);
    add_safe(&made, -1, 0);
    container = open_made(encode(&made, 1), NULL);
    ck_assert_ptr_nonnull(container);
    ck_assert_uint_eq(mainet_pkcs12_identity_count(container), 1);
    ck_assert_uint_eq(mainet_pkcs12_certificate_count(container), 1);
    ck_assert_str_eq(mn_pkcs12_skipped(container),
                     "a certificate that is there twice, a secret, a key that is there twice");
    mainet_pkcs12_free(container);
}
END_TEST

/* Put `len` bytes into a DER element with a long length. */
static uint8_t *
wrap(uint8_t tag, uint8_t *content, size_t *len)
{
    uint8_t *wrapped = malloc(*len + 5);

    wrapped[0] = tag;
    wrapped[1] = 0x83;
    wrapped[2] = (uint8_t)(*len >> 16);
    wrapped[3] = (uint8_t)(*len >> 8);
    wrapped[4] = (uint8_t)*len;
    memcpy(wrapped + 5, content, *len);
    free(content);
    *len += 5;
    return wrapped;
}

/* SafeContents -> SafeContents with one bag that holds it. */
static uint8_t *
nest(uint8_t *content, size_t *len)
{
    static const uint8_t oid[] = {0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7,
                                  0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x06};
    uint8_t *value = wrap(0xa0, content, len);
    uint8_t *bag = malloc(*len + sizeof oid);

    memcpy(bag, oid, sizeof oid);
    memcpy(bag + sizeof oid, value, *len);
    free(value);
    *len += sizeof oid;
    return wrap(0x30, wrap(0x30, bag, len), len);
}

static mainet_pkcs12 *
open_nested(int depth, mainet_error *err)
{
    builder made = start();
    uint8_t *der = NULL;
    uint8_t *content = NULL;
    size_t len = 0;
    PKCS7 *safe = NULL;

    add_certificate(&made);
    (void)add_key(&made, NID_aes_256_cbc, 1);
    len =
        (size_t)ASN1_item_i2d((const ASN1_VALUE *)made.bags, &der, ASN1_ITEM_rptr(PKCS12_SAFEBAGS));
    content = malloc(len);
    memcpy(content, der, len);
    OPENSSL_free(der);
    for (int i = 1; i < depth; i++)
        content = nest(content, &len);
    add_safe(&made, -1, 0);
    safe = sk_PKCS7_value(made.safes, 0);
    ck_assert(ASN1_OCTET_STRING_set(safe->d.data, content, (int)len) == 1);
    free(content);
    return open_made(encode(&made, 1), err);
}

START_TEST(safes_nest_up_to_a_limit)
{
    mainet_error err = {0};
    mainet_pkcs12 *container = open_nested(2, &err);

    ck_assert_msg(container != NULL, "%s", err.detail);
    ck_assert_uint_eq(mainet_pkcs12_identity_count(container), 1);
    mainet_pkcs12_free(container);
    container = open_nested(8, &err);
    ck_assert_msg(container != NULL, "%s", err.detail);
    mainet_pkcs12_free(container);
    ck_assert_ptr_null(open_nested(9, &err));
    ck_assert_int_eq(err.status, MAINET_E_PKCS12_UNUSABLE);
    ck_assert_ptr_null(open_nested(500, &err));
    ck_assert_int_eq(err.status, MAINET_E_PKCS12_UNUSABLE);
}
END_TEST

START_TEST(bags_are_counted)
{
    builder made = start();
    mainet_error err = {0};

    for (int i = 0; i < 1025; i++)
        add_certificate(&made);
    add_safe(&made, -1, 0);
    ck_assert_ptr_null(open_made(encode(&made, 1), &err));
    ck_assert_int_eq(err.status, MAINET_E_PKCS12_UNUSABLE);
}
END_TEST

/* INTEGER 65536 in what was really derived, and what a liar writes in its place. */
static size_t
lie(data encoded, const char *count)
{
    size_t lies = 0;

    for (size_t at = 0; at + 5 <= encoded.len; at++) {
        if (memcmp(encoded.bytes + at, "\x02\x03\x01\x00\x00", 5) == 0) {
            memcpy(encoded.bytes + at + 2, count, 3);
            lies++;
        }
    }
    return lies;
}

static double
seconds(void)
{
    struct timespec now;

    ck_assert_int_eq(clock_gettime(CLOCK_MONOTONIC, &now), 0);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static const struct {
    int mac;
    int safe;
    int key;
    const char *in_place_of_65536;
} counts[] = {
    {2147483647, 1, 1, NULL},
    {5000001, 1, 1, NULL},
    {4999999, 1, 2, NULL},
    {1, 65536, 1, "\x7f\xff\xff"},
    {1, 1, 65536, "\x7f\xff\xff"},
    {1, 65536, 1, "\x80\x00\x00"},
    {2000000, 65536, 65536, "\x1e\x84\x80"}, /* 3 x 2,000,000 */
};

START_TEST(iterations_are_added_up_before_any_is_spent)
{
    builder made = start();
    data encoded;
    mainet_error err = {0};
    double begun = 0;

    add_certificate(&made);
    add_safe(&made, NID_aes_256_cbc, counts[_i].safe);
    (void)add_key(&made, NID_aes_256_cbc, counts[_i].key);
    add_safe(&made, -1, 0);
    encoded = encode(&made, counts[_i].mac);
    if (counts[_i].in_place_of_65536 != NULL)
        ck_assert_uint_eq(lie(encoded, counts[_i].in_place_of_65536),
                          (size_t)(counts[_i].safe == 65536) + (counts[_i].key == 65536));
    begun = seconds();
    ck_assert_ptr_null(open_made(encoded, &err));
    ck_assert_int_eq(err.status, MAINET_E_PKCS12_UNUSABLE);
    ck_assert(seconds() - begun < 0.1);
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
    tcase_add_loop_test(tests, open_tells_what_is_wrong, 0, COUNT(bad));
    tcase_add_loop_test(tests, other_files_are_told_by_their_looks, 0, COUNT(texts));
    tcase_add_test(tests, sizes_outside_the_limits_are_refused);
    tcase_add_loop_test(tests, every_truncation_is_refused, 0, 2);
    tcase_add_test(tests, a_changed_byte_changes_nothing_or_is_noticed);
    tcase_add_test(tests, pairs_by_public_key_whatever_the_local_ids_say);
    tcase_add_test(tests, duplicates_and_strange_bags_are_skipped_and_named);
    tcase_add_test(tests, safes_nest_up_to_a_limit);
    tcase_add_test(tests, bags_are_counted);
    tcase_add_loop_test(tests, iterations_are_added_up_before_any_is_spent, 0, COUNT(counts));
    tcase_add_test(tests, the_hosts_default_context_gets_no_provider);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
