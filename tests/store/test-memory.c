/* SPDX-License-Identifier: BSD-3-Clause */
/* Which secrets are in the memory of a process that uses a token: those that it needs, for as long
 * as it needs them. */
#include <stdio.h>
#include <stdlib.h>

#include "fixture.h"
#include "mainetcert/transfer.h"
#include "memory-tokens.h"
#include "memory.h"
#include "pkcs12/read.h"
#include "unit/run-suite.h"

static void
unlock(void)
{
    mainet_error err = {0};

    ck_assert_msg(mainet_token_unlock(token, pin_open(&user), PIN_LEN, &err) == MAINET_OK, "%s",
                  err.detail);
    pin_close();
}

static void
sign_with_everything(void)
{
    mn_auto(mainet_identity_list) list = mainet_token_identities(token, NULL);

    ck_assert_uint_eq(mainet_identity_list_count(list), KEY_TYPES);
    for (size_t i = 0; i < KEY_TYPES; i++) {
        mn_auto(mainet_identity) one = mainet_identity_list_at(list, i, NULL);
        mn_auto(EVP_PKEY) key = mn_identity_key(one, NULL);
        mn_auto(EVP_MD_CTX) signing = EVP_MD_CTX_new();
        uint8_t signature[512];
        size_t len = sizeof signature;
        bool is_edwards = EVP_PKEY_is_a(key, "ED25519");

        ck_assert_int_eq(EVP_DigestSignInit_ex(signing, NULL, is_edwards ? NULL : "SHA256",
                                               mn_crypto_context(), NULL, key, NULL),
                         1);
        ck_assert_int_eq(EVP_DigestSign(signing, signature, &len, (const uint8_t *)"x", 1), 1);
    }
}

static void
check_everything(void)
{
    ck_assert_int_eq(mainet_token_check(token, NULL, NULL, NULL), MAINET_OK);
}

static void
export_everything(void)
{
    mn_auto(mainet_identity_list) list = mainet_token_identities(token, NULL);

    for (size_t i = 0; i < KEY_TYPES; i++) {
        mn_auto(mainet_identity) one = mainet_identity_list_at(list, i, NULL);
        mn_auto(mainet_bytes) container =
            mainet_identity_export_pkcs12(one, FILE_PASSWORD, 0, NULL);

        ck_assert_ptr_nonnull(container);
    }
}

static void
open_containers(void)
{
    for (size_t i = 0; i < KEY_TYPES; i++) {
        static uint8_t content[8192];
        FILE *file = fopen(container_path(key_types[i]), "re");
        size_t len = file == NULL ? 0 : fread(content, 1, sizeof content, file);
        mn_auto(mainet_pkcs12) opened = mainet_pkcs12_open(content, len, FILE_PASSWORD, NULL);

        (void)fclose(file);
        ck_assert_uint_eq(mainet_pkcs12_identity_count(opened), 1);
    }
}

static void
change_pin(void)
{
    ck_assert_int_eq(
        mainet_token_change_pin(token, pin_open(&user), PIN_LEN, pin_open(&other), PIN_LEN, NULL),
        MAINET_OK);
}

static void
rekey(void)
{
    ck_assert_int_eq(mainet_token_rekey(token, pin_open(&user), PIN_LEN, pin_open(&other), PIN_LEN,
                                        pin_open(&officer), PIN_LEN, NULL),
                     MAINET_OK);
    note_token_key(token);
}

static void
unblock(void)
{
    ck_assert_int_eq(
        mainet_token_unblock(token, pin_open(&officer), PIN_LEN, pin_open(&other), PIN_LEN, NULL),
        MAINET_OK);
}

static void
mistype(void)
{
    ck_assert_int_eq(mainet_token_unlock(token, pin_open(&other), PIN_LEN, NULL),
                     MAINET_E_PIN_INCORRECT);
}

static void
use_service(void)
{
    mn_auto(mainet_token) service = mainet_token_open(store, "service", NULL);
    char backup[96];

    ck_assert_int_eq(mainet_token_unlock(service, NULL, 0, NULL), MAINET_OK);
    (void)snprintf(backup, sizeof backup, "%s/backup", folder);
    ck_assert_int_eq(mainet_token_backup(service, backup, NULL), MAINET_OK);
    ck_assert_int_eq(mainet_token_change_pin(service, NULL, 0, pin_open(&other), PIN_LEN, NULL),
                     MAINET_OK);
}

static void (*const uses[])(void) = {sign_with_everything,
                                     check_everything,
                                     export_everything,
                                     open_containers,
                                     change_pin,
                                     rekey,
                                     unblock,
                                     mistype,
                                     use_service};

START_TEST(a_locked_token_leaves_no_secret_in_memory)
{
    const char *found = NULL;

    unlock();
    ck_assert_uint_eq(pins_heard, 1);
    ck_assert_uint_ge(memory_count("token key"), 1);
    ck_assert_uint_eq(memory_count("PIN"), 0);
    ck_assert_uint_eq(memory_count("key of the PIN"), 0);
    ck_assert_uint_eq(memory_count("number of a key"), 0);
    uses[_i]();
    pin_close();
    ck_assert_int_eq(mainet_token_lock(token, NULL), MAINET_OK);
    found = memory_finds();
    ck_assert_msg(found == NULL, "%s", found);
}
END_TEST

static Suite *
memory_suite(void)
{
    Suite *suite = suite_create("memory");
    TCase *library = tcase_create("library");

    tcase_add_checked_fixture(library, memory_tokens_open, token_remove);
    tcase_set_timeout(library, 120);
    tcase_add_loop_test(library, a_locked_token_leaves_no_secret_in_memory, 0,
                        sizeof uses / sizeof *uses);
    suite_add_tcase(suite, library);
    return suite;
}

int
main(void)
{
    return run_suite(memory_suite());
}
