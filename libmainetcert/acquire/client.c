/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/client.h"

#include <openssl/err.h>

/* A root is known to whoever trusts it (RFC 8446, 4.4.2). */
static bool
is_root(X509 *x509)
{
    return X509_NAME_cmp(X509_get_subject_name(x509), X509_get_issuer_name(x509)) == 0;
}

mainet_status
mn_client_use(const mn_client *client, SSL_CTX *context, mainet_error *err)
{
    if (SSL_CTX_use_certificate(context, mn_certificate_x509(client->chain[0])) != 1 ||
        SSL_CTX_use_PrivateKey(context, client->key) != 1)
        return mn_fail_crypto(err, "the certificate cannot be used for TLS");
    for (size_t i = 1; i < client->chain_count; i++) {
        X509 *issuer = mn_certificate_x509(client->chain[i]);

        if (is_root(issuer))
            continue;
        ERR_set_mark(); /* an issuer that OpenSSL finds too weak is left to the server to know */
        (void)SSL_CTX_add1_chain_cert(context, issuer);
        ERR_pop_to_mark();
    }
    return MAINET_OK;
}
