/* SPDX-License-Identifier: BSD-3-Clause */
#include "consent.h"

#include <string.h>

#include "access.h"
#include "progress.h"
#include "source.h"
#include "terminal.h"
#include "text.h"

static void
forget_typed(consent *self)
{
    free(self->typed_for);
    secret_free(self->typed_user);
    secret_free(self->typed_password);
    self->typed_for = NULL;
    self->typed_user = NULL;
    self->typed_password = NULL;
}

void
consent_clear(consent *self)
{
    secret_free(self->proxy_password);
    forget_typed(self);
}

static void
show(message id, const char *value)
{
    scoped(char) text = message_make(id, value, NULL);

    terminal_show(text);
}

/* Without the issuer's own certificate in the container, all that is known of it is what the
 * certificate that it issued says. */
static void
show_issuer(const mainet_certificate *issuer, bool is_itself, bool expected)
{
    show(MESSAGE_ISSUER_IS_NEW, NULL);
    if (is_itself) {
        show(MESSAGE_ISSUER_NAME, mainet_certificate_common_name(issuer));
        show(MESSAGE_ISSUER_ORGANIZATION, mainet_certificate_organization(issuer));
        show(MESSAGE_ISSUER_SUBJECT, mainet_certificate_subject(issuer));
    } else {
        show(MESSAGE_ISSUER_NAME, mainet_certificate_issuer_common_name(issuer));
        show(MESSAGE_ISSUER_ORGANIZATION, mainet_certificate_issuer_organization(issuer));
    }
    show(MESSAGE_ISSUER_SHA256, is_itself ? mainet_certificate_sha256(issuer)
                                          : message_text(MESSAGE_ISSUER_SHA256_UNKNOWN));
    show(expected ? MESSAGE_ISSUER_EXPECTED : MESSAGE_ISSUER_UNEXPECTED, NULL);
}

mainet_status
consent_decide_issuer(const mainet_certificate *issuer, bool expected, void *user_data)
{
    const consent *self = user_data;
    const char *accepted = self->options->accept_issuer;
    const bool is_itself = mainet_certificate_is_authority(issuer);

    if (self->service != NULL)
        expected = mainet_service_expects(self->service, issuer);
    if (expected && self->options->yes)
        return MAINET_OK;
    if (is_itself && strcmp(accepted, mainet_certificate_sha256(issuer)) == 0)
        return MAINET_OK;
    if (!terminal_is_there()) {
        self->failure->hint = MESSAGE_HINT_ISSUER;
        return MAINET_E_CANCELLED;
    }
    progress_hide();
    show_issuer(issuer, is_itself, expected);
    return terminal_ask_consent(message_text(MESSAGE_ASK_ISSUER), &self->failure->error);
}

void
consent_set_issuer(consent *self, mainet_request *request)
{
    mainet_request_set_issuer_decision(request, consent_decide_issuer, self);
}

/* From the options; they are not tried again once the proxy refused them. */
static mainet_status
give_credentials(consent *self, int32_t attempt, mainet_credentials *credentials)
{
    mainet_error *err = &self->failure->error;

    if (attempt > 1)
        return fail(err, MAINET_E_PROXY_CREDENTIALS, 0, "the proxy refused them");
    if (self->proxy_password == NULL)
        self->proxy_password = source_read(self->options->proxy_password_source, err);
    if (self->proxy_password == NULL)
        return err->status;
    return mainet_credentials_set(credentials, self->options->proxy_user,
                                  self->proxy_password->data, self->proxy_password->len, err);
}

static mainet_status
ask_credentials(consent *self, const char *proxy)
{
    mainet_error *err = &self->failure->error;
    scoped(char) user_prompt = message_make(MESSAGE_ASK_PROXY_USER, proxy, NULL);
    scoped(char) password_prompt = message_make(MESSAGE_ASK_PROXY_PASSWORD, proxy, NULL);

    self->typed_user = secret_new(err);
    self->typed_password = secret_new(err);
    if (self->typed_user == NULL || self->typed_password == NULL)
        return err->status;
    if (self->options->proxy_user == NULL)
        TRY(terminal_ask(user_prompt, false, self->typed_user, err));
    TRY(terminal_ask(password_prompt, true, self->typed_password, err));
    self->typed_for = must_have(strdup(proxy));
    return MAINET_OK;
}

static mainet_status
give_typed(const consent *self, mainet_credentials *credentials)
{
    char name[SECRET_MAX + 1] = "";

    memcpy(name, self->typed_user->data, self->typed_user->len); /* zero follows */
    return mainet_credentials_set(
        credentials, self->options->proxy_user != NULL ? self->options->proxy_user : name,
        self->typed_password->data, self->typed_password->len, &self->failure->error);
}

static mainet_status
answer_proxy(const char *proxy, int32_t attempt, mainet_credentials *credentials, void *user_data)
{
    consent *self = user_data;
    mainet_status status = MAINET_OK;

    if (self->options->proxy_password_source != NULL)
        return give_credentials(self, attempt, credentials);
    if (!terminal_is_there()) {
        self->failure->hint = MESSAGE_HINT_PROXY;
        return MAINET_E_PROXY_CANCELLED;
    }
    if (attempt == 1 && self->typed_for != NULL && strcmp(self->typed_for, proxy) == 0)
        return give_typed(self, credentials);
    progress_hide();
    if (attempt > 1)
        terminal_show(message_text(MESSAGE_PROXY_REFUSED));
    forget_typed(self);
    status = ask_credentials(self, proxy);
    if (status == MAINET_OK)
        return give_typed(self, credentials);
    return status == MAINET_E_CANCELLED ? MAINET_E_PROXY_CANCELLED : status;
}

mainet_status
consent_set_proxy(consent *self, mainet_request *request)
{
    const options *wanted = self->options;

    if (self->failure->error.status == MAINET_E_PROXY_CREDENTIALS)
        forget_typed(self); /* by an earlier request */
    if (wanted->proxy_password_source != NULL && wanted->proxy_user == NULL)
        return fail_usage(self->failure, MESSAGE_OPTION_MISSING, "proxy-user", NULL);
    if (wanted->proxy_user != NULL)
        TRY(access_check_source(wanted->proxy_password_source, "proxy-password-source",
                                self->failure));
    mainet_request_set_revocation_check(request, wanted->check_revocation);
    mainet_request_set_proxy_credentials(request, answer_proxy, self);
    if (wanted->proxy == NULL)
        return MAINET_OK;
    return mainet_request_set_proxy(request, wanted->proxy, &self->failure->error);
}
