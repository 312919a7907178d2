/* SPDX-License-Identifier: BSD-3-Clause */
/* A batch of orders beside a plain client of libcurl's multi interface that fetches the same
 * containers, as many at a time, by turns. What the store takes (room, pending deliveries, opening
 * and importing) is told apart. Usage: bench-batch PROFILE ORDERS.csv CA [JOBS], see
 * bench-batch.sh. */
#include "acquire/batch.h"
#include "plain-client.h"

#define LIMIT 1.25

/* The orders, for both. */
static struct {
    char *group;
    char *number;
    char *password;
    char *form;
} * orders;
static char **forms;
static size_t count;

/* What a run spent in the batch's own hands while the transport had it. */
static struct {
    const mn_crowd *crowd;
    int64_t inside;
    int64_t whole;
} watch;

static const mn_exchange *
watch_next(void *self, size_t *number)
{
    int64_t begin = bench_now();
    const mn_exchange *exchange = watch.crowd->next(watch.crowd->self, number);

    (void)self;
    watch.inside += bench_now() - begin;
    return exchange;
}

static void
watch_settle(void *self, size_t number, mn_reply *reply, const mainet_error *failure)
{
    int64_t begin = bench_now();

    (void)self;
    watch.crowd->settle(watch.crowd->self, number, reply, failure);
    watch.inside += bench_now() - begin;
}

static mainet_status
watch_round(void *self, mainet_error *err)
{
    int64_t begin = bench_now();
    mainet_status status = watch.crowd->round(watch.crowd->self, err);

    (void)self;
    watch.inside += bench_now() - begin;
    return status;
}

static mainet_status
watch_many(void *self, const mn_crowd *crowd, mainet_error *err)
{
    const mn_crowd watched = {
        .jobs = crowd->jobs, .next = watch_next, .settle = watch_settle, .round = watch_round};
    const mn_transport *transport = mn_transport_curl();
    mainet_status status = MAINET_OK;
    int64_t begin = bench_now();

    (void)self;
    watch.crowd = crowd;
    status = transport->exchange_many(transport->self, &watched, err);
    watch.whole += bench_now() - begin;
    return status;
}

static char *
next_field(char **at)
{
    char *field = strchr(*at, '"') + 1;

    *at = strchr(field, '"');
    *(*at)++ = '\0';
    return strdup(field);
}

static void
read_orders(const char *path)
{
    FILE *file = fopen(path, "r");
    char line[512];

    ck_assert_ptr_nonnull(file);
    orders = calloc(10000, sizeof *orders);
    forms = calloc(10000, sizeof *forms);
    (void)!fgets(line, sizeof line, file);
    for (; fgets(line, sizeof line, file) != NULL; count++) {
        char *at = line;

        orders[count].group = next_field(&at);
        orders[count].number = next_field(&at);
        orders[count].password = next_field(&at);
        ck_assert_int_gt(asprintf(&forms[count], "group_id=%s&certificate_number=%s&password=%s",
                                  orders[count].group, orders[count].number,
                                  orders[count].password),
                         0);
    }
    (void)fclose(file);
    ck_assert_uint_gt(count, 0);
}

/* One run into a token of its own; answers the time of all of it. */
static int64_t
run_batch(mainet_store *store, mainet_service *service, const char *label, size_t jobs)
{
    const mn_transport transport = {.exchange = mn_transport_curl()->exchange,
                                    .exchange_many = watch_many};
    mainet_token *token = mainet_token_create(store, label, PIN, NULL, 0, NULL);
    mainet_request *request = mainet_request_new(service, NULL);
    mainet_batch *batch = mainet_batch_new(NULL);
    mainet_error err = {0};
    int64_t begin = 0;
    int64_t took = 0;

    ck_assert(token != NULL && request != NULL && batch != NULL);
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(mainet_batch_add(batch, orders[i].group, orders[i].number,
                                          (const uint8_t *)orders[i].password,
                                          strlen(orders[i].password), NULL),
                         MAINET_OK);
    memset(&watch, 0, sizeof watch);
    begin = bench_now();
    ck_assert_msg(mn_batch_run(batch, request, token, (int32_t)jobs, &transport, &err) == MAINET_OK,
                  "%s", err.detail);
    took = bench_now() - begin;
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(mainet_batch_state(batch, i), MAINET_ORDER_DONE);
    mainet_batch_free(batch);
    mainet_request_free(request);
    mainet_token_free(token);
    return took;
}

static void
tell_ratio(const char *name, double ratio)
{
    printf("{\"bench\": \"%s\", \"ratio\": %.3f}\n", name, ratio);
}

static int
compare_ratios(const void *a, const void *b)
{
    double first = *(const double *)a;
    double second = *(const double *)b;

    return (first > second) - (first < second);
}

/* Of runs side by side: what others do on the machine meanwhile counts for both. Sorts them. */
static double
median_ratio(double ratios[BENCH_RUNS])
{
    qsort(ratios, BENCH_RUNS, sizeof *ratios, compare_ratios);
    return ratios[BENCH_RUNS / 2];
}

START_TEST(batch)
{
    mainet_error err = {0};
    mainet_service *service = mainet_service_open(bench_argv[1], &err);
    const plain_site site = {mainet_service_retrieve_url(service), bench_argv[3]};
    const size_t jobs = bench_argc > 4 ? (size_t)atol(bench_argv[4]) : 8;
    mainet_store *store = NULL;
    int64_t plain[BENCH_RUNS];
    int64_t fetch[BENCH_RUNS];
    int64_t rest[BENCH_RUNS];
    double ratios[2][BENCH_RUNS];

    temp_store_make();
    store = mainet_store_open(temp_folder, &err);
    read_orders(bench_argv[2]);
    (void)plain_fetch(&site, forms, count, jobs); /* the service makes them now, once */
    for (size_t run = 0; run < BENCH_RUNS; run++) {
        char label[16];
        int64_t took = 0;

        (void)snprintf(label, sizeof label, "%zu", run);
        plain[run] = plain_fetch(&site, forms, count, jobs);
        took = run_batch(store, service, label, jobs);
        fetch[run] = watch.whole - watch.inside;
        rest[run] = took - fetch[run];
        ratios[0][run] = (double)fetch[run] / (double)plain[run];
        ratios[1][run] = (double)took / (double)plain[run];
    }
    bench_tell("batch-plain-client", count, bench_median(plain, count));
    bench_tell("batch-fetch", count, bench_median(fetch, count));
    bench_tell("batch-store", count, bench_median(rest, count));
    tell_ratio("batch-ratio", median_ratio(ratios[0]));
    tell_ratio("batch-whole-ratio", median_ratio(ratios[1]));
    ck_assert_msg(ratios[0][BENCH_RUNS / 2] <= LIMIT,
                  "fetching takes %.3f times as long as a plain client", ratios[0][BENCH_RUNS / 2]);
    mainet_store_free(store);
    mainet_service_free(service);
    temp_store_remove();
}
END_TEST

int
main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: bench-batch PROFILE ORDERS.csv CA [JOBS]\n");
        return 2;
    }
    return bench_main(argc, argv, batch);
}
