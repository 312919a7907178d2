/* SPDX-License-Identifier: BSD-3-Clause */
/* Searches through the module, by the size of the token: the first one after the module was
 * initialized, with the opening of the session; further ones by label, id, subject and issuer with
 * serial number, each for another object; slot and token info; and what the process has in memory
 * afterwards. Usage: bench-find [COUNT…] */
#include <sys/wait.h>
#include <unistd.h>

#include "bench-module.h"

#define SEARCHES 2000
#define INFOS 200

/* One object of the token, as a search names it. */
typedef struct sought {
    CK_ATTRIBUTE attributes[3];
    CK_BYTE values[3][256];
} sought;

static CK_SESSION_HANDLE
begin(CK_SLOT_ID slot)
{
    static char reserved[128];
    CK_C_INITIALIZE_ARGS arguments = {.flags = CKF_OS_LOCKING_OK, .pReserved = reserved};
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;

    (void)snprintf(reserved, sizeof reserved, "store=\"%s\"", temp_folder);
    must(p11->C_Initialize(&arguments));
    must(p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &session));
    return session;
}

static CK_ULONG
search(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG count, CK_OBJECT_HANDLE *found,
       CK_ULONG max)
{
    CK_ULONG have = 0;

    must(p11->C_FindObjectsInit(session, template, count));
    must(p11->C_FindObjects(session, found, max, &have));
    must(p11->C_FindObjectsFinal(session));
    return have;
}

/* The attributes of some leaf certificates, spread over the token; the issuer's own certificate is
 * left out. */
static sought *
choose(CK_SESSION_HANDLE session, size_t count, const CK_ATTRIBUTE_TYPE *types, size_t type_count,
       size_t *chosen)
{
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_ATTRIBUTE template = {CKA_CLASS, &class, sizeof class};
    CK_OBJECT_HANDLE *all = calloc(count + 1, sizeof *all);
    CK_ULONG found = search(session, &template, 1, all, count + 1);
    size_t wanted = count < 200 ? count : 200;
    sought *made = calloc(wanted, sizeof *made);

    ck_assert_uint_eq(found, count + 1);
    for (size_t i = 0; i < wanted; i++) {
        CK_OBJECT_HANDLE handle = all[1 + i * count / wanted];

        for (size_t k = 0; k < type_count; k++)
            made[i].attributes[k] =
                (CK_ATTRIBUTE){types[k], made[i].values[k], sizeof made[i].values[k]};
        must(p11->C_GetAttributeValue(session, handle, made[i].attributes, type_count));
    }
    free(all);
    *chosen = wanted;
    return made;
}

static void
tell(const char *what, size_t count, size_t rounds, int64_t ns)
{
    char name[64];

    (void)snprintf(name, sizeof name, "%s-%zu", what, count);
    bench_tell(name, rounds, ns);
}

static void
measure_first(CK_SLOT_ID slot, size_t count)
{
    int64_t runs[BENCH_RUNS];
    CK_BYTE label[32];
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_ATTRIBUTE template[] = {{CKA_CLASS, &class, sizeof class}, {CKA_LABEL, label, sizeof label}};

    for (size_t run = 0; run < BENCH_RUNS; run++) {
        CK_OBJECT_HANDLE found[2];
        int64_t from = bench_now();
        CK_SESSION_HANDLE session = begin(slot);

        template[1].ulValueLen =
            (CK_ULONG)snprintf((char *)label, sizeof label, "user %zu", run * count / BENCH_RUNS);
        ck_assert_uint_eq(search(session, template, 2, found, 2), 1);
        runs[run] = bench_now() - from;
        must(p11->C_Finalize(NULL));
    }
    tell("find-first", count, 1, bench_median(runs, 1));
}

static void
measure_further(CK_SESSION_HANDLE session, size_t count, const char *name,
                const CK_ATTRIBUTE_TYPE *types, size_t type_count)
{
    int64_t runs[BENCH_RUNS];
    size_t chosen = 0;
    sought *objects = choose(session, count, types, type_count, &chosen);
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;

    for (size_t run = 0; run < BENCH_RUNS; run++) {
        int64_t from = bench_cpu();

        for (size_t i = 0; i < SEARCHES; i++) {
            CK_ATTRIBUTE template[4] = {{CKA_CLASS, &class, sizeof class}};
            CK_OBJECT_HANDLE found[2];

            memcpy(template + 1, objects[i % chosen].attributes, type_count * sizeof *template);
            must(search(session, template, 1 + type_count, found, 2) == 1 ? CKR_OK
                                                                          : CKR_GENERAL_ERROR);
        }
        runs[run] = bench_cpu() - from;
    }
    free(objects);
    tell(name, count, SEARCHES, bench_median(runs, SEARCHES));
}

/* Every certificate, as a browser reads them. */
static void
measure_walk(CK_SESSION_HANDLE session, size_t count)
{
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_ATTRIBUTE template = {CKA_CLASS, &class, sizeof class};
    CK_OBJECT_HANDLE *all = calloc(count + 1, sizeof *all);
    int64_t runs[BENCH_RUNS];

    for (size_t run = 0; run < BENCH_RUNS; run++) {
        int64_t from = bench_cpu();
        CK_ULONG found = search(session, &template, 1, all, count + 1);

        for (size_t i = 0; i < found; i++) {
            CK_BYTE label[64], value[2048];
            CK_ATTRIBUTE wanted[] = {{CKA_LABEL, label, sizeof label},
                                     {CKA_VALUE, value, sizeof value}};

            must(p11->C_GetAttributeValue(session, all[i], wanted, 2));
        }
        runs[run] = bench_cpu() - from;
    }
    free(all);
    tell("walk", count, count, bench_median(runs, count));
}

static void
measure_infos(CK_SLOT_ID slot, size_t count)
{
    int64_t slots[BENCH_RUNS];
    int64_t tokens[BENCH_RUNS];
    CK_SLOT_INFO slot_info;
    CK_TOKEN_INFO token_info;

    for (size_t run = 0; run < BENCH_RUNS; run++) {
        int64_t from = bench_cpu();

        for (size_t i = 0; i < INFOS; i++)
            must(p11->C_GetSlotInfo(slot, &slot_info));
        slots[run] = bench_cpu() - from;
        from = bench_cpu();
        for (size_t i = 0; i < INFOS; i++)
            must(p11->C_GetTokenInfo(slot, &token_info));
        tokens[run] = bench_cpu() - from;
    }
    tell("slot-info", count, INFOS, bench_median(slots, INFOS));
    tell("token-info", count, INFOS, bench_median(tokens, INFOS));
}

static void
tell_resident(size_t count, const char *when)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long pages = 0;

    ck_assert_int_eq(fscanf(file, "%*d %ld", &pages), 1);
    (void)fclose(file);
    printf("{\"bench\": \"resident-%s-%zu\", \"kib\": %ld}\n", when, count,
           pages * sysconf(_SC_PAGESIZE) / 1024);
}

static void
measure(CK_SLOT_ID slot, size_t count)
{
    static const CK_ATTRIBUTE_TYPE label[] = {CKA_LABEL}, id[] = {CKA_ID},
                                   subject[] = {CKA_SUBJECT},
                                   issuer_serial[] = {CKA_ISSUER, CKA_SERIAL_NUMBER};
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;

    session = begin(slot);
    measure_further(session, count, "find-label", label, 1);
    measure_further(session, count, "find-id", id, 1);
    measure_further(session, count, "find-subject", subject, 1);
    measure_further(session, count, "find-issuer-serial", issuer_serial, 2);
    measure_walk(session, count);
    measure_infos(slot, count);
    must(p11->C_Finalize(NULL));
}

/* What a process has in memory that searched, and one that looked at every certificate. */
static void
measure_memory(CK_SLOT_ID slot, size_t count)
{
    static const CK_ATTRIBUTE_TYPE label[] = {CKA_LABEL};
    CK_SESSION_HANDLE session = begin(slot);
    size_t chosen = 0;

    tell_resident(count, "open");
    free(choose(session, count, label, 1, &chosen));
    tell_resident(count, "searched");
    must(p11->C_Finalize(NULL));
}

/* --measure FOLDER SLOT COUNT: what the program does in a process that did not make the token. */
START_TEST(measures)
{
    const CK_SLOT_ID slot = strtoul(bench_argv[3], NULL, 10);
    const size_t count = strtoul(bench_argv[4], NULL, 10);

    (void)snprintf(temp_folder, sizeof temp_folder, "%s", bench_argv[2]);
    load_module();
    measure_memory(slot, count);
    measure_first(slot, count);
    measure(slot, count);
}
END_TEST

static void
measure_apart(uint32_t slot, const char *count)
{
    char number[16];
    int status = 0;
    pid_t child = 0;

    (void)snprintf(number, sizeof number, "%u", slot);
    (void)fflush(stdout);
    child = fork();
    if (child == 0) {
        (void)execl("/proc/self/exe", bench_argv[0], "--measure", temp_folder, number, count,
                    (char *)NULL);
        _exit(127);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}

START_TEST(finds)
{
    static const char *const usual[] = {"", "1", "1000", "10000"};
    const char *const *counts = bench_argc > 1 ? (const char *const *)bench_argv : usual;
    int last = bench_argc > 1 ? bench_argc : (int)(sizeof usual / sizeof *usual);
    mainet_store *store = NULL;

    temp_store_make();
    store = mainet_store_open(temp_folder, NULL);
    for (int i = 1; i < last; i++) {
        mainet_token *token = bench_token(store, counts[i], strtoul(counts[i], NULL, 10));

        (void)sleep(5); /* a file that was just written is looked at twice (store/stamp.c) */
        measure_apart(mainet_token_slot(token), counts[i]);
        mainet_token_free(token);
    }
    mainet_store_free(store);
    temp_store_remove();
}
END_TEST

int
main(int argc, char **argv)
{
    bool measures_here = argc == 5 && strcmp(argv[1], "--measure") == 0;

    return bench_main(argc, argv, measures_here ? measures : finds);
}
