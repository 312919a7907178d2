/* SPDX-License-Identifier: BSD-3-Clause */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "run-suite.h"

static char folder[] = "/tmp/test-bytes.XXXXXX";
static char path[64];

static void
make_folder(void)
{
    memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/file", folder);
}

static void
remove_folder(void)
{
    (void)unlink(path);
    ck_assert_int_eq(rmdir(folder), 0); /* nothing was left beside it */
}

static mainet_bytes *
make_bytes(const char *text)
{
    mn_buffer buffer = MN_BUFFER_INIT(0);

    mn_buffer_append(&buffer, text, strlen(text));
    return mn_buffer_take(&buffer, NULL);
}

static void
expect_file(const char *text)
{
    char found[64] = "";
    struct stat info;
    const int fd = open(path, O_RDONLY);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(fstat(fd, &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0600);
    ck_assert_int_eq(read(fd, found, sizeof found - 1), (ssize_t)strlen(text));
    ck_assert_str_eq(found, text);
    (void)close(fd);
}

START_TEST(bytes_are_saved_for_the_owner_alone)
{
    mainet_bytes *bytes = make_bytes("new");

    (void)umask(0);
    ck_assert_int_eq(mainet_bytes_save(bytes, path, false, NULL), MAINET_OK);
    expect_file("new");
    mainet_bytes_free(bytes);
}
END_TEST

START_TEST(a_file_gives_way_only_when_told)
{
    mainet_bytes *old = make_bytes("old");
    mainet_bytes *new = make_bytes("new");
    mainet_error err = {0};

    ck_assert_int_eq(mainet_bytes_save(old, path, true, NULL), MAINET_OK);
    ck_assert_int_eq(mainet_bytes_save(new, path, false, &err), MAINET_E_FILE_EXISTS);
    ck_assert_int_eq(err.status, MAINET_E_FILE_EXISTS);
    expect_file("old");
    ck_assert_int_eq(mainet_bytes_save(new, path, true, NULL), MAINET_OK);
    expect_file("new");
    mainet_bytes_free(old);
    mainet_bytes_free(new);
}
END_TEST

/* A link is replaced, and what it leads to stays as it is. */
START_TEST(links_are_not_followed)
{
    char target[80];
    mainet_bytes *bytes = make_bytes("new");
    struct stat info;

    (void)snprintf(target, sizeof target, "%s/target", folder);
    ck_assert_int_eq(symlink(target, path), 0);
    ck_assert_int_eq(mainet_bytes_save(bytes, path, false, NULL), MAINET_E_FILE_EXISTS);
    ck_assert_int_eq(mainet_bytes_save(bytes, path, true, NULL), MAINET_OK);
    ck_assert_int_eq(lstat(path, &info), 0);
    ck_assert(S_ISREG(info.st_mode));
    ck_assert_int_ne(lstat(target, &info), 0);
    mainet_bytes_free(bytes);
}
END_TEST

START_TEST(a_full_disk_leaves_what_was_there)
{
    mainet_bytes *old = make_bytes("old");
    mainet_bytes *new = make_bytes("newer");
    const struct rlimit limit = {.rlim_cur = 3, .rlim_max = RLIM_INFINITY};
    mainet_error err = {0};

    ck_assert_int_eq(mainet_bytes_save(old, path, false, NULL), MAINET_OK);
    (void)signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    ck_assert_int_eq(mainet_bytes_save(new, path, true, &err), MAINET_E_FILE);
    ck_assert_int_eq(err.status, MAINET_E_FILE);
    expect_file("old");
    mainet_bytes_free(old);
    mainet_bytes_free(new);
}
END_TEST

static const char *const nowhere[] = {"", "/", "/tmp/", ".", ".."};

START_TEST(what_names_no_file_is_refused)
{
    mainet_bytes *bytes = make_bytes("x");

    ck_assert_int_eq(mainet_bytes_save(bytes, nowhere[_i], true, NULL), MAINET_E_ARGUMENT);
    ck_assert_int_eq(mainet_bytes_save(bytes, NULL, true, NULL), MAINET_E_ARGUMENT);
    ck_assert_int_eq(mainet_bytes_save(NULL, path, true, NULL), MAINET_E_ARGUMENT);
    ck_assert_int_eq(mainet_bytes_save(bytes, "/nonexistent/file", true, NULL), MAINET_E_FILE);
    mainet_bytes_free(bytes);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("bytes");
    TCase *tests = tcase_create("bytes");

    tcase_add_checked_fixture(tests, make_folder, remove_folder);
    tcase_add_test(tests, bytes_are_saved_for_the_owner_alone);
    tcase_add_test(tests, a_file_gives_way_only_when_told);
    tcase_add_test(tests, links_are_not_followed);
    tcase_add_test(tests, a_full_disk_leaves_what_was_there);
    tcase_add_loop_test(tests, what_names_no_file_is_refused, 0, sizeof nowhere / sizeof *nowhere);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
