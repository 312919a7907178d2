/* SPDX-License-Identifier: BSD-3-Clause */
#include "access.h"

#include <string.h>

#include "source.h"
#include "terminal.h"
#include "text.h"

enum { PIN_MIN = 4, PIN_MAX = 64 };

mainet_service *
access_service(const options *wanted, const char *fallback, failure *why)
{
    const char *chosen = getenv("MAINETCERT_SERVICE");
    const char *path = wanted->service;
    mainet_service *service = NULL;

    if (path == NULL && (chosen == NULL || *chosen == '\0') && *fallback != '\0')
        path = fallback;
    service = mainet_service_open(path, &why->error);
    if (service != NULL)
        (void)snprintf(why->support, sizeof why->support, "%s", mainet_service_support(service));
    return service;
}

mainet_store *
access_store(const options *wanted, failure *why)
{
    return mainet_store_open(wanted->store, &why->error);
}

mainet_token *
access_token(const options *wanted, mainet_store *store, failure *why)
{
    return mainet_token_open(store, wanted->token, &why->error);
}

void
tokens_clear(tokens *self)
{
    for (size_t i = 0; i < self->count; i++)
        mainet_token_free(self->items[i]);
    free(self->items);
}

static void
add_token(tokens *self, mainet_token *token)
{
    self->items = must_have(reallocarray(self->items, self->count + 1, sizeof(mainet_token *)));
    self->items[self->count++] = token;
}

mainet_status
access_tokens(const options *wanted, mainet_store *store, tokens *found, failure *why)
{
    scoped(mainet_token_list) list = NULL;
    mainet_token *token = NULL;

    if (wanted->token != NULL) {
        token = access_token(wanted, store, why);
        if (token == NULL)
            return why->error.status;
        add_token(found, token);
        return MAINET_OK;
    }
    list = mainet_store_tokens(store, &why->error);
    if (list == NULL)
        return why->error.status;
    for (size_t i = 0; i < mainet_token_list_count(list); i++) {
        token = mainet_token_list_at(list, i, &why->error);
        if (token == NULL)
            return why->error.status;
        add_token(found, token);
    }
    return MAINET_OK;
}

mainet_identity *
access_identity(const tokens *all, const char *id, mainet_token **token, failure *why)
{
    scoped(mainet_identity) found = NULL;

    for (size_t i = 0; i < all->count; i++) {
        mainet_identity *identity = mainet_token_identity(all->items[i], id, &why->error);

        if (identity == NULL && why->error.status != MAINET_E_IDENTITY_NOT_FOUND)
            return NULL;
        if (identity != NULL && found != NULL) {
            mainet_identity_free(identity);
            (void)fail(&why->error, MAINET_E_IDENTITY_AMBIGUOUS, 0, "it is in the tokens %s and %s",
                       mainet_token_serial(*token), mainet_token_serial(all->items[i]));
            return NULL;
        }
        if (identity != NULL) {
            found = identity;
            *token = all->items[i];
        }
    }
    if (found == NULL)
        (void)fail(&why->error, MAINET_E_IDENTITY_NOT_FOUND, 0, "%zu tokens were searched",
                   all->count);
    return mainet_identity_take(&found);
}

mainet_status
access_check_source(const char *source, const char *option, failure *why)
{
    if (source == NULL && !terminal_is_there())
        return fail_usage(why, MESSAGE_NOBODY_TO_ASK, option, NULL);
    return MAINET_OK;
}

static mainet_status
ask_secret(message question, const char *about, secret *answer, failure *why)
{
    scoped(char) prompt = message_make(question, about, NULL);

    return terminal_ask(prompt, true, answer, &why->error);
}

secret *
access_secret(const char *source, const char *option, message question, const char *about,
              failure *why)
{
    scoped(secret) answer = NULL;

    if (source != NULL)
        return source_read(source, &why->error);
    if (access_check_source(source, option, why) != MAINET_OK)
        return NULL;
    answer = secret_new(&why->error);
    if (answer == NULL || ask_secret(question, about, answer, why) != MAINET_OK)
        return NULL;
    return secret_take(&answer);
}

mainet_status
access_unlock(const options *wanted, mainet_token *token, failure *why)
{
    scoped(secret) pin = NULL;

    if (!mainet_token_is_locked(token))
        return MAINET_OK;
    if (!mainet_token_has_pin(token))
        return mainet_token_unlock(token, (const uint8_t *)"", 0, &why->error);
    pin = access_secret(wanted->pin_source, "pin-source", MESSAGE_ASK_PIN,
                        mainet_token_label(token), why);
    if (pin == NULL)
        return why->error.status;
    return mainet_token_unlock(token, pin->data, pin->len, &why->error);
}

/* What is new is typed twice. */
typedef struct novelty {
    message question;
    size_t min_len;
    size_t max_len;
    message wrong_len;
} novelty;

static const novelty new_pin = {MESSAGE_ASK_NEW_PIN, PIN_MIN, PIN_MAX,
                                MESSAGE_PIN_TOO_SHORT_OR_LONG};
static const novelty new_password = {MESSAGE_ASK_NEW_PASSWORD, 1, SECRET_MAX,
                                     MESSAGE_PASSWORD_EMPTY};

static mainet_status
ask_twice(const novelty *what, const char *about, secret *answer, failure *why)
{
    scoped(secret) again = secret_new(&why->error);

    if (again == NULL)
        return why->error.status;
    for (;;) {
        TRY(ask_secret(what->question, about, answer, why));
        if (answer->len < what->min_len || answer->len > what->max_len) {
            terminal_show(message_text(what->wrong_len));
            continue;
        }
        TRY(ask_secret(MESSAGE_ASK_NEW_PIN_AGAIN, about, again, why));
        if (secret_equal(answer, again))
            return MAINET_OK;
        terminal_show(message_text(MESSAGE_PINS_DIFFER));
    }
}

static secret *
access_new(const novelty *what, const char *source, const char *option, const char *about,
           failure *why)
{
    scoped(secret) answer = NULL;

    if (source != NULL)
        return source_read(source, &why->error);
    if (access_check_source(source, option, why) != MAINET_OK)
        return NULL;
    answer = secret_new(&why->error);
    if (answer == NULL || ask_twice(what, about, answer, why) != MAINET_OK)
        return NULL;
    return secret_take(&answer);
}

secret *
access_new_pin(const char *source, const char *option, const char *label, failure *why)
{
    return access_new(&new_pin, source, option, label, why);
}

secret *
access_new_password(const options *wanted, const char *file, failure *why)
{
    return access_new(&new_password, wanted->password_source, "password-source", file, why);
}

mainet_token *
access_new_token(const options *wanted, mainet_store *store, const char *pin_source, failure *why)
{
    scoped(secret) pin = NULL;
    scoped(secret) so_pin = NULL;

    pin = access_new_pin(pin_source, "pin-source", wanted->token != NULL ? wanted->token : "MaiNet",
                         why);
    if (pin == NULL)
        return NULL;
    if (wanted->so_pin_source != NULL) {
        so_pin = source_read(wanted->so_pin_source, &why->error);
        if (so_pin == NULL)
            return NULL;
    }
    return mainet_token_create(store, wanted->token, pin->data, pin->len,
                               so_pin != NULL ? so_pin->data : NULL,
                               so_pin != NULL ? so_pin->len : 0, &why->error);
}

mainet_token *
access_token_or_new(const options *wanted, mainet_store *store, failure *why)
{
    scoped(mainet_token) token = access_token(wanted, store, why);

    if (token == NULL && why->error.status != MAINET_E_TOKEN_NOT_FOUND)
        return NULL;
    if (token == NULL) {
        if (wanted->pin_source == NULL && terminal_is_there())
            terminal_show(message_text(MESSAGE_NEW_TOKEN));
        return access_new_token(wanted, store, wanted->pin_source, why);
    }
    if (access_unlock(wanted, token, why) != MAINET_OK)
        return NULL;
    return mainet_token_take(&token);
}
