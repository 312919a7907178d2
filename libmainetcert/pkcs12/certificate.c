/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/certificate.h"

#include <ctype.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/guest.h"
#include "pkcs12/name.h"
#include "pkcs12/public-info.h"
#include "pkcs12/public-key.h"
#include "pkcs12/validity.h"

#define DER_CEILING 65536

/* Bytes that OpenSSL allocated for us. */
typedef struct span {
    uint8_t *data;
    size_t len;
} span;

struct mainet_certificate {
    atomic_uint references;
    X509 *x509;
    _Atomic(EVP_PKEY *) key; /* NULL until somebody asks for it */
    atomic_bool has_no_key;  /* somebody has asked in vain */
    span der;
    span serial_der;
    span public_key_der;
    char *subject;
    char *issuer;
    char *common_name;
    char *organization;
    char *issuer_common_name;
    char *issuer_organization;
    char *serial;
    char sha256[2 * MN_SHA256_LEN + 1];
    int64_t not_before;
    int64_t not_after;
    const char *key_type;
    int32_t key_bits;
    bool is_authority;
};

static void
free_parts(mainet_certificate *certificate)
{
    X509_free(certificate->x509);
    EVP_PKEY_free(atomic_load(&certificate->key));
    OPENSSL_free(certificate->der.data);
    OPENSSL_free(certificate->serial_der.data);
    OPENSSL_free(certificate->public_key_der.data);
    free(certificate->subject);
    free(certificate->issuer);
    free(certificate->common_name);
    free(certificate->organization);
    free(certificate->issuer_common_name);
    free(certificate->issuer_organization);
    free(certificate->serial);
    free(certificate);
}

void
mainet_certificate_free(mainet_certificate *certificate)
{
    if (certificate != NULL && atomic_fetch_sub(&certificate->references, 1) == 1)
        free_parts(certificate);
}

mainet_certificate *
mn_certificate_ref(const mainet_certificate *certificate)
{
    mainet_certificate *shared = (mainet_certificate *)(uintptr_t)certificate;

    (void)atomic_fetch_add(&shared->references, 1);
    return shared;
}

static mainet_status
decode_in(OSSL_LIB_CTX *context, X509 **x509, const uint8_t **der, size_t der_len,
          mainet_error *err)
{
    *x509 = X509_new_ex(context, NULL);
    if (*x509 == NULL)
        return mn_fail_memory(err, "certificate");
    if (d2i_X509(x509, der, (long)der_len) == NULL) /* frees and clears it on failure */
        return mn_fail(err, MAINET_E_CERTIFICATE, 0, "%zu bytes that are not a certificate",
                       der_len);
    return MAINET_OK;
}

static mainet_status
decode(mainet_certificate *made, const uint8_t *der, size_t der_len, mainet_error *err)
{
    const uint8_t *end = der;

    MN_TRY(decode_in(mn_crypto_bare_context(), &made->x509, &end, der_len, err));
    if (end != der + der_len)
        return mn_fail(err, MAINET_E_CERTIFICATE, 0, "%zu bytes follow the certificate",
                       (size_t)(der + der_len - end));
    return MAINET_OK;
}

/* The outer shell may have come in BER; from here on everybody sees DER. */
static mainet_status
encode_parts(mainet_certificate *made, mainet_error *err)
{
    int len = i2d_X509(made->x509, &made->der.data);
    int serial_len = i2d_ASN1_INTEGER(X509_get0_serialNumber(made->x509), &made->serial_der.data);
    int key_len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(made->x509), &made->public_key_der.data);

    if (len <= 0 || serial_len <= 0 || key_len <= 0)
        return mn_fail(err, MAINET_E_CERTIFICATE, 0, "a certificate that cannot be encoded");
    made->der.len = (size_t)len;
    made->serial_der.len = (size_t)serial_len;
    made->public_key_der.len = (size_t)key_len;
    return MAINET_OK;
}

static mainet_status
read_names(mainet_certificate *made, mainet_error *err)
{
    const X509_NAME *subject = X509_get_subject_name(made->x509);
    const X509_NAME *issuer = X509_get_issuer_name(made->x509);

    made->subject = mn_name_text(subject, err);
    made->issuer = made->subject == NULL ? NULL : mn_name_text(issuer, err);
    if (made->issuer == NULL)
        return mn_failure(err);
    made->common_name = mn_name_attribute(subject, NID_commonName, made->subject, err);
    made->issuer_common_name = mn_name_attribute(issuer, NID_commonName, made->issuer, err);
    made->issuer_organization = mn_name_attribute(issuer, NID_organizationName, "", err);
    made->organization = mn_name_attribute(subject, NID_organizationName, "", err);
    if (made->common_name == NULL || made->organization == NULL ||
        made->issuer_common_name == NULL || made->issuer_organization == NULL)
        return mn_failure(err);
    return MAINET_OK;
}

static mainet_status
read_serial(mainet_certificate *made, mainet_error *err)
{
    mn_auto(BIGNUM) number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(made->x509), NULL);
    char *hex = number == NULL ? NULL : BN_bn2hex(number);

    made->serial = hex == NULL ? NULL : strdup(hex);
    OPENSSL_free(hex);
    if (made->serial == NULL)
        return mn_fail_memory(err, "serial number");
    for (char *digit = made->serial; *digit != '\0'; digit++)
        *digit = (char)tolower((unsigned char)*digit);
    return MAINET_OK;
}

EVP_PKEY *
mn_certificate_key(const mainet_certificate *certificate)
{
    mainet_certificate *const self = (mainet_certificate *)(uintptr_t)certificate;
    mainet_error no_matter = {0};
    EVP_PKEY *found = atomic_load(&self->key);
    EVP_PKEY *key = NULL;

    if (found != NULL || atomic_load(&self->has_no_key))
        return found;
    key = mn_key_from_info(certificate->public_key_der.data, certificate->public_key_der.len,
                           &no_matter);
    atomic_store(&self->has_no_key, key == NULL);
    if (key == NULL || atomic_compare_exchange_strong(&self->key, &found, key))
        return key;
    EVP_PKEY_free(key); /* another thread was faster */
    return found;
}

static const char *
name_key_type(const char *openssl_name)
{
    static const char *const known[][2] = {
        {"ED25519", "Ed25519"}, {"ED448", "Ed448"}, {"X25519", "X25519"}, {"X448", "X448"},
        {"RSA", "RSA"},         {"EC", "EC"},       {"RSA-PSS", "RSA"}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(openssl_name, known[i][0]) == 0)
            return known[i][1];
    }
    return openssl_name; /* a constant of the provider, which lives as long as the process */
}

/* The keys that almost everybody has, told without decoding them. */
static bool
read_plain_key(mainet_certificate *made)
{
    static const char *const types[] = {
        [MN_INFO_RSA] = "RSA", [MN_INFO_EC] = "EC", [MN_INFO_ED25519] = "Ed25519"};
    mn_public_info info;

    if (!mn_public_info_read(made->public_key_der.data, made->public_key_der.len, &info))
        return false;
    made->key_type = types[info.kind];
    made->key_bits = mn_public_info_bits(&info);
    return made->key_bits != 0;
}

/* A key that OpenSSL cannot decode is no reason to refuse the certificate: it may be an issuer's.
 */
static void
read_key(mainet_certificate *made)
{
    EVP_PKEY *key = NULL;
    ASN1_OBJECT *algorithm = NULL;
    const char *name = NULL;

    if (read_plain_key(made))
        return;
    key = mn_certificate_key(made);
    name = key == NULL ? NULL : EVP_PKEY_get0_type_name(key);
    if (name != NULL) {
        made->key_type = name_key_type(name);
        made->key_bits = EVP_PKEY_get_bits(key);
        return;
    }
    (void)X509_PUBKEY_get0_param(&algorithm, NULL, NULL, NULL, X509_get_X509_PUBKEY(made->x509));
    made->key_type = OBJ_nid2sn(OBJ_obj2nid(algorithm)); /* "UNDEF" for what has no name */
}

static mainet_status
read_fields(mainet_certificate *made, mainet_error *err)
{
    uint8_t digest[MN_SHA256_LEN];

    MN_TRY(encode_parts(made, err));
    MN_TRY(mn_sha256(made->der.data, made->der.len, digest, err));
    mn_hex(digest, sizeof digest, made->sha256);
    MN_TRY(read_names(made, err));
    MN_TRY(read_serial(made, err));
    MN_TRY(mn_validity_time(X509_get0_notBefore(made->x509), &made->not_before, err));
    MN_TRY(mn_validity_time(X509_get0_notAfter(made->x509), &made->not_after, err));
    read_key(made);
    made->is_authority = (X509_get_extension_flags(made->x509) & (EXFLAG_BCONS | EXFLAG_CA)) ==
                         (EXFLAG_BCONS | EXFLAG_CA);
    return MAINET_OK;
}

mainet_certificate *
mainet_certificate_parse(const uint8_t *der, size_t der_len, mainet_error *err)
{
    mn_auto(mainet_certificate) made = NULL;

    MN_PUBLIC(err);
    if (der == NULL || der_len == 0 || der_len > DER_CEILING)
        return mn_fail_null(err, MAINET_E_CERTIFICATE, 0, "%zu bytes are no certificate", der_len);
    if (mn_crypto_ready(err) != MAINET_OK)
        return NULL;
    made = calloc(1, sizeof *made);
    if (made == NULL)
        return mn_fail_memory_null(err, "certificate");
    atomic_init(&made->references, 1);
    if (decode(made, der, der_len, err) != MAINET_OK || read_fields(made, err) != MAINET_OK)
        return NULL;
    return mainet_certificate_take(&made);
}

mainet_bytes *
mainet_certificate_der(const mainet_certificate *certificate, mainet_error *err)
{
    mn_auto_buffer(copy, 0);

    MN_PUBLIC(err);
    if (certificate == NULL)
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "a certificate is required");
    mn_buffer_append(&copy, certificate->der.data, certificate->der.len);
    return mn_buffer_take(&copy, err);
}

const char *
mainet_certificate_subject(const mainet_certificate *certificate)
{
    return certificate->subject;
}

const char *
mainet_certificate_issuer(const mainet_certificate *certificate)
{
    return certificate->issuer;
}

const char *
mainet_certificate_common_name(const mainet_certificate *certificate)
{
    return certificate->common_name;
}

const char *
mainet_certificate_organization(const mainet_certificate *certificate)
{
    return certificate->organization;
}

const char *
mainet_certificate_issuer_common_name(const mainet_certificate *certificate)
{
    return certificate->issuer_common_name;
}

const char *
mainet_certificate_issuer_organization(const mainet_certificate *certificate)
{
    return certificate->issuer_organization;
}

const char *
mainet_certificate_serial(const mainet_certificate *certificate)
{
    return certificate->serial;
}

const char *
mainet_certificate_sha256(const mainet_certificate *certificate)
{
    return certificate->sha256;
}

int64_t
mainet_certificate_not_before(const mainet_certificate *certificate)
{
    return certificate->not_before;
}

int64_t
mainet_certificate_not_after(const mainet_certificate *certificate)
{
    return certificate->not_after;
}

const char *
mainet_certificate_key_type(const mainet_certificate *certificate)
{
    return certificate->key_type;
}

int32_t
mainet_certificate_key_bits(const mainet_certificate *certificate)
{
    return certificate->key_bits;
}

bool
mainet_certificate_is_authority(const mainet_certificate *certificate)
{
    return certificate->is_authority;
}

X509 *
mn_certificate_x509(const mainet_certificate *certificate)
{
    return certificate->x509;
}

X509 *
mn_certificate_decode(const mainet_certificate *certificate, mainet_error *err)
{
    const uint8_t *der = certificate->der.data;
    X509 *made = NULL;

    return decode_in(mn_crypto_context(), &made, &der, certificate->der.len, err) == MAINET_OK
               ? made
               : NULL;
}

const uint8_t *
mn_certificate_der(const mainet_certificate *certificate, size_t *len)
{
    *len = certificate->der.len;
    return certificate->der.data;
}

static const uint8_t *
name_der(const X509_NAME *name, size_t *len)
{
    const unsigned char *der = NULL;

    if (X509_NAME_get0_der(name, &der, len) != 1)
        *len = 0;
    return der;
}

const uint8_t *
mn_certificate_subject_der(const mainet_certificate *certificate, size_t *len)
{
    return name_der(X509_get_subject_name(certificate->x509), len);
}

const uint8_t *
mn_certificate_issuer_der(const mainet_certificate *certificate, size_t *len)
{
    return name_der(X509_get_issuer_name(certificate->x509), len);
}

const uint8_t *
mn_certificate_serial_der(const mainet_certificate *certificate, size_t *len)
{
    *len = certificate->serial_der.len;
    return certificate->serial_der.data;
}

const uint8_t *
mn_certificate_public_key_der(const mainet_certificate *certificate, size_t *len)
{
    *len = certificate->public_key_der.len;
    return certificate->public_key_der.data;
}
