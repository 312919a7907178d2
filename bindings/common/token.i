/* SPDX-License-Identifier: BSD-3-Clause */
%{
#define delete_mainet_token mainet_token_free
#define mainet_token_import_pkcs12 mainet_token_import
#define mainet_token_prune(token, flags, err) mainet_token_prune_all(token, flags, err)
%}

MN_PRIVATE(mainet_token, setting)
MN_PRIVATE(mainet_token, set)
MN_PARTIAL(mainet_token, rekey)
MN_PRIVATE(mainet_token, check)
MN_PRIVATE(mainet_token, import_pkcs12)
MN_PARTIAL(mainet_token, prunable)
MN_PARTIAL(mainet_token, prune)
/** One token: a file of keys and certificates under a PIN. */
struct mainet_token {
    %extend {
        ~mainet_token();
        MN_ASKERS
        /** The label. */
        MN_ASK(mainet_token, const char *, label)
        /** The serial: 16 lower-case hex digits. */
        MN_ASK(mainet_token, const char *, serial)
        /** The PKCS#11 slot number. */
        MN_ASK(mainet_token, uint32_t, slot)
        /** The token's file. */
        MN_ASK(mainet_token, mn_path, path)
        /** Whether the keys of this token are out of reach until unlock. */
        MN_ASK(mainet_token, bool, is_locked)
        /** Whether the token has a PIN; without one its keys are protected by file mode alone. */
        MN_ASK(mainet_token, bool, has_pin)
        /** Whether the token has a security officer's PIN. */
        MN_ASK(mainet_token, bool, has_so_pin)
        /** How many more wrong PINs lock the token, if there is a limit. */
        MN_ASK(mainet_token, mn_tries, tries_left)

        MN_CALLS
        /** Unlock the token.
         * @param pin the PIN, 4 to 64 bytes
         * @throws PinIncorrectError if the PIN does not open this token
         * @throws PinLockedError if there were too many wrong PINs
         * @throws PinLengthError if no PIN has that length
         * @throws StoreTamperedError if something in the token was changed from outside */
        mainet_status unlock(const uint8_t *pin, size_t pin_len, mainet_error *err);
        /** Forget the token's keys. */
        mainet_status lock(mainet_error *err);
        /** Change the user's PIN; a token without one gets its first.
         * @param old_pin the present PIN; not looked at if the token has none
         * @param new_pin the new PIN, 4 to 64 bytes
         * @throws PinIncorrectError if the old PIN is wrong
         * @throws PinLengthError if no PIN has that length */
        mainet_status change_pin(const uint8_t *old_pin, size_t old_pin_len,
                                 const uint8_t *new_pin, size_t new_pin_len, mainet_error *err);
        /** Change the security officer's PIN.
         * @param old_pin the present PIN
         * @param new_pin the new PIN, 4 to 64 bytes
         * @throws PinIncorrectError if the old PIN is wrong
         * @throws PinNotSetError if the token has no security officer */
        mainet_status change_so_pin(const uint8_t *old_pin, size_t old_pin_len,
                                    const uint8_t *new_pin, size_t new_pin_len, mainet_error *err);
        /** Give the token a new user PIN by the security officer's, and count wrong PINs afresh.
         * @param so_pin the security officer's PIN
         * @param new_pin the user's new PIN, 4 to 64 bytes
         * @throws PinIncorrectError if the officer's PIN is wrong
         * @throws PinNotSetError if the token has no security officer */
        mainet_status unblock(const uint8_t *so_pin, size_t so_pin_len, const uint8_t *new_pin,
                              size_t new_pin_len, mainet_error *err);
        /** Give the token a new token key and seal everything in it again.
         * @param pin the user's PIN
         * @param new_pin the PIN to be from now on; without it, it stays
         * @param so_pin the security officer's PIN, if the token has one
         * @throws PinIncorrectError if one of the PINs is wrong */
        mainet_status rekey(const uint8_t *pin, size_t pin_len,
                            const uint8_t *new_pin MN_NONE, size_t new_pin_len MN_ZERO,
                            const uint8_t *so_pin MN_NONE, size_t so_pin_len MN_ZERO,
                            mainet_error *err);
        /** Give the token another label.
         * @param label 1 to 32 bytes of UTF-8
         * @throws TokenExistsError if another token has it
         * @throws TokenLockedError until unlock */
        mainet_status rename(const char *label, mainet_error *err);
        /** Delete the token with every key in it.
         * @throws TokenLockedError until unlock
         * @throws PendingExistsError if deliveries wait to be imported */
        mainet_status delete(mainet_error *err);
        mn_optional_text setting(const char *name);
        mainet_status set(const char *name, const char *value, mainet_error *err);
        /** Write a copy, sealed as the token is, to a new file of mode 0600.
         * @param path a file that is not there yet
         * @throws OutputExistsError if it is there
         * @throws FileAccessError if it cannot be written */
        mainet_status backup(const char *path, mainet_error *err);
        /** Prove that something of a size can be added: unlocked, writable, room left.
         * @param size number of bytes
         * @throws TokenLockedError until unlock
         * @throws StoreWriteError if it cannot */
        mainet_status prove_writable(size_t size, mainet_error *err);
        mainet_status check(mainet_check_fn fn, void *user_data, mainet_error *err);

        %newobject identities;
        /** List the identities, the one that is valid longest first. Needs no PIN.
         * @return the identities
         * @throws StoreOpenError if the token cannot be read
         * @throws StoreTamperedError if it is unlocked and was changed from outside */
        mainet_identity_list *identities(mainet_error *err);
        %newobject pending;
        /** List what was delivered for the token and is not imported yet.
         * @return the deliveries, also those that cannot be read, as their status tells
         * @throws StoreOpenError if the folder cannot be read */
        mainet_pending_list *pending(mainet_error *err);
        %newobject identity;
        /** Find one identity.
         * @param id SHA-256 of its certificate in hex, or a unique prefix of it
         * @return the identity
         * @throws IdentityNotFoundError if there is none
         * @throws IdentityAmbiguousError if there are several */
        mainet_identity *identity(const char *id, mainet_error *err);
        %newobject import_pkcs12;
        mainet_identity_list *import_pkcs12(mainet_pkcs12 *container, mainet_import_flags flags,
                                            mainet_issuer_fn fn, void *user_data,
                                            mainet_error *err);
        %newobject prunable;
        /** List the superseded identities that nobody needs any more.
         * @param flags whether a newer one need not have been confirmed
         * @return the identities
         * @throws TokenLockedError until unlock */
        mainet_identity_list *prunable(mainet_delete_flags flags MN_ZERO, mainet_error *err);
        %newobject prune;
        /** Delete the superseded identities that nobody needs any more, all of them or none.
         * @param flags whether a newer one need not have been confirmed
         * @return what was deleted
         * @throws TokenLockedError until unlock
         * @throws StoreWriteError if the token cannot be written; nothing is deleted */
        mainet_identity_list *prune(mainet_delete_flags flags MN_ZERO, mainet_error *err);
    }
};
