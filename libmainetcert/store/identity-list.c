/* SPDX-License-Identifier: BSD-3-Clause */
/* Which identities a token holds: certificates paired with private keys, chains, successors. */
#include <stdlib.h>
#include <string.h>

#include <p11-kit/pkcs11.h>

#include "base/guest.h"
#include "store/identity-private.h"
#include "store/rows.h"
#include "store/succession.h"
#include "store/token-private.h"

struct mainet_identity_list {
    mainet_identity **identities;
    size_t count;
};

/* A private key, and whose. */
typedef struct key_entry {
    uint8_t public_key[MN_SHA256_LEN];
    mn_key_place key;
} key_entry;

typedef struct shelf_entry {
    mn_object *object;
    mainet_certificate *certificate;
} shelf_entry;

/* The certificates and keys of a token, each read once; count 0 and NULL at first. */
typedef struct shelf {
    shelf_entry *certificates;
    size_t certificate_count;
    key_entry *keys; /* by public key, then row */
    size_t key_count;
    mn_issuers *issuers;
} shelf;

static void
shelf_clear(shelf *all)
{
    for (size_t i = 0; i < all->certificate_count; i++) {
        mainet_certificate_free(all->certificates[i].certificate);
        mn_object_free(all->certificates[i].object);
    }
    free(all->certificates);
    free(all->keys);
    mn_issuers_free(all->issuers);
}

/* Room for one more at powers of two. */
static mainet_status
make_room(void **items, size_t count, size_t size, mainet_error *err)
{
    void *grown = NULL;

    if ((count & (count - 1)) != 0)
        return MAINET_OK;
    grown = realloc(*items, (count == 0 ? 1 : count * 2) * size);
    if (grown == NULL)
        return mn_fail_memory(err, "list of identities");
    *items = grown;
    return MAINET_OK;
}

static mainet_status
shelve_certificate(shelf *all, mn_object **object, mainet_error *err)
{
    mainet_status status = MAINET_OK;
    mn_auto(mainet_certificate) certificate = mn_identity_decode(*object, &status, err);
    void *items = all->certificates;

    if (certificate == NULL)
        return status;
    MN_TRY(mn_issuers_add(all->issuers, certificate, err));
    MN_TRY(make_room(&items, all->certificate_count, sizeof *all->certificates, err));
    all->certificates = items;
    all->certificates[all->certificate_count++] =
        (shelf_entry){mn_object_take(object), mainet_certificate_take(&certificate)};
    return MAINET_OK;
}

static mainet_status
shelve_key(shelf *all, mn_object **object, mainet_error *err)
{
    const uint8_t *public_key = mn_object_public_key_hash(*object);
    void *items = all->keys;
    key_entry *entry = NULL;

    if (public_key == NULL)
        return MAINET_OK;
    MN_TRY(make_room(&items, all->key_count, sizeof *all->keys, err));
    all->keys = items;
    entry = &all->keys[all->key_count++];
    memcpy(entry->public_key, public_key, sizeof entry->public_key);
    entry->key.row = mn_object_id(*object);
    entry->key.is_exportable =
        mn_attributes_bool(mn_object_attributes(*object), CKA_EXTRACTABLE, false);
    return MAINET_OK;
}

static mainet_status
read_class(shelf *all, mn_database *database, const mn_keys *keys, uint64_t class,
           mainet_status (*shelve)(shelf *, mn_object **, mainet_error *), mainet_error *err)
{
    mn_auto(mn_statement) rows = NULL;

    rows = mn_statement_new(database,
                            "SELECT " MN_ROW_COLUMNS
                            " FROM object WHERE class = ?1 AND is_hidden = 0 ORDER BY id",
                            err);
    if (rows == NULL)
        return mn_failure(err);
    mn_statement_bind_number(rows, 1, (int64_t) class);
    for (;;) {
        mn_auto(mn_object) object = NULL;

        MN_TRY(mn_rows_next(rows, keys, &object, err));
        if (object == NULL)
            return MAINET_OK;
        MN_TRY(shelve(all, &object, err));
    }
}

static int
by_public_key(const void *a, const void *b)
{
    const key_entry *first = a;
    const key_entry *second = b;
    int order = memcmp(first->public_key, second->public_key, sizeof first->public_key);

    return order != 0 ? order
                      : (first->key.row > second->key.row) - (first->key.row < second->key.row);
}

/* The first key in the token that belongs to a certificate; NULL if there is none. */
static const mn_key_place *
find_key(const shelf *all, const uint8_t public_key[MN_SHA256_LEN])
{
    size_t low = 0;
    size_t high = all->key_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (memcmp(all->keys[middle].public_key, public_key, MN_SHA256_LEN) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < all->key_count && memcmp(all->keys[low].public_key, public_key, MN_SHA256_LEN) == 0
               ? &all->keys[low].key
               : NULL;
}

mainet_identity_list *
mn_identity_list_new(size_t room, mainet_error *err)
{
    mn_auto(mainet_identity_list) list = calloc(1, sizeof *list);

    if (list == NULL)
        return mn_fail_memory_null(err, "list of identities");
    list->identities = calloc(room + 1, sizeof *list->identities);
    if (list->identities == NULL)
        return mn_fail_memory_null(err, "list of identities");
    return mainet_identity_list_take(&list);
}

void
mn_identity_list_add(mainet_identity_list *list, mainet_identity *identity)
{
    list->identities[list->count++] = identity;
}

static mainet_status
pair(mainet_identity_list *list, mainet_token *token, const shelf *all, const shelf_entry *entry,
     mainet_error *err)
{
    const uint8_t *public_key = mn_object_public_key_hash(entry->object);
    const mn_key_place *key = public_key == NULL ? NULL : find_key(all, public_key);
    mainet_identity *identity = NULL;

    if (key == NULL)
        return MAINET_OK;
    identity = mn_identity_make(token, entry->object, entry->certificate, key, all->issuers, err);
    if (identity == NULL)
        return mn_failure(err);
    mn_identity_list_add(list, identity);
    return MAINET_OK;
}

static const mainet_certificate *
own_certificate(const void *item)
{
    return (*(mainet_identity *const *)item)->chain.certificates[0];
}

static int
by_end(const void *a, const void *b)
{
    return mn_certificate_compare_ends(own_certificate(a), own_certificate(b));
}

static mainet_status
find_successors(mainet_identity_list *list, mainet_error *err)
{
    const mainet_certificate **successors = calloc(list->count + 1, sizeof *successors);
    mn_place *places = calloc(list->count + 1, sizeof *places);
    const bool has_room = successors != NULL && places != NULL;

    for (size_t i = 0; has_room && i < list->count; i++) {
        const mainet_certificate *own = own_certificate(&list->identities[i]);

        places[i] = (mn_place){
            own, mn_certificate_has_begun(own, list->identities[i]->confirmed_at), &successors[i]};
    }
    if (has_room)
        mn_successors(places, list->count);
    for (size_t i = 0; has_room && i < list->count; i++) {
        if (successors[i] != NULL)
            memcpy(list->identities[i]->superseded_by, mainet_certificate_sha256(successors[i]),
                   sizeof list->identities[i]->superseded_by);
    }
    free(places);
    free(successors);
    return has_room ? MAINET_OK : mn_fail_memory(err, "successors");
}

static mainet_status
fill_shelf(shelf *all, mn_database *database, const mn_keys *keys, mainet_error *err)
{
    all->issuers = mn_issuers_new(NULL, NULL, err);
    if (all->issuers == NULL)
        return mn_failure(err);
    MN_TRY(read_class(all, database, keys, CKO_PRIVATE_KEY, shelve_key, err));
    if (all->key_count != 0)
        qsort(all->keys, all->key_count, sizeof *all->keys, by_public_key);
    return read_class(all, database, keys, CKO_CERTIFICATE, shelve_certificate, err);
}

mainet_identity_list *
mn_identities_read(mainet_token *token, mn_database *database, const mn_keys *keys,
                   mainet_error *err)
{
    mn_auto(mainet_identity_list) list = NULL;
    __attribute__((cleanup(shelf_clear))) shelf all = {.certificate_count = 0};

    if (fill_shelf(&all, database, keys, err) != MAINET_OK)
        return NULL;
    list = mn_identity_list_new(all.certificate_count, err);
    if (list == NULL)
        return NULL;
    for (size_t i = 0; i < all.certificate_count; i++)
        if (pair(list, token, &all, &all.certificates[i], err) != MAINET_OK)
            return NULL;
    if (find_successors(list, err) != MAINET_OK)
        return NULL;
    if (list->count != 0)
        qsort(list->identities, list->count, sizeof *list->identities, by_end);
    return mainet_identity_list_take(&list);
}

mn_database *
mn_identities_access(mainet_token *token, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mn_head head;

    database = mn_token_access(token, MN_ACCESS_READ, &head, err);
    if (database == NULL ||
        (token->keys != NULL && mn_head_verify(&head, token->keys, err) != MAINET_OK))
        return NULL;
    return mn_database_take(&database);
}

mainet_identity_list *
mainet_token_identities(mainet_token *token, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;

    MN_PUBLIC(err);
    if (token == NULL)
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "a token is required");
    database = mn_identities_access(token, err);
    return database == NULL ? NULL : mn_identities_read(token, database, token->keys, err);
}

size_t
mainet_identity_list_count(const mainet_identity_list *list)
{
    return list->count;
}

mainet_identity *
mainet_identity_list_at(const mainet_identity_list *list, size_t index, mainet_error *err)
{
    if (list == NULL || index >= list->count)
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "no identity %zu in this list", index);
    return mn_identity_ref(list->identities[index]);
}

mainet_identity *
mn_identity_list_get(const mainet_identity_list *list, size_t index)
{
    return list->identities[index];
}

void
mainet_identity_list_free(mainet_identity_list *list)
{
    if (list == NULL)
        return;
    for (size_t i = 0; i < list->count; i++)
        mainet_identity_free(list->identities[i]);
    free(list->identities);
    free(list);
}
