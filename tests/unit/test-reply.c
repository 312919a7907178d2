/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/reply.h"

#include <string.h>

#include "run-suite.h"

#define P12 "Content-Type: application/x-pkcs12"
#define TEXT "Content-Type: text/plain; charset=utf-8"
#define OK "X-MaiNet-Result: OK"

static mn_profile profile;
static mainet_error err;

static void
read_profile(const char *more)
{
    char text[512] = "[service]\nname=n\n[retrieve]\nurl=https://h/\n";

    mn_profile_clear(&profile);
    strcat(text, more);
    memset(&err, 0, sizeof err);
    ck_assert_msg(mn_profile_read(&profile, text, "/", &err) == MAINET_OK, "%s", err.detail);
}

static void
start(void)
{
    read_profile("");
}

static void
stop(void)
{
    mn_profile_clear(&profile);
}

static void
fill(mn_reply *reply, int status, const char *const *headers, const char *body)
{
    reply->status = status;
    for (; *headers != NULL; headers++)
        mn_buffer_append(&reply->headers, *headers, strlen(*headers) + 1);
    reply->body = mn_secret_copy((const uint8_t *)body, strlen(body), NULL);
    ck_assert_ptr_nonnull(reply->body);
}

static const struct {
    int status;
    const char *headers[4];
    const char *body;
    mainet_status expected;
} replies[] = {
    {200, {P12, OK}, "0", MAINET_OK},
    {200, {"content-type:APPLICATION/X-PKCS12", "x-mainet-RESULT:\tok"}, "0", MAINET_OK},
    {200, {"Content-Type: application/pkcs12", OK}, "0", MAINET_OK},
    {200, {TEXT, "X-MaiNet-Result: AUTH_FAILED"}, "", MAINET_E_AUTH_FAILED},
    {200, {TEXT, "X-MaiNet-Result: NOT_AVAILABLE"}, "", MAINET_E_NOT_AVAILABLE},
    {200, {TEXT, "X-MaiNet-Result: BUSY"}, "", MAINET_E_BUSY},
    {200, {"Content-Type: text/html", "X-MaiNet-Result: BUSY"}, "", MAINET_E_BUSY},
    /* the order: status before type, type before result, result before its type */
    {500, {P12, OK}, "0", MAINET_E_HTTP_STATUS},
    {404, {TEXT, "X-MaiNet-Result: AUTH_FAILED"}, "", MAINET_E_HTTP_STATUS},
    {302, {"Location: https://elsewhere/"}, "", MAINET_E_HTTP_STATUS},
    {204, {OK}, "", MAINET_E_HTTP_STATUS},
    {200, {OK}, "0", MAINET_E_CONTENT_TYPE_MISSING},
    {200, {"Content-Type:", OK}, "0", MAINET_E_CONTENT_TYPE_MISSING},
    {200, {NULL}, "", MAINET_E_CONTENT_TYPE_MISSING},
    {200, {"Content-Type: image/gif", "X-MaiNet-Result: MAYBE"}, "", MAINET_E_RESULT_HEADER},
    {200, {P12, "X-MaiNet-Result: MAYBE"}, "0", MAINET_E_RESULT_HEADER},
    {200, {P12, "X-MaiNet-Result:"}, "0", MAINET_E_RESULT_HEADER},
    {200, {P12}, "0", MAINET_E_RESULT_HEADER},
    {200, {P12}, "認証に失敗しました", MAINET_E_RESULT_HEADER},
    {200, {TEXT}, "???", MAINET_E_RESULT_HEADER},
    {200, {P12, OK, "X-MaiNet-Result: BUSY"}, "0", MAINET_E_RESULT_HEADER},
    {200, {P12, OK, "X-MaiNet-Result: OK"}, "0", MAINET_OK},
    {200, {TEXT, OK}, "0", MAINET_E_CONTENT_TYPE},
    {200, {"Content-Type: application/x-pkcs12-but-not-really", OK}, "0", MAINET_E_CONTENT_TYPE},
    {200, {P12, "X-MaiNet-Result: BUSY"}, "", MAINET_E_CONTENT_TYPE},
    {200, {"Content-Type: image/gif", "X-MaiNet-Result: BUSY"}, "", MAINET_E_CONTENT_TYPE},
    {200, {P12, OK, "Content-Encoding: gzip"}, "0", MAINET_E_CONTENT_TYPE},
    {200, {P12, OK, "Content-Encoding: identity"}, "0", MAINET_OK},
    /* without the header, the words count */
    {200,
     {TEXT},
     "証明書ファイルは取得できませんでした。認証に失敗しました。",
     MAINET_E_AUTH_FAILED},
    {200, {TEXT}, "証明書が作成されていないか、もしくは既に", MAINET_E_NOT_AVAILABLE},
    {200, {TEXT}, "エラーが発生しました。管理者に問い合わせてください。", MAINET_E_BUSY},
    {200,
     {"Content-Type: text/html; charset=Shift_JIS"},
     "<p>\x94\x46\x8f\xd8\x82\xc9\x8e\xb8\x94\x73\x82\xb5\x82\xdc\x82\xb5\x82\xbd</p>",
     MAINET_E_AUTH_FAILED},
    {200,
     {"Content-Type: text/plain;charset=\"iso-2022-jp\""},
     "\x1b$BEE;RG'>Z$K<:GT$7$^$7$?\x1b(B.",
     MAINET_E_AUTH_FAILED},
    {200,
     {"Content-Type: text/plain; charset=x-unknown"},
     "認証に失敗しました",
     MAINET_E_AUTH_FAILED},
    /* the header's word counts, whatever the message says */
    {200, {TEXT, "X-MaiNet-Result: BUSY"}, "認証に失敗しました", MAINET_E_BUSY},
};

START_TEST(replies_are_judged_in_order)
{
    mn_reply reply = MN_REPLY_INIT;

    fill(&reply, replies[_i].status, replies[_i].headers, replies[_i].body);
    ck_assert_int_eq(mn_reply_judge(&profile, &reply, &err), replies[_i].expected);
    ck_assert_int_eq(err.status, replies[_i].expected);
    if (replies[_i].expected == MAINET_E_HTTP_STATUS)
        ck_assert_int_eq(err.cause, replies[_i].status);
    mn_reply_clear(&reply);
}
END_TEST

START_TEST(a_service_without_result_header_is_known_by_type_and_words)
{
    static const char *const p12[] = {P12, NULL};
    static const char *const text[] = {TEXT, NULL};
    mn_reply reply = MN_REPLY_INIT;

    read_profile("result_header =\nwords_busy = crowded\n");
    fill(&reply, 200, p12, "0");
    ck_assert_int_eq(mn_reply_judge(&profile, &reply, &err), MAINET_OK);
    mn_reply_clear(&reply);
    fill(&reply, 200, text, "it is crowded here");
    ck_assert_int_eq(mn_reply_judge(&profile, &reply, &err), MAINET_E_BUSY);
    mn_reply_clear(&reply);
}
END_TEST

START_TEST(no_detail_repeats_the_body)
{
    static const char *const headers[] = {TEXT, NULL};
    mn_reply reply = MN_REPLY_INIT;

    fill(&reply, 200, headers, "secret 認証に失敗しました");
    ck_assert_int_eq(mn_reply_judge(&profile, &reply, &err), MAINET_E_AUTH_FAILED);
    ck_assert_ptr_null(strstr(err.detail, "secret"));
    mn_reply_clear(&reply);
}
END_TEST

START_TEST(headers_are_found_by_their_whole_name)
{
    static const char *const headers[] = {"X-Content-Type: a", "Content-Type-X: b",
                                          "Content-Type:   c", "nonsense", NULL};
    mn_reply reply = MN_REPLY_INIT;

    fill(&reply, 200, headers, "");
    ck_assert_str_eq(mn_reply_header(&reply, "content-type"), "c");
    ck_assert_ptr_null(mn_reply_header(&reply, "nonsense"));
    ck_assert_ptr_null(mn_reply_header(&reply, "Content"));
    mn_reply_clear(&reply);
    ck_assert_ptr_null(mn_reply_header(&reply, "Content-Type"));
    ck_assert(!mn_reply_says(&reply, "x"));
}
END_TEST

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("reply");
    TCase *tests = tcase_create("reply");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_loop_test(tests, replies_are_judged_in_order, 0,
                        (int)(sizeof replies / sizeof *replies));
    tcase_add_test(tests, a_service_without_result_header_is_known_by_type_and_words);
    tcase_add_test(tests, no_detail_repeats_the_body);
    tcase_add_test(tests, headers_are_found_by_their_whole_name);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
