/* SPDX-License-Identifier: BSD-3-Clause */
#include "mainetcert/token.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/guest.h"
#include "store/token-private.h"

void
mn_token_file_name(const char *serial, const char *ending, char *out, size_t out_len)
{
    (void)snprintf(out, out_len, "%s%s", serial, ending);
}

/* What the rows of `wrap` say, for a handle or an info. */
static mainet_status
read_roles(mn_database *database, mn_token_info *info, mainet_error *err)
{
    mn_wrap user = {.role = MN_ROLE_USER};
    mn_wrap so = {.role = MN_ROLE_SO};
    mn_wrap none = {.role = MN_ROLE_NONE};

    MN_TRY(mn_wrap_read(database, MN_ROLE_USER, &user, &info->has_user_pin, err));
    MN_TRY(mn_wrap_read(database, MN_ROLE_SO, &so, &info->has_so_pin, err));
    MN_TRY(mn_wrap_read(database, MN_ROLE_NONE, &none, &info->without_pin, err));
    info->user_failures = user.failures;
    info->user_limit = user.limit;
    info->so_failures = so.failures;
    info->so_limit = so.limit;
    return MAINET_OK;
}

static int32_t
tries_left(const mn_token_info *info)
{
    if (info->user_limit == 0)
        return -1;
    return info->user_failures >= info->user_limit ? 0 : info->user_limit - info->user_failures;
}

static void
describe(mainet_token *token, const mn_head *head, const mn_token_info *roles)
{
    memcpy(token->label, head->label, sizeof token->label);
    token->slot = head->slot;
    token->settings = head->settings;
    token->has_user_pin = roles->has_user_pin;
    token->has_so_pin = roles->has_so_pin;
    token->tries_left = tries_left(roles);
    (void)snprintf(token->pin_limit, sizeof token->pin_limit, "%d", (int)roles->user_limit);
}

mainet_token *
mn_token_handle(mainet_store *store, mn_database *database, const mn_head *head, mainet_error *err)
{
    mn_auto(mainet_token) token = calloc(1, sizeof *token);
    mn_token_info roles = {.slot = 0};

    if (token == NULL)
        return mn_fail_memory_null(err, "token");
    atomic_init(&token->references, 1);
    atomic_init(&token->recent_key, NULL);
    token->store = mn_store_ref(store);
    memcpy(token->serial, head->serial, sizeof token->serial);
    mn_token_file_name(head->serial, ".db", token->file, sizeof token->file);
    if (asprintf(&token->path, "%s/%s", mainet_store_path(store), token->file) < 0) {
        token->path = NULL;
        return mn_fail_memory_null(err, "token");
    }
    if (read_roles(database, &roles, err) != MAINET_OK)
        return NULL;
    describe(token, head, &roles);
    return mainet_token_take(&token);
}

mn_database *
mn_token_access(mainet_token *token, mn_access access, mn_head *head, mainet_error *err)
{
    mn_auto(mn_database) database =
        mn_database_open(mn_token_folder(token), token->file, access, err);

    if (database == NULL || mn_head_read(database, head, err) != MAINET_OK)
        return NULL;
    if (strcmp(head->serial, token->serial) != 0)
        return mn_fail_null(err, MAINET_E_TOKEN_NOT_FOUND, 0, "%s is another token now",
                            token->path);
    return mn_database_take(&database);
}

mainet_status
mn_token_read_info(mainet_token *token, mn_token_info *info, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mn_head head;

    database = mn_token_access(token, MN_ACCESS_READ, &head, err);
    if (database == NULL)
        return mn_failure(err);
    memset(info, 0, sizeof *info);
    memcpy(info->serial, head.serial, sizeof info->serial);
    memcpy(info->label, head.label, sizeof info->label);
    info->slot = head.slot;
    info->shows_superseded = head.settings.show_superseded;
    info->shows_expired = head.settings.show_expired;
    info->generation = head.generation;
    info->is_writable = mn_token_is_writable(token);
    MN_TRY(mn_database_stamp(database, &info->stamp, err));
    return read_roles(database, info, err);
}

bool
mn_token_is_unchanged(const mainet_token *token, mn_stamp *stamp)
{
    return mn_stamp_is_current(stamp, AT_FDCWD, token->path);
}

bool
mn_token_is_writable(const mainet_token *token)
{
    return faccessat(AT_FDCWD, token->path, W_OK, AT_EACCESS) == 0 &&
           faccessat(AT_FDCWD, mn_token_folder(token), W_OK, AT_EACCESS) == 0;
}

mainet_token *
mn_token_ref(mainet_token *token)
{
    atomic_fetch_add(&token->references, 1);
    return token;
}

void
mn_token_set_keys(mainet_token *token, mn_keys *keys)
{
    mn_recent_key_forget(&token->recent_key);
    mn_keys_free(token->keys);
    token->keys = keys;
}

void
mainet_token_free(mainet_token *token)
{
    if (token == NULL || atomic_fetch_sub(&token->references, 1) != 1)
        return;
    mn_token_set_keys(token, NULL);
    mn_keys_free(token->suspect);
    mainet_store_free(token->store);
    free(token->path);
    free(token);
}

void
mn_token_refresh(mainet_token *token)
{
    mainet_error no_matter = {0};
    mn_auto(mn_database) database = NULL;
    mn_token_info roles = {.slot = 0};
    mn_head head;

    database = mn_token_access(token, MN_ACCESS_READ, &head, &no_matter);
    if (database != NULL && read_roles(database, &roles, &no_matter) == MAINET_OK)
        describe(token, &head, &roles);
}

static void
forget_suspect(mainet_token *token)
{
    mn_keys_free(token->suspect);
    token->suspect = NULL;
}

/* Only a check uses these: nothing is read or signed with keys of a token that does not verify. */
static mainet_status
keep_suspect(mainet_token *token, mn_role role, const uint8_t *pin, size_t pin_len,
             mainet_error *err)
{
    mainet_error no_matter = {0};
    mn_wrap opened;

    if (err->status == MAINET_E_STORE_TAMPERED || err->status == MAINET_E_STORE_OPEN)
        token->suspect = mn_token_open_keys(token, role, pin, pin_len, &opened, &no_matter);
    return err->status;
}

mainet_status
mainet_token_unlock(mainet_token *token, const uint8_t *pin, size_t pin_len, mainet_error *err)
{
    mn_auto(mn_keys) keys = NULL;
    mn_role role = MN_ROLE_USER;

    MN_PUBLIC(err);
    if (token == NULL)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "a token is required");
    if (!token->has_user_pin)
        role = MN_ROLE_NONE; /* whatever PIN is given: there is none to prove */
    forget_suspect(token);
    keys = mn_token_login(token, role, pin, pin_len, err);
    mn_token_refresh(token);
    if (keys == NULL)
        return keep_suspect(token, role, pin, pin_len, err);
    mn_token_set_keys(token, mn_keys_take(&keys));
    return MAINET_OK;
}

mainet_status
mainet_token_lock(mainet_token *token, mainet_error *err)
{
    if (token == NULL)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "a token is required");
    mn_token_set_keys(token, NULL);
    forget_suspect(token);
    return MAINET_OK;
}

/* A file of that size beside the token, and a write that is rolled back: what the real thing needs.
 */
mainet_status
mainet_token_prove_writable(mainet_token *token, size_t size, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mn_auto(mn_statement) touch = NULL;
    mn_auto_fd fd = -1;
    mn_head head;
    int failed = 0;

    MN_PUBLIC(err);
    if (token == NULL)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "a token is required");
    if (token->keys == NULL)
        return mn_fail(err, MAINET_E_TOKEN_LOCKED, 0, "the token is locked");
    database = mn_token_access(token, MN_ACCESS_WRITE, &head, err);
    if (database == NULL)
        return mn_failure(err);
    touch = mn_statement_new(database, "UPDATE meta SET one = one", err);
    if (touch == NULL)
        return mn_failure(err);
    MN_TRY(mn_statement_run(touch, err));
    (void)unlinkat(mn_database_folder(database), ".probe", 0);
    fd = openat(mn_database_folder(database), ".probe",
                O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    failed = fd < 0 ? errno : posix_fallocate(fd, 0, (off_t)(size == 0 ? 1 : size));
    (void)unlinkat(mn_database_folder(database), ".probe", 0);
    if (failed != 0)
        return mn_fail(err, MAINET_E_STORE_WRITE, failed, "%s: no room for %zu bytes: %s",
                       mn_token_folder(token), size, strerror(failed));
    return MAINET_OK;
}

mn_keys *
mn_token_keys(const mainet_token *token)
{
    return token->keys;
}

const char *
mn_token_folder(const mainet_token *token)
{
    return mainet_store_path(token->store);
}

const char *
mainet_token_label(const mainet_token *token)
{
    return token->label;
}

const char *
mainet_token_serial(const mainet_token *token)
{
    return token->serial;
}

uint32_t
mainet_token_slot(const mainet_token *token)
{
    return token->slot;
}

const char *
mainet_token_path(const mainet_token *token)
{
    return token->path;
}

bool
mainet_token_is_locked(const mainet_token *token)
{
    return token->keys == NULL;
}

bool
mainet_token_has_pin(const mainet_token *token)
{
    return token->has_user_pin;
}

bool
mainet_token_has_so_pin(const mainet_token *token)
{
    return token->has_so_pin;
}

int32_t
mainet_token_tries_left(const mainet_token *token)
{
    return token->tries_left;
}
