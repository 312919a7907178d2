/* SPDX-License-Identifier: BSD-3-Clause */
/* What the objects of an identity are called: CKA_ID and CKA_LABEL, which they share. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <p11-kit/pkcs11.h>

#include "store/identity-private.h"
#include "store/rows.h"
#include "store/token-private.h"

#define ANY_CLASS UINT64_MAX

typedef struct namer {
    mn_database *database;
    const mn_keys *keys;
    const mn_identity_import *import;
    const mn_public_info *public_key;
    mn_identity_names *names;
} namer;

/* The id that the key, its public half or a certificate of it has in the token, whoever chose it;
 * `*len` stays what it is if there is none. */
static mainet_status
find_id(mn_database *database, const mn_keys *keys, const uint8_t public_key[MN_SHA256_LEN],
        uint8_t id[MN_ID_MAX], size_t *len, mainet_error *err)
{
    mn_auto_ids there = {.count = 0};

    MN_TRY(mn_rows_with_public_key(database, public_key, ANY_CLASS, &there, err));
    for (size_t i = 0; i < there.count; i++) {
        mn_auto(mn_object) object = mn_rows_load(database, keys, there.ids[i], err);
        const mn_attribute *found = NULL;

        if (object == NULL)
            return mn_failure(err);
        found = mn_attributes_get(mn_object_attributes(object), CKA_ID);
        if (found == NULL || found->value_len == 0 || found->value_len > MN_ID_MAX)
            continue;
        memcpy(id, found->value, found->value_len);
        *len = found->value_len;
        return MAINET_OK;
    }
    return MAINET_OK;
}

static mainet_status
choose_id(const namer *run, mainet_error *err)
{
    mn_identity_names *names = run->names;

    names->id_len = MN_KEY_ID_LEN;
    MN_TRY(mn_public_info_id(run->public_key, names->id, err));
    return find_id(run->database, run->keys, names->public_key, names->id, &names->id_len, err);
}

mn_object *
mn_token_with_shared_id(mainet_token *token, const mn_keys *keys, mn_object *object,
                        mainet_error *err)
{
    const uint8_t *public_key = mn_object_public_key_hash(object);
    mn_auto(mn_database) database = NULL;
    mn_auto(mn_attributes) plain = NULL;
    uint8_t id[MN_ID_MAX];
    size_t len = 0;
    mn_head head;

    if (public_key == NULL)
        return mn_object_ref(object);
    database = mn_token_access(token, MN_ACCESS_READ, &head, err);
    if (database == NULL || find_id(database, keys, public_key, id, &len, err) != MAINET_OK)
        return NULL;
    if (len == 0)
        return mn_object_ref(object);
    plain = mn_attributes_copy(mn_object_attributes(object), err);
    if (plain == NULL || mn_attributes_set(plain, CKA_ID, id, len, err) != MAINET_OK)
        return NULL;
    return mn_object_with(object, plain, err);
}

/* The row of the certificate, and what it is called if the token has it already; `*known` is false
 * if it is called nothing. */
static mainet_status
keep_label(const namer *run, bool *known, mainet_error *err)
{
    mn_auto(mn_attributes) wanted = mn_attributes_new(err);
    mn_auto_ids ids = {.count = 0};
    mn_auto(mn_object) object = NULL;
    const mn_attribute *label = NULL;
    size_t len = 0;
    const uint8_t *der = mn_certificate_der(run->import->certificate, &len);

    *known = false;
    run->names->row = 0;
    if (wanted == NULL)
        return mn_failure(err);
    MN_TRY(mn_attributes_set_number(wanted, CKA_CLASS, CKO_CERTIFICATE, err));
    MN_TRY(mn_attributes_set(wanted, CKA_VALUE, der, len, err));
    MN_TRY(mn_rows_find(run->database, run->keys, wanted, &ids, err));
    if (ids.count == 0)
        return MAINET_OK;
    run->names->row = ids.ids[0];
    object = mn_rows_load(run->database, run->keys, ids.ids[0], err);
    if (object == NULL)
        return mn_failure(err);
    label = mn_attributes_get(mn_object_attributes(object), CKA_LABEL);
    *known = label != NULL && label->value_len != 0 && label->value_len < sizeof run->names->label;
    if (*known)
        (void)snprintf(run->names->label, sizeof run->names->label, "%.*s", (int)label->value_len,
                       (const char *)label->value);
    return MAINET_OK;
}

/* Whether the holder has another certificate of the same issuer. */
static mainet_status
is_renewal(const namer *run, bool *renewed, mainet_error *err)
{
    mn_auto(mn_attributes) wanted = mn_attributes_new(err);
    mn_auto_ids ids = {.count = 0};
    size_t len = 0;
    const uint8_t *der = mn_certificate_subject_der(run->import->certificate, &len);

    if (wanted == NULL)
        return mn_failure(err);
    MN_TRY(mn_attributes_set_number(wanted, CKA_CLASS, CKO_CERTIFICATE, err));
    MN_TRY(mn_attributes_set(wanted, CKA_SUBJECT, der, len, err));
    der = mn_certificate_issuer_der(run->import->certificate, &len);
    MN_TRY(mn_attributes_set(wanted, CKA_ISSUER, der, len, err));
    MN_TRY(mn_rows_find(run->database, run->keys, wanted, &ids, err));
    *renewed = ids.count != 0;
    return MAINET_OK;
}

/* The friendly name; with the end of validity where the holder has another certificate already, so
 * that nobody picks the wrong one of two. A key that comes to its certificate is called as that. */
static mainet_status
choose_label(const namer *run, mainet_error *err)
{
    const char *name = run->import->label;
    time_t end = (time_t)mainet_certificate_not_after(run->import->certificate);
    char date[32] = "";
    struct tm tm;
    bool known = false;
    bool renewed = false;

    MN_TRY(keep_label(run, &known, err));
    if (known)
        return MAINET_OK;
    MN_TRY(is_renewal(run, &renewed, err));
    if (name == NULL || *name == '\0')
        name = mainet_certificate_common_name(run->import->certificate);
    if (renewed && gmtime_r(&end, &tm) != NULL)
        (void)strftime(date, sizeof date, " (%Y-%m-%d)", &tm);
    (void)snprintf(run->names->label, sizeof run->names->label, "%.400s%s", name, date);
    return MAINET_OK;
}

mainet_status
mn_identity_choose_names(mn_database *database, const mn_keys *keys,
                         const mn_identity_import *import, const mn_public_info *public_key,
                         mn_identity_names *names, mainet_error *err)
{
    const namer run = {database, keys, import, public_key, names};

    MN_TRY(mn_sha256(public_key->der.data, public_key->der.left, names->public_key, err));
    MN_TRY(choose_id(&run, err));
    return choose_label(&run, err);
}
