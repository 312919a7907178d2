/* SPDX-License-Identifier: BSD-3-Clause */
#include "serve.h"

#include "certificate.h"
#include "clock.h"
#include "complaint.h"
#include "file.h"
#include "order.h"
#include "profile.h"
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static bool
write_files(const st_server *server)
{
    mn_auto(char) tls_pem = certificate_pem(&server->authority->tls, 1);
    char pid[32];

    (void)snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    return tls_pem != NULL && file_write(server->state, "tls-ca.pem", tls_pem) &&
           file_write(server->state, "ca.pem", server->trust_pem) &&
           file_write(server->state, "pid", pid) && profile_write(server);
}

static void
print_addresses(const st_server *server, FILE *out)
{
    (void)fprintf(out,
                  "site        https://localhost:%" PRIu16 "/\n"
                  "confirm     https://localhost:%" PRIu16 "/\n"
                  "repository  http://localhost:%" PRIu16 "/\n"
                  "profile     %s/service.conf\n",
                  server->ports[PORT_HTTPS], server->ports[PORT_CONFIRM], server->ports[PORT_HTTP],
                  state_dir(server->state));
    (void)fflush(out);
}

static void
wipe_old(st_state *state)
{
    mn_auto(st_transaction) change = state_begin(state);

    if (change != NULL && order_wipe_old(change, clock_now(change)))
        (void)state_commit(&change);
}

/* The signals are blocked in every thread, so only this wait takes them. */
static void
wait_for_end(st_state *state, const sigset_t *ends)
{
    const struct timespec minute = {.tv_sec = 60};
    int got;

    do {
        wipe_old(state);
        got = sigtimedwait(ends, NULL, &minute);
    } while (got < 0 && (errno == EAGAIN || errno == EINTR));
}

/* From here standard error is the log, and nobody waits for the end of our output. */
static bool
detach(const st_state *state)
{
    char path[PATH_MAX + sizeof "/standin.log"];
    int log;
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    (void)snprintf(path, sizeof path, "%s/standin.log", state_dir(state));
    log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (log < 0 || null < 0)
        return complain("cannot open %s: %s", path, strerror(errno));
    (void)dup2(null, STDIN_FILENO);
    (void)dup2(log, STDOUT_FILENO);
    (void)dup2(log, STDERR_FILENO);
    (void)close(null);
    (void)close(log);
    return chdir("/") == 0;
}

/* Ready is announced on `announcement`, which is closed then unless it is standard output. */
static bool
run(st_state *state, const st_options *options, FILE *announcement)
{
    const uint16_t ports[PORT_DOORS] = {options->https_port, options->confirm_port,
                                        options->http_port};
    mn_auto(st_server) server = NULL;
    sigset_t ends;
    bool ready;

    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGTERM);
    (void)sigaddset(&ends, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &ends, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    file_remove(state, "ready");

    server = server_start(state, ports);
    ready = server != NULL && write_files(server) && (announcement == stdout || detach(state)) &&
            file_write(state, "ready", "");
    if (ready) {
        print_addresses(server, announcement);
        if (announcement != stdout)
            (void)fclose(announcement);
        wait_for_end(state, &ends);
    }
    file_remove(state, "ready");
    st_server_cleanup(&server);
    server = NULL;
    file_remove(state, "pid"); /* the last thing, so that its absence means that all is closed */
    return ready;
}

/* The child's own part; it never returns to main. */
static void
run_in_background(const st_options *options, int announcement_fd)
{
    mn_auto(st_state) state = NULL;
    FILE *announcement = fdopen(announcement_fd, "w");

    (void)setsid();
    (void)signal(SIGHUP, SIG_IGN);
    state = announcement != NULL ? state_open(options->dir) : NULL;
    if (state == NULL || !state_claim(state) || !run(state, options, announcement)) {
        st_state_cleanup(&state);
        _exit(EXIT_FAILURE);
    }
    st_state_cleanup(&state);
    exit(EXIT_SUCCESS);
}

/* The parent's part: pass on what the child announces; silence means that it failed. */
static bool
wait_for_ready(pid_t child, int announcement)
{
    char text[PATH_MAX + 256];
    size_t len = 0;
    ssize_t got;

    while (len < sizeof text &&
           ((got = read(announcement, text + len, sizeof text - len)) > 0 || errno == EINTR))
        len += got > 0 ? (size_t)got : 0;
    if (len == 0) {
        (void)waitpid(child, NULL, 0);
        return false;
    }
    (void)fwrite(text, 1, len, stdout);
    return fflush(stdout) == 0;
}

static bool
serve_in_background(const st_options *options)
{
    int ends[2];
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return complain("cannot make a pipe: %s", strerror(errno));
    child = fork(); /* before any thread and any open database */
    if (child < 0)
        return complain("cannot fork: %s", strerror(errno));
    if (child == 0) {
        (void)close(ends[0]);
        run_in_background(options, ends[1]);
    }
    (void)close(ends[1]);
    return wait_for_ready(child, ends[0]);
}

bool
serve(const st_options *options)
{
    mn_auto(st_state) state = NULL;

    if (!options->foreground)
        return serve_in_background(options);
    state = state_open(options->dir);
    return state != NULL && state_claim(state) && run(state, options, stdout);
}
