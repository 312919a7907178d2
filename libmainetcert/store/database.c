/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/database-private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

mainet_status
mn_database_fail(const mn_database *database, mainet_error *err, const char *doing)
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

mainet_status
mn_database_execute(mn_database *database, const char *sql, mainet_error *err)
{
    errno = 0;
    if (sqlite3_exec(database->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
        return mn_database_fail(database, err, "database");
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
        return mn_database_fail(database, err, "database settings");
    return mn_database_execute(
        database,
        "PRAGMA synchronous=EXTRA; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY;"
        "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0",
        err);
}

mainet_status
mn_database_pragma(mn_database *database, const char *pragma, int64_t *value, mainet_error *err)
{
    mn_auto(mn_statement) statement = mn_statement_new(database, pragma, err);
    bool row = false;

    if (statement == NULL)
        return mn_failure(err);
    MN_TRY(mn_statement_step(statement, &row, err));
    *value = row ? mn_statement_number(statement, 0) : 0;
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
        return mn_database_fail(database, err, name);
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

static mainet_status
create_file(mn_database *database, const char *folder, const char *name, mainet_error *err)
{
    mn_auto_fd fd = openat(mn_lock_folder(database->lock), name,
                           O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0)
        return mn_fail_access(err, MAINET_E_STORE_WRITE, errno, mn_lock_folder(database->lock),
                              name);
    MN_TRY(open_handle(database, folder, name, false, err));
    MN_TRY(mn_database_execute(database, "BEGIN EXCLUSIVE", err));
    MN_TRY(mn_database_execute(database, "PRAGMA application_id=1296979019", err));
    return mn_database_upgrade(database, err);
}

static mainet_status
open_file(mn_database *database, const char *folder, const char *name, mainet_error *err)
{
    bool immutable = false;

    MN_TRY(mn_file_check(mn_lock_folder(database->lock), name, NULL, err));
    MN_TRY(prepare_journal(database, name, &immutable, err));
    MN_TRY(open_handle(database, folder, name, immutable, err));
    MN_TRY(mn_database_execute(database, database->writes ? "BEGIN IMMEDIATE" : "BEGIN", err));
    return mn_schema_check(database, name, err);
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
    return mn_database_execute(database, "COMMIT", err);
}

void
mn_database_free(mn_database *database)
{
    if (database == NULL)
        return;
    mn_statements_drop(database);
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

    MN_TRY(mn_database_pragma(database, "PRAGMA page_size", &page_size, err));
    MN_TRY(mn_database_pragma(database, "PRAGMA page_count", &page_count, err));
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
