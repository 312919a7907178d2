/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/database.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/file.h"

#define APPLICATION_ID 0x4d4e544b /* "MNTK" */

#define IDLE_MAX 24

struct mn_database {
    mn_lock *lock;
    sqlite3 *handle;
    sqlite3_stmt *idle[IDLE_MAX]; /* prepared before, for whoever has the same SQL again */
    uint32_t version;
    bool writes;
    char name[64]; /* of the file in the folder, for error details */
    bool recovers; /* a reader that finds a journal has to write to roll it back */
};

struct mn_statement {
    mn_database *database;
    sqlite3_stmt *handle;
    int bound; /* the first failed bind */
};

/* What each version of the format adds to the one before. */
static const char *const schemas[MN_DATABASE_VERSION] = {
#include "schema.inc"
    ,
#include "schema-2.inc"
};

/* What happened, in the words of section 5 of the design: 305 if it kept us from writing, else 300.
 */
static mainet_status
fail(const mn_database *database, mainet_error *err, const char *doing)
{
    int code = database->handle == NULL ? SQLITE_NOMEM : sqlite3_extended_errcode(database->handle);
    int system = database->handle == NULL ? 0 : sqlite3_system_errno(database->handle);
    mainet_status status = database->writes ? MAINET_E_STORE_WRITE : MAINET_E_STORE_OPEN;

    if ((code & 0xff) == SQLITE_NOMEM)
        return mn_fail_memory(err, doing);
    if ((code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB ||
        (code & 0xff) == SQLITE_CONSTRAINT)
        status = MAINET_E_STORE_OPEN;
    if ((code & 0xff) == SQLITE_FULL && system == 0)
        system = ENOSPC;
    if ((code & 0xff) == SQLITE_IOERR && system == 0)
        system = errno; /* a COMMIT that fails leaves it there alone; our callers cleared it */
    if (database->lock != NULL &&
        (system == EACCES || system == EROFS || system == ENOSPC || system == EDQUOT))
        return mn_fail_access(err, status, system, mn_lock_folder(database->lock), database->name);
    return mn_fail(err, status, system, "%s: %s%s%s", doing, sqlite3_errstr(code),
                   system == 0 ? "" : ": ", system == 0 ? "" : strerror(system));
}

static mainet_status
execute(mn_database *database, const char *sql, mainet_error *err)
{
    errno = 0;
    if (sqlite3_exec(database->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
        return fail(database, err, "database");
    return MAINET_OK;
}

/* Runs under the mutex of lock.c, so once and never at the same time. Single-threaded mode is ours
 * alone: this copy of SQLite is hidden in our shared object. */
static mainet_status
initialize(mainet_error *err)
{
    static bool configured;

    if (!configured) {
        if (sqlite3_config(SQLITE_CONFIG_SINGLETHREAD) != SQLITE_OK ||
            sqlite3_initialize() != SQLITE_OK)
            return mn_fail_memory(err, "database");
        configured = true;
    }
    return MAINET_OK;
}

static mainet_status
configure(mn_database *database, mainet_error *err)
{
    static const int limits[][2] = {
        {SQLITE_LIMIT_LENGTH, 16 << 20},
        {SQLITE_LIMIT_SQL_LENGTH, 65536},
        {SQLITE_LIMIT_ATTACHED, 0},
        {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
    };

    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        (void)sqlite3_limit(database->handle, limits[i][0], limits[i][1]);
    if (sqlite3_db_config(database->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) != SQLITE_OK ||
        sqlite3_db_config(database->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL) != SQLITE_OK)
        return fail(database, err, "database settings");
    return execute(database,
                   "PRAGMA synchronous=EXTRA; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY;"
                   "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0",
                   err);
}

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

static void
drop_idle(mn_database *database)
{
    for (size_t i = 0; i < IDLE_MAX; i++) {
        (void)sqlite3_finalize(database->idle[i]);
        database->idle[i] = NULL;
    }
}

/* From the schema of one version to that of another. */
static mainet_status
build_schema(mn_database *database, uint32_t from, uint32_t to, mainet_error *err)
{
    for (uint32_t version = from; version < to; version++)
        MN_TRY(execute(database, schemas[version], err));
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
        status = fail(&memory, err, "schema");
    if (status == MAINET_OK)
        status = build_schema(&memory, 0, version, err);
    if (status == MAINET_OK)
        status = describe_schema(&memory, out, err);
    drop_idle(&memory);
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

static mainet_status
read_pragma(mn_database *database, const char *pragma, int64_t *value, mainet_error *err)
{
    mn_auto(mn_statement) statement = mn_statement_new(database, pragma, err);
    bool row = false;

    if (statement == NULL)
        return mn_failure(err);
    MN_TRY(mn_statement_step(statement, &row, err));
    *value = row ? mn_statement_number(statement, 0) : 0;
    return MAINET_OK;
}

/* Triggers, views or virtual tables in a planted file would run with our rights: only exactly our
 * schema is used. */
static mainet_status
check_schema(mn_database *database, const char *name, mainet_error *err)
{
    mn_auto_buffer(found, 65536);
    const mn_buffer *ours = NULL;
    int64_t application = 0;
    int64_t version = 0;

    MN_TRY(read_pragma(database, "PRAGMA application_id", &application, err));
    MN_TRY(read_pragma(database, "PRAGMA user_version", &version, err));
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

static mainet_status
open_handle(mn_database *database, const char *folder, const char *name, bool immutable,
            mainet_error *err)
{
    mn_auto_buffer(uri, 16384);
    int flags =
        SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX |
        (database->writes || database->recovers ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);

    mn_buffer_append_text(&uri, "file:");
    for (const char *c = folder; *c != '\0'; c++)
        mn_buffer_append_text(&uri, strchr("%?#", *c) == NULL ? "%c" : "%%%02x", (unsigned char)*c);
    mn_buffer_append_text(&uri, "/%s%s", name, immutable ? "?immutable=1" : "");
    mn_buffer_append_u8(&uri, 0);
    MN_TRY(mn_buffer_check(&uri, "file name", err));
    if (sqlite3_open_v2((const char *)uri.data, &database->handle, flags, "unix-none") != SQLITE_OK)
        return fail(database, err, name);
    if (database->writes && sqlite3_db_readonly(database->handle, "main") == 1)
        return mn_fail_access(err, MAINET_E_STORE_WRITE, EACCES, mn_lock_folder(database->lock),
                              name);
    (void)sqlite3_extended_result_codes(database->handle, 1);
    return configure(database, err);
}

/* Until a journal is whole on the disk SQLite leaves its first bytes zero, and then nothing of the
 * file itself has changed: it is neither rolled back nor in anybody's way. */
static bool
is_hot(int folder, const char *journal)
{
    mn_auto_fd fd = openat(folder, journal, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    char first = 1;
    ssize_t got = fd < 0 ? -1 : pread(fd, &first, 1, 0);

    return got < 0 ? errno != ENOENT : got == 1 && first != 0;
}

/* A journal left by a crash is rolled back by the next access, which must be alone for that. */
static mainet_status
prepare_journal(mn_database *database, const char *name, bool *immutable, mainet_error *err)
{
    int folder = mn_lock_folder(database->lock);
    bool may_write = faccessat(folder, ".", W_OK, AT_EACCESS) == 0;
    char journal[128];

    (void)snprintf(journal, sizeof journal, "%s-journal", name);
    *immutable = !may_write && !database->writes;
    if (!may_write && database->writes)
        return mn_fail_access(err, MAINET_E_STORE_WRITE, errno, folder, ".");
    if (!is_hot(folder, journal))
        return MAINET_OK;
    if (!may_write)
        return mn_fail(err, MAINET_E_STORE_OPEN, EROFS,
                       "%s is left from a crash and the folder cannot be written", journal);
    MN_TRY(mn_file_check(folder, journal, NULL, err));
    database->recovers = true;
    return database->writes ? MAINET_OK : mn_lock_upgrade(database->lock, err);
}

mainet_status
mn_database_upgrade(mn_database *database, mainet_error *err)
{
    char pragma[40];

    MN_TRY(build_schema(database, database->version, MN_DATABASE_VERSION, err));
    (void)snprintf(pragma, sizeof pragma, "PRAGMA user_version=%d", MN_DATABASE_VERSION);
    MN_TRY(execute(database, pragma, err));
    database->version = MN_DATABASE_VERSION;
    return MAINET_OK;
}

static mainet_status
create_file(mn_database *database, const char *folder, const char *name, mainet_error *err)
{
    mn_auto_fd fd = openat(mn_lock_folder(database->lock), name,
                           O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0)
        return mn_fail_access(err, MAINET_E_STORE_WRITE, errno, mn_lock_folder(database->lock),
                              name);
    MN_TRY(open_handle(database, folder, name, false, err));
    MN_TRY(execute(database, "BEGIN EXCLUSIVE", err));
    MN_TRY(execute(database, "PRAGMA application_id=1296979019", err));
    return mn_database_upgrade(database, err);
}

static mainet_status
open_file(mn_database *database, const char *folder, const char *name, mainet_error *err)
{
    bool immutable = false;

    MN_TRY(mn_file_check(mn_lock_folder(database->lock), name, NULL, err));
    MN_TRY(prepare_journal(database, name, &immutable, err));
    MN_TRY(open_handle(database, folder, name, immutable, err));
    MN_TRY(execute(database, database->writes ? "BEGIN IMMEDIATE" : "BEGIN", err));
    return check_schema(database, name, err);
}

mn_database *
mn_database_open_locked(mn_lock **lock, const char *folder, const char *name, mn_access access,
                        mainet_error *err)
{
    mn_auto(mn_database) database = calloc(1, sizeof *database);
    mainet_status status = MAINET_OK;

    if (database == NULL)
        return mn_fail_memory_null(err, "database");
    database->lock = mn_lock_take(lock);
    database->writes = access != MN_ACCESS_READ;
    (void)snprintf(database->name, sizeof database->name, "%s", name);
    status = initialize(err);
    if (status == MAINET_OK)
        status =
            (access == MN_ACCESS_CREATE ? create_file : open_file)(database, folder, name, err);
    if (status == MAINET_OK)
        return mn_database_take(&database);
    *lock = mn_database_close(&database);
    return NULL;
}

mn_database *
mn_database_open(const char *folder, const char *name, mn_access access, mainet_error *err)
{
    mn_auto(mn_lock) lock = mn_lock_new(folder, access != MN_ACCESS_READ, err);

    return lock == NULL ? NULL : mn_database_open_locked(&lock, folder, name, access, err);
}

mainet_status
mn_database_commit(mn_database *database, mainet_error *err)
{
    return execute(database, "COMMIT", err);
}

void
mn_database_free(mn_database *database)
{
    if (database == NULL)
        return;
    drop_idle(database);
    if (database->handle != NULL) {
        if (sqlite3_get_autocommit(database->handle) == 0)
            (void)sqlite3_exec(database->handle, "ROLLBACK", NULL, NULL, NULL);
        (void)sqlite3_close_v2(database->handle);
    }
    mn_lock_free(database->lock);
    free(database);
}

mn_lock *
mn_database_close(mn_database **database)
{
    mn_lock *lock = mn_lock_take(&(*database)->lock);

    mn_database_free(*database);
    *database = NULL;
    return lock;
}

int
mn_database_folder(const mn_database *database)
{
    return mn_lock_folder(database->lock);
}

uint32_t
mn_database_version(const mn_database *database)
{
    return database->version;
}

/* SQLite reads zeros where a file was cut short. */
static mainet_status
check_size(mn_database *database, mainet_error *err)
{
    struct stat info;
    int64_t page_size = 0;
    int64_t page_count = 0;

    MN_TRY(read_pragma(database, "PRAGMA page_size", &page_size, err));
    MN_TRY(read_pragma(database, "PRAGMA page_count", &page_count, err));
    MN_TRY(mn_file_check(mn_lock_folder(database->lock), database->name, &info, err));
    if (info.st_size != page_size * page_count)
        return mn_fail(err, MAINET_E_STORE_OPEN, 0, "damaged: %lld bytes where there were %lld",
                       (long long)info.st_size, (long long)(page_size * page_count));
    return MAINET_OK;
}

mainet_status
mn_database_check(mn_database *database, mainet_error *err)
{
    mn_auto(mn_statement) rows = NULL;
    bool more = false;

    MN_TRY(check_size(database, err));
    rows = mn_statement_new(database, "PRAGMA integrity_check(1)", err);
    if (rows == NULL)
        return mn_failure(err);
    MN_TRY(mn_statement_step(rows, &more, err));
    if (!more || strcmp(mn_statement_text(rows, 0), "ok") != 0)
        return mn_fail(err, MAINET_E_STORE_OPEN, 0, "damaged: %s",
                       more ? mn_statement_text(rows, 0) : "no answer");
    return MAINET_OK;
}

/* Nobody else writes while our lock is held, and what a crash left was rolled back when the
 * transaction began: the bytes of the file are its state. (sqlite3_serialize would put zeros in the
 * place of a page that cannot be read.) */
mainet_status
mn_database_save(mn_database *database, int fd, mainet_error *err)
{
    mn_auto_fd from = -1;

    from =
        openat(mn_lock_folder(database->lock), database->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (from < 0)
        return mn_fail_access(err, MAINET_E_STORE_OPEN, errno, mn_lock_folder(database->lock),
                              database->name);
    MN_TRY(check_size(database, err));
    return mn_file_copy(from, fd, database->name, MAINET_E_STORE_OPEN, err);
}

mainet_status
mn_database_stamp(const mn_database *database, mn_stamp *stamp, mainet_error *err)
{
    if (!mn_stamp_read(mn_lock_folder(database->lock), database->name, stamp))
        return mn_fail(err, MAINET_E_STORE_OPEN, errno, "%s: %s", database->name, strerror(errno));
    return MAINET_OK;
}

int64_t
mn_database_last_id(mn_database *database)
{
    return sqlite3_last_insert_rowid(database->handle);
}

int
mn_database_changes(mn_database *database)
{
    return sqlite3_changes(database->handle);
}

/* A batch runs the same few statements thousands of times; to prepare one takes longer than to run
 * it. */
static sqlite3_stmt *
take_idle(mn_database *database, const char *sql)
{
    for (size_t i = 0; i < IDLE_MAX; i++) {
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
    for (size_t i = 0; i < IDLE_MAX; i++) {
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
        (void)fail(database, err, "statement");
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
        return fail(statement->database, err, "database");
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
