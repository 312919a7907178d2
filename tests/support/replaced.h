/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SUPPORT_REPLACED_H
#define SUPPORT_REPLACED_H

/* For tests of what nobody writes: an object in the file gives way to another, whatever that is. */

#include "store/token-private.h"

/* A mn_token_change_fn. */
static mn_object *
take_instead(mn_object *now, void *other, mainet_error *err)
{
    (void)now;
    (void)err;
    return mn_object_ref(other);
}

static mainet_status
replace_object(mainet_token *token, int64_t id, mn_object *other, mainet_error *err)
{
    return mn_token_change(token, token->keys, id, take_instead, other, err);
}

#endif
