/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_ASN1_H
#define MN_PKCS12_ASN1_H

#include "base/openssl.h"
#include "base/secret.h"

/* The structures of RFC 7292, decoded no further than we need: OpenSSL's own PKCS12 would decode
 * whatever certificate it meets in the host's default context. BER is accepted as far as OpenSSL
 * accepts it (indefinite lengths, strings in parts), with its limits on depth. */

/** ContentInfo (RFC 5652, 3) and CertBag (RFC 7292, 4.2.3): what it is, and the thing itself. */
typedef struct mn_content {
    ASN1_OBJECT *type;
    ASN1_TYPE *value; /**< NULL if it is missing */
} mn_content;

/** MacData (RFC 7292, 4). */
typedef struct mn_mac_data {
    X509_SIG *digest;
    ASN1_OCTET_STRING *salt;
    ASN1_INTEGER *iterations; /**< NULL: 1 */
} mn_mac_data;

/** PFX (RFC 7292, 4). */
typedef struct mn_pfx {
    ASN1_INTEGER *version;
    mn_content *safe;
    mn_mac_data *mac; /**< NULL if it is missing */
} mn_pfx;

/** SafeBag (RFC 7292, 4.2); the value is the encoding of what `type` says. */
typedef struct mn_bag {
    ASN1_OBJECT *type;
    ASN1_TYPE *value;
    STACK_OF(X509_ATTRIBUTE) * attributes;
} mn_bag;

DEFINE_STACK_OF(mn_content)
DEFINE_STACK_OF(mn_bag)

/** AuthenticatedSafe (RFC 7292, 4.1). */
typedef STACK_OF(mn_content) mn_contents;

/** SafeContents (RFC 7292, 4.2). */
typedef STACK_OF(mn_bag) mn_bags;

/** Decode; NULL if it is none. Bytes behind it are let be. */
mn_pfx *
mn_pfx_decode(const uint8_t *data, size_t data_len);

mn_contents *
mn_contents_decode(const uint8_t *data, size_t data_len);

mn_bags *
mn_bags_decode(const uint8_t *data, size_t data_len);

mn_content *
mn_content_decode(const uint8_t *data, size_t data_len);

/** Decode a private key (RFC 5208), also one that brings its public key along (RFC 5958, 2), which
 *  OpenSSL before 3.2 does not know. NULL if it is none, or for want of memory. */
PKCS8_PRIV_KEY_INFO *
mn_key_info_decode(const uint8_t *data, size_t data_len);

/** Borrow the OCTET STRING that a value is; NULL if it is something else. */
const ASN1_OCTET_STRING *
mn_value_octets(const ASN1_TYPE *value);

/** Borrow the encoding of the SEQUENCE that a value is; NULL if it is something else. */
const ASN1_STRING *
mn_value_sequence(const ASN1_TYPE *value);

void
mn_pfx_free(mn_pfx *pfx);

void
mn_contents_free(mn_contents *contents);

void
mn_content_free(mn_content *content);

/** Free bags and wipe their values: a key may lie in one as it is. */
void
mn_bags_free(mn_bags *bags);

MN_AUTO_TYPE(mn_pfx, mn_pfx_free)
MN_AUTO_TYPE(mn_content, mn_content_free)
MN_AUTO_TYPE(mn_contents, mn_contents_free)
MN_AUTO_TYPE(mn_bags, mn_bags_free)
MN_AUTO_TYPE(PBEPARAM, PBEPARAM_free)
MN_AUTO_TYPE(PBE2PARAM, PBE2PARAM_free)
MN_AUTO_TYPE(PBKDF2PARAM, PBKDF2PARAM_free)
MN_AUTO_TYPE(SCRYPT_PARAMS, SCRYPT_PARAMS_free)
MN_AUTO_TYPE(PKCS7_ENCRYPT, PKCS7_ENCRYPT_free)
MN_AUTO_TYPE(X509_SIG, X509_SIG_free)

#endif
