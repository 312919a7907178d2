/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STORE_FIXTURE_H
#define STORE_FIXTURE_H

/* A token, and people whose identities are put in, taken out and made to sign. */

#include <check.h>

#include "store/identity.h"
#include "store/rows.h"
#include "store/token-private.h"

#define PEOPLE 16

/** Person n and the identities that a token holds, as bits. */
typedef uint32_t crowd;

#define PERSON(n) ((crowd)1 << (n))

extern mainet_store *store;
extern mainet_token *token;
extern char folder[64];

/** The PIN of the token; NULL: it has none. While nobody knows whether a change was made, the PIN
 *  that it may have instead. */
extern const char *pins[2];

/** As mainet_token takes it: pointer and length of a PIN. */
#define AS_PIN(text) (const uint8_t *)(text), strlen(text)

/** A folder of this test's own: in MAINETCERT_TEST_FOLDER, else in memory where that is possible,
 * so that syncing is fast. */
void
folder_make(void);

void
folder_remove(void);

/** Make the folder, the store and an unlocked token with the PIN that there is. */
void
token_make(void);

void
token_remove(void);

/** Make everybody's key and certificate, once a program. */
void
people_make(void);

EVP_PKEY *
person_key(size_t n);

const mainet_certificate *
person_certificate(size_t n);

/** Import a person's identity into a token. */
mainet_status
person_import(mainet_token *into, size_t n, mainet_error *err);

/** Import the first people into the token. */
void
people_settle(size_t count);

/** Delete a person's certificate, key and public key in one transaction. */
mainet_status
person_delete(mainet_token *from, size_t n, mainet_error *err);

/** Delete several people at once, as pruning does. */
mainet_status
people_delete(mainet_token *from, crowd whom, mainet_error *err);

/** Sign by the key in the token and verify by the key that the test kept;
 * MAINET_E_PKCS12_UNUSABLE if the key is the wrong one. */
mainet_status
person_sign(mainet_token *by, size_t n, mainet_error *err);

/** List the identities of a token. */
mainet_status
people_list(mainet_token *in, crowd *found, mainet_error *err);

/** Unlock a token by the PIN that it has, or may have. */
mainet_status
token_login(mainet_token *opened, mainet_error *err);

/** Which of the PINs opened a token last. */
const char *
pin_in_force(void);

/**
 * Look at a folder as a program that has just started would: open the token, unlock it, check all
 * that is in it and its pages, list the identities, let each of them sign.
 *
 * Returns NULL, or what is wrong (borrowed until the next call).
 */
const char *
examine(const char *where, crowd *found);

/** Copy the files of a folder, without folders in it. */
void
folder_copy(const char *from, const char *to);

/** Remove the files of a folder. */
void
folder_empty(const char *where);

/** How many files a folder has, besides journals: SQLite uses one again that was left. */
size_t
folder_count(const char *where);

/** The number that the environment asks for, or `otherwise`. */
long
setting(const char *name, long otherwise);

#endif
