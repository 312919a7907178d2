/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/trust.h"

#include <stdio.h>

/* A stranger's name goes into a detail: only what is printable. */
static void
note_issuer(mn_trust *trust, X509 *certificate)
{
    const X509_NAME *name = X509_get_issuer_name(certificate);
    BIO *text = BIO_new(BIO_s_mem());
    char *data = NULL;
    long len = 0;

    if (text != NULL && X509_NAME_print_ex(text, name, 0, XN_FLAG_ONELINE) >= 0)
        len = BIO_get_mem_data(text, &data);
    (void)snprintf(trust->issuer, sizeof trust->issuer, "%.*s", (int)len, len > 0 ? data : "");
    BIO_free(text);
}

static bool
is_unknown_issuer(int reason)
{
    return reason == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
           reason == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT ||
           reason == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN ||
           reason == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT ||
           reason == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
}

static int
verify(X509_STORE_CTX *verification, void *user)
{
    mn_trust *trust = user;
    int answer = X509_verify_cert(verification);
    X509 *certificate = X509_STORE_CTX_get0_cert(verification);

    if (certificate != NULL)
        note_issuer(trust, certificate);
    trust->is_issued_here =
        answer == 1 || !is_unknown_issuer(X509_STORE_CTX_get_error(verification));
    return answer;
}

void
mn_trust_watch(mn_trust *trust, SSL_CTX *context)
{
    SSL_CTX_set_cert_verify_callback(context, verify, trust);
}
