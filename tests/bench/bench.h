/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_H
#define BENCH_H

/* A clock, the median of five, one JSON line; and tokens of a given size. */

#include <stdint.h>
#include <time.h>

#include "support/temp-store.h"

#define BENCH_RUNS 5

static int bench_argc;
static char **bench_argv;

/** Run one measurement as a test of Check, whose assertions it uses; answers main's exit status. */
__attribute__((unused)) static int
bench_main(int argc, char **argv, const TTest *measurement)
{
    Suite *suite = suite_create("bench");
    TCase *only = tcase_create("bench");
    SRunner *runner = srunner_create(suite);
    int failed = 0;

    bench_argc = argc;
    bench_argv = argv;
    tcase_set_timeout(only, 600);
    tcase_add_test(only, measurement);
    suite_add_tcase(suite, only);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_SILENT);
    if (srunner_ntests_failed(runner) != 0)
        srunner_print(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

__attribute__((unused)) static int64_t
bench_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/** The processor time of this process: what others do on the machine counts less. */
__attribute__((unused)) static int64_t
bench_cpu(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int
compare_times(const void *a, const void *b)
{
    int64_t first = *(const int64_t *)a;
    int64_t second = *(const int64_t *)b;

    return (first > second) - (first < second);
}

/** The median of the five runs, in nanoseconds an operation; sorts `runs`. */
__attribute__((unused)) static int64_t
bench_median(int64_t runs[BENCH_RUNS], size_t rounds)
{
    qsort(runs, BENCH_RUNS, sizeof *runs, compare_times);
    return runs[BENCH_RUNS / 2] / (int64_t)rounds;
}

__attribute__((unused)) static void
bench_tell(const char *name, size_t rounds, int64_t ns_per_op)
{
    printf("{\"bench\": \"%s\", \"rounds\": %zu, \"ns_per_op\": %lld}\n", name, rounds,
           (long long)ns_per_op);
    (void)fflush(stdout);
}

/** Identities to import: P-256 keys, one issuer, each its own subject, serial number and label. */
typedef struct bench_identities {
    EVP_PKEY *ca_key;
    mainet_certificate *ca;
    const mainet_certificate *chain[1];
    mn_identity_import *imports;
    mn_identity_result *results;
    size_t count;
} bench_identities;

__attribute__((unused)) static void
bench_make(bench_identities *all, size_t first, size_t count)
{
    all->ca_key = make_key("EC");
    all->ca = make_certificate(all->ca_key, "Bench CA", all->ca_key, "Bench CA", 1, 3650);
    all->chain[0] = all->ca;
    all->imports = calloc(count, sizeof *all->imports);
    all->results = calloc(count, sizeof *all->results);
    all->count = count;
    for (size_t i = 0; i < count; i++) {
        char name[32];

        (void)snprintf(name, sizeof name, "user %zu", first + i);
        all->imports[i].key = make_key("EC");
        all->imports[i].certificate = make_certificate(all->imports[i].key, name, all->ca_key,
                                                       "Bench CA", 1000 + (int)(first + i), 365);
        all->imports[i].chain = all->chain;
        all->imports[i].chain_count = 1;
        all->imports[i].exportable = true;
    }
}

__attribute__((unused)) static void
bench_import(mainet_token *token, bench_identities *all)
{
    mainet_error err = {0};

    ck_assert_msg(mn_identity_import_many(token, all->imports, all->count, all->results, &err) ==
                      MAINET_OK,
                  "%s", err.detail);
}

__attribute__((unused)) static void
bench_free(bench_identities *all)
{
    for (size_t i = 0; i < all->count; i++) {
        mainet_identity_free(all->results[i].identity);
        mainet_certificate_free((mainet_certificate *)(uintptr_t)all->imports[i].certificate);
        EVP_PKEY_free(all->imports[i].key);
    }
    free(all->imports);
    free(all->results);
    mainet_certificate_free(all->ca);
    EVP_PKEY_free(all->ca_key);
}

/** A token of `count` identities, in a store that temp_store_make made. */
__attribute__((unused)) static mainet_token *
bench_token(mainet_store *store, const char *label, size_t count)
{
    bench_identities all;
    mainet_token *token = mainet_token_create(store, label, PIN, NULL, 0, NULL);

    ck_assert_ptr_nonnull(token);
    bench_make(&all, 0, count);
    bench_import(token, &all);
    bench_free(&all);
    return token;
}

#endif
