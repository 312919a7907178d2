/* SPDX-License-Identifier: BSD-3-Clause */
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <termios.h>
#include <unistd.h>

#include "failure.h"

/* These end or stop the program: the terminal gets its echo back first. */
static const int watched_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
enum { WATCHED_COUNT = sizeof watched_signals / sizeof *watched_signals };

static volatile sig_atomic_t caught_signal;

/* What is put back after a question. */
typedef struct guard {
    int tty;
    bool is_changed; /* `modes` has to be put back */
    struct termios modes;
    sigset_t mask;
    struct sigaction actions[WATCHED_COUNT];
} guard;

static int
open_terminal(void)
{
    return open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

bool
terminal_is_there(void)
{
    int tty = -1;

    /* A job with all its streams redirected has nobody who looks, even if it was started from
     * a terminal. */
    if (!isatty(STDIN_FILENO) && !isatty(STDERR_FILENO))
        return false;
    tty = open_terminal();
    if (tty < 0)
        return false;
    (void)close(tty);
    return true;
}

bool
terminal_is_live(FILE *stream)
{
    const char *kind = getenv("TERM");

    return isatty(fileno(stream)) && kind != NULL && strcmp(kind, "dumb") != 0;
}

void
terminal_alarm(FILE *stream, bool begins)
{
    const char *forbidden = getenv("NO_COLOR");

    if (terminal_is_live(stream) && (forbidden == NULL || *forbidden == '\0'))
        (void)fputs(begins ? "\033[1;31m" : "\033[0m", stream);
}

size_t
terminal_columns(FILE *stream)
{
    struct winsize size;

    if (!isatty(fileno(stream)))
        return 0;
    memset(&size, 0, sizeof size);
    if (ioctl(fileno(stream), TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return 80;
    return size.ws_col < 100 ? size.ws_col : 100; /* longer lines are hard to read */
}

static void
write_all(int tty, const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        const ssize_t written = write(tty, text, left);

        if (written < 0 && errno != EINTR)
            return;
        if (written > 0) {
            text += written;
            left -= (size_t)written;
        }
    }
}

void
terminal_show(const char *text)
{
    const int tty = open_terminal();

    if (tty < 0)
        return;
    write_all(tty, text);
    (void)close(tty);
}

static void
note_signal(int number)
{
    caught_signal = number;
}

/* Signals are blocked but while read_line waits, so none slips in between. */
static void
take_guard(guard *self, int tty, bool is_quiet)
{
    struct sigaction note = {.sa_handler = note_signal};
    struct termios quiet;
    sigset_t watched;

    self->tty = tty;
    (void)sigemptyset(&note.sa_mask);
    (void)sigemptyset(&watched);
    for (int i = 0; i < WATCHED_COUNT; i++)
        (void)sigaddset(&watched, watched_signals[i]);
    (void)sigprocmask(SIG_BLOCK, &watched, &self->mask);
    for (int i = 0; i < WATCHED_COUNT; i++) {
        (void)sigaction(watched_signals[i], NULL, &self->actions[i]);
        if (self->actions[i].sa_handler != SIG_IGN)
            (void)sigaction(watched_signals[i], &note, NULL);
    }
    caught_signal = 0;
    self->is_changed = is_quiet && tcgetattr(tty, &self->modes) == 0;
    if (self->is_changed) {
        quiet = self->modes;
        quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
        (void)tcsetattr(tty, TCSAFLUSH, &quiet);
    }
}

static void
give_guard_back(guard *self)
{
    if (self->is_changed) {
        (void)tcsetattr(self->tty, TCSAFLUSH, &self->modes);
        write_all(self->tty, "\n"); /* the user's own was not shown */
    }
    for (int i = 0; i < WATCHED_COUNT; i++)
        (void)sigaction(watched_signals[i], &self->actions[i], NULL);
    (void)sigprocmask(SIG_SETMASK, &self->mask, NULL);
}

/* Wait for a byte: 1; 0 at the end; -1 on failure or when a signal was caught. */
static int
read_byte(const guard *self, uint8_t *byte)
{
    fd_set readable;
    ssize_t count = 0;

    FD_ZERO(&readable);
    FD_SET(self->tty, &readable);
    if (pselect(self->tty + 1, &readable, NULL, NULL, NULL, &self->mask) < 0)
        return errno == EINTR && caught_signal == 0 ? read_byte(self, byte) : -1;
    do {
        count = read(self->tty, byte, 1);
    } while (count < 0 && errno == EINTR && caught_signal == 0);
    return (int)count;
}

static mainet_status
read_line(const guard *self, secret *answer, mainet_error *err)
{
    uint8_t byte = 0;

    for (;;) {
        const int count = read_byte(self, &byte);

        if (count <= 0)
            return fail(err, MAINET_E_CANCELLED, 0, "the question was not answered");
        if (byte == '\n')
            return MAINET_OK;
        if (answer->len == SECRET_MAX)
            return fail(err, MAINET_E_CANCELLED, 0, "the answer is longer than %d bytes",
                        SECRET_MAX);
        answer->data[answer->len++] = byte;
    }
}

mainet_status
terminal_ask(const char *prompt, bool is_quiet, secret *answer, mainet_error *err)
{
    mainet_status status = MAINET_OK;
    guard before;
    int signal_number = 0;

    do {
        const int tty = open_terminal();

        if (tty < 0 || tty >= FD_SETSIZE)
            return fail(err, MAINET_E_CANCELLED, errno, "no terminal to ask at");
        secret_clear(answer);
        take_guard(&before, tty, is_quiet);
        write_all(tty, prompt);
        status = read_line(&before, answer, err);
        give_guard_back(&before);
        (void)close(tty);
        signal_number = caught_signal;
        if (signal_number != 0 && signal_number != SIGINT)
            (void)raise(signal_number); /* stopped, we come back here and ask again */
    } while (signal_number == SIGTSTP);
    return status;
}

static bool
is_answer(const secret *answer, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strlen(*words) == answer->len && memcmp(*words, answer->data, answer->len) == 0)
            return true;
    }
    return false;
}

mainet_status
terminal_ask_consent(const char *question, mainet_error *err)
{
    static const char *const yes[] = {"y", "Y", "yes", "Yes", "YES", "はい", NULL};
    static const char *const no[] = {"", "n", "N", "no", "No", "NO", "いいえ", NULL};
    scoped(secret) answer = secret_new(err);

    if (answer == NULL)
        return err->status;
    for (;;) {
        TRY(terminal_ask(question, false, answer, err));
        if (is_answer(answer, yes))
            return MAINET_OK;
        if (is_answer(answer, no))
            return fail(err, MAINET_E_CANCELLED, 0, "the answer was no");
    }
}
