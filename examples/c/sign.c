/* SPDX-License-Identifier: BSD-3-Clause */
/* Sign a file with a key that stays in its token: `sign ID FILE SIGNATURE`, the PIN of the default
 * store's token on standard input, ID as `mainetcert list` tells it, or the beginning of it. */
#include <stdio.h>
#include <string.h>

#include <mainetcert.h>

static mainet_bytes *
sign(mainet_identity *identity, const uint8_t *data, size_t data_len, mainet_error *err)
{
    const char *type = mainet_certificate_key_type(mainet_identity_certificate(identity));
    mainet_signature signature = MAINET_SIGNATURE_EDDSA;

    if (strcmp(type, "RSA") == 0)
        signature = MAINET_SIGNATURE_RSA_PKCS1;
    else if (strcmp(type, "EC") == 0)
        signature = MAINET_SIGNATURE_ECDSA;
    return mainet_identity_sign(identity, signature,
                                signature == MAINET_SIGNATURE_EDDSA ? MAINET_HASH_NONE
                                                                    : MAINET_HASH_SHA256,
                                data, data_len, err);
}

/* The size of a file that is not too long; 0 for others. */
static size_t
read_file(const char *path, uint8_t *data, size_t data_size)
{
    FILE *in = fopen(path, "rb");
    size_t len = in == NULL ? 0 : fread(data, 1, data_size, in);

    if (in == NULL || len == data_size)
        fprintf(stderr, "%s cannot be read, or is too long\n", path);
    if (in != NULL)
        (void)fclose(in);
    return len == data_size ? 0 : len;
}

static bool
sign_file(char *words[], const char *pin, mainet_error *err)
{
    static uint8_t data[1 << 20];
    const size_t data_len = read_file(words[2], data, sizeof data);
    mainet_store *store = data_len == 0 ? NULL : mainet_store_open(NULL, err);
    mainet_token *token = store == NULL ? NULL : mainet_token_open(store, NULL, err);
    mainet_identity *identity = NULL;
    mainet_bytes *signature = NULL;
    bool is_done = false;

    if (token != NULL &&
        mainet_token_unlock(token, (const uint8_t *)pin, strlen(pin), err) == MAINET_OK)
        identity = mainet_token_identity(token, words[1], err);
    if (identity != NULL)
        signature = sign(identity, data, data_len, err);
    is_done = signature != NULL && mainet_bytes_save(signature, words[3], true, err) == MAINET_OK;
    if (is_done)
        printf("signed by %s\n", mainet_identity_label(identity));
    mainet_bytes_free(signature);
    mainet_identity_free(identity);
    mainet_token_free(token);
    mainet_store_free(store);
    return is_done;
}

int
main(int argc, char *argv[])
{
    char pin[256];
    mainet_error err = {0};

    if (argc != 4 || scanf("%255[^\n]", pin) != 1)
        return 2;
    if (sign_file(argv, pin, &err))
        return 0;
    if (err.status != MAINET_OK)
        fprintf(stderr, "%d: %s (%s)\n", (int)mainet_status_code(err.status),
                mainet_status_remedy(err.status, MAINET_LANG_EN), err.detail);
    return 1;
}
