/* SPDX-License-Identifier: BSD-3-Clause */
/* Containers on their way into a token. */
#include <stdlib.h>
#include <string.h>

#include "base/guest.h"
#include "mainetcert/transfer.h"
#include "pkcs12/issuance.h"
#include "pkcs12/read.h"
#include "store/identity-private.h"
#include "store/key.h"

/* One call of mainet_token_import. */
typedef struct arrivals {
    mainet_token *token;
    const mainet_pkcs12 *container;
    size_t *picks;    /* identities of the container whose keys a token can hold */
    mn_chain *chains; /* of each of them */
    mn_identity_import *imports;
    mn_identity_result *results;
    size_t count;
} arrivals;

static void
arrivals_clear(arrivals *all)
{
    for (size_t i = 0; i < all->count; i++) {
        mn_chain_clear(&all->chains[i]);
        if (all->results != NULL)
            mainet_identity_free(all->results[i].identity);
    }
    free(all->picks);
    free(all->chains);
    free(all->imports);
    free(all->results);
}

/* An issuer that only claims to be one does not come along. */
static void
cut_chain(mn_chain *chain)
{
    size_t proven = 1;

    while (proven < chain->count && mn_certificate_is_issued_by(chain->certificates[proven - 1],
                                                                chain->certificates[proven]))
        proven++;
    while (chain->count > proven)
        mainet_certificate_free(chain->certificates[--chain->count]);
}

static mainet_status
build_chains(arrivals *all, mainet_error *err)
{
    mn_auto(mn_issuers) issuers = mn_issuers_new(NULL, NULL, err);

    if (issuers == NULL)
        return mn_failure(err);
    for (size_t i = 0; i < mainet_pkcs12_certificate_count(all->container); i++)
        MN_TRY(mn_issuers_add(issuers, mn_pkcs12_certificate(all->container, i), err));
    for (size_t i = 0; mn_pkcs12_added(all->container, i) != NULL; i++)
        MN_TRY(mn_issuers_add(issuers, mn_pkcs12_added(all->container, i), err));
    for (size_t i = 0; i < all->count; i++) {
        MN_TRY(mn_issuers_chain(issuers, mn_pkcs12_certificate(all->container, all->picks[i]),
                                &all->chains[i], err));
        cut_chain(&all->chains[i]);
    }
    return MAINET_OK;
}

/* The issuer's certificate if it is there, else the one that it issued. */
static const mainet_certificate *
issuer_of(const arrivals *all, size_t index)
{
    const mn_chain *chain = &all->chains[index];

    return chain->certificates[chain->count > 1 ? 1 : 0];
}

static bool
was_decided(const arrivals *all, size_t index)
{
    const char *id = mainet_certificate_sha256(issuer_of(all, index));

    for (size_t i = 0; i < index; i++) {
        if (strcmp(mainet_certificate_sha256(issuer_of(all, i)), id) == 0)
            return true;
    }
    return false;
}

static mainet_status
decide(const arrivals *all, size_t index, mainet_issuer_fn fn, void *user_data, mainet_error *err)
{
    const mainet_certificate *issuer = issuer_of(all, index);
    const mainet_certificate *own = all->chains[index].certificates[0];
    mainet_status answer = MAINET_OK;
    bool known = false;

    MN_TRY(mn_token_knows_issuer(all->token, issuer, &known, err));
    if (known || was_decided(all, index))
        return MAINET_OK;
    answer = fn(issuer, false, user_data);
    return answer == MAINET_OK ? MAINET_OK
                               : mn_fail(err, answer, 0, "issuer %.100s was not accepted",
                                         mainet_certificate_issuer_common_name(own));
}

static void
fill_imports(arrivals *all, uint32_t flags)
{
    for (size_t i = 0; i < all->count; i++) {
        mn_chain *chain = &all->chains[i];

        all->imports[i] = (mn_identity_import){
            .key = mn_pkcs12_key(all->container, all->picks[i]),
            .certificate = chain->certificates[0],
            .chain = (const mainet_certificate *const *)(chain->certificates + 1),
            .chain_count = chain->count - 1,
            .label = mainet_pkcs12_friendly_name(all->container, all->picks[i]),
            .exportable = (flags & MAINET_IMPORT_NOT_EXPORTABLE) == 0,
        };
    }
}

/* Keys for agreement or of rare kinds stay where they are, unless there are no others. */
static mainet_status
pick(arrivals *all, size_t *count, mainet_error *err)
{
    const size_t held = mainet_pkcs12_identity_count(all->container);
    mainet_error why = {0};

    *count = 0;
    all->picks = calloc(held, sizeof *all->picks);
    if (all->picks == NULL)
        return mn_fail_memory(err, "import");
    for (size_t i = 0; i < held; i++) {
        if (mn_key_check(mn_pkcs12_key(all->container, i), &why) == MAINET_OK)
            all->picks[(*count)++] = i;
    }
    if (*count > 0)
        return MAINET_OK;
    *err = why;
    return why.status;
}

static mainet_status
make_room(arrivals *all, mainet_error *err)
{
    size_t count = 0;

    MN_TRY(pick(all, &count, err));
    all->chains = calloc(count, sizeof *all->chains);
    all->imports = calloc(count, sizeof *all->imports);
    all->results = calloc(count, sizeof *all->results);
    if (all->chains == NULL || all->imports == NULL || all->results == NULL)
        return mn_fail_memory(err, "import");
    all->count = count;
    return MAINET_OK;
}

mainet_identity_list *
mainet_token_import(mainet_token *token, const mainet_pkcs12 *container, uint32_t flags,
                    mainet_issuer_fn fn, void *user_data, mainet_error *err)
{
    __attribute__((cleanup(arrivals_clear)))
    arrivals all = {.token = token, .container = container};
    mn_auto(mainet_identity_list) list = NULL;

    MN_PUBLIC(err);
    if (token == NULL || container == NULL)
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "a token and a container are required");
    if (mn_token_keys(token) == NULL)
        return mn_fail_null(err, MAINET_E_TOKEN_LOCKED, 0, "the token is locked");
    if (mn_pkcs12_require_identity(container, err) != MAINET_OK)
        return NULL;
    list = mn_identity_list_new(mainet_pkcs12_identity_count(container), err);
    if (list == NULL || make_room(&all, err) != MAINET_OK || build_chains(&all, err) != MAINET_OK)
        return NULL;
    for (size_t i = 0; fn != NULL && i < all.count; i++)
        if (decide(&all, i, fn, user_data, err) != MAINET_OK)
            return NULL;
    fill_imports(&all, flags);
    if (mn_identity_import_whole(token, all.imports, all.count, all.results, err) != MAINET_OK)
        return NULL;
    for (size_t i = 0; i < all.count; i++)
        mn_identity_list_add(list, mainet_identity_take(&all.results[i].identity));
    return mainet_identity_list_take(&list);
}
