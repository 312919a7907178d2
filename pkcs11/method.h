/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_METHOD_H
#define P11_METHOD_H

#include "mechanism.h"

#define P11_PKCS1_OVERHEAD 11 /* RFC 8017, 7.2.1 and 9.2 */

/** A mechanism as a caller asks for it: the row and its parameters, checked. */
typedef struct p11_method {
    const p11_mechanism *mechanism;
    p11_digest digest;     /**< what is signed is a hash by this; of PSS and OAEP always set */
    p11_digest mgf_digest; /**< PSS, OAEP */
    int salt_len;          /**< PSS */
    const CK_BYTE *label;  /**< OAEP; shared data of ECDH; the caller's */
    CK_ULONG label_len;
    const CK_BYTE *iv;    /**< AES; the caller's, NULL: that of the RFC */
    const CK_BYTE *point; /**< ECDH: the other party's; the caller's */
    CK_ULONG point_len;
} p11_method;

/** Check what a caller asks for: CKR_MECHANISM_INVALID unless it can do `purpose` (CKF_SIGN, …),
 *  CKR_MECHANISM_PARAM_INVALID. */
CK_RV
p11_method_read(p11_method *method, const CK_MECHANISM *asked, CK_FLAGS purpose);

/** The most bytes that RSA of `key_len` bytes encrypts (RFC 8017, 7.1.1 and 7.2.1). */
CK_ULONG
p11_method_most(const p11_method *method, CK_ULONG key_len);

#endif
