/* SPDX-License-Identifier: BSD-3-Clause */
#include "order.h"

#include <string.h>

#include "access.h"
#include "notice.h"

mainet_status
order_check(const options *wanted, failure *why)
{
    if (wanted->notice == NULL && wanted->certificate_number == NULL)
        return fail_usage(why, MESSAGE_ORDER_MISSING, NULL, NULL);
    if (wanted->notice == NULL)
        return access_check_source(wanted->password_source, "password-source", why);
    if (wanted->certificate_number != NULL)
        return fail_usage(why, MESSAGE_OPTIONS_EXCLUDE, "notice", "certificate-number");
    if (wanted->password_source != NULL)
        return fail_usage(why, MESSAGE_OPTIONS_EXCLUDE, "notice", "password-source");
    return MAINET_OK;
}

mainet_status
order_set_number(mainet_request *request, const options *wanted, const mainet_service *service,
                 failure *why)
{
    if (wanted->notice != NULL)
        return notice_fill(request, wanted->notice, service, &why->error);
    return mainet_request_set_certificate_number(request, wanted->certificate_number, &why->error);
}

mainet_status
order_set_password(mainet_request *request, const options *wanted, failure *why)
{
    scoped(secret) password = NULL;

    if (wanted->notice != NULL)
        return MAINET_OK;
    password =
        access_secret(wanted->password_source, "password-source", MESSAGE_ASK_PASSWORD, NULL, why);
    if (password == NULL)
        return why->error.status;
    return mainet_request_set_password(request, password->data, password->len, &why->error);
}

/* The service was not asked, or answered with no certificate, or with one that is no use: then
 * nothing waits that could be resumed. */
static bool
is_after_delivery(mainet_status status)
{
    const int32_t code = mainet_status_code(status);

    return code >= 300 && code != mainet_status_code(MAINET_E_AUTH_FAILED);
}

void
order_hint_pending(const options *wanted, mainet_token *token, failure *why)
{
    scoped(mainet_pending_list) list =
        why->hint == MESSAGE_NONE && is_after_delivery(why->error.status)
            ? mainet_token_pending(token, NULL)
            : NULL;

    for (size_t i = 0; list != NULL && i < mainet_pending_list_count(list); i++) {
        scoped(mainet_pending) one = mainet_pending_list_at(list, i, NULL);

        if (one != NULL && mainet_pending_status(one) == MAINET_OK &&
            (wanted->certificate_number == NULL ||
             strcmp(wanted->certificate_number, mainet_pending_certificate_number(one)) == 0))
            why->hint = MESSAGE_HINT_PENDING;
    }
}
