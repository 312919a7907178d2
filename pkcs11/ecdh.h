/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_ECDH_H
#define P11_ECDH_H

#include "method.h"

/** What two keys of a curve have in common, as long as the curve's field, put through the key
 *  derivation function of the method. `len` is the length that is wanted, 0 for all that there is.
 *  CKR_MECHANISM_PARAM_INVALID for a point that is none of the curve, CKR_TEMPLATE_INCOMPLETE if a
 *  function needs a length, CKR_ATTRIBUTE_VALUE_INVALID if there is not so much. */
CK_RV
p11_ecdh(const p11_method *method, EVP_PKEY *key, CK_ULONG len, mn_secret **out);

#endif
