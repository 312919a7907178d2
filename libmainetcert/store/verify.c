/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether a token's rows are those that were written with its keys. A login looks at each of them
 * and at the indexes: what a changed column or index keeps a search from finding would be missed
 * without a word. */
#include <string.h>

#include <openssl/crypto.h>

#include "store/rows.h"

#define KEY_PARTS (MN_SHA256_LEN / 8)

/* The indexes of schema.sql. */
enum { BY_CLASS, BY_HIDDEN, BY_PUBLIC_KEY, BY_HASH, INDEXES = BY_HASH + MN_INDEX_COUNT };

#define WALK(column, condition)                                                                    \
    "SELECT id, " column " FROM object INDEXED BY object_" condition " ORDER BY " column ", id"
#define WALK_HASHES(column) WALK(column, column " WHERE " column " IS NOT NULL")

/* Each from end to end, and where MN_ROW_COLUMNS has its column. */
static const struct {
    const char *walk;
    int place;
} indexes[INDEXES] = {
    {WALK("class", "class"), 1},
    {WALK("is_hidden", "hidden WHERE is_hidden = 1"), 3},
    {WALK_HASHES("public_key"), 4},
    {WALK_HASHES("id_hash"), 8},
    {WALK_HASHES("label_hash"), 9},
    {WALK_HASHES("subject_hash"), 10},
    {WALK_HASHES("issuer_serial_hash"), 11},
    {WALK_HASHES("value_hash"), 12},
};

/* What stands in an index for one row, as numbers that order as SQLite orders it. */
typedef struct entry {
    int64_t id;
    uint64_t key[KEY_PARTS];
} entry;

/* Entries, in any order. Nobody from outside can make two lists that add up to the same, for nobody
 * knows `salt`. */
typedef struct sum {
    uint64_t count;
    uint64_t total;
} sum;

typedef struct verification {
    mn_database *database;
    const mn_keys *keys;
    const mn_head *head;
    mn_head found; /* object_count and set_hash are filled in */
    uint64_t salt[2];
    sum of_rows[INDEXES];
} verification;

static uint64_t
mix(uint64_t value)
{
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9); /* SplitMix64's finalizer */
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

static void
add(const verification *self, sum *to, const entry *one)
{
    uint64_t state = mix((uint64_t)one->id ^ self->salt[0]);

    for (size_t i = 0; i < KEY_PARTS; i++)
        state = mix(state ^ one->key[i]) + self->salt[1];
    to->count++;
    to->total += mix(state);
}

/* What one index has, or is to have, for a row; false if nothing. */
static bool
read_entry(mn_statement *row, int index, int place, entry *one)
{
    memset(one, 0, sizeof *one);
    one->id = mn_statement_number(row, 0);
    if (index == BY_PUBLIC_KEY && mn_statement_is_blob(row, place)) {
        mn_reader hash = mn_statement_blob(row, place);

        for (size_t i = 0; i < KEY_PARTS; i++)
            one->key[i] = mn_read_u64(&hash);
        return !hash.failed && hash.left == 0;
    }
    if (!mn_statement_is_number(row, place))
        return false;
    one->key[0] = (uint64_t)mn_statement_number(row, place) ^ (UINT64_C(1) << 63);
    return index != BY_HIDDEN || mn_statement_number(row, place) == 1;
}

static mainet_status
fail_index(mainet_error *err)
{
    return mn_fail(err, MAINET_E_STORE_TAMPERED, 0, "an index does not lead to every object");
}

static mainet_status
verify_row(verification *self, mn_statement *row, mainet_error *err)
{
    mn_auto(mn_object) object = NULL;
    mn_reader mac;

    MN_TRY(mn_rows_next(row, self->keys, &object, err));
    if (object == NULL)
        return fail_index(err);
    mac = mn_statement_blob(row, 5);
    MN_TRY(mn_head_toggle(&self->found, self->keys, mac.data, err));
    self->found.object_count++;
    for (int i = 0; i < INDEXES; i++) {
        entry one;

        if (read_entry(row, i, indexes[i].place, &one))
            add(self, &self->of_rows[i], &one);
    }
    return MAINET_OK;
}

static mainet_status
compare_set(const mn_head *found, const mn_head *head, mainet_error *err)
{
    if (found->object_count != head->object_count ||
        CRYPTO_memcmp(found->set_hash, head->set_hash, sizeof found->set_hash) != 0)
        return mn_fail(err, MAINET_E_STORE_TAMPERED, 0,
                       "objects were added, taken out or put back from outside");
    return MAINET_OK;
}

/* Each is looked up by its number: a walk passes by the numbers that lead to it. */
static mainet_status
verify_rows(verification *self, mainet_error *err)
{
    mn_auto(mn_statement) walk = NULL;
    mn_auto(mn_statement) row = NULL;
    bool more = false;

    walk = mn_statement_new(self->database, "SELECT id FROM object ORDER BY id", err);
    row = walk == NULL
              ? NULL
              : mn_statement_new(self->database,
                                 "SELECT " MN_ROW_COLUMNS " FROM object WHERE id = ?1", err);
    if (row == NULL)
        return mn_failure(err);
    for (;;) {
        MN_TRY(mn_statement_step(walk, &more, err));
        if (!more)
            return compare_set(&self->found, self->head, err);
        mn_statement_reset(row);
        mn_statement_bind_number(row, 1, mn_statement_number(walk, 0));
        MN_TRY(verify_row(self, row, err));
    }
}

static bool
precedes(const entry *before, const entry *after)
{
    for (size_t i = 0; i < KEY_PARTS; i++)
        if (before->key[i] != after->key[i])
            return before->key[i] < after->key[i];
    return before->id < after->id;
}

/* A search finds only what stands in its order. */
static mainet_status
verify_index(verification *self, int index, mainet_error *err)
{
    mn_auto(mn_statement) walk = mn_statement_new(self->database, indexes[index].walk, err);
    sum of_index = {0, 0};
    entry before = {.id = 0};
    entry one;
    bool more = false;

    if (walk == NULL)
        return mn_failure(err);
    for (;; before = one) {
        MN_TRY(mn_statement_step(walk, &more, err));
        if (!more)
            break;
        if (!read_entry(walk, index, 1, &one) || (of_index.count != 0 && !precedes(&before, &one)))
            return fail_index(err);
        add(self, &of_index, &one);
    }
    return of_index.count == self->of_rows[index].count &&
                   of_index.total == self->of_rows[index].total
               ? MAINET_OK
               : fail_index(err);
}

mainet_status
mn_rows_verify(mn_database *database, const mn_keys *keys, const mn_head *head, mainet_error *err)
{
    verification self = {.database = database, .keys = keys, .head = head};

    MN_TRY(mn_head_verify(head, keys, err));
    MN_TRY(mn_random((uint8_t *)self.salt, sizeof self.salt, err));
    MN_TRY(verify_rows(&self, err));
    for (int i = 0; i < INDEXES; i++)
        MN_TRY(verify_index(&self, i, err));
    return MAINET_OK;
}

mainet_status
mn_rows_verify_set(mn_database *database, const mn_keys *keys, const mn_head *head,
                   mainet_error *err)
{
    mn_auto(mn_statement) rows = mn_statement_new(database, "SELECT mac FROM object", err);
    mn_head found = {.object_count = 0};
    bool more = false;

    if (rows == NULL)
        return mn_failure(err);
    MN_TRY(mn_head_verify(head, keys, err));
    for (;;) {
        mn_reader mac;

        MN_TRY(mn_statement_step(rows, &more, err));
        if (!more)
            return compare_set(&found, head, err);
        mac = mn_statement_blob(rows, 0);
        if (mac.left != MN_SHA256_LEN)
            return mn_fail(err, MAINET_E_STORE_TAMPERED, 0, "a row's MAC has %zu bytes", mac.left);
        MN_TRY(mn_head_toggle(&found, keys, mac.data, err));
        found.object_count++;
    }
}
