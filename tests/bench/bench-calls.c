/* SPDX-License-Identifier: BSD-3-Clause */
/* What bench-bindings.py compares the bindings with: reads `label COUNT` and `sign COUNT` from
 * standard input, does it so often with the first identity of the store's token, and answers the
 * nanoseconds of processor time that one took. Usage: bench-calls STORE PIN */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <mainetcert.h>

static int64_t
cpu_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static size_t
do_it(mainet_identity *identity, const char *what)
{
    mainet_bytes *made = NULL;
    size_t len = 0;

    if (strcmp(what, "label") == 0)
        return strlen(mainet_identity_label(identity));
    made = mainet_identity_sign(identity, MAINET_SIGNATURE_RSA_PKCS1, MAINET_HASH_SHA256,
                                (const uint8_t *)"data", 4, NULL);
    len = mainet_bytes_len(made);
    mainet_bytes_free(made);
    return len;
}

static int
answer(mainet_identity *identity)
{
    char what[8];
    size_t count = 0;

    while (scanf("%7s %zu", what, &count) == 2) {
        int64_t begin = cpu_now();

        for (size_t i = 0; i < count; i++)
            if (do_it(identity, what) == 0)
                return 1;
        printf("%" PRId64 "\n", (cpu_now() - begin) / (int64_t)count);
        (void)fflush(stdout);
    }
    return 0;
}

int
main(int argc, char *argv[])
{
    mainet_store *store = argc == 3 ? mainet_store_open(argv[1], NULL) : NULL;
    mainet_token *token = store == NULL ? NULL : mainet_token_open(store, NULL, NULL);
    mainet_identity_list *list = NULL;
    mainet_identity *identity = NULL;
    int status = 2;

    if (token != NULL &&
        mainet_token_unlock(token, (const uint8_t *)argv[2], strlen(argv[2]), NULL) == MAINET_OK)
        list = mainet_token_identities(token, NULL);
    if (list != NULL)
        identity = mainet_identity_list_at(list, 0, NULL);
    if (identity != NULL)
        status = answer(identity);
    mainet_identity_free(identity);
    mainet_identity_list_free(list);
    mainet_token_free(token);
    mainet_store_free(store);
    return status;
}
