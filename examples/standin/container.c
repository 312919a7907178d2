/* SPDX-License-Identifier: BSD-3-Clause */
#include "container.h"

#include "complaint.h"

#include <openssl/provider.h>
#include <string.h>

#define ITERATIONS 2048

static const struct st_form {
    const char *name;
    int key_cipher;
    int certificate_cipher;
    const char *mac;
    bool is_alone; /* without the issuers */
} forms[] = {
    /* What Windows and the services of its time wrote. */
    {"legacy", NID_pbe_WithSHA1And3_Key_TripleDES_CBC, NID_pbe_WithSHA1And40BitRC2_CBC, "SHA1",
     false},
    {"legacy-leaf", NID_pbe_WithSHA1And3_Key_TripleDES_CBC, NID_pbe_WithSHA1And40BitRC2_CBC, "SHA1",
     true},
    /* PBES2 with PBKDF2 by HMAC-SHA-256, OpenSSL 3's own choice for these ciphers. */
    {"modern", NID_aes_256_cbc, NID_aes_256_cbc, "SHA256", false},
    {"modern-leaf", NID_aes_256_cbc, NID_aes_256_cbc, "SHA256", true},
};

static const struct st_form *
find_form(const char *name)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(forms[i].name, name) == 0)
            return &forms[i];
    return NULL;
}

bool
container_is_known(const char *form)
{
    return find_form(form) != NULL;
}

static PKCS12 *
make(const struct st_form *form, const st_container_request *request, OSSL_LIB_CTX *context)
{
    STACK_OF(X509) *chain = sk_X509_new_null();
    EVP_MD *digest = EVP_MD_fetch(context, form->mac, NULL);
    mn_auto(PKCS12) container = NULL;
    bool done = chain != NULL && digest != NULL &&
                (form->is_alone || (sk_X509_push(chain, request->issuing) > 0 &&
                                    sk_X509_push(chain, request->root) > 0));

    if (done)
        container = PKCS12_create_ex(request->password, request->friendly_name, request->key,
                                     request->leaf, chain, form->key_cipher,
                                     form->certificate_cipher, ITERATIONS, -1, 0, context, NULL);
    done = container != NULL &&
           PKCS12_set_mac(container, request->password, -1, NULL, 0, ITERATIONS, digest) == 1;
    sk_X509_free(chain);
    EVP_MD_free(digest);
    return done ? PKCS12_take(&container) : NULL;
}

/* RC2-40 is in OpenSSL's legacy provider, which only this context loads. */
static uint8_t *
encode(const struct st_form *form, const st_container_request *request, OSSL_LIB_CTX *context,
       size_t *len)
{
    mn_auto(PKCS12) container = make(form, request, context);
    unsigned char *der = NULL;
    int der_len = container != NULL ? i2d_PKCS12(container, &der) : -1;
    uint8_t *copy = der_len > 0 ? malloc((size_t)der_len) : NULL;

    if (copy == NULL)
        (void)complain_crypto("cannot make a PKCS#12 container");
    else
        memcpy(copy, der, *len = (size_t)der_len);
    OPENSSL_free(der);
    return copy;
}

uint8_t *
container_make(const st_container_request *request, size_t *len)
{
    const struct st_form *form = find_form(request->form);
    mn_auto(OSSL_LIB_CTX) context = OSSL_LIB_CTX_new();
    mn_auto(OSSL_PROVIDER) standard =
        context != NULL ? OSSL_PROVIDER_load(context, "default") : NULL;
    mn_auto(OSSL_PROVIDER) legacy = context != NULL ? OSSL_PROVIDER_load(context, "legacy") : NULL;

    if (form == NULL || standard == NULL || legacy == NULL) {
        (void)complain_crypto("cannot prepare for a PKCS#12 container");
        return NULL;
    }
    return encode(form, request, context, len);
}
