/* SPDX-License-Identifier: BSD-3-Clause */
/* Which identities a token holds: certificates paired with private keys, chains, successors. */
#include <stdlib.h>
#include <string.h>

#include <p11-kit/pkcs11.h>

#include "store/identity-private.h"
#include "store/rows.h"
#include "store/token-private.h"

struct mainet_identity_list {
    mainet_identity **identities;
    size_t count;
};

/* Every certificate of the token, decoded once. */
typedef struct certificate_shelf {
    mainet_certificate **certificates;
    mn_object **objects;
    size_t count;
} certificate_shelf;

static void
shelf_clear(certificate_shelf *shelf)
{
    for (size_t i = 0; i < shelf->count; i++) {
        mainet_certificate_free(shelf->certificates[i]);
        mn_object_free(shelf->objects[i]);
    }
    free(shelf->certificates);
    free(shelf->objects);
}

/* A certificate that does not decode is somebody's object, but nobody's identity: it is passed
 * over. */
static mainet_status
shelve(certificate_shelf *shelf, mn_object **object, mainet_error *err)
{
    const mn_attribute *value = mn_attributes_get(mn_object_attributes(*object), CKA_VALUE);
    mainet_certificate *certificate = NULL;

    if (value == NULL)
        return MAINET_OK;
    certificate = mainet_certificate_parse(value->value, value->value_len, err);
    if (certificate == NULL)
        return mn_failure(err) == MAINET_E_NO_MEMORY ? MAINET_E_NO_MEMORY : MAINET_OK;
    shelf->certificates[shelf->count] = certificate;
    shelf->objects[shelf->count++] = mn_object_take(object);
    return MAINET_OK;
}

static mainet_status
fill_shelf(certificate_shelf *shelf, mn_database *database, const mn_keys *keys, mainet_error *err)
{
    mn_auto(mn_attributes) wanted = mn_attributes_new(err);
    mn_auto_ids ids = {.count = 0};

    if (wanted == NULL)
        return mn_failure(err);
    MN_TRY(mn_attributes_set_number(wanted, CKA_CLASS, CKO_CERTIFICATE, err));
    MN_TRY(mn_rows_find(database, keys, wanted, &ids, err));
    shelf->certificates = calloc(ids.count + 1, sizeof *shelf->certificates);
    shelf->objects = calloc(ids.count + 1, sizeof *shelf->objects);
    if (shelf->certificates == NULL || shelf->objects == NULL)
        return mn_fail_memory(err, "list of certificates");
    for (size_t i = 0; i < ids.count; i++) {
        mn_auto(mn_object) object = mn_rows_load(database, keys, ids.ids[i], err);

        if (object == NULL)
            return mn_failure(err);
        MN_TRY(shelve(shelf, &object, err));
    }
    return MAINET_OK;
}

static mainet_status
copy_text(const mn_attributes *attributes, uint64_t type, const char *otherwise, char **out,
          mainet_error *err)
{
    const mn_attribute *found = mn_attributes_get(attributes, type);

    *out = found == NULL || found->value_len == 0
               ? strdup(otherwise)
               : strndup((const char *)found->value, found->value_len);
    return *out == NULL ? mn_fail_memory(err, "identity") : MAINET_OK;
}

/* From the certificate up, as far as the token has issuers. */
static void
follow_chain(mainet_identity *identity, const certificate_shelf *shelf)
{
    while (identity->chain_len < MN_CHAIN_MAX) {
        mainet_certificate *last = identity->chain[identity->chain_len - 1];
        size_t i = 0;

        identity->chain_complete = mn_certificate_is_issued_by(last, last);
        if (identity->chain_complete)
            return;
        while (i < shelf->count && !(mainet_certificate_is_authority(shelf->certificates[i]) &&
                                     mn_certificate_is_issued_by(last, shelf->certificates[i])))
            i++;
        if (i == shelf->count)
            return;
        identity->chain[identity->chain_len++] = mn_certificate_ref(shelf->certificates[i]);
    }
}

static mainet_identity *
describe(mainet_token *token, const certificate_shelf *shelf, size_t at, const mn_object *key,
         mainet_error *err)
{
    mn_auto(mainet_identity) identity = calloc(1, sizeof *identity);
    const mn_attributes *plain = mn_object_attributes(shelf->objects[at]);

    if (identity == NULL)
        return mn_fail_memory_null(err, "identity");
    atomic_init(&identity->references, 1);
    identity->token = mn_token_ref(token);
    identity->key_row = mn_object_id(key);
    identity->chain[identity->chain_len++] = mn_certificate_ref(shelf->certificates[at]);
    follow_chain(identity, shelf);
    identity->exportable = mn_attributes_bool(mn_object_attributes(key), CKA_EXTRACTABLE, false);
    identity->acquired_at = (int64_t)mn_attributes_number(plain, MN_CKA_ACQUIRED_AT, 0);
    identity->uri = mn_identity_make_uri(token, mn_attributes_get(plain, CKA_ID), err);
    if (identity->uri == NULL ||
        copy_text(plain, CKA_LABEL, mainet_certificate_common_name(shelf->certificates[at]),
                  &identity->label, err) != MAINET_OK ||
        copy_text(plain, MN_CKA_CERTIFICATE_NUMBER, "", &identity->certificate_number, err) !=
            MAINET_OK ||
        copy_text(plain, MN_CKA_GROUP_ID, "", &identity->group_id, err) != MAINET_OK ||
        copy_text(plain, MN_CKA_SERVICE, "", &identity->service, err) != MAINET_OK)
        return NULL;
    return mainet_identity_take(&identity);
}

static mainet_status
pair(mainet_identity_list *list, mainet_token *token, mn_database *database, const mn_keys *keys,
     const certificate_shelf *shelf, size_t at, mainet_error *err)
{
    const uint8_t *public_key = mn_object_public_key_hash(shelf->objects[at]);
    mn_auto_ids ids = {.count = 0};
    mn_auto(mn_object) key = NULL;
    mainet_identity *identity = NULL;

    if (public_key == NULL)
        return MAINET_OK;
    MN_TRY(mn_rows_with_public_key(database, public_key, CKO_PRIVATE_KEY, &ids, err));
    if (ids.count == 0)
        return MAINET_OK;
    key = mn_rows_load(database, keys, ids.ids[0], err);
    identity = key == NULL ? NULL : describe(token, shelf, at, key, err);
    if (identity == NULL)
        return mn_failure(err);
    list->identities[list->count++] = identity;
    return MAINET_OK;
}

/* One holder's identities side by side, the latest first. */
static int
by_holder(const void *a, const void *b)
{
    const mainet_certificate *first = (*(mainet_identity *const *)a)->chain[0];
    const mainet_certificate *second = (*(mainet_identity *const *)b)->chain[0];
    int64_t first_end = mainet_certificate_not_after(first);
    int64_t second_end = mainet_certificate_not_after(second);
    int order = strcmp(mainet_certificate_subject(first), mainet_certificate_subject(second));

    if (order == 0)
        order = strcmp(mainet_certificate_issuer(first), mainet_certificate_issuer(second));
    if (order == 0)
        order = first_end > second_end ? -1 : first_end < second_end;
    return order != 0 ? order
                      : strcmp(mainet_certificate_sha256(first), mainet_certificate_sha256(second));
}

static int
by_end(const void *a, const void *b)
{
    const mainet_certificate *first = (*(mainet_identity *const *)a)->chain[0];
    const mainet_certificate *second = (*(mainet_identity *const *)b)->chain[0];
    int64_t first_end = mainet_certificate_not_after(first);
    int64_t second_end = mainet_certificate_not_after(second);

    if (first_end != second_end)
        return first_end > second_end ? -1 : 1;
    return strcmp(mainet_certificate_sha256(first), mainet_certificate_sha256(second));
}

/* The manual's chapter 5: same subject and issuer, later end of validity. */
static void
find_successors(mainet_identity_list *list)
{
    const mainet_certificate *latest = NULL;

    if (list->count == 0)
        return;
    qsort(list->identities, list->count, sizeof *list->identities, by_holder);
    for (size_t i = 0; i < list->count; i++) {
        mainet_identity *identity = list->identities[i];
        const mainet_certificate *own = identity->chain[0];

        if (latest == NULL ||
            strcmp(mainet_certificate_subject(own), mainet_certificate_subject(latest)) != 0 ||
            strcmp(mainet_certificate_issuer(own), mainet_certificate_issuer(latest)) != 0)
            latest = own;
        else if (mainet_certificate_not_after(own) < mainet_certificate_not_after(latest))
            memcpy(identity->superseded_by, mainet_certificate_sha256(latest),
                   sizeof identity->superseded_by);
    }
    qsort(list->identities, list->count, sizeof *list->identities, by_end);
}

mainet_identity_list *
mn_identities_read(mainet_token *token, mn_database *database, const mn_keys *keys,
                   mainet_error *err)
{
    mn_auto(mainet_identity_list) list = calloc(1, sizeof *list);
    __attribute__((cleanup(shelf_clear))) certificate_shelf shelf = {.count = 0};

    if (list == NULL)
        return mn_fail_memory_null(err, "list of identities");
    if (fill_shelf(&shelf, database, keys, err) != MAINET_OK)
        return NULL;
    list->identities = calloc(shelf.count + 1, sizeof *list->identities);
    if (list->identities == NULL)
        return mn_fail_memory_null(err, "list of identities");
    for (size_t i = 0; i < shelf.count; i++)
        if (pair(list, token, database, keys, &shelf, i, err) != MAINET_OK)
            return NULL;
    find_successors(list);
    return mainet_identity_list_take(&list);
}

mainet_identity_list *
mainet_token_identities(mainet_token *token, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mn_head head;

    err = MN_HEARD(err);
    if (token == NULL)
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "a token is required");
    database = mn_token_access(token, MN_ACCESS_READ, &head, err);
    if (database == NULL ||
        (token->keys != NULL && mn_head_verify(&head, token->keys, err) != MAINET_OK))
        return NULL;
    return mn_identities_read(token, database, token->keys, err);
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
    atomic_fetch_add(&list->identities[index]->references, 1);
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
