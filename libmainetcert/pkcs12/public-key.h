/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_PUBLIC_KEY_H
#define MN_PKCS12_PUBLIC_KEY_H

#include "base/buffer.h"
#include "base/openssl.h"

/** Append the DER SubjectPublicKeyInfo with an uncompressed point and without a restriction to PSS,
 * so that one key has one form. */
mainet_status
mn_key_public_info(EVP_PKEY *key, mn_buffer *out, mainet_error *err);

/** The public key of a DER SubjectPublicKeyInfo, made by the private context and nobody's ENGINE.
 */
EVP_PKEY *
mn_key_from_info(const uint8_t *der, size_t der_len, mainet_error *err);

/** Append the raw public point: 04 || X || Y of EC, 32 bytes of Ed25519. */
mainet_status
mn_key_point(EVP_PKEY *key, mn_buffer *out, mainet_error *err);

#endif
