/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_WRAP_H
#define P11_WRAP_H

#include "cryptoki3.h"
#include "module.h"

/** What C_UnwrapKey is given. */
typedef struct p11_wrapped {
    const CK_BYTE *data;
    CK_ULONG data_len;
    const CK_ATTRIBUTE *template;
    CK_ULONG count;
} p11_wrapped;

/** C_WrapKey, by the rule of lengths: a secret key as its bytes, a private key as PKCS#8. */
CK_RV
p11_wrap(p11_session *session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE wrapping,
         CK_OBJECT_HANDLE key, CK_BYTE *wrapped, CK_ULONG *wrapped_len);

/** C_UnwrapKey. The session's lock is held. */
CK_RV
p11_unwrap(p11_session *session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE unwrapping,
           const p11_wrapped *wrapped, CK_OBJECT_HANDLE *handle);

#endif
