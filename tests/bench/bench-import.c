/* SPDX-License-Identifier: BSD-3-Clause */
/* A thousand identities in one batch, and one by one. The ratio has to be 20 or more. Usage:
 * bench-import [COUNT [SINGLES]]; with fewer singles than a thousand their time is scaled up. */
#include "bench.h"

START_TEST(imports)
{
    size_t count = bench_argc > 1 ? (size_t)atol(bench_argv[1]) : 1000;
    size_t singles = bench_argc > 2 ? (size_t)atol(bench_argv[2]) : count / 10;
    int64_t many[BENCH_RUNS];
    int64_t one[BENCH_RUNS];
    mainet_store *store = NULL;

    temp_store_make();
    store = mainet_store_open(temp_folder, NULL);
    for (size_t run = 0; run < BENCH_RUNS; run++) {
        bench_identities batch;
        bench_identities separate;
        mainet_token *tokens[2];
        char label[2][16];
        int64_t begin = 0;

        for (int i = 0; i < 2; i++) {
            (void)snprintf(label[i], sizeof label[i], "%zu-%d", run, i);
            tokens[i] = mainet_token_create(store, label[i], PIN, NULL, 0, NULL);
            ck_assert_ptr_nonnull(tokens[i]);
        }
        bench_make(&batch, 0, count);
        bench_make(&separate, 0, singles);
        begin = bench_now();
        bench_import(tokens[0], &batch);
        many[run] = bench_now() - begin;
        begin = bench_now();
        for (size_t i = 0; i < singles; i++) {
            bool was_there = false;

            separate.results[i].identity =
                mn_identity_import_one(tokens[1], &separate.imports[i], &was_there, NULL);
            ck_assert(separate.results[i].identity != NULL && !was_there);
        }
        one[run] = bench_now() - begin;
        bench_free(&batch);
        bench_free(&separate);
        mainet_token_free(tokens[0]);
        mainet_token_free(tokens[1]);
    }
    bench_tell("import-batch", count, bench_median(many, count));
    bench_tell("import-separately", singles, bench_median(one, singles));
    printf("{\"bench\": \"import-ratio\", \"ratio\": %.1f}\n", (double)one[BENCH_RUNS / 2] /
                                                                   (double)singles * (double)count /
                                                                   (double)many[BENCH_RUNS / 2]);
    mainet_store_free(store);
    temp_store_remove();
}
END_TEST

int
main(int argc, char **argv)
{
    return bench_main(argc, argv, imports);
}
