/* SPDX-License-Identifier: BSD-3-Clause */
/* Log in by TLS with a key that stays in its token: `client ID HOST PORT CA.pem`, the PIN as input.
 * GnuTLS signs through the PKCS#11 module, which MAINETCERT_MODULE or p11-kit names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gnutls/gnutls.h>
#include <gnutls/pkcs11.h>
#include <mainetcert.h>
#include <netdb.h>

static int
give_pin(void *pin, int attempt, const char *url, const char *label, unsigned flags, char *out,
         size_t out_size)
{
    (void)url, (void)label, (void)flags;
    return attempt > 0 || snprintf(out, out_size, "%s", (const char *)pin) < 0 ? -1 : 0;
}

static int
connect_to(const char *host, const char *port)
{
    const struct addrinfo wanted = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int made = -1;

    if (getaddrinfo(host, port, &wanted, &found) == 0) {
        made = socket(AF_INET, SOCK_STREAM, 0);
        (void)connect(made, found->ai_addr, found->ai_addrlen); /* TLS tells a failure */
        freeaddrinfo(found);
    }
    return made;
}

/* Answer 0, or GnuTLS's error. The key's URI names the certificate as well. */
static int
talk(gnutls_session_t session, gnutls_certificate_credentials_t login, const char *uri,
     char *words[])
{
    const int connection = connect_to(words[2], words[3]);
    char page[4096];
    ssize_t len = gnutls_certificate_set_x509_trust_file(login, words[4], GNUTLS_X509_FMT_PEM);

    if (len < 1 ||
        (len = gnutls_certificate_set_x509_key_file(login, uri, uri, GNUTLS_X509_FMT_PEM)) < 0)
        return (int)len;
    (void)gnutls_set_default_priority(session);
    (void)gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, login);
    gnutls_session_set_verify_cert(session, words[2], 0);
    gnutls_transport_set_int(session, connection);
    if ((len = gnutls_handshake(session)) < 0 ||
        (len = gnutls_record_send(session, "GET / HTTP/1.0\r\n\r\n", 18)) < 0)
        return (int)len;
    while ((len = gnutls_record_recv(session, page, sizeof page)) > 0)
        printf("%.*s", (int)len, page);
    return len == GNUTLS_E_PREMATURE_TERMINATION ? 0 : (int)len;
}

static char *
find_uri(const char *id, mainet_error *err)
{
    mainet_store *store = mainet_store_open(NULL, err);
    mainet_token *token = store == NULL ? NULL : mainet_token_open(store, NULL, err);
    mainet_identity *identity = token == NULL ? NULL : mainet_token_identity(token, id, err);
    char *uri = identity == NULL ? NULL : strdup(mainet_identity_uri(identity));

    mainet_identity_free(identity);
    mainet_token_free(token);
    mainet_store_free(store);
    return uri;
}

int
main(int argc, char *argv[])
{
    const char *module = getenv("MAINETCERT_MODULE");
    char pin[256];
    mainet_error err = {0};
    char *uri = argc != 5 || scanf("%255[^\n]", pin) != 1 ? NULL : find_uri(argv[1], &err);
    gnutls_session_t session = NULL;
    gnutls_certificate_credentials_t login = NULL;
    int status = 1;

    if (uri == NULL)
        return fprintf(stderr, "%d: %s\n", (int)mainet_status_code(err.status), err.detail) > 0;
    if (module != NULL && gnutls_pkcs11_init(GNUTLS_PKCS11_FLAG_MANUAL, NULL) == 0)
        (void)gnutls_pkcs11_add_provider(module, NULL);
    gnutls_pkcs11_set_pin_function(give_pin, pin);
    if (gnutls_init(&session, GNUTLS_CLIENT) == 0 &&
        gnutls_certificate_allocate_credentials(&login) == 0) {
        status = talk(session, login, uri, argv);
        gnutls_certificate_free_credentials(login);
    }
    fputs(status == 0 ? "" : gnutls_strerror(status), stderr);
    gnutls_deinit(session);
    free(uri);
    return status == 0 ? 0 : 1;
}
