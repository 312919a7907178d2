/* SPDX-License-Identifier: BSD-3-Clause */
/* Three copies of SQLite in one process, those of this program, of the library and of the module,
 * and another process, all on one token, while commits are forked in the middle and somebody opens
 * and closes the file. Posix locks would be lost by that; the test of the test shows it. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "face.h"
#include "fixture.h"
#include "guest.h"
#include "unit/run-suite.h"

#define RESIDENTS (PERSON(0) | PERSON(1) | PERSON(2))
#define FIRST_GUEST 3
#define EACH 4    /* people of one party */
#define OBJECTS 3 /* of one person: key, certificate, public key */
#define CHANGES_MIN 10
#define CHILDREN 200
#define STAYING 3 /* of those */

enum { OWN, GUEST, OTHER_PROCESS, LIBRARY, PARTIES };

/* In memory that all processes share. */
typedef struct account {
    _Atomic crowd present[PARTIES];
    _Atomic size_t changes[PARTIES];
    _Atomic size_t forks;
    _Atomic bool stop;
    char wrong[PARTIES][300];
} account;

static account *told;
static bool forks;       /* at commits */
static bool posix_locks; /* instead of flock */
static bool is_alone;    /* this process has one thread */
static pid_t children[CHILDREN];
static _Atomic size_t child_count;

/* What the rest of a commit is to a child that another thread forked: nothing it could do harm to,
 * nor may it keep the lock by living on. Signal-safe calls only. */
static void
be_a_child(size_t nth)
{
    char *const arguments[] = {(char *)(uintptr_t) "true", NULL};

    if (nth < STAYING)
        for (;;)
            (void)pause();
    if (nth % 3 == 0)
        (void)execv("/bin/true", arguments);
    if (nth % 3 == 1)
        (void)close_range(3, ~0U, 0);
    _exit(0);
}

/* A child of a process with one thread may use the store, from in the middle of that commit. */
static void
look_as_a_child(void)
{
    mainet_error err = {0};
    crowd found = 0;

    forks = false;
    _exit(people_list(token, &found, &err) == MAINET_OK && (found & RESIDENTS) == RESIDENTS ? 0
                                                                                            : 1);
}

static void
fork_once(void)
{
    size_t nth = atomic_fetch_add(&child_count, 1);
    pid_t child = nth < CHILDREN ? fork() : 0;

    if (nth >= CHILDREN)
        return;
    if (child == 0 && is_alone)
        look_as_a_child();
    if (child == 0)
        be_a_child(nth);
    children[nth] = child;
    told->forks++;
}

/* SQLite syncs a journal before it writes the pages, and the pages before the journal goes. */
FACE(int, fdatasync, (int fd), (fd))
{
    static _Atomic unsigned syncs;

    if (forks && atomic_fetch_add(&syncs, 1) % 5 == 0)
        fork_once();
    return real_fdatasync(fd);
}

/* As SQLite locks by itself: on the file, by fcntl, and so for the process. */
static int
lock_as_posix_does(int folder_fd, int operation)
{
    static int files[1024];
    struct flock lock = {.l_whence = SEEK_SET,
                         .l_type = (operation & LOCK_UN) != 0   ? F_UNLCK
                                   : (operation & LOCK_EX) != 0 ? F_WRLCK
                                                                : F_RDLCK};
    int result = 0;

    if (files[folder_fd] == 0)
        files[folder_fd] = open(mainet_token_path(token), O_RDWR | O_CLOEXEC);
    result = fcntl(files[folder_fd], F_SETLK, &lock);
    if ((operation & LOCK_UN) != 0) {
        (void)close(files[folder_fd]);
        files[folder_fd] = 0;
    }
    errno = EWOULDBLOCK;
    return result;
}

FACE(int, flock, (int fd, int operation), (fd, operation))
{
    return posix_locks ? lock_as_posix_does(fd, operation) : real_flock(fd, operation);
}

static double
now(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static size_t
first_of(int party)
{
    return FIRST_GUEST + (size_t)party * EACH;
}

/* Put somebody in or take him out, and see that so it is. */
static mainet_status
change_one(int party, size_t n, mainet_error *err)
{
    crowd due = told->present[party] ^ PERSON(n);
    crowd mine = (PERSON(EACH) - 1) << first_of(party);
    crowd found = 0;

    if (party == GUEST) {
        bool is_there = false;

        MN_TRY(((due & PERSON(n)) != 0 ? guest_import : guest_delete)(n, err));
        MN_TRY(guest_find(n, &is_there, err));
        found = is_there ? due | RESIDENTS : RESIDENTS | (due & ~PERSON(n));
    } else {
        MN_TRY(((due & PERSON(n)) != 0 ? person_import : person_delete)(token, n, err));
        MN_TRY(people_list(token, &found, err));
    }
    told->present[party] = due;
    return (found & (mine | RESIDENTS)) == (due | RESIDENTS)
               ? MAINET_OK
               : mn_fail(err, MAINET_E_IDENTITY_NOT_FOUND, 0, "%x where %x should be",
                         found & (mine | RESIDENTS), due | RESIDENTS);
}

/* The library as it is installed, by the names it exports. */
static struct {
    mainet_store *(*store_open)(const char *, mainet_error *);
    mainet_token *(*token_open)(mainet_store *, const char *, mainet_error *);
    mainet_status (*token_unlock)(mainet_token *, const uint8_t *, size_t, mainet_error *);
    mainet_status (*token_set)(mainet_token *, const char *, const char *, mainet_error *);
    mainet_identity_list *(*token_identities)(mainet_token *, mainet_error *);
    size_t (*list_count)(const mainet_identity_list *);
    void (*list_free)(mainet_identity_list *);
    mainet_token *token;
} library;

static void
library_load(void)
{
    void *handle = dlopen(getenv("MAINETCERT_LIBRARY"), RTLD_NOW | RTLD_LOCAL);

    ck_assert_msg(handle != NULL, "%s", dlerror());
    *(void **)&library.store_open = dlsym(handle, "mainet_store_open");
    *(void **)&library.token_open = dlsym(handle, "mainet_token_open");
    *(void **)&library.token_unlock = dlsym(handle, "mainet_token_unlock");
    *(void **)&library.token_set = dlsym(handle, "mainet_token_set");
    *(void **)&library.token_identities = dlsym(handle, "mainet_token_identities");
    *(void **)&library.list_count = dlsym(handle, "mainet_identity_list_count");
    *(void **)&library.list_free = dlsym(handle, "mainet_identity_list_free");
    library.token = library.token_open(library.store_open(folder, NULL), "tested", NULL);
    ck_assert_int_eq(library.token_unlock(library.token, NULL, 0, NULL), MAINET_OK);
}

/* A setting is a write, too: the head, its MAC and a row. */
static mainet_status
change_setting(mainet_error *err)
{
    const bool shows = atomic_fetch_xor(&told->present[LIBRARY], 1) == 0;
    mainet_identity_list *list = NULL;
    size_t count = 0;

    MN_TRY(library.token_set(library.token, "show-expired", shows ? "yes" : "no", err));
    list = library.token_identities(library.token, err);
    if (list == NULL)
        return mn_failure(err);
    count = library.list_count(list);
    library.list_free(list);
    return count >= 3 ? MAINET_OK
                      : mn_fail(err, MAINET_E_IDENTITY_NOT_FOUND, 0, "only %zu identities", count);
}

static void *
take_part(void *argument)
{
    const int party = (int)(intptr_t)argument;
    unsigned seed = (unsigned)party;
    mainet_error err = {0};
    mainet_status status = MAINET_OK;

    while (!told->stop && status == MAINET_OK) {
        size_t n = first_of(party) + (size_t)rand_r(&seed) % EACH;

        status = party == LIBRARY ? change_setting(&err) : change_one(party, n, &err);
        told->changes[party]++;
    }
    if (status != MAINET_OK) {
        (void)snprintf(told->wrong[party], sizeof told->wrong[party], "%d: %s", (int)status,
                       err.detail);
        told->stop = true;
    }
    return NULL;
}

/* Wait for all who were forked at commits; how many of them failed. */
static size_t
reap(void)
{
    size_t count = child_count < CHILDREN ? child_count : CHILDREN;
    size_t failed = 0;

    for (size_t i = 0; i < count; i++) {
        int status = 0;

        if (!is_alone && i < STAYING)
            (void)kill(children[i], SIGKILL);
        (void)waitpid(children[i], &status, 0);
        failed += !WIFSIGNALED(status) && WEXITSTATUS(status) != 0;
    }
    return failed;
}

static pid_t
start_other_process(void)
{
    pid_t other = fork();

    if (other != 0)
        return other;
    is_alone = true;
    (void)take_part((void *)(intptr_t)OTHER_PROCESS);
    _exit(reap() == 0 ? 0 : 1);
}

static bool
all_changed(size_t times)
{
    bool all = true;

    for (int party = 0; party < PARTIES; party++)
        all = all && told->changes[party] >= times;
    return all;
}

/* What anybody does who copies the file, or looks what it is; longer on a machine that is slow. */
static void
open_and_close(double seconds)
{
    const struct timespec pause = {0, 300000};
    double end = now() + seconds;

    while ((now() < end || (now() < end + 60 && !all_changed(CHANGES_MIN))) && !told->stop) {
        (void)close(open(mainet_token_path(token), O_RDONLY));
        (void)close(open(mainet_token_path(token), O_RDWR));
        (void)nanosleep(&pause, NULL);
    }
    told->stop = true;
}

static const char *
count_objects(size_t due)
{
    static char wrong[80];
    mainet_error err = {0};
    mn_head head = {.object_count = 0};

    mn_database_free(mn_token_access(token, MN_ACCESS_READ, &head, &err));
    (void)snprintf(wrong, sizeof wrong, "%llu objects, not %zu",
                   (unsigned long long)head.object_count, due);
    return head.object_count == due ? NULL : wrong;
}

/* What is wrong with the token in the end, or NULL. */
static const char *
look(void)
{
    static char wrong[300];
    crowd due =
        RESIDENTS | told->present[OWN] | told->present[GUEST] | told->present[OTHER_PROCESS];
    crowd found = 0;

    for (int party = 0; party < PARTIES; party++)
        if (told->wrong[party][0] != '\0')
            return told->wrong[party];
    if (examine(folder, &found) != NULL)
        return examine(folder, &found);
    mn_token_refresh(token);
    (void)snprintf(wrong, sizeof wrong, "%x where %x should be", found, due);
    if (found != due)
        return wrong;
    if (strcmp(mainet_token_setting(token, "show-expired"),
               told->present[LIBRARY] != 0 ? "yes" : "no") != 0)
        return "the last setting is not there";
    return count_objects(OBJECTS * (size_t)__builtin_popcount(due));
}

/* All at once for some time; what is wrong afterwards, or NULL. */
static const char *
meddle(double seconds)
{
    static const int threads_of[] = {OWN, GUEST, LIBRARY};
    pthread_t threads[3];
    pid_t other = start_other_process();
    mainet_error err = {0};
    const char *wrong = NULL;
    int status = 0;
    size_t failed = 0;

    library_load();
    if (guest_start(folder, &err) != MAINET_OK)
        return "the module does not start";
    for (size_t i = 0; i < 3; i++)
        (void)pthread_create(&threads[i], NULL, take_part, (void *)(intptr_t)threads_of[i]);
    open_and_close(seconds);
    for (size_t i = 0; i < 3; i++)
        (void)pthread_join(threads[i], NULL);
    (void)waitpid(other, &status, 0);
    forks = false;
    failed = reap();
    guest_stop();
    wrong = look();
    return wrong == NULL && (status != 0 || failed != 0) ? "a child failed" : wrong;
}

static void
open_token(void)
{
    people_make();
    token_make();
    people_settle(FIRST_GUEST);
    told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert(guest_load());
}

START_TEST(copies_of_sqlite_get_on_with_each_other)
{
    const char *wrong = NULL;

    forks = true;
    wrong = meddle((double)setting("MAINETCERT_TEST_COPIES_SECONDS", 6));
    printf("# %zu, %zu, %zu and %zu changes, %zu forks\n", told->changes[OWN], told->changes[GUEST],
           told->changes[OTHER_PROCESS], told->changes[LIBRARY], told->forks);
    ck_assert_msg(wrong == NULL, "%s", wrong);
    ck_assert(all_changed(CHANGES_MIN));
    ck_assert_uint_gt(told->forks, 2 * STAYING);
}
END_TEST

/* The test of the test: fcntl knows one lock a process, and forgets it when any descriptor of the
 * file is closed. (Seen too in the store itself: with VFS "unix", which locks that way, a busy
 * timeout and no flock, the test above fails with "disk I/O error".) */
START_TEST(with_posix_locks_they_do_not)
{
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
        const char *wrong = NULL;

        (void)alarm(60);
        posix_locks = true;
        wrong = meddle(20);
        printf("# %s\n", wrong == NULL ? "nothing is wrong" : wrong);
        (void)fflush(stdout);
        _exit(wrong == NULL ? 0 : 1);
    }
    (void)waitpid(child, &status, 0);
    ck_assert_int_ne(status, 0);
}
END_TEST

START_TEST(a_child_that_lives_on_keeps_no_lock)
{
    mainet_error err = {0};
    mn_head head;
    mn_database *database = mn_token_access(token, MN_ACCESS_WRITE, &head, &err);
    mainet_status status = MAINET_OK;
    pid_t child = 0;

    ck_assert_msg(database != NULL, "%s", err.detail);
    child = fork();
    if (child == 0)
        for (;;)
            (void)pause();
    mn_database_free(database);
    status = person_import(token, FIRST_GUEST, &err);
    (void)kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
    ck_assert_msg(status == MAINET_OK, "%s", err.detail);
}
END_TEST

static Suite *
copies_suite(void)
{
    Suite *suite = suite_create("copies");
    TCase *copies = tcase_create("copies");

    tcase_add_checked_fixture(copies, open_token, token_remove);
    tcase_set_timeout(copies, 120);
    tcase_add_test(copies, a_child_that_lives_on_keeps_no_lock);
    tcase_add_test(copies, copies_of_sqlite_get_on_with_each_other);
    tcase_add_test(copies, with_posix_locks_they_do_not);
    suite_add_tcase(suite, copies);
    return suite;
}

int
main(void)
{
    return run_suite(copies_suite());
}
