/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_ARMOUR_H
#define MN_PKCS12_ARMOUR_H

#include <stdbool.h>

#include "base/secret.h"

/** Whether bytes look like text in base64, with or without PEM's lines around it (RFC 7468). */
bool
mn_armour_is_worn(const uint8_t *data, size_t data_len);

/** Decode such text: the first PEM block whatever it calls itself (Windows' certutil calls
 *  everything a certificate), or all of it. NULL and MAINET_E_NOT_PKCS12 if it does not decode. */
mn_secret *
mn_armour_remove(const uint8_t *data, size_t data_len, mainet_error *err);

#endif
