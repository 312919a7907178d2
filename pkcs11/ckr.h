/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_CKR_H
#define P11_CKR_H

#include "cryptoki3.h"
#include "mainetcert/error.h"

/** What a failure of the library is called in PKCS#11. */
CK_RV
p11_ckr(mainet_status status);

/** As p11_ckr, for access to a token: a file that is gone is CKR_DEVICE_REMOVED. */
CK_RV
p11_ckr_of(const mainet_error *err);

#endif
