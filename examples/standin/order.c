/* SPDX-License-Identifier: BSD-3-Clause */
#include "order.h"

#include "certificate.h"
#include "clock.h"
#include "complaint.h"
#include "container.h"
#include "key.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <string.h>

#define AGAIN_SECONDS INT64_C(86400)
#define VERIFIER_ITERATIONS 2048

/* Letters and digits that no font confuses; 32 of them, so that a random byte picks evenly. */
static const char password_letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
_Static_assert(sizeof password_letters - 1 == 32, "a power of two, or some letters come oftener");

static bool
make_secrets(st_order_notice *notice)
{
    uint8_t random[ORDER_PASSWORD_LEN];
    uint64_t digits = 0;

    if (RAND_bytes((unsigned char *)&digits, sizeof digits) != 1 ||
        RAND_priv_bytes(random, sizeof random) != 1)
        return complain_crypto("no random numbers");
    (void)snprintf(notice->number, sizeof notice->number, "%012llu",
                   (unsigned long long)(digits % 1000000000000U));
    for (size_t i = 0; i < sizeof random; i++)
        notice->password[i] = password_letters[random[i] % 32];
    notice->password[ORDER_PASSWORD_LEN] = '\0';
    OPENSSL_cleanse(random, sizeof random);
    return true;
}

static bool
derive_verifier(const char *password, const uint8_t salt[static ORDER_SALT_LEN],
                uint8_t verifier[static ORDER_VERIFIER_LEN])
{
    return PKCS5_PBKDF2_HMAC(password, (int)strlen(password), salt, ORDER_SALT_LEN,
                             VERIFIER_ITERATIONS, EVP_sha256(), ORDER_VERIFIER_LEN, verifier) == 1;
}

static bool
check_request(const st_order_request *request)
{
    mn_auto(X509_NAME) name = NULL;

    if (!key_is_known(request->key))
        return complain("no such kind of key: %s", request->key);
    if (!container_is_known(request->p12))
        return complain("no such form of container: %s", request->p12);
    for (const char *at = request->group_id; *at != '\0'; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            return complain("a group ID has no control characters");
    for (const char *at = request->common_name; *at != '\0'; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            return complain("a common name has no control characters");
    name = certificate_name(request->group_id, request->common_name);
    return name != NULL || complain("group ID and common name: 1 to 64 characters of UTF-8 each");
}

static bool
insert(st_transaction *change, const st_order_request *request, const st_order_notice *notice)
{
    uint8_t salt[ORDER_SALT_LEN];
    uint8_t verifier[ORDER_VERIFIER_LEN];
    mn_auto(sqlite3_stmt) statement =
        state_prepare(change, "INSERT INTO orders VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
                              " NULL, NULL)");

    if (statement == NULL)
        return false;
    if (RAND_bytes(salt, sizeof salt) != 1 || !derive_verifier(notice->password, salt, verifier))
        return complain_crypto("cannot hash the password");
    if (sqlite3_bind_text(statement, 1, notice->number, -1, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_bind_text(statement, 2, request->group_id, -1, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_bind_text(statement, 3, request->common_name, -1, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_bind_text(statement, 4, request->key, -1, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_bind_text(statement, 5, request->p12, -1, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_bind_int64(statement, 6, request->days) != SQLITE_OK ||
        sqlite3_bind_int64(statement, 7, request->ready) != SQLITE_OK ||
        sqlite3_bind_blob(statement, 8, salt, sizeof salt, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_bind_blob(statement, 9, verifier, sizeof verifier, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_bind_int64(statement, 10, clock_now(change)) != SQLITE_OK)
        return complain("out of memory");
    return state_run(change, statement);
}

bool
order_place(st_transaction *change, const st_order_request *request, st_order_notice *notice)
{
    st_order *taken = NULL;

    if (!check_request(request))
        return false;
    do {
        order_free(taken);
        taken = NULL;
        if (!make_secrets(notice) || !order_find(change, notice->number, &taken))
            return false;
    } while (taken != NULL);
    return insert(change, request, notice);
}

static char *
copy_text(sqlite3_stmt *query, int column)
{
    const unsigned char *text = sqlite3_column_text(query, column);

    return text != NULL ? strdup((const char *)text) : NULL;
}

static bool
copy_fixed(sqlite3_stmt *query, int column, uint8_t *out, size_t out_len)
{
    const void *data = sqlite3_column_blob(query, column);

    if (data == NULL || (size_t)sqlite3_column_bytes(query, column) != out_len)
        return false;
    memcpy(out, data, out_len);
    return true;
}

static bool
read_row(sqlite3_stmt *query, st_order *row)
{
    int container_len = sqlite3_column_bytes(query, 9);

    row->number = copy_text(query, 0);
    row->group_id = copy_text(query, 1);
    row->common_name = copy_text(query, 2);
    row->key = copy_text(query, 3);
    row->p12 = copy_text(query, 4);
    row->days = sqlite3_column_int64(query, 5);
    row->ready = sqlite3_column_int(query, 6) != 0;
    row->retrieved_at = sqlite3_column_int64(query, 10);
    if (container_len > 0 && (row->container = malloc((size_t)container_len)) != NULL)
        memcpy(row->container, sqlite3_column_blob(query, 9),
               row->container_len = (size_t)container_len);
    return row->number != NULL && row->group_id != NULL && row->common_name != NULL &&
           row->key != NULL && row->p12 != NULL && row->container_len == (size_t)container_len &&
           copy_fixed(query, 7, row->salt, sizeof row->salt) &&
           copy_fixed(query, 8, row->verifier, sizeof row->verifier);
}

bool
order_find(st_transaction *change, const char *number, st_order **found)
{
    mn_auto(sqlite3_stmt) query = state_prepare(
        change, "SELECT number, group_id, common_name, key, p12, days, ready, salt, verifier,"
                " container, retrieved_at FROM orders WHERE number = ?1");
    mn_auto(st_order) row = NULL;
    int rc;

    if (query == NULL || sqlite3_bind_text(query, 1, number, -1, SQLITE_STATIC) != SQLITE_OK)
        return false;
    rc = sqlite3_step(query);
    if (rc == SQLITE_DONE)
        return true;
    row = calloc(1, sizeof *row);
    if (rc != SQLITE_ROW || row == NULL || !read_row(query, row))
        return complain("cannot read order %s", number);
    *found = st_order_take(&row);
    return true;
}

void
order_free(st_order *self)
{
    if (self == NULL)
        return;
    free(self->number);
    free(self->group_id);
    free(self->common_name);
    free(self->key);
    free(self->p12);
    free(self->container);
    free(self);
}

/* Both sides hashed first, so that the comparison shows neither length nor content. */
static bool
same_text(const char *left, const char *right)
{
    uint8_t left_hash[32];
    uint8_t right_hash[32];

    return EVP_Digest(left, strlen(left), left_hash, NULL, EVP_sha256(), NULL) == 1 &&
           EVP_Digest(right, strlen(right), right_hash, NULL, EVP_sha256(), NULL) == 1 &&
           CRYPTO_memcmp(left_hash, right_hash, sizeof left_hash) == 0;
}

bool
order_is_proven(const st_order *self, const char *group_id, const char *password)
{
    static const st_order nobody; /* its verifier of zeros is no password's */
    const st_order *asked = self != NULL ? self : &nobody;
    uint8_t verifier[ORDER_VERIFIER_LEN] = {0};
    bool derived = derive_verifier(password, asked->salt, verifier);
    bool same_password = CRYPTO_memcmp(verifier, asked->verifier, sizeof verifier) == 0;
    bool same_group = same_text(group_id, self != NULL ? self->group_id : "");

    OPENSSL_cleanse(verifier, sizeof verifier);
    return self != NULL && derived && same_password & same_group;
}

bool
order_is_over(const st_order *self, int64_t now)
{
    return self->retrieved_at != 0 &&
           (self->container == NULL || now - self->retrieved_at > AGAIN_SECONDS);
}

static bool
insert_certificate(st_transaction *change, const char *number, const X509 *certificate)
{
    mn_auto(sqlite3_stmt) statement =
        state_prepare(change, "INSERT INTO certificate VALUES (?1, ?2, ?3, NULL)");
    char *serial = certificate_serial(certificate);
    unsigned char *der = NULL;
    int der_len = i2d_X509(certificate, &der);
    bool done = statement != NULL && serial != NULL && der_len > 0 &&
                sqlite3_bind_text(statement, 1, serial, -1, SQLITE_STATIC) == SQLITE_OK &&
                sqlite3_bind_text(statement, 2, number, -1, SQLITE_STATIC) == SQLITE_OK &&
                sqlite3_bind_blob(statement, 3, der, der_len, SQLITE_STATIC) == SQLITE_OK &&
                state_run(change, statement);

    OPENSSL_free(serial);
    OPENSSL_free(der);
    return done;
}

bool
order_deliver(st_transaction *change, const char *number, int64_t now, const X509 *certificate,
              const uint8_t *container, size_t container_len)
{
    mn_auto(sqlite3_stmt) statement = state_prepare(
        change, "UPDATE orders SET retrieved_at = ?2, container = ?3 WHERE number = ?1");

    if (statement == NULL || !insert_certificate(change, number, certificate) ||
        sqlite3_bind_text(statement, 1, number, -1, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_bind_int64(statement, 2, now) != SQLITE_OK ||
        sqlite3_bind_blob(statement, 3, container, (int)container_len, SQLITE_STATIC) != SQLITE_OK)
        return false;
    return state_run(change, statement) && state_changes(change) == 1;
}

bool
order_wipe_old(st_transaction *change, int64_t now)
{
    mn_auto(sqlite3_stmt) statement =
        state_prepare(change, "UPDATE orders SET container = NULL"
                              " WHERE container IS NOT NULL AND retrieved_at < ?1");

    if (statement == NULL || sqlite3_bind_int64(statement, 1, now - AGAIN_SECONDS) != SQLITE_OK)
        return false;
    return state_run(change, statement);
}
