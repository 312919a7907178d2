/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_KDF_H
#define MN_STORE_KDF_H

#include "base/secret.h"

#define MN_KDF_SALT_LEN 16
#define MN_PIN_MIN_LEN 4
#define MN_PIN_MAX_LEN 64

/** Cost parameters of scrypt (RFC 7914, 2) with the salt. */
typedef struct mn_kdf {
    uint64_t n;
    uint32_t r;
    uint32_t p;
    uint8_t salt[MN_KDF_SALT_LEN];
} mn_kdf;

/** The default cost with a fresh salt. */
mainet_status
mn_kdf_init(mn_kdf *kdf, mainet_error *err);

/** Check the cost parameters: MAINET_E_STORE_OPEN below the floor or above the ceiling. */
mainet_status
mn_kdf_check(const mn_kdf *kdf, mainet_error *err);

/** Whether the cost is below today's default. */
bool
mn_kdf_is_cheap(const mn_kdf *kdf);

/** Check the length of a PIN: MAINET_E_PIN_LENGTH. */
mainet_status
mn_pin_check(const uint8_t *pin, size_t pin_len, mainet_error *err);

/** Derive the 32-byte key of a PIN. Parameters below the floor or above the ceiling are
 *  MAINET_E_STORE_OPEN before anything is computed. */
mn_secret *
mn_kdf_derive(const mn_kdf *kdf, const uint8_t *pin, size_t pin_len, mainet_error *err);

#endif
