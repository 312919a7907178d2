/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_AES_WRAP_H
#define P11_AES_WRAP_H

#include "base/secret.h"
#include "method.h"

/* What CKM_AES_KEY_WRAP (RFC 3394), CKM_AES_KEY_WRAP_PAD and CKM_AES_KEY_WRAP_KWP (RFC 5649) and
 * CKM_AES_CBC_PAD make of the bytes of a key, and CKM_DES3_CBC_PAD, which Firefox still exports
 * with. */

/** How long `plain_len` bytes are once they are wrapped; 0 if the mechanism cannot wrap so many. */
CK_ULONG
p11_aes_wrapped_len(const p11_method *method, CK_ULONG plain_len);

/** Wrap; `out` has room for p11_aes_wrapped_len bytes. */
CK_RV
p11_aes_wrap(const p11_method *method, const mn_secret *key, const mn_secret *plain, CK_BYTE *out);

/** Unwrap; CKR_WRAPPED_KEY_LEN_RANGE, CKR_WRAPPED_KEY_INVALID. */
CK_RV
p11_aes_unwrap(const p11_method *method, const mn_secret *key, const CK_BYTE *wrapped,
               CK_ULONG wrapped_len, mn_secret **plain);

#endif
