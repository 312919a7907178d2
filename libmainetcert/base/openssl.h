/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_BASE_OPENSSL_H
#define MN_BASE_OPENSSL_H

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/crypto.h"

/* Scope cleanup for OpenSSL's own types. */

#undef EVP_CIPHER_CTX_cleanup /* an old name that evp.h maps to EVP_CIPHER_CTX_reset */

MN_AUTO_TYPE(BIO, BIO_free_all)
MN_AUTO_TYPE(BIGNUM, BN_clear_free)
MN_AUTO_TYPE(EVP_CIPHER, EVP_CIPHER_free)
MN_AUTO_TYPE(EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)
MN_AUTO_TYPE(EVP_KDF_CTX, EVP_KDF_CTX_free)
MN_AUTO_TYPE(EVP_MD, EVP_MD_free)
MN_AUTO_TYPE(EVP_MD_CTX, EVP_MD_CTX_free)
MN_AUTO_TYPE(EVP_PKEY, EVP_PKEY_free)
MN_AUTO_TYPE(EVP_PKEY_CTX, EVP_PKEY_CTX_free)
MN_AUTO_TYPE(PKCS12, PKCS12_free)
MN_AUTO_TYPE(PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free)
MN_AUTO_TYPE(X509, X509_free)

#endif
