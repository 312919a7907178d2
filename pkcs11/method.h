/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_METHOD_H
#define P11_METHOD_H

#include "mechanism.h"

/** A mechanism as a caller asks for it: the row and its parameters, checked. */
typedef struct p11_method {
    const p11_mechanism *mechanism;
    p11_digest digest;     /**< what is signed is a hash by this; of PSS and OAEP always set */
    p11_digest mgf_digest; /**< PSS, OAEP */
    int salt_len;          /**< PSS */
    const CK_BYTE *label;  /**< OAEP; the caller's */
    CK_ULONG label_len;
} p11_method;

/** Check what a caller asks for: CKR_MECHANISM_INVALID unless it can do `purpose` (CKF_SIGN, …),
 *  CKR_MECHANISM_PARAM_INVALID. */
CK_RV
p11_method_read(p11_method *method, const CK_MECHANISM *asked, CK_FLAGS purpose);

#endif
