/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/rows.h"

#include <string.h>

#include <openssl/crypto.h>

/* One row, as it is about to be written or was just read. */
typedef struct table_row {
    int64_t id;
    uint64_t class;
    bool is_private;
    bool is_hidden;
    const uint8_t *public_key; /* NULL or a hash */
    const uint8_t *plain;
    size_t plain_len;
    const uint8_t *secret;
    size_t secret_len;
    mn_index index;
} table_row;

static mainet_status
compute_mac(const table_row *row, const mn_keys *keys, uint8_t mac[MN_SHA256_LEN],
            mainet_error *err)
{
    static const uint8_t no_key[MN_SHA256_LEN];
    mn_auto_buffer(text, 0);

    mn_buffer_append(&text, "row", 3);
    mn_buffer_append_u32(&text, MN_FORMAT_VERSION);
    mn_buffer_append(&text, mn_keys_token_id(keys), MN_TOKEN_ID_LEN);
    mn_buffer_append_u64(&text, (uint64_t)row->id);
    mn_buffer_append_u64(&text, row->class);
    mn_buffer_append_u8(&text, row->is_private ? 1 : 0);
    mn_buffer_append_u8(&text, row->is_hidden ? 1 : 0);
    mn_buffer_append(&text, row->public_key != NULL ? row->public_key : no_key, MN_SHA256_LEN);
    mn_buffer_append_span(&text, row->plain, row->plain_len);
    mn_buffer_append_span(&text, row->secret, row->secret_len);
    MN_TRY(mn_buffer_check(&text, "row", err));
    return mn_hmac(mn_keys_mac(keys), text.data, text.len, mac, err);
}

/* Whether the object that the records decode to has the columns of this row: no MAC covers the
 * hashes, which only follow from the attributes. */
static mainet_status
check_columns(const mn_object *object, const table_row *row, mainet_error *err)
{
    mn_index index = {.is_set = {false}};

    MN_TRY(mn_index_of(mn_object_attributes(object), &index, err));
    if (mn_object_class(object) != row->class || mn_object_is_private(object) != row->is_private ||
        mn_object_is_hidden(object) != row->is_hidden ||
        memcmp(index.is_set, row->index.is_set, sizeof index.is_set) != 0 ||
        memcmp(index.hash, row->index.hash, sizeof index.hash) != 0)
        return mn_fail(err, MAINET_E_STORE_TAMPERED, 0, "row %lld contradicts itself",
                       (long long)row->id);
    return MAINET_OK;
}

static mn_object *
decode(const table_row *row, mainet_error *err)
{
    mn_auto(mn_attributes) plain = mn_attributes_decode(row->plain, row->plain_len, err);
    mn_auto(mn_attributes) secret = NULL;
    mn_auto(mn_object) object = NULL;

    secret = plain == NULL ? NULL : mn_attributes_decode(row->secret, row->secret_len, err);
    object =
        secret == NULL ? NULL : mn_object_loaded(row->id, &plain, &secret, row->public_key, err);
    if (object == NULL || check_columns(object, row, err) != MAINET_OK)
        return NULL;
    return mn_object_take(&object);
}

static bool
is_flag(mn_statement *rows, int column)
{
    return mn_statement_is_number(rows, column) && mn_statement_number(rows, column) >= 0 &&
           mn_statement_number(rows, column) <= 1;
}

/* SQL compares types too: a file that SQLite did not write may have a NULL where schema.sql allows
 * none, which reads as 0 and is not found as 0. */
static bool
has_types(mn_statement *rows)
{
    for (int i = 0; i < MN_INDEX_COUNT; i++)
        if (!mn_statement_is_null(rows, 8 + i) && !mn_statement_is_number(rows, 8 + i))
            return false;
    return mn_statement_is_number(rows, 1) && is_flag(rows, 2) && is_flag(rows, 3) &&
           (mn_statement_is_null(rows, 4) ||
            (mn_statement_is_blob(rows, 4) && mn_statement_blob(rows, 4).left == MN_SHA256_LEN));
}

static void
read_columns(mn_statement *rows, table_row *row, mn_reader *mac)
{
    mn_reader public_key = mn_statement_blob(rows, 4);
    mn_reader plain = mn_statement_blob(rows, 6);
    mn_reader secret = mn_statement_blob(rows, 7);

    row->id = mn_statement_number(rows, 0);
    row->class = (uint64_t)mn_statement_number(rows, 1);
    row->is_private = mn_statement_number(rows, 2) != 0;
    row->is_hidden = mn_statement_number(rows, 3) != 0;
    row->public_key = mn_read_span(&public_key, MN_SHA256_LEN);
    *mac = mn_statement_blob(rows, 5);
    row->plain = plain.data;
    row->plain_len = plain.left;
    row->secret = secret.data;
    row->secret_len = secret.left;
    for (int i = 0; i < MN_INDEX_COUNT; i++) {
        row->index.is_set[i] = !mn_statement_is_null(rows, 8 + i);
        row->index.hash[i] = row->index.is_set[i] ? mn_statement_number(rows, 8 + i) : 0;
    }
}

mainet_status
mn_rows_next(mn_statement *rows, const mn_keys *keys, mn_object **object, mainet_error *err)
{
    uint8_t expected[MN_SHA256_LEN];
    mn_reader mac = MN_READER_INIT(NULL, 0);
    table_row row = {.id = 0};
    bool more = false;

    *object = NULL;
    MN_TRY(mn_statement_step(rows, &more, err));
    if (!more)
        return MAINET_OK;
    if (!has_types(rows))
        return mn_fail(err, MAINET_E_STORE_TAMPERED, 0, "row %lld contradicts itself",
                       (long long)mn_statement_number(rows, 0));
    read_columns(rows, &row, &mac);
    if (keys != NULL) {
        MN_TRY(compute_mac(&row, keys, expected, err));
        if (mac.left != sizeof expected || CRYPTO_memcmp(mac.data, expected, sizeof expected) != 0)
            return mn_fail(err, MAINET_E_STORE_TAMPERED, 0, "object %lld does not verify",
                           (long long)row.id);
    }
    *object = decode(&row, err);
    return *object == NULL ? mn_failure(err) : MAINET_OK;
}

mn_object *
mn_rows_load(mn_database *database, const mn_keys *keys, int64_t id, mainet_error *err)
{
    mn_auto(mn_statement) rows = NULL;
    mn_object *object = NULL;

    rows = mn_statement_new(database, "SELECT " MN_ROW_COLUMNS " FROM object WHERE id = ?1", err);
    if (rows == NULL)
        return NULL;
    mn_statement_bind_number(rows, 1, id);
    if (mn_rows_next(rows, keys, &object, err) != MAINET_OK)
        return NULL;
    if (object == NULL)
        return mn_fail_null(err, MAINET_E_OBJECT_NOT_FOUND, 0, "object %lld is gone",
                            (long long)id);
    return object;
}

/* Write every column but the id, which the statement has as ?1. */
static mainet_status
write_row(mn_database *database, const mn_keys *keys, mn_head *head, const mn_object *object,
          const char *sql, mainet_error *err)
{
    mn_auto(mn_statement) write = mn_statement_new(database, sql, err);
    mn_auto_buffer(plain, 0);
    mn_auto_buffer(secret, 0);
    uint8_t mac[MN_SHA256_LEN];
    table_row row = {.id = mn_object_id(object),
                     .class = mn_object_class(object),
                     .is_private = mn_object_is_private(object),
                     .is_hidden = mn_object_is_hidden(object),
                     .public_key = mn_object_public_key_hash(object)};

    if (write == NULL)
        return mn_failure(err);
    MN_TRY(mn_attributes_encode(mn_object_attributes(object), &plain, err));
    MN_TRY(mn_object_seal(object, keys, &secret, err));
    row.plain = plain.data;
    row.plain_len = plain.len;
    row.secret = secret.data;
    row.secret_len = secret.len;
    MN_TRY(compute_mac(&row, keys, mac, err));
    MN_TRY(mn_index_of(mn_object_attributes(object), &row.index, err));
    mn_statement_bind_number(write, 1, row.id);
    mn_statement_bind_number(write, 2, (int64_t)row.class);
    mn_statement_bind_number(write, 3, row.is_private);
    mn_statement_bind_number(write, 4, row.is_hidden);
    if (row.public_key != NULL)
        mn_statement_bind_blob(write, 5, row.public_key, MN_SHA256_LEN);
    for (int i = 0; i < MN_INDEX_COUNT; i++)
        if (row.index.is_set[i])
            mn_statement_bind_number(write, 6 + i, row.index.hash[i]);
    mn_statement_bind_blob(write, 11, mac, sizeof mac);
    mn_statement_bind_blob(write, 12, plain.data, plain.len);
    mn_statement_bind_blob(write, 13, secret.data, secret.len);
    MN_TRY(mn_statement_run(write, err));
    return mn_head_toggle(head, keys, mac, err);
}

/* Sealed attributes are bound to the id, so it must be known before the row is written. */
static mainet_status
next_id(mn_database *database, int64_t *id, mainet_error *err)
{
    mn_auto(mn_statement) query = NULL;
    bool more = false;

    query = mn_statement_new(
        database,
        "SELECT max(ifnull((SELECT max(seq) FROM sqlite_sequence WHERE name = 'object'), 0), "
        "ifnull((SELECT max(id) FROM object), 0)) + 1",
        err);
    if (query == NULL)
        return mn_failure(err);
    MN_TRY(mn_statement_step(query, &more, err));
    *id = more ? mn_statement_number(query, 0) : 1;
    return MAINET_OK;
}

mainet_status
mn_rows_insert(mn_database *database, const mn_keys *keys, mn_head *head, mn_object *object,
               mainet_error *err)
{
    int64_t id = 0;

    MN_TRY(next_id(database, &id, err));
    mn_object_set_id(object, id);
    MN_TRY(write_row(database, keys, head, object,
                     "INSERT INTO object (id, class, is_private, is_hidden, public_key, id_hash, "
                     "label_hash, subject_hash, issuer_serial_hash, value_hash, mac, plain, "
                     "secret) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
                     err));
    head->object_count++;
    return MAINET_OK;
}

/* Take the row's MAC out of the set. */
static mainet_status
forget(mn_database *database, const mn_keys *keys, mn_head *head, int64_t id, mainet_error *err)
{
    mn_auto(mn_statement) rows =
        mn_statement_new(database, "SELECT mac FROM object WHERE id = ?1", err);
    bool more = false;
    mn_reader mac;

    if (rows == NULL)
        return mn_failure(err);
    mn_statement_bind_number(rows, 1, id);
    MN_TRY(mn_statement_step(rows, &more, err));
    if (!more)
        return mn_fail(err, MAINET_E_OBJECT_NOT_FOUND, 0, "object %lld is gone", (long long)id);
    mac = mn_statement_blob(rows, 0);
    if (mac.left != MN_SHA256_LEN)
        return mn_fail(err, MAINET_E_STORE_TAMPERED, 0, "object %lld does not verify",
                       (long long)id);
    return mn_head_toggle(head, keys, mac.data, err);
}

mainet_status
mn_rows_update(mn_database *database, const mn_keys *keys, mn_head *head, const mn_object *object,
               mainet_error *err)
{
    MN_TRY(forget(database, keys, head, mn_object_id(object), err));
    return write_row(database, keys, head, object,
                     "UPDATE object SET class = ?2, is_private = ?3, is_hidden = ?4, "
                     "public_key = ?5, id_hash = ?6, label_hash = ?7, subject_hash = ?8, "
                     "issuer_serial_hash = ?9, value_hash = ?10, mac = ?11, plain = ?12, "
                     "secret = ?13 WHERE id = ?1",
                     err);
}

mainet_status
mn_rows_delete(mn_database *database, const mn_keys *keys, mn_head *head, int64_t id,
               mainet_error *err)
{
    mn_auto(mn_statement) erase = NULL;

    MN_TRY(forget(database, keys, head, id, err));
    erase = mn_statement_new(database, "DELETE FROM object WHERE id = ?1", err);
    if (erase == NULL)
        return mn_failure(err);
    mn_statement_bind_number(erase, 1, id);
    MN_TRY(mn_statement_run(erase, err));
    head->object_count--;
    return MAINET_OK;
}
