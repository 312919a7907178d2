/* SPDX-License-Identifier: BSD-3-Clause */
/* The manual's chapter 5: what a newer certificate has taken the place of. */
#include "access.h"
#include "command.h"
#include "json.h"
#include "pruning.h"
#include "terminal.h"
#include "text.h"

mainet_status
command_prune(const options *wanted, failure *why)
{
    scoped(mainet_store) store = NULL;
    scoped(mainet_token) token = NULL;

    if (!wanted->yes && !terminal_is_there())
        return fail_usage(why, MESSAGE_NOBODY_TO_ASK, "yes", NULL);
    store = access_store(wanted, why);
    token = store == NULL ? NULL : access_token(wanted, store, why);
    if (token == NULL)
        return why->error.status;
    TRY(access_unlock(wanted, token, why));
    why->partial = must_have(json_object());
    TRY(prune_token(wanted, token, why->partial, why));
    if (wanted->json)
        json_print(why->partial);
    return MAINET_OK;
}
