/* SPDX-License-Identifier: BSD-3-Clause */
/* The manual's chapter 4: a certificate that an administrator has handed out as a file. */
#include <errno.h>
#include <string.h>

#include "access.h"
#include "arrival.h"
#include "command.h"
#include "confirmation.h"
#include "json.h"
#include "progress.h"
#include "terminal.h"
#include "text.h"

/* No container is larger. */
enum { CONTAINER_MAX = 1024 * 1024 };

/* An answer that nobody has asked for is not waited for long. */
enum { UNASKED_TIMEOUT_MS = 15000 };

/* What `import` has done so far; failure->partial holds the same for --json. */
typedef struct journey {
    const options *options;
    failure *failure;
    consent *consent;
    mainet_service *service; /* NULL: none, and none was asked for */
    size_t missing_count;
    mainet_status missing; /* the situation of the last of them */
} journey;

typedef FILE stream;

static void
close_stream(stream *self)
{
    if (self != NULL)
        (void)fclose(self);
}

SCOPED_TYPE(stream, close_stream)
SCOPED_TYPE(uint8_t, free)

/* One byte more than a container may have tells the library that there are too many. */
static mainet_status
read_file(const char *path, uint8_t **bytes, size_t *len, mainet_error *err)
{
    scoped(stream) in = fopen(path, "rbe");

    if (in == NULL)
        return fail(err, MAINET_E_FILE, errno, "%s: %s", path, strerror(errno));
    *bytes = must_have(malloc(CONTAINER_MAX + 1));
    *len = fread(*bytes, 1, CONTAINER_MAX + 1, in);
    return ferror(in) ? fail(err, MAINET_E_FILE, errno, "%s: %s", path, strerror(errno))
                      : MAINET_OK;
}

static mainet_pkcs12 *
open_container(const options *wanted, failure *why)
{
    scoped(uint8_t) bytes = NULL;
    scoped(secret) password = NULL;
    size_t len = 0;

    if (read_file(wanted->operand, &bytes, &len, &why->error) != MAINET_OK)
        return NULL;
    password = access_secret(wanted->password_source, "password-source", MESSAGE_ASK_FILE_PASSWORD,
                             wanted->operand, why);
    if (password == NULL)
        return NULL;
    return mainet_pkcs12_open(bytes, len, password->data, password->len, &why->error);
}

/* A certificate can be imported without any profile. */
static mainet_status
open_service(journey *self)
{
    failure *why = self->failure;

    self->service = access_service(self->options, "", why);
    if (self->service != NULL)
        return MAINET_OK;
    return self->options->service != NULL || self->options->confirm ||
                   self->options->check_revocation
               ? why->error.status
               : MAINET_OK;
}

/* Told nothing, a new certificate of the service's issuer is confirmed where there is a page. */
static bool
is_to_confirm(const journey *self, const mainet_identity *identity)
{
    if (self->options->no_confirm || self->service == NULL)
        return false;
    return self->options->confirm ||
           (mainet_identity_is_new(identity) &&
            *mainet_service_confirm_url(self->service) != '\0' &&
            mainet_service_expects(self->service, mainet_identity_certificate(identity)));
}

/* The import is done: an answer that does not come is worth a warning only, unless it was asked
 * for. */
static mainet_status
confirm(journey *self, mainet_identity *identity, json_t *document)
{
    scoped(mainet_confirmation) answer = NULL;
    const mainet_error *err = &self->failure->error;

    json_put(document, "confirmation", json_null());
    if (!is_to_confirm(self, identity))
        return MAINET_OK;
    answer = confirmation_ask(self->service, self->consent, identity,
                              self->options->confirm ? 0 : UNASKED_TIMEOUT_MS);
    if (answer == NULL && self->options->confirm)
        return err->status;
    if (answer == NULL) {
        message_print(stderr, MESSAGE_NOT_CONFIRMED, mainet_identity_label(identity),
                      mainet_status_text(err->status, message_language()));
        return MAINET_OK;
    }
    if (!mainet_confirmation_is_installed(answer))
        self->missing = confirmation_status(answer);
    self->missing_count += !mainet_confirmation_is_installed(answer);
    json_put(document, "confirmation", json_of_confirmation(answer, identity));
    json_put(document, "confirmed_at", json_confirmed_at(identity));
    if (!self->options->json)
        confirmation_print(stderr, answer, identity);
    return MAINET_OK;
}

static mainet_status
report(journey *self, mainet_token *token, mainet_identity *identity, json_t *document)
{
    const bool is_new = mainet_identity_is_new(identity);

    json_put(document, "new", json_boolean(is_new));
    if (!self->options->json) {
        (void)printf("%s\n", mainet_identity_id(identity));
        (void)fflush(stdout);
    }
    if (!is_new)
        arrival_print_dated(stderr, MESSAGE_ALREADY_THERE, identity);
    else if (terminal_is_live(stderr))
        arrival_print_dated(stderr, MESSAGE_IMPORTED, identity);
    TRY(confirm(self, identity, document));
    return arrival_print_superseded(token, identity, self->failure);
}

/* One identity is the document; several are in its member `identities`. */
static mainet_status
report_all(journey *self, mainet_token *token, const mainet_identity_list *list)
{
    failure *why = self->failure;
    const size_t count = mainet_identity_list_count(list);
    json_t *all = must_have(json_array());

    why->partial = must_have(json_object());
    json_put(why->partial, "identities", all);
    for (size_t i = 0; i < count; i++) {
        scoped(mainet_identity) identity = mainet_identity_list_at(list, i, &why->error);
        json_t *document = NULL;
        mainet_status status = MAINET_OK;

        if (identity == NULL)
            return why->error.status;
        document = json_of_identity(identity, mainet_token_label(token));
        (void)json_array_append_new(all, document);
        if (count == 1) {
            json_incref(document);
            json_decref(why->partial);
            why->partial = document;
        }
        status = report(self, token, identity, document);
        if (status != MAINET_OK)
            return status;
    }
    return MAINET_OK;
}

/* An issuer is accepted by its certificate, which the file may lack; the network is asked for it
 * only where somebody wants to know. */
static mainet_status
look_up(const journey *self, mainet_pkcs12 *container, mainet_store *store)
{
    const options *wanted = self->options;
    mainet_error *err = &self->failure->error;
    scoped(mainet_request) request = NULL;
    mainet_status status = MAINET_OK;

    if (self->service == NULL || (!wanted->check_revocation && *wanted->accept_issuer == '\0'))
        return MAINET_OK;
    request = mainet_request_new(self->service, err);
    if (request == NULL)
        return err->status;
    TRY(consent_set_proxy(self->consent, request));
    progress_begin(request);
    status = mainet_pkcs12_complete(container, request, store, err);
    if (status == MAINET_OK && wanted->check_revocation)
        status = mainet_pkcs12_check_revocation(container, request, store, err);
    progress_end();
    return status;
}

static mainet_status
import_all(journey *self, mainet_pkcs12 *container)
{
    const options *wanted = self->options;
    failure *why = self->failure;
    scoped(mainet_store) store = access_store(wanted, why);
    scoped(mainet_token) token = store == NULL ? NULL : access_token_or_new(wanted, store, why);
    scoped(mainet_identity_list) list = NULL;

    if (token == NULL)
        return why->error.status;
    TRY(look_up(self, container, store));
    self->consent->service = self->service;
    list = mainet_token_import(token, container,
                               wanted->is_not_exportable ? MAINET_IMPORT_NOT_EXPORTABLE
                                                         : MAINET_IMPORT_DEFAULT,
                               consent_decide_issuer, self->consent, &why->error);
    return list == NULL ? why->error.status : report_all(self, token, list);
}

static mainet_status
require_identity(const mainet_pkcs12 *container, failure *why)
{
    const char *skipped = mainet_pkcs12_skipped(container);

    if (mainet_pkcs12_identity_count(container) > 0)
        return MAINET_OK;
    return fail(&why->error, MAINET_E_NO_KEY_PAIR, 0,
                "%zu certificates and %zu private keys, none of which match%s%s",
                mainet_pkcs12_certificate_count(container), mainet_pkcs12_key_count(container),
                *skipped == '\0' ? "" : "; skipped: ", skipped);
}

mainet_status
command_import(const options *wanted, failure *why)
{
    consent_init answers = {.options = wanted, .failure = why};
    journey self = {.options = wanted, .failure = why, .consent = &answers};
    scoped(mainet_service) service = NULL;
    scoped(mainet_pkcs12) container = NULL;

    if (wanted->confirm && wanted->no_confirm)
        return fail_usage(why, MESSAGE_OPTIONS_EXCLUDE, "confirm", "no-confirm");
    TRY(access_check_source(wanted->password_source, "password-source", why));
    TRY(open_service(&self));
    service = self.service;
    container = open_container(wanted, why);
    if (container == NULL)
        return why->error.status;
    TRY(require_identity(container, why)); /* before a token is made for nothing */
    TRY(import_all(&self, container));
    if (wanted->confirm && self.missing_count > 0)
        return fail(&why->error, self.missing, 0, "%zu certificates", self.missing_count);
    if (wanted->json)
        json_print(why->partial);
    return MAINET_OK;
}
