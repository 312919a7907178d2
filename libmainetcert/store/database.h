/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_DATABASE_H
#define MN_STORE_DATABASE_H

#include "base/buffer.h"
#include "store/lock.h"
#include "store/stamp.h"

/** The newest version of the format (SCHEMA.md, "Versions and migration"); the first is 1. */
#define MN_DATABASE_VERSION 2

/** One transaction on one token file: the lock, the file, BEGIN. Freed without a commit it is
 * rolled back; either way nothing stays open. */
typedef struct mn_database mn_database;

typedef enum mn_access {
    MN_ACCESS_READ,
    MN_ACCESS_WRITE,
    MN_ACCESS_CREATE /**< a file that is not there yet, with the schema in it */
} mn_access;

/**
 * Lock the folder, open `name` in it and begin a transaction.
 *
 * MAINET_E_STORE_OPEN (cause ENOENT if there is no file), MAINET_E_STORE_VERSION,
 * MAINET_E_STORE_BUSY; MAINET_E_STORE_WRITE where writing was asked for and cannot be.
 */
mn_database *
mn_database_open(const char *folder, const char *name, mn_access access, mainet_error *err);

/** As mn_database_open, on a lock that is taken over; on failure it stays the caller's. */
mn_database *
mn_database_open_locked(mn_lock **lock, const char *folder, const char *name, mn_access access,
                        mainet_error *err);

/** Make it durable. On failure nothing has changed, with one exception: if it was the folder that
 *  could not be synced when all else was done, the change is there but may not outlive a power
 *  cut. */
mainet_status
mn_database_commit(mn_database *database, mainet_error *err);

/** Roll back what is not committed, close, unlock. */
void
mn_database_free(mn_database *database);

/** As mn_database_free, but hand the lock back, still held. */
mn_lock *
mn_database_close(mn_database **database);

/** Borrow the descriptor of the folder, which is locked. */
int
mn_database_folder(const mn_database *database);

/** The version of the format that the file has. */
uint32_t
mn_database_version(const mn_database *database);

/** Within a writing transaction, give an older file the schema and number of the newest version. */
mainet_status
mn_database_upgrade(mn_database *database, mainet_error *err);

/** MAINET_E_STORE_OPEN unless the file has all its pages and SQLite finds them in order. */
mainet_status
mn_database_check(mn_database *database, mainet_error *err);

/** Write the file, as it was when this transaction began, to another one and fsync that; within a
 *  transaction that has changed nothing. */
mainet_status
mn_database_save(mn_database *database, int fd, mainet_error *err);

/** The stamp of the file, as it is in this transaction. */
mainet_status
mn_database_stamp(const mn_database *database, mn_stamp *stamp, mainet_error *err);

/** The row id of the last insert. */
int64_t
mn_database_last_id(mn_database *database);

/** A statement; bind, then step. Bind errors show at the next step. Indexes of parameters begin
 *  at 1 and those of columns at 0, as SQLite has them. */
typedef struct mn_statement mn_statement;

mn_statement *
mn_statement_new(mn_database *database, const char *sql, mainet_error *err);

void
mn_statement_free(mn_statement *statement);

void
mn_statement_bind_number(mn_statement *statement, int index, int64_t value);

/** The bytes are borrowed until the statement is freed or bound again. */
void
mn_statement_bind_blob(mn_statement *statement, int index, const void *data, size_t len);

void
mn_statement_bind_text(mn_statement *statement, int index, const char *text);

/** Step to the next row; `*row` is false at the end. */
mainet_status
mn_statement_step(mn_statement *statement, bool *row, mainet_error *err);

/** Step once and expect no row. */
mainet_status
mn_statement_run(mn_statement *statement, mainet_error *err);

/** Start again with the same bindings. */
void
mn_statement_reset(mn_statement *statement);

bool
mn_statement_is_null(mn_statement *statement, int column);

/** Whether a column has an integer, or a blob, in the file; to be asked before it is read. */
bool
mn_statement_is_number(mn_statement *statement, int column);

bool
mn_statement_is_blob(mn_statement *statement, int column);

int64_t
mn_statement_number(mn_statement *statement, int column);

/** Borrow a blob until the next step; a reader over it. */
mn_reader
mn_statement_blob(mn_statement *statement, int column);

/** Borrow text until the next step; never NULL. */
const char *
mn_statement_text(mn_statement *statement, int column);

/** How many rows the last statement changed. */
int
mn_database_changes(mn_database *database);

MN_AUTO_TYPE(mn_database, mn_database_free)
MN_AUTO_TYPE(mn_statement, mn_statement_free)

#endif
