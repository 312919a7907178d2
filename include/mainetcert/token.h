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
 * right one costs, and is counted on disk before the answer. Every object is verified; a token
 * that does not verify stays locked, and mainet_token_check() then names all that is wrong.
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
 * Change the user's PIN.
 *
 * Proves the old PIN and seals the token key under the new one; nothing else is written. A token
 * without a PIN gets its first one: then it gets a new token key too, as mainet_token_rekey()
 * makes it, and its key file is removed. A handle that is unlocked stays so.
 *
 * @param[in,out] token        A token, locked or not.
 * @param[in]     old_pin      The present PIN; not looked at if the token has none.
 * @param[in]     old_pin_len  Number of bytes.
 * @param[in]     new_pin      The new PIN, not NUL-terminated, not kept.
 * @param[in]     new_pin_len  Number of bytes, 4 to 64.
 * @param[out]    err          Filled on failure; may be NULL.
 *
 * @retval MAINET_OK               The new PIN counts, for every process.
 * @retval MAINET_E_PIN_INCORRECT  The old PIN is wrong, or was changed meanwhile.
 * @retval MAINET_E_PIN_LOCKED     Too many wrong PINs; mainet_token_unblock() resets it.
 * @retval MAINET_E_PIN_LENGTH     A PIN has 4 to 64 bytes.
 * @retval MAINET_E_STORE_WRITE    The file cannot be written; the old PIN still counts.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_status
mainet_token_change_pin(mainet_token *token, const uint8_t *old_pin, size_t old_pin_len,
                        const uint8_t *new_pin, size_t new_pin_len, mainet_error *err);

/**
 * Change the security officer's PIN.
 *
 * @param[in,out] token        A token, locked or not.
 * @param[in]     old_pin      The officer's present PIN.
 * @param[in]     old_pin_len  Number of bytes.
 * @param[in]     new_pin      The new PIN, not NUL-terminated, not kept.
 * @param[in]     new_pin_len  Number of bytes, 4 to 64.
 * @param[out]    err          Filled on failure; may be NULL.
 *
 * @retval MAINET_OK               The new PIN counts, for every process.
 * @retval MAINET_E_PIN_INCORRECT  The old PIN is wrong, or was changed meanwhile.
 * @retval MAINET_E_PIN_LOCKED     Too many wrong PINs.
 * @retval MAINET_E_PIN_LENGTH     A PIN has 4 to 64 bytes.
 * @retval MAINET_E_PIN_NOT_SET    The token has no security officer.
 * @retval MAINET_E_STORE_WRITE    The file cannot be written; the old PIN still counts.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_status
mainet_token_change_so_pin(mainet_token *token, const uint8_t *old_pin, size_t old_pin_len,
                           const uint8_t *new_pin, size_t new_pin_len, mainet_error *err);

/**
 * Give a token a new user PIN by the security officer's, and count wrong PINs afresh.
 *
 * @param[in,out] token        A token; a locked handle stays locked.
 * @param[in]     so_pin       The security officer's PIN.
 * @param[in]     so_pin_len   Number of bytes.
 * @param[in]     new_pin      The user's new PIN, not NUL-terminated, not kept.
 * @param[in]     new_pin_len  Number of bytes, 4 to 64.
 * @param[out]    err          Filled on failure; may be NULL.
 *
 * @retval MAINET_OK               The user can unlock the token with the new PIN.
 * @retval MAINET_E_PIN_INCORRECT  The officer's PIN is wrong.
 * @retval MAINET_E_PIN_LOCKED     Too many wrong officer's PINs.
 * @retval MAINET_E_PIN_LENGTH     A PIN has 4 to 64 bytes.
 * @retval MAINET_E_PIN_NOT_SET    The token has no security officer.
 * @retval MAINET_E_STORE_WRITE    The file cannot be written.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_status
mainet_token_unblock(mainet_token *token, const uint8_t *so_pin, size_t so_pin_len,
                     const uint8_t *new_pin, size_t new_pin_len, mainet_error *err);

/**
 * Give a token a new token key and seal everything in it again, in one transaction.
 *
 * For when a PIN, or a copy of the file whose PIN somebody knows, came into wrong hands: a PIN
 * that was merely changed still opens the older copies, and what they hold opens the newer ones.
 * The certificates' own keys stay what they are. Other handles and processes that had the
 * token unlocked get MAINET_E_TOKEN_LOCKED from then on. A handle that is unlocked stays so.
 *
 * @param[in,out] token        A token, locked or not.
 * @param[in]     pin          The user's PIN.
 * @param[in]     pin_len      Number of bytes.
 * @param[in]     new_pin      The PIN to be from now on; NULL: it stays.
 * @param[in]     new_pin_len  Number of bytes, 4 to 64; 0 with NULL.
 * @param[in]     so_pin       The security officer's PIN; NULL if the token has none.
 * @param[in]     so_pin_len   Number of bytes; 0 with NULL.
 * @param[out]    err          Filled on failure; may be NULL.
 *
 * @retval MAINET_OK               Everything is sealed under the new key.
 * @retval MAINET_E_ARGUMENT       The token has a security officer, whose PIN was not given.
 * @retval MAINET_E_PIN_INCORRECT  One of the PINs is wrong, or was changed meanwhile.
 * @retval MAINET_E_PIN_LOCKED     Too many wrong PINs.
 * @retval MAINET_E_PIN_LENGTH     A PIN has 4 to 64 bytes.
 * @retval MAINET_E_PIN_NOT_SET    The token has no PIN; mainet_token_change_pin() gives it one.
 * @retval MAINET_E_STORE_WRITE    The file cannot be written; nothing has changed.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_status
mainet_token_rekey(mainet_token *token, const uint8_t *pin, size_t pin_len, const uint8_t *new_pin,
                   size_t new_pin_len, const uint8_t *so_pin, size_t so_pin_len, mainet_error *err);

/**
 * Give a token another label.
 *
 * @param[in,out] token  An unlocked token.
 * @param[in]     label  1 to 32 bytes of UTF-8, no other token's in the store.
 * @param[out]    err    Filled on failure; may be NULL.
 *
 * @retval MAINET_OK              It has that label.
 * @retval MAINET_E_ARGUMENT      No label looks like that.
 * @retval MAINET_E_TOKEN_LOCKED  Unlock the token first.
 * @retval MAINET_E_TOKEN_EXISTS  Another token has the label.
 * @retval MAINET_E_STORE_WRITE   The file cannot be written.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_status
mainet_token_rename(mainet_token *token, const char *label, mainet_error *err);

/**
 * Delete a token with everything in it.
 *
 * The keys in it are gone for ever unless there is a backup. The handle stays to be freed.
 *
 * @param[in,out] token  An unlocked token.
 * @param[out]    err    Filled on failure; may be NULL.
 *
 * @retval MAINET_OK               It is gone.
 * @retval MAINET_E_TOKEN_LOCKED   Unlock the token first.
 * @retval MAINET_E_PENDING_EXISTS What a service delivered for it waits to be imported.
 * @retval MAINET_E_STORE_WRITE    The folder cannot be written; the token is still there.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_status
mainet_token_delete(mainet_token *token, mainet_error *err);

/**
 * Answer how many settings a token has.
 *
 * @return 1 or more.
 * @since 0.1.0
 */
MAINET_API size_t
mainet_setting_count(void);

/**
 * Answer the name of a setting.
 *
 * @param[in] index  0 to mainet_setting_count() - 1.
 *
 * @return A constant string, NULL past the end. The names, in alphabetical order, with their
 *         values: `pin-limit` (how many wrong PINs lock the token, 3 to 100; 0, the only value
 *         where no security officer could unblock it: no limit), `show-expired` and
 *         `show-superseded` (`yes` or `no`: whether applications find, through the PKCS#11
 *         module, identities whose validity is over or that have a successor).
 * @since 0.1.0
 */
MAINET_API const char *
mainet_setting_name(size_t index);

/**
 * Answer what a setting is set to.
 *
 * @param[in] token  A token.
 * @param[in] name   One of mainet_setting_name().
 *
 * @return Borrowed, as of when the token was opened, unlocked or set; NULL for another name.
 * @since 0.1.0
 */
MAINET_API const char *
mainet_token_setting(const mainet_token *token, const char *name);

/**
 * Set a setting.
 *
 * @param[in,out] token  An unlocked token.
 * @param[in]     name   One of mainet_setting_name().
 * @param[in]     value  Its value.
 * @param[out]    err    Filled on failure; may be NULL.
 *
 * @retval MAINET_OK              It is set.
 * @retval MAINET_E_ARGUMENT      No such setting, or not one of its values.
 * @retval MAINET_E_PIN_NOT_SET   A limit of wrong PINs for a token without one.
 * @retval MAINET_E_TOKEN_LOCKED  Unlock the token first.
 * @retval MAINET_E_STORE_WRITE   The file cannot be written.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_status
mainet_token_set(mainet_token *token, const char *name, const char *value, mainet_error *err);

/**
 * Write a copy of a token, sealed as it is, to a new file of mode 0600.
 *
 * Needs no PIN; the copy is as old as this call and whole, whoever writes meanwhile. A token
 * without a PIN is nothing without its key, so that is copied too, to `path` with `.key` behind it:
 * whoever can read both has the keys.
 *
 * @param[in]  token  A token, locked or not.
 * @param[in]  path   A file that is not there yet.
 * @param[out] err    Filled on failure; may be NULL.
 *
 * @retval MAINET_OK             The copy is there, and durable.
 * @retval MAINET_E_FILE_EXISTS  The file is there already, and was left alone.
 * @retval MAINET_E_FILE         The file cannot be written; nothing of it is left.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_status
mainet_token_backup(mainet_token *token, const char *path, mainet_error *err);

/**
 * Bring a token back from a copy that mainet_token_backup() wrote.
 *
 * It has the label, PINs and objects that it had then, and its slot number, or another one if
 * that is taken. No PIN is needed, so nothing secret is verified: see mainet_token_check().
 *
 * @param[in]  store  A store without the token.
 * @param[in]  path   The copy; it belongs to the user and nobody else may write it.
 * @param[out] err    Filled on failure; may be NULL.
 *
 * @return Yours to free, locked, or NULL: MAINET_E_TOKEN_EXISTS if the store has that token,
 *         MAINET_E_STORE_OPEN if the file is unsafe, damaged or no token,
 *         MAINET_E_STORE_VERSION, MAINET_E_FILE if it cannot be read, MAINET_E_STORE_WRITE.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_token *
mainet_store_restore(mainet_store *store, const char *path, mainet_error *err);

/**
 * Hear of one thing that a check looked at.
 *
 * @param[in] place      What it is, in English: `file`, `head`, `settings`, `PINs`, or an object
 *                       with its number, class and label. Borrowed for the call.
 * @param[in] problem    What is wrong with it; NULL: nothing. Borrowed for the call.
 * @param[in] user_data  As given.
 *
 * @return MAINET_OK to go on; anything else ends the check and is what it returns.
 * @since 0.1.0
 */
typedef mainet_status (*mainet_check_fn)(const char *place, const mainet_error *problem,
                                         void *user_data);

/**
 * Look whether everything in a token is in order.
 *
 * A locked token is checked as far as that goes: the pages of the file, the shape of every record,
 * the index, the pairing of certificates and keys. An unlocked one entirely: that nothing was
 * changed from outside, that every secret opens, that every private key signs for its public
 * half. So is one that was just refused by mainet_token_unlock() with MAINET_E_STORE_TAMPERED,
 * until it is locked. Nothing is changed, and other programs can use the token meanwhile.
 *
 * @param[in]  token      A token, locked or not.
 * @param[in]  fn         Told of everything that is looked at; may be NULL.
 * @param[in]  user_data  Handed to `fn`.
 * @param[out] err        Filled on failure; may be NULL.
 *
 * @retval MAINET_OK                Everything is in order.
 * @retval MAINET_E_STORE_OPEN      Something is damaged; `err` has the first of it.
 * @retval MAINET_E_STORE_TAMPERED  Something was changed from outside, or damaged.
 * @retval MAINET_E_TOKEN_LOCKED    The token was given a new key since it was unlocked.
 * @since 0.1.0
 */
MAINET_API MAINET_CHECKED mainet_status
mainet_token_check(mainet_token *token, mainet_check_fn fn, void *user_data, mainet_error *err);

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
