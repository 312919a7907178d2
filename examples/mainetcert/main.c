/* SPDX-License-Identifier: BSD-3-Clause */
/* mainetcert: the manual's import tool for the command line, on the public headers alone. */
#include <errno.h>
#include <string.h>

#include "command.h"
#include "complete.h"

static mainet_status
run(const options *wanted, failure *why)
{
    if (wanted->version) {
        (void)printf("mainetcert %s (libmainetcert %s)\n", MAINETCERT_VERSION, mainet_version());
        return MAINET_OK;
    }
    if (wanted->help) {
        (void)fputs(message_text(wanted->command == NULL ? MESSAGE_HELP : wanted->command->help),
                    stdout);
        return MAINET_OK;
    }
    return wanted->command->run(wanted, why);
}

/* What could not be written was not done, as far as a script can see. */
static mainet_status
finish_output(failure *why)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return MAINET_OK;
    return fail(&why->error, MAINET_E_FILE, errno, "standard output: %s", strerror(errno));
}

int
main(int argc, char **argv)
{
    options wanted = {0};
    failure_init why = {.hint = MESSAGE_NONE};
    mainet_status status = MAINET_OK;

    message_follow_locale();
    if (argc > 1 && strcmp(argv[1], "complete") == 0) { /* the shell asks, not the user */
        complete(argv + 2);
        return OUTCOME_DONE;
    }
    status = options_read(&wanted, argc, argv, &why);
    if (status == MAINET_OK)
        status = run(&wanted, &why);
    if (status == MAINET_OK)
        status = finish_output(&why);
    return status == MAINET_OK ? why.outcome : failure_report(&why, &wanted);
}
