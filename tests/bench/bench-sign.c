/* SPDX-License-Identifier: BSD-3-Clause */
/* Signatures by the module beside the same by EVP with a context that is kept: processor time,
 * taken in turns, the least of seven rounds. The ratio is to be 0.97 or more. Then by several
 * threads, with hashing, and from C_Initialize to the first signature. Usage:
 *
 *     bench-sign                           all of it
 *     bench-sign --ratios                  the ratios alone, of RSA-2048 and P-256
 *     bench-sign --peer [RESERVED]         the same of another module, with keys of a session
 *     bench-sign --only evp|module NAME COUNT
 *                                          signatures and nothing else: to be watched by callgrind
 *                                          (count_signatures) and strace
 */
#include <pthread.h>
#include <unistd.h>

#include "bench-module.h"

#define ROUNDS 7
#define THREADS_MAX 8

/* One way to sign with one kind of key. */
typedef struct bench_path {
    const char *name;
    const char *key; /**< for make_key */
    CK_KEY_TYPE type;
    CK_MECHANISM_TYPE mechanism;
    const char *digest; /**< hashed by whoever signs; NULL: the data is a hash */
    size_t count;       /**< signatures a round */
} bench_path;

static const bench_path paths[] = {
    {"sign-rsa", "RSA", CKK_RSA, CKM_RSA_PKCS, NULL, 200},
    {"sign-ec", "EC", CKK_EC, CKM_ECDSA, NULL, 4000},
    {"hash-and-sign-rsa", "RSA", CKK_RSA, CKM_SHA256_RSA_PKCS, "SHA256", 200},
    {"hash-and-sign-ec", "EC", CKK_EC, CKM_ECDSA_SHA256, "SHA256", 4000},
};
#define PATH_COUNT (sizeof paths / sizeof *paths)

/* Whoever signs: a thread with what it keeps. */
typedef struct signer {
    const bench_path *path;
    EVP_PKEY *key; /**< EVP */
    EVP_PKEY_CTX *context;
    EVP_MD_CTX *digest;
    EVP_MD *md;
    CK_SESSION_HANDLE session; /**< the module */
    CK_OBJECT_HANDLE handle;
    size_t count;
} signer;

static uint8_t data[32] = "a hash, or what is to be hashed";

/* A hash is made in one context and signed with another: EVP_DigestSign decodes its way to both
 * anew each time, which would flatter us. */
static void
sign_by_evp(signer *by)
{
    uint8_t signature[512], hash[EVP_MAX_MD_SIZE];
    const uint8_t *input = data;
    size_t input_len = sizeof data;

    for (size_t i = 0; i < by->count; i++) {
        size_t len = sizeof signature;
        unsigned int hash_len = 0;

        if (by->md != NULL) {
            must(EVP_DigestInit_ex2(by->digest, by->md, NULL) == 1 &&
                         EVP_DigestUpdate(by->digest, data, sizeof data) == 1 &&
                         EVP_DigestFinal_ex(by->digest, hash, &hash_len) == 1
                     ? CKR_OK
                     : CKR_GENERAL_ERROR);
            input = hash;
            input_len = hash_len;
        }
        must(EVP_PKEY_sign(by->context, signature, &len, input, input_len) == 1
                 ? CKR_OK
                 : CKR_GENERAL_ERROR);
    }
}

static void
sign_by_module(signer *by)
{
    CK_MECHANISM mechanism = {by->path->mechanism, NULL, 0};

    for (size_t i = 0; i < by->count; i++) {
        CK_BYTE signature[512];
        CK_ULONG len = sizeof signature;

        must(p11->C_SignInit(by->session, &mechanism, by->handle));
        must(p11->C_Sign(by->session, data, sizeof data, signature, &len));
    }
}

static void
begin_evp(signer *by, const bench_path *path, EVP_PKEY *key)
{
    by->path = path;
    by->count = path->count;
    by->key = key;
    by->context = EVP_PKEY_CTX_new_from_pkey(mn_crypto_context(), key, NULL);
    ck_assert_int_eq(EVP_PKEY_sign_init(by->context), 1);
    if (path->digest != NULL) {
        by->digest = EVP_MD_CTX_new();
        by->md = EVP_MD_fetch(mn_crypto_context(), path->digest, NULL);
        ck_assert_int_eq(EVP_PKEY_CTX_set_signature_md(by->context, by->md), 1);
    }
}

static void
end_evp(signer *by)
{
    EVP_PKEY_CTX_free(by->context);
    EVP_MD_CTX_free(by->digest);
    EVP_MD_free(by->md);
}

/* A private key that the token has, or one of the session. */
static CK_OBJECT_HANDLE
find_key(CK_SESSION_HANDLE session, CK_KEY_TYPE type)
{
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_BYTE p256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
    CK_ULONG bits = 2048;
    CK_BBOOL yes = CK_TRUE;
    CK_ATTRIBUTE template[] = {{CKA_CLASS, &class, sizeof class},
                               {CKA_KEY_TYPE, &type, sizeof type}};
    CK_BYTE exponent[] = {1, 0, 1};
    CK_ATTRIBUTE public_template[] = {{CKA_VERIFY, &yes, sizeof yes},
                                      {CKA_MODULUS_BITS, &bits, sizeof bits},
                                      {CKA_PUBLIC_EXPONENT, exponent, sizeof exponent}};
    CK_ATTRIBUTE private_template[] = {{CKA_SIGN, &yes, sizeof yes}};
    CK_MECHANISM generate = {type == CKK_RSA ? CKM_RSA_PKCS_KEY_PAIR_GEN : CKM_EC_KEY_PAIR_GEN,
                             NULL, 0};
    CK_OBJECT_HANDLE found = CK_INVALID_HANDLE, public = CK_INVALID_HANDLE;
    CK_ULONG count = 0;

    must(p11->C_FindObjectsInit(session, template, 2));
    must(p11->C_FindObjects(session, &found, 1, &count));
    must(p11->C_FindObjectsFinal(session));
    if (count != 0)
        return found;
    if (type == CKK_EC)
        public_template[1] = (CK_ATTRIBUTE){CKA_EC_PARAMS, p256, sizeof p256};
    must(p11->C_GenerateKeyPair(session, &generate, public_template, type == CKK_RSA ? 3 : 2,
                                private_template, 1, &public, &found));
    return found;
}

static void
begin_module(signer *by, const bench_path *path, CK_SLOT_ID slot, bool login)
{
    by->path = path;
    by->count = path->count;
    must(p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &by->session));
    if (login)
        must(p11->C_Login(by->session, CKU_USER, (CK_UTF8CHAR *)(uintptr_t)PIN));
    by->handle = find_key(by->session, path->type);
}

static void
initialize(char *reserved)
{
    struct {
        CK_C_INITIALIZE_ARGS arguments;
        void *beyond; /* NSS has one member more */
    } all = {{.flags = CKF_OS_LOCKING_OK, .pReserved = reserved}, NULL};

    must(p11->C_Initialize(&all.arguments));
}

static int64_t
time_of(void (*sign)(signer *), signer *by, int64_t (*clock)(void))
{
    const int64_t from = clock();

    sign(by);
    return clock() - from;
}

static void
tell_ratio(const bench_path *path, const char *suffix, size_t signatures, int64_t evp,
           int64_t module)
{
    printf("{\"bench\": \"%s%s\", \"rounds\": %zu, \"ns_per_op\": %lld, \"evp_ns_per_op\": %lld, "
           "\"ratio\": %.3f}\n",
           path->name, suffix, signatures, (long long)(module / (int64_t)signatures),
           (long long)(evp / (int64_t)signatures), (double)evp / (double)module);
    (void)fflush(stdout);
}

static int64_t
least(int64_t a, int64_t b)
{
    return b < a ? b : a;
}

/* Round for round one after the other, so that whatever slows the machine slows both. */
static void
measure_ratio(const bench_path *path, signer *evp, signer *module)
{
    int64_t evp_least = INT64_MAX;
    int64_t module_least = INT64_MAX;

    for (size_t round = 0; round <= ROUNDS; round++) {
        const int64_t evp_took = time_of(sign_by_evp, evp, bench_cpu);
        const int64_t module_took = time_of(sign_by_module, module, bench_cpu);

        if (round == 0)
            continue; /* the first signature with a key costs twice as much */
        evp_least = least(evp_least, evp_took);
        module_least = least(module_least, module_took);
    }
    tell_ratio(path, "", path->count, evp_least, module_least);
}

/* What one thread does; in turns with others that are to begin at the same moment. */
typedef struct runner {
    pthread_t thread;
    pthread_barrier_t *start;
    void (*sign)(signer *);
    signer signer;
} runner;

static void *
run(void *argument)
{
    runner *self = argument;

    (void)pthread_barrier_wait(self->start);
    self->sign(&self->signer);
    return NULL;
}

static int64_t
time_together(runner *runners, size_t count, void (*sign)(signer *))
{
    pthread_barrier_t start;
    int64_t from = 0;

    ck_assert_int_eq(pthread_barrier_init(&start, NULL, (unsigned int)count + 1), 0);
    for (size_t i = 0; i < count; i++) {
        runners[i].start = &start;
        runners[i].sign = sign;
        ck_assert_int_eq(pthread_create(&runners[i].thread, NULL, run, &runners[i]), 0);
    }
    (void)pthread_barrier_wait(&start);
    from = bench_now();
    for (size_t i = 0; i < count; i++)
        (void)pthread_join(runners[i].thread, NULL);
    (void)pthread_barrier_destroy(&start);
    return bench_now() - from;
}

/* By the clock on the wall, for a thread that waits for a lock takes no processor time. */
static void
measure_threads(const bench_path *path, EVP_PKEY *key, CK_SLOT_ID slot, size_t threads)
{
    runner runners[THREADS_MAX] = {0};
    int64_t evp_least = INT64_MAX;
    int64_t module_least = INT64_MAX;
    char suffix[16];

    for (size_t i = 0; i < threads; i++) {
        begin_module(&runners[i].signer, path, slot, false);
        begin_evp(&runners[i].signer, path, key);
    }
    for (size_t round = 0; round <= ROUNDS; round++) {
        const int64_t evp_took = time_together(runners, threads, sign_by_evp);
        const int64_t module_took = time_together(runners, threads, sign_by_module);

        if (round == 0)
            continue;
        evp_least = least(evp_least, evp_took);
        module_least = least(module_least, module_took);
    }
    for (size_t i = 0; i < threads; i++) {
        end_evp(&runners[i].signer);
        must(p11->C_CloseSession(runners[i].signer.session));
    }
    (void)snprintf(suffix, sizeof suffix, "-threads-%zu", threads);
    tell_ratio(path, suffix, path->count * threads, evp_least, module_least);
}

static void
measure_first(CK_SLOT_ID slot, char *reserved)
{
    int64_t runs[BENCH_RUNS];

    for (size_t run = 0; run < BENCH_RUNS; run++) {
        const int64_t from = bench_now();
        signer by = {0};

        initialize(reserved);
        begin_module(&by, &paths[1], slot, true);
        by.count = 1;
        sign_by_module(&by);
        runs[run] = bench_now() - from;
        must(p11->C_Finalize(NULL));
    }
    bench_tell("initialize-to-first-sign", 1, bench_median(runs, 1));
}

static void
measure_ratios(EVP_PKEY *const keys[PATH_COUNT], size_t count, CK_SLOT_ID slot, bool login)
{
    for (size_t i = 0; i < count; i++) {
        signer evp = {0};
        signer module = {0};

        begin_evp(&evp, &paths[i], keys[i]);
        begin_module(&module, &paths[i], slot, login && i == 0);
        measure_ratio(&paths[i], &evp, &module);
        end_evp(&evp);
    }
}

static void
make_keys(EVP_PKEY *keys[PATH_COUNT])
{
    for (size_t i = 0; i < PATH_COUNT; i++)
        keys[i] = make_key(paths[i].key);
}

static void
free_keys(EVP_PKEY *keys[PATH_COUNT])
{
    for (size_t i = 0; i < PATH_COUNT; i++)
        EVP_PKEY_free(keys[i]);
}

/* A store with one token that has these keys, by PIN or without; answers its slot. */
static CK_SLOT_ID
make_token(EVP_PKEY *const *keys, int count, bool has_pin)
{
    mainet_store *store = NULL;
    mainet_token *token = NULL;
    CK_SLOT_ID slot = 0;

    temp_store_make();
    store = mainet_store_open(temp_folder, NULL);
    token = has_pin ? mainet_token_create(store, "Bench", PIN, NULL, 0, NULL)
                    : mainet_token_create_without_pin(store, "Bench", NULL);
    ck_assert_ptr_nonnull(token);
    for (int i = 0; i < count; i++) {
        mainet_certificate *certificate =
            make_certificate(keys[i], "Bench", keys[i], "Bench", i + 1, 365);
        const mn_identity_import what = {.key = keys[i], .certificate = certificate};
        mainet_error err = {0};
        bool was_there = false;
        mainet_identity *made = mn_identity_import_one(token, &what, &was_there, &err);

        ck_assert_msg(made != NULL, "%s", err.detail);
        mainet_identity_free(made);
        mainet_certificate_free(certificate);
    }
    slot = mainet_token_slot(token);
    mainet_token_free(token);
    mainet_store_free(store);
    return slot;
}

static char *
where(void)
{
    static char reserved[128];

    (void)snprintf(reserved, sizeof reserved, "store=\"%s\"", temp_folder);
    return reserved;
}

static CK_SLOT_ID
begin(EVP_PKEY **keys)
{
    CK_SLOT_ID slot = 0;

    make_keys(keys);
    slot = make_token(keys, 2, true);
    load_module();
    return slot;
}

static void
end(EVP_PKEY **keys)
{
    must(p11->C_Finalize(NULL));
    free_keys(keys);
    temp_store_remove();
}

START_TEST(signs)
{
    EVP_PKEY *keys[PATH_COUNT];
    const CK_SLOT_ID slot = begin(keys);

    measure_first(slot, where());
    initialize(where());
    measure_ratios(keys, PATH_COUNT, slot, true);
    for (size_t i = 0; i < 2; i++) {
        measure_threads(&paths[i], keys[i], slot, 2);
        measure_threads(&paths[i], keys[i], slot, 8);
    }
    end(keys);
}
END_TEST

START_TEST(signs_beside_peers)
{
    EVP_PKEY *keys[PATH_COUNT];
    const CK_SLOT_ID slot = begin(keys);

    initialize(where());
    measure_ratios(keys, 2, slot, true);
    end(keys);
}
END_TEST

START_TEST(peer_signs)
{
    EVP_PKEY *keys[PATH_COUNT];
    CK_SLOT_ID slots[16];
    CK_ULONG count = sizeof slots / sizeof *slots;
    CK_TOKEN_INFO info;

    make_keys(keys);
    load_module();
    initialize(bench_argc > 2 ? bench_argv[2] : NULL);
    must(p11->C_GetSlotList(CK_TRUE, slots, &count));
    must(p11->C_GetTokenInfo(slots[0], &info));
    measure_ratios(keys, 2, slots[0], (info.flags & CKF_LOGIN_REQUIRED) != 0);
    must(p11->C_Finalize(NULL));
    free_keys(keys);
}
END_TEST

/* What callgrind counts and strace shows is between these two calls, which do nothing. */
__attribute__((noinline)) static void
count_signatures(void (*sign)(signer *), signer *by)
{
    (void)!write(-1, "begin", 5);
    sign(by);
    (void)!write(-1, "end", 3);
}

START_TEST(only_signs)
{
    EVP_PKEY *key = NULL;
    signer by = {0};
    CK_SLOT_ID slot = 0;
    size_t which = 0;
    void (*sign)(signer *) = strcmp(bench_argv[2], "evp") == 0 ? sign_by_evp : sign_by_module;

    while (which < PATH_COUNT - 1 && strcmp(paths[which].name, bench_argv[3]) != 0)
        which++;
    key = make_key(paths[which].key);
    slot = make_token(&key, 1, false);
    load_module();
    initialize(where());
    begin_evp(&by, &paths[which], key);
    begin_module(&by, &paths[which], slot, false);
    by.count = 10;
    sign(&by);
    by.count = strtoul(bench_argv[4], NULL, 10);
    count_signatures(sign, &by);
    end_evp(&by);
    must(p11->C_Finalize(NULL));
    EVP_PKEY_free(key);
    temp_store_remove();
}
END_TEST

int
main(int argc, char **argv)
{
    const TTest *measurement = signs;

    if (argc == 2 && strcmp(argv[1], "--ratios") == 0)
        measurement = signs_beside_peers;
    if (argc >= 2 && strcmp(argv[1], "--peer") == 0)
        measurement = peer_signs;
    if (argc == 5 && strcmp(argv[1], "--only") == 0)
        measurement = only_signs;
    return bench_main(argc, argv, measurement);
}
