/* SPDX-License-Identifier: BSD-3-Clause */
/* Retrieves a certificate and is killed when the reply is there and nothing is imported yet:
 *
 *   die-at-opening STORE PIN SERVICE GROUP-ID NUMBER PASSWORD [FILLER]
 *
 * The parent tells how the child ended: exit 0 if it was killed at that moment. With FILLER it
 * lives, but the disk is full of that file from the moment that the service is asked: exit 0 if the import
 * failed for that. */
#include <fcntl.h>
#include <mainetcert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS = 7, NOT_KILLED = 3, FULL = 4 };

static const char *filler;

/* Blocks first, then what is left of the last one. */
static void
fill_disk(void)
{
    static const char block[65536];
    int fd = open(filler, O_WRONLY | O_CREAT | O_APPEND, 0600);

    for (size_t len = sizeof block; fd >= 0 && len != 0; len /= 2)
        while (write(fd, block, len) > 0)
            ;
    if (fd >= 0)
        (void)close(fd);
}

static mainet_status
die_at_opening(mainet_phase phase, int64_t done, int64_t total, void *user_data)
{
    (void)done;
    (void)total;
    (void)user_data;
    if (filler != NULL && phase >= MAINET_PHASE_ASKING)
        fill_disk();
    if (filler == NULL && phase == MAINET_PHASE_OPENING)
        (void)raise(SIGKILL);
    return MAINET_OK;
}

static mainet_status
fill_request(mainet_request *request, char **argv, mainet_error *err)
{
    mainet_status status = mainet_request_set_group_id(request, argv[4], err);

    if (status == MAINET_OK)
        status = mainet_request_set_certificate_number(request, argv[5], err);
    if (status == MAINET_OK)
        status =
            mainet_request_set_password(request, (const uint8_t *)argv[6], strlen(argv[6]), err);
    mainet_request_set_progress(request, die_at_opening, NULL);
    return status;
}

/* The child's part. It frees nothing, for it is killed or leaves at once. */
static _Noreturn void
acquire(char **argv)
{
    const uint8_t *pin = (const uint8_t *)argv[2];
    mainet_error err = {0};
    mainet_store *store = mainet_store_open(argv[1], &err);
    mainet_token *token = store != NULL ? mainet_token_open(store, NULL, &err) : NULL;
    mainet_service *service = token != NULL ? mainet_service_open(argv[3], &err) : NULL;
    mainet_request *request = service != NULL ? mainet_request_new(service, &err) : NULL;

    if (request != NULL && mainet_token_unlock(token, pin, strlen(argv[2]), &err) == MAINET_OK &&
        fill_request(request, argv, &err) == MAINET_OK &&
        mainet_acquire(request, token, &err) != NULL)
        (void)fprintf(stderr, "the certificate was imported\n");
    (void)fprintf(stderr, "%s (%s)\n", mainet_status_text(err.status, MAINET_LANG_EN), err.detail);
    _exit(err.status == MAINET_E_STORE_WRITE ? FULL : NOT_KILLED);
}

int
main(int argc, char **argv)
{
    int status = 0;
    pid_t child;

    if (argc != ARGUMENTS && argc != ARGUMENTS + 1)
        return EXIT_FAILURE;
    filler = argv[ARGUMENTS]; /* NULL if it is not there */
    child = fork();
    if (child == 0)
        acquire(argv);
    if (child < 0 || waitpid(child, &status, 0) != child)
        return EXIT_FAILURE;
    if (filler != NULL)
        return WIFEXITED(status) && WEXITSTATUS(status) == FULL ? EXIT_SUCCESS : EXIT_FAILURE;
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? EXIT_SUCCESS : EXIT_FAILURE;
}
