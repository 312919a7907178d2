/* SPDX-License-Identifier: BSD-3-Clause */
/* Which secret keys there are. AES and 3DES wrap; the others are kept for whoever has a cipher. */
#include "key-length.h"

size_t
p11_key_length_fixed(CK_KEY_TYPE type)
{
    switch (type) {
    case CKK_DES:
        return 8;
    case CKK_DES2:
        return 16;
    case CKK_DES3:
        return 24;
    default:
        return 0;
    }
}

bool
p11_key_length_fits(CK_KEY_TYPE type, size_t len)
{
    const size_t fixed = p11_key_length_fixed(type);

    if (fixed != 0)
        return len == fixed;
    if (type == CKK_AES)
        return len == 16 || len == 24 || len == 32;
    return type == CKK_GENERIC_SECRET && len != 0;
}
