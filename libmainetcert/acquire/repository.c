/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/repository.h"

#include <string.h>
#include <strings.h>

/* Printable ASCII, and no user name before the host: nobody is logged in by a certificate. */
static bool
is_usable(const char *url, size_t len)
{
    static const char scheme[] = "http://";
    const size_t scheme_len = sizeof scheme - 1;

    if (len >= MN_ADDRESS_LEN || len <= scheme_len || strncasecmp(url, scheme, scheme_len) != 0)
        return false;
    for (size_t i = 0; i < len; i++)
        if (url[i] <= ' ' || url[i] >= 0x7f || strchr("\"<>\\^`{|}", url[i]) != NULL)
            return false;
    url += scheme_len;
    len -= scheme_len;
    for (size_t i = 0; i < len && strchr("/?#", url[i]) == NULL; i++)
        if (url[i] == '@')
            return false;
    return strchr("/?#:", *url) == NULL;
}

static void
add(mn_addresses *found, const GENERAL_NAME *name)
{
    int type = 0;
    const ASN1_IA5STRING *text = GENERAL_NAME_get0_value(name, &type);
    const char *url = NULL;
    size_t len = 0;

    if (type != GEN_URI || text == NULL || found->count == MN_ADDRESSES_MAX)
        return;
    url = (const char *)ASN1_STRING_get0_data(text);
    len = (size_t)ASN1_STRING_length(text);
    if (!is_usable(url, len))
        return;
    memcpy(found->urls[found->count], url, len);
    found->urls[found->count++][len] = '\0';
}

void
mn_addresses_of_issuer(const mainet_certificate *certificate, mn_addresses *found)
{
    AUTHORITY_INFO_ACCESS *all =
        X509_get_ext_d2i(mn_certificate_x509(certificate), NID_info_access, NULL, NULL);

    found->count = 0;
    for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(all); i++) {
        const ACCESS_DESCRIPTION *one = sk_ACCESS_DESCRIPTION_value(all, i);

        if (OBJ_obj2nid(one->method) == NID_ad_ca_issuers)
            add(found, one->location);
    }
    AUTHORITY_INFO_ACCESS_free(all);
}

/* A list of another issuer, or of some reasons only, would not settle the question. */
void
mn_addresses_of_list(const mainet_certificate *certificate, mn_addresses *found)
{
    CRL_DIST_POINTS *all =
        X509_get_ext_d2i(mn_certificate_x509(certificate), NID_crl_distribution_points, NULL, NULL);

    found->count = 0;
    for (int i = 0; i < sk_DIST_POINT_num(all); i++) {
        const DIST_POINT *point = sk_DIST_POINT_value(all, i);

        if (point->distpoint == NULL || point->distpoint->type != 0 || point->CRLissuer != NULL ||
            point->reasons != NULL)
            continue;
        for (int j = 0; j < sk_GENERAL_NAME_num(point->distpoint->name.fullname); j++)
            add(found, sk_GENERAL_NAME_value(point->distpoint->name.fullname, j));
    }
    CRL_DIST_POINTS_free(all);
}

mn_repository
mn_repository_of(const mn_transport *transport, const mainet_request *request, const char *store,
                 mainet_phase phase, int64_t waited_ms)
{
    const int64_t left_ms = request->timeout_ms - waited_ms;

    return (mn_repository){
        .transport = transport,
        .request = request,
        .store = store,
        .phase = phase,
        .left_ms = left_ms < MN_REPOSITORY_TIMEOUT_MS ? left_ms : MN_REPOSITORY_TIMEOUT_MS};
}

/* What the next fetch may take; 0 or less: time is up. */
static int64_t
share_ms(const mn_repository *repository)
{
    int64_t share =
        repository->left_ms < MN_REPOSITORY_FETCH_MS ? repository->left_ms : MN_REPOSITORY_FETCH_MS;

    if (repository->lost_ms != NULL && MN_REPOSITORY_TIMEOUT_MS - *repository->lost_ms < share)
        share = MN_REPOSITORY_TIMEOUT_MS - *repository->lost_ms;
    return share;
}

static mainet_bytes *
copy_body(const mn_reply *reply, mainet_error *err)
{
    mn_auto_buffer(copy, 0);

    mn_buffer_append(&copy, mn_secret_bytes(reply->body), mn_secret_len(reply->body));
    return mn_buffer_take(&copy, err);
}

mainet_bytes *
mn_repository_fetch(mn_repository *repository, const char *url, size_t ceiling, mainet_error *err)
{
    mn_auto_reply reply = MN_REPLY_INIT;
    const int64_t share = share_ms(repository);
    const mn_exchange exchange = {
        .url = url,
        .ca_file = "",
        .request = repository->request,
        .is_public = true,
        .ceiling = ceiling,
        .phase = repository->phase,
        .timeout_ms = (int32_t)share,
    };
    mainet_status status = MAINET_OK;

    if (share <= 0)
        return mn_fail_null(err, MAINET_E_UNREACHABLE, 0, "%.150s: time is up", url);
    mn_log_write(&repository->request->log, MAINET_LOG_INFO, "asking %s", url);
    status = repository->transport->exchange(repository->transport->self, &exchange, &reply, err);
    repository->left_ms -= reply.waited_ms;
    if (status != MAINET_OK && repository->lost_ms != NULL)
        *repository->lost_ms += reply.waited_ms;
    if (status != MAINET_OK)
        return NULL;
    if (reply.status != 200)
        return mn_fail_null(err, MAINET_E_HTTP_STATUS, reply.status, "%.150s: HTTP status %d", url,
                            reply.status);
    if (mn_secret_len(reply.body) == 0 || mn_secret_len(reply.body) > ceiling)
        return mn_fail_null(err, MAINET_E_REPLY_TOO_LARGE, 0, "%.150s: %zu bytes", url,
                            mn_secret_len(reply.body));
    return copy_body(&reply, err);
}

bool
mn_repository_ends(mainet_status status)
{
    static const mainet_status theirs[] = {
        MAINET_E_CONNECTION_HANDLE, MAINET_E_REQUEST_HANDLE,     MAINET_E_UNREACHABLE,
        MAINET_E_PROXY_CANCELLED,   MAINET_E_PROXY_CREDENTIALS,  MAINET_E_HTTP_STATUS,
        MAINET_E_NO_HTTP_STATUS,    MAINET_E_REPLY_TOO_LARGE,    MAINET_E_TLS_TRUST,
        MAINET_E_UNKNOWN_ASKING,    MAINET_E_UNKNOWN_RETRIEVING,
    };

    for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++)
        if (status == theirs[i])
            return false;
    return true;
}
