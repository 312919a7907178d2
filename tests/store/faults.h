/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STORE_FAULTS_H
#define STORE_FAULTS_H

/* Every system call of this process that changes something on disk, ours, those of the SQLite
 * inside and those of the module, may fail or kill the process. */

#include <stdbool.h>
#include <stddef.h>

/** Die at the nth call from now on, before it, or at the nth write with half of its bytes written.
 */
void
faults_die(size_t nth, bool halfway);

/** Answer the nth call from now on with this errno; `and_all_later` keeps to it. */
void
faults_fail(size_t nth, int cause, bool and_all_later);

/** Stop; whether a call was reached that failed. */
bool
faults_disarm(void);

/** The name of the call that failed first. */
const char *
faults_first(void);

#endif
