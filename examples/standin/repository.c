/* SPDX-License-Identifier: BSD-3-Clause */
#include "server.h"

#include <string.h>

static void
give(st_reply *reply, const char *type, unsigned char *der, int der_len)
{
    if (der_len > 0 && (reply->body = malloc((size_t)der_len)) != NULL) {
        memcpy(reply->body, der, reply->body_len = (size_t)der_len);
        reply->status = MHD_HTTP_OK;
        reply->type = type;
    }
    OPENSSL_free(der);
}

static void
give_certificate(const X509 *certificate, st_reply *reply)
{
    unsigned char *der = NULL;
    int der_len = i2d_X509(certificate, &der);

    give(reply, "application/pkix-cert", der, der_len);
}

static void
give_crl(const st_server *self, bool of_root, st_reply *reply)
{
    mn_auto(st_transaction) change = state_begin(self->state);
    mn_auto(X509_CRL) crl = change != NULL ? authority_crl(self->authority, change, of_root) : NULL;
    unsigned char *der = NULL;
    int der_len = crl != NULL ? i2d_X509_CRL(crl, &der) : -1;

    give(reply, "application/pkix-crl", der, der_len);
}

static void
answer_issuing(void *site, struct MHD_Connection *connection, const st_form *form, st_reply *reply)
{
    (void)connection, (void)form;
    give_certificate(((const st_server *)site)->authority->issuing, reply);
}

static void
answer_root(void *site, struct MHD_Connection *connection, const st_form *form, st_reply *reply)
{
    (void)connection, (void)form;
    give_certificate(((const st_server *)site)->authority->root, reply);
}

static void
answer_issuing_crl(void *site, struct MHD_Connection *connection, const st_form *form,
                   st_reply *reply)
{
    (void)connection, (void)form;
    give_crl(site, false, reply);
}

static void
answer_root_crl(void *site, struct MHD_Connection *connection, const st_form *form, st_reply *reply)
{
    (void)connection, (void)form;
    give_crl(site, true, reply);
}

static void
answer_top(void *site, struct MHD_Connection *connection, const st_form *form, st_reply *reply)
{
    (void)site, (void)connection, (void)form;
    reply_text(reply, MHD_HTTP_OK, "text/plain; charset=utf-8",
               "MaiNet stand-in repository: /issuing.crt /root.crt /issuing.crl /root.crl\n");
}

const st_route repository_routes[] = {
    {"/", answer_top, NULL},
    {"/issuing.crt", answer_issuing, NULL},
    {"/root.crt", answer_root, NULL},
    {"/issuing.crl", answer_issuing_crl, NULL},
    {"/root.crl", answer_root_crl, NULL},
    {NULL, NULL, NULL},
};
