/* SPDX-License-Identifier: BSD-3-Clause */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/secret.h"
#include "run-suite.h"

/* The last look at a watched secret: the library's munmap is this one. */
static struct {
    const uint8_t *data;
    size_t len;
    bool was_unmapped;
    bool was_zero;
} watched;

int
munmap(void *pages, size_t len)
{
    const uint8_t *start = pages;

    if (watched.data != NULL && watched.data >= start && watched.data < start + len) {
        watched.was_unmapped = true;
        watched.was_zero = true;
        for (size_t i = 0; i < watched.len; i++)
            watched.was_zero = watched.was_zero && watched.data[i] == 0;
    }
    return (int)syscall(SYS_munmap, pages, len);
}

static const uint8_t pin[] = {'1', '2', 0, '4', 0xff, '6'};

static size_t
page_len(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

static bool
is_zero(const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (data[i] != 0)
            return false;
    }
    return true;
}

/* Ask the kernel for the flags of the mapping that holds an address: proc(5), VmFlags. */
static bool
has_flag(const void *address, const char *flag)
{
    FILE *maps = fopen("/proc/self/smaps", "re");
    char line[512];
    char wanted[8];
    bool is_mine = false;
    bool found = false;

    ck_assert_ptr_nonnull(maps);
    (void)snprintf(wanted, sizeof wanted, " %s ", flag);
    while (fgets(line, sizeof line, maps) != NULL) {
        char *rest = NULL;
        const uintptr_t start = (uintptr_t)strtoull(line, &rest, 16);

        if (*rest == '-')
            is_mine = (uintptr_t)address >= start &&
                      (uintptr_t)address < (uintptr_t)strtoull(rest + 1, NULL, 16);
        else if (is_mine && strncmp(line, "VmFlags:", 8) == 0)
            found = strstr(line, wanted) != NULL;
    }
    (void)fclose(maps);
    return found;
}

/* Touch a byte in a child and answer the signal that ended it, 0 when it lived. */
static int
signal_of_touching(volatile const uint8_t *byte)
{
    int status = 0;
    const pid_t child = fork();

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        const struct rlimit no_core = {0, 0};

        (void)setrlimit(RLIMIT_CORE, &no_core);
        (void)signal(SIGSEGV, SIG_DFL); /* a sanitizer would turn it into an exit status */
        (void)signal(SIGBUS, SIG_DFL);
        (void)*byte; /* volatile: it is read */
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static const size_t lengths[] = {0, 1, 32, 4055, 4064, 4065, 4096, 5000, 300000};

START_TEST(a_new_secret_is_zero_and_writable)
{
    mn_auto(mn_secret) secret = mn_secret_new(lengths[_i], NULL);

    ck_assert_ptr_nonnull(secret);
    ck_assert_uint_eq(mn_secret_len(secret), lengths[_i]);
    ck_assert(is_zero(mn_secret_bytes(secret), lengths[_i]));
    memset(mn_secret_data(secret), 0xa5, lengths[_i]);
    ck_assert_uint_eq(mn_secret_len(secret), lengths[_i]);
    ck_assert_ptr_eq(mn_secret_data(secret), mn_secret_bytes(secret));
}
END_TEST

START_TEST(one_byte_too_far_is_a_fault)
{
    mn_auto(mn_secret) secret = mn_secret_new(lengths[_i], NULL);
    const uint8_t *end = mn_secret_bytes(secret) + lengths[_i];

    if (lengths[_i] != 0)
        ck_assert_int_eq(signal_of_touching(end - 1), 0);
    ck_assert_int_ne(signal_of_touching(end), 0);
}
END_TEST

START_TEST(a_copy_holds_every_byte)
{
    mn_auto(mn_secret) secret = mn_secret_copy(pin, sizeof pin, NULL);
    mn_auto(mn_secret) empty = mn_secret_copy(NULL, 0, NULL);

    ck_assert_uint_eq(mn_secret_len(secret), sizeof pin);
    ck_assert_mem_eq(mn_secret_bytes(secret), pin, sizeof pin);
    ck_assert_uint_eq(mn_secret_len(empty), 0);
}
END_TEST

static const size_t impossible[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2 + 1, SIZE_MAX / 2,
                                    SIZE_MAX / 4};

START_TEST(a_secret_too_large_is_refused)
{
    mainet_error err = {0};

    ck_assert_ptr_null(mn_secret_new(impossible[_i], &err));
    ck_assert_int_eq(err.status, MAINET_E_NO_MEMORY);
    ck_assert_ptr_null(mn_secret_new(impossible[_i], NULL));
}
END_TEST

START_TEST(a_secret_stays_out_of_core_dumps)
{
    mn_auto(mn_secret) secret = mn_secret_new(lengths[_i] + 1, NULL);

    ck_assert(has_flag(mn_secret_bytes(secret), "dd"));
    ck_assert(has_flag(mn_secret_bytes(secret) + lengths[_i], "dd"));
}
END_TEST

START_TEST(a_secret_is_locked_where_the_limit_allows)
{
    mn_auto(mn_secret) secret = mn_secret_copy(pin, sizeof pin, NULL);
    const int access = PROT_READ | PROT_WRITE;
    void *other = mmap(NULL, page_len(), access, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    /* The flag of another page tells what is allowed: AddressSanitizer's mlock does nothing. */
    (void)mlock(other, page_len());
    ck_assert_int_eq(has_flag(mn_secret_bytes(secret), "lo"), has_flag(other, "lo"));
    ck_assert_int_eq(munmap(other, page_len()), 0);
}
END_TEST

/* In a child, because privileges and limits do not come back. */
static bool
makes_a_secret_without_locks(void)
{
    const struct rlimit none = {0, 0};
    mn_secret *secret = NULL;

    if (setrlimit(RLIMIT_MEMLOCK, &none) != 0 || (geteuid() == 0 && setuid(65534) != 0))
        return false;
    secret = mn_secret_copy(pin, sizeof pin, NULL);
    return secret != NULL && memcmp(mn_secret_bytes(secret), pin, sizeof pin) == 0;
}

START_TEST(a_limit_on_locked_memory_is_no_error)
{
    int status = 0;
    const pid_t child = fork();

    ck_assert_int_ge(child, 0);
    if (child == 0)
        _exit(makes_a_secret_without_locks() ? 0 : 1);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(free_wipes_every_byte)
{
    mn_secret *secret = mn_secret_new(lengths[_i] + 1, NULL);

    memset(mn_secret_data(secret), 0xa5, lengths[_i] + 1);
    watched.data = mn_secret_bytes(secret);
    watched.len = lengths[_i] + 1;
    watched.was_unmapped = false;
    mn_secret_free(secret);
    watched.data = NULL;
    ck_assert(watched.was_unmapped);
    ck_assert(watched.was_zero);
}
END_TEST

START_TEST(free_gives_the_pages_back)
{
    mn_secret *secret = mn_secret_copy(pin, sizeof pin, NULL);
    const uint8_t *data = mn_secret_bytes(secret);

    ck_assert_int_eq(signal_of_touching(data), 0);
    mn_secret_free(secret);
    ck_assert_int_ne(signal_of_touching(data), 0);
    mn_secret_free(NULL);
}
END_TEST

START_TEST(held_pages_are_wiped_and_used_again)
{
    const uint8_t *data = NULL;
    mn_secret *secret = NULL;

    mn_secret_hold_pages();
    mn_secret_hold_pages();
    secret = mn_secret_copy(pin, sizeof pin, NULL);
    data = mn_secret_bytes(secret);
    mn_secret_free(secret);
    ck_assert(is_zero(data, sizeof pin));
    mn_secret_release_pages();
    ck_assert_int_eq(signal_of_touching(data), 0); /* the outer one holds on */
    secret = mn_secret_new(sizeof pin + 1, NULL);
    ck_assert_ptr_eq(mn_secret_bytes(secret), data - 1);
    ck_assert(is_zero(mn_secret_bytes(secret), sizeof pin + 1));
    ck_assert(has_flag(data, "dd"));
    ck_assert_int_ne(signal_of_touching(data + sizeof pin), 0);
    mn_secret_free(secret);
    mn_secret_release_pages();
    ck_assert_int_ne(signal_of_touching(data), 0);
}
END_TEST

/* More than are held, and one that is longer than a page. */
START_TEST(nothing_is_held_for_ever)
{
    mn_secret *secrets[40];
    const uint8_t *data[40];

    mn_secret_hold_pages();
    for (size_t i = 0; i < 40; i++) {
        secrets[i] = mn_secret_new(i == 0 ? 5000 : 10, NULL);
        data[i] = mn_secret_bytes(secrets[i]);
    }
    for (size_t i = 0; i < 40; i++)
        mn_secret_free(secrets[i]);
    ck_assert_int_ne(signal_of_touching(data[0]), 0);
    ck_assert_int_ne(signal_of_touching(data[39]), 0);
    mn_secret_release_pages();
    for (size_t i = 0; i < 40; i++)
        ck_assert_int_ne(signal_of_touching(data[i]), 0);
}
END_TEST

START_TEST(truncate_wipes_what_it_drops)
{
    mn_auto(mn_secret) secret = mn_secret_copy(pin, sizeof pin, NULL);
    const uint8_t *data = mn_secret_bytes(secret);

    mn_secret_truncate(secret, sizeof pin);
    ck_assert_mem_eq(mn_secret_bytes(secret), pin, sizeof pin);
    mn_secret_truncate(secret, 2);
    ck_assert_uint_eq(mn_secret_len(secret), 2);
    ck_assert_mem_eq(mn_secret_bytes(secret), pin, 2);
    ck_assert(is_zero(data + 2, sizeof pin - 2));
    mn_secret_truncate(secret, 0);
    ck_assert(is_zero(data, sizeof pin));
}
END_TEST

static const struct {
    const char *a;
    const char *b;
    bool is_equal;
} pairs[] = {
    {"1234", "1234", true}, {"1234", "1235", false}, {"1234", "0234", false},
    {"1234", "123", false}, {"123", "1234", false},  {"", "", true},
    {"", "1", false},
};

START_TEST(equal_compares_length_and_bytes)
{
    const uint8_t *a_bytes = (const uint8_t *)pairs[_i].a;
    const uint8_t *b_bytes = (const uint8_t *)pairs[_i].b;
    mn_auto(mn_secret) a = mn_secret_copy(a_bytes, strlen(pairs[_i].a), NULL);
    mn_auto(mn_secret) b = mn_secret_copy(b_bytes, strlen(pairs[_i].b), NULL);

    ck_assert_int_eq(mn_secret_equal(a, b), pairs[_i].is_equal);
}
END_TEST

#define ADD_TABLE(tcase, test, table)                                                              \
    tcase_add_loop_test(tcase, test, 0, sizeof(table) / sizeof *(table))

int
main(void)
{
    Suite *suite = suite_create("secret");
    TCase *tcase = tcase_create("secret");

    ADD_TABLE(tcase, a_new_secret_is_zero_and_writable, lengths);
    ADD_TABLE(tcase, one_byte_too_far_is_a_fault, lengths);
    tcase_add_test(tcase, a_copy_holds_every_byte);
    ADD_TABLE(tcase, a_secret_too_large_is_refused, impossible);
    ADD_TABLE(tcase, a_secret_stays_out_of_core_dumps, lengths);
    tcase_add_test(tcase, a_secret_is_locked_where_the_limit_allows);
    tcase_add_test(tcase, a_limit_on_locked_memory_is_no_error);
    ADD_TABLE(tcase, free_wipes_every_byte, lengths);
    tcase_add_test(tcase, free_gives_the_pages_back);
    tcase_add_test(tcase, held_pages_are_wiped_and_used_again);
    tcase_add_test(tcase, nothing_is_held_for_ever);
    tcase_add_test(tcase, truncate_wipes_what_it_drops);
    ADD_TABLE(tcase, equal_compares_length_and_bytes, pairs);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
