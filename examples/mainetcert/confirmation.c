/* SPDX-License-Identifier: BSD-3-Clause */
#include "confirmation.h"

#include "progress.h"

mainet_confirmation *
confirmation_ask(mainet_service *service, consent *answers, mainet_identity *identity,
                 int32_t timeout_ms)
{
    mainet_error *err = &answers->failure->error;
    scoped(mainet_request) request = mainet_request_new(service, err);
    mainet_confirmation *answer = NULL;

    if (request == NULL || consent_set_proxy(answers, request) != MAINET_OK)
        return NULL;
    if (timeout_ms != 0)
        mainet_request_set_timeout_ms(request, timeout_ms);
    progress_begin(request);
    answer = mainet_confirm(request, identity, err);
    progress_end();
    return answer;
}

mainet_status
confirmation_status(const mainet_confirmation *answer)
{
    if (mainet_confirmation_is_installed(answer))
        return MAINET_OK;
    return mainet_confirmation_standing(answer) == MAINET_STANDING_REVOKED ? MAINET_E_REVOKED
                                                                           : MAINET_E_NOT_INSTALLED;
}

void
confirmation_print(FILE *out, const mainet_confirmation *answer, const mainet_identity *identity)
{
    message_print(
        out, mainet_confirmation_is_installed(answer) ? MESSAGE_INSTALLED : MESSAGE_INSTALLED_NOT,
        mainet_identity_label(identity), mainet_confirmation_reason(answer, message_language()));
    (void)fflush(out);
    if (mainet_confirmation_revocation(answer) == MAINET_REVOCATION_UNKNOWN)
        message_print(stderr, MESSAGE_REVOCATION_UNKNOWN, mainet_identity_label(identity),
                      mainet_confirmation_revocation_detail(answer));
}
