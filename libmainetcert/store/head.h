/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_HEAD_H
#define MN_STORE_HEAD_H

#include "base/crypto.h"
#include "store/database.h"
#include "store/keys.h"
#include "store/setting.h"

#define MN_SERIAL_LEN 16
#define MN_LABEL_MAX_LEN 32

/** The row of `meta`: what a token says of itself, and what its objects add up to (SCHEMA.md). */
typedef struct mn_head {
    uint32_t version; /**< of the format of the file that it was read from or goes to */
    uint8_t token_id[MN_TOKEN_ID_LEN];
    char serial[MN_SERIAL_LEN + 1];
    char label[MN_LABEL_MAX_LEN + 1];
    uint32_t slot;
    uint64_t generation;
    uint64_t object_count;
    uint8_t set_hash[MN_SHA256_LEN];
    mn_settings settings;
    uint8_t settings_hash[MN_SHA256_LEN];
    uint8_t mac[MN_SHA256_LEN];
    bool has_erased; /**< in this transaction something sealed was deleted */
} mn_head;

/** Check a label: 1 to 32 bytes of UTF-8 without control characters; MAINET_E_ARGUMENT. */
mainet_status
mn_label_check(const char *label, mainet_error *err);

mainet_status
mn_head_read(mn_database *database, mn_head *head, mainet_error *err);

/** MAINET_E_STORE_TAMPERED unless the MAC fits; MAINET_E_TOKEN_LOCKED if the keys are those from
 *  before mainet_token_rekey(). */
mainet_status
mn_head_verify(const mn_head *head, const mn_keys *keys, mainet_error *err);

/** Write it with a new generation and MAC, as the first (`is_new`) or in place of the present one.
 */
mainet_status
mn_head_write(mn_database *database, mn_head *head, const mn_keys *keys, bool is_new,
              mainet_error *err);

/** Add a row's MAC to the set, or take it out: the same operation. */
mainet_status
mn_head_toggle(mn_head *head, const mn_keys *keys, const uint8_t row_mac[MN_SHA256_LEN],
               mainet_error *err);

#endif
