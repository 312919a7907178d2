/* SPDX-License-Identifier: BSD-3-Clause */
/* Identities on their way into a token, in one transaction. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <p11-kit/pkcs11.h>

#include "store/identity-private.h"
#include "store/key.h"
#include "store/public-attributes.h"
#include "store/transaction.h"

#define SEEN_MAX 8

/* What every object of one import shares. */
typedef struct importer {
    const mn_identity_import *import;
    mn_database *database;
    const mn_keys *keys;
    mn_head head;
    mn_public_info public_key; /* of the import's key */
    mn_identity_names names;
    bool changed;
    bool is_whole;           /* all or nothing */
    char seen[SEEN_MAX][65]; /* SHA-256 of issuers that the token has */
    size_t seen_count;
} importer;

static mainet_status
set_common(mn_attributes *plain, uint64_t class, bool is_private, const char *label,
           mainet_error *err)
{
    MN_TRY(mn_attributes_set_number(plain, CKA_CLASS, class, err));
    MN_TRY(mn_attributes_set_bool(plain, CKA_TOKEN, true, err));
    MN_TRY(mn_attributes_set_bool(plain, CKA_PRIVATE, is_private, err));
    MN_TRY(mn_attributes_set_bool(plain, CKA_MODIFIABLE, true, err));
    return mn_attributes_set_text(plain, CKA_LABEL, label, err);
}

static mainet_status
set_date(mn_attributes *plain, uint64_t type, int64_t when, mainet_error *err)
{
    time_t seconds = (time_t)when;
    struct tm date;
    char text[16] = "";

    if (gmtime_r(&seconds, &date) == NULL || strftime(text, sizeof text, "%Y%m%d", &date) != 8)
        return MAINET_OK; /* a year past 9999 has no CK_DATE */
    return mn_attributes_set(plain, type, text, 8, err);
}

static mainet_status
set_names(const mainet_certificate *certificate, mn_attributes *plain, mainet_error *err)
{
    size_t len = 0;
    const uint8_t *der = mn_certificate_der(certificate, &len);

    MN_TRY(mn_attributes_set(plain, CKA_VALUE, der, len, err));
    der = mn_certificate_subject_der(certificate, &len);
    MN_TRY(mn_attributes_set(plain, CKA_SUBJECT, der, len, err));
    der = mn_certificate_issuer_der(certificate, &len);
    MN_TRY(mn_attributes_set(plain, CKA_ISSUER, der, len, err));
    der = mn_certificate_serial_der(certificate, &len);
    return mn_attributes_set(plain, CKA_SERIAL_NUMBER, der, len, err);
}

static mainet_status
default_id(const mainet_certificate *certificate, uint8_t id[MN_KEY_ID_LEN], mainet_error *err)
{
    size_t len = 0;
    const uint8_t *der = mn_certificate_public_key_der(certificate, &len);
    EVP_PKEY *key = NULL;
    mn_public_info info;

    if (mn_public_info_read(der, len, &info))
        return mn_public_info_id(&info, id, err);
    ERR_set_mark();
    key = mn_certificate_key(certificate);
    ERR_pop_to_mark();
    return key == NULL ? mn_fail_crypto(err, "public key") : mn_key_default_id(key, id, err);
}

mainet_status
mn_certificate_attributes(const mainet_certificate *certificate, mn_attributes *plain,
                          mainet_error *err)
{
    mainet_error no_matter = {0};
    uint8_t id[MN_KEY_ID_LEN];

    MN_TRY(mn_attributes_set_number(plain, CKA_CERTIFICATE_TYPE, CKC_X_509, err));
    MN_TRY(mn_attributes_set_number(plain, CKA_CERTIFICATE_CATEGORY,
                                    mainet_certificate_is_authority(certificate) ? 2 : 1, err));
    MN_TRY(set_names(certificate, plain, err));
    MN_TRY(set_date(plain, CKA_START_DATE, mainet_certificate_not_before(certificate), err));
    MN_TRY(set_date(plain, CKA_END_DATE, mainet_certificate_not_after(certificate), err));
    if (default_id(certificate, id, &no_matter) != MAINET_OK)
        return MAINET_OK; /* a CA key of a kind that we cannot use has no id of ours */
    return mn_attributes_set(plain, CKA_ID, id, sizeof id, err);
}

static mainet_status
set_origin(const mn_identity_import *import, mn_attributes *plain, mainet_error *err)
{
    if (import->certificate_number == NULL)
        return MAINET_OK;
    MN_TRY(
        mn_attributes_set_text(plain, MN_CKA_CERTIFICATE_NUMBER, import->certificate_number, err));
    MN_TRY(mn_attributes_set_text(plain, MN_CKA_GROUP_ID, import->group_id, err));
    MN_TRY(mn_attributes_set_text(plain, MN_CKA_SERVICE, import->service, err));
    return mn_attributes_set_number(plain, MN_CKA_ACQUIRED_AT, (uint64_t)import->acquired_at, err);
}

static mainet_status
insert(importer *run, const mn_attributes *plain, mn_object **out, mainet_error *err)
{
    mn_auto(mn_object) object = mn_object_new(plain, err);

    if (object == NULL)
        return mn_failure(err);
    if (mn_object_class(object) == CKO_PRIVATE_KEY)
        MN_TRY(mn_key_set_secrets(run->import->key, object, err));
    MN_TRY(mn_rows_insert(run->database, run->keys, &run->head, object, err));
    run->changed = true;
    *out = mn_object_take(&object);
    return MAINET_OK;
}

static mainet_status
add_certificate(importer *run, mainet_error *err)
{
    const mainet_certificate *certificate = run->import->certificate;
    mn_auto(mn_attributes) plain = mn_attributes_new(err);
    mn_auto(mn_object) added = NULL;

    if (plain == NULL)
        return mn_failure(err);
    if (run->names.row != 0)
        return MAINET_OK;
    MN_TRY(set_common(plain, CKO_CERTIFICATE, false, run->names.label, err));
    MN_TRY(mn_certificate_attributes(certificate, plain, err));
    MN_TRY(mn_attributes_set(plain, CKA_ID, run->names.id, run->names.id_len, err));
    MN_TRY(set_origin(run->import, plain, err));
    MN_TRY(insert(run, plain, &added, err));
    run->names.row = mn_object_id(added);
    return mn_transaction_complete(run->database, run->keys, &run->head, added, err);
}

/* The issuers of a batch are nearly always the same few. */
static bool
was_seen(const importer *run, const mainet_certificate *issuer)
{
    for (size_t i = 0; i < run->seen_count && i < SEEN_MAX; i++)
        if (strcmp(run->seen[i], mainet_certificate_sha256(issuer)) == 0)
            return true;
    return false;
}

static void
remember(importer *run, const mainet_certificate *issuer)
{
    (void)snprintf(run->seen[run->seen_count++ % SEEN_MAX], sizeof run->seen[0], "%s",
                   mainet_certificate_sha256(issuer));
}

static mainet_status
add_issuer(importer *run, const mainet_certificate *issuer, mainet_error *err)
{
    mn_auto(mn_attributes) wanted = mn_attributes_new(err);
    mn_auto(mn_attributes) plain = mn_attributes_new(err);
    mn_auto(mn_object) added = NULL;
    mn_auto_ids there = {.count = 0};
    size_t len = 0;
    const uint8_t *der = mn_certificate_der(issuer, &len);

    if (wanted == NULL || plain == NULL)
        return mn_failure(err);
    if (was_seen(run, issuer))
        return MAINET_OK;
    MN_TRY(mn_attributes_set_number(wanted, CKA_CLASS, CKO_CERTIFICATE, err));
    MN_TRY(mn_attributes_set(wanted, CKA_VALUE, der, len, err));
    MN_TRY(mn_rows_find(run->database, run->keys, wanted, &there, err));
    if (there.count == 0) {
        MN_TRY(
            set_common(plain, CKO_CERTIFICATE, false, mainet_certificate_common_name(issuer), err));
        MN_TRY(mn_certificate_attributes(issuer, plain, err));
        MN_TRY(insert(run, plain, &added, err));
    }
    remember(run, issuer);
    return MAINET_OK;
}

static mainet_status
set_key_policy(const importer *run, mn_attributes *plain, mainet_error *err)
{
    const bool is_rsa = run->public_key.kind == MN_INFO_RSA;
    const struct {
        uint64_t type;
        bool value;
    } flags[] = {
        {CKA_SENSITIVE, true},
        {CKA_EXTRACTABLE, run->import->exportable},
        {CKA_LOCAL, false},
        {CKA_ALWAYS_SENSITIVE, false},
        {CKA_SIGN, true},
        {CKA_NEVER_EXTRACTABLE, false},
        {CKA_DECRYPT, is_rsa},
        {CKA_UNWRAP, is_rsa},
        {CKA_SIGN_RECOVER, is_rsa},
        {CKA_DERIVE, run->public_key.kind == MN_INFO_EC},
        {CKA_ALWAYS_AUTHENTICATE, false},
    };

    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        MN_TRY(mn_attributes_set_bool(plain, flags[i].type, flags[i].value, err));
    return mn_public_info_set_private(&run->public_key, plain, err);
}

static mainet_status
add_key(importer *run, mainet_error *err)
{
    mn_auto(mn_attributes) plain = mn_attributes_new(err);
    mn_auto(mn_object) added = NULL;
    mn_auto_ids there = {.count = 0};
    size_t len = 0;
    const uint8_t *subject = mn_certificate_subject_der(run->import->certificate, &len);

    if (plain == NULL)
        return mn_failure(err);
    MN_TRY(mn_rows_with_public_key(run->database, run->names.public_key, CKO_PRIVATE_KEY, &there,
                                   err));
    if (there.count != 0)
        return MAINET_OK;
    MN_TRY(set_common(plain, CKO_PRIVATE_KEY, true, run->names.label, err));
    MN_TRY(mn_attributes_set(plain, CKA_ID, run->names.id, run->names.id_len, err));
    MN_TRY(mn_attributes_set(plain, CKA_SUBJECT, subject, len, err));
    MN_TRY(set_key_policy(run, plain, err));
    MN_TRY(insert(run, plain, &added, err));
    return mn_transaction_complete(run->database, run->keys, &run->head, added, err);
}

static mainet_status
add_all(importer *run, mainet_error *err)
{
    const mn_identity_import *import = run->import;
    mn_auto_buffer(public_key, 65536);

    MN_TRY(mn_key_read(import->key, &public_key, &run->public_key, err));
    MN_TRY(mn_identity_choose_names(run->database, run->keys, import, &run->public_key, &run->names,
                                    err));
    MN_TRY(add_key(run, err));
    MN_TRY(add_certificate(run, err));
    for (size_t i = 0; i < import->chain_count; i++)
        MN_TRY(add_issuer(run, import->chain[i], err));
    return MAINET_OK;
}

static mainet_status
execute(mn_database *database, const char *sql, mainet_error *err)
{
    mn_auto(mn_statement) statement = mn_statement_new(database, sql, err);

    return statement == NULL ? mn_failure(err) : mn_statement_run(statement, err);
}

/* What is wrong with one identity is no reason to refuse the others; what is wrong with the store
 * is. */
static bool
is_own_fault(mainet_status status)
{
    return status == MAINET_E_PKCS12_UNUSABLE || status == MAINET_E_CERTIFICATE ||
           status == MAINET_E_ARGUMENT || status == MAINET_E_CRYPTO;
}

static mainet_status
add_item(importer *run, const mn_identity_import *import, mn_identity_result *result,
         mainet_error *err)
{
    const mn_head before = run->head;
    mainet_status status = MAINET_OK;

    run->import = import;
    run->changed = false;
    MN_TRY(execute(run->database, "SAVEPOINT item", err));
    status = add_all(run, &result->error);
    if (status != MAINET_OK && (run->is_whole || !is_own_fault(status))) {
        *err = result->error;
        return status;
    }
    if (status != MAINET_OK) {
        MN_TRY(execute(run->database, "ROLLBACK TO item", err));
        run->head = before;
        run->changed = false;
        run->seen_count = 0; /* of which some may be gone again */
    }
    result->row = run->names.row;
    result->was_there = status == MAINET_OK && !run->changed;
    return execute(run->database, "RELEASE item", err);
}

/* The answers are made before the commit, so that nothing can fail after it; and after all is
 * inserted, so that each chain is whole. */
static mainet_status
run_import(importer *run, mainet_token *token, const mn_identity_import *imports, size_t count,
           mn_identity_result *results, mainet_error *err)
{
    mn_auto(mn_issuers) issuers = mn_issuers_new(run->database, run->keys, err);
    bool changed = false;

    if (issuers == NULL)
        return mn_failure(err);
    for (size_t i = 0; i < count; i++) {
        MN_TRY(add_item(run, &imports[i], &results[i], err));
        changed = changed || run->changed;
    }
    for (size_t i = 0; i < count; i++) {
        if (results[i].error.status != MAINET_OK)
            continue;
        results[i].identity = mn_identity_read(token, run->database, run->keys, issuers,
                                               results[i].row, imports[i].certificate, err);
        if (results[i].identity == NULL)
            return mn_failure(err);
        results[i].identity->is_new = !results[i].was_there;
    }
    return changed ? mn_transaction_commit(run->database, run->keys, &run->head, err) : MAINET_OK;
}

static mainet_status
import_all(mainet_token *token, const mn_identity_import *imports, size_t count, bool is_whole,
           mn_identity_result *results, mainet_error *err)
{
    importer run = {.keys = mn_token_keys(token), .is_whole = is_whole};
    mn_auto(mn_database) database = NULL;
    mainet_status status = MAINET_OK;

    memset(results, 0, count * sizeof *results);
    database = mn_transaction_begin(token, run.keys, &run.head, err);
    if (database == NULL)
        return mn_failure(err);
    run.database = database;
    mn_secret_hold_pages();
    status = run_import(&run, token, imports, count, results, err);
    mn_secret_release_pages();
    if (status == MAINET_OK)
        return MAINET_OK;
    for (size_t i = 0; i < count; i++)
        mainet_identity_free(results[i].identity);
    memset(results, 0, count * sizeof *results);
    return status;
}

mainet_status
mn_identity_import_many(mainet_token *token, const mn_identity_import *imports, size_t count,
                        mn_identity_result *results, mainet_error *err)
{
    return import_all(token, imports, count, false, results, err);
}

mainet_status
mn_identity_import_whole(mainet_token *token, const mn_identity_import *imports, size_t count,
                         mn_identity_result *results, mainet_error *err)
{
    return import_all(token, imports, count, true, results, err);
}

mainet_identity *
mn_identity_import_one(mainet_token *token, const mn_identity_import *import, bool *was_there,
                       mainet_error *err)
{
    mn_identity_result result;

    if (mn_identity_import_many(token, import, 1, &result, err) != MAINET_OK)
        return NULL;
    if (result.identity == NULL) {
        *err = result.error;
        return NULL;
    }
    *was_there = result.was_there;
    return result.identity;
}

mainet_status
mn_token_knows_issuer(mainet_token *token, const mainet_certificate *issuer, bool *known,
                      mainet_error *err)
{
    mn_auto(mn_attributes) wanted = mn_attributes_new(err);
    mn_auto_ids ids = {.count = 0};
    size_t len = 0;
    const uint8_t *der = mn_certificate_der(issuer, &len);

    if (wanted == NULL)
        return mn_failure(err);
    MN_TRY(mn_attributes_set_number(wanted, CKA_CLASS, CKO_CERTIFICATE, err));
    MN_TRY(mn_attributes_set(wanted, CKA_VALUE, der, len, err));
    MN_TRY(mn_token_find(token, mn_token_keys(token), wanted, &ids, err));
    *known = ids.count != 0;
    return MAINET_OK;
}
