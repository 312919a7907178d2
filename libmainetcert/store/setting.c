/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/setting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/guest.h"
#include "store/token-private.h"
#include "store/transaction.h"

#define PIN_LIMIT "pin-limit"
#define PIN_LIMIT_MIN 3
#define PIN_LIMIT_MAX 100

/* The names in alphabetical order. */
static const char *const names[] = {PIN_LIMIT, "show-expired", "show-superseded"};

static bool
is_on(const char *value)
{
    return strcmp(value, "yes") == 0;
}

static mainet_status
check_limit(const char *value, mainet_error *err)
{
    size_t len = strlen(value);
    long number = len == 0 || len > 3 || strspn(value, "0123456789") != len || value[0] == '0'
                      ? -1
                      : strtol(value, NULL, 10);

    if (strcmp(value, "0") != 0 && (number < PIN_LIMIT_MIN || number > PIN_LIMIT_MAX))
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "%s is 0 (no limit) or a number from %d to %d",
                       PIN_LIMIT, PIN_LIMIT_MIN, PIN_LIMIT_MAX);
    return MAINET_OK;
}

mainet_status
mn_setting_check(const char *name, const char *value, mainet_error *err)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) != 0)
            continue;
        if (strcmp(name, PIN_LIMIT) == 0)
            return check_limit(value, err);
        if (!is_on(value) && strcmp(value, "no") != 0)
            return mn_fail(err, MAINET_E_ARGUMENT, 0, "%s is yes or no", name);
        return MAINET_OK;
    }
    return mn_fail(err, MAINET_E_ARGUMENT, 0, "there is no setting '%s'", name);
}

static void
take_in(mn_settings *settings, const char *name, const char *value)
{
    if (strcmp(name, "show-expired") == 0)
        settings->show_expired = is_on(value);
    else if (strcmp(name, "show-superseded") == 0)
        settings->show_superseded = is_on(value);
}

mainet_status
mn_settings_read(mn_database *database, mn_settings *settings, uint8_t hash[MN_SHA256_LEN],
                 mainet_error *err)
{
    mn_auto(mn_statement) rows = NULL;
    mn_auto_buffer(text, 65536);
    bool more = false;

    *settings = (mn_settings){.show_superseded = true, .show_expired = true};
    memset(hash, 0, MN_SHA256_LEN);
    if (mn_database_version(database) < 2)
        return MAINET_OK;
    rows = mn_statement_new(database, "SELECT name, value FROM setting ORDER BY name", err);
    if (rows == NULL)
        return mn_failure(err);
    for (;;) {
        const char *name = NULL;
        const char *value = NULL;

        MN_TRY(mn_statement_step(rows, &more, err));
        if (!more)
            break;
        name = mn_statement_text(rows, 0);
        value = mn_statement_text(rows, 1);
        mn_buffer_append_span(&text, name, strlen(name));
        mn_buffer_append_span(&text, value, strlen(value));
        take_in(settings, name, value);
    }
    MN_TRY(mn_buffer_check(&text, "settings", err));
    if (text.len == 0)
        return MAINET_OK;
    return mn_sha256(text.data, text.len, hash, err);
}

mainet_status
mn_setting_write(mn_database *database, const char *name, const char *value, mainet_error *err)
{
    mn_auto(mn_statement) write = NULL;

    MN_TRY(mn_setting_check(name, value, err));
    write = mn_statement_new(database, "INSERT OR REPLACE INTO setting VALUES (?1, ?2)", err);
    if (write == NULL)
        return mn_failure(err);
    mn_statement_bind_text(write, 1, name);
    mn_statement_bind_text(write, 2, value);
    return mn_statement_run(write, err);
}

/* A limit that nobody can reset would turn a typing child into the loss of every key. */
static mainet_status
write_limit(mn_database *database, const char *value, mainet_error *err)
{
    mn_wrap user = {.role = MN_ROLE_USER};
    mn_wrap so = {.role = MN_ROLE_SO};
    bool has_user = false;
    bool has_so = false;

    MN_TRY(mn_wrap_read(database, MN_ROLE_USER, &user, &has_user, err));
    MN_TRY(mn_wrap_read(database, MN_ROLE_SO, &so, &has_so, err));
    user.limit = (int32_t)strtol(value, NULL, 10);
    if (!has_user)
        return mn_fail(err, MAINET_E_PIN_NOT_SET, 0, "the token has no user PIN");
    if (!has_so && user.limit != 0)
        return mn_fail(err, MAINET_E_ARGUMENT, 0,
                       "without a security officer's PIN nobody could unblock the token: "
                       "pin-limit stays 0");
    return mn_wrap_write(database, &user, err);
}

mainet_status
mainet_token_set(mainet_token *token, const char *name, const char *value, mainet_error *err)
{
    mn_auto(mn_database) database = NULL;
    mn_head head;

    MN_PUBLIC(err);
    if (token == NULL || name == NULL || value == NULL)
        return mn_fail(err, MAINET_E_ARGUMENT, 0, "token, name and value are required");
    MN_TRY(mn_setting_check(name, value, err));
    database = mn_transaction_begin(token, token->keys, &head, err);
    if (database == NULL)
        return mn_failure(err);
    MN_TRY(mn_token_upgrade(database, token, &head, err));
    MN_TRY(strcmp(name, PIN_LIMIT) == 0 ? write_limit(database, value, err)
                                        : mn_setting_write(database, name, value, err));
    MN_TRY(mn_settings_read(database, &head.settings, head.settings_hash, err));
    MN_TRY(mn_transaction_commit(database, token->keys, &head, err));
    mn_database_free(
        mn_database_take(&database)); /* the handle is refreshed by an access of its own */
    mn_token_refresh(token);
    return MAINET_OK;
}

const char *
mainet_token_setting(const mainet_token *token, const char *name)
{
    if (strcmp(name, PIN_LIMIT) == 0)
        return token->pin_limit;
    if (strcmp(name, "show-expired") == 0)
        return token->settings.show_expired ? "yes" : "no";
    if (strcmp(name, "show-superseded") == 0)
        return token->settings.show_superseded ? "yes" : "no";
    return NULL;
}

size_t
mainet_setting_count(void)
{
    return sizeof names / sizeof *names;
}

const char *
mainet_setting_name(size_t index)
{
    return index < sizeof names / sizeof *names ? names[index] : NULL;
}
