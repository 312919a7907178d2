/* SPDX-License-Identifier: BSD-3-Clause */
/* Every digest, derivation and kind of key that a container may have. */
#include <openssl/provider.h>

#include "run-suite.h"
#include "support/wild.h"

static const struct {
    const char *digest;
    int64_t iterations; /* -1: none are told */
    size_t salt_len;
} macs[] = {
    {"MD4", 10, 8},       {"MD5", 10, 8},        {"SHA1", -1, 8},       {"SHA1", 1, 20},
    {"SHA1", 1000, 8},    {"SHA224", 10, 8},     {"SHA256", 10, 0},     {"SHA384", 10, 64},
    {"SHA512", 10, 8},    {"SHA512-224", 10, 8}, {"SHA512-256", 10, 8}, {"SHA3-224", 10, 8},
    {"SHA3-256", 10, 8},  {"SHA3-384", 10, 8},   {"SHA3-512", 10, 8},   {"RIPEMD160", 10, 8},
    {"whirlpool", 10, 8}, {"SM3", 10, 8},
};

START_TEST(every_digest_of_a_mac_is_verified)
{
    const int64_t *told = macs[_i].iterations < 0 ? NULL : &macs[_i].iterations;
    const uint8_t zeros[64] = {0};
    mainet_error err = {0};
    data content = element(SEQUENCE, plain_safe(join(own_key(END), own_certificate(END))));
    data mac;
    data made;

    ck_assert_ptr_nonnull(OSSL_PROVIDER_load(NULL, "default"));
    ck_assert_ptr_nonnull(OSSL_PROVIDER_load(NULL, "legacy"));
    mac = mac_data(content, macs[_i].digest, raw(zeros, macs[_i].salt_len), PASSWORD, told);
    made = pfx(3, content, mac);
    expect_refusal(open_data(copy(made), "wrong", &err), MAINET_E_PKCS12_PASSWORD, "", &err);
    expect_refusal(open_data(copy(made), NULL, &err), MAINET_E_PKCS12_PASSWORD, "", &err);
    err = (mainet_error){0};
    expect(open_data(made, PASSWORD, &err), 1, "", &err);
}
END_TEST

static void
use_key(EVP_PKEY *made)
{
    ck_assert_ptr_nonnull(made);
    EVP_PKEY_free(key);
    key = made;
    encode_key();
    ck_assert_int_eq(X509_set_pubkey(certificate, key), 1);
    ck_assert_int_gt(i2d_re_X509_tbs(certificate, NULL), 0);
    free(certificate_der.bytes);
    certificate_der = ENCODED(X509, certificate);
}

static EVP_PKEY *
make_ec(const char *curve, const char *encoding)
{
    OSSL_PARAM p[3] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)(uintptr_t)curve, 0),
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_EC_ENCODING, (char *)(uintptr_t)encoding,
                                         0),
        OSSL_PARAM_construct_end()};
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *made = NULL;

    ck_assert_int_eq(EVP_PKEY_keygen_init(context), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_params(context, p), 1);
    ck_assert_int_eq(EVP_PKEY_generate(context, &made), 1);
    EVP_PKEY_CTX_free(context);
    return made;
}

static EVP_PKEY *
make_dsa(void)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "DSA", NULL);
    EVP_PKEY *parameters = NULL;
    EVP_PKEY *made = NULL;

    ck_assert_int_eq(EVP_PKEY_paramgen_init(context), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_dsa_paramgen_bits(context, 1024), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_dsa_paramgen_q_bits(context, 160), 1);
    ck_assert_int_eq(EVP_PKEY_generate(context, &parameters), 1);
    EVP_PKEY_CTX_free(context);
    context = EVP_PKEY_CTX_new_from_pkey(NULL, parameters, NULL);
    ck_assert_int_eq(EVP_PKEY_keygen_init(context), 1);
    ck_assert_int_eq(EVP_PKEY_generate(context, &made), 1);
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(parameters);
    return made;
}

/* As Java encodes it: without its public half. */
static EVP_PKEY *
make_bare(const char *curve)
{
    EVP_PKEY *made = make_ec(curve, "named_curve");

    ck_assert_int_eq(EVP_PKEY_set_int_param(made, OSSL_PKEY_PARAM_EC_INCLUDE_PUBLIC, 0), 1);
    return made;
}

static EVP_PKEY *
make_of(const char *kind)
{
    if (strncmp(kind, "bare ", 5) == 0)
        return make_bare(kind + 5);
    if (strcmp(kind, "DSA") == 0)
        return make_dsa();
    if (strncmp(kind, "RSA ", 4) == 0)
        return EVP_RSA_gen((unsigned)atoi(kind + 4));
    if (strncmp(kind, "explicit ", 9) == 0)
        return make_ec(kind + 9, "explicit");
    if (kind[0] == 'X' || strncmp(kind, "ED", 2) == 0)
        return EVP_PKEY_Q_keygen(NULL, NULL, kind);
    return make_ec(kind, "named_curve");
}

static const char *const kinds[] = {
    "RSA 512",         "RSA 1024",       "RSA 3072",       "DSA",
    "P-224",           "P-384",          "P-521",          "secp256k1",
    "brainpoolP256r1", "explicit P-256", "explicit P-384", "ED25519",
    "ED448",           "X25519",         "X448",           "bare P-256",
    "bare P-521",
};

START_TEST(every_kind_of_key_is_paired)
{
    mainet_error err = {0};

    use_key(make_of(kinds[_i]));
    expect(open_data(container_of(plain_safe(join(own_key(END), own_certificate(END)))), PASSWORD,
                     &err),
           1, "", &err);
}
END_TEST

START_TEST(each_rsa_key_finds_its_certificate)
{
    mainet_error err = {0};
    data first_key;
    data first_certificate;
    mainet_pkcs12 *container = NULL;

    use_key(make_of("RSA 1024"));
    first_key = own_key(END);
    first_certificate = own_certificate(END);
    use_key(make_of("RSA 1024"));
    container =
        open_data(container_of(plain_safe(join(join(copy(first_certificate), own_certificate(END)),
                                               join(own_key(END), copy(first_key))))),
                  PASSWORD, &err);
    ck_assert_ptr_nonnull(container);
    ck_assert_int_eq(EVP_PKEY_eq(mn_pkcs12_key(container, 1), key), 1);
    expect(container, 2, "", &err);
    expect(
        open_data(container_of(plain_safe(join(first_key, own_certificate(END)))), PASSWORD, &err),
        0, "", &err);
    free(first_certificate.bytes);
}
END_TEST

/* SubjectPublicKeyInfo ::= SEQUENCE { SEQUENCE { id-dsa }, BIT STRING }: as its issuer's. */
START_TEST(a_dsa_key_fits_a_certificate_without_parameters)
{
    mainet_error err = {0};
    const ASN1_BIT_STRING *bits = NULL;
    X509_PUBKEY *spki = NULL;
    uint8_t *value = NULL;

    use_key(make_dsa());
    spki = X509_get_X509_PUBKEY(certificate);
    bits = X509_get0_pubkey_bitstr(certificate);
    value = OPENSSL_memdup(bits->data, (size_t)bits->length);
    ck_assert_int_eq(
        X509_PUBKEY_set0_param(spki, OBJ_nid2obj(NID_dsa), V_ASN1_UNDEF, NULL, value, bits->length),
        1);
    ck_assert_int_gt(i2d_re_X509_tbs(certificate, NULL), 0);
    free(certificate_der.bytes);
    certificate_der = ENCODED(X509, certificate);
    expect(open_data(container_of(plain_safe(join(own_key(END), own_certificate(END)))), PASSWORD,
                     &err),
           1, "", &err);
    use_key(make_dsa());
    expect(open_data(container_of(plain_safe(join(own_key(END), own_certificate(END)))), PASSWORD,
                     &err),
           1, "", &err);
}
END_TEST

static const struct {
    const char *oid; /* NULL: none is told */
    const char *digest;
    int64_t key_len; /* 0: none is told */
    bool is_read;
} functions[] = {
    {NULL, "SHA1", 0, true},
    {NULL, "SHA1", 32, true},
    {"hmacWithSHA224", "SHA224", 32, true},
    {"hmacWithSHA512", "SHA512", 0, true},
    {"2.16.840.1.101.3.4.2.13", "SHA3-224", 0, true},
    {"2.16.840.1.101.3.4.2.14", "SHA3-256", 32, true},
    {"2.16.840.1.101.3.4.2.15", "SHA3-384", 0, true},
    {"2.16.840.1.101.3.4.2.16", "SHA3-512", 0, true},
    {"1.2.156.10197.1.401.3.1", "SM3", 0, true},
    {"1.2.156.10197.1.401.2", "SM3", 32, true},
    {"hmacWithSHA256", "SHA256", 16, false},
    {"hmacWithSHA256", "SHA256", -1, false},
    {"hmacWithSHA256", "SHA256", 1 << 30, false},
    {"1.2.643.7.1.1.4.1", "SHA256", 0, false}, /* GOST */
    {"1.2.3.4.5", "SHA256", 0, false},
};

static data
pbes2_key(const char *function, const char *digest, int64_t key_len)
{
    uint8_t derived[32];
    uint8_t out[512];
    int first = 0;
    int last = 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    data prf =
        function == NULL ? raw("", 0) : sequence(SEQUENCE, oid(function), raw("\5\0", 2), END);
    data kdf = sequence(SEQUENCE, octets(raw(salt, sizeof salt)), integer(ITERATIONS),
                        key_len == 0 ? raw("", 0) : integer(key_len), prf, END);
    data scheme = sequence(SEQUENCE, oid("AES-256-CBC"), octets(raw("0123456789abcdef", 16)), END);
    data parameters = sequence(SEQUENCE, sequence(SEQUENCE, oid("PBKDF2"), kdf, END), scheme, END);

    ck_assert_int_eq(PKCS5_PBKDF2_HMAC(PASSWORD, -1, salt, sizeof salt, ITERATIONS,
                                       EVP_get_digestbyname(digest), sizeof derived, derived),
                     1);
    ck_assert_uint_lt(key_info_der.len + 16, sizeof out);
    ck_assert_int_eq(EVP_EncryptInit_ex(context, EVP_aes_256_cbc(), NULL, derived,
                                        (const uint8_t *)"0123456789abcdef"),
                     1);
    ck_assert_int_eq(
        EVP_EncryptUpdate(context, out, &first, key_info_der.bytes, (int)key_info_der.len), 1);
    ck_assert_int_eq(EVP_EncryptFinal_ex(context, out + first, &last), 1);
    EVP_CIPHER_CTX_free(context);
    return bag("pkcs8ShroudedKeyBag",
               sequence(SEQUENCE, sequence(SEQUENCE, oid("PBES2"), parameters, END),
                        octets(raw(out, (size_t)(first + last))), END),
               END);
}

START_TEST(every_function_of_pbkdf2_is_known)
{
    mainet_error err = {0};
    data made = container_of(
        plain_safe(join(pbes2_key(functions[_i].oid, functions[_i].digest, functions[_i].key_len),
                        own_certificate(END))));
    mainet_pkcs12 *container = open_data(made, PASSWORD, &err);

    if (functions[_i].is_read)
        expect(container, 1, "", &err);
    else
        expect_refusal(container, MAINET_E_PKCS12_UNUSABLE, "", &err);
}
END_TEST

/* "Grüße" as functions that take bytes have been given it: UTF-8, ISO 8859-1, and as OpenSSL 1.0
 * took UTF-8 for ISO 8859-1. */
static const char *const written[] = {
    "Gr\xc3\xbc\xc3\x9f"
    "e",
    "Gr\xfc\xdf"
    "e",
    "Gr\xc3\x83\xc2\xbc\xc3\x83\xc2\x9f"
    "e",
};

START_TEST(a_password_beyond_ascii_may_be_other_bytes)
{
    const int64_t iterations = ITERATIONS;
    mainet_error err = {0};
    data cipher;
    data content;

    ck_assert_ptr_nonnull(OSSL_PROVIDER_load(NULL, "default"));
    ck_assert_ptr_nonnull(OSSL_PROVIDER_load(NULL, "legacy"));
    cipher = encrypt(copy(key_info_der), NID_pbeWithSHA1AndDES_CBC, written[_i]);
    content = element(
        SEQUENCE,
        plain_safe(
            join(bag("pkcs8ShroudedKeyBag",
                     sequence(SEQUENCE, pbe("PBE-SHA1-DES", ITERATIONS), octets(cipher), END), END),
                 own_certificate(END))));
    expect(
        open_data(pfx(3, content,
                      mac_data(content, "SHA256", raw(salt, sizeof salt), written[0], &iterations)),
                  written[0], &err),
        1, "", &err);
}
END_TEST

/* PBES1 with SHA-1 and DES as NSS has it: PBKDF1 over the BMPString, its last bytes the IV. */
static data
key_of_nss(void)
{
    static const uint8_t bmp[] = "\0R\0e\0t\0r\0i\0e\0v\0e\0-\0001\0002\0003\0004\0005\0";
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    data start = join(raw(bmp, sizeof bmp), raw(salt, sizeof salt));
    uint8_t hash[EVP_MAX_MD_SIZE];
    uint8_t out[512];
    int first = 0;
    int last = 0;

    ck_assert_int_eq(EVP_Digest(start.bytes, start.len, hash, NULL, EVP_sha1(), NULL), 1);
    for (int i = 1; i < ITERATIONS; i++)
        ck_assert_int_eq(EVP_Digest(hash, 20, hash, NULL, EVP_sha1(), NULL), 1);
    ck_assert_int_eq(EVP_EncryptInit_ex(context, EVP_des_cbc(), NULL, hash, hash + 12), 1);
    ck_assert_int_eq(
        EVP_EncryptUpdate(context, out, &first, key_info_der.bytes, (int)key_info_der.len), 1);
    ck_assert_int_eq(EVP_EncryptFinal_ex(context, out + first, &last), 1);
    EVP_CIPHER_CTX_free(context);
    free(start.bytes);
    return bag("pkcs8ShroudedKeyBag",
               sequence(SEQUENCE, pbe("PBE-SHA1-DES", ITERATIONS),
                        octets(raw(out, (size_t)(first + last))), END),
               END);
}

START_TEST(nss_takes_its_iv_from_the_end)
{
    mainet_error err = {0};
    data made;

    ck_assert_ptr_nonnull(OSSL_PROVIDER_load(NULL, "default"));
    ck_assert_ptr_nonnull(OSSL_PROVIDER_load(NULL, "legacy"));
    made = container_of(plain_safe(join(key_of_nss(), own_certificate(END))));
    expect(open_data(made, PASSWORD, &err), 1, "", &err);
}
END_TEST

static const struct {
    const char *oid;
    const char *name;
} strangers[] = {
    {"1.2.643.7.1.1.1.1", "GOST R 34.10-2012 with 256 bit modulus"},
    {"1.2.3.4.5", "1.2.3.4.5"},
};

START_TEST(a_key_of_an_unknown_kind_is_named)
{
    mainet_error err = {0};
    char skipped[100];
    data info = sequence(SEQUENCE, integer(0), sequence(SEQUENCE, oid(strangers[_i].oid), END),
                         octets(raw("0123456789abcdef", 16)), END);

    ck_assert_int_gt(snprintf(skipped, sizeof skipped, "a private key that cannot be used: %s",
                              strangers[_i].name),
                     0);
    expect(open_data(container_of(plain_safe(join(bag("keyBag", info, END), own_certificate(END)))),
                     PASSWORD, &err),
           0, skipped, &err);
}
END_TEST

/* Behind the number of an EC key: no element, or one that goes on past the end. */
static const char *const ends[] = {"\xa0", "\xa0\x7f", "\xa0\x80", "\x1f\xff", "\xa1\x02\x03"};

START_TEST(an_ec_key_with_a_broken_end_is_let_be)
{
    mainet_error err = {0};
    data number = octets(raw("0123456789abcdef0123456789abcdef", 32));
    data ec = sequence(SEQUENCE, integer(1), number, raw(ends[_i], strlen(ends[_i])), END);
    data info = sequence(SEQUENCE, integer(0),
                         sequence(SEQUENCE, oid("id-ecPublicKey"), oid("prime256v1"), END),
                         octets(ec), END);

    expect(open_data(container_of(plain_safe(join(bag("keyBag", info, END), own_certificate(END)))),
                     PASSWORD, &err),
           0, "a private key that cannot be used: id-ecPublicKey", &err);
}
END_TEST

/* OpenSSL names GOST and has no more of it than that. */
START_TEST(a_mac_of_gost_is_refused_by_name)
{
    const uint8_t digest[64] = {0};
    mainet_error err = {0};
    data mac = sequence(SEQUENCE,
                        sequence(SEQUENCE, sequence(SEQUENCE, oid("1.2.643.7.1.1.2.3"), END),
                                 octets(raw(digest, sizeof digest)), END),
                        octets(raw(salt, sizeof salt)), integer(2000), END);
    data content = element(SEQUENCE, plain_safe(own_certificate(END)));

    expect_refusal(open_data(pfx(3, content, mac), PASSWORD, &err), MAINET_E_PKCS12_UNUSABLE,
                   "GOST R 34.11-2012 with 512 bit hash is not supported", &err);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("kinds in containers");
    TCase *tests = tcase_create("kinds in containers");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, prepare, clear);
    tcase_add_loop_test(tests, every_digest_of_a_mac_is_verified, 0, COUNT(macs));
    tcase_add_loop_test(tests, every_kind_of_key_is_paired, 0, COUNT(kinds));
    tcase_add_test(tests, each_rsa_key_finds_its_certificate);
    tcase_add_test(tests, a_dsa_key_fits_a_certificate_without_parameters);
    tcase_add_loop_test(tests, every_function_of_pbkdf2_is_known, 0, COUNT(functions));
    tcase_add_loop_test(tests, a_password_beyond_ascii_may_be_other_bytes, 0, COUNT(written));
    tcase_add_test(tests, nss_takes_its_iv_from_the_end);
    tcase_add_loop_test(tests, a_key_of_an_unknown_kind_is_named, 0, COUNT(strangers));
    tcase_add_loop_test(tests, an_ec_key_with_a_broken_end_is_let_be, 0, COUNT(ends));
    tcase_add_test(tests, a_mac_of_gost_is_refused_by_name);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
