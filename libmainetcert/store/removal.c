/* SPDX-License-Identifier: BSD-3-Clause */
/* Identities on their way to nowhere: deleted by name, or pruned because newer ones are there. */
#include "mainetcert/removal.h"

#include <openssl/err.h>
#include <p11-kit/pkcs11.h>
#include <stdlib.h>
#include <string.h>

#include "base/guest.h"
#include "store/identity-private.h"
#include "store/key.h"
#include "store/succession.h"
#include "store/token-private.h"
#include "store/transaction.h"

/* What an identity's key was found to be. */
typedef enum fitness { FITNESS_UNKNOWN = 0, FITNESS_USABLE, FITNESS_UNUSABLE } fitness;

/* The identities of a token as one transaction sees them. */
typedef struct removal {
    mn_database *database;
    const mn_keys *keys;
    mn_head head;
    mainet_identity_list *list; /* the latest first */
    fitness *fitness;           /* of each, as far as it was tried */
    uint32_t flags;
} removal;

static void
removal_clear(removal *run)
{
    free(run->fitness);
    mainet_identity_list_free(run->list);
    mn_database_free(run->database);
}

#define mn_auto_removal __attribute__((cleanup(removal_clear))) removal

static mainet_status
read_list(removal *run, mainet_token *token, mainet_error *err)
{
    run->list = mn_identities_read(token, run->database, run->keys, err);
    if (run->list == NULL)
        return mn_failure(err);
    run->fitness = calloc(mainet_identity_list_count(run->list) + 1, sizeof *run->fitness);
    return run->fitness == NULL ? mn_fail_memory(err, "identities") : MAINET_OK;
}

static mainet_status
begin(removal *run, mainet_token *token, mainet_error *err)
{
    run->keys = mn_token_keys(token);
    run->database = mn_transaction_begin(token, run->keys, &run->head, err);
    return run->database == NULL ? mn_failure(err) : read_list(run, token, err);
}

/* A key that cannot be opened, or does not sign for the certificate, takes nobody's place. */
static mainet_status
try_key(const removal *run, const mainet_identity *identity, fitness *found, mainet_error *err)
{
    mainet_error unusable = {0};
    mn_auto(mn_object) certificate =
        mn_rows_load(run->database, run->keys, identity->row, &unusable);
    mn_auto(mn_object) object =
        mn_rows_load(run->database, run->keys, identity->key_row, &unusable);
    mn_auto(EVP_PKEY) public_key = NULL;
    mn_auto(EVP_PKEY) key = NULL;

    ERR_set_mark();
    if (certificate != NULL && object != NULL)
        public_key = mn_object_public_key(certificate, &unusable);
    if (public_key != NULL)
        key = mn_object_private_key(object, run->keys, &unusable);
    *found = key != NULL && mn_attributes_bool(mn_object_attributes(object), CKA_SIGN, true) &&
                     mn_key_signs_for(key, public_key)
                 ? FITNESS_USABLE
                 : FITNESS_UNUSABLE;
    ERR_pop_to_mark();
    if (key == NULL && unusable.status == MAINET_E_NO_MEMORY)
        return mn_fail_memory(err, "key");
    return MAINET_OK;
}

/* MAINET_OK where something newer can take the place of an identity. */
static mainet_status
check_place(removal *run, const mainet_identity *older, mainet_error *err)
{
    mainet_status answer = MAINET_E_NOT_SUPERSEDED;

    for (size_t i = 0; i < mainet_identity_list_count(run->list); i++) {
        const mainet_identity *newer = mn_identity_list_get(run->list, i);

        if (!mn_certificate_supersedes(newer->chain.certificates[0],
                                       older->chain.certificates[0]) ||
            !mn_certificate_has_begun(newer->chain.certificates[0], newer->confirmed_at))
            continue;
        if (run->fitness[i] == FITNESS_UNKNOWN)
            MN_TRY(try_key(run, newer, &run->fitness[i], err));
        if (run->fitness[i] == FITNESS_UNUSABLE)
            continue;
        if (newer->confirmed_at != 0 || (run->flags & MAINET_DELETE_FORCE) != 0)
            return MAINET_OK;
        answer = MAINET_E_NOT_CONFIRMED;
    }
    return mn_fail(err, answer, 0, "%s", mainet_identity_id(older));
}

/* A key may have had other certificates, also such as are no identities to us. */
static mainet_status
delete_key(removal *run, const uint8_t public_key[MN_SHA256_LEN], mainet_error *err)
{
    static const uint64_t classes[] = {CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
    mn_auto_ids certificates = {.count = 0};

    MN_TRY(mn_rows_with_public_key(run->database, public_key, CKO_CERTIFICATE, &certificates, err));
    for (size_t i = 0; certificates.count == 0 && i < sizeof classes / sizeof *classes; i++) {
        mn_auto_ids ids = {.count = 0};

        MN_TRY(mn_rows_with_public_key(run->database, public_key, classes[i], &ids, err));
        for (size_t k = 0; k < ids.count; k++)
            MN_TRY(mn_transaction_delete(run->database, run->keys, &run->head, ids.ids[k], err));
    }
    return MAINET_OK;
}

static mainet_status
delete_identity(removal *run, const mainet_identity *identity, mainet_error *err)
{
    mn_auto(mn_object) object = mn_rows_load(run->database, run->keys, identity->row, err);

    if (object == NULL && mn_failure(err) == MAINET_E_OBJECT_NOT_FOUND)
        return mn_fail(err, MAINET_E_IDENTITY_NOT_FOUND, 0, "%s was deleted meanwhile",
                       mainet_identity_id(identity));
    if (object == NULL)
        return mn_failure(err);
    MN_TRY(mn_transaction_delete(run->database, run->keys, &run->head, identity->row, err));
    return delete_key(run, mn_object_public_key_hash(object), err);
}

/* Whether it was superseded is asked of the token as it is now. */
static mainet_status
check_confirmed(removal *run, const mainet_identity *identity, mainet_error *err)
{
    mainet_error answer = {0};
    mainet_status status = check_place(run, identity, &answer);

    if (status == MAINET_OK || status == MAINET_E_NOT_SUPERSEDED)
        return MAINET_OK;
    *err = answer;
    return status;
}

mainet_status
mainet_identity_delete(mainet_identity *identity, uint32_t flags, mainet_error *err)
{
    mn_auto_removal run = {.flags = flags};

    MN_PUBLIC(err);
    if (identity == NULL)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "an identity is required");
    MN_TRY(begin(&run, identity->token, err));
    MN_TRY(check_confirmed(&run, identity, err));
    MN_TRY(delete_identity(&run, identity, err));
    return mn_transaction_commit(run.database, run.keys, &run.head, err);
}

mainet_identity_list *
mainet_token_prunable(mainet_token *token, uint32_t flags, mainet_error *err)
{
    mn_auto_removal run = {.flags = flags};
    mn_auto(mainet_identity_list) found = NULL;

    MN_PUBLIC(err);
    if (token == NULL)
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "a token is required");
    run.keys = mn_token_keys(token);
    if (run.keys == NULL)
        return mn_fail_null(err, MAINET_E_TOKEN_LOCKED, 0, "the token is locked");
    run.database = mn_identities_access(token, err);
    if (run.database == NULL || read_list(&run, token, err) != MAINET_OK)
        return NULL;
    found = mn_identity_list_new(mainet_identity_list_count(run.list), err);
    for (size_t i = 0; found != NULL && i < mainet_identity_list_count(run.list); i++) {
        mainet_identity *identity = mn_identity_list_get(run.list, i);
        mainet_error answer = {0};
        mainet_status status = *mainet_identity_superseded_by(identity) == '\0'
                                   ? MAINET_E_NOT_SUPERSEDED
                                   : check_place(&run, identity, &answer);

        if (status == MAINET_OK)
            mn_identity_list_add(found, mn_identity_ref(identity));
        else if (status != MAINET_E_NOT_SUPERSEDED && status != MAINET_E_NOT_CONFIRMED)
            return *err = answer, NULL;
    }
    return mainet_identity_list_take(&found);
}

mainet_status
mainet_token_prune(mainet_token *token, const mainet_identity_list *identities, uint32_t flags,
                   mainet_error *err)
{
    mn_auto_removal run = {.flags = flags};

    MN_PUBLIC(err);
    if (token == NULL || identities == NULL)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "a token and identities are required");
    MN_TRY(begin(&run, token, err));
    for (size_t i = 0; i < mainet_identity_list_count(identities); i++)
        MN_TRY(check_place(&run, mn_identity_list_get(identities, i), err));
    for (size_t i = 0; i < mainet_identity_list_count(identities); i++)
        MN_TRY(delete_identity(&run, mn_identity_list_get(identities, i), err));
    return mainet_identity_list_count(identities) == 0
               ? MAINET_OK
               : mn_transaction_commit(run.database, run.keys, &run.head, err);
}
