/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/issuers.h"

#include <stdlib.h>
#include <string.h>

#include <p11-kit/pkcs11.h>

#include "pkcs12/issuance.h"
#include "store/identity-private.h"
#include "store/rows.h"

typedef struct authority {
    mainet_certificate *certificate;
    uint64_t subject; /* hash of the name as X509_NAME_cmp compares it */
    size_t order;     /* in which it was added */
    struct authority *issuer;
    bool is_root;
    bool is_followed; /* issuer and is_root are known */
} authority;

struct mn_issuers {
    mn_database *database;
    const mn_keys *keys;
    authority **authorities;
    size_t count;
    size_t capacity;
    bool is_sorted;
    int64_t *sought; /* hashes of the names that were looked up */
    size_t sought_count;
};

mn_issuers *
mn_issuers_new(mn_database *database, const mn_keys *keys, mainet_error *err)
{
    mn_issuers *issuers = calloc(1, sizeof *issuers);

    if (issuers == NULL)
        return mn_fail_memory_null(err, "issuers");
    issuers->database = database;
    issuers->keys = keys;
    return issuers;
}

void
mn_issuers_free(mn_issuers *issuers)
{
    if (issuers == NULL)
        return;
    for (size_t i = 0; i < issuers->count; i++) {
        mainet_certificate_free(issuers->authorities[i]->certificate);
        free(issuers->authorities[i]);
    }
    free(issuers->authorities);
    free(issuers->sought);
    free(issuers);
}

static mainet_status
hash_name(const X509_NAME *name, uint64_t *hash, mainet_error *err)
{
    int made = 0;

    *hash = X509_NAME_hash_ex(name, mn_crypto_context(), NULL, &made);
    return made == 1 ? MAINET_OK : mn_fail_crypto(err, "name");
}

static mainet_status
make_room(mn_issuers *issuers, mainet_error *err)
{
    size_t capacity = issuers->capacity == 0 ? 8 : issuers->capacity * 2;
    authority **grown = NULL;

    if (issuers->count < issuers->capacity)
        return MAINET_OK;
    grown = realloc(issuers->authorities, capacity * sizeof(authority *));
    if (grown == NULL)
        return mn_fail_memory(err, "issuers");
    issuers->authorities = grown;
    issuers->capacity = capacity;
    return MAINET_OK;
}

mainet_status
mn_issuers_add(mn_issuers *issuers, const mainet_certificate *certificate, mainet_error *err)
{
    authority *added = NULL;
    uint64_t subject = 0;

    if (!mainet_certificate_is_authority(certificate))
        return MAINET_OK;
    MN_TRY(hash_name(X509_get_subject_name(mn_certificate_x509(certificate)), &subject, err));
    MN_TRY(make_room(issuers, err));
    added = calloc(1, sizeof *added);
    if (added == NULL)
        return mn_fail_memory(err, "issuers");
    added->certificate = mn_certificate_ref(certificate);
    added->subject = subject;
    added->order = issuers->count;
    issuers->authorities[issuers->count++] = added;
    issuers->is_sorted = false;
    return MAINET_OK;
}

static mainet_status
add_object(mn_issuers *issuers, const mn_object *object, mainet_error *err)
{
    const mn_attribute *value = mn_attributes_get(mn_object_attributes(object), CKA_VALUE);
    mn_auto(mainet_certificate) certificate = NULL;
    mainet_error no_matter = {0};

    if (value == NULL)
        return MAINET_OK;
    certificate = mainet_certificate_parse(value->value, value->value_len, &no_matter);
    if (certificate == NULL)
        return no_matter.status == MAINET_E_NO_MEMORY ? mn_fail_memory(err, "certificate")
                                                      : MAINET_OK;
    return mn_issuers_add(issuers, certificate, err);
}

/* Whether a name is looked up for the first time; then it counts as looked up. */
static mainet_status
is_new(mn_issuers *issuers, int64_t name, bool *new, mainet_error *err)
{
    int64_t *grown = NULL;

    *new = false;
    for (size_t i = 0; i < issuers->sought_count; i++)
        if (issuers->sought[i] == name)
            return MAINET_OK;
    grown = realloc(issuers->sought, (issuers->sought_count + 1) * sizeof *grown);
    if (grown == NULL)
        return mn_fail_memory(err, "issuers");
    issuers->sought = grown;
    issuers->sought[issuers->sought_count++] = name;
    *new = true;
    return MAINET_OK;
}

/* Bring in the authorities of the token that the certificate's issuer may be. */
static mainet_status
look_up(mn_issuers *issuers, const mainet_certificate *certificate, mainet_error *err)
{
    mn_auto(mn_attributes) wanted = mn_attributes_new(err);
    mn_auto_ids ids = {.count = 0};
    mn_index index = {.is_set = {false}};
    bool new = false;
    size_t len = 0;
    const uint8_t *name = mn_certificate_issuer_der(certificate, &len);

    if (wanted == NULL)
        return mn_failure(err);
    MN_TRY(mn_attributes_set_number(wanted, CKA_CLASS, CKO_CERTIFICATE, err));
    MN_TRY(mn_attributes_set(wanted, CKA_SUBJECT, name, len, err));
    MN_TRY(mn_index_of(wanted, &index, err));
    MN_TRY(is_new(issuers, index.hash[MN_INDEX_SUBJECT], &new, err));
    if (!new)
        return MAINET_OK;
    MN_TRY(mn_rows_find(issuers->database, issuers->keys, wanted, &ids, err));
    for (size_t i = 0; i < ids.count; i++) {
        mn_auto(mn_object) object = mn_rows_load(issuers->database, issuers->keys, ids.ids[i], err);

        if (object == NULL)
            return mn_failure(err);
        MN_TRY(add_object(issuers, object, err));
    }
    return MAINET_OK;
}

static int
by_subject(const void *a, const void *b)
{
    const authority *first = *(authority *const *)a;
    const authority *second = *(authority *const *)b;

    if (first->subject != second->subject)
        return first->subject < second->subject ? -1 : 1;
    return (first->order > second->order) - (first->order < second->order);
}

/* The first authority whose subject is not below. */
static size_t
position(const mn_issuers *issuers, uint64_t subject)
{
    size_t low = 0;
    size_t high = issuers->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (issuers->authorities[middle]->subject < subject)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static mainet_status
find_issuer(mn_issuers *issuers, const mainet_certificate *certificate, authority **found,
            mainet_error *err)
{
    uint64_t name = 0;

    *found = NULL;
    if (issuers->database != NULL)
        MN_TRY(look_up(issuers, certificate, err));
    MN_TRY(hash_name(X509_get_issuer_name(mn_certificate_x509(certificate)), &name, err));
    if (!issuers->is_sorted && issuers->count != 0)
        qsort(issuers->authorities, issuers->count, sizeof(authority *), by_subject);
    issuers->is_sorted = true;
    for (size_t i = position(issuers, name); i < issuers->count; i++) {
        authority *candidate = issuers->authorities[i];

        if (candidate->subject != name)
            return MAINET_OK;
        if (!mn_certificate_claims_issuer(certificate, candidate->certificate))
            continue;
        *found = candidate;
        return MAINET_OK;
    }
    return MAINET_OK;
}

static mainet_status
follow(mn_issuers *issuers, authority *from, mainet_error *err)
{
    if (from->is_followed)
        return MAINET_OK;
    from->is_root = mn_certificate_claims_issuer(from->certificate, from->certificate);
    if (!from->is_root)
        MN_TRY(find_issuer(issuers, from->certificate, &from->issuer, err));
    from->is_followed = true;
    return MAINET_OK;
}

mainet_status
mn_issuers_chain(mn_issuers *issuers, const mainet_certificate *certificate, mn_chain *chain,
                 mainet_error *err)
{
    authority *next = NULL;

    chain->count = 0;
    chain->certificates[chain->count++] = mn_certificate_ref(certificate);
    chain->is_complete = mn_certificate_claims_issuer(certificate, certificate);
    if (!chain->is_complete)
        MN_TRY(find_issuer(issuers, certificate, &next, err));
    while (next != NULL && chain->count < MN_CHAIN_MAX) {
        chain->certificates[chain->count++] = mn_certificate_ref(next->certificate);
        MN_TRY(follow(issuers, next, err));
        chain->is_complete = next->is_root;
        next = next->issuer;
    }
    return MAINET_OK;
}

void
mn_chain_clear(mn_chain *chain)
{
    for (size_t i = 0; i < chain->count; i++)
        mainet_certificate_free(chain->certificates[i]);
    chain->count = 0;
}

mainet_status
mn_token_chain(mainet_token *token, const mainet_certificate *certificate, mn_chain *chain,
               mainet_error *err)
{
    mn_auto(mn_database) database = mn_identities_access(token, err);
    mn_auto(mn_issuers) issuers =
        database == NULL ? NULL : mn_issuers_new(database, mn_token_keys(token), err);

    chain->count = 0;
    return issuers == NULL ? mn_failure(err) : mn_issuers_chain(issuers, certificate, chain, err);
}
