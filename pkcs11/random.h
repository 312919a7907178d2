/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_RANDOM_H
#define P11_RANDOM_H

#include "cryptoki3.h"

CK_RV
p11_random_generate(CK_BYTE *out, CK_ULONG len);

/** CKR_RANDOM_SEED_NOT_SUPPORTED: the generator seeds itself from the system. */
CK_RV
p11_random_seed(const CK_BYTE *seed, CK_ULONG len);

#endif
