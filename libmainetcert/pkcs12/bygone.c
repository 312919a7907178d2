/* SPDX-License-Identifier: BSD-3-Clause */
#include "pkcs12/bygone.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/core_dispatch.h>
#include <openssl/provider.h>

#include "pkcs12/idea.h"
#include "pkcs12/md2.h"

#define NAME "mainetcert-bygone"

static void *
new_digest(void *unused)
{
    (void)unused;
    return calloc(1, sizeof(mn_md2));
}

static void
free_digest(void *digest)
{
    OPENSSL_cleanse(digest, sizeof(mn_md2));
    free(digest);
}

static void *
copy_digest(void *digest)
{
    mn_md2 *copy = malloc(sizeof *copy);

    if (copy != NULL)
        *copy = *(const mn_md2 *)digest;
    return copy;
}

static int
begin_digest(void *digest, const OSSL_PARAM *unused)
{
    (void)unused;
    memset(digest, 0, sizeof(mn_md2));
    return 1;
}

static int
update_digest(void *digest, const unsigned char *data, size_t data_len)
{
    mn_md2_update(digest, data, data_len);
    return 1;
}

static int
finish_digest(void *digest, unsigned char *out, size_t *out_len, size_t out_room)
{
    if (out_room < MN_MD2_LEN)
        return 0;
    mn_md2_finish(digest, out);
    *out_len = MN_MD2_LEN;
    return 1;
}

/* Those that were not asked for are none the worse. */
static int
set_size(OSSL_PARAM parameters[], const char *name, size_t size)
{
    OSSL_PARAM *found = OSSL_PARAM_locate(parameters, name);

    return found == NULL || OSSL_PARAM_set_size_t(found, size) == 1;
}

static int
describe_digest(OSSL_PARAM parameters[])
{
    return set_size(parameters, OSSL_DIGEST_PARAM_BLOCK_SIZE, MN_MD2_BLOCK_LEN) &&
           set_size(parameters, OSSL_DIGEST_PARAM_SIZE, MN_MD2_LEN);
}

typedef struct cipher {
    mn_idea idea;
    uint8_t previous[MN_IDEA_BLOCK_LEN]; /* the IV at first */
    uint8_t held[MN_IDEA_BLOCK_LEN];     /* the last block is held back, for its padding */
    size_t held_len;
} cipher;

static void *
new_cipher(void *unused)
{
    (void)unused;
    return calloc(1, sizeof(cipher));
}

static void
free_cipher(void *context)
{
    OPENSSL_cleanse(context, sizeof(cipher));
    free(context);
}

static int
begin_cipher(void *context, const unsigned char *key, size_t key_len, const unsigned char *iv,
             size_t iv_len, const OSSL_PARAM *unused)
{
    cipher *made = context;

    (void)unused;
    if ((key != NULL && key_len != MN_IDEA_KEY_LEN) || (iv != NULL && iv_len != MN_IDEA_BLOCK_LEN))
        return 0;
    if (key != NULL) {
        mn_idea_expand(&made->idea, key);
        mn_idea_invert(&made->idea);
    }
    if (iv != NULL)
        memcpy(made->previous, iv, MN_IDEA_BLOCK_LEN);
    made->held_len = 0;
    return 1;
}

static void
decrypt_held(cipher *made, uint8_t out[MN_IDEA_BLOCK_LEN])
{
    mn_idea_block(&made->idea, made->held, out);
    for (size_t i = 0; i < MN_IDEA_BLOCK_LEN; i++)
        out[i] ^= made->previous[i];
    memcpy(made->previous, made->held, MN_IDEA_BLOCK_LEN);
    made->held_len = 0;
}

static int
update_cipher(void *context, unsigned char *out, size_t *out_len, size_t out_room,
              const unsigned char *in, size_t in_len)
{
    cipher *made = context;

    *out_len = 0;
    for (size_t i = 0; i < in_len; i++) {
        if (made->held_len == MN_IDEA_BLOCK_LEN) {
            if (out_room - *out_len < MN_IDEA_BLOCK_LEN)
                return 0;
            decrypt_held(made, out + *out_len);
            *out_len += MN_IDEA_BLOCK_LEN;
        }
        made->held[made->held_len++] = in[i];
    }
    return 1;
}

/* RFC 8018, 6.1.1: as many bytes as are added, each of which says how many. */
static int
finish_cipher(void *context, unsigned char *out, size_t *out_len, size_t out_room)
{
    cipher *made = context;
    uint8_t last[MN_IDEA_BLOCK_LEN];
    size_t padding = 0;
    bool is_padded = true;

    if (made->held_len != MN_IDEA_BLOCK_LEN)
        return 0;
    decrypt_held(made, last);
    padding = last[MN_IDEA_BLOCK_LEN - 1];
    is_padded = padding >= 1 && padding <= MN_IDEA_BLOCK_LEN;
    for (size_t i = 0; is_padded && i < padding; i++)
        is_padded = last[MN_IDEA_BLOCK_LEN - 1 - i] == padding;
    if (is_padded && out_room >= MN_IDEA_BLOCK_LEN - padding) {
        *out_len = MN_IDEA_BLOCK_LEN - padding;
        memcpy(out, last, *out_len);
    } else {
        is_padded = false;
    }
    OPENSSL_cleanse(last, sizeof last);
    return is_padded;
}

static int
describe_cipher(OSSL_PARAM parameters[])
{
    OSSL_PARAM *mode = OSSL_PARAM_locate(parameters, OSSL_CIPHER_PARAM_MODE);

    return (mode == NULL || OSSL_PARAM_set_uint(mode, EVP_CIPH_CBC_MODE) == 1) &&
           set_size(parameters, OSSL_CIPHER_PARAM_KEYLEN, MN_IDEA_KEY_LEN) &&
           set_size(parameters, OSSL_CIPHER_PARAM_IVLEN, MN_IDEA_BLOCK_LEN) &&
           set_size(parameters, OSSL_CIPHER_PARAM_BLOCK_SIZE, MN_IDEA_BLOCK_LEN);
}

static int
describe_context(void *unused, OSSL_PARAM parameters[])
{
    (void)unused;
    return describe_cipher(parameters);
}

#define CALLS(function) ((void (*)(void))(function))
static const OSSL_DISPATCH md2_functions[] = {
    {OSSL_FUNC_DIGEST_NEWCTX, CALLS(new_digest)},
    {OSSL_FUNC_DIGEST_FREECTX, CALLS(free_digest)},
    {OSSL_FUNC_DIGEST_DUPCTX, CALLS(copy_digest)},
    {OSSL_FUNC_DIGEST_INIT, CALLS(begin_digest)},
    {OSSL_FUNC_DIGEST_UPDATE, CALLS(update_digest)},
    {OSSL_FUNC_DIGEST_FINAL, CALLS(finish_digest)},
    {OSSL_FUNC_DIGEST_GET_PARAMS, CALLS(describe_digest)},
    {0, NULL},
};

static const OSSL_DISPATCH idea_functions[] = {
    {OSSL_FUNC_CIPHER_NEWCTX, CALLS(new_cipher)},
    {OSSL_FUNC_CIPHER_FREECTX, CALLS(free_cipher)},
    {OSSL_FUNC_CIPHER_DECRYPT_INIT, CALLS(begin_cipher)},
    {OSSL_FUNC_CIPHER_UPDATE, CALLS(update_cipher)},
    {OSSL_FUNC_CIPHER_FINAL, CALLS(finish_cipher)},
    {OSSL_FUNC_CIPHER_GET_PARAMS, CALLS(describe_cipher)},
    {OSSL_FUNC_CIPHER_GET_CTX_PARAMS, CALLS(describe_context)},
    {0, NULL},
};

#define PROPERTIES "provider=" NAME
static const OSSL_ALGORITHM digests[] = {{"MD2", PROPERTIES, md2_functions, NULL},
                                         {NULL, NULL, NULL, NULL}};
static const OSSL_ALGORITHM ciphers[] = {{"IDEA-CBC", PROPERTIES, idea_functions, NULL},
                                         {NULL, NULL, NULL, NULL}};

static const OSSL_ALGORITHM *
query(void *unused, int operation, int *no_cache)
{
    (void)unused;
    *no_cache = 0;
    switch (operation) {
    case OSSL_OP_DIGEST:
        return digests;
    case OSSL_OP_CIPHER:
        return ciphers;
    default:
        return NULL;
    }
}

static const OSSL_DISPATCH provider_functions[] = {
    {OSSL_FUNC_PROVIDER_QUERY_OPERATION, CALLS(query)},
    {0, NULL},
};

static int
begin_provider(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *core,
               const OSSL_DISPATCH **functions, void **context)
{
    (void)core;
    *functions = provider_functions;
    *context = (void *)(uintptr_t)handle; /* it must not be NULL */
    return 1;
}

bool
mn_bygone_add(OSSL_LIB_CTX *library)
{
    return OSSL_PROVIDER_add_builtin(library, NAME, begin_provider) == 1 &&
           OSSL_PROVIDER_load(library, NAME) != NULL;
}
