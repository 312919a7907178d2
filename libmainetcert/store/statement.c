/* SPDX-License-Identifier: BSD-3-Clause */
/* Statements, and those that are kept for whoever has the same SQL again. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/database-private.h"

struct mn_statement {
    mn_database *database;
    sqlite3_stmt *handle;
    int bound; /* the first failed bind */
};

void
mn_statements_drop(mn_database *database)
{
    for (size_t i = 0; i < MN_IDLE_MAX; i++) {
        (void)sqlite3_finalize(database->idle[i]);
        database->idle[i] = NULL;
    }
}

/* A batch runs the same few statements thousands of times; to prepare one takes longer than to run
 * it. */
static sqlite3_stmt *
take_idle(mn_database *database, const char *sql)
{
    for (size_t i = 0; i < MN_IDLE_MAX; i++) {
        sqlite3_stmt *found = database->idle[i];

        if (found == NULL || strcmp(sqlite3_sql(found), sql) != 0)
            continue;
        database->idle[i] = NULL;
        return found;
    }
    return NULL;
}

static void
put_idle(mn_database *database, sqlite3_stmt *handle)
{
    (void)sqlite3_reset(handle);
    (void)sqlite3_clear_bindings(handle);
    for (size_t i = 0; i < MN_IDLE_MAX; i++) {
        if (database->idle[i] != NULL)
            continue;
        database->idle[i] = handle;
        return;
    }
    (void)sqlite3_finalize(handle);
}

mn_statement *
mn_statement_new(mn_database *database, const char *sql, mainet_error *err)
{
    mn_auto(mn_statement) statement = calloc(1, sizeof *statement);

    if (statement == NULL)
        return mn_fail_memory_null(err, "statement");
    statement->database = database;
    statement->handle = take_idle(database, sql);
    if (statement->handle != NULL)
        return mn_statement_take(&statement);
    if (sqlite3_prepare_v2(database->handle, sql, -1, &statement->handle, NULL) != SQLITE_OK) {
        (void)mn_database_fail(database, err, "statement");
        return NULL;
    }
    return mn_statement_take(&statement);
}

void
mn_statement_free(mn_statement *statement)
{
    if (statement == NULL)
        return;
    if (statement->handle != NULL)
        put_idle(statement->database, statement->handle);
    free(statement);
}

static void
note(mn_statement *statement, int result)
{
    if (statement->bound == SQLITE_OK)
        statement->bound = result;
}

void
mn_statement_bind_number(mn_statement *statement, int index, int64_t value)
{
    note(statement, sqlite3_bind_int64(statement->handle, index, value));
}

void
mn_statement_bind_blob(mn_statement *statement, int index, const void *data, size_t len)
{
    if (len == 0)
        note(statement, sqlite3_bind_zeroblob(statement->handle, index, 0));
    else
        note(statement, sqlite3_bind_blob64(statement->handle, index, data, len, SQLITE_STATIC));
}

void
mn_statement_bind_text(mn_statement *statement, int index, const char *text)
{
    note(statement, sqlite3_bind_text(statement->handle, index, text, -1, SQLITE_STATIC));
}

mainet_status
mn_statement_step(mn_statement *statement, bool *row, mainet_error *err)
{
    int result = SQLITE_ERROR;

    errno = 0;
    if (statement->bound == SQLITE_OK)
        result = sqlite3_step(statement->handle);
    *row = result == SQLITE_ROW;
    if (result != SQLITE_ROW && result != SQLITE_DONE)
        return mn_database_fail(statement->database, err, "database");
    return MAINET_OK;
}

mainet_status
mn_statement_run(mn_statement *statement, mainet_error *err)
{
    bool row = false;

    return mn_statement_step(statement, &row, err);
}

void
mn_statement_reset(mn_statement *statement)
{
    (void)sqlite3_reset(statement->handle);
}

bool
mn_statement_is_null(mn_statement *statement, int column)
{
    return sqlite3_column_type(statement->handle, column) == SQLITE_NULL;
}

bool
mn_statement_is_number(mn_statement *statement, int column)
{
    return sqlite3_column_type(statement->handle, column) == SQLITE_INTEGER;
}

bool
mn_statement_is_blob(mn_statement *statement, int column)
{
    return sqlite3_column_type(statement->handle, column) == SQLITE_BLOB;
}

int64_t
mn_statement_number(mn_statement *statement, int column)
{
    return sqlite3_column_int64(statement->handle, column);
}

mn_reader
mn_statement_blob(mn_statement *statement, int column)
{
    const uint8_t *data = sqlite3_column_blob(statement->handle, column);
    int len = sqlite3_column_bytes(statement->handle, column);
    mn_reader reader = MN_READER_INIT(data, (size_t)len);

    return reader;
}

const char *
mn_statement_text(mn_statement *statement, int column)
{
    const unsigned char *text = sqlite3_column_text(statement->handle, column);

    return text == NULL ? "" : (const char *)text;
}
