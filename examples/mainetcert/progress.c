/* SPDX-License-Identifier: BSD-3-Clause */
#include "progress.h"

#include <signal.h>
#include <string.h>

#include "messages.h"
#include "terminal.h"
#include "text.h"

static volatile sig_atomic_t is_interrupted;
static struct sigaction before;

/* The line that stands on the terminal now; NULL: none. */
static char *shown;

static void
note_interrupt(int number)
{
    (void)number;
    is_interrupted = 1;
}

static char *
describe(mainet_phase phase, int64_t done, int64_t total)
{
    scoped(char) done_text = text_number(done);
    scoped(char) total_text = text_number(total);

    switch (phase) {
    case MAINET_PHASE_CHECKING:
        return message_make(MESSAGE_PROGRESS_CHECKING, NULL, NULL);
    case MAINET_PHASE_ASKING:
        return message_make(total > 0 ? MESSAGE_PROGRESS_ASKING_OF : MESSAGE_PROGRESS_ASKING,
                            done_text, total_text);
    case MAINET_PHASE_RETRIEVING:
        return message_make(total > 0 ? MESSAGE_PROGRESS_RETRIEVING_OF
                                      : MESSAGE_PROGRESS_RETRIEVING,
                            done_text, total_text);
    case MAINET_PHASE_OPENING:
        return message_make(total > 0 ? MESSAGE_PROGRESS_OPENING_OF : MESSAGE_PROGRESS_OPENING,
                            done_text, total_text);
    case MAINET_PHASE_IMPORTING:
        return message_make(MESSAGE_PROGRESS_IMPORTING, NULL, NULL);
    }
    return message_make(MESSAGE_NONE, NULL, NULL);
}

static void
show(char *line)
{
    if (shown != NULL && strcmp(shown, line) == 0) {
        free(line);
        return;
    }
    (void)fprintf(stderr, "\r\033[K%s", line);
    (void)fflush(stderr);
    free(shown);
    shown = line;
}

static mainet_status
hear(mainet_phase phase, int64_t done, int64_t total, void *user_data)
{
    (void)user_data;
    if (is_interrupted)
        return MAINET_E_CANCELLED;
    if (terminal_is_live(stderr))
        show(describe(phase, done, total));
    return MAINET_OK;
}

mainet_status
progress_step(message id, int64_t done, int64_t total, mainet_error *err)
{
    scoped(char) done_text = text_number(done);
    scoped(char) total_text = text_number(total);

    if (is_interrupted)
        return fail(err, MAINET_E_CANCELLED, 0, "ended by the user");
    if (terminal_is_live(stderr))
        show(message_make(id, done_text, total_text));
    return MAINET_OK;
}

static void
hear_log(mainet_log_level level, const char *text, void *user_data)
{
    (void)user_data;
    if (level < MAINET_LOG_WARNING)
        return;
    progress_hide();
    message_print(stderr, MESSAGE_WARNING, text, NULL);
}

void
progress_begin(mainet_request *request)
{
    struct sigaction interrupt = {.sa_handler = note_interrupt, .sa_flags = (int)SA_RESETHAND};

    (void)sigemptyset(&interrupt.sa_mask);
    (void)sigaction(SIGINT, NULL, &before);
    if (before.sa_handler != SIG_IGN)
        (void)sigaction(SIGINT, &interrupt, NULL);
    mainet_request_set_progress(request, hear, NULL);
    mainet_request_set_log(request, hear_log, NULL);
}

void
progress_hide(void)
{
    if (shown == NULL)
        return;
    (void)fputs("\r\033[K", stderr);
    (void)fflush(stderr);
    free(shown);
    shown = NULL;
}

void
progress_end(void)
{
    progress_hide();
    (void)sigaction(SIGINT, &before, NULL);
}
