/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SUPPORT_PUBLISHED_H
#define SUPPORT_PUBLISHED_H

/* A person, those who issued, and a net in memory that has what they publish. For a test that asks
 * for it by mn_repository. */

#include <openssl/x509v3.h>

#include "acquire/cache.h"
#include "support/acquisition.h"

#define DAY INT64_C(86400)
#define LEVELS 8

/* authorities[0] is the root; each of the others was issued by the one before. */
typedef struct level {
    EVP_PKEY *key;
    X509 *x509;
} level;

static level authorities[LEVELS];
static level forger; /* calls itself authorities[1] */
static level person;

/* What the net answers. */
static struct {
    const char *url;
    uint8_t body[4096];
    size_t len;
    int status;
} published[LEVELS + 1];
static size_t published_count;
static int asked;
static char last_asked[64];
static int warnings;

static void
put(X509 *x509, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509_EXTENSION *made = NULL;

    X509V3_set_ctx(&context, issuer, x509, NULL, NULL, 0);
    made = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    ck_assert_msg(made != NULL, "%s", value);
    ck_assert_int_eq(X509_add_ext(x509, made, -1), 1);
    X509_EXTENSION_free(made);
}

/* `issuer` NULL: itself. */
static void
certify(level *made, const char *name, const level *issuer, bool is_authority, const char *address,
        const char *list)
{
    X509_NAME *subject = NULL;

    issuer = issuer == NULL ? made : issuer;
    made->key = make_key("EC");
    made->x509 = X509_new();
    subject = X509_get_subject_name(made->x509);
    ck_assert_int_eq(
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const uint8_t *)name, -1, -1, 0),
        1);
    (void)X509_set_issuer_name(made->x509, X509_get_subject_name(issuer->x509));
    (void)X509_set_version(made->x509, X509_VERSION_3);
    (void)ASN1_INTEGER_set(X509_get_serialNumber(made->x509), 77);
    (void)X509_gmtime_adj(X509_getm_notBefore(made->x509), -DAY);
    (void)X509_gmtime_adj(X509_getm_notAfter(made->x509), 90 * DAY);
    (void)X509_set_pubkey(made->x509, made->key);
    if (is_authority)
        put(made->x509, issuer->x509, NID_basic_constraints, "critical,CA:TRUE");
    if (address != NULL)
        put(made->x509, issuer->x509, NID_info_access, address);
    if (list != NULL)
        put(made->x509, issuer->x509, NID_crl_distribution_points, list);
    ck_assert_int_gt(X509_sign(made->x509, issuer->key, EVP_sha256()), 0);
}

static void
publish(const char *url, const uint8_t *body, size_t len)
{
    size_t at = 0;

    while (at < published_count && strcmp(published[at].url, url) != 0)
        at++;
    ck_assert_uint_lt(at, LEVELS + 1);
    ck_assert_uint_le(len, sizeof published[at].body);
    published_count = at == published_count ? at + 1 : published_count;
    published[at].url = url;
    memcpy(published[at].body, body, len);
    published[at].len = len;
    published[at].status = 200;
}

static void
publish_certificate(const char *url, X509 *x509)
{
    uint8_t der[4096];
    uint8_t *at = der;
    int len = i2d_X509(x509, &at);

    ck_assert_int_gt(len, 0);
    publish(url, der, (size_t)len);
}

static mainet_status
answer_public(void *self, const mn_exchange *exchange, mn_reply *reply, mainet_error *failure)
{
    (void)self;
    ck_assert(exchange->is_public);
    ck_assert_ptr_null(exchange->form);
    ck_assert_ptr_null(exchange->client);
    ck_assert_int_gt(exchange->timeout_ms, 0);
    ck_assert_int_le(exchange->timeout_ms, MN_REPOSITORY_FETCH_MS);
    asked++;
    (void)snprintf(last_asked, sizeof last_asked, "%s", exchange->url);
    for (size_t i = 0; i < published_count; i++) {
        if (strcmp(published[i].url, exchange->url) != 0)
            continue;
        reply->status = published[i].status;
        reply->body = mn_secret_copy(published[i].body, published[i].len, NULL);
        return MAINET_OK;
    }
    return mn_fail(failure, MAINET_E_UNREACHABLE, 0, "%s: nobody is there", exchange->url);
}

static const mn_transport public_transport = {.exchange = answer_public};

static void
hear(mainet_log_level at, const char *text, void *user_data)
{
    (void)text;
    (void)user_data;
    warnings += at >= MAINET_LOG_WARNING;
}

static mn_repository
repository(void)
{
    return mn_repository_of(&public_transport, request, temp_folder, MAINET_PHASE_OPENING, 0);
}

static void
start(void)
{
    start_acquisition();
    mainet_request_set_log(request, hear, NULL);
    published_count = 0;
    asked = 0;
    warnings = 0;
    certify(&authorities[0], "Root", NULL, true, NULL, NULL);
    certify(&authorities[1], "Issuing", &authorities[0], true, "caIssuers;URI:http://r/0", NULL);
    certify(&forger, "Issuing", NULL, true, NULL, NULL);
    certify(&person, "Person", &authorities[1], false, "caIssuers;URI:http://r/1",
            "URI:http://r/list");
    publish_certificate("http://r/0", authorities[0].x509);
    publish_certificate("http://r/1", authorities[1].x509);
}

static void
forget(level *one)
{
    X509_free(one->x509);
    EVP_PKEY_free(one->key);
    *one = (level){NULL, NULL};
}

static void
stop(void)
{
    for (size_t i = 0; i < LEVELS; i++)
        forget(&authorities[i]);
    forget(&forger);
    forget(&person);
    stop_acquisition();
}

#endif
