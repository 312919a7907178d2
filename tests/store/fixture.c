/* SPDX-License-Identifier: BSD-3-Clause */
#include "fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <p11-kit/pkcs11.h>

#include "store/key.h"
#include "store/transaction.h"
#include "support/temp-store.h"

mainet_store *store;
mainet_token *token;
char folder[64];
const char *pins[2];

static const char *in_force;

static struct {
    EVP_PKEY *key;
    mainet_certificate *certificate;
} people[PEOPLE];

void
folder_make(void)
{
    const char *where = getenv("MAINETCERT_TEST_FOLDER");

    if (where == NULL)
        where = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(folder, sizeof folder, "%s/mainetcert-test-XXXXXX", where);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    strcpy(temp_folder, folder);
}

void
folder_remove(void)
{
    temp_store_remove();
}

void
token_make(void)
{
    mainet_error err = {0};

    folder_make();
    store = mainet_store_open(folder, &err);
    ck_assert_msg(store != NULL, "%s", err.detail);
    token = pins[0] == NULL ? mainet_token_create_without_pin(store, "tested", &err)
                            : mainet_token_create(store, "tested", AS_PIN(pins[0]), NULL, 0, &err);
    ck_assert_msg(token != NULL, "%s", err.detail);
}

void
people_settle(size_t count)
{
    mainet_error err = {0};

    for (size_t n = 0; n < count; n++)
        ck_assert_msg(person_import(token, n, &err) == MAINET_OK, "%s", err.detail);
}

void
token_remove(void)
{
    mainet_token_free(token);
    mainet_store_free(store);
    folder_remove();
}

void
people_make(void)
{
    for (size_t n = 0; n < PEOPLE && people[n].key == NULL; n++) {
        char name[16];

        (void)snprintf(name, sizeof name, "Person %zu", n);
        people[n].key = make_key("EC");
        people[n].certificate =
            make_certificate(people[n].key, name, people[n].key, name, (int)n + 1, 365);
    }
}

EVP_PKEY *
person_key(size_t n)
{
    return people[n].key;
}

const mainet_certificate *
person_certificate(size_t n)
{
    return people[n].certificate;
}

mainet_status
person_import(mainet_token *into, size_t n, mainet_error *err)
{
    mn_identity_import what = {.key = people[n].key,
                               .certificate = people[n].certificate,
                               .exportable = true,
                               .acquired_at = 1};
    bool was_there = false;
    mn_auto(mainet_identity) identity = mn_identity_import_one(into, &what, &was_there, err);

    return identity == NULL ? mn_failure(err) : MAINET_OK;
}

static mainet_status
find_rows(mn_database *database, size_t n, mn_ids *rows, mainet_error *err)
{
    mn_auto_buffer(info, 65536);
    uint8_t hash[MN_SHA256_LEN];

    MN_TRY(mn_key_public_info(people[n].key, &info, err));
    MN_TRY(mn_sha256(info.data, info.len, hash, err));
    return mn_rows_with_public_key(database, hash, UINT64_MAX, rows, err);
}

static mainet_status
delete_rows(mn_database *database, const mn_keys *keys, mn_head *head, size_t n, mainet_error *err)
{
    mn_auto_ids rows = {.count = 0};

    MN_TRY(find_rows(database, n, &rows, err));
    for (size_t i = 0; i < rows.count; i++)
        MN_TRY(mn_rows_delete(database, keys, head, rows.ids[i], err));
    return rows.count == 0 ? mn_fail(err, MAINET_E_IDENTITY_NOT_FOUND, 0, "person %zu", n)
                           : MAINET_OK;
}

mainet_status
people_delete(mainet_token *from, crowd whom, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    const mn_keys *keys = mn_token_keys(from);
    mn_head head;

    database = mn_transaction_begin(from, keys, &head, err);
    if (database == NULL)
        return mn_failure(err);
    for (size_t n = 0; n < PEOPLE; n++)
        if ((whom & PERSON(n)) != 0)
            MN_TRY(delete_rows(database, keys, &head, n, err));
    return mn_transaction_commit(database, keys, &head, err);
}

mainet_status
person_delete(mainet_token *from, size_t n, mainet_error *err)
{
    return people_delete(from, PERSON(n), err);
}

mainet_status
person_sign(mainet_token *by, size_t n, mainet_error *err)
{
    mn_auto(mainet_identity) identity =
        mainet_token_identity(by, mainet_certificate_sha256(people[n].certificate), err);
    mn_auto(EVP_PKEY) key = identity == NULL ? NULL : mn_identity_key(identity, err);
    mn_auto(EVP_MD_CTX) signing = EVP_MD_CTX_new();
    mn_auto(EVP_MD_CTX) verifying = EVP_MD_CTX_new();
    uint8_t signature[256];
    size_t len = sizeof signature;

    if (key == NULL)
        return mn_failure(err);
    if (EVP_DigestSignInit_ex(signing, NULL, "SHA256", mn_crypto_context(), NULL, key, NULL) != 1 ||
        EVP_DigestSign(signing, signature, &len, (const uint8_t *)"x", 1) != 1 ||
        EVP_DigestVerifyInit_ex(verifying, NULL, "SHA256", mn_crypto_context(), NULL, people[n].key,
                                NULL) != 1 ||
        EVP_DigestVerify(verifying, signature, len, (const uint8_t *)"x", 1) != 1)
        return mn_fail(err, MAINET_E_PKCS12_UNUSABLE, 0, "person %zu signs with a wrong key", n);
    return MAINET_OK;
}

mainet_status
people_list(mainet_token *in, crowd *found, mainet_error *err)
{
    mn_auto(mainet_identity_list) list = mainet_token_identities(in, err);

    *found = 0;
    if (list == NULL)
        return mn_failure(err);
    for (size_t i = 0; i < mainet_identity_list_count(list); i++) {
        mn_auto(mainet_identity) identity = mainet_identity_list_at(list, i, err);

        for (size_t n = 0; n < PEOPLE; n++)
            if (strcmp(mainet_identity_id(identity),
                       mainet_certificate_sha256(people[n].certificate)) == 0)
                *found |= PERSON(n);
    }
    return MAINET_OK;
}

mainet_status
token_login(mainet_token *opened, mainet_error *err)
{
    in_force = NULL;
    if (pins[0] == NULL)
        return mainet_token_unlock(opened, NULL, 0, err);
    for (size_t i = 0; i < 2 && pins[i] != NULL; i++) {
        mainet_status status = mainet_token_unlock(opened, AS_PIN(pins[i]), err);

        in_force = pins[i];
        if (status != MAINET_E_PIN_INCORRECT)
            return status;
    }
    return mn_failure(err);
}

const char *
pin_in_force(void)
{
    return in_force;
}

const char *
examine(const char *where, crowd *found)
{
    static mainet_error err;
    mn_auto(mainet_store) opened = mainet_store_open(where, &err);
    mn_auto(mainet_token) fresh = opened == NULL ? NULL : mainet_token_open(opened, "tested", &err);

    *found = 0;
    if (fresh == NULL || token_login(fresh, &err) != MAINET_OK ||
        mainet_token_check(fresh, NULL, NULL, &err) != MAINET_OK ||
        people_list(fresh, found, &err) != MAINET_OK)
        return err.detail;
    for (size_t n = 0; n < PEOPLE; n++)
        if ((*found & PERSON(n)) != 0 && person_sign(fresh, n, &err) != MAINET_OK)
            return err.detail;
    return NULL;
}

static void
copy_file(int from, int to, const char *name)
{
    static char content[1 << 20];
    int in = openat(from, name, O_RDONLY);
    int out = openat(to, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ssize_t len = 0;

    while ((len = read(in, content, sizeof content)) > 0)
        ck_assert_int_eq((int)write(out, content, (size_t)len), (int)len);
    (void)close(in);
    (void)close(out);
}

static void
for_each_file(const char *where, int to, void (*act)(int from, int to, const char *name))
{
    DIR *listing = opendir(where);

    ck_assert_ptr_nonnull(listing);
    for (struct dirent *entry = readdir(listing); entry != NULL; entry = readdir(listing))
        if (entry->d_type == DT_REG)
            act(dirfd(listing), to, entry->d_name);
    (void)closedir(listing);
}

void
folder_copy(const char *from, const char *to)
{
    int target = open(to, O_RDONLY | O_DIRECTORY);

    for_each_file(from, target, copy_file);
    (void)close(target);
}

static void
remove_file(int from, int to, const char *name)
{
    (void)to;
    ck_assert_int_eq(unlinkat(from, name, 0), 0);
}

void
folder_empty(const char *where)
{
    for_each_file(where, -1, remove_file);
}

static size_t counted;

static void
count_file(int from, int to, const char *name)
{
    (void)from;
    (void)to;
    counted += strstr(name, "-journal") == NULL;
}

size_t
folder_count(const char *where)
{
    counted = 0;
    for_each_file(where, -1, count_file);
    return counted;
}

long
setting(const char *name, long otherwise)
{
    const char *value = getenv(name);

    return value == NULL ? otherwise : strtol(value, NULL, 10);
}
