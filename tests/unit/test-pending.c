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
    ck_assert_msg(mn_pending_write(token, request, -1, container, &err) == MAINET_OK, "%s",
                  err.detail);
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
    ck_assert_int_eq(mn_pending_write(token, other, -1, container, &err), MAINET_OK);
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

    ck_assert_int_eq(mn_pending_write(token, other, -1, container, &err), MAINET_OK);
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
    int room = -1;

    ck_assert_int_eq(mainet_token_lock(token, &err), MAINET_OK);
    ck_assert_int_eq(mn_parcel_reserve(token, MN_PARCEL_CEILING, &room, &err),
                     MAINET_E_TOKEN_LOCKED);
    ck_assert_int_eq(mn_pending_write(token, request, -1, container, &err), MAINET_E_TOKEN_LOCKED);
    ck_assert_ptr_null(mn_pending_find(token, request, &err));
    ck_assert_int_eq(err.status, MAINET_E_TOKEN_LOCKED);
}
END_TEST

START_TEST(room_is_taken_before_and_leaves_nothing)
{
    char path[128];
    struct stat info;
    int room = -1;

    ck_assert_int_eq(mn_parcel_reserve(token, MN_PARCEL_CEILING, &room, &err), MAINET_OK);
    ck_assert_int_eq(count_pending(NULL), 0);
    if (room >= 0) {
        ck_assert_int_eq(fstat(room, &info), 0);
        ck_assert_uint_ge((uint64_t)info.st_blocks * 512, MN_PARCEL_CEILING);
        ck_assert_int_eq(close(room), 0);
    }
    (void)snprintf(path, sizeof path, "%s/pending", temp_folder);
    ck_assert_int_eq(chmod(path, 0777), 0);
    ck_assert_int_eq(mn_parcel_reserve(token, MN_PARCEL_CEILING, &room, &err), MAINET_E_STORE_OPEN);
    ck_assert_int_eq(rmdir(path), 0);
    ck_assert_int_eq(symlink("/tmp", path), 0);
    ck_assert_int_ne(mn_parcel_reserve(token, MN_PARCEL_CEILING, &room, &err), MAINET_OK);
}
END_TEST

START_TEST(what_fills_its_room_is_found_like_any_other)
{
    mn_pending *found = NULL;
    struct stat info;
    char path[512];
    int room = -1;

    for (int i = 0; i < 2; i++) { /* the second time in the place of the first */
        ck_assert_int_eq(mn_parcel_reserve(token, MN_PARCEL_CEILING, &room, &err), MAINET_OK);
        ck_assert_int_eq(mn_pending_write(token, request, room, container, &err), MAINET_OK);
        ck_assert(room < 0 || close(room) == 0);
        ck_assert_int_eq(count_pending(path), 1);
        ck_assert_int_eq(stat(path, &info), 0);
        ck_assert_uint_eq(info.st_mode & 07777, 0600);
        ck_assert_int_lt(info.st_size, 1024);
    }
    found = mn_pending_find(token, request, &err);
    ck_assert_msg(found != NULL, "%s", err.detail);
    ck_assert_mem_eq(found->container, "0the container", 14);
    mn_pending_free(found);
}
END_TEST

START_TEST(what_killed_writers_left_is_swept_away)
{
    char path[160];
    FILE *file = NULL;
    int room = -1;

    write_one();
    (void)snprintf(path, sizeof path, "%s/pending/.torn", temp_folder);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(count_pending(NULL), 2);
    ck_assert_int_eq(mn_parcel_reserve(token, MN_PARCEL_CEILING, &room, &err), MAINET_OK);
    ck_assert(room < 0 || close(room) == 0);
    ck_assert_int_eq(count_pending(NULL), 1);
}
END_TEST

/* One delivery of the token's list, which has so many. */
static mainet_pending *
list_one(size_t index, size_t count)
{
    mainet_pending_list *list = mainet_token_pending(token, &err);
    mainet_pending *one = NULL;

    ck_assert_msg(list != NULL, "%s", err.detail);
    ck_assert_uint_eq(mainet_pending_list_count(list), count);
    one = mainet_pending_list_at(list, index, &err);
    ck_assert_ptr_null(mainet_pending_list_at(list, count, NULL));
    mainet_pending_list_free(list);
    return one;
}

START_TEST(a_list_tells_what_is_pending)
{
    mainet_pending *one = NULL;
    char path[512];

    mainet_request_set_exportable(request, false);
    ck_assert_ptr_null(list_one(0, 0));
    write_one();
    one = list_one(0, 1);
    ck_assert_int_eq(mainet_pending_status(one), MAINET_OK);
    ck_assert_str_eq(mainet_pending_damage(one), "");
    ck_assert_str_eq(mainet_pending_group_id(one), "GROUP01");
    ck_assert_str_eq(mainet_pending_certificate_number(one), "1");
    ck_assert_str_eq(mainet_pending_url(one), "https://h/");
    ck_assert_str_eq(mainet_pending_service(one), mainet_service_path(request->service));
    ck_assert_int_gt(mainet_pending_delivered_at(one), 0);
    ck_assert(!mainet_pending_is_exportable(one));
    ck_assert_int_eq(count_pending(path), 1);
    ck_assert_ptr_nonnull(strstr(path, mainet_pending_id(one)));
    ck_assert_int_eq(mainet_pending_discard(one, &err), MAINET_OK);
    ck_assert_int_eq(count_pending(NULL), 0);
    ck_assert_int_eq(mainet_pending_discard(one, &err), MAINET_OK);
    mainet_pending_free(one);
}
END_TEST

START_TEST(what_is_damaged_is_named_and_hides_nothing)
{
    mainet_request *other = make_request("", "2");
    mainet_pending *one = NULL;
    mainet_pending *two = NULL;
    char path[512];
    bool second = false;

    write_one();
    ck_assert_int_eq(count_pending(path), 1);
    ck_assert_int_eq(mn_pending_write(token, other, -1, container, &err), MAINET_OK);
    ck_assert_int_eq(_i == 0 ? truncate(path, 20) : chmod(path, 0666), 0);
    one = list_one(0, 2);
    two = list_one(1, 2);
    second = mainet_pending_status(one) == MAINET_OK;
    ck_assert_int_eq(mainet_pending_status(second ? two : one),
                     _i == 0 ? MAINET_E_STORE_TAMPERED : MAINET_E_STORE_OPEN);
    ck_assert_ptr_nonnull(
        strstr(mainet_pending_damage(second ? two : one), strstr(path, "pending/")));
    ck_assert_str_eq(mainet_pending_group_id(second ? two : one), "");
    ck_assert_str_eq(mainet_pending_certificate_number(second ? one : two), "2");
    ck_assert_int_eq(mainet_pending_discard(second ? two : one, &err), MAINET_OK);
    ck_assert_int_eq(count_pending(NULL), 1);
    mainet_pending_free(one);
    mainet_pending_free(two);
    mainet_request_free(other);
}
END_TEST

START_TEST(a_locked_token_tells_that_something_is_pending)
{
    mainet_pending *one = NULL;

    write_one();
    ck_assert_int_eq(mainet_token_lock(token, &err), MAINET_OK);
    one = list_one(0, 1);
    ck_assert_int_eq(mainet_pending_status(one), MAINET_E_TOKEN_LOCKED);
    ck_assert_str_eq(mainet_pending_group_id(one), "");
    ck_assert_int_eq(mainet_pending_discard(one, &err), MAINET_OK);
    ck_assert_int_eq(count_pending(NULL), 0);
    mainet_pending_free(one);
}
END_TEST

#define NEW_PIN (const uint8_t *)"another-pin", 11

START_TEST(a_new_token_key_opens_what_was_pending)
{
    mainet_pending *one = NULL;

    write_one();
    ck_assert_msg(mainet_token_rekey(token, PIN, NEW_PIN, NULL, 0, &err) == MAINET_OK, "%s",
                  err.detail);
    ck_assert_int_eq(count_pending(NULL), 1);
    one = list_one(0, 1);
    ck_assert_msg(mainet_pending_status(one) == MAINET_OK, "%s", mainet_pending_damage(one));
    mainet_pending_free(one);
}
END_TEST

START_TEST(a_new_token_key_leaves_damage_alone)
{
    mainet_pending *one = NULL;
    char path[512];
    struct stat info;

    write_one();
    ck_assert_int_eq(count_pending(path), 1);
    ck_assert_int_eq(truncate(path, 20), 0);
    ck_assert_int_eq(mainet_token_rekey(token, PIN, NEW_PIN, NULL, 0, &err), MAINET_OK);
    one = list_one(0, 1);
    ck_assert_int_eq(mainet_pending_status(one), MAINET_E_STORE_TAMPERED);
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_int_eq(info.st_size, 20);
    mainet_pending_free(one);
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
    tcase_add_test(tests, room_is_taken_before_and_leaves_nothing);
    tcase_add_test(tests, what_fills_its_room_is_found_like_any_other);
    tcase_add_test(tests, what_killed_writers_left_is_swept_away);
    tcase_add_test(tests, a_list_tells_what_is_pending);
    tcase_add_loop_test(tests, what_is_damaged_is_named_and_hides_nothing, 0, 2);
    tcase_add_test(tests, a_locked_token_tells_that_something_is_pending);
    tcase_add_test(tests, a_new_token_key_opens_what_was_pending);
    tcase_add_test(tests, a_new_token_key_leaves_damage_alone);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
