/* SPDX-License-Identifier: BSD-3-Clause */
/* Retrieves a certificate into a token of its own, and tells how that went:
 *
 *   ask STORE SERVICE GROUP-ID NUMBER PASSWORD [NAME=VALUE]...
 *
 * timeout=MS, proxy=URL; user=NAME, secret=TEXT: what a proxy is answered; cancel=PHASE: cancelled
 * half a second after this phase began. It prints the status, `asked=` how often a proxy asked,
 * `took=` milliseconds, `late=` those since it was cancelled, and in a second line the detail. */
#include <mainetcert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ARGUMENTS = 6, CHANGE_OF_MIND_MS = 500 };

/* What was wanted, and what was seen. */
typedef struct journey {
    const char *user;
    const char *secret;
    const char *cancel;
    int asked;
    int64_t cancel_at; /* 0: not yet */
} journey;

static int64_t
now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static mainet_status
go_on(mainet_phase phase, int64_t done, int64_t total, void *user_data)
{
    static const char *const names[] = {"checking", "asking", "retrieving", "opening", "importing"};
    journey *self = user_data;

    (void)done;
    (void)total;
    if (self->cancel != NULL && self->cancel_at == 0 && strcmp(self->cancel, names[phase]) == 0)
        self->cancel_at = now_ms() + CHANGE_OF_MIND_MS;
    return self->cancel_at != 0 && now_ms() >= self->cancel_at ? MAINET_E_CANCELLED : MAINET_OK;
}

static mainet_status
answer_proxy(const char *proxy, int32_t attempt, mainet_credentials *credentials, void *user_data)
{
    journey *self = user_data;

    (void)proxy;
    (void)attempt;
    self->asked++;
    if (self->user == NULL)
        return MAINET_E_PROXY_CANCELLED;
    return mainet_credentials_set(credentials, self->user, (const uint8_t *)self->secret,
                                  strlen(self->secret), NULL);
}

static mainet_status
take_option(const char *option, journey *self, mainet_request *request, mainet_error *err)
{
    const char *value = strchr(option, '=');

    if (value++ == NULL)
        exit(EXIT_FAILURE);
    if (strncmp(option, "timeout=", 8) == 0)
        mainet_request_set_timeout_ms(request, (int32_t)strtol(value, NULL, 10));
    else if (strncmp(option, "user=", 5) == 0)
        self->user = value;
    else if (strncmp(option, "secret=", 7) == 0)
        self->secret = value;
    else if (strncmp(option, "cancel=", 7) == 0)
        self->cancel = value;
    else if (strncmp(option, "proxy=", 6) == 0)
        return mainet_request_set_proxy(request, value, err);
    return MAINET_OK;
}

static mainet_status
fill_request(mainet_request *request, char **argv, journey *self, mainet_error *err)
{
    mainet_status status = mainet_request_set_group_id(request, argv[3], err);

    if (status == MAINET_OK)
        status = mainet_request_set_certificate_number(request, argv[4], err);
    if (status == MAINET_OK)
        status =
            mainet_request_set_password(request, (const uint8_t *)argv[5], strlen(argv[5]), err);
    for (char **option = argv + ARGUMENTS; status == MAINET_OK && *option != NULL; option++)
        status = take_option(*option, self, request, err);
    mainet_request_set_progress(request, go_on, self);
    mainet_request_set_proxy_credentials(request, answer_proxy, self);
    return status;
}

static mainet_token *
open_token(mainet_store *store, mainet_error *err)
{
    mainet_token *token = mainet_token_open(store, NULL, err);

    if (token != NULL)
        return token;
    return mainet_token_create_without_pin(store, NULL, err);
}

int
main(int argc, char **argv)
{
    journey self = {.secret = ""};
    mainet_error err = {0};
    mainet_store *store = argc < ARGUMENTS ? NULL : mainet_store_open(argv[1], &err);
    mainet_token *token = store != NULL ? open_token(store, &err) : NULL;
    mainet_service *service = token != NULL ? mainet_service_open(argv[2], &err) : NULL;
    mainet_request *request = service != NULL ? mainet_request_new(service, &err) : NULL;
    mainet_identity *identity = NULL;
    int64_t begun = now_ms();
    int64_t ended = 0;

    if (request != NULL && mainet_token_unlock(token, NULL, 0, &err) == MAINET_OK &&
        fill_request(request, argv, &self, &err) == MAINET_OK)
        identity = mainet_acquire(request, token, &err);
    ended = now_ms();
    (void)printf("%s asked=%d took=%lld late=%lld\n%s\n",
                 mainet_status_name(identity != NULL ? MAINET_OK : err.status), self.asked,
                 (long long)(ended - begun),
                 (long long)(self.cancel_at == 0 ? 0 : ended - self.cancel_at),
                 identity != NULL ? "" : err.detail);
    mainet_identity_free(identity);
    mainet_request_free(request);
    mainet_service_free(service);
    mainet_token_free(token);
    mainet_store_free(store);
    return EXIT_SUCCESS;
}
