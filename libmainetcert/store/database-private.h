/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MN_STORE_DATABASE_PRIVATE_H
#define MN_STORE_DATABASE_PRIVATE_H

#include <sqlite3.h>

#include "store/database.h"

/* The inside of a transaction, for database.c, statement.c and schema.c. */

#define MN_IDLE_MAX 24

struct mn_database {
    mn_lock *lock;
    sqlite3 *handle;
    sqlite3_stmt *idle[MN_IDLE_MAX]; /* prepared before, for whoever has the same SQL again */
    uint32_t version;
    bool writes;
    char name[64]; /* of the file in the folder, for error details */
    bool recovers; /* a reader that finds a journal has to write to roll it back */
};

/** What happened, in the words of section 5 of the design: 305 if it kept us from writing, else
 *  300. */
mainet_status
mn_database_fail(const mn_database *database, mainet_error *err, const char *doing);

/** Run statements that answer nothing. */
mainet_status
mn_database_execute(mn_database *database, const char *sql, mainet_error *err);

/** The number that a PRAGMA answers. */
mainet_status
mn_database_pragma(mn_database *database, const char *pragma, int64_t *value, mainet_error *err);

/** Finalize the statements that were kept. */
void
mn_statements_drop(mn_database *database);

/** MAINET_E_STORE_OPEN or MAINET_E_STORE_VERSION unless the file is one of ours, by its numbers and
 *  by every word of its schema; fills in `version`. Under the mutex of lock.c. */
mainet_status
mn_schema_check(mn_database *database, const char *name, mainet_error *err);

#endif
