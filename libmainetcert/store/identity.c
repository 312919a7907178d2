/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/guest.h"
#include "store/identity-private.h"
#include "store/token-private.h"

void
mainet_identity_free(mainet_identity *identity)
{
    if (identity == NULL || atomic_fetch_sub(&identity->references, 1) != 1)
        return;
    mn_chain_clear(&identity->chain);
    mainet_token_free(identity->token);
    free(identity->label);
    free(identity->uri);
    free(identity->certificate_number);
    free(identity->group_id);
    free(identity->service);
    free(identity);
}

static bool
has_prefix(const char *id, const char *prefix)
{
    for (; *prefix != '\0'; id++, prefix++)
        if (*id != tolower((unsigned char)*prefix))
            return false;
    return true;
}

mainet_identity *
mn_identity_find(const mainet_identity_list *list, const char *id, mainet_error *err)
{
    mn_auto(mainet_identity) found = NULL;

    for (size_t i = 0; i < mainet_identity_list_count(list); i++) {
        mn_auto(mainet_identity) identity = mainet_identity_list_at(list, i, err);

        if (!has_prefix(mainet_identity_id(identity), id))
            continue;
        if (found != NULL)
            return mn_fail_null(err, MAINET_E_IDENTITY_AMBIGUOUS, 0, "more than one id begins '%s'",
                                id);
        found = mainet_identity_take(&identity);
    }
    if (found == NULL)
        return mn_fail_null(err, MAINET_E_IDENTITY_NOT_FOUND, 0, "no id begins '%s'", id);
    return mainet_identity_take(&found);
}

/* By the index of values, in which ids and their prefixes are ranges; a certificate that somebody
 * stored in another encoding than DER has another value there, and is found by looking at all. */
static mainet_identity *
find_one(mainet_token *token, mn_database *database, const char *id, mainet_error *err)
{
    mn_auto(mainet_identity_list) list = NULL;
    mainet_identity *found = NULL;

    if (mn_identity_read_prefix(token, database, mn_token_keys(token), id, &found, err) !=
            MAINET_OK ||
        found != NULL)
        return found;
    list = mn_identities_read(token, database, mn_token_keys(token), err);
    return list == NULL ? NULL : mn_identity_find(list, id, err);
}

mainet_identity *
mainet_token_identity(mainet_token *token, const char *id, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;

    MN_PUBLIC(err);
    if (token == NULL || id == NULL || *id == '\0')
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "a token and an id are required");
    database = mn_identities_access(token, err);
    return database == NULL ? NULL : find_one(token, database, id, err);
}

EVP_PKEY *
mn_identity_key(mainet_identity *identity, mainet_error *err)
{
    mainet_token *const token = identity->token;
    mn_keys *keys = mn_token_keys(token);
    mn_auto(mn_object) object = NULL;
    EVP_PKEY *key = NULL;
    mn_stamp stamp;
    bool is_stamped = false;

    if (keys == NULL)
        return mn_fail_null(err, MAINET_E_TOKEN_LOCKED, 0, "the token is locked");
    key = mn_recent_key_find(&token->recent_key, token->path, identity->key_row);
    if (key != NULL)
        return key;
    is_stamped = mn_stamp_read(AT_FDCWD, token->path, &stamp);
    object = mn_token_load(token, keys, identity->key_row, err);
    key = object == NULL ? NULL : mn_object_private_key(object, keys, err);
    if (key != NULL && is_stamped)
        mn_recent_key_keep(&token->recent_key, &stamp, identity->key_row, key);
    return key;
}

mainet_token *
mn_identity_token(const mainet_identity *identity)
{
    return identity->token;
}

const char *
mainet_identity_id(const mainet_identity *identity)
{
    return mainet_certificate_sha256(identity->chain.certificates[0]);
}

const char *
mainet_identity_label(const mainet_identity *identity)
{
    return identity->label;
}

const char *
mainet_identity_uri(const mainet_identity *identity)
{
    return identity->uri;
}

const mainet_certificate *
mainet_identity_certificate(const mainet_identity *identity)
{
    return identity->chain.certificates[0];
}

size_t
mainet_identity_chain_length(const mainet_identity *identity)
{
    return identity->chain.count;
}

const mainet_certificate *
mainet_identity_chain_at(const mainet_identity *identity, size_t index)
{
    return index < identity->chain.count ? identity->chain.certificates[index] : NULL;
}

bool
mainet_identity_is_chain_complete(const mainet_identity *identity)
{
    return identity->chain.is_complete;
}

bool
mainet_identity_is_exportable(const mainet_identity *identity)
{
    return identity->exportable;
}

int32_t
mainet_identity_days_left(const mainet_identity *identity)
{
    const int64_t left =
        mainet_certificate_not_after(identity->chain.certificates[0]) - (int64_t)time(NULL);
    const int64_t day = 86400;

    return (int32_t)(left >= 0 ? left / day : -((-left + day - 1) / day));
}

const char *
mainet_identity_superseded_by(const mainet_identity *identity)
{
    return identity->superseded_by;
}

const char *
mainet_identity_certificate_number(const mainet_identity *identity)
{
    return identity->certificate_number;
}

const char *
mainet_identity_group_id(const mainet_identity *identity)
{
    return identity->group_id;
}

const char *
mainet_identity_service(const mainet_identity *identity)
{
    return identity->service;
}

mainet_identity *
mn_identity_ref(mainet_identity *identity)
{
    atomic_fetch_add(&identity->references, 1);
    return identity;
}

int64_t
mainet_identity_confirmed_at(const mainet_identity *identity)
{
    return identity->confirmed_at;
}

int64_t
mainet_identity_acquired_at(const mainet_identity *identity)
{
    return identity->acquired_at;
}

bool
mainet_identity_is_new(const mainet_identity *identity)
{
    return identity->is_new;
}
