/* SPDX-License-Identifier: BSD-3-Clause */
#include "certificate.h"

#include "complaint.h"

#include <openssl/pem.h>
#include <string.h>

/* 127 bits, positive, random: well below the 20 bytes of RFC 5280, 4.1.2.2. */
static bool
set_serial(X509 *certificate)
{
    mn_auto(BIGNUM) number = BN_new();

    return number != NULL && BN_rand(number, 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
           BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
}

static bool
set_validity(X509 *certificate, int64_t not_before, int64_t not_after)
{
    return ASN1_TIME_adj(X509_getm_notBefore(certificate), (time_t)not_before, 0, 0) != NULL &&
           ASN1_TIME_adj(X509_getm_notAfter(certificate), (time_t)not_after, 0, 0) != NULL;
}

X509_EXTENSION *
certificate_extension(const st_extension *wanted, X509 *issuer, X509 *subject)
{
    X509V3_CTX context;

    X509V3_set_ctx(&context, issuer, subject, NULL, NULL, 0);
    return X509V3_EXT_nconf_nid(NULL, &context, wanted->nid, wanted->value);
}

static bool
add_extensions(X509 *certificate, X509 *issuer, const st_extension *wanted)
{
    for (; wanted->nid != 0; wanted++) {
        mn_auto(X509_EXTENSION) made = certificate_extension(wanted, issuer, certificate);

        if (made == NULL || X509_add_ext(certificate, made, -1) != 1)
            return false;
    }
    return true;
}

X509 *
certificate_make(const st_certificate_request *request)
{
    mn_auto(X509) certificate = X509_new();
    X509 *issuer = request->issuer != NULL ? request->issuer : certificate;
    const X509_NAME *issuer_name =
        request->issuer != NULL ? X509_get_subject_name(request->issuer) : request->subject;

    if (certificate == NULL || X509_set_version(certificate, X509_VERSION_3) != 1 ||
        !set_serial(certificate) ||
        !set_validity(certificate, request->not_before, request->not_after) ||
        X509_set_subject_name(certificate, request->subject) != 1 ||
        X509_set_issuer_name(certificate, issuer_name) != 1 ||
        X509_set_pubkey(certificate, request->key) != 1 ||
        !add_extensions(certificate, issuer, request->extensions) ||
        X509_sign(certificate, request->issuer_key, EVP_sha256()) == 0) {
        (void)complain_crypto("cannot make a certificate");
        return NULL;
    }
    return X509_take(&certificate);
}

static bool
add_name_part(X509_NAME *name, const char *field, const char *text)
{
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const unsigned char *)text, -1,
                                      -1, 0) == 1;
}

X509_NAME *
certificate_name(const char *organization, const char *common_name)
{
    mn_auto(X509_NAME) name = X509_NAME_new();

    /* OpenSSL's tables choose the string type: PrintableString for C, UTF8String for the rest. */
    if (name == NULL || !add_name_part(name, "C", "JP") ||
        !add_name_part(name, "O", organization) || !add_name_part(name, "CN", common_name)) {
        (void)complain_crypto("not a usable name");
        return NULL;
    }
    return X509_NAME_take(&name);
}

void
certificate_common_name(const X509_NAME *name, char *text, size_t text_size)
{
    int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    const X509_NAME_ENTRY *entry = at >= 0 ? X509_NAME_get_entry(name, at) : NULL;
    unsigned char *utf8 = NULL;
    int len = entry != NULL ? ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry)) : -1;

    *text = '\0';
    if (len > 0 && (size_t)len < text_size && memchr(utf8, '\0', (size_t)len) == NULL) {
        memcpy(text, utf8, (size_t)len);
        text[len] = '\0';
    }
    OPENSSL_free(utf8);
}

char *
certificate_serial(const X509 *certificate)
{
    mn_auto(BIGNUM) number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), NULL);

    return number != NULL ? BN_bn2hex(number) : NULL;
}

static char *
take_text(BIO *memory)
{
    char *data = NULL;
    long len = BIO_get_mem_data(memory, &data);

    return len > 0 ? strndup(data, (size_t)len) : NULL;
}

char *
certificate_pem(X509 *const *certificates, size_t count)
{
    mn_auto(BIO) memory = BIO_new(BIO_s_mem());

    for (size_t i = 0; memory != NULL && i < count; i++)
        if (PEM_write_bio_X509(memory, certificates[i]) != 1)
            return NULL;
    return memory != NULL ? take_text(memory) : NULL;
}

char *
certificate_key_pem(EVP_PKEY *key)
{
    mn_auto(BIO) memory = BIO_new(BIO_s_secmem());

    if (memory == NULL ||
        PEM_write_bio_PKCS8PrivateKey(memory, key, NULL, NULL, 0, NULL, NULL) != 1)
        return NULL;
    return take_text(memory);
}
