/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_DERIVE_H
#define P11_DERIVE_H

#include "cryptoki3.h"
#include "module.h"

/** C_DeriveKey: a secret key from what two EC keys have in common. The session's lock is held. */
CK_RV
p11_derive(p11_session *session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE base,
           const CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *handle);

#endif
