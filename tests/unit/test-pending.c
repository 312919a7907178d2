/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/pending.h"

#include "run-suite.h"
#include "support/acquisition.h"

static mn_secret *container;

static void
start(void)
{
    start_acquisition();
    container = mn_secret_copy((const uint8_t *)"0the container", 14, NULL);
}

static void
stop(void)
{
    mn_secret_free(container);
    stop_acquisition();
}

static void
write_one(void)
{
    ck_assert_msg(mn_pending_write(token, request, container, &err) == MAINET_OK, "%s", err.detail);
}

START_TEST(what_was_written_is_found)
{
    mn_pending *found = NULL;
    struct stat info;
    char path[512];

    mainet_request_set_exportable(request, false);
    write_one();
    ck_assert_int_eq(count_pending(path), 1);
    ck_assert_ptr_nonnull(strstr(path, mainet_token_serial(token)));
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_uint_eq(info.st_mode & 07777, 0600);
    *strrchr(path, '/') = '\0';
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_uint_eq(info.st_mode & 07777, 0700);
    found = mn_pending_find(token, request, &err);
    ck_assert_msg(found != NULL, "%s", err.detail);
    ck_assert_str_eq(found->url, "https://h/");
    ck_assert_str_eq(found->group_id, "GROUP01");
    ck_assert_str_eq(found->certificate_number, "1");
    ck_assert_str_eq(found->service, mainet_service_path(request->service));
    ck_assert_uint_eq(found->password_len, 14);
    ck_assert_mem_eq(found->password, "Retrieve-12345", 14);
    ck_assert_uint_eq(found->container_len, 14);
    ck_assert_mem_eq(found->container, "0the container", 14);
    ck_assert(!found->exportable);
    mn_pending_free(found);
}
END_TEST

START_TEST(what_was_removed_is_gone)
{
    ck_assert_int_eq(mn_pending_remove(token, request, &err), MAINET_OK);
    write_one();
    write_one();
    ck_assert_int_eq(count_pending(NULL), 1);
    ck_assert_int_eq(mn_pending_remove(token, request, &err), MAINET_OK);
    ck_assert_ptr_null(mn_pending_find(token, request, &err));
    ck_assert_int_eq(err.status, MAINET_E_PENDING_NOT_FOUND);
    ck_assert_int_eq(count_pending(NULL), 0);
}
END_TEST

START_TEST(each_request_has_its_own)
{
    mainet_request *other = make_request("", "2");

    write_one();
    ck_assert_ptr_null(mn_pending_find(token, other, &err));
    ck_assert_int_eq(err.status, MAINET_E_PENDING_NOT_FOUND);
    ck_assert_int_eq(mn_pending_write(token, other, container, &err), MAINET_OK);
    ck_assert_int_eq(count_pending(NULL), 2);
    mainet_request_free(other);
}
END_TEST

START_TEST(nothing_lies_there_in_the_clear)
{
    char path[512];
    uint8_t bytes[1024];
    FILE *file = NULL;
    size_t len = 0;

    write_one();
    ck_assert_int_eq(count_pending(path), 1);
    file = fopen(path, "rb");
    len = fread(bytes, 1, sizeof bytes, file);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_uint_gt(len, 14);
    ck_assert_ptr_null(memmem(bytes, len, "Retrieve", 8));
    ck_assert_ptr_null(memmem(bytes, len, "container", 9));
    ck_assert_ptr_null(memmem(bytes, len, "GROUP01", 7));
}
END_TEST

START_TEST(every_truncation_and_every_changed_byte_is_noticed)
{
    char path[512];
    uint8_t bytes[1024];
    FILE *file = NULL;
    size_t len = 0;

    write_one();
    ck_assert_int_eq(count_pending(path), 1);
    file = fopen(path, "r+b");
    len = fread(bytes, 1, sizeof bytes, file);
    for (size_t at = 0; at < len; at++) {
        bytes[at] ^= 1;
        rewind(file);
        ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
        ck_assert_int_eq(fflush(file), 0);
        ck_assert_ptr_null(mn_pending_find(token, request, &err));
        ck_assert_int_eq(err.status, MAINET_E_STORE_TAMPERED);
        bytes[at] ^= 1;
    }
    rewind(file);
    ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
    while (len-- > 0) {
        ck_assert_int_eq(truncate(path, (off_t)len), 0);
        ck_assert_ptr_null(mn_pending_find(token, request, &err));
        ck_assert_int_eq(err.status, MAINET_E_STORE_TAMPERED);
    }
}
END_TEST

START_TEST(one_delivery_cannot_stand_for_another)
{
    mainet_request *other = make_request("", "2");
    char one[512];
    char two[512];

    ck_assert_int_eq(mn_pending_write(token, other, container, &err), MAINET_OK);
    ck_assert_int_eq(count_pending(two), 1);
    ck_assert_int_eq(mn_pending_remove(token, other, &err), MAINET_OK);
    write_one();
    ck_assert_int_eq(count_pending(one), 1);
    ck_assert_int_eq(rename(one, two), 0);
    ck_assert_ptr_null(mn_pending_find(token, other, &err));
    ck_assert_int_eq(err.status, MAINET_E_STORE_TAMPERED);
    mainet_request_free(other);
}
END_TEST

START_TEST(a_locked_token_is_refused)
{
    ck_assert_int_eq(mainet_token_lock(token, &err), MAINET_OK);
    ck_assert_int_eq(mn_pending_prove(token, &err), MAINET_E_TOKEN_LOCKED);
    ck_assert_int_eq(mn_pending_write(token, request, container, &err), MAINET_E_TOKEN_LOCKED);
    ck_assert_ptr_null(mn_pending_find(token, request, &err));
    ck_assert_int_eq(err.status, MAINET_E_TOKEN_LOCKED);
}
END_TEST

START_TEST(proving_leaves_nothing_and_finds_an_unsafe_folder)
{
    char path[128];

    ck_assert_int_eq(mn_pending_prove(token, &err), MAINET_OK);
    ck_assert_int_eq(count_pending(NULL), 0);
    (void)snprintf(path, sizeof path, "%s/pending", temp_folder);
    ck_assert_int_eq(chmod(path, 0777), 0);
    ck_assert_int_eq(mn_pending_prove(token, &err), MAINET_E_STORE_OPEN);
    ck_assert_int_eq(rmdir(path), 0);
    ck_assert_int_eq(symlink("/tmp", path), 0);
    ck_assert_int_ne(mn_pending_prove(token, &err), MAINET_OK);
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("pending");
    TCase *tests = tcase_create("pending");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_test(tests, what_was_written_is_found);
    tcase_add_test(tests, what_was_removed_is_gone);
    tcase_add_test(tests, each_request_has_its_own);
    tcase_add_test(tests, nothing_lies_there_in_the_clear);
    tcase_add_test(tests, every_truncation_and_every_changed_byte_is_noticed);
    tcase_add_test(tests, one_delivery_cannot_stand_for_another);
    tcase_add_test(tests, a_locked_token_is_refused);
    tcase_add_test(tests, proving_leaves_nothing_and_finds_an_unsafe_folder);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
