/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_SECRET_KEY_H
#define P11_SECRET_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/secret.h"
#include "cryptoki3.h"

/** How many bytes a secret key of this type has if it has no choice; 0 if it has. */
size_t
p11_secret_key_length(CK_KEY_TYPE type);

/** Whether there are secret keys of this type and length. */
bool
p11_secret_key_fits(CK_KEY_TYPE type, size_t len);

/** Make the bytes those of a key of this type: the last bit of each byte of a DES key makes the
 *  number of ones odd (FIPS 46-3). */
void
p11_secret_key_shape(CK_KEY_TYPE type, mn_secret *value);

#endif
