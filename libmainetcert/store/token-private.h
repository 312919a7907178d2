/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_TOKEN_PRIVATE_H
#define MN_STORE_TOKEN_PRIVATE_H

#include <stdatomic.h>

#include "store/head.h"
#include "store/recent-key.h"
#include "store/store.h"
#include "store/token.h"
#include "store/wrap.h"

/* The inside of a token handle, for the files of this folder. */

struct mainet_token {
    atomic_uint references;
    mainet_store *store;
    char serial[MN_SERIAL_LEN + 1];
    char label[MN_LABEL_MAX_LEN + 1];
    char file[MN_SERIAL_LEN + sizeof ".db"];
    char *path;
    uint32_t slot;
    bool has_user_pin;
    bool has_so_pin;
    int32_t tries_left;
    char pin_limit[12];
    mn_settings settings;
    mn_keys *keys;    /* NULL while locked */
    mn_recent_place recent_key;
    mn_keys *suspect; /* of a token that a PIN opened and that does not verify: for its check */
};

/** Begin a transaction on the token's file and read its head. MAINET_E_TOKEN_NOT_FOUND if the file
 * is another token's now. */
mn_database *
mn_token_access(mainet_token *token, mn_access access, mn_head *head, mainet_error *err);

/** Make a handle from what was read of its file. */
mainet_token *
mn_token_handle(mainet_store *store, mn_database *database, const mn_head *head, mainet_error *err);

/** Unlock the handle with these keys, which it takes over; NULL locks it. What the old ones opened
 *  goes with them. */
void
mn_token_set_keys(mainet_token *token, mn_keys *keys);

/** Look again at what askers answer: label, slot, settings, PINs and the tries left. If the file
 * cannot be read, they stay as they are. */
void
mn_token_refresh(mainet_token *token);

/** As mn_token_login, but change nothing besides the count of wrong PINs, and hand out the wrap
 * that the PIN opened. */
mn_keys *
mn_token_prove(mainet_token *token, mn_role role, const uint8_t *pin, size_t pin_len,
               mn_wrap *opened, mainet_error *err);

/** The keys that a PIN opens, of a token that may not verify; counts nothing. */
mn_keys *
mn_token_open_keys(mainet_token *token, mn_role role, const uint8_t *pin, size_t pin_len,
                   mn_wrap *opened, mainet_error *err);

/** After a login, what needs keys and write access: migrate an older format, seal the token key
 * again at a cost that has risen, remove a key file that opens nothing any more. Nothing of that
 * fails the login. */
void
mn_token_tend(mainet_token *token, const mn_keys *keys, const mn_wrap *opened, const uint8_t *pin,
              size_t pin_len);

/** Within a transaction that has changed nothing yet, bring an older file to the newest version,
 * after a copy of it was kept. The head is to be written afterwards. */
mainet_status
mn_token_upgrade(mn_database *database, const mainet_token *token, mn_head *head,
                 mainet_error *err);

/** Remove the copies that mn_token_upgrade kept; what the token no longer has is not to be found in
 *  them. */
void
mn_token_remove_copies(int folder, const char *serial);

/** MAINET_E_TOKEN_EXISTS if another token than `serial` has the label. */
mainet_status
mn_label_is_free(mn_lock **lock, const char *folder, const char *label, const char *serial,
                 mainet_error *err);

/** Save the transaction's database as a new file in a folder, durably: readers see all of it or
 * nothing. With `replace` in the place of an older one, else MAINET_E_FILE_EXISTS. */
mainet_status
mn_copy_write(mn_database *database, int folder, const char *name, bool replace, mainet_error *err);

/** The file name of a serial's token. */
void
mn_token_file_name(const char *serial, const char *ending, char *out, size_t out_len);

#endif
