/* SPDX-License-Identifier: BSD-3-Clause */
/* Looking at everything: each thing in an access of its own, so that nobody waits for the whole. */
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <p11-kit/pkcs11.h>

#include "base/file.h"
#include "base/guest.h"
#include "base/text.h"
#include "store/key.h"
#include "store/rows.h"
#include "store/token-private.h"

#define PLACE_LEN 96

/* One check of one token. */
typedef struct inspection {
    mainet_token *token;
    const mn_keys *keys; /* NULL: as far as it goes without */
    mainet_check_fn fn;
    void *user_data;
    mainet_error first; /* the first damage that was found */
} inspection;

/* Tell what was found of one thing; what keeps us from looking ends the check. */
static mainet_status
tell(inspection *self, const char *place, mainet_status status, const mainet_error *problem)
{
    if (status == MAINET_E_NO_MEMORY || status == MAINET_E_STORE_BUSY ||
        status == MAINET_E_TOKEN_LOCKED) {
        self->first = *problem;
        return status;
    }
    if (status != MAINET_OK && self->first.status == MAINET_OK)
        self->first = *problem;
    return self->fn == NULL
               ? MAINET_OK
               : self->fn(place, status == MAINET_OK ? NULL : problem, self->user_data);
}

static mainet_status
check_file(inspection *self, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mn_head head;

    database = mn_token_access(self->token, MN_ACCESS_READ, &head, err);
    return database == NULL ? mn_failure(err) : mn_database_check(database, err);
}

/* Without keys the count can be compared, with them everything. */
static mainet_status
check_head(inspection *self, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mn_auto(mn_statement) rows = NULL;
    char serial[MN_SERIAL_LEN + 1];
    bool more = false;
    mn_head head;

    database = mn_token_access(self->token, MN_ACCESS_READ, &head, err);
    if (database == NULL)
        return mn_failure(err);
    mn_hex(head.token_id, MN_SERIAL_LEN / 2, serial);
    if (strcmp(serial, head.serial) != 0)
        return mn_fail(err, MAINET_E_STORE_TAMPERED, 0, "the serial is not that of the token id");
    rows = mn_statement_new(database, "SELECT count(*) FROM object", err);
    if (rows == NULL)
        return mn_failure(err);
    MN_TRY(mn_statement_step(rows, &more, err));
    if (!more || (uint64_t)mn_statement_number(rows, 0) != head.object_count)
        return mn_fail(err, MAINET_E_STORE_TAMPERED, 0, "%lld objects where there were %llu",
                       (long long)mn_statement_number(rows, 0),
                       (unsigned long long)head.object_count);
    return self->keys == NULL ? MAINET_OK : mn_rows_verify_set(database, self->keys, &head, err);
}

static mainet_status
check_settings(inspection *self, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mn_auto(mn_statement) rows = NULL;
    bool more = false;
    mn_head head;

    database = mn_token_access(self->token, MN_ACCESS_READ, &head, err);
    if (database == NULL)
        return mn_failure(err);
    if (head.version < 2)
        return MAINET_OK;
    rows = mn_statement_new(database, "SELECT name, value FROM setting ORDER BY name", err);
    if (rows == NULL)
        return mn_failure(err);
    for (;;) {
        MN_TRY(mn_statement_step(rows, &more, err));
        if (!more)
            return MAINET_OK;
        if (mn_setting_check(mn_statement_text(rows, 0), mn_statement_text(rows, 1), err) !=
            MAINET_OK)
            return mn_fail(err, MAINET_E_STORE_TAMPERED, 0, "setting '%s' is '%s'",
                           mn_statement_text(rows, 0), mn_statement_text(rows, 1));
    }
}

static mainet_status
check_key_file(inspection *self, mn_database *database, mainet_error *err)
{
    mn_auto(mn_secret) key = NULL;
    char name[MN_SERIAL_LEN + sizeof ".key"];

    mn_token_file_name(self->token->serial, ".key", name, sizeof name);
    key = mn_file_read_secret(mn_database_folder(database), name, MN_SEAL_KEY_LEN, err);
    if (key == NULL)
        return mn_failure(err);
    if (mn_secret_len(key) != MN_SEAL_KEY_LEN)
        return mn_fail(err, MAINET_E_STORE_OPEN, 0, "%s has %zu bytes", name, mn_secret_len(key));
    return MAINET_OK;
}

/* Somebody can open the token: by PIN, or by the key file. */
static mainet_status
check_pins(inspection *self, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    bool found[3] = {false, false, false};
    mn_head head;

    database = mn_token_access(self->token, MN_ACCESS_READ, &head, err);
    if (database == NULL)
        return mn_failure(err);
    for (int role = MN_ROLE_NONE; role <= MN_ROLE_SO; role++) {
        mn_wrap wrap;

        MN_TRY(mn_wrap_read(database, (mn_role)role, &wrap, &found[role], err));
        if (found[role] && role != MN_ROLE_NONE)
            MN_TRY(mn_kdf_check(&wrap.kdf, err));
    }
    if (found[MN_ROLE_NONE] == (found[MN_ROLE_USER] || found[MN_ROLE_SO]))
        return mn_fail(err, MAINET_E_STORE_TAMPERED, 0,
                       found[MN_ROLE_NONE] ? "a PIN and a key file" : "neither PIN nor key file");
    return found[MN_ROLE_NONE] ? check_key_file(self, database, err) : MAINET_OK;
}

static mainet_status
list_objects(inspection *self, mn_ids *ids, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mn_auto(mn_statement) rows = NULL;
    bool more = false;
    mn_head head;

    database = mn_token_access(self->token, MN_ACCESS_READ, &head, err);
    if (database == NULL)
        return mn_failure(err);
    rows = mn_statement_new(database, "SELECT id FROM object ORDER BY id", err);
    if (rows == NULL)
        return mn_failure(err);
    for (;;) {
        MN_TRY(mn_statement_step(rows, &more, err));
        if (!more)
            return MAINET_OK;
        MN_TRY(mn_ids_add(ids, mn_statement_number(rows, 0), err));
    }
}

static const char *
class_name(uint64_t class)
{
    switch (class) {
    case CKO_DATA:
        return "data";
    case CKO_CERTIFICATE:
        return "certificate";
    case CKO_PUBLIC_KEY:
        return "public key";
    case CKO_PRIVATE_KEY:
        return "private key";
    case CKO_SECRET_KEY:
        return "secret key";
    default:
        return "object";
    }
}

static void
name_object(const mn_object *object, int64_t id, char place[PLACE_LEN])
{
    const mn_attribute *label =
        object == NULL ? NULL : mn_attributes_get(mn_object_attributes(object), CKA_LABEL);
    size_t len = label == NULL ? 0 : label->value_len;
    int written = 0;

    written = snprintf(place, PLACE_LEN, "object %lld", (long long)id);
    if (object != NULL)
        written += snprintf(place + written, (size_t)(PLACE_LEN - written), ", %s",
                            class_name(mn_object_class(object)));
    if (len != 0)
        (void)snprintf(place + written, (size_t)(PLACE_LEN - written), " %.*s",
                       (int)(len > 60 ? 60 : len), (const char *)label->value);
    mn_text_tidy(place, len > 40);
}

/* The column that pairs certificates and keys is the hash of the object's own public key. */
static mainet_status
check_pairing(mn_object *object, mainet_error *err)
{
    const uint8_t *stored = mn_object_public_key_hash(object);
    const uint8_t *made = NULL;
    uint8_t before[MN_SHA256_LEN] = {0};
    bool had = stored != NULL;

    if (mn_object_is_hidden(object))
        return MAINET_OK;
    if (had)
        memcpy(before, stored, sizeof before);
    MN_TRY(mn_object_find_public_key(object, err));
    made = mn_object_public_key_hash(object);
    if (had != (made != NULL) || (had && memcmp(before, made, sizeof before) != 0))
        return mn_fail(err, MAINET_E_STORE_TAMPERED, 0, "it is paired by another public key");
    return MAINET_OK;
}

/* Keys of a kind that we cannot use, or whose public half nobody knows, cannot be tried. */
static mainet_status
check_key_pair(const mn_object *object, const mn_keys *keys, mainet_error *err)
{
    mainet_error unknown = {0};
    mn_auto(EVP_PKEY) key = NULL;
    mn_auto(EVP_PKEY) public_key = NULL;
    bool fits = false;

    if (mn_object_class(object) != CKO_PRIVATE_KEY)
        return MAINET_OK;
    ERR_set_mark();
    public_key = mn_object_public_key(object, &unknown);
    if (public_key != NULL)
        key = mn_object_private_key(object, keys, &unknown);
    fits = key != NULL && mn_key_signs_for(key, public_key);
    ERR_pop_to_mark();
    if (key == NULL && mn_failure(&unknown) == MAINET_E_NO_MEMORY)
        return mn_fail_memory(err, "key");
    if (public_key == NULL || (key == NULL && mn_failure(&unknown) == MAINET_E_PKCS12_UNUSABLE))
        return MAINET_OK;
    if (!fits)
        return mn_fail(err, MAINET_E_STORE_TAMPERED, 0,
                       "the key does not sign for its public half");
    return MAINET_OK;
}

static mainet_status
check_secrets(const mn_object *object, const mn_keys *keys, mainet_error *err)
{
    for (size_t i = 0; i < mn_object_secret_count(object); i++) {
        mn_auto(mn_secret) secret =
            mn_object_secret(object, keys, mn_object_secret_type(object, i), err);

        if (secret == NULL)
            return mn_failure(err);
    }
    return check_key_pair(object, keys, err);
}

static mainet_status
check_object(inspection *self, int64_t id, char place[PLACE_LEN], mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mn_auto(mn_object) object = NULL;
    mainet_error no_matter = {0};
    mn_head head;

    name_object(NULL, id, place);
    database = mn_token_access(self->token, MN_ACCESS_READ, &head, err);
    if (database == NULL)
        return mn_failure(err);
    object = mn_rows_load(database, NULL, id, &no_matter); /* its name, if it decodes at all */
    name_object(object, id, place);
    mn_object_free(mn_object_take(&object));
    object = mn_rows_load(database, self->keys, id, err);
    if (object == NULL)
        return mn_failure(err);
    MN_TRY(check_pairing(object, err));
    return self->keys == NULL ? MAINET_OK : check_secrets(object, self->keys, err);
}

static mainet_status
check_objects(inspection *self)
{
    mn_auto_ids ids = {.count = 0};
    mainet_error problem = {0};
    mainet_status status = list_objects(self, &ids, &problem);

    if (status != MAINET_OK)
        return tell(self, "objects", status, &problem);
    for (size_t i = 0; i < ids.count; i++) {
        char place[PLACE_LEN];

        problem = (mainet_error){0};
        status = check_object(self, ids.ids[i], place, &problem);
        if (status == MAINET_E_OBJECT_NOT_FOUND) /* deleted while we were looking */
            continue;
        MN_TRY(tell(self, place, status, &problem));
    }
    return MAINET_OK;
}

static mainet_status
inspect(inspection *self)
{
    static const struct {
        const char *place;
        mainet_status (*check)(inspection *self, mainet_error *err);
    } parts[] = {{"file", check_file},
                 {"head", check_head},
                 {"settings", check_settings},
                 {"PINs", check_pins}};

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        mainet_error problem = {0};
        mainet_status status = parts[i].check(self, &problem);

        MN_TRY(tell(self, parts[i].place, status, &problem));
        if (i == 0 && status != MAINET_OK) /* nothing can be told from pages in disorder */
            return MAINET_OK;
    }
    return check_objects(self);
}

mainet_status
mainet_token_check(mainet_token *token, mainet_check_fn fn, void *user_data, mainet_error *err)
{
    inspection self = {.token = token, .fn = fn, .user_data = user_data};
    mainet_status status = MAINET_OK;

    MN_PUBLIC(err);
    if (token == NULL)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "a token is required");
    self.keys = token->keys != NULL ? token->keys : token->suspect;
    status = inspect(&self);
    if (status != MAINET_OK && self.first.status != status)
        return mn_fail(err, status, 0, "the callback ended the check");
    if (self.first.status != MAINET_OK)
        *err = self.first;
    return self.first.status;
}
