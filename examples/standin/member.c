/* SPDX-License-Identifier: BSD-3-Clause */
#include "member.h"

#include "certificate.h"
#include "clock.h"
#include "complaint.h"

#include <gnutls/x509.h>
#include <string.h>

enum { CHAIN_MAX = 8 };

typedef struct gnutls_x509_trust_list_st trust_list;
typedef struct gnutls_x509_crt_int crt;

static void
free_trust_list(trust_list *list)
{
    gnutls_x509_trust_list_deinit(list, 1);
}

MN_AUTO_TYPE(trust_list, free_trust_list)
MN_AUTO_TYPE(crt, gnutls_x509_crt_deinit)

static void
write_hex(char *out, const uint8_t *data, size_t len, const char *digits)
{
    for (size_t i = 0; i < len; i++) {
        *out++ = digits[data[i] >> 4];
        *out++ = digits[data[i] & 15];
    }
    *out = '\0';
}

/* GnuTLS has names only with the escapes of RFC 4514 in them; OpenSSL gives the text itself. */
static void
describe_names(const gnutls_datum_t *der, st_member *member)
{
    const unsigned char *at = der->data;
    mn_auto(X509) leaf = d2i_X509(NULL, &at, (long)der->size);

    if (leaf == NULL)
        return;
    certificate_common_name(X509_get_subject_name(leaf), member->common_name,
                            sizeof member->common_name);
    certificate_common_name(X509_get_issuer_name(leaf), member->issuer, sizeof member->issuer);
}

static void
describe(crt *leaf, st_member *member)
{
    uint8_t serial[(sizeof member->serial - 1) / 2];
    uint8_t hash[32];
    size_t serial_len = sizeof serial;
    size_t hash_len = sizeof hash;

    if (gnutls_x509_crt_get_serial(leaf, serial, &serial_len) == 0)
        write_hex(member->serial, serial, serial_len, "0123456789ABCDEF");
    if (gnutls_x509_crt_get_fingerprint(leaf, GNUTLS_DIG_SHA256, hash, &hash_len) == 0)
        write_hex(member->sha256, hash, hash_len, "0123456789abcdef");
    clock_format((int64_t)gnutls_x509_crt_get_expiration_time(leaf), member->not_after);
}

/* Chain and purpose only: the times are compared with the site's own clock afterwards. */
static st_member_verdict
judge_chain(const st_server *server, crt *const *chain, unsigned chain_len)
{
    mn_auto(trust_list) trust = NULL;
    char purpose[] = GNUTLS_KP_TLS_WWW_CLIENT;
    gnutls_typed_vdata_st wanted = {.type = GNUTLS_DT_KEY_PURPOSE_OID,
                                    .data = (unsigned char *)purpose};
    gnutls_datum_t pem = {.data = (unsigned char *)server->trust_pem,
                          .size = (unsigned)strlen(server->trust_pem)};
    crt *links[CHAIN_MAX];
    unsigned status = 0;

    memcpy(links, chain, chain_len * sizeof *chain);
    if (gnutls_x509_trust_list_init(&trust, 0) != 0 ||
        gnutls_x509_trust_list_add_trust_mem(trust, &pem, NULL, GNUTLS_X509_FMT_PEM, 0, 0) < 1 ||
        gnutls_x509_trust_list_verify_crt2(trust, links, chain_len, &wanted, 1,
                                           GNUTLS_VERIFY_DISABLE_TIME_CHECKS, &status, NULL) != 0)
        return MEMBER_TROUBLE;
    if (status == 0)
        return MEMBER_ACCEPTED;
    /* Of ours, but not for this: anything else means that our issuer did not sign it. */
    return (status &
            ~(unsigned)(GNUTLS_CERT_INVALID | GNUTLS_CERT_PURPOSE_MISMATCH |
                        GNUTLS_CERT_INSECURE_ALGORITHM | GNUTLS_CERT_UNKNOWN_CRIT_EXTENSIONS)) == 0
               ? MEMBER_UNSUITABLE
               : MEMBER_OTHER_ISSUER;
}

static st_member_verdict
judge_standing(const st_server *server, crt *leaf, const char *serial)
{
    mn_auto(st_transaction) change = state_begin(server->state);
    mn_auto(sqlite3_stmt) query = NULL;
    int64_t now;

    if (change == NULL)
        return MEMBER_TROUBLE;
    now = clock_now(change);
    if (now < (int64_t)gnutls_x509_crt_get_activation_time(leaf))
        return MEMBER_NOT_YET_VALID;
    if (now > (int64_t)gnutls_x509_crt_get_expiration_time(leaf))
        return MEMBER_EXPIRED;
    query = state_prepare(change,
                          "SELECT 1 FROM certificate WHERE serial = ?1 AND revoked_at IS NOT NULL");
    if (query == NULL || sqlite3_bind_text(query, 1, serial, -1, SQLITE_STATIC) != SQLITE_OK)
        return MEMBER_TROUBLE;
    return sqlite3_step(query) == SQLITE_ROW ? MEMBER_REVOKED : MEMBER_ACCEPTED;
}

static void
judge_presented(const st_server *server, const gnutls_datum_t *peers, unsigned peers_len,
                st_member *member)
{
    crt *chain[CHAIN_MAX] = {NULL};
    unsigned len = 0;

    member->verdict = MEMBER_UNSUITABLE;
    while (len < peers_len && len < CHAIN_MAX && gnutls_x509_crt_init(&chain[len]) == 0 &&
           gnutls_x509_crt_import(chain[len], &peers[len], GNUTLS_X509_FMT_DER) == 0)
        len++;
    if (len > 0) {
        describe_names(&peers[0], member);
        describe(chain[0], member);
        member->verdict = judge_chain(server, chain, len);
        if (member->verdict == MEMBER_ACCEPTED)
            member->verdict = judge_standing(server, chain[0], member->serial);
    }
    for (unsigned i = 0; i < CHAIN_MAX; i++)
        if (chain[i] != NULL)
            gnutls_x509_crt_deinit(chain[i]);
}

void
member_judge(const st_server *server, gnutls_session_t session, st_member *member)
{
    unsigned peers_len = 0;
    const gnutls_datum_t *peers = gnutls_certificate_get_peers(session, &peers_len);

    *member = (struct st_member){.verdict = MEMBER_NO_CERTIFICATE};
    if (peers != NULL && peers_len > 0)
        judge_presented(server, peers, peers_len, member);
}

bool
member_revoke(st_transaction *change, const char *serial)
{
    mn_auto(sqlite3_stmt) statement =
        state_prepare(change, "UPDATE certificate SET revoked_at = ?2 WHERE serial = upper(?1)"
                              " AND revoked_at IS NULL");

    if (statement == NULL ||
        sqlite3_bind_text(statement, 1, serial, -1, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_bind_int64(statement, 2, clock_now(change)) != SQLITE_OK ||
        !state_run(change, statement))
        return false;
    return state_changes(change) == 1 ||
           complain("no certificate with serial %s, or revoked already", serial);
}
