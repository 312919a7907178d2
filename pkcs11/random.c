/* SPDX-License-Identifier: BSD-3-Clause */
#include "random.h"

#include "base/crypto.h"
#include "ckr.h"

CK_RV
p11_random_generate(CK_BYTE *out, CK_ULONG len)
{
    mainet_error err = {0};

    if (out == NULL)
        return CKR_ARGUMENTS_BAD;
    return len == 0 ? CKR_OK : p11_ckr(mn_random(out, len, &err));
}

CK_RV
p11_random_seed(const CK_BYTE *seed, CK_ULONG len)
{
    mainet_error err = {0};

    if (seed == NULL && len != 0)
        return CKR_ARGUMENTS_BAD;
    return len == 0 ? CKR_OK : p11_ckr(mn_random_stir(seed, len, &err));
}
