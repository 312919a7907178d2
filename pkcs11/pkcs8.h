/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_PKCS8_H
#define P11_PKCS8_H

#include "base/openssl.h"
#include "cryptoki3.h"

/* A private key as the standard wraps it: DER of PrivateKeyInfo (RFC 5208; PKCS#11 v2.40,
 * 2.6 "Wrapping/unwrapping private keys"). */

CK_RV
p11_pkcs8_write(EVP_PKEY *key, mn_secret **der);

/** CKR_WRAPPED_KEY_INVALID for what is none, or has bytes that are not accounted for. */
CK_RV
p11_pkcs8_read(const mn_secret *der, EVP_PKEY **key);

#endif
