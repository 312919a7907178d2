/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_CHECK_VALUE_H
#define P11_CHECK_VALUE_H

#include "cryptoki3.h"
#include "store/object.h"

#define P11_CHECK_VALUE_LEN 3

/**
 * CKA_CHECK_VALUE of a certificate or secret key (PKCS#11 v3.0, 4.6.3 and 4.10.2), worked out from
 * its CKA_VALUE: the beginning of the SHA-1 of a certificate or generic secret, of a block of zeros
 * under an AES or DES key. It is told of sensitive keys as well. CKR_ATTRIBUTE_TYPE_INVALID for
 * what has none.
 */
CK_RV
p11_check_value(const mn_object *object, const mn_keys *keys, uint8_t out[P11_CHECK_VALUE_LEN]);

/** Whether `said`, unless it is NULL, is the right one of `object`, which is in memory;
 *  CKR_ATTRIBUTE_VALUE_INVALID. */
CK_RV
p11_check_value_compare(const mn_object *object, const CK_ATTRIBUTE *said);

#endif
