/* SPDX-License-Identifier: BSD-3-Clause */
#include "order.h"

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
