/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STORE_MEMORY_TOKENS_H
#define STORE_MEMORY_TOKENS_H

/* Tokens whose secrets are noted (memory.h) and were never in this process: a child makes them, so
 * that what is found here came out of a token. */

#include "mainetcert/token.h"

#define PIN_LEN 24
#define KEY_TYPES 3
#define FILE_PASSWORD (const uint8_t *)"a password of length", 20

extern const char *const key_types[KEY_TYPES];

/** A PIN is in the open only within a call, on a page of the caller's. */
typedef struct pin_page {
    uint8_t masked[PIN_LEN];
    uint8_t *open;
} pin_page;

extern pin_page user, other, officer;

/** Show a PIN, until pin_close(), which hides all of them. */
const uint8_t *
pin_open(pin_page *pin);

void
pin_close(void);

/** How many derivations from a PIN there were in which the PIN was found in memory. */
extern size_t pins_heard;

/** Make the tokens "tested", with an identity of each type and both PINs, and "service", without
 *  PIN; leave "tested" in `token`, locked. */
void
memory_tokens_open(void);

/** Note the key of a token that is unlocked. */
void
note_token_key(mainet_token *of);

/** The container that the identity of a type was exported to, under FILE_PASSWORD. */
const char *
container_path(const char *type);

#endif
