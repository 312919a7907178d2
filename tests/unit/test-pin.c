/* SPDX-License-Identifier: BSD-3-Clause */
/* PINs and keys are changed, or nothing is. */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include <p11-kit/pkcs11.h>

#include "run-suite.h"
#include "store/token-private.h"
#include "support/temp-store.h"

#define NEW_PIN (const uint8_t *)"new-pin", 7
#define OTHER_PIN (const uint8_t *)"other-pin", 9
#define SO_PIN (const uint8_t *)"so-pin", 6
#define NO_PIN NULL, 0

static mainet_store *store;
static mainet_token *token;

/* A token with an officer and one identity. */
static void
open_token(void)
{
    mainet_error err = {0};
    EVP_PKEY *key = NULL;
    mainet_certificate *certificate = NULL;
    bool was_there = false;

    temp_store_make();
    store = mainet_store_open(temp_folder, NULL);
    token = mainet_token_create(store, NULL, PIN, SO_PIN, NULL);
    ck_assert_ptr_nonnull(token);
    key = make_key("EC");
    certificate = make_certificate(key, "A", key, "A", 1, 365);
    mainet_identity_free(mn_identity_import_one(
        token, &(mn_identity_import){.key = key, .certificate = certificate}, &was_there, &err));
    mainet_certificate_free(certificate);
    EVP_PKEY_free(key);
}

static void
close_token(void)
{
    mainet_token_free(token);
    mainet_store_free(store);
    temp_store_remove();
}

static mainet_status
unlock_afresh(const uint8_t *pin, size_t pin_len)
{
    mainet_token *again = mainet_token_open(store, NULL, NULL);
    mainet_status status = MAINET_OK;

    ck_assert_ptr_nonnull(again);
    status = mainet_token_unlock(again, pin, pin_len, NULL);
    if (status == MAINET_OK)
        status = mainet_token_check(again, NULL, NULL, NULL);
    mainet_token_free(again);
    return status;
}

static mainet_status
officer_logs_in(const uint8_t *pin, size_t pin_len)
{
    mainet_error err = {0};
    mn_keys *keys = mn_token_login(token, MN_ROLE_SO, pin, pin_len, &err);

    mn_keys_free(keys);
    return keys != NULL ? MAINET_OK : err.status;
}

static uint64_t
generation(void)
{
    mn_token_info info;

    ck_assert_int_eq(mn_token_read_info(token, &info, NULL), MAINET_OK);
    return info.generation;
}

START_TEST(a_changed_pin_counts_and_the_old_one_does_not)
{
    uint64_t before = generation();

    ck_assert_int_eq(mainet_token_change_pin(token, PIN, NEW_PIN, NULL), MAINET_OK);
    ck_assert_int_eq(unlock_afresh(NEW_PIN), MAINET_OK);
    ck_assert_int_eq(unlock_afresh(PIN), MAINET_E_PIN_INCORRECT);
    ck_assert_int_eq(officer_logs_in(SO_PIN), MAINET_OK);
    ck_assert(!mainet_token_is_locked(token));
    ck_assert(generation() == before); /* no object has changed */
}
END_TEST

/* Each proves the old PIN before any has written the new one. */
START_TEST(of_many_who_change_the_pin_at_once_one_succeeds)
{
    enum { processes = 4 };
    pid_t children[processes];
    int done = -1;
    char pin[16] = "";

    for (int i = 0; i < processes; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            mainet_status status = MAINET_OK;

            (void)snprintf(pin, sizeof pin, "pin-%d", i);
            status = mainet_token_change_pin(token, PIN, (const uint8_t *)pin, 5, NULL);
            _exit(status == MAINET_OK ? 0 : status == MAINET_E_PIN_INCORRECT ? 1 : 2);
        }
    }
    for (int i = 0; i < processes; i++) {
        int status = 0;

        (void)waitpid(children[i], &status, 0);
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) < 2);
        ck_assert(done < 0 || WEXITSTATUS(status) != 0);
        done = WEXITSTATUS(status) == 0 ? i : done;
    }
    ck_assert_int_ge(done, 0);
    (void)snprintf(pin, sizeof pin, "pin-%d", done);
    ck_assert_int_eq(unlock_afresh((const uint8_t *)pin, 5), MAINET_OK);
}
END_TEST

static const struct {
    const char *old_pin;
    const char *new_pin;
    mainet_status expected;
} changes[] = {
    {"wrong", "new-pin", MAINET_E_PIN_INCORRECT},
    {"so-pin", "new-pin", MAINET_E_PIN_INCORRECT},
    {"1234-pin", "123", MAINET_E_PIN_LENGTH},
    {"1234-pin", "12345678901234567890123456789012345678901234567890123456789012345",
     MAINET_E_PIN_LENGTH},
    {"123", "new-pin", MAINET_E_PIN_LENGTH},
    {NULL, "new-pin", MAINET_E_ARGUMENT},
    {"1234-pin", NULL, MAINET_E_ARGUMENT},
};

START_TEST(a_refused_change_changes_nothing)
{
    const char *old_pin = changes[_i].old_pin;
    const char *new_pin = changes[_i].new_pin;

    ck_assert_int_eq(
        mainet_token_change_pin(token, (const uint8_t *)old_pin, old_pin ? strlen(old_pin) : 0,
                                (const uint8_t *)new_pin, new_pin ? strlen(new_pin) : 0, NULL),
        changes[_i].expected);
    ck_assert_int_eq(mainet_token_tries_left(token),
                     changes[_i].expected == MAINET_E_PIN_INCORRECT ? 9 : 10);
    ck_assert_int_eq(unlock_afresh(PIN), MAINET_OK);
}
END_TEST

START_TEST(wrong_old_pins_lock_the_token_and_the_officer_unblocks_it)
{
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(mainet_token_change_pin(token, (const uint8_t *)"wrong", 5, NEW_PIN, NULL),
                         MAINET_E_PIN_INCORRECT);
    ck_assert_int_eq(mainet_token_change_pin(token, PIN, NEW_PIN, NULL), MAINET_E_PIN_LOCKED);
    ck_assert_int_eq(mainet_token_tries_left(token), 0);
    ck_assert_int_eq(mainet_token_unblock(token, PIN, NEW_PIN, NULL), MAINET_E_PIN_INCORRECT);
    ck_assert_int_eq(mainet_token_unblock(token, SO_PIN, (const uint8_t *)"123", 3, NULL),
                     MAINET_E_PIN_LENGTH);
    ck_assert_int_eq(unlock_afresh(PIN), MAINET_E_PIN_LOCKED);
    ck_assert_int_eq(mainet_token_unblock(token, SO_PIN, NEW_PIN, NULL), MAINET_OK);
    ck_assert_int_eq(mainet_token_tries_left(token), 10);
    ck_assert_int_eq(unlock_afresh(NEW_PIN), MAINET_OK);
}
END_TEST

START_TEST(the_officers_pin_is_changed_by_the_officer)
{
    ck_assert_int_eq(mainet_token_change_so_pin(token, PIN, NEW_PIN, NULL), MAINET_E_PIN_INCORRECT);
    ck_assert_int_eq(mainet_token_change_so_pin(token, SO_PIN, NEW_PIN, NULL), MAINET_OK);
    ck_assert_int_eq(officer_logs_in(SO_PIN), MAINET_E_PIN_INCORRECT);
    ck_assert_int_eq(officer_logs_in(NEW_PIN), MAINET_OK);
    ck_assert_int_eq(unlock_afresh(PIN), MAINET_OK);
}
END_TEST

START_TEST(without_an_officer_nobody_unblocks)
{
    mainet_token *alone = mainet_token_create(store, "alone", PIN, NULL, 0, NULL);

    ck_assert_int_eq(mainet_token_unblock(alone, SO_PIN, NEW_PIN, NULL), MAINET_E_PIN_NOT_SET);
    ck_assert_int_eq(mainet_token_change_so_pin(alone, SO_PIN, NEW_PIN, NULL),
                     MAINET_E_PIN_NOT_SET);
    ck_assert_int_eq(mainet_token_set(alone, "pin-limit", "10", NULL), MAINET_E_ARGUMENT);
    ck_assert_int_eq(mainet_token_set(alone, "pin-limit", "0", NULL), MAINET_OK);
    mainet_token_free(alone);
}
END_TEST

START_TEST(a_new_key_leaves_everything_as_it_was)
{
    mainet_token *other = mainet_token_open(store, NULL, NULL);
    uint8_t before[MN_SEAL_KEY_LEN];
    mainet_error err = {0};

    ck_assert_int_eq(mainet_token_unlock(other, PIN, NULL), MAINET_OK);
    memcpy(before, mn_secret_bytes(mn_keys_token(token->keys)), sizeof before);
    ck_assert_int_eq(mainet_token_rekey(token, PIN, NO_PIN, NO_PIN, &err), MAINET_E_ARGUMENT);
    ck_assert_int_eq(mainet_token_rekey(token, PIN, NO_PIN, OTHER_PIN, &err),
                     MAINET_E_PIN_INCORRECT);
    ck_assert_int_eq(mainet_token_rekey(token, OTHER_PIN, NO_PIN, SO_PIN, &err),
                     MAINET_E_PIN_INCORRECT);
    ck_assert_int_eq(mainet_token_check(other, NULL, NULL, NULL), MAINET_OK); /* unchanged */
    ck_assert_int_eq(mainet_token_rekey(token, PIN, NO_PIN, SO_PIN, &err), MAINET_OK);
    ck_assert_int_ne(memcmp(before, mn_secret_bytes(mn_keys_token(token->keys)), sizeof before), 0);
    ck_assert_int_eq(mainet_token_check(token, NULL, NULL, &err), MAINET_OK);
    ck_assert_int_eq(unlock_afresh(PIN), MAINET_OK);
    ck_assert_int_eq(officer_logs_in(SO_PIN), MAINET_OK);
    ck_assert_int_eq(mainet_token_rename(other, "late", &err), MAINET_E_TOKEN_LOCKED);
    ck_assert_int_eq(mainet_token_unlock(other, PIN, NULL), MAINET_OK);
    ck_assert_int_eq(mainet_token_rename(other, "late", &err), MAINET_OK);
    mainet_token_free(other);
}
END_TEST

START_TEST(a_new_key_and_a_new_pin_come_together)
{
    ck_assert_int_eq(mainet_token_rekey(token, PIN, (const uint8_t *)"123", 3, SO_PIN, NULL),
                     MAINET_E_PIN_LENGTH);
    ck_assert_int_eq(unlock_afresh(PIN), MAINET_OK);
    ck_assert_int_eq(mainet_token_lock(token, NULL), MAINET_OK);
    ck_assert_int_eq(mainet_token_rekey(token, PIN, NEW_PIN, SO_PIN, NULL), MAINET_OK);
    ck_assert(mainet_token_is_locked(token));
    ck_assert_int_eq(unlock_afresh(NEW_PIN), MAINET_OK);
    ck_assert_int_eq(unlock_afresh(PIN), MAINET_E_PIN_INCORRECT);
    ck_assert_int_eq(mainet_token_tries_left(token), 10);
}
END_TEST

static void
put_pending(const char *serial, const char *ending)
{
    char path[160];
    int fd = -1;

    (void)snprintf(path, sizeof path, "%s/pending", temp_folder);
    (void)mkdir(path, 0700);
    (void)snprintf(path, sizeof path, "%s/pending/%s%s", temp_folder, serial, ending);
    fd = open(path, O_WRONLY | O_CREAT, 0600);
    ck_assert_int_ge(fd, 0);
    (void)close(fd);
}

#define DELIVERY "-00112233445566778899aabbccddeeff"

START_TEST(what_waits_to_be_imported_is_not_cut_off_from_its_key)
{
    mainet_error err = {0};

    put_pending("0123456789abcdef", DELIVERY);        /* another token's */
    put_pending(mainet_token_serial(token), "-0123"); /* no delivery */
    ck_assert_int_eq(mainet_token_rekey(token, PIN, NO_PIN, SO_PIN, NULL), MAINET_OK);
    put_pending(mainet_token_serial(token), DELIVERY);
    ck_assert_int_eq(mn_token_erase(token, "new", SO_PIN, &err), MAINET_E_PENDING_EXISTS);
    ck_assert_int_eq(mainet_token_delete(token, &err), MAINET_E_PENDING_EXISTS);
    ck_assert_int_eq(mainet_token_change_pin(token, PIN, NEW_PIN, NULL), MAINET_OK);
    ck_assert_int_eq(unlock_afresh(NEW_PIN), MAINET_OK);
}
END_TEST

static bool
key_file_exists(const mainet_token *of)
{
    char path[128];

    (void)snprintf(path, sizeof path, "%s/%s.key", temp_folder, mainet_token_serial(of));
    return access(path, F_OK) == 0;
}

START_TEST(a_first_pin_ends_the_key_file)
{
    mainet_token *service = mainet_token_create_without_pin(store, "service", NULL);
    mainet_token *again = NULL;
    uint8_t before[MN_SEAL_KEY_LEN];

    ck_assert_int_eq(mainet_token_rekey(service, PIN, NO_PIN, NO_PIN, NULL), MAINET_E_PIN_NOT_SET);
    ck_assert(key_file_exists(service));
    memcpy(before, mn_secret_bytes(mn_keys_token(service->keys)), sizeof before);
    ck_assert_int_eq(mainet_token_change_pin(service, NO_PIN, NEW_PIN, NULL), MAINET_OK);
    ck_assert_int_ne(memcmp(before, mn_secret_bytes(mn_keys_token(service->keys)), sizeof before),
                     0);
    ck_assert(!key_file_exists(service));
    ck_assert(mainet_token_has_pin(service));
    again = mainet_token_open(store, "service", NULL);
    ck_assert_int_eq(mainet_token_unlock(again, NULL, 0, NULL), MAINET_E_PIN_LENGTH);
    ck_assert_int_eq(mainet_token_unlock(again, NEW_PIN, NULL), MAINET_OK);
    mainet_token_free(again);
    mainet_token_free(service);
}
END_TEST

START_TEST(a_key_file_that_a_crash_left_goes_at_the_next_login)
{
    char path[128];
    int fd = -1;

    (void)snprintf(path, sizeof path, "%s/%s.key", temp_folder, mainet_token_serial(token));
    fd = open(path, O_WRONLY | O_CREAT, 0600);
    (void)close(fd);
    ck_assert_int_eq(unlock_afresh(PIN), MAINET_OK);
    ck_assert(!key_file_exists(token));
}
END_TEST

START_TEST(a_new_key_that_is_killed_is_whole_or_not_there)
{
    unsigned seed = (unsigned)getpid();

    for (int round = 0; round < 20; round++) {
        struct timespec pause = {0, rand_r(&seed) % 400000000};
        pid_t child = fork();

        if (child == 0)
            _exit(mainet_token_rekey(token, PIN, NO_PIN, SO_PIN, NULL) == MAINET_OK ? 0 : 1);
        (void)nanosleep(&pause, NULL);
        (void)kill(child, SIGKILL);
        (void)waitpid(child, NULL, 0);
        ck_assert_int_eq(unlock_afresh(PIN), MAINET_OK);
    }
}
END_TEST

/* What the module does in C_InitToken, C_InitPIN and C_SetPIN. */
START_TEST(the_officer_makes_a_token_and_its_pin)
{
    mainet_error err = {0};
    mn_keys *keys = NULL;
    mainet_token *made = mn_token_init(store, "made", SO_PIN, 7, &err);

    ck_assert_ptr_null(made); /* 2 is next */
    ck_assert_int_eq(err.status, MAINET_E_TOKEN_NOT_FOUND);
    made = mn_token_init(store, "made", SO_PIN, 2, &err);
    ck_assert_ptr_nonnull(made);
    ck_assert_uint_eq(mainet_token_slot(made), 2);
    ck_assert(mainet_token_is_locked(made));
    ck_assert(!mainet_token_has_pin(made));
    ck_assert_ptr_null(mn_token_login(made, MN_ROLE_USER, PIN, &err));
    ck_assert_int_eq(err.status, MAINET_E_PIN_NOT_SET);
    keys = mn_token_login(made, MN_ROLE_SO, SO_PIN, &err);
    ck_assert_ptr_nonnull(keys);
    ck_assert_int_eq(mn_token_init_pin(made, keys, PIN, &err), MAINET_OK);
    mn_keys_free(keys);
    ck_assert_int_eq(mn_token_set_pin(made, MN_ROLE_USER, PIN, NEW_PIN, &err), MAINET_OK);
    ck_assert_int_eq(mn_token_set_pin(made, MN_ROLE_SO, SO_PIN, OTHER_PIN, &err), MAINET_OK);
    mainet_token_free(made);
    made = mainet_token_open(store, "made", NULL);
    ck_assert_int_eq(mainet_token_tries_left(made), 10);
    ck_assert_int_eq(mainet_token_unlock(made, NEW_PIN, NULL), MAINET_OK);
    ck_assert_int_eq(mainet_token_check(made, NULL, NULL, NULL), MAINET_OK);
    mainet_token_free(made);
}
END_TEST

START_TEST(only_the_officer_erases_a_token)
{
    mainet_error err = {0};
    mainet_identity_list *list = NULL;

    ck_assert_int_eq(mn_token_erase(token, "new", PIN, &err), MAINET_E_PIN_INCORRECT);
    ck_assert_int_eq(mn_token_erase(token, "", SO_PIN, &err), MAINET_E_ARGUMENT);
    mainet_token_free(mainet_token_create_without_pin(store, "taken", NULL));
    ck_assert_int_eq(mn_token_erase(token, "taken", SO_PIN, &err), MAINET_E_TOKEN_EXISTS);
    ck_assert_int_eq(unlock_afresh(PIN), MAINET_OK);
    ck_assert_int_eq(mn_token_erase(token, "new", SO_PIN, &err), MAINET_OK);
    ck_assert_str_eq(mainet_token_label(token), "new");
    ck_assert(!mainet_token_has_pin(token));
    list = mainet_token_identities(token, NULL);
    ck_assert_uint_eq(mainet_identity_list_count(list), 0);
    mainet_identity_list_free(list);
    ck_assert_int_eq(mainet_token_check(token, NULL, NULL, NULL), MAINET_OK);
    ck_assert_int_eq(officer_logs_in(SO_PIN), MAINET_OK);
}
END_TEST

START_TEST(a_renamed_token_is_found_by_its_new_label_alone)
{
    mainet_token *other = mainet_token_create_without_pin(store, "taken", NULL);
    mainet_error err = {0};

    ck_assert_int_eq(mainet_token_rename(token, "taken", NULL), MAINET_E_TOKEN_EXISTS);
    ck_assert_int_eq(mainet_token_rename(token, "", NULL), MAINET_E_ARGUMENT);
    ck_assert_int_eq(mainet_token_rename(token, "bad\xff", NULL), MAINET_E_ARGUMENT);
    ck_assert_str_eq(mainet_token_label(token), "MaiNet");
    ck_assert_int_eq(mainet_token_rename(token, "財布", NULL), MAINET_OK);
    ck_assert_str_eq(mainet_token_label(token), "財布");
    ck_assert_ptr_null(mainet_token_open(store, "MaiNet", &err));
    ck_assert_int_eq(err.status, MAINET_E_TOKEN_NOT_FOUND);
    ck_assert_int_eq(mainet_token_rename(token, "財布", NULL), MAINET_OK); /* its own */
    ck_assert_int_eq(mainet_token_check(token, NULL, NULL, NULL), MAINET_OK);
    ck_assert_int_eq(mainet_token_lock(token, NULL), MAINET_OK);
    ck_assert_int_eq(mainet_token_rename(token, "x", NULL), MAINET_E_TOKEN_LOCKED);
    mainet_token_free(other);
}
END_TEST

START_TEST(a_deleted_token_leaves_nothing_behind)
{
    mainet_token *service = mainet_token_create_without_pin(store, "service", NULL);
    mainet_token_list *list = NULL;

    ck_assert_int_eq(mainet_token_lock(service, NULL), MAINET_OK);
    ck_assert_int_eq(mainet_token_delete(service, NULL), MAINET_E_TOKEN_LOCKED);
    ck_assert_int_eq(mainet_token_unlock(service, NULL, 0, NULL), MAINET_OK);
    ck_assert_int_eq(mainet_token_delete(service, NULL), MAINET_OK);
    ck_assert(mainet_token_is_locked(service));
    ck_assert(!key_file_exists(service));
    ck_assert_int_ne(access(mainet_token_path(service), F_OK), 0);
    list = mainet_store_tokens(store, NULL);
    ck_assert_uint_eq(mainet_token_list_count(list), 1);
    mainet_token_list_free(list);
    ck_assert_int_eq(mainet_token_unlock(service, NULL, 0, NULL), MAINET_E_STORE_OPEN);
    mainet_token_free(service);
}
END_TEST

static const struct {
    const char *name;
    const char *value;
    mainet_status expected;
} settings[] = {
    {"show-expired", "no", MAINET_OK},
    {"show-superseded", "no", MAINET_OK},
    {"show-superseded", "yes", MAINET_OK},
    {"pin-limit", "3", MAINET_OK},
    {"pin-limit", "100", MAINET_OK},
    {"pin-limit", "0", MAINET_OK},
    {"pin-limit", "2", MAINET_E_ARGUMENT},
    {"pin-limit", "101", MAINET_E_ARGUMENT},
    {"pin-limit", "-3", MAINET_E_ARGUMENT},
    {"pin-limit", "03", MAINET_E_ARGUMENT},
    {"pin-limit", "", MAINET_E_ARGUMENT},
    {"pin-limit", "4294967299", MAINET_E_ARGUMENT},
    {"show-expired", "maybe", MAINET_E_ARGUMENT},
    {"show-expired", "", MAINET_E_ARGUMENT},
    {"colour", "red", MAINET_E_ARGUMENT},
};

START_TEST(a_setting_is_taken_or_refused)
{
    const char *name = settings[_i].name;
    mainet_token *again = NULL;

    ck_assert_int_eq(mainet_token_set(token, name, settings[_i].value, NULL),
                     settings[_i].expected);
    again = mainet_token_open(store, NULL, NULL);
    if (settings[_i].expected == MAINET_OK) {
        ck_assert_str_eq(mainet_token_setting(token, name), settings[_i].value);
        ck_assert_str_eq(mainet_token_setting(again, name), settings[_i].value);
    } else {
        ck_assert_str_eq(mainet_token_setting(again, "pin-limit"), "10");
        ck_assert_str_eq(mainet_token_setting(again, "show-expired"), "yes");
    }
    mainet_token_free(again);
    ck_assert_int_eq(unlock_afresh(PIN), MAINET_OK);
    ck_assert_int_eq(mainet_token_lock(token, NULL), MAINET_OK);
    ck_assert_int_ne(mainet_token_set(token, name, settings[_i].value, NULL), MAINET_OK);
}
END_TEST

START_TEST(settings_have_names)
{
    ck_assert_uint_eq(mainet_setting_count(), 3);
    for (size_t i = 0; i < mainet_setting_count(); i++)
        ck_assert_ptr_nonnull(mainet_token_setting(token, mainet_setting_name(i)));
    ck_assert_ptr_null(mainet_setting_name(mainet_setting_count()));
    ck_assert_ptr_null(mainet_token_setting(token, "colour"));
}
END_TEST

static Suite *
pin_suite(void)
{
    Suite *suite = suite_create("pin");
    TCase *pins = tcase_create("pins");
    TCase *life = tcase_create("life");

    tcase_add_checked_fixture(pins, open_token, close_token);
    tcase_set_timeout(pins, 120);
    tcase_add_test(pins, a_changed_pin_counts_and_the_old_one_does_not);
    tcase_add_test(pins, of_many_who_change_the_pin_at_once_one_succeeds);
    tcase_add_loop_test(pins, a_refused_change_changes_nothing, 0,
                        sizeof changes / sizeof *changes);
    tcase_add_test(pins, wrong_old_pins_lock_the_token_and_the_officer_unblocks_it);
    tcase_add_test(pins, the_officers_pin_is_changed_by_the_officer);
    tcase_add_test(pins, without_an_officer_nobody_unblocks);
    tcase_add_test(pins, a_new_key_leaves_everything_as_it_was);
    tcase_add_test(pins, a_new_key_and_a_new_pin_come_together);
    tcase_add_test(pins, what_waits_to_be_imported_is_not_cut_off_from_its_key);
    tcase_add_test(pins, a_first_pin_ends_the_key_file);
    tcase_add_test(pins, a_key_file_that_a_crash_left_goes_at_the_next_login);
    tcase_add_test(pins, a_new_key_that_is_killed_is_whole_or_not_there);
    tcase_add_test(pins, the_officer_makes_a_token_and_its_pin);
    tcase_add_test(pins, only_the_officer_erases_a_token);
    suite_add_tcase(suite, pins);
    tcase_add_checked_fixture(life, open_token, close_token);
    tcase_set_timeout(life, 60);
    tcase_add_test(life, a_renamed_token_is_found_by_its_new_label_alone);
    tcase_add_test(life, a_deleted_token_leaves_nothing_behind);
    tcase_add_loop_test(life, a_setting_is_taken_or_refused, 0, sizeof settings / sizeof *settings);
    tcase_add_test(life, settings_have_names);
    suite_add_tcase(suite, life);
    return suite;
}

int
main(void)
{
    return run_suite(pin_suite());
}
