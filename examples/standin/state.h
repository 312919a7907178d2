/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STANDIN_STATE_H
#define STANDIN_STATE_H

#include "auto.h"

#include <stdbool.h>
#include <stdint.h>

/** DIR and its database. Any thread and any process may use it through a transaction. */
typedef struct st_state st_state;

/** One exclusive look at, or change of, the state. Its end without a commit undoes it. */
typedef struct st_state st_transaction;

/** Open DIR/standin.db, making both where they are missing. @return NULL when named on stderr. */
st_state *
state_open(const char *dir);

/** Close it; no transaction may be open. */
void
state_free(st_state *self);

/** DIR as an absolute path without links. */
const char *
state_dir(const st_state *self);

/** Hold the folder for one `serve`, until the process ends. @return False if another has it. */
bool
state_claim(st_state *self);

/** Begin; waits for others up to 10 seconds. @return NULL when named on stderr. */
st_transaction *
state_begin(st_state *self);

/** Keep what was changed. Ends the transaction whatever the answer. */
bool
state_commit(st_transaction **change);

/** Undo what was changed and end the transaction. */
void
state_rollback(st_transaction *change);

MN_AUTO_TYPE(st_state, state_free)

/* The same struct under another name has another way to end. */
__attribute__((unused)) static inline void
st_transaction_cleanup(st_transaction **change)
{
    if (*change != NULL)
        state_rollback(*change);
}

/** Prepare SQL; bind with sqlite3_bind_*. @return NULL when named on stderr. */
sqlite3_stmt *
state_prepare(st_transaction *change, const char *sql);

/** Run a statement that gives no rows. @return False when named on stderr. */
bool
state_run(st_transaction *change, sqlite3_stmt *statement);

/** The number of rows that the last statement changed. */
int
state_changes(const st_transaction *change);

/** A number kept under a name; the fallback where there is none. */
int64_t
state_setting(st_transaction *change, const char *name, int64_t fallback);

/** Keep a number under a name. */
bool
state_set_setting(st_transaction *change, const char *name, int64_t value);

#endif
