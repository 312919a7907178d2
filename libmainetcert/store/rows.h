/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_ROWS_H
#define MN_STORE_ROWS_H

#include "store/head.h"
#include "store/record.h"
#include "store/token.h"

/* Objects as rows, within one transaction. Writers hand in the head, which they have read and
 * verified and write at the end. */

/** MAINET_E_STORE_TAMPERED unless the rows are exactly those the head speaks of, each verifies, and
 * every index leads to all of them. */
mainet_status
mn_rows_verify(mn_database *database, const mn_keys *keys, const mn_head *head, mainet_error *err);

/** Only that they are as many, and have the MACs, that the head speaks of. */
mainet_status
mn_rows_verify_set(mn_database *database, const mn_keys *keys, const mn_head *head,
                   mainet_error *err);

/** The columns of hashes, in the order that the table has them. */
enum {
    MN_INDEX_ID,
    MN_INDEX_LABEL,
    MN_INDEX_SUBJECT,
    MN_INDEX_ISSUER_SERIAL,
    MN_INDEX_VALUE,
    MN_INDEX_COUNT
};

/** The index values of an object. */
typedef struct mn_index {
    bool is_set[MN_INDEX_COUNT];
    int64_t hash[MN_INDEX_COUNT];
} mn_index;

extern const char *const mn_index_columns[MN_INDEX_COUNT];

/** The columns, the one first that the fewest rows share. */
extern const int mn_index_most_telling[MN_INDEX_COUNT];

mainet_status
mn_index_of(const mn_attributes *attributes, mn_index *index, mainet_error *err);

/** What a statement selects whose rows mn_rows_next reads. */
#define MN_ROW_COLUMNS                                                                             \
    "id, class, is_private, is_hidden, public_key, mac, plain, secret, "                           \
    "id_hash, label_hash, subject_hash, issuer_serial_hash, value_hash"

/** Load the statement's next row; `*object` is NULL at the end. With `keys` its MAC is checked. */
mainet_status
mn_rows_next(mn_statement *rows, const mn_keys *keys, mn_object **object, mainet_error *err);

/** Load one row; with `keys` its MAC is checked. */
mn_object *
mn_rows_load(mn_database *database, const mn_keys *keys, int64_t id, mainet_error *err);

/** Insert a row and give the object its id. */
mainet_status
mn_rows_insert(mn_database *database, const mn_keys *keys, mn_head *head, mn_object *object,
               mainet_error *err);

/** Replace a row by the object, which has its id. */
mainet_status
mn_rows_update(mn_database *database, const mn_keys *keys, mn_head *head, const mn_object *object,
               mainet_error *err);

mainet_status
mn_rows_delete(mn_database *database, const mn_keys *keys, mn_head *head, int64_t id,
               mainet_error *err);

/** Add the ids of objects whose plain attributes (and, with `keys`, hidden ones) match, ascending.
 */
mainet_status
mn_rows_find(mn_database *database, const mn_keys *keys, const mn_attributes *wanted, mn_ids *found,
             mainet_error *err);

/** Add the ids of all objects, or of all that are not private, ascending. */
mainet_status
mn_rows_ids(mn_database *database, bool with_private, mn_ids *found, mainet_error *err);

/** Add the ids of objects of a class with this public key; class UINT64_MAX: any. */
mainet_status
mn_rows_with_public_key(mn_database *database, const uint8_t hash[MN_SHA256_LEN], uint64_t class,
                        mn_ids *found, mainet_error *err);

mainet_status
mn_ids_add(mn_ids *ids, int64_t id, mainet_error *err);

/** As mn_ids_add, and remember of which key pair it is: `public_key` is a hash, or NULL. */
mainet_status
mn_ids_add_of(mn_ids *ids, int64_t id, const uint8_t *public_key, mainet_error *err);

#define mn_auto_ids __attribute__((cleanup(mn_ids_clear))) mn_ids

#endif
