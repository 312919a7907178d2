/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/roster.h"

#include <stdlib.h>
#include <string.h>

#include <p11-kit/pkcs11.h>

#include "store/rows.h"
#include "store/token-private.h"

#define NO_ROW UINT32_MAX

typedef struct roster_row {
    int64_t id;
    uint64_t class;
    bool is_private;
    bool is_hidden;
    uint8_t public_key[8]; /* of the hash */
    mn_index index;
} roster_row;

/* A hash table of one column, chained through the rows: the hashes are random already. */
typedef struct column {
    uint32_t *first; /* by the hash's lowest bits */
    uint32_t *next;  /* by row */
} column;

struct mn_roster {
    mn_stamp stamp;
    uint64_t generation;
    bool hides;
    roster_row *rows; /* ordered by id */
    uint32_t count;
    uint32_t mask;
    bool has_hidden;
    column columns[MN_INDEX_COUNT];
};

void
mn_roster_free(mn_roster *roster)
{
    if (roster == NULL)
        return;
    for (int i = 0; i < MN_INDEX_COUNT; i++) {
        free(roster->columns[i].first);
        free(roster->columns[i].next);
    }
    free(roster->rows);
    free(roster);
}

const mn_stamp *
mn_roster_stamp(const mn_roster *roster)
{
    return &roster->stamp;
}

/* The rows are as many as they are, whatever the head says: it may not have been verified. */
static mainet_status
count_rows(mn_database *database, uint32_t *count, mainet_error *err)
{
    mn_auto(mn_statement) query = mn_statement_new(database, "SELECT count(*) FROM object", err);
    bool row = false;

    if (query == NULL)
        return mn_failure(err);
    MN_TRY(mn_statement_step(query, &row, err));
    if (!row || mn_statement_number(query, 0) >= NO_ROW)
        return mn_fail(err, MAINET_E_STORE_OPEN, 0, "too many objects");
    *count = (uint32_t)mn_statement_number(query, 0);
    return MAINET_OK;
}

static mainet_status
reserve(mn_roster *roster, uint32_t count, mainet_error *err)
{
    uint32_t buckets = 16;

    while (buckets < count && buckets < UINT32_MAX / 4)
        buckets *= 2;
    roster->mask = buckets - 1;
    roster->rows = calloc((size_t)count + 1, sizeof *roster->rows);
    if (roster->rows == NULL)
        return mn_fail_memory(err, "index");
    for (int i = 0; i < MN_INDEX_COUNT; i++) {
        roster->columns[i].first = malloc(buckets * sizeof(uint32_t));
        roster->columns[i].next = malloc(((size_t)count + 1) * sizeof(uint32_t));
        if (roster->columns[i].first == NULL || roster->columns[i].next == NULL)
            return mn_fail_memory(err, "index");
        for (uint32_t k = 0; k < buckets; k++)
            roster->columns[i].first[k] = NO_ROW;
    }
    return MAINET_OK;
}

static void
read_public_key(mn_statement *rows, roster_row *row)
{
    mn_reader in = mn_statement_blob(rows, 4 + MN_INDEX_COUNT);
    const uint8_t *hash = mn_read_span(&in, sizeof row->public_key);

    if (hash != NULL)
        memcpy(row->public_key, hash, sizeof row->public_key);
}

static mainet_status
read_rows(mn_roster *roster, uint32_t count, mn_database *database, mainet_error *err)
{
    mn_auto(mn_statement) rows = mn_statement_new(
        database,
        "SELECT id, class, is_private, is_hidden, id_hash, label_hash, subject_hash, "
        "issuer_serial_hash, value_hash, public_key FROM object ORDER BY id",
        err);
    bool more = false;

    if (rows == NULL)
        return mn_failure(err);
    while (roster->count < count) {
        roster_row *row = &roster->rows[roster->count];

        MN_TRY(mn_statement_step(rows, &more, err));
        if (!more)
            break;
        row->id = mn_statement_number(rows, 0);
        row->class = (uint64_t)mn_statement_number(rows, 1);
        row->is_private = mn_statement_number(rows, 2) != 0;
        row->is_hidden = mn_statement_number(rows, 3) != 0;
        for (int i = 0; i < MN_INDEX_COUNT; i++) {
            row->index.is_set[i] = !mn_statement_is_null(rows, 4 + i);
            row->index.hash[i] = mn_statement_number(rows, 4 + i);
        }
        read_public_key(rows, row);
        roster->has_hidden |= row->is_hidden;
        roster->count++;
    }
    return MAINET_OK;
}

/* From the last row to the first, so that each chain is in the order of ids. */
static void
link_rows(mn_roster *roster)
{
    for (uint32_t row = roster->count; row-- > 0;) {
        const mn_index *index = &roster->rows[row].index;

        for (int i = 0; i < MN_INDEX_COUNT; i++) {
            uint32_t *first = &roster->columns[i].first[(uint64_t)index->hash[i] & roster->mask];

            if (!index->is_set[i])
                continue;
            roster->columns[i].next[row] = *first;
            *first = row;
        }
    }
}

mn_roster *
mn_token_roster(mainet_token *token, const mn_keys *keys, mainet_error *err)
{
    mn_auto(mn_roster) roster = calloc(1, sizeof *roster);
    mn_auto(mn_database) database = NULL;
    uint32_t count = 0;
    mn_head head;

    if (roster == NULL)
        return mn_fail_memory_null(err, "index");
    database = mn_token_access(token, MN_ACCESS_READ, &head, err);
    if (database == NULL || (keys != NULL && mn_head_verify(&head, keys, err) != MAINET_OK) ||
        mn_database_stamp(database, &roster->stamp, err) != MAINET_OK ||
        count_rows(database, &count, err) != MAINET_OK ||
        reserve(roster, count, err) != MAINET_OK ||
        read_rows(roster, count, database, err) != MAINET_OK)
        return NULL;
    link_rows(roster);
    roster->generation = head.generation;
    roster->hides = !head.settings.show_superseded || !head.settings.show_expired;
    return mn_roster_take(&roster);
}

/* What a search is after, as the index has it. */
typedef struct roster_question {
    const mn_attributes *wanted;
    mn_index index;
    bool with_private;
    bool is_covered; /* the index has all that is wanted */
} roster_question;

static bool
is_covered(const mn_attributes *wanted)
{
    for (size_t i = 0; i < mn_attributes_count(wanted); i++) {
        switch (mn_attributes_at(wanted, i)->type) {
        case CKA_CLASS:
        case CKA_PRIVATE:
        case CKA_ID:
        case CKA_LABEL:
        case CKA_SUBJECT:
        case CKA_VALUE:
            break;
        case CKA_ISSUER:
            if (mn_attributes_get(wanted, CKA_SERIAL_NUMBER) == NULL)
                return false;
            break;
        case CKA_SERIAL_NUMBER:
            if (mn_attributes_get(wanted, CKA_ISSUER) == NULL)
                return false;
            break;
        default:
            return false;
        }
    }
    return true;
}

static bool
has_hashes(const roster_row *row, const roster_question *question)
{
    for (int i = 0; i < MN_INDEX_COUNT; i++)
        if (question->index.is_set[i] &&
            (!row->index.is_set[i] || row->index.hash[i] != question->index.hash[i]))
            return false;
    return true;
}

static mainet_status
judge(const roster_row *row, const roster_question *question, mn_ids *found, mn_ids *candidates,
      mainet_error *err)
{
    const mn_attributes *wanted = question->wanted;

    if ((row->is_private || row->is_hidden) && !question->with_private)
        return MAINET_OK;
    if (mn_attributes_number(wanted, CKA_CLASS, row->class) != row->class ||
        mn_attributes_bool(wanted, CKA_PRIVATE, row->is_private) != row->is_private)
        return MAINET_OK;
    if (row->is_hidden)
        return mn_ids_add_of(candidates, row->id, row->public_key, err);
    if (!has_hashes(row, question))
        return MAINET_OK;
    return mn_ids_add_of(question->is_covered ? found : candidates, row->id, row->public_key, err);
}

/* The chain of the most telling column that is wanted; false if none is. */
static bool
choose_chain(const mn_roster *roster, const roster_question *question, const column **chain,
             uint32_t *row)
{
    for (size_t i = 0; i < MN_INDEX_COUNT; i++) {
        const int at = mn_index_most_telling[i];

        if (!question->index.is_set[at])
            continue;
        *chain = &roster->columns[at];
        *row = (*chain)->first[(uint64_t)question->index.hash[at] & roster->mask];
        return true;
    }
    return false;
}

/* Rows that are sealed as a whole have no hashes, so no chain leads to them. */
static mainet_status
add_hidden(const mn_roster *roster, const roster_question *question, mn_ids *candidates,
           mainet_error *err)
{
    for (uint32_t i = 0; question->with_private && roster->has_hidden && i < roster->count; i++)
        if (roster->rows[i].is_hidden)
            MN_TRY(judge(&roster->rows[i], question, NULL, candidates, err));
    return MAINET_OK;
}

mainet_status
mn_roster_find(const mn_roster *roster, const mn_attributes *wanted, bool with_private,
               mn_ids *found, mn_ids *candidates, mainet_error *err)
{
    roster_question question = {
        .wanted = wanted, .with_private = with_private, .is_covered = is_covered(wanted)};
    const column *chain = NULL;
    uint32_t row = NO_ROW;

    found->generation = candidates->generation = roster->generation;
    found->hides = candidates->hides = roster->hides;
    MN_TRY(mn_index_of(wanted, &question.index, err));
    if (choose_chain(roster, &question, &chain, &row)) {
        for (; row != NO_ROW; row = chain->next[row])
            if (!roster->rows[row].is_hidden)
                MN_TRY(judge(&roster->rows[row], &question, found, candidates, err));
        return add_hidden(roster, &question, candidates, err);
    }
    for (uint32_t i = 0; i < roster->count; i++)
        MN_TRY(judge(&roster->rows[i], &question, found, candidates, err));
    return MAINET_OK;
}
