/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COMMAND_FAILURE_H
#define COMMAND_FAILURE_H

#include "fail.h"
#include "messages.h"
#include "options.h"
#include "scope.h"

/** The exit statuses. */
enum { OUTCOME_DONE = 0, OUTCOME_FAILED = 1, OUTCOME_USAGE = 2 };

/** What went wrong, and what is known besides that helps the user. */
typedef struct failure {
    mainet_error error;
    message hint;     /**< What this command offers against it; MESSAGE_NONE: nothing. */
    char support[64]; /**< The telephone of the service, once a profile is loaded. */
    json_t *partial;  /**< What was found out before, for --json; NULL: nothing. */
    int outcome;      /**< The exit status of what succeeded. */
    char *usage;      /**< The command line is wrong: what is wrong with it. */
} failure;

/** Release what it holds. */
void
failure_clear(failure *self);

#define failure_init __attribute__((cleanup(failure_clear))) failure

/** Say that the command line is wrong, and return a failed status. */
mainet_status
fail_usage(failure *self, message what, const char *first, const char *second);

/** The catalogue's remedy and what this command offers besides. Yours to free. */
char *
failure_remedy(const failure *self);

/** Tell the user, on standard error and with --json on standard output. @return the exit status */
int
failure_report(const failure *self, const options *wanted);

#endif
