/* SPDX-License-Identifier: BSD-3-Clause */
/* A token gets another name or other settings, goes out and in as a copy, and ends. */
#include <string.h>

#include "access.h"
#include "command-token.h"
#include "json.h"
#include "terminal.h"
#include "text.h"

/* Open and unlock the token that the options name. */
static mainet_token *
open_token(const options *wanted, mainet_store *store, failure *why)
{
    scoped(mainet_token) token = access_token(wanted, store, why);

    if (token == NULL || access_unlock(wanted, token, why) != MAINET_OK)
        return NULL;
    return mainet_token_take(&token);
}

mainet_status
command_token_rename(const options *wanted, failure *why)
{
    scoped(mainet_store) store = access_store(wanted, why);
    scoped(mainet_token) token = store == NULL ? NULL : open_token(wanted, store, why);

    if (token == NULL)
        return why->error.status;
    TRY(mainet_token_rename(token, wanted->operand, &why->error));
    return command_token_print(wanted, token, why);
}

mainet_status
command_token_set(const options *wanted, failure *why)
{
    const char *equals = strchr(wanted->operand, '=');
    scoped(char) name = NULL;
    scoped(mainet_store) store = NULL;
    scoped(mainet_token) token = NULL;

    if (equals == NULL)
        return fail_usage(why, MESSAGE_NO_SETTING, NULL, NULL);
    name = must_have(strndup(wanted->operand, (size_t)(equals - wanted->operand)));
    store = access_store(wanted, why);
    token = store == NULL ? NULL : open_token(wanted, store, why);
    if (token == NULL)
        return why->error.status;
    TRY(mainet_token_set(token, name, equals + 1, &why->error));
    return command_token_print(wanted, token, why);
}

static mainet_status
ask_deletion(const options *wanted, const mainet_token *token, failure *why)
{
    scoped(char) question = NULL;

    if (wanted->yes)
        return MAINET_OK;
    if (!terminal_is_there())
        return fail_usage(why, MESSAGE_NOBODY_TO_ASK, "yes", NULL);
    question = message_make(MESSAGE_ASK_DELETE_TOKEN, mainet_token_label(token),
                            mainet_token_serial(token));
    return terminal_ask_consent(question, &why->error);
}

mainet_status
command_token_delete(const options *wanted, failure *why)
{
    scoped(mainet_store) store = access_store(wanted, why);
    scoped(mainet_token) token = store == NULL ? NULL : access_token(wanted, store, why);
    scoped(json_t) document = NULL;

    if (token == NULL)
        return why->error.status;
    TRY(ask_deletion(wanted, token, why));
    TRY(access_unlock(wanted, token, why));
    TRY(mainet_token_delete(token, &why->error));
    if (!wanted->json) {
        message_print(stdout, MESSAGE_TOKEN_DELETED, mainet_token_label(token),
                      mainet_token_serial(token));
        return MAINET_OK;
    }
    document = must_have(json_object());
    json_put(document, "deleted", json_text(mainet_token_serial(token)));
    json_put(document, "label", json_text(mainet_token_label(token)));
    json_print(document);
    return MAINET_OK;
}

mainet_status
command_token_backup(const options *wanted, failure *why)
{
    scoped(mainet_store) store = access_store(wanted, why);
    scoped(mainet_token) token = store == NULL ? NULL : access_token(wanted, store, why);
    scoped(json_t) document = NULL;

    if (token == NULL)
        return why->error.status;
    TRY(mainet_token_backup(token, wanted->operand, &why->error));
    if (!mainet_token_has_pin(token) && !mainet_token_has_so_pin(token))
        message_print(stderr, MESSAGE_BACKUP_WITH_KEY, wanted->operand, NULL);
    if (!wanted->json) {
        message_print(stdout, MESSAGE_BACKED_UP, mainet_token_label(token), wanted->operand);
        return MAINET_OK;
    }
    document = must_have(json_object());
    json_put(document, "file", json_text(wanted->operand));
    json_put(document, "label", json_text(mainet_token_label(token)));
    json_put(document, "serial", json_text(mainet_token_serial(token)));
    json_print(document);
    return MAINET_OK;
}

mainet_status
command_token_restore(const options *wanted, failure *why)
{
    scoped(mainet_store) store = access_store(wanted, why);
    scoped(mainet_token) token =
        store == NULL ? NULL : mainet_store_restore(store, wanted->operand, &why->error);

    return token == NULL ? why->error.status : command_token_print(wanted, token, why);
}

/* What a check has found. */
typedef struct findings {
    json_t *damaged;
    size_t count;
    bool is_quiet;
} findings;

static mainet_status
note_finding(const char *place, const mainet_error *problem, void *user_data)
{
    findings *self = user_data;
    json_t *one = NULL;

    self->count++;
    if (problem == NULL)
        return MAINET_OK;
    if (!self->is_quiet)
        message_print(stdout, MESSAGE_DAMAGED, place, problem->detail);
    one = must_have(json_object());
    json_put(one, "place", json_text(place));
    json_put(one, "status", json_text(mainet_status_name(problem->status)));
    json_put(one, "detail", json_text(problem->detail));
    (void)json_array_append_new(self->damaged, one);
    return MAINET_OK;
}

static bool
is_damage(mainet_status status)
{
    return status == MAINET_E_STORE_TAMPERED || status == MAINET_E_STORE_OPEN;
}

mainet_status
command_token_check(const options *wanted, failure *why)
{
    scoped(mainet_store) store = access_store(wanted, why);
    scoped(mainet_token) token = store == NULL ? NULL : access_token(wanted, store, why);
    scoped(json_t) document = must_have(json_object());
    scoped(char) count = NULL;
    findings all = {.damaged = must_have(json_array()), .is_quiet = wanted->json};
    /* a PIN is not asked for: without one the check goes as far as it can */
    bool is_complete = wanted->pin_source != NULL;
    mainet_status refused = MAINET_OK;
    mainet_status status = MAINET_OK;

    json_put(document, "damaged", all.damaged);
    if (token == NULL)
        return why->error.status;
    is_complete = is_complete || !mainet_token_has_pin(token);
    if (is_complete)
        refused = access_unlock(wanted, token, why);
    if (refused != MAINET_OK && !is_damage(refused))
        return refused;
    status = mainet_token_check(token, note_finding, &all, &why->error);
    if (status == MAINET_OK)
        status = refused;
    count = text_number((int64_t)all.count);
    json_put(document, "label", json_text(mainet_token_label(token)));
    json_put(document, "checked", json_integer((json_int_t)all.count));
    json_put(document, "complete", json_boolean(is_complete));
    if (status != MAINET_OK) {
        why->partial = json_incref(document);
        return status;
    }
    if (wanted->json)
        json_print(document);
    else
        message_print(stdout, is_complete ? MESSAGE_SOUND : MESSAGE_SOUND_WITHOUT_PIN,
                      mainet_token_label(token), count);
    return MAINET_OK;
}
