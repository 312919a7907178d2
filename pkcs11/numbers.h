/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_NUMBERS_H
#define P11_NUMBERS_H

#include "base/openssl.h"
#include "cryptoki3.h"

/** Make a key of the numbers in a template: private or public, as its class says. What RSA numbers
 *  leave out is computed, and the public point of an EC key. CKR_TEMPLATE_INCOMPLETE,
 *  CKR_ATTRIBUTE_VALUE_INVALID if they do not belong together or are not of a kind we know. */
CK_RV
p11_numbers_key(const CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_CLASS class,
                CK_KEY_TYPE key_type, EVP_PKEY **key);

/** Find an attribute in a template; NULL if it is not there or empty. */
const CK_ATTRIBUTE *
p11_numbers_find(const CK_ATTRIBUTE *template, CK_ULONG count, CK_ATTRIBUTE_TYPE type);

#endif
