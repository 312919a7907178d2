/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_PKCS12_IDEA_H
#define MN_PKCS12_IDEA_H

#include <stdint.h>

#define MN_IDEA_KEY_LEN 16
#define MN_IDEA_BLOCK_LEN 8

/** IDEA (Lai and Massey, 1991), for old containers alone: numbers for eight rounds of six, and four
 *  at the end. */
typedef struct mn_idea {
    uint16_t numbers[8 * 6 + 4];
} mn_idea;

/** Prepare to encrypt. */
void
mn_idea_expand(mn_idea *idea, const uint8_t key[MN_IDEA_KEY_LEN]);

/** Make of what encrypts what decrypts. */
void
mn_idea_invert(mn_idea *idea);

/** Encrypt or decrypt one block; `out` may be `in`. */
void
mn_idea_block(const mn_idea *idea, const uint8_t in[MN_IDEA_BLOCK_LEN],
              uint8_t out[MN_IDEA_BLOCK_LEN]);

#endif
