/* SPDX-License-Identifier: BSD-3-Clause */
/* The schema of a file: ours, exactly, or none. */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "store/database-private.h"

#define APPLICATION_ID 0x4d4e544b /* "MNTK" */

/* What each version of the format adds to the one before. */
static const char *const schemas[MN_DATABASE_VERSION] = {
#include "schema.inc"
    ,
#include "schema-2.inc"
};

/* The schema as SQLite tells it back, one line an object. */
static mainet_status
describe_schema(mn_database *database, mn_buffer *out, mainet_error *err)
{
    mn_auto(mn_statement) rows = NULL;
    bool row = false;

    rows = mn_statement_new(
        database, "SELECT type, name, tbl_name, ifnull(sql, '') FROM sqlite_schema ORDER BY name",
        err);
    if (rows == NULL)
        return mn_failure(err);
    for (;;) {
        MN_TRY(mn_statement_step(rows, &row, err));
        if (!row)
            return mn_buffer_check(out, "schema", err);
        mn_buffer_append_text(out, "%s %s %s %s\n", mn_statement_text(rows, 0),
                              mn_statement_text(rows, 1), mn_statement_text(rows, 2),
                              mn_statement_text(rows, 3));
    }
}

/* From the schema of one version to that of another. */
static mainet_status
build_schema(mn_database *database, uint32_t from, uint32_t to, mainet_error *err)
{
    for (uint32_t version = from; version < to; version++)
        MN_TRY(mn_database_execute(database, schemas[version], err));
    return MAINET_OK;
}

/* SQLite tells back, from memory, what it makes of our own schema. */
static mainet_status
tell_back(uint32_t version, mn_buffer *out, mainet_error *err)
{
    mn_database memory = {.writes = true};
    mainet_status status = MAINET_OK;

    if (sqlite3_open_v2(":memory:", &memory.handle,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY,
                        NULL) != SQLITE_OK)
        status = mn_database_fail(&memory, err, "schema");
    if (status == MAINET_OK)
        status = build_schema(&memory, 0, version, err);
    if (status == MAINET_OK)
        status = describe_schema(&memory, out, err);
    mn_statements_drop(&memory);
    (void)sqlite3_close_v2(memory.handle);
    return status;
}

/* Our own schema of a version, made once, under the mutex of lock.c. A child that another thread
 * forks meanwhile finds all of it or nothing. */
static mainet_status
describe_ours(uint32_t version, const mn_buffer **ours, mainet_error *err)
{
    static mn_buffer all[MN_DATABASE_VERSION];
    static atomic_bool is_made[MN_DATABASE_VERSION];
    mn_buffer made = MN_BUFFER_INIT(65536);

    *ours = &all[version - 1];
    if (is_made[version - 1])
        return MAINET_OK;
    if (tell_back(version, &made, err) != MAINET_OK) {
        mn_buffer_clear(&made);
        return mn_failure(err);
    }
    all[version - 1] = made;
    is_made[version - 1] = true;
    return MAINET_OK;
}

/* Triggers, views or virtual tables in a planted file would run with our rights: only exactly our
 * schema is used. */
mainet_status
mn_schema_check(mn_database *database, const char *name, mainet_error *err)
{
    mn_auto_buffer(found, 65536);
    const mn_buffer *ours = NULL;
    int64_t application = 0;
    int64_t version = 0;

    MN_TRY(mn_database_pragma(database, "PRAGMA application_id", &application, err));
    MN_TRY(mn_database_pragma(database, "PRAGMA user_version", &version, err));
    if (application != APPLICATION_ID)
        return mn_fail(err, MAINET_E_STORE_OPEN, 0, "%s is not a token", name);
    if (version > MN_DATABASE_VERSION)
        return mn_fail(err, MAINET_E_STORE_VERSION, 0, "%s has format %lld, this version knows %d",
                       name, (long long)version, MN_DATABASE_VERSION);
    if (version < 1)
        return mn_fail(err, MAINET_E_STORE_OPEN, 0, "%s has format %lld", name, (long long)version);
    database->version = (uint32_t)version;
    MN_TRY(describe_ours(database->version, &ours, err));
    MN_TRY(describe_schema(database, &found, err));
    if (found.len != ours->len || memcmp(found.data, ours->data, found.len) != 0)
        return mn_fail(err, MAINET_E_STORE_OPEN, 0, "%s has a schema that is not ours", name);
    return MAINET_OK;
}

mainet_status
mn_database_upgrade(mn_database *database, mainet_error *err)
{
    char pragma[40];

    MN_TRY(build_schema(database, database->version, MN_DATABASE_VERSION, err));
    (void)snprintf(pragma, sizeof pragma, "PRAGMA user_version=%d", MN_DATABASE_VERSION);
    MN_TRY(mn_database_execute(database, pragma, err));
    database->version = MN_DATABASE_VERSION;
    return MAINET_OK;
}
