/* SPDX-License-Identifier: BSD-3-Clause */
/* What old containers are made with, and OpenSSL is built without. */
#include "pkcs12/bygone.h"

#include "pkcs12/idea.h"
#include "pkcs12/legacy.h"
#include "run-suite.h"
#include "support/wild.h"

/* RFC 1319, A.5. */
static const struct {
    const char *text;
    const char *digest;
} digests[] = {
    {"", "\x83\x50\xe5\xa3\xe2\x4c\x15\x3d\xf2\x27\x5c\x9f\x80\x69\x27\x73"},
    {"abc", "\xda\x85\x3b\x0d\x3f\x88\xd9\x9b\x30\x28\x3a\x69\xe6\xde\xd6\xbb"},
    {"message digest", "\xab\x4f\x49\x6b\xfb\x2a\x53\x0b\x21\x9f\xf3\x30\x31\xfe\x06\xb0"},
    {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
     "\xd5\x97\x6f\x79\xd8\x3d\x3a\x0d\xc9\x80\x6c\x3c\x66\xf3\xef\xd8"},
};

START_TEST(md2_is_that_of_its_rfc)
{
    EVP_MD *md2 = EVP_MD_fetch(mn_legacy_context(NULL), "MD2", NULL);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_MD_CTX *other = EVP_MD_CTX_new();
    const size_t half = strlen(digests[_i].text) / 2;
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    ck_assert_int_eq(EVP_DigestInit_ex(context, md2, NULL), 1);
    ck_assert_int_eq(EVP_DigestUpdate(context, digests[_i].text, half), 1);
    ck_assert_int_eq(EVP_MD_CTX_copy_ex(other, context), 1);
    ck_assert_int_eq(
        EVP_DigestUpdate(other, digests[_i].text + half, strlen(digests[_i].text) - half), 1);
    ck_assert_int_eq(EVP_DigestFinal_ex(other, digest, &len), 1);
    ck_assert_uint_eq(len, 16);
    ck_assert_mem_eq(digest, digests[_i].digest, 16);
    EVP_MD_CTX_free(context);
    EVP_MD_CTX_free(other);
    EVP_MD_free(md2);
}
END_TEST

/* That of its authors' paper; in the second all numbers of the multiplication are 0. */
static const struct {
    const char *key;
    const char *plain;
    const char *cipher;
} blocks[] = {
    {"\0\1\0\2\0\3\0\4\0\5\0\6\0\7\0\10", "\0\0\0\1\0\2\0\3", "\x11\xfb\xed\x2b\x01\x98\x6d\xe5"},
    {"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "\0\0\0\0\0\0\0\0", "\0\1\0\1\0\0\0\0"},
};

START_TEST(idea_is_that_of_its_authors)
{
    mn_idea idea;
    uint8_t block[MN_IDEA_BLOCK_LEN];

    mn_idea_expand(&idea, (const uint8_t *)blocks[_i].key);
    mn_idea_block(&idea, (const uint8_t *)blocks[_i].plain, block);
    ck_assert_mem_eq(block, blocks[_i].cipher, sizeof block);
    mn_idea_invert(&idea);
    mn_idea_block(&idea, block, block);
    ck_assert_mem_eq(block, blocks[_i].plain, sizeof block);
}
END_TEST

static data
key_under_md2(int nid)
{
    X509_ALGOR *algorithm = PKCS5_pbe_set(nid, ITERATIONS, salt, sizeof salt);
    uint8_t *out = NULL;
    int len = 0;
    data made;

    ck_assert_ptr_nonnull(PKCS12_pbe_crypt_ex(algorithm, PASSWORD, (int)strlen(PASSWORD),
                                              key_info_der.bytes, (int)key_info_der.len, &out, &len,
                                              1, mn_legacy_context(NULL), NULL));
    made =
        bag("pkcs8ShroudedKeyBag",
            sequence(SEQUENCE, ENCODED(X509_ALGOR, algorithm), octets(raw(out, (size_t)len)), END),
            END);
    OPENSSL_free(out);
    X509_ALGOR_free(algorithm);
    return made;
}

START_TEST(pbes1_with_md2_is_read)
{
    const int nids[] = {NID_pbeWithMD2AndDES_CBC, NID_pbeWithMD2AndRC2_CBC};
    mainet_error err = {0};
    data made = container_of(plain_safe(join(key_under_md2(nids[_i]), own_certificate(END))));

    expect(open_data(made, PASSWORD, &err), 1, "", &err);
}
END_TEST

/* In CBC, with as much padding as there is missing; `padding` 0: what is right. */
static data
encrypt_by_idea(data plain, const uint8_t *by, uint8_t padding)
{
    const uint8_t missing = (uint8_t)(MN_IDEA_BLOCK_LEN - plain.len % MN_IDEA_BLOCK_LEN);
    uint8_t previous[MN_IDEA_BLOCK_LEN] = "01234567";
    uint8_t fill[MN_IDEA_BLOCK_LEN];
    mn_idea idea;

    memset(fill, missing, sizeof fill);
    if (padding != 0)
        fill[missing - 1] = padding;
    plain = join(plain, raw(fill, missing));
    mn_idea_expand(&idea, by);
    for (size_t at = 0; at < plain.len; at += MN_IDEA_BLOCK_LEN) {
        for (size_t i = 0; i < MN_IDEA_BLOCK_LEN; i++)
            plain.bytes[at + i] ^= previous[i];
        mn_idea_block(&idea, plain.bytes + at, plain.bytes + at);
        memcpy(previous, plain.bytes + at, sizeof previous);
    }
    return plain;
}

static data
key_under_idea(uint8_t padding)
{
    uint8_t derived[MN_IDEA_KEY_LEN];
    data kdf = sequence(SEQUENCE, octets(raw(salt, sizeof salt)), integer(ITERATIONS), END);
    data scheme =
        sequence(SEQUENCE, oid("1.3.6.1.4.1.188.7.1.1.2"), octets(raw("01234567", 8)), END);
    data parameters = sequence(SEQUENCE, sequence(SEQUENCE, oid("PBKDF2"), kdf, END), scheme, END);

    ck_assert_int_eq(PKCS5_PBKDF2_HMAC_SHA1(PASSWORD, -1, salt, sizeof salt, ITERATIONS,
                                            sizeof derived, derived),
                     1);
    return bag("pkcs8ShroudedKeyBag",
               sequence(SEQUENCE, sequence(SEQUENCE, oid("PBES2"), parameters, END),
                        octets(encrypt_by_idea(copy(key_info_der), derived, padding)), END),
               END);
}

static const struct {
    uint8_t padding;
    bool is_read;
} paddings[] = {{0, true}, {9, false}, {255, false}};

START_TEST(pbes2_with_idea_is_read)
{
    mainet_error err = {0};
    data made =
        container_of(plain_safe(join(key_under_idea(paddings[_i].padding), own_certificate(END))));
    mainet_pkcs12 *container = open_data(made, PASSWORD, &err);

    if (paddings[_i].is_read)
        expect(container, 1, "", &err);
    else
        expect_refusal(container, MAINET_E_PKCS12_UNUSABLE, "does not decrypt", &err);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("bygone algorithms");
    TCase *tests = tcase_create("bygone algorithms");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, prepare, clear);
    tcase_add_loop_test(tests, md2_is_that_of_its_rfc, 0, COUNT(digests));
    tcase_add_loop_test(tests, idea_is_that_of_its_authors, 0, COUNT(blocks));
    tcase_add_loop_test(tests, pbes1_with_md2_is_read, 0, 2);
    tcase_add_loop_test(tests, pbes2_with_idea_is_read, 0, COUNT(paddings));
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
