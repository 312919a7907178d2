/* SPDX-License-Identifier: BSD-3-Clause */
/* Acquire a certificate, sign with its key, ask the service whether all is well: `acquire
 * SERVICE.conf GROUP NUMBER`, the PIN of the default store's token (it is made if it is not there)
 * and the password on two lines of input. */
#include <stdio.h>
#include <string.h>

#include <mainetcert.h>

static mainet_status
tell_progress(mainet_phase phase, int64_t done, int64_t total, void *stream)
{
    static int last = -1;

    if (last != (int)phase)
        fprintf(stream, "phase %d: %d of %d bytes\n", last = (int)phase, (int)done, (int)total);
    return MAINET_OK;
}

static mainet_status
decide(const mainet_certificate *issuer, bool expected, void *stream)
{
    fprintf(stream, "issuer: %s\n", mainet_certificate_subject(issuer));
    return expected ? MAINET_OK : MAINET_E_CANCELLED;
}

static mainet_token *
open_token(mainet_store *store, const char *pin, mainet_error *err)
{
    const uint8_t *bytes = (const uint8_t *)pin;
    mainet_token *token = mainet_token_open(store, NULL, err);

    if (token == NULL && err->status == MAINET_E_TOKEN_NOT_FOUND)
        return mainet_token_create(store, NULL, bytes, strlen(pin), NULL, 0, err);
    if (token == NULL || mainet_token_unlock(token, bytes, strlen(pin), err) == MAINET_OK)
        return token;
    mainet_token_free(token);
    return NULL;
}

static bool
use(const mainet_request *request, mainet_identity *identity, mainet_error *err)
{
    mainet_bytes *signature = mainet_identity_sign(
        identity, MAINET_SIGNATURE_RSA_PSS, MAINET_HASH_SHA256, (const uint8_t *)"data", 4, err);
    mainet_confirmation *answer = signature == NULL ? NULL : mainet_confirm(request, identity, err);
    bool is_done = answer != NULL;

    if (is_done)
        printf("%s\n%zu bytes signed\n%s\n", mainet_identity_uri(identity),
               mainet_bytes_len(signature),
               mainet_confirmation_is_installed(answer) ? "installed" : "not installed");
    mainet_confirmation_free(answer);
    mainet_bytes_free(signature);
    return is_done;
}

static bool
acquire(char *words[], const char *pin, const char *password, mainet_error *err)
{
    mainet_store *store = mainet_store_open(NULL, err);
    mainet_token *token = store == NULL ? NULL : open_token(store, pin, err);
    mainet_service *service = token == NULL ? NULL : mainet_service_open(words[1], err);
    mainet_request *request = service == NULL ? NULL : mainet_request_new(service, err);
    mainet_identity *identity = NULL;
    bool is_done = false;

    if (request != NULL) {
        mainet_request_set_progress(request, tell_progress, stderr);
        mainet_request_set_issuer_decision(request, decide, stdout);
        if (mainet_request_set_group_id(request, words[2], err) == MAINET_OK &&
            mainet_request_set_certificate_number(request, words[3], err) == MAINET_OK &&
            mainet_request_set_password(request, (const uint8_t *)password, strlen(password),
                                        err) == MAINET_OK)
            identity = mainet_acquire(request, token, err);
        is_done = identity != NULL && use(request, identity, err);
    }
    mainet_identity_free(identity);
    mainet_request_free(request);
    mainet_service_free(service);
    mainet_token_free(token);
    mainet_store_free(store);
    return is_done;
}

int
main(int argc, char *argv[])
{
    char pin[256], password[256];
    mainet_error err = {0};

    if (argc != 4 || scanf("%255[^\n] %255[^\n]", pin, password) != 2)
        return 2;
    if (acquire(argv, pin, password, &err))
        return 0;
    fprintf(stderr, "%d: %s\n", (int)mainet_status_code(err.status),
            mainet_status_remedy(err.status, MAINET_LANG_EN));
    return 1;
}
