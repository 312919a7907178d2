/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/bundle.h"

#include <limits.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>

#include "base/openssl.h"

MN_AUTO_TYPE(PKCS7, PKCS7_free)

void
mn_bundle_clear(mn_bundle *bundle)
{
    for (size_t i = 0; i < bundle->count; i++)
        mainet_certificate_free(bundle->certificates[i]);
    bundle->count = 0;
}

/* Whether it was a certificate, wanted or not. */
static bool
add(mn_bundle *bundle, const uint8_t *der, size_t der_len)
{
    mainet_error no_matter = {0};
    mainet_certificate *made = mainet_certificate_parse(der, der_len, &no_matter);

    if (made == NULL)
        return false;
    if (bundle->count == MN_BUNDLE_MAX || !mainet_certificate_is_authority(made))
        mainet_certificate_free(made);
    else
        bundle->certificates[bundle->count++] = made;
    return true;
}

static void
add_all(mn_bundle *bundle, const STACK_OF(X509) * all)
{
    for (int i = 0; i < sk_X509_num(all) && bundle->count < MN_BUNDLE_MAX; i++) {
        unsigned char *der = NULL;
        int len = i2d_X509(sk_X509_value(all, i), &der);

        if (len > 0)
            (void)add(bundle, der, (size_t)len);
        OPENSSL_free(der);
    }
}

static void
add_pkcs7(mn_bundle *bundle, const uint8_t *der, size_t der_len)
{
    const unsigned char *at = der;
    mn_auto(PKCS7) signed_data = d2i_PKCS7(NULL, &at, (long)der_len);

    if (signed_data != NULL && PKCS7_type_is_signed(signed_data) && signed_data->d.sign != NULL)
        add_all(bundle, signed_data->d.sign->cert);
}

static void
add_pem(mn_bundle *bundle, const uint8_t *text, size_t text_len)
{
    mn_auto(BIO) in = BIO_new_mem_buf(text, (int)text_len);
    char *name = NULL;
    char *header = NULL;
    unsigned char *data = NULL;
    long len = 0;

    while (in != NULL && bundle->count < MN_BUNDLE_MAX &&
           PEM_read_bio(in, &name, &header, &data, &len) == 1) {
        if (strcmp(name, PEM_STRING_PKCS7) == 0)
            add_pkcs7(bundle, data, (size_t)len);
        else
            (void)add(bundle, data, (size_t)len);
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_free(data);
    }
}

void
mn_bundle_read(mn_bundle *bundle, const uint8_t *data, size_t data_len)
{
    if (data_len == 0 || data_len > INT_MAX)
        return;
    ERR_set_mark();
    if (!add(bundle, data, data_len)) {
        add_pkcs7(bundle, data, data_len);
        if (bundle->count == 0)
            add_pem(bundle, data, data_len);
    }
    ERR_pop_to_mark();
}
