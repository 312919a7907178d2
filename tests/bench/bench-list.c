/* SPDX-License-Identifier: BSD-3-Clause */
/* Listing a token's identities, finding one by its id, and logging in, by size. Usage:
 * bench-list [COUNT…] */
#include "bench.h"

static void
tell(const char *what, size_t count, size_t rounds, int64_t runs[BENCH_RUNS])
{
    char name[64];

    (void)snprintf(name, sizeof name, "%s-%zu", what, count);
    bench_tell(name, rounds, bench_median(runs, rounds));
}

static void
measure(mainet_token *token, size_t count)
{
    int64_t list_runs[BENCH_RUNS];
    int64_t one_runs[BENCH_RUNS];
    int64_t login_runs[BENCH_RUNS];
    char id[65] = "";

    for (size_t run = 0; run < BENCH_RUNS; run++) {
        int64_t begin = bench_now();
        mainet_identity_list *list = mainet_token_identities(token, NULL);
        mainet_identity *identity = NULL;

        ck_assert_uint_eq(mainet_identity_list_count(list), count);
        list_runs[run] = bench_now() - begin;
        identity = mainet_identity_list_at(list, run % count, NULL);
        memcpy(id, mainet_identity_id(identity), sizeof id);
        mainet_identity_free(identity);
        mainet_identity_list_free(list);

        begin = bench_now();
        identity = mainet_token_identity(token, id, NULL);
        one_runs[run] = bench_now() - begin;
        ck_assert_ptr_nonnull(identity);
        ck_assert_uint_eq(mainet_identity_chain_length(identity), 2);
        mainet_identity_free(identity);

        begin = bench_now();
        ck_assert_int_eq(mainet_token_unlock(token, PIN, NULL), MAINET_OK);
        login_runs[run] = bench_now() - begin;
    }
    tell("list", count, 1, list_runs);
    tell("identity-by-id", count, 1, one_runs);
    tell("unlock", count, 1, login_runs);
}

START_TEST(lists)
{
    static const char *const usual[] = {"", "1", "1000", "10000"};
    const char *const *counts = bench_argc > 1 ? (const char *const *)bench_argv : usual;
    int last = bench_argc > 1 ? bench_argc : (int)(sizeof usual / sizeof *usual);
    mainet_store *store = NULL;

    temp_store_make();
    store = mainet_store_open(temp_folder, NULL);
    for (int i = 1; i < last; i++) {
        mainet_token *token = bench_token(store, counts[i], (size_t)atol(counts[i]));

        measure(token, (size_t)atol(counts[i]));
        mainet_token_free(token);
    }
    mainet_store_free(store);
    temp_store_remove();
}
END_TEST

int
main(int argc, char **argv)
{
    return bench_main(argc, argv, lists);
}
