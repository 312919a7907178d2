/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/revocation.h"

#include <stdio.h>
#include <time.h>

#include "acquire/cache.h"
#include "acquire/completion.h"
#include "acquire/revocation-list.h"
#include "base/guest.h"
#include "mainetcert/repository.h"
#include "store/store.h"

static bool
is_settled(const mn_revocation *found)
{
    return found->answer == MAINET_REVOCATION_GOOD || found->answer == MAINET_REVOCATION_REVOKED;
}

static void
judge(const mainet_bytes *answer, const mainet_certificate *certificate,
      const mainet_certificate *issuer, mn_revocation *found, int64_t *expires_at)
{
    mn_revocation_judge(mainet_bytes_data(answer), mainet_bytes_len(answer), certificate, issuer,
                        (int64_t)time(NULL), found, expires_at);
}

static mainet_status
fetch(mn_repository *repository, const char *url, const mainet_certificate *certificate,
      const mainet_certificate *issuer, mn_revocation *found, mainet_error *err)
{
    mn_auto(mainet_bytes) answer = mn_repository_fetch(repository, url, MN_LIST_CEILING, err);
    int64_t expires_at = 0;

    if (answer == NULL && mn_repository_ends(mn_failure(err)))
        return mn_failure(err);
    if (answer == NULL) {
        *found = (mn_revocation){.answer = MAINET_REVOCATION_UNKNOWN};
        (void)snprintf(found->detail, sizeof found->detail, "%s", err->detail);
        return MAINET_OK;
    }
    judge(answer, certificate, issuer, found, &expires_at);
    if (is_settled(found) && expires_at != 0)
        mn_cache_keep(repository->store, url, answer, expires_at);
    return MAINET_OK;
}

mainet_status
mn_revocation_check(mn_repository *repository, const mainet_certificate *certificate,
                    const mainet_certificate *issuer, bool is_afresh, mn_revocation *found,
                    mainet_error *err)
{
    mn_addresses addresses;
    int64_t no_matter = 0;

    *found = (mn_revocation){.answer = MAINET_REVOCATION_NONE};
    mn_addresses_of_list(certificate, &addresses);
    if (addresses.count != 0 && issuer == NULL) {
        found->answer = MAINET_REVOCATION_UNKNOWN;
        (void)snprintf(found->detail, sizeof found->detail,
                       "the issuer's certificate is not there to verify the revocation list");
        return MAINET_OK;
    }
    for (size_t i = 0; i < addresses.count && !is_settled(found); i++) {
        const char *url = addresses.urls[i];
        mn_auto(mainet_bytes) kept =
            is_afresh ? NULL : mn_cache_find(repository->store, url, MN_LIST_CEILING);

        if (kept != NULL)
            judge(kept, certificate, issuer, found, &no_matter);
        if (!is_settled(found))
            MN_TRY(fetch(repository, url, certificate, issuer, found, err));
    }
    return MAINET_OK;
}

mainet_status
mn_revocation_require(const mn_revocation *found, const mainet_certificate *certificate,
                      const mn_log *log, mainet_error *err)
{
    time_t seconds = (time_t)found->revoked_at;
    struct tm date;
    char day[32] = "";

    if (found->answer == MAINET_REVOCATION_UNKNOWN)
        mn_log_write(log, MAINET_LOG_WARNING, "whether it was revoked could not be checked: %s",
                     found->detail);
    if (found->answer != MAINET_REVOCATION_REVOKED)
        return MAINET_OK;
    if (gmtime_r(&seconds, &date) != NULL)
        (void)strftime(day, sizeof day, "%Y-%m-%d %H:%M:%S UTC", &date);
    return mn_fail(err, MAINET_E_REVOKED, 0, "%.100s, revoked on %s",
                   mainet_certificate_common_name(certificate), day);
}

static mainet_status
check_arguments(const void *container, const mainet_request *request, const mainet_store *store,
                mainet_error *err)
{
    if (container == NULL || request == NULL || store == NULL)
        return mn_fail(err, MAINET_E_ARGUMENT, 0,
                       "a container, a request and a store are required");
    return MAINET_OK;
}

mainet_status
mainet_pkcs12_complete(mainet_pkcs12 *container, const mainet_request *request, mainet_store *store,
                       mainet_error *err)
{
    mn_repository repository;

    MN_PUBLIC(err);
    MN_TRY(check_arguments(container, request, store, err));
    repository = mn_repository_of(mn_transport_curl(), request, mainet_store_path(store),
                                  MAINET_PHASE_OPENING, 0);
    for (size_t i = 0; i < mainet_pkcs12_identity_count(container); i++)
        MN_TRY(mn_complete(container, i, &repository, err));
    return MAINET_OK;
}

mainet_status
mainet_pkcs12_check_revocation(const mainet_pkcs12 *container, const mainet_request *request,
                               mainet_store *store, mainet_error *err)
{
    mn_repository repository;

    MN_PUBLIC(err);
    MN_TRY(check_arguments(container, request, store, err));
    repository = mn_repository_of(mn_transport_curl(), request, mainet_store_path(store),
                                  MAINET_PHASE_OPENING, 0);
    for (size_t i = 0; i < mainet_pkcs12_identity_count(container); i++) {
        mn_revocation found;
        mn_path chain;

        mn_path_build(&chain, container, i);
        MN_TRY(mn_revocation_check(&repository, chain.certificates[0],
                                   chain.count > 1 ? chain.certificates[1] : NULL, false, &found,
                                   err));
        MN_TRY(mn_revocation_require(&found, chain.certificates[0], &request->log, err));
    }
    return MAINET_OK;
}
