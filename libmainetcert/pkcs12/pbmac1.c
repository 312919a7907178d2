/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/pbmac1.h"

#include "pkcs12/derive.h"
#include "pkcs12/mac.h"

/* RFC 9579, 5 and 8: the length must be there, and 160 bits is the least that is any use. More than
 * a digest is no gain, but GnuTLS and others have made keys of 256 bytes. */
#define KEY_FLOOR 20
#define KEY_CEILING 512

static mn_secret *
make_key(const X509_ALGOR *function, const mn_password *password, mainet_error *err)
{
    mn_auto(PBKDF2PARAM) parameters = NULL;
    const ASN1_OCTET_STRING *salt = NULL;
    int64_t key_len = 0;
    int text_len = 0;
    const char *text = mn_password_raw(password, &text_len);

    if (OBJ_obj2nid(function->algorithm) != NID_id_pbkdf2)
        return mn_fail_null(err, MAINET_E_PKCS12_UNUSABLE, 0, "PBMAC1 without PBKDF2");
    parameters = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), function->parameter);
    salt = parameters == NULL ? NULL : mn_value_octets(parameters->salt);
    if (salt == NULL || ASN1_STRING_length(salt) == 0)
        return mn_fail_null(err, MAINET_E_PKCS12_UNUSABLE, 0, "PBMAC1: bad salt or parameters");
    if (parameters->keylength == NULL ||
        ASN1_INTEGER_get_int64(&key_len, parameters->keylength) != 1 || key_len < KEY_FLOOR ||
        key_len > KEY_CEILING)
        return mn_fail_null(err, MAINET_E_PKCS12_UNUSABLE, 0,
                            "PBMAC1: key length is missing or not %d to %d bytes", KEY_FLOOR,
                            KEY_CEILING);
    return mn_pbkdf2(parameters, text, text_len, (size_t)key_len, err);
}

mainet_status
mn_pbmac1_verify(const mn_mac_data *mac, const ASN1_OCTET_STRING *content,
                 const mn_password *password, mainet_error *err)
{
    const X509_ALGOR *algorithm = NULL;
    const ASN1_OCTET_STRING *expected = NULL;
    mn_auto(PBE2PARAM) parameters = NULL;
    mn_auto(EVP_MD) digest = NULL;
    mn_auto(mn_secret) key = NULL;
    bool same = false;

    X509_SIG_get0(mac->digest, &algorithm, &expected);
    parameters = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), algorithm->parameter);
    if (parameters == NULL)
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "PBMAC1: parameters do not decode");
    digest = mn_prf_fetch(parameters->encryption, err);
    if (digest == NULL)
        return mn_failure(err);
    key = make_key(parameters->keyfunc, password, err);
    if (key == NULL)
        return mn_failure(err);
    MN_TRY(mn_mac_compare(digest, key, content, expected, &same, err));
    return same ? MAINET_OK
                : mn_fail(err, MAINET_E_PKCS12_PASSWORD, 0,
                          "the MAC does not verify: wrong password, or the container was damaged");
}
