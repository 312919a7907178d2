/* SPDX-License-Identifier: BSD-3-Clause */
#include "raw.h"

#include "retrieve.h"
#include "spoil.h"
#include "wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 30000
#define TICK_MS 100
#define PAUSE_MS 120

/* A request: the head, and after it the body. */
typedef struct st_request {
    char bytes[2 * FORM_BODY_MAX];
    size_t len;
    size_t head_len;
} st_request;

static void
rest(const st_raw *self, int ms)
{
    for (; ms > 0 && !*self->is_over; ms -= TICK_MS) {
        const struct timespec tick = {.tv_nsec = (ms < TICK_MS ? ms : TICK_MS) * 1000000L};

        (void)nanosleep(&tick, NULL);
    }
}

/* Wait for the socket for as long as the site is open. @return False if it is time to give up. */
static bool
wait_for(const st_raw *self, short events, int *left_ms)
{
    struct pollfd socket = {.fd = self->socket, .events = events};
    int ready = 0;

    for (; ready == 0 && *left_ms > 0 && !*self->is_over; *left_ms -= TICK_MS)
        ready = poll(&socket, 1, TICK_MS);
    return ready > 0;
}

static bool
shake_hands(const st_raw *self, gnutls_session_t session)
{
    int left_ms = PATIENCE_MS;
    int code;

    while ((code = gnutls_handshake(session)) < 0 && gnutls_error_is_fatal(code) == 0) {
        if (!wait_for(self, gnutls_record_get_direction(session) == 0 ? POLLIN : POLLOUT, &left_ms))
            return false;
    }
    return code == GNUTLS_E_SUCCESS;
}

static bool
send_all(const st_raw *self, gnutls_session_t session, const char *bytes, size_t len)
{
    int left_ms = PATIENCE_MS;

    while (len != 0) {
        ssize_t sent = gnutls_record_send(session, bytes, len);

        if (sent > 0) {
            bytes += sent;
            len -= (size_t)sent;
        } else if (gnutls_error_is_fatal((int)sent) != 0 || !wait_for(self, POLLOUT, &left_ms)) {
            return false;
        }
    }
    return true;
}

/* The body's length as the head says it; none is 0. */
static size_t
body_len(const st_request *request)
{
    static const char wanted[] = "\r\nContent-Length:";

    for (size_t at = 0; at + sizeof wanted < request->head_len; at++)
        if (strncasecmp(request->bytes + at, wanted, sizeof wanted - 1) == 0)
            return strtoul(request->bytes + at + sizeof wanted - 1, NULL, 10);
    return 0;
}

static bool
is_whole(st_request *request)
{
    const char *end = memmem(request->bytes, request->len, "\r\n\r\n", 4);

    if (end == NULL)
        return false;
    request->head_len = (size_t)(end - request->bytes) + 4;
    return request->len - request->head_len >= body_len(request);
}

static bool
receive(const st_raw *self, gnutls_session_t session, st_request *request)
{
    int left_ms = PATIENCE_MS;

    while (!is_whole(request)) {
        size_t room = sizeof request->bytes - 1 - request->len;
        ssize_t got =
            room == 0 ? 0 : gnutls_record_recv(session, request->bytes + request->len, room);

        if (got > 0)
            request->len += (size_t)got;
        else if (got == 0 || gnutls_error_is_fatal((int)got) != 0 ||
                 !wait_for(self, POLLIN, &left_ms))
            return false;
    }
    return true;
}

static char *
decode(char *text)
{
    char *out = text;
    char *in = text;

    for (; *in != '\0'; out++) {
        char hex[3] = {in[0] == '%' ? in[1] : '\0', in[0] == '%' && in[1] != '\0' ? in[2] : '\0'};

        *out = *in == '+' ? ' ' : *in;
        if (hex[1] != '\0')
            *out = (char)strtol(hex, NULL, 16);
        in += hex[1] != '\0' ? 3 : 1;
    }
    *out = '\0';
    return text;
}

static void
read_form(st_request *request, st_form *form)
{
    char *save = NULL;

    for (char *field = strtok_r(request->bytes + request->head_len, "&", &save); field != NULL;
         field = strtok_r(NULL, "&", &save)) {
        char *value = strchr(field, '=');

        if (value == NULL)
            continue;
        *value++ = '\0';
        (void)decode(value);
        form_add(form, decode(field), value, 0, strlen(value));
    }
}

/* What would be right; the faults that the service states itself are among it. */
static bool
decide(const st_raw *self, const st_form *form, st_reply *reply)
{
    uint8_t *container = NULL;
    st_retrieve_result result = RETRIEVE_BUSY;
    bool is_made;

    if (self->fault == FAULT_AUTH_FAILED)
        result = RETRIEVE_AUTH_FAILED;
    else if (self->fault == FAULT_NOT_AVAILABLE)
        result = RETRIEVE_NOT_AVAILABLE;
    else if (self->fault != FAULT_BUSY)
        result = retrieve(self->server->state, self->server->authority, form, &container,
                          &reply->body_len);
    reply->result = retrieve_result_name(result);
    if (result != RETRIEVE_OK) {
        reply_text(reply, 200, "text/plain; charset=utf-8", retrieve_result_words(result));
        return reply->body != NULL;
    }
    reply->type = "application/x-pkcs12";
    is_made = spoil_container(self->server->authority, self->fault, form->password, &container,
                              &reply->body_len);
    reply->body = container;
    return is_made;
}

static bool
send_wire(const st_raw *self, gnutls_session_t session, const st_wire *wire)
{
    size_t piece = wire->pieces != 0 ? (wire->len - wire->head_len) / wire->pieces + 1 : wire->len;
    bool done = send_all(self, session, wire->bytes, wire->head_len);

    for (size_t at = wire->head_len; done && at < wire->len; at += piece) {
        done = send_all(self, session, wire->bytes + at,
                        wire->len - at < piece ? wire->len - at : piece);
        if (wire->pieces != 0)
            rest(self, PAUSE_MS);
    }
    while (done && wire->is_repeatable)
        done = send_all(self, session, wire->bytes + wire->head_len, wire->len - wire->head_len);
    return done;
}

static void
finish(const st_raw *self, gnutls_session_t session, st_wire_end end)
{
    const struct linger reset = {.l_onoff = 1};
    int left_ms = PATIENCE_MS;
    char left[256];

    if (end == WIRE_RESET) {
        (void)setsockopt(self->socket, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        return;
    }
    if (end == WIRE_CLOSE) {
        (void)gnutls_bye(session, GNUTLS_SHUT_WR);
        (void)shutdown(self->socket, SHUT_WR);
    }
    /* Until the client ends: what was not read would make a reset of the end. */
    while (wait_for(self, POLLIN, &left_ms) && recv(self->socket, left, sizeof left, 0) > 0)
        continue;
}

static void
converse(const st_raw *self, gnutls_session_t session)
{
    st_request request = {.len = 0};
    st_form form = {.password = ""};
    st_reply reply = {0};
    st_wire wire = {0};

    if (!shake_hands(self, session) || !receive(self, session, &request))
        return;
    request.bytes[request.len] = '\0';
    read_form(&request, &form);
    if (decide(self, &form, &reply) && wire_make(self->fault, &reply, &wire)) {
        /* before it is sent, so that whoever has the answer can count on the line */
        (void)fprintf(stderr, "%.4s faulty %s\n", request.bytes, reply.result);
        (void)send_wire(self, session, &wire);
        finish(self, session, wire.end);
    }
    OPENSSL_cleanse(&request, sizeof request);
    OPENSSL_cleanse(&form, sizeof form);
    free(reply.body);
    free(wire.bytes);
}

void
raw_answer(const st_raw *self)
{
    gnutls_session_t session = NULL;

    if (gnutls_init(&session, GNUTLS_SERVER | GNUTLS_NONBLOCK) == 0 &&
        gnutls_set_default_priority(session) == 0 &&
        gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, self->credentials) == 0) {
        gnutls_transport_set_int(session, self->socket);
        converse(self, session);
    }
    if (session != NULL)
        gnutls_deinit(session);
    (void)close(self->socket);
}
