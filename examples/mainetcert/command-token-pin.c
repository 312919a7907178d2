/* SPDX-License-Identifier: BSD-3-Clause */
/* The PINs of a token are changed, or reset by the security officer. */
#include "access.h"
#include "command-token.h"

static const uint8_t *
data_of(const secret *self)
{
    return self == NULL ? NULL : self->data;
}

static size_t
len_of(const secret *self)
{
    return self == NULL ? 0 : self->len;
}

/* Everything that will be needed is asked for before anything is: in a script, by its sources. */
static mainet_status
check_sources(const options *wanted, const mainet_token *token, bool needs_pin, bool needs_so_pin,
              failure *why)
{
    if (needs_pin && mainet_token_has_pin(token))
        TRY(access_check_source(wanted->pin_source, "pin-source", why));
    if (needs_so_pin)
        TRY(access_check_source(wanted->so_pin_source, "so-pin-source", why));
    return access_check_source(wanted->new_pin_source, "new-pin-source", why);
}

mainet_status
command_token_change_pin(const options *wanted, failure *why)
{
    scoped(mainet_store) store = access_store(wanted, why);
    scoped(mainet_token) token = store == NULL ? NULL : access_token(wanted, store, why);
    scoped(secret) pin = NULL;
    scoped(secret) so_pin = NULL;
    scoped(secret) fresh = NULL;
    const char *label = NULL;
    bool rekeys = false;

    if (token == NULL)
        return why->error.status;
    label = mainet_token_label(token);
    rekeys = wanted->rekey && mainet_token_has_pin(token); /* a first PIN brings a new key anyway */
    TRY(check_sources(wanted, token, true, rekeys && mainet_token_has_so_pin(token), why));
    if (mainet_token_has_pin(token)) {
        pin = access_secret(wanted->pin_source, "pin-source", MESSAGE_ASK_PIN, label, why);
        if (pin == NULL)
            return why->error.status;
    }
    if (rekeys && mainet_token_has_so_pin(token)) {
        so_pin =
            access_secret(wanted->so_pin_source, "so-pin-source", MESSAGE_ASK_SO_PIN, label, why);
        if (so_pin == NULL)
            return why->error.status;
    }
    fresh = access_new_pin(wanted->new_pin_source, "new-pin-source", label, why);
    if (fresh == NULL)
        return why->error.status;
    TRY(rekeys ? mainet_token_rekey(token, pin->data, pin->len, fresh->data, fresh->len,
                                    data_of(so_pin), len_of(so_pin), &why->error)
               : mainet_token_change_pin(token, data_of(pin), len_of(pin), fresh->data, fresh->len,
                                         &why->error));
    return command_token_print(wanted, token, why);
}

mainet_status
command_token_unblock(const options *wanted, failure *why)
{
    scoped(mainet_store) store = access_store(wanted, why);
    scoped(mainet_token) token = store == NULL ? NULL : access_token(wanted, store, why);
    scoped(secret) so_pin = NULL;
    scoped(secret) fresh = NULL;

    if (token == NULL)
        return why->error.status;
    TRY(check_sources(wanted, token, false, true, why));
    so_pin = access_secret(wanted->so_pin_source, "so-pin-source", MESSAGE_ASK_SO_PIN,
                           mainet_token_label(token), why);
    if (so_pin == NULL)
        return why->error.status;
    fresh =
        access_new_pin(wanted->new_pin_source, "new-pin-source", mainet_token_label(token), why);
    if (fresh == NULL)
        return why->error.status;
    TRY(mainet_token_unblock(token, so_pin->data, so_pin->len, fresh->data, fresh->len,
                             &why->error));
    return command_token_print(wanted, token, why);
}
