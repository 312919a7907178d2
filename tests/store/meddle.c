/* SPDX-License-Identifier: BSD-3-Clause */
#include "meddle.h"

#include <p11-kit/pkcs11.h>
#include <sqlite3.h>

void
meddle(const char *path, const char *other, const char *sql)
{
    static const char *const freedoms = "PRAGMA writable_schema=ON; PRAGMA trusted_schema=ON";
    sqlite3 *handle = NULL;
    char attach[256];
    char *problem = NULL;

    ck_assert_int_eq(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, "unix-none"), SQLITE_OK);
    (void)snprintf(attach, sizeof attach, "ATTACH '%s' AS other", other == NULL ? "" : other);
    if (other != NULL)
        ck_assert_int_eq(sqlite3_exec(handle, attach, NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(handle, freedoms, NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_exec(handle, sql, NULL, NULL, &problem);
    ck_assert_msg(problem == NULL, "%s: %s", sql, problem);
    ck_assert_int_eq(sqlite3_close(handle), SQLITE_OK);
}

static mainet_status
tell_attributes(const mn_object *object, const mn_keys *keys, mn_buffer *view, mainet_error *err)
{
    const mn_attributes *plain = mn_object_attributes(object);

    for (size_t i = 0; i < mn_attributes_count(plain); i++) {
        const mn_attribute *one = mn_attributes_at(plain, i);

        mn_buffer_append_u64(view, one->type);
        mn_buffer_append_span(view, one->value, one->value_len);
    }
    for (size_t i = 0; i < mn_object_secret_count(object); i++) {
        uint64_t type = mn_object_secret_type(object, i);
        mn_auto(mn_secret) secret = mn_object_secret(object, keys, type, err);

        if (secret == NULL)
            return mn_failure(err);
        mn_buffer_append_u64(view, type);
        mn_buffer_append_span(view, mn_secret_bytes(secret), mn_secret_len(secret));
    }
    return MAINET_OK;
}

/* What a search finds that asks for one or two of an object's attributes. */
static mainet_status
tell_search(mn_database *in, const mn_keys *keys, const mn_object *like, const uint64_t types[2],
            mn_buffer *view, mainet_error *err)
{
    mn_auto(mn_attributes) wanted = mn_attributes_new(err);
    mn_auto_ids found = {.count = 0};

    for (size_t i = 0; i < 2; i++) {
        const mn_attribute *one = mn_attributes_get(mn_object_attributes(like), types[i]);

        if (one == NULL)
            return MAINET_OK;
        MN_TRY(mn_attributes_set(wanted, one->type, one->value, one->value_len, err));
    }
    MN_TRY(mn_rows_find(in, keys, wanted, &found, err));
    for (size_t i = 0; i < found.count; i++)
        mn_buffer_append_u64(view, (uint64_t)found.ids[i]);
    return MAINET_OK;
}

static mainet_status
tell_object(mn_database *in, const mn_keys *keys, int64_t id, mn_buffer *view, mainet_error *err)
{
    static const uint64_t searches[][2] = {
        {CKA_CLASS, CKA_CLASS},     {CKA_ID, CKA_ID},       {CKA_LABEL, CKA_LABEL},
        {CKA_SUBJECT, CKA_SUBJECT}, {CKA_VALUE, CKA_VALUE}, {CKA_ISSUER, CKA_SERIAL_NUMBER},
        {CKA_CLASS, CKA_ID},        {CKA_CLASS, CKA_LABEL},
    };
    mn_auto(mn_object) object = mn_rows_load(in, keys, id, err);

    if (object == NULL)
        return mn_failure(err);
    mn_buffer_append_u64(view, (uint64_t)id);
    MN_TRY(tell_attributes(object, keys, view, err));
    for (size_t i = 0; i < sizeof searches / sizeof *searches; i++)
        MN_TRY(tell_search(in, keys, object, searches[i], view, err));
    return MAINET_OK;
}

static mainet_status
tell_objects(mainet_token *in, mn_buffer *view, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mn_auto_ids ids = {.count = 0};
    mn_head head;

    database = mn_token_access(in, MN_ACCESS_READ, &head, err);
    if (database == NULL)
        return mn_failure(err);
    MN_TRY(mn_rows_ids(database, true, &ids, err));
    for (size_t i = 0; i < ids.count; i++)
        MN_TRY(tell_object(database, mn_token_keys(in), ids.ids[i], view, err));
    return MAINET_OK;
}

static mainet_status
tell_identities(mainet_token *in, mn_buffer *view, mainet_error *err)
{
    crowd found = 0;

    MN_TRY(people_list(in, &found, err));
    mn_buffer_append_u32(view, found);
    for (size_t n = 0; n < PEOPLE; n++)
        if ((found & PERSON(n)) != 0)
            MN_TRY(person_sign(in, n, err));
    return MAINET_OK;
}

mainet_status
meddle_view(mn_buffer *view, mainet_error *err)
{
    mn_auto(mainet_token) fresh = mainet_token_open(store, mainet_token_serial(token), err);

    if (fresh == NULL || token_login(fresh, err) != MAINET_OK)
        return mn_failure(err);
    mn_buffer_append_text(view, "%s|%s|%s", mainet_token_label(fresh),
                          mainet_token_setting(fresh, "show-expired"),
                          mainet_token_setting(fresh, "show-superseded"));
    MN_TRY(tell_objects(fresh, view, err));
    MN_TRY(tell_identities(fresh, view, err));
    return mn_buffer_check(view, "view", err);
}

/* What a user can make something of; not among them is MAINET_E_PKCS12_UNUSABLE, by which the
 * fixture says that a wrong key was used. */
static bool
names_the_damage(mainet_status status)
{
    return status == MAINET_E_STORE_OPEN || status == MAINET_E_STORE_TAMPERED ||
           status == MAINET_E_STORE_VERSION || status == MAINET_E_PIN_INCORRECT ||
           status == MAINET_E_PIN_LOCKED || status == MAINET_E_PIN_NOT_SET ||
           status == MAINET_E_TOKEN_NOT_FOUND;
}

bool
meddle_judge(const mn_buffer *before, const char *story)
{
    mn_auto_buffer(now, 0);
    mainet_error err = {0};
    mainet_status status = meddle_view(&now, &err);
    bool is_same = status == MAINET_OK && now.len == before->len &&
                   memcmp(now.data, before->data, now.len) == 0;

    ck_assert_msg(is_same || status != MAINET_OK, "%s: another view, and no error", story);
    ck_assert_msg(is_same || names_the_damage(status), "%s: %s: %s", story,
                  mainet_status_name(status), err.detail);
    return is_same;
}
