/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef WILD_H
#define WILD_H

#include "pkcs12/read.h"
#include <openssl/hmac.h>

#include "support/der.h"

#define PASSWORD "Retrieve-12345"
#define ITERATIONS 10

/* PKCS#12 containers by hand, of parts that may be as odd as is wished. */

static const uint8_t salt[] = {1, 2, 3, 4, 5, 6, 7, 8};

/* What OpenSSL's i2d_ function makes of an object, in DER whatever the style. */
#define ENCODED(type, object) encoded_by((i2d_of_void *)i2d_##type, object)

__attribute__((unused)) static data
encoded_by(i2d_of_void *encode, const void *object)
{
    uint8_t *out = NULL;
    const int len = encode(object, &out);
    data made;

    ck_assert_int_gt(len, 0);
    made = raw(out, (size_t)len);
    OPENSSL_free(out);
    return made;
}

__attribute__((unused)) static data
bag(const char *type, data value, data attributes)
{
    return sequence(SEQUENCE, oid(type), element(CONTEXT(0), value),
                    attributes.bytes == NULL ? raw("", 0) : element(SET, attributes), END);
}

__attribute__((unused)) static data
attribute(const char *type, data value)
{
    return sequence(SEQUENCE, oid(type), element(SET, value), END);
}

__attribute__((unused)) static data
certificate_bag(data der, data attributes)
{
    return bag("certBag",
               sequence(SEQUENCE, oid("x509Certificate"), element(CONTEXT(0), octets(der)), END),
               attributes);
}

/* PKCS#12's own algorithm, with what counts as its cost. */
__attribute__((unused)) static data
pbe(const char *type, int64_t iterations)
{
    return sequence(SEQUENCE, oid(type),
                    sequence(SEQUENCE, octets(raw(salt, sizeof salt)), integer(iterations), END),
                    END);
}

__attribute__((unused)) static data
encrypt(data plain, int nid, const char *password)
{
    X509_ALGOR *algorithm = PKCS5_pbe_set(nid, ITERATIONS, salt, sizeof salt);
    uint8_t *out = NULL;
    int len = 0;
    data made;

    ck_assert_ptr_nonnull(PKCS12_pbe_crypt(algorithm, password, (int)strlen(password), plain.bytes,
                                           (int)plain.len, &out, &len, 1));
    made = raw(out, (size_t)len);
    free(plain.bytes);
    OPENSSL_free(out);
    X509_ALGOR_free(algorithm);
    return made;
}

__attribute__((unused)) static data
shrouded_key_bag(data key_info, const char *password, data attributes)
{
    data cipher = encrypt(key_info, NID_pbe_WithSHA1And3_Key_TripleDES_CBC, password);

    return bag("pkcs8ShroudedKeyBag",
               sequence(SEQUENCE, pbe("PBE-SHA1-3DES", ITERATIONS), octets(cipher), END),
               attributes);
}

__attribute__((unused)) static data
plain_safe(data bags)
{
    return sequence(SEQUENCE, oid("pkcs7-data"),
                    element(CONTEXT(0), octets(element(SEQUENCE, bags))), END);
}

__attribute__((unused)) static data
encrypted_safe(data bags, const char *password)
{
    data cipher =
        encrypt(element(SEQUENCE, bags), NID_pbe_WithSHA1And3_Key_TripleDES_CBC, password);
    data content = sequence(SEQUENCE, oid("pkcs7-data"), pbe("PBE-SHA1-3DES", ITERATIONS),
                            tagged_octets(0, cipher), END);

    return sequence(SEQUENCE, oid("pkcs7-encryptedData"),
                    element(CONTEXT(0), sequence(SEQUENCE, integer(0), content, END)), END);
}

/* `told` NULL: no iteration count, which means one. */
__attribute__((unused)) static data
mac_data(data content, const char *digest, data mac_salt, const char *password, const int64_t *told)
{
    const EVP_MD *md = EVP_get_digestbyname(digest);
    uint8_t key[EVP_MAX_MD_SIZE];
    uint8_t mac[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    const int iterations = told == NULL || *told < 1 || *told > 1000 ? 1 : (int)*told;

    ck_assert_ptr_nonnull(md);
    ck_assert_int_eq(PKCS12_key_gen_utf8(password, (int)strlen(password), mac_salt.bytes,
                                         (int)mac_salt.len, PKCS12_MAC_ID, iterations,
                                         EVP_MD_get_size(md), key, md),
                     1);
    ck_assert_ptr_nonnull(
        HMAC(md, key, EVP_MD_get_size(md), content.bytes, content.len, mac, &len));
    return sequence(
        SEQUENCE,
        sequence(SEQUENCE, sequence(SEQUENCE, oid(digest), END), octets(raw(mac, len)), END),
        octets(mac_salt), told == NULL ? raw("", 0) : integer(*told), END);
}

__attribute__((unused)) static data
pfx(int64_t version, data content, data mac)
{
    return sequence(
        SEQUENCE, integer(version),
        sequence(SEQUENCE, oid("pkcs7-data"), element(CONTEXT(0), octets(content)), END), mac, END);
}

/* Safes, one after another, under a usual MAC. */
__attribute__((unused)) static data
container_of(data safes)
{
    const int64_t iterations = ITERATIONS;
    data content = element(SEQUENCE, safes);
    data mac = mac_data(content, "SHA256", raw(salt, sizeof salt), PASSWORD, &iterations);

    return pfx(3, content, mac);
}

__attribute__((unused)) static mainet_pkcs12 *
open_data(data made, const char *password, mainet_error *err)
{
    mainet_pkcs12 *container = mainet_pkcs12_open(made.bytes, made.len, (const uint8_t *)password,
                                                  password == NULL ? 0 : strlen(password), err);

    free(made.bytes);
    return container;
}

/* A key and its certificate, for each test afresh. */
static EVP_PKEY *key;
static X509 *certificate;
static data certificate_der;
static data key_info_der;

__attribute__((unused)) static void
encode_key(void)
{
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);

    free(key_info_der.bytes);
    key_info_der = ENCODED(PKCS8_PRIV_KEY_INFO, info);
    PKCS8_PRIV_KEY_INFO_free(info);
}

__attribute__((unused)) static void
prepare(void)
{
    data der = read_data("pkcs12/ec-key.der");
    const uint8_t *at = der.bytes;

    style = STYLE_DER;
    key = d2i_AutoPrivateKey(NULL, &at, (long)der.len);
    free(der.bytes);
    certificate_der = read_data("pkcs12/ec.der");
    at = certificate_der.bytes;
    certificate = d2i_X509(NULL, &at, (long)certificate_der.len);
    ck_assert(key != NULL && certificate != NULL);
    encode_key();
}

__attribute__((unused)) static void
clear(void)
{
    EVP_PKEY_free(key);
    X509_free(certificate);
    free(certificate_der.bytes);
    free(key_info_der.bytes);
    key_info_der = certificate_der = END;
}

__attribute__((unused)) static data
own_certificate(data attributes)
{
    return certificate_bag(copy(certificate_der), attributes);
}

__attribute__((unused)) static data
own_key(data attributes)
{
    return shrouded_key_bag(copy(key_info_der), PASSWORD, attributes);
}

__attribute__((unused)) static void
expect(mainet_pkcs12 *container, size_t identities, const char *skipped, const mainet_error *err)
{
    ck_assert_msg(container != NULL, "%d %s", (int)err->status, err->detail);
    ck_assert_int_eq(err->status, MAINET_OK);
    ck_assert_uint_eq(mainet_pkcs12_identity_count(container), identities);
    ck_assert_str_eq(mainet_pkcs12_skipped(container), skipped);
    mainet_pkcs12_free(container);
}

__attribute__((unused)) static void
expect_refusal(mainet_pkcs12 *container, mainet_status status, const char *detail,
               const mainet_error *err)
{
    ck_assert_ptr_null(container);
    ck_assert_int_eq(err->status, status);
    ck_assert_msg(strstr(err->detail, detail) != NULL, "%s", err->detail);
}

#endif
