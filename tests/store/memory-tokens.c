/* SPDX-License-Identifier: BSD-3-Clause */
#include "memory-tokens.h"

#include <dlfcn.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/kdf.h>

#include "face.h"
#include "fixture.h"
#include "mainetcert/transfer.h"
#include "memory.h"
#include "store/key.h"
#include "support/temp-store.h"

const char *const key_types[KEY_TYPES] = {"RSA", "EC", "ED25519"};

pin_page user, other, officer;
size_t pins_heard;
static size_t heard; /* derivations */

/* The test's own ear at every derivation, of the library and of the module: the PIN is there, or
 * the search would be of no use; what is derived is noted. */
FACE(int, EVP_KDF_derive,
     (EVP_KDF_CTX * context, unsigned char *key, size_t len, const OSSL_PARAM params[]),
     (context, key, len, params))
{
    int done = real_EVP_KDF_derive(context, key, len, params);
    bool is_pin = EVP_KDF_is_a(EVP_KDF_CTX_kdf(context), "SCRYPT");

    if (memory_noted() == 0)
        return done;
    if (is_pin)
        pins_heard += memory_count("PIN") != 0;
    if (heard++ < 16)
        memory_note(is_pin ? "key of the PIN" : "derived key", key, len);
    return done;
}

static void
pin_make(pin_page *pin, const char *name)
{
    uint8_t drawn[PIN_LEN];

    pin->open = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_int_eq(mn_random(drawn, sizeof drawn, NULL), MAINET_OK);
    for (size_t i = 0; i < sizeof drawn; i++) {
        drawn[i] = (uint8_t)('A' + drawn[i] % 26);
        pin->masked[i] = drawn[i] ^ 0x5a;
    }
    memory_note(name, drawn, sizeof drawn);
    OPENSSL_cleanse(drawn, sizeof drawn);
}

const uint8_t *
pin_open(pin_page *pin)
{
    for (size_t i = 0; i < PIN_LEN; i++)
        pin->open[i] = pin->masked[i] ^ 0x5a;
    return pin->open;
}

void
pin_close(void)
{
    OPENSSL_cleanse(user.open, PIN_LEN);
    OPENSSL_cleanse(other.open, PIN_LEN);
    OPENSSL_cleanse(officer.open, PIN_LEN);
}

/* A number as it is serialized, and as OpenSSL's arithmetic has it. */
static void
note_number(const EVP_PKEY *key, const char *parameter)
{
    uint8_t bytes[512];
    BIGNUM *number = NULL;

    if (EVP_PKEY_get_bn_param(key, parameter, &number) != 1)
        return;
    memory_note("number of a key", bytes, (size_t)BN_bn2bin(number, bytes));
    ck_assert_int_gt(BN_bn2lebinpad(number, bytes, BN_num_bytes(number)), 0);
    memory_note("number of a key, in OpenSSL", bytes, (size_t)BN_num_bytes(number));
    BN_clear_free(number);
}

static void
note_key(const EVP_PKEY *key)
{
    static const char *const numbers[] = {
        OSSL_PKEY_PARAM_RSA_D,         OSSL_PKEY_PARAM_RSA_FACTOR1,
        OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
        OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
        OSSL_PKEY_PARAM_PRIV_KEY};
    uint8_t seed[32];
    size_t len = sizeof seed;

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        note_number(key, numbers[i]);
    if (EVP_PKEY_get_raw_private_key(key, seed, &len) == 1)
        memory_note("number of a key, in OpenSSL", seed, len); /* which has it as it is */
}

const char *
container_path(const char *type)
{
    static char path[128];

    (void)snprintf(path, sizeof path, "%s/%s.p12", folder, type);
    return path;
}

static void
save_container(mainet_identity *identity, const char *type)
{
    mn_auto(mainet_bytes) container =
        mainet_identity_export_pkcs12(identity, FILE_PASSWORD, 0, NULL);

    ck_assert_int_eq(mainet_bytes_save(container, container_path(type), true, NULL), MAINET_OK);
}

static void
import(mainet_token *into, const char *type)
{
    mainet_error err = {0};
    EVP_PKEY *key = make_key(type);
    mainet_certificate *certificate = make_certificate(key, type, key, type, 1, 365);
    mn_identity_import what = {.key = key, .certificate = certificate, .exportable = true};
    bool was_there = false;
    mn_auto(mainet_identity) identity = mn_identity_import_one(into, &what, &was_there, &err);

    ck_assert_msg(identity != NULL, "%s", err.detail);
    note_key(key);
    save_container(identity, type);
}

void
note_token_key(mainet_token *of)
{
    const mn_secret *key = mn_keys_token(mn_token_keys(of));

    memory_note("token key", mn_secret_bytes(key), mn_secret_len(key));
}

/* In a child: whose memory nobody looks at. */
static void
make_tokens(void)
{
    mn_auto(mainet_store) made_in = mainet_store_open(folder, NULL);
    mn_auto(mainet_token) made = mainet_token_create(made_in, "tested", pin_open(&user), PIN_LEN,
                                                     pin_open(&officer), PIN_LEN, NULL);
    mn_auto(mainet_token) service = mainet_token_create_without_pin(made_in, "service", NULL);

    ck_assert(made != NULL && service != NULL);
    for (size_t i = 0; i < KEY_TYPES; i++)
        import(made, key_types[i]);
    import(service, "EC");
    note_token_key(made);
    note_token_key(service);
}

void
memory_tokens_open(void)
{
    pid_t child = 0;
    int status = 0;

    folder_make();
    pin_make(&user, "PIN");
    pin_make(&other, "new PIN");
    pin_make(&officer, "SO PIN");
    heard = 16; /* the child's derivations are not noted: nobody here has them */
    child = fork();
    if (child == 0) {
        make_tokens();
        _exit(0);
    }
    (void)waitpid(child, &status, 0);
    ck_assert_int_eq(status, 0);
    heard = 0;
    pins_heard = 0;
    store = mainet_store_open(folder, NULL);
    token = mainet_token_open(store, "tested", NULL);
    ck_assert_ptr_nonnull(token);
    ck_assert_ptr_null(memory_finds());
}
