/* SPDX-License-Identifier: BSD-3-Clause */
#include "access.h"
#include "command.h"
#include "json.h"

static mainet_status
check(const options *wanted, failure *why)
{
    if (wanted->out == NULL)
        return fail_usage(why, MESSAGE_OPTION_MISSING, "out", NULL);
    if (wanted->certificate && wanted->pem)
        return fail_usage(why, MESSAGE_OPTIONS_EXCLUDE, "certificate", "pem");
    if (wanted->legacy && (wanted->pem || wanted->certificate))
        return fail_usage(why, MESSAGE_OPTIONS_EXCLUDE, "legacy",
                          wanted->pem ? "pem" : "certificate");
    return MAINET_OK;
}

static uint32_t
flags_of(const options *wanted)
{
    return (wanted->leaf_only ? (uint32_t)MAINET_EXPORT_LEAF_ONLY : 0) |
           (wanted->legacy ? (uint32_t)MAINET_EXPORT_LEGACY : 0);
}

/* A key that may not leave is told before anybody is asked for a PIN or a password. */
static mainet_bytes *
export_key(const options *wanted, mainet_token *token, mainet_identity *identity, failure *why)
{
    scoped(secret) password = NULL;

    if (!mainet_identity_is_exportable(identity)) {
        (void)fail(&why->error, MAINET_E_NOT_EXPORTABLE, 0, "%s", mainet_identity_id(identity));
        return NULL;
    }
    if (mainet_token_has_pin(token) &&
        access_check_source(wanted->pin_source, "pin-source", why) != MAINET_OK)
        return NULL;
    if (access_check_source(wanted->password_source, "password-source", why) != MAINET_OK ||
        access_unlock(wanted, token, why) != MAINET_OK)
        return NULL;
    password = access_new_password(wanted, wanted->out, why);
    if (password == NULL)
        return NULL;
    return (wanted->pem ? mainet_identity_export_pem : mainet_identity_export_pkcs12)(
        identity, password->data, password->len, flags_of(wanted), &why->error);
}

static void
report(const options *wanted, const mainet_identity *identity, const mainet_token *token)
{
    if (wanted->json) {
        scoped(json_t) document = json_of_identity(identity, mainet_token_label(token));

        json_put(document, "file", json_text(wanted->out));
        json_print(document);
    } else {
        message_print(stdout, MESSAGE_EXPORTED, mainet_identity_label(identity), wanted->out);
    }
}

mainet_status
command_export(const options *wanted, failure *why)
{
    scoped(mainet_store) store = NULL;
    tokens_init all = {0};
    scoped(mainet_identity) identity = NULL;
    scoped(mainet_bytes) bytes = NULL;
    mainet_token *token = NULL;

    TRY(check(wanted, why));
    store = access_store(wanted, why);
    if (store == NULL)
        return why->error.status;
    TRY(access_tokens(wanted, store, &all, why));
    identity = access_identity(&all, wanted->operand, &token, why);
    if (identity == NULL)
        return why->error.status;
    bytes = wanted->certificate
                ? mainet_identity_export_certificates(identity, flags_of(wanted), &why->error)
                : export_key(wanted, token, identity, why);
    if (bytes == NULL)
        return why->error.status;
    TRY(mainet_bytes_save(bytes, wanted->out, wanted->force, &why->error));
    report(wanted, identity, token);
    return MAINET_OK;
}
