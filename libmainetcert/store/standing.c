/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/standing.h"

#include <stdlib.h>
#include <string.h>

#include <p11-kit/pkcs11.h>

#include "pkcs12/certificate.h"
#include "pkcs12/validity.h"
#include "store/identity.h"
#include "store/rows.h"
#include "store/token-private.h"

/* A certificate, or a key with the hash of its public half. */
typedef struct item {
    mn_standing standing;
    uint8_t public_key[MN_SHA256_LEN];
    uint8_t holder[MN_SHA256_LEN]; /* SHA-256 of subject and issuer; of certificates */
    int64_t begin;                 /* when a certificate begins to take the place of others */
} item;

typedef struct item_list {
    item *items;
    size_t count;
} item_list;

static void
item_list_clear(item_list *list)
{
    free(list->items);
}

void
mn_standings_clear(mn_standings *standings)
{
    free(standings->all);
    *standings = (mn_standings){.count = 0};
}

static item *
add(item_list *list, mainet_error *err)
{
    /* grows at powers of two */
    if ((list->count & (list->count - 1)) == 0) {
        item *grown =
            realloc(list->items, (list->count == 0 ? 1 : list->count * 2) * sizeof *grown);

        if (grown == NULL)
            return mn_fail_memory_null(err, "list of identities");
        list->items = grown;
    }
    memset(&list->items[list->count], 0, sizeof *list->items);
    return &list->items[list->count++];
}

static mainet_status
hash_holder(const mn_attributes *plain, uint8_t holder[MN_SHA256_LEN], mainet_error *err)
{
    const mn_attribute *subject = mn_attributes_get(plain, CKA_SUBJECT);
    const mn_attribute *issuer = mn_attributes_get(plain, CKA_ISSUER);
    mn_auto_buffer(text, 0);

    if (subject != NULL)
        mn_buffer_append_span(&text, subject->value, subject->value_len);
    if (issuer != NULL)
        mn_buffer_append_span(&text, issuer->value, issuer->value_len);
    MN_TRY(mn_buffer_check(&text, "names", err));
    return mn_sha256(text.data, text.len, holder, err);
}

/* What somebody stored in BER is decoded in full. */
static bool
read_validity(const mn_attributes *plain, int64_t *begin, int64_t *end)
{
    const mn_attribute *value = mn_attributes_get(plain, CKA_VALUE);
    mainet_error no_matter = {0};
    mn_auto(mainet_certificate) certificate = NULL;

    if (value == NULL)
        return false;
    if (mn_validity_read(value->value, value->value_len, begin, end, &no_matter) == MAINET_OK)
        return true;
    certificate = mainet_certificate_parse(value->value, value->value_len, &no_matter);
    if (certificate == NULL)
        return false;
    *begin = mainet_certificate_not_before(certificate);
    *end = mainet_certificate_not_after(certificate);
    return true;
}

static mainet_status
add_certificate(item_list *list, const mn_object *object, mainet_error *err)
{
    const mn_attributes *plain = mn_object_attributes(object);
    int64_t begin = 0;
    int64_t end = 0;
    item *added = NULL;

    if (mn_object_public_key_hash(object) == NULL || !read_validity(plain, &begin, &end))
        return MAINET_OK;
    added = add(list, err);
    if (added == NULL)
        return mn_failure(err);
    added->standing.row = mn_object_id(object);
    added->standing.end = end;
    added->begin = mn_attributes_number(plain, MN_CKA_CONFIRMED_AT, 0) != 0 ? INT64_MIN : begin;
    memcpy(added->public_key, mn_object_public_key_hash(object), sizeof added->public_key);
    return hash_holder(plain, added->holder, err);
}

static mainet_status
read_certificates(item_list *list, mn_database *database, const mn_keys *keys, mainet_error *err)
{
    mn_auto(mn_statement) rows = NULL;

    rows = mn_statement_new(database,
                            "SELECT " MN_ROW_COLUMNS " FROM object WHERE class = 1 "
                            "AND is_hidden = 0 AND EXISTS (SELECT 1 FROM object AS key "
                            "WHERE key.public_key = object.public_key AND +key.class = 3 "
                            "AND key.is_hidden = 0)",
                            err);
    if (rows == NULL)
        return mn_failure(err);
    for (;;) {
        mn_auto(mn_object) object = NULL;

        MN_TRY(mn_rows_next(rows, keys, &object, err));
        if (object == NULL)
            return MAINET_OK;
        MN_TRY(add_certificate(list, object, err));
    }
}

/* Public and private ones; nothing of them is handed out, so no MAC is checked. */
static mainet_status
read_keys(item_list *list, mn_database *database, mainet_error *err)
{
    mn_auto(mn_statement) rows = NULL;

    rows = mn_statement_new(database,
                            "SELECT id, public_key FROM object WHERE class IN (2, 3) "
                            "AND is_hidden = 0 AND public_key IS NOT NULL",
                            err);
    if (rows == NULL)
        return mn_failure(err);
    for (;;) {
        item *added = NULL;
        mn_reader hash;
        bool more = false;

        MN_TRY(mn_statement_step(rows, &more, err));
        if (!more)
            return MAINET_OK;
        hash = mn_statement_blob(rows, 1);
        if (hash.left != sizeof added->public_key)
            continue;
        added = add(list, err);
        if (added == NULL)
            return mn_failure(err);
        added->standing.row = mn_statement_number(rows, 0);
        memcpy(added->public_key, hash.data, sizeof added->public_key);
    }
}

/* One holder's side by side, the latest first. */
static int
by_holder(const void *a, const void *b)
{
    const item *first = a;
    const item *second = b;
    const int order = memcmp(first->holder, second->holder, sizeof first->holder);

    return order != 0 ? order
                      : (first->standing.end < second->standing.end) -
                            (first->standing.end > second->standing.end);
}

static int64_t
earlier(int64_t first, int64_t second)
{
    return first < second ? first : second;
}

/* As mn_successors(), for any moment: one is superseded from when the first of those that end later
 * has begun. */
static void
find_successors(item_list *certificates)
{
    const item *previous = NULL;
    int64_t later = INT64_MAX; /* the first beginning of those that end later */
    int64_t equal = INT64_MAX; /* of those that end at the same time, too */

    if (certificates->count == 0)
        return;
    qsort(certificates->items, certificates->count, sizeof *certificates->items, by_holder);
    for (size_t i = 0; i < certificates->count; i++) {
        item *own = &certificates->items[i];

        if (previous == NULL || memcmp(previous->holder, own->holder, sizeof own->holder) != 0)
            later = equal = INT64_MAX;
        else if (own->standing.end < previous->standing.end)
            later = equal;
        own->standing.superseded_from = later;
        equal = earlier(equal, own->begin);
        previous = own;
    }
}

static int
by_public_key(const void *a, const void *b)
{
    const item *first = a;
    const item *second = b;

    return memcmp(first->public_key, second->public_key, sizeof first->public_key);
}

static int
by_row(const void *a, const void *b)
{
    const mn_standing *first = a;
    const mn_standing *second = b;

    return (first->row > second->row) - (first->row < second->row);
}

static void
collect(const item_list *certificates, mn_standings *standings)
{
    for (size_t i = 0; i < certificates->count; i++)
        standings->all[standings->count++] = certificates->items[i].standing;
}

/* Both lists are ordered by public key; a key without certificate stands nowhere. */
static void
collect_keys(const item_list *keys, const item_list *certificates, mn_standings *standings)
{
    size_t first = 0;

    for (size_t i = 0; i < keys->count; i++) {
        mn_standing best = {.row = keys->items[i].standing.row};
        size_t at = 0;

        while (first < certificates->count &&
               by_public_key(&certificates->items[first], &keys->items[i]) < 0)
            first++;
        for (at = first; at < certificates->count &&
                         by_public_key(&certificates->items[at], &keys->items[i]) == 0;
             at++) {
            const mn_standing *own = &certificates->items[at].standing;

            if (at == first || own->superseded_from > best.superseded_from)
                best.superseded_from = own->superseded_from;
            if (at == first || own->end > best.end)
                best.end = own->end;
        }
        if (at != first)
            standings->all[standings->count++] = best;
    }
}

static mainet_status
gather(mn_database *database, const mn_keys *keys, mn_standings *standings, mainet_error *err)
{
    __attribute__((cleanup(item_list_clear))) item_list certificates = {.count = 0};
    __attribute__((cleanup(item_list_clear))) item_list pairs = {.count = 0};

    MN_TRY(read_certificates(&certificates, database, keys, err));
    if (certificates.count == 0)
        return MAINET_OK;
    MN_TRY(read_keys(&pairs, database, err));
    standings->all = calloc(certificates.count + pairs.count, sizeof *standings->all);
    if (standings->all == NULL)
        return mn_fail_memory(err, "list of identities");
    find_successors(&certificates);
    collect(&certificates, standings);
    qsort(certificates.items, certificates.count, sizeof *certificates.items, by_public_key);
    if (pairs.count != 0)
        qsort(pairs.items, pairs.count, sizeof *pairs.items, by_public_key);
    collect_keys(&pairs, &certificates, standings);
    qsort(standings->all, standings->count, sizeof *standings->all, by_row);
    return MAINET_OK;
}

mainet_status
mn_token_standings(mainet_token *token, const mn_keys *keys, mn_standings *standings,
                   mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mn_standings made = {.count = 0};
    mainet_status status = MAINET_OK;
    mn_head head;

    database = mn_token_access(token, MN_ACCESS_READ, &head, err);
    if (database == NULL)
        return mn_failure(err);
    if (keys != NULL)
        MN_TRY(mn_head_verify(&head, keys, err));
    made.generation = head.generation;
    made.shows_superseded = head.settings.show_superseded;
    made.shows_expired = head.settings.show_expired;
    status = gather(database, keys, &made, err);
    if (status != MAINET_OK) {
        mn_standings_clear(&made);
        return status;
    }
    mn_standings_clear(standings);
    *standings = made;
    return MAINET_OK;
}

const mn_standing *
mn_standings_find(const mn_standings *standings, int64_t row)
{
    const mn_standing wanted = {.row = row};

    return standings->count == 0
               ? NULL
               : bsearch(&wanted, standings->all, standings->count, sizeof wanted, by_row);
}
