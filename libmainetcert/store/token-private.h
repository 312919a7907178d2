/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_TOKEN_PRIVATE_H
#define MN_STORE_TOKEN_PRIVATE_H

#include <stdatomic.h>

#include "store/head.h"
#include "store/store.h"
#include "store/token.h"
#include "store/wrap.h"

/* The inside of a token handle, for the files of this folder. */

struct mainet_token {
    atomic_uint references;
    mainet_store *store;
    uint8_t token_id[MN_TOKEN_ID_LEN];
    char serial[MN_SERIAL_LEN + 1];
    char label[MN_LABEL_MAX_LEN + 1];
    char file[MN_SERIAL_LEN + sizeof ".db"];
    char *path;
    uint32_t slot;
    bool has_user_pin;
    bool has_so_pin;
    int32_t tries_left;
    mn_keys *keys; /* NULL while locked */
};

/** Begin a transaction on the token's file and read its head. MAINET_E_TOKEN_NOT_FOUND if the file
 * is another token's now. */
mn_database *
mn_token_access(mainet_token *token, mn_access access, mn_head *head, mainet_error *err);

/** Make a handle from what was read of its file. */
mainet_token *
mn_token_handle(mainet_store *store, mn_database *database, const mn_head *head, mainet_error *err);

/** The file name of a serial's token. */
void
mn_token_file_name(const char *serial, const char *ending, char *out, size_t out_len);

#endif
