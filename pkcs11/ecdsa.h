/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef P11_ECDSA_H
#define P11_ECDSA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An ECDSA signature is a DER SEQUENCE of two INTEGERs to OpenSSL (RFC 3279, 2.2.3) and two numbers
 * of fixed length to PKCS#11 (v2.40, 2.3.1). The way between them is short, and ECDSA_SIG takes
 * five times as long. */

#define P11_ECDSA_DER_MAX 160 /* P-521: 3 + 2 * (2 + 67) */

/** Write r and s of `raw_len / 2` bytes each; false if the DER is no signature of that size. */
bool
p11_ecdsa_from_der(const uint8_t *der, size_t der_len, uint8_t *raw, size_t raw_len);

/** Write the DER of a raw signature of at most 2 * 66 bytes; answers its length. */
size_t
p11_ecdsa_to_der(const uint8_t *raw, size_t raw_len, uint8_t der[P11_ECDSA_DER_MAX]);

#endif
