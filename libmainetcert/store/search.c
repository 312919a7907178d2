/* SPDX-License-Identifier: BSD-3-Clause */
/* Finding rows: candidates by the index of hashes, then compared in full. */
#include <stdlib.h>
#include <string.h>

#include <p11-kit/pkcs11.h>

#include "store/rows.h"

const char *const mn_index_columns[MN_INDEX_COUNT] = {"id_hash", "label_hash", "subject_hash",
                                                      "issuer_serial_hash", "value_hash"};

/* SQLite does not know that ten thousand rows may share a class or a subject and none an id. */
const int mn_index_most_telling[MN_INDEX_COUNT] = {MN_INDEX_VALUE, MN_INDEX_ISSUER_SERIAL,
                                                   MN_INDEX_ID, MN_INDEX_SUBJECT, MN_INDEX_LABEL};

void
mn_ids_clear(mn_ids *ids)
{
    free(ids->ids);
    ids->ids = NULL;
    ids->count = 0;
}

mainet_status
mn_ids_add(mn_ids *ids, int64_t id, mainet_error *err)
{
    /* grows at powers of two */
    if ((ids->count & (ids->count - 1)) == 0) {
        size_t capacity = ids->count == 0 ? 1 : ids->count * 2;
        int64_t *grown = realloc(ids->ids, capacity * sizeof *grown);

        if (grown == NULL)
            return mn_fail_memory(err, "list of objects");
        ids->ids = grown;
    }
    ids->ids[ids->count++] = id;
    return MAINET_OK;
}

mainet_status
mn_ids_add_of(mn_ids *ids, int64_t id, const uint8_t *public_key, mainet_error *err)
{
    uint64_t key = 0;

    if (public_key != NULL)
        memcpy(&key, public_key, sizeof key);
    ids->has_several |= ids->count != 0 && ids->key != key;
    ids->key = key;
    return mn_ids_add(ids, id, err);
}

static mainet_status
hash(mn_index *index, int column, const mn_attribute *first, const mn_attribute *second,
     mainet_error *err)
{
    mn_auto_buffer(text, 0);
    uint8_t digest[MN_SHA256_LEN];
    mn_reader in = MN_READER_INIT(digest, sizeof digest);

    if (first == NULL || (column == MN_INDEX_ISSUER_SERIAL && second == NULL))
        return MAINET_OK;
    mn_buffer_append(&text, first->value, first->value_len);
    if (second != NULL)
        mn_buffer_append(&text, second->value, second->value_len);
    MN_TRY(mn_buffer_check(&text, "index", err));
    MN_TRY(mn_sha256(text.data, text.len, digest, err));
    index->is_set[column] = true;
    index->hash[column] = (int64_t)mn_read_u64(&in);
    return MAINET_OK;
}

mainet_status
mn_index_of(const mn_attributes *attributes, mn_index *index, mainet_error *err)
{
    MN_TRY(hash(index, MN_INDEX_ID, mn_attributes_get(attributes, CKA_ID), NULL, err));
    MN_TRY(hash(index, MN_INDEX_LABEL, mn_attributes_get(attributes, CKA_LABEL), NULL, err));
    MN_TRY(hash(index, MN_INDEX_SUBJECT, mn_attributes_get(attributes, CKA_SUBJECT), NULL, err));
    MN_TRY(hash(index, MN_INDEX_ISSUER_SERIAL, mn_attributes_get(attributes, CKA_ISSUER),
                mn_attributes_get(attributes, CKA_SERIAL_NUMBER), err));
    return hash(index, MN_INDEX_VALUE, mn_attributes_get(attributes, CKA_VALUE), NULL, err);
}

/* Whether a loaded object has all that is wanted, secrets of hidden objects opened. */
static mainet_status
compare(const mn_object *object, const mn_keys *keys, const mn_attributes *wanted, bool *match,
        mainet_error *err)
{
    *match = mn_attributes_match(mn_object_attributes(object), wanted);
    if (*match || keys == NULL || !mn_object_is_hidden(object))
        return MAINET_OK;
    for (size_t i = 0; i < mn_attributes_count(wanted); i++) {
        const mn_attribute *want = mn_attributes_at(wanted, i);
        const mn_attribute *have = mn_attributes_get(mn_object_attributes(object), want->type);
        mn_auto(mn_secret) secret = NULL;
        bool same = have != NULL && have->value_len == want->value_len &&
                    memcmp(have->value, want->value, want->value_len) == 0;

        if (have == NULL && mn_object_has_secret(object, want->type)) {
            secret = mn_object_secret(object, keys, want->type, err);
            if (secret == NULL)
                return mn_failure(err);
            same = mn_secret_len(secret) == want->value_len &&
                   CRYPTO_memcmp(mn_secret_bytes(secret), want->value, want->value_len) == 0;
        }
        if (!same)
            return MAINET_OK;
    }
    *match = true;
    return MAINET_OK;
}

/* Keep those candidates that match. */
static mainet_status
keep_matches(mn_statement *candidates, const mn_keys *keys, const mn_attributes *wanted,
             mn_ids *found, mainet_error *err)
{
    for (;;) {
        mn_auto(mn_object) object = NULL;
        bool match = false;

        MN_TRY(mn_rows_next(candidates, keys, &object, err));
        if (object == NULL)
            return MAINET_OK;
        MN_TRY(compare(object, keys, wanted, &match, err));
        if (match)
            MN_TRY(
                mn_ids_add_of(found, mn_object_id(object), mn_object_public_key_hash(object), err));
    }
}

/* A column with a plus before it is compared, but not looked up (sqlite.org/queryplanner.html). */
static void
append_conditions(mn_buffer *sql, bool has_class, const mn_index *index)
{
    bool is_looked_up = false;

    for (int i = 0; i < MN_INDEX_COUNT; i++) {
        int column = mn_index_most_telling[i];

        if (!index->is_set[column])
            continue;
        mn_buffer_append_text(sql, " AND %s%s = ?%d", is_looked_up ? "+" : "",
                              mn_index_columns[column], column + 1);
        is_looked_up = true;
    }
    if (has_class)
        mn_buffer_append_text(sql, " AND %sclass = ?6", is_looked_up ? "+" : "");
}

static mn_statement *
select_candidates(mn_database *database, const mn_keys *keys, const mn_attributes *wanted,
                  const mn_index *index, mainet_error *err)
{
    mn_auto_buffer(sql, 4096);
    mn_auto(mn_statement) candidates = NULL;
    bool has_class = mn_attributes_get(wanted, CKA_CLASS) != NULL;

    mn_buffer_append_text(&sql, "SELECT " MN_ROW_COLUMNS " FROM object WHERE is_hidden = 0");
    if (keys == NULL)
        mn_buffer_append_text(&sql, " AND is_private = 0");
    append_conditions(&sql, has_class, index);
    mn_buffer_append_text(&sql, " ORDER BY id%c", 0);
    if (mn_buffer_check(&sql, "query", err) != MAINET_OK)
        return NULL;
    candidates = mn_statement_new(database, (const char *)sql.data, err);
    if (candidates == NULL)
        return NULL;
    if (has_class)
        mn_statement_bind_number(candidates, 6,
                                 (int64_t)mn_attributes_number(wanted, CKA_CLASS, UINT64_MAX));
    for (int i = 0; i < MN_INDEX_COUNT; i++)
        if (index->is_set[i])
            mn_statement_bind_number(candidates, i + 1, index->hash[i]);
    return mn_statement_take(&candidates);
}

static int
by_id(const void *a, const void *b)
{
    int64_t first = *(const int64_t *)a;
    int64_t second = *(const int64_t *)b;

    return (first > second) - (first < second);
}

/* Sealed attributes have no hashes: of hidden objects all of a class are candidates. */
static mainet_status
find_hidden(mn_database *database, const mn_keys *keys, const mn_attributes *wanted, mn_ids *found,
            mainet_error *err)
{
    mn_auto(mn_statement) hidden = NULL;
    size_t before = found->count;

    hidden = mn_statement_new(database,
                              "SELECT " MN_ROW_COLUMNS " FROM object WHERE is_hidden = 1 "
                              "AND (?1 = 0 OR class = ?2) ORDER BY id",
                              err);
    if (hidden == NULL)
        return mn_failure(err);
    mn_statement_bind_number(hidden, 1, mn_attributes_get(wanted, CKA_CLASS) != NULL);
    mn_statement_bind_number(hidden, 2,
                             (int64_t)mn_attributes_number(wanted, CKA_CLASS, UINT64_MAX));
    MN_TRY(keep_matches(hidden, keys, wanted, found, err));
    if (found->count != before)
        qsort(found->ids, found->count, sizeof *found->ids, by_id);
    return MAINET_OK;
}

mainet_status
mn_rows_find(mn_database *database, const mn_keys *keys, const mn_attributes *wanted, mn_ids *found,
             mainet_error *err)
{
    mn_auto(mn_statement) candidates = NULL;
    mn_index index = {.is_set = {false}};

    MN_TRY(mn_index_of(wanted, &index, err));
    candidates = select_candidates(database, keys, wanted, &index, err);
    if (candidates == NULL)
        return mn_failure(err);
    MN_TRY(keep_matches(candidates, keys, wanted, found, err));
    return keys == NULL ? MAINET_OK : find_hidden(database, keys, wanted, found, err);
}

static mainet_status
add_all(mn_statement *rows, mn_ids *found, mainet_error *err)
{
    bool row = false;

    for (;;) {
        MN_TRY(mn_statement_step(rows, &row, err));
        if (!row)
            return MAINET_OK;
        MN_TRY(mn_ids_add(found, mn_statement_number(rows, 0), err));
    }
}

mainet_status
mn_rows_with_public_key(mn_database *database, const uint8_t hash_value[MN_SHA256_LEN],
                        uint64_t class, mn_ids *found, mainet_error *err)
{
    mn_auto(mn_statement) rows = NULL;

    rows = mn_statement_new(database,
                            "SELECT id FROM object WHERE public_key = ?1 AND "
                            "(?2 = -1 OR class = ?2) ORDER BY id",
                            err);
    if (rows == NULL)
        return mn_failure(err);
    mn_statement_bind_blob(rows, 1, hash_value, MN_SHA256_LEN);
    mn_statement_bind_number(rows, 2, (int64_t) class);
    return add_all(rows, found, err);
}

mainet_status
mn_rows_ids(mn_database *database, bool with_private, mn_ids *found, mainet_error *err)
{
    mn_auto(mn_statement) rows = mn_statement_new(
        database, "SELECT id FROM object WHERE is_private = 0 OR ?1 ORDER BY id", err);

    if (rows == NULL)
        return mn_failure(err);
    mn_statement_bind_number(rows, 1, with_private);
    return add_all(rows, found, err);
}
