/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SUPPORT_ACQUISITION_H
#define SUPPORT_ACQUISITION_H

/* A token, a request, and a service that answers what a test wants, without a network. */

#include <dirent.h>

#include "acquire/acquire.h"
#include "acquire/pending.h"
#include "support/data.h"
#include "support/temp-store.h"

#define PASSWORD (const uint8_t *)"Retrieve-12345", 14 /* of the containers in tests/data */

static mainet_store *store;
static mainet_token *token;
static mainet_request *request;
static mainet_error err;

/** What the service does, and how often it was asked. */
static struct {
    const char *container; /**< a fixture; NULL: the body is empty */
    const char *result;    /**< of the header; NULL: the container, with OK */
    mainet_status failure; /**< of the transport */
    const char *alert;
    int status;
    const char *page; /**< of the confirmation site */
    int asked;
    int presented; /**< certificates of the client */
} service;

static void
add_header(mn_reply *reply, const char *line)
{
    mn_buffer_append(&reply->headers, line, strlen(line) + 1);
}

static void
answer_container(mn_reply *reply)
{
    data file = {NULL, 0};

    if (service.container != NULL)
        file = read_data(service.container);
    add_header(reply, "Content-Type: application/x-pkcs12");
    add_header(reply, "X-MaiNet-Result: OK");
    reply->body = mn_secret_copy(file.bytes, file.len, NULL);
    free(file.bytes);
}

static mainet_status
answer_exchange(void *self, const mn_exchange *exchange, mn_reply *reply, mainet_error *failure)
{
    char line[64];

    (void)self;
    service.asked++;
    service.presented = exchange->client == NULL ? 0 : (int)exchange->client->chain_count;
    if (service.alert != NULL)
        mn_reply_set_alert(reply, service.alert);
    if (service.failure != MAINET_OK)
        return mn_fail(failure, service.failure, 0, "as the test wants");
    reply->status = service.status;
    if (service.page != NULL || service.result != NULL) {
        (void)snprintf(line, sizeof line, "X-MaiNet-Result: %s",
                       service.result != NULL ? service.result : "OK");
        add_header(reply, "Content-Type: text/plain; charset=utf-8");
        add_header(reply, line);
        reply->body = mn_secret_copy((const uint8_t *)service.page,
                                     service.page == NULL ? 0 : strlen(service.page), NULL);
        return MAINET_OK;
    }
    answer_container(reply);
    return MAINET_OK;
}

static const mn_transport transport = {.exchange = answer_exchange, .self = NULL};

__attribute__((unused)) static mainet_identity *
acquire(void)
{
    memset(&err, 0, sizeof err);
    return mn_acquire(request, token, &transport, &err);
}

static mainet_service *
write_profile(const char *issuer)
{
    char path[128];
    FILE *file = NULL;
    mainet_service *made = NULL;

    (void)snprintf(path, sizeof path, "%s/service.conf", temp_folder);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_gt(fprintf(file,
                             "[service]\nname=n\nissuer=%s\n[retrieve]\nurl=https://h/\n"
                             "[confirm]\nurl=https://h/c\n",
                             issuer),
                     0);
    ck_assert_int_eq(fclose(file), 0);
    made = mainet_service_open(path, NULL);
    ck_assert_ptr_nonnull(made);
    return made;
}

static mainet_request *
make_request(const char *issuer, const char *number)
{
    mainet_service *profile = write_profile(issuer);
    mainet_request *made = mainet_request_new(profile, NULL);

    mainet_service_free(profile);
    ck_assert_int_eq(mainet_request_set_group_id(made, "GROUP01", NULL), MAINET_OK);
    ck_assert_int_eq(mainet_request_set_certificate_number(made, number, NULL), MAINET_OK);
    ck_assert_int_eq(mainet_request_set_password(made, PASSWORD, NULL), MAINET_OK);
    return made;
}

static void
start_acquisition(void)
{
    temp_store_make();
    store = mainet_store_open(temp_folder, &err);
    ck_assert_msg(store != NULL, "%s", err.detail);
    token = mainet_token_create(store, NULL, PIN, NULL, 0, &err);
    ck_assert_msg(token != NULL, "%s", err.detail);
    request = make_request("secom passport for MemberCA9", "1");
    memset(&service, 0, sizeof service);
    service.container = "pkcs12/modern-ec.p12";
    service.status = 200;
}

static void
stop_acquisition(void)
{
    mainet_request_free(request);
    mainet_token_free(token);
    mainet_store_free(store);
    temp_store_remove();
}

/** Count the files in `pending/`; the path of the last is left in `path` unless that is NULL. */
__attribute__((unused)) static int
count_pending(char path[512])
{
    char folder[128];
    DIR *dir = NULL;
    int count = 0;

    (void)snprintf(folder, sizeof folder, "%s/pending", temp_folder);
    dir = opendir(folder);
    for (struct dirent *file; dir != NULL && (file = readdir(dir)) != NULL;) {
        if (strcmp(file->d_name, ".") == 0 || strcmp(file->d_name, "..") == 0)
            continue;
        if (path != NULL)
            (void)snprintf(path, 512, "%s/%s", folder, file->d_name);
        count++;
    }
    if (dir != NULL)
        (void)closedir(dir);
    return count;
}

__attribute__((unused)) static size_t
count_identities(void)
{
    mainet_identity_list *list = mainet_token_identities(token, NULL);
    size_t count = 0;

    ck_assert_ptr_nonnull(list);
    count = mainet_identity_list_count(list);
    mainet_identity_list_free(list);
    return count;
}

#endif
