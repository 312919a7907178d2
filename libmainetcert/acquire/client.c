/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/client.h"

#include <openssl/err.h>

/* A root is known to whoever trusts it (RFC 8446, 4.4.2). */
static bool
is_root(const mainet_certificate *certificate)
{
    const X509 *x509 = mn_certificate_x509(certificate);

    return X509_NAME_cmp(X509_get_subject_name(x509), X509_get_issuer_name(x509)) == 0;
}

static mainet_status
add_issuer(const mainet_certificate *issuer, SSL_CTX *context, mainet_error *err)
{
    mn_auto(X509) x509 = mn_certificate_decode(issuer, err);

    if (x509 == NULL)
        return mn_failure(err);
    ERR_set_mark(); /* an issuer that OpenSSL finds too weak is left to the server to know */
    (void)SSL_CTX_add1_chain_cert(context, x509);
    ERR_pop_to_mark();
    return MAINET_OK;
}

mainet_status
mn_client_use(const mn_client *client, SSL_CTX *context, mainet_error *err)
{
    mn_auto(X509) own = mn_certificate_decode(client->chain[0], err);

    if (own == NULL)
        return mn_failure(err);
    if (SSL_CTX_use_certificate(context, own) != 1 ||
        SSL_CTX_use_PrivateKey(context, client->key) != 1)
        return mn_fail_crypto(err, "the certificate cannot be used for TLS");
    for (size_t i = 1; i < client->chain_count; i++)
        if (!is_root(client->chain[i]))
            MN_TRY(add_issuer(client->chain[i], context, err));
    return MAINET_OK;
}
