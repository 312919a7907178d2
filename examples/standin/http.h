/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_HTTP_H
#define STANDIN_HTTP_H

#include "form.h"

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

/** One answer. The body comes from malloc and is freed after sending. */
typedef struct st_reply {
    unsigned status;
    const char *type;        /**< Content-Type. */
    const char *result;      /**< X-MaiNet-Result; NULL for none. */
    const char *disposition; /**< Content-Disposition; NULL for none. */
    void *body;
    size_t body_len;
} st_reply;

/** Answer one request. `site` is the server behind the door. */
typedef void
st_answer_fn(void *site, struct MHD_Connection *connection, const st_form *form, st_reply *reply);

/** What answers at a path; NULL where the method is not for it. */
typedef struct st_route {
    const char *path;
    st_answer_fn *get;
    st_answer_fn *post;
} st_route;

/** A table of routes and who answers; the closure of http_access. */
typedef struct st_http_door {
    const st_route *routes; /**< Ends with path NULL. */
    void *site;
} st_http_door;

/** libmicrohttpd's access handler for a door: bodies, ceilings, methods, headers, log. */
enum MHD_Result
http_access(void *door, struct MHD_Connection *connection, const char *url, const char *method,
            const char *version, const char *upload, size_t *upload_len, void **exchange);

/** libmicrohttpd's notice that a request is over. */
void
http_completed(void *door, struct MHD_Connection *connection, void **exchange,
               enum MHD_RequestTerminationCode code);

/** Fill a reply with a copy of a text. */
void
reply_text(st_reply *self, unsigned status, const char *type, const char *text);

#endif
