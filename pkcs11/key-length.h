/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_KEY_LENGTH_H
#define P11_KEY_LENGTH_H

#include <stdbool.h>
#include <stddef.h>

#include "cryptoki3.h"

/** How many bytes a secret key of this type has if it has no choice; 0 if it has. */
size_t
p11_key_length_fixed(CK_KEY_TYPE type);

/** Whether there are secret keys of this type and length. */
bool
p11_key_length_fits(CK_KEY_TYPE type, size_t len);

#endif
