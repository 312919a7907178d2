/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/idea.h"

#include <string.h>

#include <openssl/crypto.h>

#define ROUNDS 8
#define PER_ROUND 6
#define COUNT (ROUNDS * PER_ROUND + 4)
#define PRIME 0x10001 /* of the multiplication, in which 0 stands for 2^16 */

static uint16_t
multiply(uint16_t a, uint16_t b)
{
    const uint64_t first = a == 0 ? PRIME - 1 : a;
    const uint64_t second = b == 0 ? PRIME - 1 : b;

    return (uint16_t)(first * second % PRIME);
}

/* a to the power of the prime less two. */
static uint16_t
reciprocal(uint16_t a)
{
    uint16_t power = a;

    for (int i = 0; i < 15; i++) /* 2^16 - 1: all ones */
        power = multiply(multiply(power, power), a);
    return power;
}

static uint16_t
negative(uint16_t a)
{
    return (uint16_t)(0x10000 - a);
}

/* Each eight numbers are the key, turned left by 25 bits more. */
void
mn_idea_expand(mn_idea *idea, const uint8_t key[MN_IDEA_KEY_LEN])
{
    for (size_t i = 0; i < COUNT; i++) {
        const size_t bit = (i % 8 * 16 + i / 8 * 25) % 128;
        const size_t byte = bit / 8;
        const uint32_t three =
            (uint32_t)key[byte] << 16 | (uint32_t)key[(byte + 1) % 16] << 8 | key[(byte + 2) % 16];

        idea->numbers[i] = (uint16_t)(three >> (8 - bit % 8));
    }
}

void
mn_idea_invert(mn_idea *idea)
{
    mn_idea inverse;

    for (size_t round = 0; round <= ROUNDS; round++) {
        const uint16_t *in = idea->numbers + (ROUNDS - round) * PER_ROUND;
        uint16_t *out = inverse.numbers + round * PER_ROUND;
        const size_t is_inside = round != 0 && round != ROUNDS; /* the sums cross over there */

        out[0] = reciprocal(in[0]);
        out[1] = negative(in[1 + is_inside]);
        out[2] = negative(in[2 - is_inside]);
        out[3] = reciprocal(in[3]);
        if (round < ROUNDS)
            memcpy(out + 4, in - 2, 2 * sizeof *out);
    }
    *idea = inverse;
    OPENSSL_cleanse(&inverse, sizeof inverse);
}

static uint16_t
load(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static void
store(uint8_t *bytes, uint16_t number)
{
    bytes[0] = (uint8_t)(number >> 8);
    bytes[1] = (uint8_t)number;
}

void
mn_idea_block(const mn_idea *idea, const uint8_t in[MN_IDEA_BLOCK_LEN],
              uint8_t out[MN_IDEA_BLOCK_LEN])
{
    const uint16_t *k = idea->numbers;
    uint16_t a = load(in);
    uint16_t b = load(in + 2);
    uint16_t c = load(in + 4);
    uint16_t d = load(in + 6);

    for (size_t round = 0; round < ROUNDS; round++, k += PER_ROUND) {
        uint16_t left = 0;
        uint16_t right = 0;

        a = multiply(a, k[0]);
        b = (uint16_t)(b + k[1]);
        c = (uint16_t)(c + k[2]);
        d = multiply(d, k[3]);
        left = multiply(a ^ c, k[4]);
        right = multiply((uint16_t)((b ^ d) + left), k[5]);
        left = (uint16_t)(left + right);
        a ^= right;
        d ^= left;
        left ^= b; /* b and c change places */
        b = c ^ right;
        c = left;
    }
    store(out, multiply(a, k[0]));
    store(out + 2, (uint16_t)(c + k[1]));
    store(out + 4, (uint16_t)(b + k[2]));
    store(out + 6, multiply(d, k[3]));
}
