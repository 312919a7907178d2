/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/request.h"

#include <stdlib.h>
#include <string.h>

#include "acquire/address.h"
#include "base/guest.h"
#include "base/text.h"

#define FIELD_CEILING 256
#define PASSWORD_CEILING 1024
#define PROXY_CEILING 1024
#define TIMEOUT_MS 60000

mainet_request *
mainet_request_new(mainet_service *service, mainet_error *err)
{
    mainet_request *request = NULL;

    if (service == NULL)
        return mn_fail_null(err, MAINET_E_ARGUMENT, 0, "a service is required");
    request = calloc(1, sizeof *request);
    if (request == NULL)
        return mn_fail_memory_null(err, "request");
    request->known = calloc(1, sizeof *request->known);
    if (request->known == NULL) {
        free(request);
        return mn_fail_memory_null(err, "request");
    }
    request->service = mn_service_ref(service);
    request->exportable = true;
    request->timeout_ms = TIMEOUT_MS;
    return request;
}

void
mainet_request_free(mainet_request *request)
{
    if (request == NULL)
        return;
    mn_secret_free(request->password);
    mainet_service_free(request->service);
    free(request->group_id);
    free(request->certificate_number);
    free(request->proxy);
    mn_known_proxy_forget(request->known);
    free(request->known);
    free(request);
}

/* Blanks come along when a number is copied from a mail: ASCII ones, no-break space, and the wide
 * space of Japanese input. */
static size_t
blank_len(const char *at)
{
    if (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')
        return 1;
    if (strncmp(at, "\xc2\xa0", 2) == 0)
        return 2;
    return strncmp(at, "\xe3\x80\x80", 3) == 0 ? 3 : 0;
}

static bool
is_clean(const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        size_t step = mn_text_character_len((const uint8_t *)text + at);

        if (step == 0 || (uint8_t)text[at] < 0x20 || text[at] == 0x7f)
            return false;
        at += step;
    }
    return true;
}

static size_t
trim(const char **text)
{
    size_t end = 0;

    while (blank_len(*text) != 0)
        *text += blank_len(*text);
    for (size_t at = 0; (*text)[at] != '\0';) {
        size_t blank = blank_len(*text + at);

        at += blank != 0 ? blank : 1;
        end = blank != 0 ? end : at;
    }
    return end;
}

static mainet_status
set_field(char **field, const char *what, const char *value, mainet_error *err)
{
    size_t len = 0;
    char *copy = NULL;

    if (value == NULL)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "%s is required", what);
    len = trim(&value);
    if (len == 0 || len > FIELD_CEILING)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "%s has 1 to %d bytes, not %zu", what,
                       FIELD_CEILING, len);
    if (!is_clean(value, len))
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "%s is not UTF-8 or has control characters",
                       what);
    copy = strndup(value, len);
    if (copy == NULL)
        return mn_fail_memory(err, what);
    free(*field);
    *field = copy;
    return MAINET_OK;
}

mainet_status
mainet_request_set_group_id(mainet_request *request, const char *group_id, mainet_error *err)
{
    if (request == NULL)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "a request is required");
    return set_field(&request->group_id, "the group ID", group_id, err);
}

mainet_status
mainet_request_set_certificate_number(mainet_request *request, const char *certificate_number,
                                      mainet_error *err)
{
    if (request == NULL)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "a request is required");
    return set_field(&request->certificate_number, "the certificate number", certificate_number,
                     err);
}

mainet_status
mainet_request_set_password(mainet_request *request, const uint8_t *password, size_t password_len,
                            mainet_error *err)
{
    mn_secret *copy = NULL;

    MN_PUBLIC(err);
    if (request == NULL || password == NULL || password_len == 0 || password_len > PASSWORD_CEILING)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "a retrieval password has 1 to %d bytes",
                       PASSWORD_CEILING);
    copy = mn_secret_copy(password, password_len, err);
    if (copy == NULL)
        return mn_failure(err);
    mn_secret_free(request->password);
    request->password = copy;
    return MAINET_OK;
}

void
mainet_request_set_exportable(mainet_request *request, bool exportable)
{
    request->exportable = exportable;
}

void
mainet_request_set_revocation_check(mainet_request *request, bool is_checked)
{
    request->checks_revocation = is_checked;
}

/* `host:port` or a URL; whoever writes credentials into it would find them in a process list. */
static mainet_status
check_proxy(const char *proxy, mainet_error *err)
{
    const char *host = mn_address_host(proxy);

    if (strlen(proxy) > PROXY_CEILING || !is_clean(proxy, strlen(proxy)) ||
        strpbrk(proxy, " \"<>\\^`{|}") != NULL || *host == '\0' || *host == '/' || *host == ':' ||
        host == proxy + 3)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "the proxy is not an address");
    if (strchr(host, '@') != NULL)
        return mn_fail(err, MAINET_E_ARGUMENT, 0,
                       "the proxy's user name and password do not belong in its address");
    return MAINET_OK;
}

mainet_status
mainet_request_set_proxy(mainet_request *request, const char *proxy, mainet_error *err)
{
    char *copy = NULL;

    if (request == NULL || proxy == NULL)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "a request and a proxy are required");
    if (*proxy != '\0')
        MN_TRY(check_proxy(proxy, err));
    copy = strdup(proxy);
    if (copy == NULL)
        return mn_fail_memory(err, "proxy");
    free(request->proxy);
    request->proxy = copy;
    return MAINET_OK;
}

void
mainet_request_set_timeout_ms(mainet_request *request, int32_t timeout_ms)
{
    request->timeout_ms = timeout_ms < 1 ? 1 : timeout_ms;
}

void
mainet_request_set_log(mainet_request *request, mainet_log_fn fn, void *user_data)
{
    request->log = (mn_log){.fn = fn, .user_data = user_data};
}

void
mainet_request_set_progress(mainet_request *request, mainet_progress_fn fn, void *user_data)
{
    request->progress = fn;
    request->progress_data = user_data;
}

void
mainet_request_set_issuer_decision(mainet_request *request, mainet_issuer_fn fn, void *user_data)
{
    request->decide_issuer = fn;
    request->issuer_data = user_data;
}

void
mainet_request_set_proxy_credentials(mainet_request *request, mainet_proxy_fn fn, void *user_data)
{
    request->ask_proxy = fn;
    request->proxy_data = user_data;
}

mainet_status
mn_request_progress(const mainet_request *request, mainet_phase phase, int64_t done, int64_t total,
                    mainet_error *err)
{
    mainet_status answer = MAINET_OK;

    if (request->progress != NULL)
        answer = request->progress(phase, done, total, request->progress_data);
    if (answer != MAINET_OK)
        return mn_fail(err, answer, 0, "ended by the caller");
    return MAINET_OK;
}

void
mn_known_proxy_forget(mn_known_proxy *known)
{
    free(known->name);
    known->name = NULL;
    mn_credentials_clear(&known->credentials);
}

void
mn_credentials_clear(mainet_credentials *credentials)
{
    free(credentials->user);
    credentials->user = NULL;
    mn_secret_free(credentials->password);
    credentials->password = NULL;
}

mainet_status
mainet_credentials_set(mainet_credentials *credentials, const char *user, const uint8_t *password,
                       size_t password_len, mainet_error *err)
{
    mn_auto(mn_secret) copy = NULL;
    char *name = NULL;

    MN_PUBLIC(err);
    if (credentials == NULL || user == NULL || (password == NULL && password_len != 0) ||
        strlen(user) > FIELD_CEILING || password_len > PASSWORD_CEILING ||
        (password_len != 0 && memchr(password, 0, password_len) != NULL))
        return mn_fail(err, MAINET_E_ARGUMENT, 0,
                       "a user name of up to %d and a password of up "
                       "to %d bytes are required",
                       FIELD_CEILING, PASSWORD_CEILING);
    copy = mn_secret_new(password_len + 1, err);
    if (copy == NULL)
        return mn_failure(err);
    if (password_len != 0)
        memcpy(mn_secret_data(copy), password, password_len);
    name = strdup(user);
    if (name == NULL)
        return mn_fail_memory(err, "user name");
    mn_credentials_clear(credentials);
    credentials->user = name;
    credentials->password = mn_secret_take(&copy);
    return MAINET_OK;
}
