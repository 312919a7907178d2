/* SPDX-License-Identifier: BSD-3-Clause */
/* Programs that are killed at random while they import, delete, prune, change the PIN and the token
 * key, by the library and by the module in turn: the token is the old one or the new one, and who
 * had an identity in it still signs. */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "faults.h"
#include "fixture.h"
#include "guest.h"
#include "unit/run-suite.h"

#define RESIDENTS (PERSON(0) | PERSON(1) | PERSON(2))
#define FIRST_GUEST 3
#define GUESTS 6
#define KILLS 500

/* What the child has done and what it is doing; it cannot tell any more after its death. */
typedef struct progress {
    _Atomic crowd done;
    _Atomic crowd doing;
    _Atomic int pin_done; /* an index of all_pins */
    _Atomic int pin_doing;
    _Atomic bool is_at_it;
    _Atomic size_t changes;
    char wrong[300];
} progress;

static const char *const all_pins[] = {"first-pin", "other-pin"};
static progress *told;

static void
open_token(void)
{
    people_make();
    pins[0] = all_pins[0];
    token_make();
    people_settle(FIRST_GUEST);
    told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    told->done = told->doing = RESIDENTS;
}

/* The ways to do things: the library's and the module's. */
typedef struct way {
    mainet_status (*import)(size_t n, mainet_error *err);
    mainet_status (*delete)(size_t n, mainet_error *err);
    mainet_status (*change_pin)(const char *from, const char *to, mainet_error *err);
} way;

static mainet_status
import(size_t n, mainet_error *err)
{
    return person_import(token, n, err);
}

static mainet_status delete (size_t n, mainet_error *err)
{
    return person_delete(token, n, err);
}

static mainet_status
change_pin(const char *from, const char *to, mainet_error *err)
{
    if (told->changes % 2 == 0)
        return mainet_token_rekey(token, AS_PIN(from), AS_PIN(to), NULL, 0, err);
    return mainet_token_change_pin(token, AS_PIN(from), AS_PIN(to), err);
}

static const way ways[] = {{import, delete, change_pin},
                           {guest_import, guest_delete, guest_change_pin}};

static mainet_status
prune(mainet_error *err)
{
    const crowd guests = told->done & ~RESIDENTS;

    told->doing = RESIDENTS;
    return people_delete(token, guests, err);
}

static mainet_status
change(const way *by, unsigned what, mainet_error *err)
{
    size_t n = FIRST_GUEST + what % GUESTS;

    if (what >= GUESTS) {
        told->pin_doing = 1 - told->pin_done;
        return by->change_pin(all_pins[told->pin_done], all_pins[told->pin_doing], err);
    }
    if (n == FIRST_GUEST && by == &ways[0] && told->done != RESIDENTS)
        return prune(err);
    told->doing = told->done ^ PERSON(n);
    return ((told->done & PERSON(n)) != 0 ? by->delete : by->import)(n, err);
}

/* A program that has just started, and never ends by itself; every other one dies at a call to the
 * system that changes something on disk, for between those there is little time. */
static void
change_for_ever(int which, unsigned seed)
{
    mainet_error err = {0};
    mainet_status status = MAINET_OK;

    if (which == 0) {
        token = mainet_token_open(store, "tested", &err);
        status = token == NULL ? mn_failure(&err) : token_login(token, &err);
    } else {
        status = guest_start(folder, &err);
    }
    told->is_at_it = true;
    if (rand_r(&seed) % 2 == 0)
        faults_die(1 + (size_t)rand_r(&seed) % 200, rand_r(&seed) % 2 == 0);
    while (status == MAINET_OK) {
        status = change(&ways[which], (unsigned)rand_r(&seed) % (GUESTS + 2), &err);
        told->done = told->doing;
        told->pin_done = told->pin_doing;
        told->changes++;
    }
    (void)snprintf(told->wrong, sizeof told->wrong, "%s: %d %s", which == 0 ? "library" : "module",
                   (int)status, err.detail);
    _exit(1);
}

static void
kill_at_random(int which, unsigned *seed)
{
    const struct timespec moment = {0, 100000};
    struct timespec pause = {0, rand_r(seed) % 20000000};
    unsigned of_child = (unsigned)rand_r(seed);
    pid_t child = 0;
    int status = 0;

    told->is_at_it = false;
    child = fork();
    if (child == 0)
        change_for_ever(which, of_child);
    while (!told->is_at_it)
        (void)nanosleep(&moment, NULL);
    (void)nanosleep(&pause, NULL);
    (void)kill(child, SIGKILL); /* if it is alive still */
    (void)waitpid(child, &status, 0);
    ck_assert_msg(WIFSIGNALED(status), "%s", told->wrong);
}

/* What it did is there, and what it was doing is or is not. */
static void
look(int round)
{
    const char *wrong = NULL;
    crowd found = 0;

    pins[0] = all_pins[told->pin_done];
    pins[1] = told->pin_doing == told->pin_done ? NULL : all_pins[told->pin_doing];
    wrong = examine(folder, &found);
    ck_assert_msg(wrong == NULL, "round %d: %s", round, wrong);
    ck_assert_msg(found == told->done || found == told->doing, "round %d: %x, not %x or %x", round,
                  found, told->done, told->doing);
    told->done = told->doing = found;
    pins[0] = pin_in_force();
    pins[1] = NULL;
    told->pin_done = told->pin_doing = pins[0] == all_pins[1];
}

START_TEST(who_is_killed_at_random_leaves_the_old_state_or_the_new)
{
    time_t end = time(NULL) + setting("MAINETCERT_TEST_KILL_SECONDS", 40);
    unsigned seed = (unsigned)setting("MAINETCERT_TEST_SEED", (long)time(NULL));
    int ways_count = guest_load() ? 2 : 1;
    int midway = 0;
    int in_pin = 0;
    int rounds = 0;

    for (; rounds < KILLS && time(NULL) < end; rounds++) {
        kill_at_random(rounds % ways_count, &seed);
        midway += told->doing != told->done;
        in_pin += told->pin_doing != told->pin_done;
        look(rounds);
    }
    printf("# killed %d times, %d in a change of people, %d in one of the PIN, %zu changes made\n",
           rounds, midway, in_pin, told->changes);
    ck_assert_int_gt(midway, 10);
    ck_assert_int_gt(in_pin, 3);
}
END_TEST

static Suite *
kill_suite(void)
{
    Suite *suite = suite_create("kill");
    TCase *kills = tcase_create("kills");

    tcase_add_checked_fixture(kills, open_token, token_remove);
    tcase_set_timeout(kills, 240);
    tcase_add_test(kills, who_is_killed_at_random_leaves_the_old_state_or_the_new);
    suite_add_tcase(suite, kills);
    return suite;
}

int
main(void)
{
    return run_suite(kill_suite());
}
