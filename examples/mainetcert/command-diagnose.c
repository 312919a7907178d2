/* SPDX-License-Identifier: BSD-3-Clause */
/* What keeps this machine from the service, and what to ask the network administrator for (the
 * manual's 6.1.1). */
#include <string.h>

#include "access.h"
#include "bundle.h"
#include "command.h"
#include "consent.h"
#include "json.h"
#include "progress.h"
#include "surroundings.h"
#include "table.h"
#include "text.h"

static message
result_of(const mainet_diagnosis *diagnosis, size_t i)
{
    if (mainet_diagnosis_is_intercepted(diagnosis, i))
        return MESSAGE_STAGE_INTERCEPTED;
    switch (mainet_diagnosis_stage(diagnosis, i)) {
    case MAINET_STAGE_NAME:
        return MESSAGE_STAGE_NAME;
    case MAINET_STAGE_CONNECT:
        return MESSAGE_STAGE_CONNECT;
    case MAINET_STAGE_PROXY:
        return MESSAGE_STAGE_PROXY;
    case MAINET_STAGE_TLS:
        return MESSAGE_STAGE_TLS;
    case MAINET_STAGE_CERTIFICATE:
        return MESSAGE_STAGE_CERTIFICATE;
    case MAINET_STAGE_HTTP:
        return MESSAGE_STAGE_HTTP;
    case MAINET_STAGE_DONE:
        return MESSAGE_STAGE_DONE;
    }
    return MESSAGE_NONE;
}

static message
proxy_advice(mainet_status status)
{
    if (status == MAINET_E_PROXY_CREDENTIALS)
        return MESSAGE_ADVICE_CREDENTIALS;
    return status == MAINET_E_PROXY_CANCELLED ? MESSAGE_ADVICE_LOGIN : MESSAGE_ADVICE_PROXY;
}

/* What to do about it; `about` is what the sentence names besides the endpoint. */
static message
advice_of(const mainet_diagnosis *diagnosis, size_t i, const char **about)
{
    *about = mainet_diagnosis_proxy(diagnosis, i);
    if (mainet_diagnosis_is_intercepted(diagnosis, i)) {
        *about = mainet_diagnosis_issuer(diagnosis, i);
        return MESSAGE_ADVICE_INTERCEPTED;
    }
    switch (mainet_diagnosis_stage(diagnosis, i)) {
    case MAINET_STAGE_NAME:
        return MESSAGE_ADVICE_NAME;
    case MAINET_STAGE_PROXY:
        return proxy_advice(mainet_diagnosis_status(diagnosis, i));
    case MAINET_STAGE_TLS:
        return MESSAGE_ADVICE_TLS;
    case MAINET_STAGE_CERTIFICATE:
        *about = mainet_diagnosis_detail(diagnosis, i);
        return MESSAGE_ADVICE_CERTIFICATE;
    case MAINET_STAGE_HTTP:
        *about = mainet_diagnosis_detail(diagnosis, i);
        return MESSAGE_ADVICE_HTTP;
    default:
        *about = strncmp(mainet_diagnosis_url(diagnosis, i), "https", 5) == 0 ? "HTTPS" : "HTTP";
        return MESSAGE_ADVICE_CONNECT;
    }
}

static char *
make_advice(const mainet_diagnosis *diagnosis, size_t i)
{
    const char *about = NULL;
    const message advice = advice_of(diagnosis, i, &about);

    if (mainet_diagnosis_stage(diagnosis, i) == MAINET_STAGE_DONE)
        return message_make(MESSAGE_NONE, NULL, NULL);
    return message_make(advice, mainet_diagnosis_url(diagnosis, i), about);
}

static const char *
stage_name(mainet_stage stage)
{
    static const char *const names[] = {"",    "name",        "connect", "proxy",
                                        "tls", "certificate", "http",    "done"};

    return names[stage];
}

static json_t *
endpoint_json(const mainet_diagnosis *diagnosis, size_t i)
{
    const mainet_status status = mainet_diagnosis_status(diagnosis, i);
    const int32_t http_status = mainet_diagnosis_http_status(diagnosis, i);
    const bool is_reachable = mainet_diagnosis_stage(diagnosis, i) == MAINET_STAGE_DONE;
    scoped(char) advice = make_advice(diagnosis, i);
    json_t *self = must_have(json_object());

    json_put(self, "url", json_text(mainet_diagnosis_url(diagnosis, i)));
    json_put(self, "reachable", must_have(json_boolean(is_reachable)));
    json_put(self, "stage", json_text(stage_name(mainet_diagnosis_stage(diagnosis, i))));
    json_put(self, "code",
             is_reachable ? must_have(json_null())
                          : must_have(json_integer(mainet_status_code(status))));
    json_put(self, "status",
             is_reachable ? must_have(json_null()) : json_text(mainet_status_name(status)));
    json_put(self, "http_status",
             http_status == 0 ? must_have(json_null()) : must_have(json_integer(http_status)));
    json_put(self, "proxy", json_optional(mainet_diagnosis_proxy(diagnosis, i)));
    json_put(self, "issuer", json_optional(mainet_diagnosis_issuer(diagnosis, i)));
    json_put(self, "intercepted",
             must_have(json_boolean(mainet_diagnosis_is_intercepted(diagnosis, i))));
    json_put(self, "detail", json_optional(mainet_diagnosis_detail(diagnosis, i)));
    json_put(self, "advice", json_optional(advice));
    return self;
}

static json_t *
make_document(const mainet_diagnosis *diagnosis, const surroundings *around)
{
    json_t *array = must_have(json_array());
    json_t *document = must_have(json_object());

    for (size_t i = 0; i < mainet_diagnosis_count(diagnosis); i++)
        (void)json_array_append_new(array, endpoint_json(diagnosis, i));
    json_put(document, "endpoints", array);
    json_put(document, "proxy_settings", surroundings_json(around));
    return document;
}

static void
print_table(const mainet_diagnosis *diagnosis)
{
    table_init rows = {0};

    table_add_row(&rows);
    table_add_cell(&rows, message_text(MESSAGE_COLUMN_ENDPOINT));
    table_add_cell(&rows, message_text(MESSAGE_COLUMN_STATE));
    table_add_cell(&rows, message_text(MESSAGE_COLUMN_PROXY));
    table_add_cell(&rows, message_text(MESSAGE_COLUMN_ISSUER));
    for (size_t i = 0; i < mainet_diagnosis_count(diagnosis); i++) {
        const char *proxy = mainet_diagnosis_proxy(diagnosis, i);
        const char *issuer = mainet_diagnosis_issuer(diagnosis, i);

        table_add_row(&rows);
        table_add_cell(&rows, mainet_diagnosis_url(diagnosis, i));
        table_add_cell(&rows, message_text(result_of(diagnosis, i)));
        table_add_cell(&rows, *proxy == '\0' ? "-" : proxy);
        table_add_cell(&rows, *issuer == '\0' ? "-" : issuer);
    }
    table_print(&rows, stdout);
}

static void
print_rest(const mainet_diagnosis *diagnosis, const surroundings *around)
{
    for (size_t i = 0; i < mainet_diagnosis_count(diagnosis); i++) {
        scoped(char) advice = make_advice(diagnosis, i);

        if (*advice != '\0')
            (void)printf("\n%s\n", advice);
    }
    for (size_t i = 0; i < around->count; i++) {
        const surrounding *one = &around->items[i];
        scoped(char) name = NULL;

        if (one->is_used)
            continue;
        if (asprintf(&name, "%s %s", one->source, one->name) < 0)
            (void)must_have(name = NULL);
        (void)putchar('\n');
        message_print(stdout, MESSAGE_PROXY_NOT_USED, name, one->value);
    }
}

static mainet_diagnosis *
diagnose(const options *wanted, mainet_service *service, failure *why)
{
    consent_init answers = {.options = wanted, .failure = why};
    scoped(mainet_request) request = mainet_request_new(service, &why->error);
    mainet_diagnosis *diagnosis = NULL;

    if (request == NULL || consent_set_proxy(&answers, request) != MAINET_OK)
        return NULL;
    progress_begin(request);
    diagnosis = mainet_diagnose(request, &why->error);
    progress_end();
    return diagnosis;
}

mainet_status
command_diagnose(const options *wanted, failure *why)
{
    scoped(mainet_service) service = access_service(wanted, "", why);
    scoped(mainet_diagnosis) diagnosis = NULL;
    scoped(json_t) document = NULL;
    surroundings_init around = {0};

    if (service == NULL)
        return why->error.status;
    diagnosis = diagnose(wanted, service, why);
    if (diagnosis == NULL)
        return why->error.status;
    surroundings_find(&around, wanted->proxy != NULL);
    document = make_document(diagnosis, &around);
    if (wanted->offline_bundle != NULL) {
        scoped(json_t) report = must_have(json_copy(document));

        TRY(bundle_write(wanted, service, report, why));
    }
    if (wanted->json) {
        json_print(document);
    } else {
        print_table(diagnosis);
        print_rest(diagnosis, &around);
    }
    for (size_t i = 0; i < mainet_diagnosis_count(diagnosis); i++) {
        if (mainet_diagnosis_stage(diagnosis, i) != MAINET_STAGE_DONE)
            why->outcome = OUTCOME_FAILED;
    }
    return MAINET_OK;
}
