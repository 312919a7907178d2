/* SPDX-License-Identifier: BSD-3-Clause */
/* Which secret keys there are. AES and 3DES wrap; the others are kept for whoever has a cipher. */
#include "secret-key.h"

size_t
p11_secret_key_length(CK_KEY_TYPE type)
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
p11_secret_key_fits(CK_KEY_TYPE type, size_t len)
{
    const size_t fixed = p11_secret_key_length(type);

    if (fixed != 0)
        return len == fixed;
    if (type == CKK_AES)
        return len == 16 || len == 24 || len == 32;
    return type == CKK_GENERIC_SECRET && len != 0;
}

void
p11_secret_key_shape(CK_KEY_TYPE type, mn_secret *value)
{
    if (p11_secret_key_length(type) == 0)
        return;
    for (size_t i = 0; i < mn_secret_len(value); i++) {
        uint8_t *byte = mn_secret_data(value) + i;

        *byte = (uint8_t)(*byte ^ (__builtin_parity(*byte) == 0));
    }
}
