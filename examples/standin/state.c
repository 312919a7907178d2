/* SPDX-License-Identifier: BSD-3-Clause */
#include "state.h"

#include "complaint.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct st_state {
    char dir[PATH_MAX];
    int folder; /* claimed by flock while a site runs */
    sqlite3 *database;
    pthread_mutex_t mutex;
};

/* secure_delete: what is wiped after 24 hours is overwritten, not just unlinked. */
static const char schema[] =
    "PRAGMA secure_delete = ON;"
    "PRAGMA foreign_keys = ON;"
    "BEGIN IMMEDIATE;"
    "CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS authority (role TEXT PRIMARY KEY, certificate BLOB NOT NULL,"
    "  private_key BLOB NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS orders (number TEXT PRIMARY KEY, group_id TEXT NOT NULL,"
    "  common_name TEXT NOT NULL, key TEXT NOT NULL, p12 TEXT NOT NULL, days INTEGER NOT NULL,"
    "  ready INTEGER NOT NULL, salt BLOB NOT NULL, verifier BLOB NOT NULL,"
    "  ordered_at INTEGER NOT NULL, retrieved_at INTEGER, container BLOB) STRICT;"
    "CREATE INDEX IF NOT EXISTS held ON orders (retrieved_at) WHERE container IS NOT NULL;"
    "CREATE TABLE IF NOT EXISTS certificate (serial TEXT PRIMARY KEY,"
    "  number TEXT NOT NULL REFERENCES orders (number), certificate BLOB NOT NULL,"
    "  revoked_at INTEGER) STRICT;"
    "COMMIT;";

/* A folder of somebody else, or one that others may write, is no place for a CA's key. */
static bool
open_folder(st_state *self, const char *dir)
{
    struct stat info;

    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return complain("cannot make %s: %s", dir, strerror(errno));
    if (realpath(dir, self->dir) == NULL)
        return complain("cannot use %s: %s", dir, strerror(errno));
    self->folder = open(self->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (self->folder < 0 || fstat(self->folder, &info) != 0)
        return complain("cannot open %s: %s", self->dir, strerror(errno));
    if (info.st_uid != geteuid() || (info.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return complain("%s must be yours and not writable by others", self->dir);
    return true;
}

static bool
open_database(st_state *self)
{
    char path[PATH_MAX + sizeof "/standin.db"];
    char *reason = NULL;
    int rc;

    (void)snprintf(path, sizeof path, "%s/standin.db", self->dir);
    rc = sqlite3_open_v2(path, &self->database,
                         SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_busy_timeout(self->database, 10000);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(self->database, schema, NULL, NULL, &reason);
    sqlite3_free(reason);
    if (rc != SQLITE_OK)
        return complain("cannot open %s: %s", path, sqlite3_errmsg(self->database));
    return true;
}

st_state *
state_open(const char *dir)
{
    mn_auto(st_state) self = calloc(1, sizeof *self);

    if (self == NULL) {
        (void)complain("out of memory");
        return NULL;
    }
    self->folder = -1;
    (void)pthread_mutex_init(&self->mutex, NULL);
    (void)umask(077);
    if (!open_folder(self, dir) || !open_database(self))
        return NULL;
    return st_state_take(&self);
}

void
state_free(st_state *self)
{
    if (self == NULL)
        return;
    (void)sqlite3_close_v2(self->database);
    if (self->folder >= 0)
        (void)close(self->folder);
    (void)pthread_mutex_destroy(&self->mutex);
    free(self);
}

const char *
state_dir(const st_state *self)
{
    return self->dir;
}

bool
state_claim(st_state *self)
{
    const struct timespec pause = {.tv_nsec = 50000000};

    /* One that was told to stop may need a moment to close its connections. */
    for (int tries = 40; tries > 0; tries--) {
        if (flock(self->folder, LOCK_EX | LOCK_NB) == 0)
            return true;
        (void)nanosleep(&pause, NULL);
    }
    return complain("another mainet-standin serves %s", self->dir);
}

st_transaction *
state_begin(st_state *self)
{
    (void)pthread_mutex_lock(&self->mutex);
    if (sqlite3_exec(self->database, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK)
        return self;
    (void)complain("%s/standin.db: %s", self->dir, sqlite3_errmsg(self->database));
    (void)pthread_mutex_unlock(&self->mutex);
    return NULL;
}

bool
state_commit(st_transaction **change)
{
    st_transaction *self = *change;
    bool done = sqlite3_exec(self->database, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;

    if (done)
        (void)pthread_mutex_unlock(&self->mutex);
    else {
        (void)complain("%s/standin.db: %s", self->dir, sqlite3_errmsg(self->database));
        state_rollback(self);
    }
    *change = NULL;
    return done;
}

void
state_rollback(st_transaction *change)
{
    (void)sqlite3_exec(change->database, "ROLLBACK", NULL, NULL, NULL);
    (void)pthread_mutex_unlock(&change->mutex);
}

sqlite3_stmt *
state_prepare(st_transaction *change, const char *sql)
{
    sqlite3_stmt *statement = NULL;

    if (sqlite3_prepare_v2(change->database, sql, -1, &statement, NULL) != SQLITE_OK)
        (void)complain("%s/standin.db: %s", change->dir, sqlite3_errmsg(change->database));
    return statement;
}

bool
state_run(st_transaction *change, sqlite3_stmt *statement)
{
    if (sqlite3_step(statement) != SQLITE_DONE)
        return complain("%s/standin.db: %s", change->dir, sqlite3_errmsg(change->database));
    return true;
}

int
state_changes(const st_transaction *change)
{
    return sqlite3_changes(change->database);
}

int64_t
state_setting(st_transaction *change, const char *name, int64_t fallback)
{
    mn_auto(sqlite3_stmt) query =
        state_prepare(change, "SELECT value FROM setting WHERE name = ?1");

    if (query == NULL || sqlite3_bind_text(query, 1, name, -1, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_step(query) != SQLITE_ROW)
        return fallback;
    return sqlite3_column_int64(query, 0);
}

bool
state_set_setting(st_transaction *change, const char *name, int64_t value)
{
    mn_auto(sqlite3_stmt) statement =
        state_prepare(change, "INSERT OR REPLACE INTO setting VALUES (?1, ?2)");

    if (statement == NULL ||
        sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_bind_int64(statement, 2, value) != SQLITE_OK)
        return false;
    return state_run(change, statement);
}
