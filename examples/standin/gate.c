/* SPDX-License-Identifier: BSD-3-Clause */
#include "gate.h"

#include "complaint.h"
#include "raw.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TICK_MS 100

struct st_gate {
    const st_server *server;
    int listener;
    gnutls_certificate_credentials_t own;
    gnutls_certificate_credentials_t foreign;
    pthread_t thread;
    atomic_bool is_over;
    pthread_mutex_t mutex;
    pthread_cond_t all_gone;
    unsigned open; /* connections that raw.c answers */
};

/* What the thread of one connection is given. */
typedef struct st_visit {
    st_gate *gate;
    st_raw raw;
} st_visit;

static void *
answer_visit(void *closure)
{
    st_visit *visit = closure;
    st_gate *self = visit->gate;

    raw_answer(&visit->raw);
    free(visit);
    (void)pthread_mutex_lock(&self->mutex);
    if (--self->open == 0)
        (void)pthread_cond_signal(&self->all_gone);
    (void)pthread_mutex_unlock(&self->mutex);
    return NULL;
}

static void
begin_visit(st_gate *self, st_fault fault, int socket)
{
    st_visit *visit = malloc(sizeof *visit);
    pthread_t thread;

    if (visit == NULL) {
        (void)close(socket);
        return;
    }
    *visit = (st_visit){self,
                        {.server = self->server,
                         .credentials = fault == FAULT_TLS_TRUST ? self->foreign : self->own,
                         .fault = fault,
                         .socket = socket,
                         .is_over = &self->is_over}};
    (void)pthread_mutex_lock(&self->mutex);
    self->open++;
    (void)pthread_mutex_unlock(&self->mutex);
    if (pthread_create(&thread, NULL, answer_visit, visit) == 0) {
        (void)pthread_detach(thread);
        return;
    }
    (void)close(socket);
    free(visit);
    (void)pthread_mutex_lock(&self->mutex);
    self->open--;
    (void)pthread_mutex_unlock(&self->mutex);
}

static void
accept_one(st_gate *self)
{
    struct sockaddr_storage address;
    socklen_t address_len = sizeof address;
    int socket = accept4(self->listener, (struct sockaddr *)&address, &address_len,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
    st_fault fault;

    if (socket < 0)
        return;
    fault = fault_now(self->server->state);
    if (fault != FAULT_NONE && fault != FAULT_NOT_INSTALLED)
        begin_visit(self, fault, socket);
    else /* closes the socket where it cannot take it */
        (void)MHD_add_connection(self->server->daemons[PORT_HTTPS], socket,
                                 (struct sockaddr *)&address, address_len);
}

static void *
watch(void *closure)
{
    st_gate *self = closure;
    struct pollfd listener = {.fd = self->listener, .events = POLLIN};

    while (!self->is_over)
        if (poll(&listener, 1, TICK_MS) > 0)
            accept_one(self);
    return NULL;
}

static bool
load(gnutls_certificate_credentials_t *credentials, const char *pem, const char *key_pem)
{
    const gnutls_datum_t certificate = {(unsigned char *)(uintptr_t)pem, (unsigned)strlen(pem)};
    const gnutls_datum_t key = {(unsigned char *)(uintptr_t)key_pem, (unsigned)strlen(key_pem)};

    return gnutls_certificate_allocate_credentials(credentials) == 0 &&
           gnutls_certificate_set_x509_key_mem(*credentials, &certificate, &key,
                                               GNUTLS_X509_FMT_PEM) == 0;
}

static void
gate_free(st_gate *self)
{
    if (self->own != NULL)
        gnutls_certificate_free_credentials(self->own);
    if (self->foreign != NULL)
        gnutls_certificate_free_credentials(self->foreign);
    (void)close(self->listener);
    (void)pthread_cond_destroy(&self->all_gone);
    (void)pthread_mutex_destroy(&self->mutex);
    free(self);
}

MN_AUTO_TYPE(st_gate, gate_free)

st_gate *
gate_open(const st_server *server, int listener, const char *pem, const char *key_pem)
{
    mn_auto(st_gate) self = calloc(1, sizeof *self);
    mn_auto(char) foreign_pem = NULL;
    mn_auto(char) foreign_key_pem = NULL;

    if (self == NULL) {
        (void)close(listener);
        return NULL;
    }
    self->server = server;
    self->listener = listener;
    (void)pthread_mutex_init(&self->mutex, NULL);
    (void)pthread_cond_init(&self->all_gone, NULL);
    if (!authority_issue_foreign(&foreign_pem, &foreign_key_pem) ||
        !load(&self->own, pem, key_pem) || !load(&self->foreign, foreign_pem, foreign_key_pem) ||
        pthread_create(&self->thread, NULL, watch, self) != 0) {
        (void)complain("cannot open the gate");
        return NULL;
    }
    return st_gate_take(&self);
}

void
gate_close(st_gate *self)
{
    if (self == NULL)
        return;
    self->is_over = true;
    (void)pthread_join(self->thread, NULL);
    (void)pthread_mutex_lock(&self->mutex);
    while (self->open != 0)
        (void)pthread_cond_wait(&self->all_gone, &self->mutex);
    (void)pthread_mutex_unlock(&self->mutex);
    gate_free(self);
}
