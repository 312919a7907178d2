/* SPDX-License-Identifier: BSD-3-Clause */
/* Objects of a token, one transaction a call. */
#include <string.h>

#include <p11-kit/pkcs11.h>

#include "store/key.h"
#include "store/public-attributes.h"
#include "store/record.h"
#include "store/token-private.h"
#include "store/transaction.h"

static mainet_status
hand_out(const mn_database *database, const mn_head *head, mn_ids *ids, mn_ids *out,
         mainet_error *err)
{
    MN_TRY(mn_database_stamp(database, &ids->stamp, err));
    ids->generation = head->generation;
    ids->hides = !head->settings.show_superseded || !head->settings.show_expired;
    *out = *ids;
    ids->ids = NULL;
    return MAINET_OK;
}

mainet_status
mn_token_find(mainet_token *token, const mn_keys *keys, const mn_attributes *wanted, mn_ids *found,
              mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mn_auto_ids matches = {.count = 0};
    mn_head head;

    database = mn_token_access(token, MN_ACCESS_READ, &head, err);
    if (database == NULL)
        return mn_failure(err);
    if (keys != NULL)
        MN_TRY(mn_head_verify(&head, keys, err));
    MN_TRY(mn_rows_find(database, keys, wanted, &matches, err));
    return hand_out(database, &head, &matches, found, err);
}

mainet_status
mn_token_ids(mainet_token *token, const mn_keys *keys, mn_ids *found, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mn_auto_ids ids = {.count = 0};
    mn_head head;

    database = mn_token_access(token, MN_ACCESS_READ, &head, err);
    if (database == NULL)
        return mn_failure(err);
    if (keys != NULL)
        MN_TRY(mn_head_verify(&head, keys, err));
    MN_TRY(mn_rows_ids(database, keys != NULL, &ids, err));
    return hand_out(database, &head, &ids, found, err);
}

mainet_status
mn_token_load_ahead(mainet_token *token, const mn_keys *keys, const int64_t *ids, size_t count,
                    mn_object **objects, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mainet_error no_matter = {0};
    mn_head head;

    database = mn_token_access(token, MN_ACCESS_READ, &head, err);
    if (database == NULL)
        return mn_failure(err);
    if (keys != NULL)
        MN_TRY(mn_head_verify(&head, keys, err));
    objects[0] = mn_rows_load(database, keys, ids[0], err);
    if (objects[0] == NULL)
        return mn_failure(err);
    for (size_t i = 1; i < count; i++)
        objects[i] = mn_rows_load(database, keys, ids[i], &no_matter);
    return MAINET_OK;
}

mn_object *
mn_token_load(mainet_token *token, const mn_keys *keys, int64_t id, mainet_error *err)
{
    mn_object *object = NULL;

    return mn_token_load_ahead(token, keys, &id, 1, &object, err) == MAINET_OK ? object : NULL;
}

mn_database *
mn_transaction_begin(mainet_token *token, const mn_keys *keys, mn_head *head, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;

    if (keys == NULL)
        return mn_fail_null(err, MAINET_E_TOKEN_LOCKED, 0, "the token is locked");
    database = mn_token_access(token, MN_ACCESS_WRITE, head, err);
    if (database == NULL || mn_head_verify(head, keys, err) != MAINET_OK)
        return NULL;
    return mn_database_take(&database);
}

mainet_status
mn_transaction_commit(mn_database *database, const mn_keys *keys, mn_head *head, mainet_error *err)
{
    MN_TRY(mn_head_write(database, head, keys, false, err));
    MN_TRY(mn_database_commit(database, err));
    if (head->has_erased)
        mn_token_remove_copies(mn_database_folder(database), head->serial);
    return MAINET_OK;
}

/* A public key as it is found beside a private key or its certificate, with the same CKA_ID:
 * without it browsers do not offer the certificate before login. CKA_DERIVE of both halves is the
 * same, as OpenSC's tests have it. */
static mn_object *
make_public_key(const mn_object *like, mainet_error *err)
{
    static const uint64_t shared[] = {CKA_ID, CKA_LABEL, CKA_SUBJECT, CKA_DERIVE};
    mn_auto(mn_attributes) plain = mn_attributes_new(err);
    mn_auto_buffer(der, 65536);
    mn_public_info info;
    bool found = false;

    if (plain == NULL || mn_object_public_key_info(like, &der, &found, err) != MAINET_OK)
        return NULL;
    if (!found || !mn_public_info_read(der.data, der.len, &info))
        return mn_fail_null(err, MAINET_E_PKCS12_UNUSABLE, 0, "a public key of an unknown kind");
    if (mn_public_info_set_public(&info, plain, err) != MAINET_OK ||
        mn_attributes_set_number(plain, CKA_CLASS, CKO_PUBLIC_KEY, err) != MAINET_OK ||
        mn_attributes_set_bool(plain, CKA_TOKEN, true, err) != MAINET_OK ||
        mn_attributes_set_bool(plain, CKA_PRIVATE, false, err) != MAINET_OK ||
        mn_attributes_set_bool(plain, MN_CKA_COMPANION, true, err) != MAINET_OK ||
        mn_attributes_set_bool(plain, CKA_VERIFY, true, err) != MAINET_OK ||
        mn_attributes_set_bool(plain, CKA_ENCRYPT, info.kind == MN_INFO_RSA, err) != MAINET_OK ||
        mn_attributes_set_bool(plain, CKA_WRAP, info.kind == MN_INFO_RSA, err) != MAINET_OK)
        return NULL;
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) {
        const mn_attribute *of_like = mn_attributes_get(mn_object_attributes(like), shared[i]);

        if (of_like != NULL && mn_attributes_set(plain, shared[i], of_like->value,
                                                 of_like->value_len, err) != MAINET_OK)
            return NULL;
    }
    return mn_object_new(plain, err);
}

static mainet_status
has_class(mn_database *database, const mn_object *object, uint64_t class, bool *has,
          mainet_error *err)
{
    mn_auto_ids ids = {.count = 0};

    MN_TRY(mn_rows_with_public_key(database, mn_object_public_key_hash(object), class, &ids, err));
    *has = ids.count != 0;
    return MAINET_OK;
}

mainet_status
mn_transaction_complete(mn_database *database, const mn_keys *keys, mn_head *head,
                        const mn_object *added, mainet_error *err)
{
    mn_auto(mn_object) public_key = NULL;
    uint64_t class = mn_object_class(added);
    bool has_private = class == CKO_PRIVATE_KEY;
    bool has_public = false;

    if ((class != CKO_PRIVATE_KEY && class != CKO_CERTIFICATE) ||
        mn_object_public_key_hash(added) == NULL)
        return MAINET_OK;
    if (!has_private)
        MN_TRY(has_class(database, added, CKO_PRIVATE_KEY, &has_private, err));
    MN_TRY(has_class(database, added, CKO_PUBLIC_KEY, &has_public, err));
    if (!has_private || has_public)
        return MAINET_OK;
    public_key = make_public_key(added, err);
    if (public_key == NULL)
        return mn_failure(err);
    return mn_rows_insert(database, keys, head, public_key, err);
}

/* The row of a public key's companion; 0 if there is none. */
static mainet_status
find_companion(mn_database *database, const mn_keys *keys, const uint8_t *public_key, int64_t *row,
               mainet_error *err)
{
    mn_auto_ids ids = {.count = 0};

    *row = 0;
    if (public_key == NULL)
        return MAINET_OK;
    MN_TRY(mn_rows_with_public_key(database, public_key, CKO_PUBLIC_KEY, &ids, err));
    for (size_t i = 0; i < ids.count; i++) {
        mn_auto(mn_object) object = mn_rows_load(database, keys, ids.ids[i], err);

        if (object == NULL)
            return mn_failure(err);
        if (mn_attributes_bool(mn_object_attributes(object), MN_CKA_COMPANION, false))
            *row = ids.ids[i];
    }
    return MAINET_OK;
}

mainet_status
mn_transaction_replace(mn_database *database, const mn_keys *keys, mn_head *head, mn_object *object,
                       bool *replaced, mainet_error *err)
{
    int64_t row = 0;

    *replaced = false;
    if (mn_object_class(object) != CKO_PUBLIC_KEY ||
        mn_attributes_get(mn_object_attributes(object), MN_CKA_COMPANION) != NULL)
        return MAINET_OK;
    MN_TRY(find_companion(database, keys, mn_object_public_key_hash(object), &row, err));
    if (row == 0)
        return MAINET_OK;
    *replaced = true;
    mn_object_set_id(object, row);
    return mn_rows_update(database, keys, head, object, err);
}

mainet_status
mn_transaction_delete(mn_database *database, const mn_keys *keys, mn_head *head, int64_t id,
                      mainet_error *err)
{
    mn_auto(mn_object) object = mn_rows_load(database, keys, id, err);
    bool has_private = false;
    int64_t row = 0;

    if (object == NULL)
        return mn_failure(err);
    MN_TRY(mn_rows_delete(database, keys, head, id, err));
    head->has_erased = head->has_erased || mn_object_secret_count(object) != 0;
    if (mn_object_class(object) != CKO_PRIVATE_KEY || mn_object_public_key_hash(object) == NULL)
        return MAINET_OK;
    MN_TRY(has_class(database, object, CKO_PRIVATE_KEY, &has_private, err));
    MN_TRY(find_companion(database, keys, mn_object_public_key_hash(object), &row, err));
    return has_private || row == 0 ? MAINET_OK : mn_rows_delete(database, keys, head, row, err);
}

static mainet_status
insert(mn_database *database, const mn_keys *keys, mn_head *head, mn_object *object,
       mainet_error *err)
{
    bool replaced = false;

    MN_TRY(mn_transaction_replace(database, keys, head, object, &replaced, err));
    return replaced ? MAINET_OK : mn_rows_insert(database, keys, head, object, err);
}

mainet_status
mn_token_insert(mainet_token *token, const mn_keys *keys, mn_object *const *objects, size_t count,
                mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mn_head head;

    database = mn_transaction_begin(token, keys, &head, err);
    if (database == NULL)
        return mn_failure(err);
    for (size_t i = 0; i < count; i++)
        MN_TRY(insert(database, keys, &head, objects[i], err));
    for (size_t i = 0; i < count; i++)
        MN_TRY(mn_transaction_complete(database, keys, &head, objects[i], err));
    return mn_transaction_commit(database, keys, &head, err);
}

mainet_status
mn_token_change(mainet_token *token, const mn_keys *keys, int64_t id, mn_token_change_fn change,
                void *user_data, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mn_auto(mn_object) now = NULL;
    mn_auto(mn_object) changed = NULL;
    mn_head head;

    database = mn_transaction_begin(token, keys, &head, err);
    if (database == NULL)
        return mn_failure(err);
    now = mn_rows_load(database, keys, id, err);
    changed = now == NULL ? NULL : change(now, user_data, err);
    if (changed == NULL)
        return mn_failure(err);
    MN_TRY(mn_rows_update(database, keys, &head, changed, err));
    return mn_transaction_commit(database, keys, &head, err);
}

mainet_status
mn_token_delete(mainet_token *token, const mn_keys *keys, int64_t id, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mn_head head;

    database = mn_transaction_begin(token, keys, &head, err);
    if (database == NULL)
        return mn_failure(err);
    MN_TRY(mn_transaction_delete(database, keys, &head, id, err));
    return mn_transaction_commit(database, keys, &head, err);
}
