/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MAINETCERT_TOKEN_H
#define MAINETCERT_TOKEN_H

#include <stdbool.h>

#include "mainetcert/store.h"

MAINET_BEGIN

/** One token: a file of keys and certificates under a PIN. @since 0.1.0 */
typedef struct mainet_token mainet_token;

/** The tokens of a store at one moment. @since 0.1.0 */
typedef struct mainet_token_list mainet_token_list;

/**
 * List the tokens of a store, ordered by slot number.
 *
 * A file that cannot be read as a token is left out and does not hide the others.
 *
 * @param[in]  store  A store.
 * @param[out] err    Filled on failure; may be NULL.
 *
 * @return Yours to free, or NULL: MAINET_E_STORE_OPEN, MAINET_E_STORE_BUSY.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_token_list *
mainet_store_tokens(mainet_store *store, mainet_error *err);

/**
 * Answer how many tokens a list has.
 *
 * @param[in] list  A list.
 *
 * @return 0 or more.
 * @since 0.1.0
 */
MAINET_API size_t
mainet_token_list_count(const mainet_token_list *list);

/**
 * Hand out one token of a list.
 *
 * @param[in]  list   A list.
 * @param[in]  index  0 to mainet_token_list_count() - 1.
 * @param[out] err    Filled on failure; may be NULL.
 *
 * @return Yours to free, locked, or NULL (MAINET_E_ARGUMENT past the end).
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_token *
mainet_token_list_at(const mainet_token_list *list, size_t index, mainet_error *err);

/**
 * Free a list.
 *
 * @param[in] list  May be NULL.
 * @since 0.1.0
 */
MAINET_API void
mainet_token_list_free(mainet_token_list *list);

/**
 * Open a token by its label or serial.
 *
 * @param[in]  store  A store.
 * @param[in]  label  Its label, or its serial; NULL: `MaiNet`, or the only token there is.
 * @param[out] err    Filled on failure; may be NULL.
 *
 * @return Yours to free, locked, or NULL: MAINET_E_TOKEN_NOT_FOUND,
 *         MAINET_E_TOKEN_AMBIGUOUS, MAINET_E_STORE_OPEN, MAINET_E_STORE_VERSION,
 *         MAINET_E_STORE_BUSY.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_token *
mainet_token_open(mainet_store *store, const char *label, mainet_error *err);

/**
 * Make a token.
 *
 * @param[in]  store       A store.
 * @param[in]  label       1 to 32 bytes of UTF-8; NULL: `MaiNet`.
 * @param[in]  pin         The user's PIN, not NUL-terminated, not kept.
 * @param[in]  pin_len     Number of bytes, 4 to 64.
 * @param[in]  so_pin      The security officer's PIN, who can unlock the token too; NULL: none.
 * @param[in]  so_pin_len  Number of bytes, 4 to 64; 0 with NULL.
 * @param[out] err         Filled on failure; may be NULL.
 *
 * @return Yours to free, unlocked for the user, or NULL: MAINET_E_TOKEN_EXISTS,
 *         MAINET_E_PIN_LENGTH, MAINET_E_ARGUMENT (label), MAINET_E_STORE_WRITE,
 *         MAINET_E_STORE_BUSY.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_token *
mainet_token_create(mainet_store *store, const char *label, const uint8_t *pin, size_t pin_len,
                    const uint8_t *so_pin, size_t so_pin_len, mainet_error *err);

/**
 * Make a token without a PIN, for services that nobody can type one for.
 *
 * Its key lies in a file beside it: whoever can read the files has the keys.
 *
 * @param[in]  store  A store.
 * @param[in]  label  1 to 32 bytes of UTF-8; NULL: `MaiNet`.
 * @param[out] err    Filled on failure; may be NULL.
 *
 * @return Yours to free, unlocked, or NULL as mainet_token_create().
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_token *
mainet_token_create_without_pin(mainet_store *store, const char *label, mainet_error *err);

/**
 * Unlock a token with its PIN.
 *
 * Derives the key that opens the token key and proves it. A wrong PIN costs what a
 * right one costs, and is counted on disk before the answer.
 *
 * @param[in,out] token    An open token; stays as it was on failure.
 * @param[in]     pin      PIN bytes, not NUL-terminated; not kept.
 * @param[in]     pin_len  Number of bytes, 4 to 64.
 * @param[out]    err      Filled on failure; may be NULL.
 *
 * @retval MAINET_OK                 The token is unlocked.
 * @retval MAINET_E_PIN_INCORRECT    The PIN does not open this token.
 * @retval MAINET_E_PIN_LOCKED       Too many wrong PINs; the security officer can unblock it.
 * @retval MAINET_E_PIN_LENGTH       No PIN has that length.
 * @retval MAINET_E_STORE_OPEN       The file cannot be read or is damaged.
 * @retval MAINET_E_STORE_TAMPERED   Something in the token was changed from outside.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_status
mainet_token_unlock(mainet_token *token, const uint8_t *pin, size_t pin_len, mainet_error *err);

/**
 * Forget the token's keys.
 *
 * @param[in,out] token  A token; fine if it is locked.
 * @param[out]    err    Filled on failure; may be NULL.
 *
 * @retval MAINET_OK  The token is locked.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_status
mainet_token_lock(mainet_token *token, mainet_error *err);

/**
 * Prove that something of `size` bytes can be added: unlocked, writable, room left.
 *
 * @param[in]  token  An unlocked token.
 * @param[in]  size   Number of bytes.
 * @param[out] err    Filled on failure; may be NULL.
 *
 * @retval MAINET_OK               It can.
 * @retval MAINET_E_TOKEN_LOCKED   Unlock the token first.
 * @retval MAINET_E_STORE_WRITE    Read-only, no permission, disk full or over quota.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_status
mainet_token_prove_writable(mainet_token *token, size_t size, mainet_error *err);

/**
 * Answer the label.
 *
 * @param[in] token  A token.
 *
 * @return Borrowed, UTF-8.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_token_label(const mainet_token *token);

/**
 * Answer the serial: 16 lower-case hex digits.
 *
 * @param[in] token  A token.
 *
 * @return Borrowed.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_token_serial(const mainet_token *token);

/**
 * Answer the PKCS#11 slot number.
 *
 * @param[in] token  A token.
 *
 * @return 1 to 2^31 - 1; never reused in this store.
 * @since 0.1.0
 */
MAINET_API uint32_t
mainet_token_slot(const mainet_token *token);

/**
 * Answer the path of the token's file.
 *
 * @param[in] token  A token.
 *
 * @return Borrowed, absolute.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_token_path(const mainet_token *token);

/**
 * Answer whether this handle is locked.
 *
 * @param[in] token  A token.
 *
 * @return true until mainet_token_unlock() succeeded.
 * @since 0.1.0
 */
MAINET_API bool
mainet_token_is_locked(const mainet_token *token);

/**
 * Answer whether the token has a PIN.
 *
 * @param[in] token  A token.
 *
 * @return false if its keys are protected by file mode alone.
 * @since 0.1.0
 */
MAINET_API bool
mainet_token_has_pin(const mainet_token *token);

/**
 * Answer whether the token has a security officer's PIN.
 *
 * @param[in] token  A token.
 *
 * @return As of when the token was opened.
 * @since 0.1.0
 */
MAINET_API bool
mainet_token_has_so_pin(const mainet_token *token);

/**
 * Answer how many more wrong PINs lock the token.
 *
 * @param[in] token  A token.
 *
 * @return As of when the token was opened or last unlocked; -1: no limit.
 * @since 0.1.0
 */
MAINET_API int32_t
mainet_token_tries_left(const mainet_token *token);

/**
 * Free a token; its keys are wiped when the last identity of it is freed too.
 *
 * @param[in] token  May be NULL.
 * @since 0.1.0
 */
MAINET_API void
mainet_token_free(mainet_token *token);

MAINET_END

#endif
