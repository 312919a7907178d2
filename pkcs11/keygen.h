/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_KEYGEN_H
#define P11_KEYGEN_H

#include "base/openssl.h"
#include "cryptoki3.h"

#define P11_RSA_BITS_MIN 1024
#define P11_RSA_BITS_MAX 4096

/** A new RSA key; `exponent` is big-endian, NULL for 65537. CKR_ATTRIBUTE_VALUE_INVALID for a
 *  length outside 1024 to 4096 or an odd one, and for an exponent that is even, 1 or longer than
 *  64 bits. */
CK_RV
p11_keygen_rsa(CK_ULONG bits, const CK_BYTE *exponent, CK_ULONG exponent_len, EVP_PKEY **key);

/** A new key over a curve: the DER of CKA_EC_PARAMS, an OID or a PrintableString with its name.
 *  CKR_CURVE_NOT_SUPPORTED, CKR_ATTRIBUTE_VALUE_INVALID for what is neither. */
CK_RV
p11_keygen_ec(const CK_BYTE *params, CK_ULONG params_len, CK_KEY_TYPE type, EVP_PKEY **key);

#endif
