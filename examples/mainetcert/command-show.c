/* SPDX-License-Identifier: BSD-3-Clause */
#include "access.h"
#include "command.h"
#include "facts.h"
#include "json.h"

mainet_status
command_show(const options *wanted, failure *why)
{
    scoped(mainet_store) store = access_store(wanted, why);
    tokens_init all = {0};
    scoped(mainet_identity) identity = NULL;
    mainet_token *token = NULL;

    if (store == NULL)
        return why->error.status;
    TRY(access_tokens(wanted, store, &all, why));
    identity = access_identity(&all, wanted->operand, &token, why);
    if (identity == NULL)
        return why->error.status;
    if (wanted->json) {
        scoped(json_t) document = json_of_identity(identity, mainet_token_label(token));

        json_put(document, "chain", json_of_chain(identity));
        json_print(document);
    } else {
        fact_print_identity(identity, mainet_token_label(token));
    }
    return MAINET_OK;
}
