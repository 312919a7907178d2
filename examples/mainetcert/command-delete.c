/* SPDX-License-Identifier: BSD-3-Clause */
/* The manual's chapter 5 for one certificate, whatever it is. */
#include <string.h>
#include <unistd.h>

#include "access.h"
#include "arrival.h"
#include "command.h"
#include "json.h"
#include "terminal.h"
#include "text.h"

static mainet_status
ask(const options *wanted, const mainet_identity *identity, failure *why)
{
    const mainet_certificate *certificate = mainet_identity_certificate(identity);
    const bool is_newest = *mainet_identity_superseded_by(identity) == '\0';
    scoped(char) date = text_time_local(mainet_certificate_not_after(certificate), "%Y-%m-%d");
    scoped(char) question = NULL;

    if (wanted->yes)
        return MAINET_OK;
    question = message_make(is_newest ? MESSAGE_ASK_DELETE_NEWEST : MESSAGE_ASK_DELETE,
                            mainet_identity_label(identity), date);
    return terminal_ask_consent(question, &why->error);
}

/* What can be found wrong before anybody is asked for anything. */
static mainet_status
check(const options *wanted, failure *why)
{
    if (!wanted->yes && !terminal_is_there())
        return fail_usage(why, MESSAGE_NOBODY_TO_ASK, "yes", NULL);
    if (wanted->backup == NULL && wanted->password_source != NULL)
        return fail_usage(why, MESSAGE_OPTION_MISSING, "backup", NULL);
    return wanted->backup == NULL
               ? MAINET_OK
               : access_check_source(wanted->password_source, "password-source", why);
}

static mainet_status
back_up(const options *wanted, mainet_identity *identity, failure *why)
{
    scoped(secret) password = NULL;
    scoped(mainet_bytes) bytes = NULL;

    if (wanted->backup == NULL)
        return MAINET_OK;
    if (!mainet_identity_is_exportable(identity))
        return fail(&why->error, MAINET_E_NOT_EXPORTABLE, 0, "%s", mainet_identity_id(identity));
    password = access_new_password(wanted, wanted->backup, why);
    if (password == NULL)
        return why->error.status;
    bytes = mainet_identity_export_pkcs12(identity, password->data, password->len,
                                          MAINET_EXPORT_DEFAULT, &why->error);
    if (bytes == NULL)
        return why->error.status;
    return mainet_bytes_save(bytes, wanted->backup, false, &why->error);
}

/* A backup of what is still there would be in the way of the next one. */
static mainet_status delete (const options *wanted, mainet_identity *identity, failure *why)
{
    const uint32_t flags = wanted->force ? MAINET_DELETE_FORCE : MAINET_DELETE_DEFAULT;
    mainet_status status = MAINET_OK;

    TRY(back_up(wanted, identity, why));
    status = mainet_identity_delete(identity, flags, &why->error);
    if (status != MAINET_OK && wanted->backup != NULL)
        (void)unlink(wanted->backup);
    if (status == MAINET_E_NOT_CONFIRMED)
        why->hint = MESSAGE_HINT_FORCE;
    return status;
}

static void
report(const options *wanted, const mainet_identity *identity, const mainet_token *token)
{
    if (wanted->json) {
        scoped(json_t) document = json_of_identity(identity, mainet_token_label(token));

        json_put(document, "deleted", json_text(mainet_identity_id(identity)));
        json_put(document, "backup", json_optional(wanted->backup == NULL ? "" : wanted->backup));
        json_print(document);
        return;
    }
    if (wanted->backup != NULL)
        message_print(stdout, MESSAGE_EXPORTED, mainet_identity_label(identity), wanted->backup);
    arrival_print_dated(stdout, MESSAGE_DELETED, identity);
}

mainet_status
command_delete(const options *wanted, failure *why)
{
    scoped(mainet_store) store = NULL;
    tokens_init all = {0};
    scoped(mainet_identity) found = NULL;
    scoped(mainet_identity) identity = NULL;
    mainet_token *token = NULL;

    TRY(check(wanted, why));
    store = access_store(wanted, why);
    if (store == NULL)
        return why->error.status;
    TRY(access_tokens(wanted, store, &all, why));
    found = access_identity(&all, wanted->operand, &token, why);
    if (found == NULL)
        return why->error.status;
    TRY(ask(wanted, found, why));
    TRY(access_unlock(wanted, token, why));
    /* read again, now that what is read is verified */
    identity = mainet_token_identity(token, mainet_identity_id(found), &why->error);
    if (identity == NULL)
        return why->error.status;
    TRY(delete (wanted, identity, why));
    report(wanted, identity, token);
    return MAINET_OK;
}
