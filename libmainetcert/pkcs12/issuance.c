/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/issuance.h"

#include <openssl/err.h>

#include "pkcs12/certificate.h"

static bool
is_named_issuer(const mainet_certificate *certificate, const mainet_certificate *issuer)
{
    return X509_NAME_cmp(X509_get_issuer_name(mn_certificate_x509(certificate)),
                         X509_get_subject_name(mn_certificate_x509(issuer))) == 0;
}

static bool
is_signed_by(const mainet_certificate *certificate, EVP_PKEY *key)
{
    mainet_error no_matter = {0};
    mn_auto(X509) whole = mn_certificate_decode(certificate, &no_matter);

    return whole != NULL && X509_verify(whole, key) == 1;
}

bool
mn_certificate_is_issued_by(const mainet_certificate *certificate, const mainet_certificate *issuer)
{
    EVP_PKEY *key = NULL;
    bool is_issued = false;

    if (!is_named_issuer(certificate, issuer))
        return false;
    ERR_set_mark();
    key = mn_certificate_key(issuer);
    is_issued = key != NULL && is_signed_by(certificate, key);
    ERR_pop_to_mark();
    return is_issued;
}

bool
mn_certificate_claims_issuer(const mainet_certificate *certificate,
                             const mainet_certificate *issuer)
{
    const ASN1_OCTET_STRING *named = X509_get0_authority_key_id(mn_certificate_x509(certificate));
    const ASN1_OCTET_STRING *own = X509_get0_subject_key_id(mn_certificate_x509(issuer));

    if (named == NULL || own == NULL)
        return mn_certificate_is_issued_by(certificate, issuer);
    return ASN1_OCTET_STRING_cmp(named, own) == 0 && is_named_issuer(certificate, issuer);
}
