/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_SEAL_H
#define MN_STORE_SEAL_H

#include "base/buffer.h"
#include "base/secret.h"

#define MN_SEAL_KEY_LEN 32
#define MN_SEAL_NONCE_LEN 12
#define MN_SEAL_TAG_LEN 16
#define MN_SEAL_OVERHEAD (MN_SEAL_NONCE_LEN + MN_SEAL_TAG_LEN)

/** Append nonce, AES-256-GCM ciphertext and tag (NIST SP 800-38D; random 96-bit nonce) of
 *  `plain` to `out`. `ad` is authenticated beside it: where the secret belongs. */
mainet_status
mn_seal(const mn_secret *key, const mn_buffer *ad, const uint8_t *plain, size_t plain_len,
        mn_buffer *out, mainet_error *err);

/** Open what mn_seal made; MAINET_E_STORE_TAMPERED if it does not verify. */
mn_secret *
mn_unseal(const mn_secret *key, const mn_buffer *ad, const uint8_t *sealed, size_t sealed_len,
          mainet_error *err);

#endif
