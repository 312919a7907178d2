/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "run-suite.h"
#include "store/token-private.h"
#include "support/temp-store.h"

static mainet_store *store;

static void
open_store(void)
{
    temp_store_make();
    store = mainet_store_open(temp_folder, NULL);
    ck_assert_ptr_nonnull(store);
}

static void
close_store(void)
{
    mainet_store_free(store);
    temp_store_remove();
}

static mainet_token *
create(const char *label, const char *so_pin)
{
    mainet_token *token = mainet_token_create(store, label, PIN, (const uint8_t *)so_pin,
                                              so_pin == NULL ? 0 : strlen(so_pin), NULL);

    ck_assert_ptr_nonnull(token);
    return token;
}

static mainet_status
unlock(mainet_token *token, const char *pin)
{
    return mainet_token_unlock(token, (const uint8_t *)pin, strlen(pin), NULL);
}

START_TEST(a_new_token_is_found_by_label_and_serial)
{
    mainet_token *made = create("Wallet", NULL);
    mainet_token *by_label = mainet_token_open(store, "Wallet", NULL);
    mainet_token *by_serial = mainet_token_open(store, mainet_token_serial(made), NULL);
    mainet_token *by_default = mainet_token_open(store, NULL, NULL);
    struct stat info;

    ck_assert_ptr_nonnull(by_label);
    ck_assert_ptr_nonnull(by_serial);
    ck_assert_ptr_nonnull(by_default); /* the only one there is */
    ck_assert_str_eq(mainet_token_serial(by_label), mainet_token_serial(made));
    ck_assert(!mainet_token_is_locked(made));
    ck_assert(mainet_token_is_locked(by_label));
    ck_assert_uint_eq(mainet_token_slot(made), 1);
    ck_assert_int_eq(stat(mainet_token_path(made), &info), 0);
    ck_assert_uint_eq(info.st_mode & 07777, 0600);
    ck_assert_int_eq(stat(temp_folder, &info), 0);
    ck_assert_uint_eq(info.st_mode & 07777, 0700);
    mainet_token_free(by_label);
    mainet_token_free(by_serial);
    mainet_token_free(by_default);
    mainet_token_free(made);
}
END_TEST

START_TEST(slot_numbers_are_never_given_twice)
{
    mainet_token *first = create("one", NULL);
    mainet_token *second = NULL;

    ck_assert_int_eq(unlink(mainet_token_path(first)), 0);
    second = create("two", NULL);
    ck_assert_uint_eq(mainet_token_slot(second), mainet_token_slot(first) + 1);
    mainet_token_free(first);
    mainet_token_free(second);
}
END_TEST

START_TEST(a_label_is_given_once)
{
    mainet_error err = {0};
    mainet_token *first = create("one", NULL);

    ck_assert_ptr_null(mainet_token_create(store, "one", PIN, NULL, 0, &err));
    ck_assert_int_eq(err.status, MAINET_E_TOKEN_EXISTS);
    mainet_token_free(first);
}
END_TEST

static const struct {
    const char *pin;
    mainet_status expected;
} pins[] = {
    {"1234-pin", MAINET_OK},
    {"1234-pim", MAINET_E_PIN_INCORRECT},
    {"1234", MAINET_E_PIN_INCORRECT},
    {"123", MAINET_E_PIN_LENGTH},
    {"", MAINET_E_PIN_LENGTH},
    {"12345678901234567890123456789012345678901234567890123456789012345", MAINET_E_PIN_LENGTH},
};

static const char *const good_pins[] = {
    "1234", "1234567890123456789012345678901234567890123456789012345678901234"};

START_TEST(a_pin_has_four_to_sixty_four_bytes)
{
    const uint8_t *pin = (const uint8_t *)good_pins[_i];
    mainet_token *token =
        mainet_token_create(store, "one", pin, strlen(good_pins[_i]), NULL, 0, NULL);
    mainet_error err = {0};

    ck_assert_ptr_nonnull(token);
    ck_assert_int_eq(mainet_token_lock(token, NULL), MAINET_OK);
    ck_assert_int_eq(unlock(token, good_pins[_i]), MAINET_OK);
    mainet_token_free(token);
    ck_assert_ptr_null(mainet_token_create(store, "two", pin, _i == 0 ? 3 : 65, NULL, 0, &err));
    ck_assert_int_eq(err.status, MAINET_E_PIN_LENGTH);
}
END_TEST

static const struct {
    const char *label;
    mainet_status expected;
} labels[] = {
    {"x", MAINET_OK},
    {"12345678901234567890123456789012", MAINET_OK},
    {"十文字の日本語の名", MAINET_OK},
    {"十文字の日本語の名前12", MAINET_OK},         /* 32 bytes */
    {"十文字の日本語の名前の", MAINET_E_ARGUMENT}, /* 33: nothing is cut off within a letter */
    {"123456789012345678901234567890123", MAINET_E_ARGUMENT},
    {"", MAINET_E_ARGUMENT},
    {"a\nb", MAINET_E_ARGUMENT},
    {"\xe6\x97", MAINET_E_ARGUMENT},
    {"\xc0\xaf", MAINET_E_ARGUMENT},
    {"\xff", MAINET_E_ARGUMENT},
};

START_TEST(a_label_is_text_of_up_to_32_bytes)
{
    mainet_error err = {0};
    mainet_token *token = mainet_token_create_without_pin(store, labels[_i].label, &err);
    mainet_token *again = NULL;

    ck_assert_int_eq(err.status, labels[_i].expected);
    ck_assert_int_eq(token != NULL, labels[_i].expected == MAINET_OK);
    if (token != NULL)
        again = mainet_token_open(store, labels[_i].label, &err);
    if (again != NULL)
        ck_assert_str_eq(mainet_token_label(again), labels[_i].label);
    ck_assert_int_eq(again != NULL, token != NULL);
    mainet_token_free(again);
    mainet_token_free(token);
}
END_TEST

/* A label may be what another token's serial is; nobody guesses which of them was meant. */
START_TEST(a_name_of_two_tokens_is_ambiguous)
{
    mainet_error err = {0};
    mainet_token *first = mainet_token_create_without_pin(store, "one", NULL);
    mainet_token *second = mainet_token_create_without_pin(store, mainet_token_serial(first), NULL);

    ck_assert_ptr_nonnull(second);
    ck_assert_ptr_null(mainet_token_open(store, mainet_token_serial(first), &err));
    ck_assert_int_eq(err.status, MAINET_E_TOKEN_AMBIGUOUS);
    ck_assert_ptr_null(mainet_token_open(store, NULL, &err)); /* nor which of two without a name */
    ck_assert_int_eq(err.status, MAINET_E_TOKEN_NOT_FOUND);
    mainet_token_free(first);
    mainet_token_free(second);
}
END_TEST

START_TEST(unlock_answers_each_pin)
{
    mainet_token *token = create("one", NULL);

    ck_assert_int_eq(mainet_token_lock(token, NULL), MAINET_OK);
    ck_assert_int_eq(unlock(token, pins[_i].pin), pins[_i].expected);
    ck_assert_int_eq(mainet_token_is_locked(token), pins[_i].expected != MAINET_OK);
    mainet_token_free(token);
}
END_TEST

START_TEST(wrong_pins_are_counted_and_lock_where_an_officer_can_unblock)
{
    mainet_token *token = create("one", "so-pin");

    ck_assert_int_eq(mainet_token_tries_left(token), 10);
    ck_assert_int_eq(unlock(token, "wrong"), MAINET_E_PIN_INCORRECT);
    ck_assert_int_eq(mainet_token_tries_left(token), 9);
    ck_assert_int_eq(unlock(token, "1234-pin"), MAINET_OK);
    ck_assert_int_eq(mainet_token_tries_left(token), 10);
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(unlock(token, "wrong"), MAINET_E_PIN_INCORRECT);
    ck_assert_int_eq(unlock(token, "1234-pin"), MAINET_E_PIN_LOCKED);
    mainet_token_free(token);
}
END_TEST

START_TEST(without_an_officer_wrong_pins_never_lock)
{
    mainet_token *token = create("one", NULL);

    for (int i = 0; i < 12; i++)
        ck_assert_int_eq(unlock(token, "wrong"), MAINET_E_PIN_INCORRECT);
    ck_assert_int_eq(unlock(token, "1234-pin"), MAINET_OK);
    ck_assert_int_eq(mainet_token_tries_left(token), -1);
    mainet_token_free(token);
}
END_TEST

START_TEST(the_officer_opens_the_same_keys)
{
    mainet_error err = {0};
    mainet_token *token = create("one", "so-pin");
    mn_keys *keys = mn_token_login(token, MN_ROLE_SO, (const uint8_t *)"so-pin", 6, &err);

    ck_assert_ptr_nonnull(keys);
    ck_assert(mn_secret_equal(mn_keys_token(keys), mn_keys_token(token->keys)));
    mn_keys_free(keys);
    mainet_token_free(token);
}
END_TEST

START_TEST(a_token_without_pin_opens_by_its_key_file)
{
    mainet_token *token = mainet_token_create_without_pin(store, "service", NULL);
    mainet_token *again = mainet_token_open(store, "service", NULL);

    ck_assert_ptr_nonnull(token);
    ck_assert_ptr_nonnull(again);
    ck_assert(!mainet_token_has_pin(again));
    ck_assert_int_eq(mainet_token_unlock(again, NULL, 0, NULL), MAINET_OK);
    mainet_token_free(token);
    mainet_token_free(again);
}
END_TEST

START_TEST(a_folder_that_others_may_write_is_refused)
{
    mainet_error err = {0};

    ck_assert_int_eq(chmod(temp_folder, 0777), 0);
    ck_assert_ptr_null(mainet_store_open(temp_folder, &err));
    ck_assert_int_eq(err.status, MAINET_E_STORE_OPEN);
    ck_assert_ptr_null(mainet_token_create(store, "one", PIN, NULL, 0, &err));
    ck_assert_int_eq(err.status, MAINET_E_STORE_OPEN);
    ck_assert_ptr_nonnull(strstr(err.detail, "chmod go-w"));
}
END_TEST

START_TEST(a_file_that_others_may_write_is_refused)
{
    mainet_error err = {0};
    mainet_token *token = create("one", NULL);

    ck_assert_int_eq(chmod(mainet_token_path(token), 0666), 0);
    ck_assert_ptr_null(mainet_token_open(store, NULL, &err));
    ck_assert_int_eq(err.status, MAINET_E_STORE_OPEN);
    mainet_token_free(token);
}
END_TEST

START_TEST(a_link_in_place_of_a_token_is_not_followed)
{
    mainet_error err = {0};
    mainet_token *token = create("one", NULL);
    char moved[128];

    (void)snprintf(moved, sizeof moved, "%s/elsewhere", temp_folder);
    ck_assert_int_eq(rename(mainet_token_path(token), moved), 0);
    ck_assert_int_eq(symlink(moved, mainet_token_path(token)), 0);
    ck_assert_ptr_null(mainet_token_open(store, mainet_token_serial(token), &err));
    ck_assert_int_eq(err.status, MAINET_E_STORE_OPEN);
    mainet_token_free(token);
}
END_TEST

START_TEST(a_store_kept_busy_is_said_to_be_busy)
{
    mainet_error err = {0};
    mainet_token *token = create("one", NULL);
    int ready[2];
    pid_t child = 0;
    char byte = 0;

    ck_assert_int_eq(pipe(ready), 0);
    child = fork();
    if (child == 0) {
        mn_lock *lock = mn_lock_new(temp_folder, true, NULL);

        (void)!write(ready[1], "x", 1);
        (void)pause();
        mn_lock_free(lock);
        _exit(0);
    }
    ck_assert_int_eq((int)read(ready[0], &byte, 1), 1);
    ck_assert_ptr_null(mainet_token_open(store, "one", &err));
    ck_assert_int_eq(err.status, MAINET_E_STORE_BUSY);
    (void)kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
    mainet_token_free(token);
}
END_TEST

START_TEST(a_damaged_file_is_refused_at_every_length)
{
    mainet_token *token = create("one", NULL);
    char serial[17];
    int fd = open(mainet_token_path(token), O_RDWR);
    struct stat info;

    memcpy(serial, mainet_token_serial(token), sizeof serial);
    ck_assert_int_eq(fstat(fd, &info), 0);
    for (off_t len = info.st_size - 1; len > 0; len -= 509) {
        mainet_error err = {0};
        mainet_token *again = NULL;

        ck_assert_int_eq(ftruncate(fd, len), 0);
        again = mainet_token_open(store, serial, &err);
        if (again != NULL) /* a page at the end that nothing of the head needs */
            ck_assert_int_ne(unlock(again, "1234-pin"), MAINET_E_PIN_INCORRECT);
        else
            ck_assert_int_eq(err.status, MAINET_E_STORE_OPEN);
        mainet_token_free(again);
    }
    (void)close(fd);
    mainet_token_free(token);
}
END_TEST

START_TEST(a_file_that_is_no_token_is_refused)
{
    mainet_error err = {0};
    char path[128];
    FILE *file = NULL;

    (void)snprintf(path, sizeof path, "%s/0123456789abcdef.db", temp_folder);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    (void)fputs("<html>not a token</html>", file);
    (void)fclose(file);
    ck_assert_int_eq(chmod(path, 0600), 0);
    ck_assert_ptr_null(mainet_token_open(store, NULL, &err));
    ck_assert_int_eq(err.status, MAINET_E_STORE_OPEN);
}
END_TEST

static Suite *
token_suite(void)
{
    Suite *suite = suite_create("token");
    TCase *life = tcase_create("life");
    TCase *safety = tcase_create("safety");

    tcase_add_checked_fixture(life, open_store, close_store);
    tcase_set_timeout(life, 60);
    tcase_add_test(life, a_new_token_is_found_by_label_and_serial);
    tcase_add_test(life, slot_numbers_are_never_given_twice);
    tcase_add_test(life, a_label_is_given_once);
    tcase_add_loop_test(life, a_pin_has_four_to_sixty_four_bytes, 0, 2);
    tcase_add_loop_test(life, a_label_is_text_of_up_to_32_bytes, 0, sizeof labels / sizeof *labels);
    tcase_add_test(life, a_name_of_two_tokens_is_ambiguous);
    tcase_add_loop_test(life, unlock_answers_each_pin, 0, sizeof pins / sizeof *pins);
    tcase_add_test(life, wrong_pins_are_counted_and_lock_where_an_officer_can_unblock);
    tcase_add_test(life, without_an_officer_wrong_pins_never_lock);
    tcase_add_test(life, the_officer_opens_the_same_keys);
    tcase_add_test(life, a_token_without_pin_opens_by_its_key_file);
    suite_add_tcase(suite, life);
    tcase_add_checked_fixture(safety, open_store, close_store);
    tcase_set_timeout(safety, 60);
    tcase_add_test(safety, a_folder_that_others_may_write_is_refused);
    tcase_add_test(safety, a_file_that_others_may_write_is_refused);
    tcase_add_test(safety, a_link_in_place_of_a_token_is_not_followed);
    tcase_add_test(safety, a_store_kept_busy_is_said_to_be_busy);
    tcase_add_test(safety, a_damaged_file_is_refused_at_every_length);
    tcase_add_test(safety, a_file_that_is_no_token_is_refused);
    suite_add_tcase(suite, safety);
    return suite;
}

int
main(void)
{
    return run_suite(token_suite());
}
