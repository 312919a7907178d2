/* SPDX-License-Identifier: BSD-3-Clause */
#include "arrival.h"

#include <string.h>

#include "text.h"

void
arrival_print_dated(FILE *out, message id, const mainet_identity *identity)
{
    scoped(char) date = text_time_local(
        mainet_certificate_not_after(mainet_identity_certificate(identity)), "%Y-%m-%d");

    message_print(out, id, mainet_identity_label(identity), date);
}

mainet_status
arrival_print_superseded(mainet_token *token, const mainet_identity *newest, failure *why)
{
    scoped(mainet_identity_list) list = mainet_token_identities(token, &why->error);

    if (list == NULL)
        return why->error.status;
    for (size_t i = 0; i < mainet_identity_list_count(list); i++) {
        scoped(mainet_identity) other = mainet_identity_list_at(list, i, &why->error);

        if (other == NULL)
            return why->error.status;
        if (strcmp(mainet_identity_superseded_by(other), mainet_identity_id(newest)) == 0)
            arrival_print_dated(stderr, MESSAGE_SUPERSEDES, other);
    }
    return MAINET_OK;
}
