/* SPDX-License-Identifier: BSD-3-Clause */
#include "http.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A body over this is not even read to its end to be refused politely. */
#define DRAIN_MAX (1024 * 1024)

typedef struct st_exchange {
    const st_route *route; /* NULL: nothing at this path */
    st_answer_fn *answer;  /* NULL: not by this method */
    bool is_post;
    struct MHD_PostProcessor *processor;
    size_t received;
    st_form form;
} st_exchange;

void
reply_text(st_reply *self, unsigned status, const char *type, const char *text)
{
    self->status = status;
    self->type = type;
    self->body = strdup(text);
    self->body_len = self->body != NULL ? strlen(text) : 0;
}

static enum MHD_Result
take_field(void *closure, enum MHD_ValueKind kind, const char *name, const char *filename,
           const char *type, const char *encoding, const char *data, uint64_t offset, size_t len)
{
    st_exchange *self = closure;

    (void)kind, (void)filename, (void)type, (void)encoding;
    if (name != NULL)
        form_add(&self->form, name, data, (size_t)offset, len);
    return MHD_YES;
}

static bool
is_urlencoded(struct MHD_Connection *connection)
{
    static const char wanted[] = "application/x-www-form-urlencoded";
    const char *type = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Type");

    return type != NULL && strncasecmp(type, wanted, sizeof wanted - 1) == 0 &&
           strchr("; \t", type[sizeof wanted - 1]) != NULL;
}

static st_exchange *
begin(const st_http_door *door, struct MHD_Connection *connection, const char *url,
      const char *method)
{
    st_exchange *self = calloc(1, sizeof *self);

    if (self == NULL)
        return NULL;
    for (const st_route *at = door->routes; at->path != NULL; at++)
        if (strcmp(at->path, url) == 0)
            self->route = at;
    self->is_post = strcmp(method, "POST") == 0;
    if (self->route != NULL && self->is_post)
        self->answer = self->route->post;
    if (self->route != NULL && (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0))
        self->answer = self->route->get;
    if (self->answer != NULL && self->is_post && is_urlencoded(connection))
        self->processor = MHD_create_post_processor(connection, 1024, take_field, self);
    return self;
}

/* The length is known before the body in most requests: then nothing of it is read. */
static bool
announces_too_much(struct MHD_Connection *connection)
{
    const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");

    return length != NULL && strtoull(length, NULL, 10) > FORM_BODY_MAX;
}

static enum MHD_Result
receive(st_exchange *self, const char *upload, size_t *upload_len)
{
    self->received += *upload_len;
    if (self->received > DRAIN_MAX)
        return MHD_NO;
    if (self->processor != NULL && self->received <= FORM_BODY_MAX)
        (void)MHD_post_process(self->processor, upload, *upload_len);
    *upload_len = 0;
    return MHD_YES;
}

static void
refuse(const st_exchange *self, bool too_large, st_reply *reply)
{
    static const char plain[] = "text/plain; charset=utf-8";

    if (self->route == NULL)
        reply_text(reply, MHD_HTTP_NOT_FOUND, plain, "Nothing is here.\n");
    else if (self->answer == NULL)
        reply_text(reply, MHD_HTTP_METHOD_NOT_ALLOWED, plain, "Not by this method.\n");
    else if (too_large)
        reply_text(reply, MHD_HTTP_CONTENT_TOO_LARGE, plain, "The form is too large.\n");
    else
        reply_text(reply, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, plain,
                   "The form must be application/x-www-form-urlencoded.\n");
}

static void
add_headers(struct MHD_Response *response, const st_exchange *self, const st_reply *reply)
{
    (void)MHD_add_response_header(response, "Content-Type", reply->type);
    (void)MHD_add_response_header(response, "Cache-Control", "no-store");
    (void)MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    (void)MHD_add_response_header(response, "Content-Security-Policy",
                                  "default-src 'none'; style-src 'self'; form-action 'self'; "
                                  "base-uri 'none'; frame-ancestors 'none'");
    if (reply->result != NULL)
        (void)MHD_add_response_header(response, "X-MaiNet-Result", reply->result);
    if (reply->disposition != NULL)
        (void)MHD_add_response_header(response, "Content-Disposition", reply->disposition);
    if (reply->status == MHD_HTTP_METHOD_NOT_ALLOWED && self->route != NULL)
        (void)MHD_add_response_header(response, "Allow",
                                      self->route->get == NULL    ? "POST"
                                      : self->route->post == NULL ? "GET, HEAD"
                                                                  : "GET, HEAD, POST");
}

static enum MHD_Result
send_reply(struct MHD_Connection *connection, const st_exchange *self, st_reply *reply)
{
    struct MHD_Response *response;
    enum MHD_Result queued;

    if (reply->body == NULL)
        reply_text(reply, MHD_HTTP_INTERNAL_SERVER_ERROR, "text/plain; charset=utf-8", "");
    response = MHD_create_response_from_buffer(reply->body_len, reply->body, MHD_RESPMEM_MUST_FREE);
    if (response == NULL) {
        free(reply->body);
        return MHD_NO;
    }
    add_headers(response, self, reply);
    queued = MHD_queue_response(connection, reply->status, response);
    MHD_destroy_response(response);
    /* Only paths of ours, so that no stranger writes to the log. */
    (void)fprintf(stderr, "%s %s %u %s\n", self->is_post ? "POST" : "GET",
                  self->route != NULL ? self->route->path : "-", reply->status,
                  reply->result != NULL ? reply->result : "");
    return queued;
}

enum MHD_Result
http_access(void *closure, struct MHD_Connection *connection, const char *url, const char *method,
            const char *version, const char *upload, size_t *upload_len, void **slot)
{
    const st_http_door *door = closure;
    st_exchange *self = *slot;
    bool too_large = announces_too_much(connection);
    st_reply reply = {0};

    (void)version;
    if (self == NULL) {
        *slot = self = begin(door, connection, url, method);
        if (self == NULL)
            return MHD_NO;
        if (!too_large)
            return MHD_YES;
    }
    if (*upload_len != 0)
        return receive(self, upload, upload_len);

    too_large = too_large || self->received > FORM_BODY_MAX;
    if (self->answer == NULL || too_large || (self->is_post && self->processor == NULL)) {
        refuse(self, too_large, &reply);
    } else {
        if (self->processor != NULL) {
            (void)MHD_destroy_post_processor(self->processor); /* gives what it still holds */
            self->processor = NULL;
        }
        self->answer(door->site, connection, &self->form, &reply);
    }
    return send_reply(connection, self, &reply);
}

void
http_completed(void *door, struct MHD_Connection *connection, void **slot,
               enum MHD_RequestTerminationCode code)
{
    st_exchange *self = *slot;

    (void)door, (void)connection, (void)code;
    if (self == NULL)
        return;
    if (self->processor != NULL)
        (void)MHD_destroy_post_processor(self->processor);
    OPENSSL_cleanse(&self->form, sizeof self->form);
    free(self);
    *slot = NULL;
}
