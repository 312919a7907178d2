/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/resume.h"

#include "acquire/delivery.h"
#include "base/guest.h"

mainet_identity *
mn_resume(const mainet_pending *pending, const mainet_request *request,
          const mn_transport *transport, mainet_error *err)
{
    mn_auto(mn_pending) content = NULL;
    mainet_error ignored = {0};
    mainet_identity *identity = NULL;
    mn_delivery found = {.request = request, .transport = transport};

    if (pending == NULL || request == NULL)
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "a delivery and a request are required");
    found.token = mn_pending_token(pending);
    content = mn_pending_open(found.token, mainet_pending_id(pending), err);
    if (content == NULL)
        return NULL;
    mn_delivery_of_pending(&found, content);
    identity = mn_delivery_import(&found, err);
    if (identity != NULL && mainet_pending_discard(pending, &ignored) != MAINET_OK)
        mn_log_write(&request->log, MAINET_LOG_WARNING, "pending delivery stays: %s",
                     ignored.detail);
    return identity;
}

mainet_identity *
mainet_pending_resume(const mainet_pending *pending, const mainet_request *request,
                      mainet_error *err)
{
    MN_PUBLIC(err);
    return mn_resume(pending, request, mn_transport_curl(), err);
}
