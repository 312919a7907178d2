/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_MD2_H
#define MN_PKCS12_MD2_H

#include <stddef.h>
#include <stdint.h>

#define MN_MD2_LEN 16
#define MN_MD2_BLOCK_LEN 16

/** MD2 (RFC 1319): broken, and of use for old containers alone. All zeros is its beginning. */
typedef struct mn_md2 {
    uint8_t state[3 * MN_MD2_BLOCK_LEN];
    uint8_t checksum[MN_MD2_BLOCK_LEN];
    uint8_t block[MN_MD2_BLOCK_LEN]; /**< Not full yet. */
    size_t block_len;
} mn_md2;

void
mn_md2_update(mn_md2 *md2, const uint8_t *data, size_t data_len);

/** End it; what is in `md2` then is of no use. */
void
mn_md2_finish(mn_md2 *md2, uint8_t digest[MN_MD2_LEN]);

#endif
