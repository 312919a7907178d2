/* SPDX-License-Identifier: BSD-3-Clause */
%{
#define new_mainet_store mainet_store_open
#define delete_mainet_store mainet_store_free
#define mainet_store_token mainet_token_open
#define mainet_store_create_token(store, pin, pin_len, label, so_pin, so_pin_len, err)                 \
    mainet_token_create(store, label, pin, pin_len, so_pin, so_pin_len, err)
#define mainet_store_create_token_without_pin mainet_token_create_without_pin
%}

MN_PARTIAL(mainet_store, token)
MN_PARTIAL(mainet_store, create_token)
MN_PARTIAL(mainet_store, create_token_without_pin)
/** The folder of tokens. */
struct mainet_store {
    %extend {
        /** Open the folder of tokens, making it (mode 0700) if it is not there.
         * @param folder its path; without it MAINETCERT_STORE of the environment, else the user's
         *   own, ~/.local/share/mainetcert
         * @throws StoreOpenError if it cannot be read, is another user's or others may write it
         * @throws StoreWriteError if it cannot be made */
        mainet_store(const char *folder MN_NONE, mainet_error *err);
        ~mainet_store();
        MN_ASKERS
        /** The folder, absolute and without links. */
        MN_ASK(mainet_store, mn_path, path)
        MN_CALLS
        %newobject tokens;
        /** List the tokens, ordered by slot number.
         *
         * A file that cannot be read as a token is left out.
         * @return the tokens, locked
         * @throws StoreOpenError if the folder cannot be read
         * @throws StoreBusyError if another program kept it locked too long */
        mainet_token_list *tokens(mainet_error *err);
        %newobject token;
        /** Open a token by its label or serial.
         * @param label its label or serial; without it MaiNet, or the only token there is
         * @return the token, locked
         * @throws TokenNotFoundError if there is none
         * @throws TokenAmbiguousError if there are several */
        mainet_token *token(const char *label MN_NONE, mainet_error *err);
        %newobject create_token;
        /** Make a token.
         * @param pin the user's PIN, 4 to 64 bytes
         * @param label 1 to 32 bytes of UTF-8; without it MaiNet
         * @param so_pin the security officer's PIN, who can unlock the token too
         * @return the token, unlocked
         * @throws TokenExistsError if there is one of that label
         * @throws PinLengthError if a PIN is too short or too long
         * @throws StoreWriteError if the folder cannot be written */
        mainet_token *create_token(const uint8_t *pin, size_t pin_len,
                                   const char *label MN_NONE, const uint8_t *so_pin MN_NONE,
                                   size_t so_pin_len MN_ZERO, mainet_error *err);
        %newobject create_token_without_pin;
        /** Make a token without a PIN, for services that nobody can type one for.
         *
         * Its key lies in a file beside it: whoever can read the files has the keys.
         * @param label 1 to 32 bytes of UTF-8; without it MaiNet
         * @return the token, unlocked
         * @throws TokenExistsError if there is one of that label */
        mainet_token *create_token_without_pin(const char *label MN_NONE,
                                                          mainet_error *err);
        %newobject restore;
        /** Bring a token back from a copy that backup made.
         * @param path the copy; it is the user's and nobody else may write it
         * @return the token, locked
         * @throws TokenExistsError if the store has that token
         * @throws StoreOpenError if the file is unsafe, damaged or no token
         * @throws FileAccessError if it cannot be read */
        mainet_token *restore(const char *path, mainet_error *err);
    }
};
