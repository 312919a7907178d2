/* SPDX-License-Identifier: BSD-3-Clause */
/* Eight programs at once on one token: everybody gets on, nobody is refused, nothing is lost. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fixture.h"
#include "unit/run-suite.h"

#define PROCESSES 8
#define RESIDENTS (PERSON(0) | PERSON(1) | PERSON(2))
#define FIRST_GUEST 8
#define DOINGS 4

static const char *const doings[DOINGS] = {"import", "list", "sign", "delete"};

/* What one process did, in memory that all share. */
typedef struct account {
    size_t done[DOINGS];
    size_t busy;
    double slowest;
    char wrong[300];
} account;

static double
now(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static mainet_status
list(size_t own, mainet_error *err)
{
    crowd found = 0;
    crowd due = RESIDENTS | PERSON(own);

    MN_TRY(people_list(token, &found, err));
    return (found & due) == due ? MAINET_OK
                                : mn_fail(err, MAINET_E_IDENTITY_NOT_FOUND, 0, "%x", found);
}

static mainet_status
act(int doing, size_t own, mainet_error *err)
{
    switch (doing) {
    case 0:
        return person_import(token, own, err);
    case 1:
        return list(own, err);
    case 2:
        return person_sign(token, own % 2 == 0 ? own : own % 3, err);
    default:
        return person_delete(token, own, err);
    }
}

/* Until all is done at least once: somebody who is told that the store is busy asks again. */
static bool
act_once(int doing, size_t own, account *mine)
{
    for (;;) {
        mainet_error err = {0};
        double began = now();
        mainet_status status = act(doing, own, &err);
        double took = now() - began;

        if (took > mine->slowest)
            mine->slowest = took;
        if (status == MAINET_OK) {
            mine->done[doing]++;
            return true;
        }
        if (status != MAINET_E_STORE_BUSY) {
            (void)snprintf(mine->wrong, sizeof mine->wrong, "%s: %s", doings[doing], err.detail);
            return false;
        }
        mine->busy++;
    }
}

static void
take_part(size_t i, double end, account *mine)
{
    while (now() < end)
        for (int doing = 0; doing < DOINGS; doing++)
            if (!act_once(doing, FIRST_GUEST + i, mine))
                _exit(1);
    _exit(i % 2 == 1 || act_once(0, FIRST_GUEST + i, mine) ? 0 : 1); /* half of them stay */
}

static void
judge(const account *accounts, size_t least)
{
    size_t all = 0;
    size_t busy = 0;

    for (int i = 0; i < PROCESSES; i++) {
        printf("# process %d:", i);
        for (int doing = 0; doing < DOINGS; doing++) {
            printf(" %s %zu", doings[doing], accounts[i].done[doing]);
            all += accounts[i].done[doing];
        }
        printf(", busy %zu, slowest %.2f s %s\n", accounts[i].busy, accounts[i].slowest,
               accounts[i].wrong);
        busy += accounts[i].busy;
    }
    for (int i = 0; i < PROCESSES; i++) {
        ck_assert_msg(accounts[i].wrong[0] == '\0', "process %d: %s", i, accounts[i].wrong);
        for (int doing = 0; doing < DOINGS; doing++)
            ck_assert_msg(accounts[i].done[doing] >= least, "process %d: %s only %zu times", i,
                          doings[doing], accounts[i].done[doing]);
    }
    ck_assert_uint_le(100 * busy, all);
}

START_TEST(eight_programs_get_on_with_each_other)
{
    account *accounts = mmap(NULL, PROCESSES * sizeof *accounts, PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    long seconds = setting("MAINETCERT_TEST_CROWD_SECONDS", 10);
    double end = now() + (double)seconds;
    pid_t children[PROCESSES];
    crowd due = RESIDENTS;
    crowd found = 0;
    const char *wrong = NULL;

    for (size_t i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] == 0)
            take_part(i, end, &accounts[i]);
        due |= i % 2 == 0 ? PERSON(FIRST_GUEST + i) : 0;
    }
    for (size_t i = 0; i < PROCESSES; i++)
        (void)waitpid(children[i], NULL, 0);
    judge(accounts, (size_t)(seconds * 5 / 2)); /* 50 in 20 seconds */
    wrong = examine(folder, &found);
    ck_assert_msg(wrong == NULL, "%s", wrong);
    ck_assert_msg(found == due, "%x, not %x", found, due);
    (void)munmap(accounts, PROCESSES * sizeof *accounts);
}
END_TEST

static void
open_token(void)
{
    people_make();
    token_make();
    people_settle(3);
}

static Suite *
crowd_suite(void)
{
    Suite *suite = suite_create("crowd");
    TCase *programs = tcase_create("programs");

    tcase_add_checked_fixture(programs, open_token, token_remove);
    tcase_set_timeout(programs, 240);
    tcase_add_test(programs, eight_programs_get_on_with_each_other);
    suite_add_tcase(suite, programs);
    return suite;
}

int
main(void)
{
    return run_suite(crowd_suite());
}
