/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/completion.h"

#include <time.h>

#include "acquire/bundle.h"
#include "acquire/cache.h"
#include "pkcs12/issuance.h"

#define LIFE_S (INT64_C(30) * 86400)

/* One chain on its way up. */
typedef struct climb {
    mainet_pkcs12 *container;
    const mainet_certificate *top; /* the last link so far */
    mn_repository *repository;
    size_t fetches;
} climb;

/* Take everything along if the issuer of the last link is in it; what else is there may be further
 * up, and is verified when the chain is built. `*expires_at` is when the issuer does. */
static mainet_status
take(const climb *self, const mainet_bytes *answer, bool *found, int64_t *expires_at,
     mainet_error *err)
{
    mn_auto_bundle bundle = {.count = 0};

    *found = false;
    mn_bundle_read(&bundle, mainet_bytes_data(answer), mainet_bytes_len(answer));
    for (size_t i = 0; i < bundle.count && !*found; i++) {
        *found = mn_certificate_is_issued_by(self->top, bundle.certificates[i]);
        *expires_at = mainet_certificate_not_after(bundle.certificates[i]);
    }
    for (size_t i = 0; *found && i < bundle.count; i++)
        MN_TRY(mn_pkcs12_add(self->container, bundle.certificates[i], err));
    return MAINET_OK;
}

static mainet_status
fetch(climb *self, const char *url, bool *found, mainet_error *err)
{
    const mn_log *log = &self->repository->request->log;
    mn_auto(mainet_bytes) answer = NULL;
    int64_t now = (int64_t)time(NULL);
    int64_t expires_at = now;

    *found = false;
    if (self->fetches++ >= MN_COMPLETION_FETCHES)
        return MAINET_OK;
    answer = mn_repository_fetch(self->repository, url, MN_COMPLETION_CEILING, err);
    if (answer == NULL && mn_repository_ends(mn_failure(err)))
        return mn_failure(err);
    if (answer == NULL) {
        mn_log_write(log, MAINET_LOG_WARNING, "the issuer's certificate could not be had: %s",
                     err->detail);
        return MAINET_OK;
    }
    MN_TRY(take(self, answer, found, &expires_at, err));
    if (*found)
        mn_cache_keep(self->repository->store, url, answer,
                      expires_at < now + LIFE_S ? expires_at : now + LIFE_S);
    else
        mn_log_write(log, MAINET_LOG_WARNING, "%s is not the issuer's certificate", url);
    return MAINET_OK;
}

static mainet_status
find_issuer(climb *self, bool *found, mainet_error *err)
{
    mn_addresses addresses;
    int64_t no_matter = 0;

    *found = false;
    mn_addresses_of_issuer(self->top, &addresses);
    for (size_t i = 0; i < addresses.count && !*found; i++) {
        const char *url = addresses.urls[i];
        mn_auto(mainet_bytes) kept =
            mn_cache_find(self->repository->store, url, MN_COMPLETION_CEILING);

        if (kept != NULL)
            MN_TRY(take(self, kept, found, &no_matter, err));
        if (!*found)
            MN_TRY(fetch(self, url, found, err));
    }
    return MAINET_OK;
}

mainet_status
mn_complete(mainet_pkcs12 *container, size_t identity, mn_repository *repository, mainet_error *err)
{
    climb self = {.container = container, .repository = repository};
    bool found = true;
    size_t count = 0;

    while (found) {
        mn_path chain;

        mn_path_build(&chain, container, identity);
        if (mn_path_is_complete(&chain) || chain.count == MN_PATH_CEILING)
            return MAINET_OK;
        if (chain.count == count) /* authorities that certified each other */
            break;
        count = chain.count;
        self.top = chain.certificates[chain.count - 1];
        MN_TRY(find_issuer(&self, &found, err));
    }
    mn_log_write(&repository->request->log, MAINET_LOG_INFO, "the chain is not complete");
    return MAINET_OK;
}
