/* SPDX-License-Identifier: BSD-3-Clause */
/* One identity: made from its objects, or found among ten thousand without reading the others. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <p11-kit/pkcs11.h>

#include "store/identity-private.h"
#include "store/rows.h"
#include "store/succession.h"

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

mainet_identity *
mn_identity_make(mainet_token *token, const mn_object *object,
                 const mainet_certificate *certificate, const mn_key_place *key,
                 mn_issuers *issuers, mainet_error *err)
{
    mn_auto(mainet_identity) identity = calloc(1, sizeof *identity);
    const mn_attributes *plain = mn_object_attributes(object);

    if (identity == NULL)
        return mn_fail_memory_null(err, "identity");
    atomic_init(&identity->references, 1);
    identity->token = mn_token_ref(token);
    identity->row = mn_object_id(object);
    identity->key_row = key->row;
    identity->exportable = key->is_exportable;
    if (mn_issuers_chain(issuers, certificate, &identity->chain, err) != MAINET_OK)
        return NULL;
    identity->acquired_at = (int64_t)mn_attributes_number(plain, MN_CKA_ACQUIRED_AT, 0);
    identity->confirmed_at = (int64_t)mn_attributes_number(plain, MN_CKA_CONFIRMED_AT, 0);
    identity->uri = mn_identity_make_uri(token, mn_attributes_get(plain, CKA_ID), err);
    if (identity->uri == NULL ||
        copy_text(plain, CKA_LABEL, mainet_certificate_common_name(certificate), &identity->label,
                  err) != MAINET_OK ||
        copy_text(plain, MN_CKA_CERTIFICATE_NUMBER, "", &identity->certificate_number, err) !=
            MAINET_OK ||
        copy_text(plain, MN_CKA_GROUP_ID, "", &identity->group_id, err) != MAINET_OK ||
        copy_text(plain, MN_CKA_SERVICE, "", &identity->service, err) != MAINET_OK)
        return NULL;
    return mainet_identity_take(&identity);
}

mainet_certificate *
mn_identity_decode(const mn_object *object, mainet_status *status, mainet_error *err)
{
    const mn_attribute *value = mn_attributes_get(mn_object_attributes(object), CKA_VALUE);
    mainet_error no_matter = {0};
    mainet_certificate *certificate = NULL;

    *status = MAINET_OK;
    if (value == NULL)
        return NULL;
    certificate = mainet_certificate_parse(value->value, value->value_len, &no_matter);
    if (certificate == NULL && no_matter.status == MAINET_E_NO_MEMORY)
        *status = mn_fail_memory(err, "certificate");
    return certificate;
}

/* The first key in the token that belongs to a certificate object. */
static mainet_status
find_key(mn_database *database, const mn_keys *keys, const mn_object *object, mn_key_place *key,
         bool *found, mainet_error *err)
{
    mn_auto_ids ids = {.count = 0};
    mn_auto(mn_object) loaded = NULL;
    const uint8_t *public_key = mn_object_public_key_hash(object);

    *found = false;
    if (public_key == NULL)
        return MAINET_OK;
    MN_TRY(mn_rows_with_public_key(database, public_key, CKO_PRIVATE_KEY, &ids, err));
    if (ids.count == 0)
        return MAINET_OK;
    loaded = mn_rows_load(database, keys, ids.ids[0], err);
    if (loaded == NULL)
        return mn_failure(err);
    key->row = ids.ids[0];
    key->is_exportable = mn_attributes_bool(mn_object_attributes(loaded), CKA_EXTRACTABLE, false);
    *found = true;
    return MAINET_OK;
}

/* The identity of a certificate object; `*found` is NULL if its key is not in the token. */
static mainet_status
read_identity(mainet_token *token, mn_database *database, const mn_keys *keys, mn_issuers *issuers,
              const mn_object *object, const mainet_certificate *certificate,
              mainet_identity **found, mainet_error *err)
{
    mn_auto(mainet_identity) identity = NULL;
    mn_auto(mainet_certificate) successor = NULL;
    mn_key_place key;
    bool has_key = false;

    *found = NULL;
    MN_TRY(find_key(database, keys, object, &key, &has_key, err));
    if (!has_key)
        return MAINET_OK;
    identity = mn_identity_make(token, object, certificate, &key, issuers, err);
    if (identity == NULL)
        return mn_failure(err);
    MN_TRY(mn_successor_read(database, keys, certificate, &successor, err));
    if (successor != NULL)
        memcpy(identity->superseded_by, mainet_certificate_sha256(successor),
               sizeof identity->superseded_by);
    *found = mainet_identity_take(&identity);
    return MAINET_OK;
}

static mainet_status
read_object(mainet_token *token, mn_database *database, const mn_keys *keys, mn_issuers *issuers,
            const mn_object *object, mainet_identity **found, mainet_error *err)
{
    mainet_status status = MAINET_OK;
    mn_auto(mainet_certificate) certificate = mn_identity_decode(object, &status, err);

    *found = NULL;
    return certificate == NULL
               ? status
               : read_identity(token, database, keys, issuers, object, certificate, found, err);
}

mainet_identity *
mn_identity_read(mainet_token *token, mn_database *database, const mn_keys *keys,
                 mn_issuers *issuers, int64_t row, const mainet_certificate *certificate,
                 mainet_error *err)
{
    mn_auto(mn_object) object = mn_rows_load(database, keys, row, err);
    mainet_identity *identity = NULL;

    if (object == NULL || read_identity(token, database, keys, issuers, object, certificate,
                                        &identity, err) != MAINET_OK)
        return NULL;
    return identity != NULL ? identity
                            : mn_fail_null(err, MAINET_E_IDENTITY_NOT_FOUND, 0,
                                           "the certificate's key is not in the token");
}

/* The values of value_hash, which is the beginning of the id, that ids with this prefix have. False
 * for what is no prefix of an id. */
static bool
range_of(const char *prefix, int64_t *low, int64_t *high)
{
    size_t len = strlen(prefix);
    uint64_t value = 0;
    unsigned rest = 64;

    if (len > 2 * (size_t)MN_SHA256_LEN)
        return false;
    for (size_t i = 0; i < len; i++) {
        int digit = tolower((unsigned char)prefix[i]);

        if (!isxdigit((unsigned char)digit))
            return false;
        if (rest == 0)
            continue;
        rest -= 4;
        value |= (uint64_t)(isdigit((unsigned char)digit) ? digit - '0' : digit - 'a' + 10) << rest;
    }
    *low = (int64_t)value; /* a prefix has a first digit, so the sign bit is the same in both */
    *high = (int64_t)(rest == 0 ? value : value | (UINT64_MAX >> (64 - rest)));
    return true;
}

mainet_status
mn_identity_read_prefix(mainet_token *token, mn_database *database, const mn_keys *keys,
                        const char *prefix, mainet_identity **found, mainet_error *err)
{
    mn_auto(mn_issuers) issuers = mn_issuers_new(database, keys, err);
    mn_auto(mn_statement) rows = NULL;
    mn_auto(mainet_identity) only = NULL;
    int64_t low = 0;
    int64_t high = 0;

    *found = NULL;
    if (issuers == NULL)
        return mn_failure(err);
    if (!range_of(prefix, &low, &high))
        return MAINET_OK;
    rows = mn_statement_new(database,
                            "SELECT " MN_ROW_COLUMNS " FROM object WHERE value_hash BETWEEN ?1 "
                            "AND ?2 AND +class = 1 AND is_hidden = 0 ORDER BY id",
                            err);
    if (rows == NULL)
        return mn_failure(err);
    mn_statement_bind_number(rows, 1, low);
    mn_statement_bind_number(rows, 2, high);
    for (;;) {
        mn_auto(mn_object) object = NULL;
        mn_auto(mainet_identity) identity = NULL;

        MN_TRY(mn_rows_next(rows, keys, &object, err));
        if (object == NULL)
            break;
        MN_TRY(read_object(token, database, keys, issuers, object, &identity, err));
        if (identity == NULL || strncasecmp(mainet_identity_id(identity), prefix, strlen(prefix)))
            continue;
        if (only != NULL)
            return mn_fail(err, MAINET_E_IDENTITY_AMBIGUOUS, 0, "more than one id begins '%s'",
                           prefix);
        only = mainet_identity_take(&identity);
    }
    *found = mainet_identity_take(&only);
    return MAINET_OK;
}
