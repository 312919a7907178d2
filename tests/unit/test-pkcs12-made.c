/* SPDX-License-Identifier: BSD-3-Clause */
/* Containers as other programs have made them, and as nobody ought to. */

#include <openssl/provider.h>

#include "run-suite.h"
#include "support/container.h"
#include "support/cpu-time.h"

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
    ck_assert_str_eq(mainet_pkcs12_skipped(container),
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
    begun = cpu_seconds();
    ck_assert_ptr_null(open_made(encoded, &err));
    ck_assert_int_eq(err.status, MAINET_E_PKCS12_UNUSABLE);
    ck_assert(cpu_seconds() - begun < 0.1);
}
END_TEST

/* What the world's programs have encrypted keys and certificates with. */
static const struct {
    int pbe;
    const char *cipher; /* PBES2 */
} schemes[] = {
    {NID_pbe_WithSHA1And128BitRC4, NULL},
    {NID_pbe_WithSHA1And40BitRC4, NULL},
    {NID_pbe_WithSHA1And3_Key_TripleDES_CBC, NULL},
    {NID_pbe_WithSHA1And2_Key_TripleDES_CBC, NULL},
    {NID_pbe_WithSHA1And128BitRC2_CBC, NULL},
    {NID_pbe_WithSHA1And40BitRC2_CBC, NULL},
    {NID_pbeWithMD5AndDES_CBC, NULL},
    {NID_pbeWithMD5AndRC2_CBC, NULL},
    {NID_pbeWithSHA1AndDES_CBC, NULL},
    {NID_pbeWithSHA1AndRC2_CBC, NULL},
    {-1, "AES-128-CBC"},
    {-1, "AES-192-CBC"},
    {-1, "AES-256-CBC"},
    {-1, "DES-EDE3-CBC"},
    {-1, "DES-CBC"},
    {-1, "RC2-CBC"},
    {-1, "CAMELLIA-128-CBC"},
    {-1, "CAMELLIA-256-CBC"},
    {-1, "ARIA-256-CBC"},
    {-1, "SEED-CBC"},
    {-1, "AES-256-CFB"},
    {-1, "AES-128-OFB"},
    {NID_hmacWithSHA256, "AES-256-CBC"},
    {NID_hmacWithSHA384, "AES-256-CBC"},
    {NID_hmacWithSHA512, "AES-256-CBC"},
    {NID_hmacWithSHA512_256, "AES-128-CBC"},
    {NID_hmacWithMD5, "AES-128-CBC"},
};

static void
load_legacy(void)
{
    ck_assert_ptr_nonnull(OSSL_PROVIDER_load(NULL, "default"));
    ck_assert_ptr_nonnull(OSSL_PROVIDER_load(NULL, "legacy"));
}

static void
expect_identity(mainet_pkcs12 *container, const mainet_error *err)
{
    ck_assert_msg(container != NULL, "%d %s", (int)err->status, err->detail);
    ck_assert_uint_eq(mainet_pkcs12_identity_count(container), 1);
    mainet_pkcs12_free(container);
}

START_TEST(every_scheme_of_encryption_is_read)
{
    builder made = start();
    mainet_error err = {0};
    const EVP_CIPHER *cipher =
        schemes[_i].cipher == NULL ? NULL : EVP_get_cipherbyname(schemes[_i].cipher);

    load_legacy();
    ck_assert(schemes[_i].cipher == NULL || cipher != NULL);
    add_key_under(&made, schemes[_i].pbe, cipher, PASSWORD, -1);
    add_safe(&made, -1, 0);
    add_certificate(&made);
    add_safe(&made, cipher == NULL ? schemes[_i].pbe : EVP_CIPHER_get_nid(cipher), 1000);
    expect_identity(open_made(encode(&made, 1), &err), &err);
}
END_TEST

/* "Retrieve-12345" in UTF-16 with a zero: what NSS once gave to PBKDF2, and others to PBES1. */
static const char bmp[] = "\0R\0e\0t\0r\0i\0e\0v\0e\0-\0001\0002\0003\0004\0005\0";

static const struct {
    int pbe;
    const char *cipher;
} under_bmp[] = {{-1, "AES-256-CBC"}, {-1, "DES-EDE3-CBC"}, {NID_pbeWithSHA1AndDES_CBC, NULL}};

START_TEST(a_password_written_as_bmpstring_is_understood)
{
    builder made = start();
    mainet_error err = {0};

    load_legacy();
    add_certificate(&made);
    add_key_under(&made, under_bmp[_i].pbe,
                  under_bmp[_i].cipher == NULL ? NULL : EVP_get_cipherbyname(under_bmp[_i].cipher),
                  bmp, sizeof bmp);
    add_safe(&made, -1, 0);
    expect_identity(open_made(encode(&made, 1), &err), &err);
}
END_TEST

/* The MAC proves the password, and what lies behind it is under another: told, and not a wrong
 * password. */
START_TEST(a_part_under_another_password_is_damage)
{
    builder made = start();
    mainet_error err = {0};

    add_certificate(&made);
    add_key_under(&made, -1, EVP_aes_256_cbc(), "other", 5);
    add_safe(&made, -1, 0);
    ck_assert_ptr_null(open_made(encode(&made, 1), &err));
    ck_assert_int_eq(err.status, MAINET_E_PKCS12_UNUSABLE);
}
END_TEST

static const struct {
    const char *mac;
    const char *key;
    int key_len;
} nothings[] = {{NULL, NULL, 0}, {NULL, "", 0}, {"", NULL, 0}, {"", "", 0}};

START_TEST(empty_and_absent_may_be_mixed)
{
    builder made = start();
    mainet_error err = {0};
    mainet_pkcs12 *container = NULL;
    PKCS12 *p12 = NULL;
    uint8_t *der = NULL;
    int len = 0;

    add_certificate(&made);
    add_key_under(&made, NID_pbe_WithSHA1And3_Key_TripleDES_CBC, NULL, nothings[_i].key,
                  nothings[_i].key_len);
    add_safe(&made, -1, 0);
    p12 = PKCS12_add_safes(made.safes, 0);
    ck_assert(PKCS12_set_mac(p12, nothings[_i].mac, 0, NULL, 0, 1, EVP_sha1()) == 1);
    len = i2d_PKCS12(p12, &der);
    ck_assert_int_gt(len, 0);
    container = mainet_pkcs12_open(der, (size_t)len, NULL, 0, &err);
    expect_identity(container, &err);
    container = mainet_pkcs12_open(der, (size_t)len, (const uint8_t *)"", 0, &err);
    expect_identity(container, &err);
    OPENSSL_free(der);
    PKCS12_free(p12);
    sk_PKCS7_pop_free(made.safes, PKCS7_free);
    EVP_PKEY_free(made.key);
    X509_free(made.certificate);
}
END_TEST

static const uint8_t salt[16] = {1, 2, 3};
static const uint8_t iv[16] = {4, 5, 6};

/* PBES2 with scrypt of N = 2^14 and any r; OpenSSL will not make one that it would not read. */
static void
set_scrypt(X509_ALGOR *algorithm, uint64_t r)
{
    uint8_t no_salt[sizeof salt];
    uint8_t no_iv[sizeof iv];
    X509_ALGOR *made = NULL;
    PBE2PARAM *scheme = NULL;
    SCRYPT_PARAMS *parameters = NULL;

    memcpy(no_salt, salt, sizeof salt);
    memcpy(no_iv, iv, sizeof iv);
    made = PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), no_salt, sizeof no_salt, no_iv, 16384, 8, 1);
    ck_assert_ptr_nonnull(made);
    scheme = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), made->parameter);
    parameters =
        ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(SCRYPT_PARAMS), scheme->keyfunc->parameter);
    ck_assert_int_eq(ASN1_INTEGER_set_uint64(parameters->blockSize, r), 1);
    ck_assert_ptr_nonnull(ASN1_TYPE_pack_sequence(ASN1_ITEM_rptr(SCRYPT_PARAMS), parameters,
                                                  &scheme->keyfunc->parameter));
    ck_assert_ptr_nonnull(
        ASN1_TYPE_pack_sequence(ASN1_ITEM_rptr(PBE2PARAM), scheme, &made->parameter));
    ck_assert_int_eq(X509_ALGOR_copy(algorithm, made), 1);
    X509_ALGOR_free(made);
    PBE2PARAM_free(scheme);
    SCRYPT_PARAMS_free(parameters);
}

static void
add_key_under_scrypt(builder *made, uint64_t r)
{
    X509_SIG *shrouded = X509_SIG_new();
    X509_ALGOR *algorithm = NULL;
    ASN1_OCTET_STRING *content = NULL;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(made->key);
    uint8_t *der = NULL;
    const int len = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
    uint8_t key[32];
    uint8_t out[1024];
    int first = 0;
    int last = 0;

    ck_assert_int_gt(len, 0);
    ck_assert_int_eq(EVP_PBE_scrypt(PASSWORD, strlen(PASSWORD), salt, sizeof salt, 16384, r, 1,
                                    (uint64_t)1 << 30, key, sizeof key),
                     1);
    ck_assert_int_eq(EVP_EncryptInit_ex(context, EVP_aes_256_cbc(), NULL, key, iv), 1);
    ck_assert_int_eq(EVP_EncryptUpdate(context, out, &first, der, len), 1);
    ck_assert_int_eq(EVP_EncryptFinal_ex(context, out + first, &last), 1);
    X509_SIG_getm(shrouded, &algorithm, &content);
    set_scrypt(algorithm, r);
    ck_assert_int_eq(ASN1_OCTET_STRING_set(content, out, first + last), 1);
    sk_PKCS12_SAFEBAG_push(made->bags, PKCS12_SAFEBAG_create0_pkcs8(shrouded));
    EVP_CIPHER_CTX_free(context);
    PKCS8_PRIV_KEY_INFO_free(info);
    OPENSSL_free(der);
}

static const struct {
    uint64_t r;
    bool is_read;
} scrypts[] = {{1, true}, {8, true}, {16, true}, {64, true}, {256, false}};

START_TEST(scrypt_is_read_up_to_256_mib)
{
    builder made = start();
    mainet_error err = {0};

    add_certificate(&made);
    add_key_under_scrypt(&made, scrypts[_i].r);
    add_safe(&made, -1, 0);
    if (scrypts[_i].is_read) {
        expect_identity(open_made(encode(&made, 1), &err), &err);
        return;
    }
    ck_assert_ptr_null(open_made(encode(&made, 1), &err));
    ck_assert_int_eq(err.status, MAINET_E_PKCS12_UNUSABLE);
}
END_TEST

/* The certificate keeps its key to PSS, the container says RSA. */
START_TEST(an_rsa_key_fits_a_certificate_for_pss)
{
    builder made = start();
    mainet_error err = {0};
    EVP_PKEY *pss = NULL;
    uint8_t *der = NULL;
    int len = 0;
    static const uint8_t rsa[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
                                  0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
    static const uint8_t restricted[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
                                         0x0d, 0x01, 0x01, 0x0a, 0x30, 0x00};
    const uint8_t *at = NULL;

    EVP_PKEY_free(made.key);
    made.key = EVP_RSA_gen(2048);
    len = i2d_PUBKEY(made.key, &der);
    ck_assert_int_gt(len, 6 + (int)sizeof rsa);
    ck_assert_mem_eq(der + 6, rsa, sizeof rsa); /* SEQUENCE { SEQUENCE { rsaEncryption, NULL } */
    memcpy(der + 6, restricted, sizeof restricted);
    at = der;
    pss = d2i_PUBKEY(NULL, &at, len);
    ck_assert(pss != NULL && EVP_PKEY_is_a(pss, "RSA-PSS"));
    ck_assert_int_eq(X509_set_pubkey(made.certificate, pss), 1);
    ck_assert_int_gt(X509_sign(made.certificate, made.key, EVP_sha256()), 0);
    add_certificate(&made);
    add_key_under(&made, -1, EVP_aes_128_cbc(), PASSWORD, -1);
    add_safe(&made, -1, 0);
    expect_identity(open_made(encode(&made, 1), &err), &err);
    EVP_PKEY_free(pss);
    OPENSSL_free(der);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("containers");
    TCase *tests = tcase_create("containers");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, pairs_by_public_key_whatever_the_local_ids_say);
    tcase_add_test(tests, duplicates_and_strange_bags_are_skipped_and_named);
    tcase_add_test(tests, safes_nest_up_to_a_limit);
    tcase_add_test(tests, bags_are_counted);
    tcase_add_loop_test(tests, iterations_are_added_up_before_any_is_spent, 0, COUNT(counts));
    tcase_add_loop_test(tests, every_scheme_of_encryption_is_read, 0, COUNT(schemes));
    tcase_add_loop_test(tests, a_password_written_as_bmpstring_is_understood, 0, COUNT(under_bmp));
    tcase_add_test(tests, a_part_under_another_password_is_damage);
    tcase_add_loop_test(tests, empty_and_absent_may_be_mixed, 0, COUNT(nothings));
    tcase_add_loop_test(tests, scrypt_is_read_up_to_256_mib, 0, COUNT(scrypts));
    tcase_add_test(tests, an_rsa_key_fits_a_certificate_for_pss);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
