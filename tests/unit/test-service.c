/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run-suite.h"

#define HEAD "[service]\nname=n\n[retrieve]\nurl=https://h/\n"

static mn_profile profile;
static mainet_error err;

static void
start(void)
{
    memset(&profile, 0, sizeof profile);
    memset(&err, 0, sizeof err);
}

static void
stop(void)
{
    mn_profile_clear(&profile);
}

START_TEST(the_shortest_profile_has_the_shipped_names)
{
    ck_assert_int_eq(mn_profile_read(&profile, HEAD, "/f", &err), MAINET_OK);
    ck_assert_str_eq(profile.name, "n");
    ck_assert_str_eq(profile.retrieve_url, "https://h/");
    ck_assert_str_eq(profile.protocol, "form");
    ck_assert_str_eq(profile.field_group_id, "group_id");
    ck_assert_str_eq(profile.field_certificate_number, "certificate_number");
    ck_assert_str_eq(profile.field_password, "password");
    ck_assert_str_eq(profile.result_header, "X-MaiNet-Result");
    ck_assert_str_eq(profile.result_ok, "OK");
    ck_assert_uint_eq(profile.words_auth_failed.count, 1);
    ck_assert_str_eq(profile.words_auth_failed.texts[0], "認証に失敗しました");
    ck_assert_str_eq(profile.installed, "正しくインストールされています");
    ck_assert_str_eq(profile.notice_number, "証明書番号");
    ck_assert_str_eq(profile.notice_password, "証明書取得用パスワード");
    ck_assert_str_eq(profile.notice_url, "証明書取得サイトのURL");
    ck_assert_str_eq(profile.issuer, "");
    ck_assert_str_eq(profile.confirm_url, "");
    ck_assert_str_eq(profile.ca_file, "");
    ck_assert_uint_eq(profile.endpoints.count, 0);
}
END_TEST

START_TEST(a_full_profile_is_read)
{
    static const char text[] = "\xef\xbb\xbf# a comment that is longer than any line may be "
                               "1234567890123456789012345678901234567890123456789012345678901234"
                               "1234567890123456789012345678901234567890123456789012345678901234"
                               "1234567890123456789012345678901234567890 url = http://evil/\r\n"
                               "[service]\r\n"
                               "name = 日本語の名前\r\n"
                               "issuer = SECOM Passport for Member CA9\r\n"
                               "issuer_sha256 = 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:"
                               "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff\r\n"
                               "support = 0120-665-887\r\n"
                               "[retrieve]\r\nurl=https://example.com/a?b=c\r\nresult_header =\r\n"
                               "words_busy = one\n  two\nwords_busy = three\n"
                               "[confirm]\nurl=HTTPS://example.com\n"
                               "[notice]\nnumber = Number\nurl =\n"
                               "[network]\nendpoint = https://a/\nendpoint=http://b/\n"
                               "[tls]\nca_file = tls-ca.pem";

    ck_assert_msg(mn_profile_read(&profile, text, "/etc/x", &err) == MAINET_OK, "%s", err.detail);
    ck_assert_str_eq(profile.name, "日本語の名前");
    ck_assert_str_eq(profile.issuer_sha256,
                     "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
    ck_assert_str_eq(profile.support, "0120-665-887");
    ck_assert_str_eq(profile.result_header, "");
    ck_assert_uint_eq(profile.words_busy.count, 3);
    ck_assert_str_eq(profile.words_busy.texts[1], "two");
    ck_assert_str_eq(profile.notice_number, "Number");
    ck_assert_str_eq(profile.notice_url, "");
    ck_assert_uint_eq(profile.endpoints.count, 2);
    ck_assert_str_eq(profile.endpoints.texts[1], "http://b/");
    ck_assert_str_eq(profile.ca_file, "/etc/x/tls-ca.pem");
}
END_TEST

static const struct {
    const char *text;
    const char *told;
} wrong[] = {
    {"", "[service] has no name"},
    {"[service]\nname=n\n", "[retrieve] has no url"},
    {"[service]\nname=\n", "line 2: name: is empty"},
    {HEAD "ulr=https://x/\n", "line 5: ulr: is no entry of its section"},
    {HEAD "[confrim]\nurl=https://x/\n", "line 6: [confrim] is no section"},
    {"name=n\n" HEAD, "line 1: [] is no section"},
    {HEAD "url=https://again/\n", "line 5: url: is there twice"},
    {HEAD "result_ok=OK\n  continued\n", "line 6: result_ok: is there twice"},
    {HEAD "nonsense\n", "line 5 is neither"},
    {HEAD "[confirm]\nurl=http://x/\n", "line 6: url: is not an https address"},
    {HEAD "[confirm]\nurl=https://u:p@x/\n",
     "line 6: url: a user name or password does not belong here"},
    {HEAD "[network]\nendpoint=http://u@x/\n",
     "line 6: endpoint: a user name or password does not belong here"},
    {HEAD "[confirm]\nurl=https://\n", "line 6: url: is not an https address"},
    {HEAD "[confirm]\nurl=https:///path\n", "line 6: url: is not an https address"},
    {HEAD "[confirm]\nurl=https://a b/\n", "line 6: url: is not an https address"},
    {HEAD "[network]\nendpoint=ftp://x/\n", "line 6: endpoint: is not an http or https"},
    {HEAD "protocol=soap\n", "protocol soap is not known"},
    {HEAD "[notice]\nnumber=\n", "a value of the notice has no label"},
    {HEAD "field_password=\n", "a form field has no name"},
    {HEAD "[service]\nsupport=\xff\n", "line 6: support: is not UTF-8"},
    {HEAD "[service]\nsupport=a\x01\n", "line 6: support: is not UTF-8"},
    {HEAD "[service]\nissuer_sha256=0011\n", "line 6: issuer_sha256: is not 64 hex digits"},
    {HEAD "[service]\nsupport="
          "1234567890123456789012345678901234567890123456789012345678901234567890"
          "1234567890123456789012345678901234567890123456789012345678901234567890"
          "1234567890123456789012345678901234567890123456789012345678901234567890\n",
     "line 6: profile: the line is too long"},
};

START_TEST(what_is_wrong_is_told_with_its_line)
{
    ck_assert_int_eq(mn_profile_read(&profile, wrong[_i].text, "/f", &err),
                     MAINET_E_SERVICE_PROFILE);
    ck_assert_int_eq(err.status, MAINET_E_SERVICE_PROFILE);
    ck_assert_msg(strstr(err.detail, wrong[_i].told) != NULL, "%s", err.detail);
}
END_TEST

static const struct {
    const char *issuer;
    const char *name;
    bool expected;
} issuers[] = {
    {"SECOM Passport for Member CA9", "SECOM Passport for Member CA9", true},
    {"SECOM Passport for Member CA9", "SECOM Passport For Member CA9", true}, /* the manual's */
    {"SECOM Passport for Member CA9", "SECOM Passport for MemberCA9", true},  /* other spellings */
    {"SECOM Passport for Member CA9", "SECOM Passport for Member CA90", false},
    {"SECOM Passport for Member CA9", "SECOM Passport for Member CA", false},
    {"SECOM Passport for Member CA9", "", false},
    {"", "", false},
};

START_TEST(issuers_are_compared_without_case_and_spaces)
{
    profile.issuer = strdup(issuers[_i].issuer);
    ck_assert(mn_profile_expects(&profile, issuers[_i].name) == issuers[_i].expected);
}
END_TEST

static void
write_file(const char *path, const char *text, size_t len)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

START_TEST(open_reads_a_file_or_names_it)
{
    char folder[] = "/tmp/test-service-XXXXXX";
    char path[64];
    mainet_service *service = NULL;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/a.conf", folder);
    ck_assert_ptr_null(mainet_service_open(path, &err));
    ck_assert_int_eq(err.status, MAINET_E_SERVICE_PROFILE);
    ck_assert_ptr_nonnull(strstr(err.detail, path));
    ck_assert_ptr_null(mainet_service_open(folder, NULL));

    write_file(path, HEAD, strlen(HEAD));
    service = mainet_service_open(path, NULL);
    ck_assert_str_eq(mainet_service_path(service), path);
    ck_assert_str_eq(mainet_service_name(service), "n");
    ck_assert_str_eq(mainet_service_issuer(service), "");
    ck_assert_str_eq(mainet_service_support(service), "");
    ck_assert_str_eq(mainet_service_retrieve_url(service), "https://h/");
    ck_assert_str_eq(mainet_service_confirm_url(service), "");
    mainet_service_free(mn_service_ref(service));
    ck_assert_str_eq(mainet_service_name(service), "n");
    mainet_service_free(service);

    ck_assert_int_eq(setenv("MAINETCERT_SERVICE", path, 1), 0);
    service = mainet_service_open(NULL, NULL);
    ck_assert_str_eq(mainet_service_path(service), path);
    mainet_service_free(service);

    write_file(path, HEAD "\0hidden", sizeof HEAD + 6);
    ck_assert_ptr_null(mainet_service_open(path, NULL));
    write_file(path, HEAD "bad=1\n", strlen(HEAD) + 6);
    ck_assert_ptr_null(mainet_service_open(path, &err));
    ck_assert_ptr_nonnull(strstr(err.detail, path));
    ck_assert_ptr_nonnull(strstr(err.detail, "line 5"));
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(a_large_file_is_refused)
{
    char path[] = "/tmp/test-service-XXXXXX";
    int fd = mkstemp(path);

    ck_assert_int_eq(ftruncate(fd, 65537), 0);
    ck_assert_int_eq(close(fd), 0);
    ck_assert_ptr_null(mainet_service_open(path, &err));
    ck_assert_int_eq(err.status, MAINET_E_SERVICE_PROFILE);
    ck_assert_int_eq(unlink(path), 0);
}
END_TEST

START_TEST(the_shipped_profile_is_the_manuals)
{
    mainet_service *service =
        mainet_service_open(TEST_DATA "/../../share/mainetcert/services/mainet.conf", &err);

    ck_assert_msg(service != NULL, "%s", err.detail);
    ck_assert_str_eq(mainet_service_issuer(service), "SECOM Passport for Member CA9");
    ck_assert_str_eq(mainet_service_support(service), "0120-665-887");
    ck_assert_str_eq(mainet_service_retrieve_url(service),
                     "https://www.caissueservice.mastertrust.co.jp/");
    ck_assert_str_eq(mainet_service_confirm_url(service),
                     "https://www.caconfirmervice.mastertrust.co.jp/");
    ck_assert_uint_eq(mn_service_profile(service)->endpoints.count, 5);
    mainet_service_free(service);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("service");
    TCase *tests = tcase_create("service");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_test(tests, the_shortest_profile_has_the_shipped_names);
    tcase_add_test(tests, a_full_profile_is_read);
    tcase_add_loop_test(tests, what_is_wrong_is_told_with_its_line, 0, COUNT(wrong));
    tcase_add_loop_test(tests, issuers_are_compared_without_case_and_spaces, 0, COUNT(issuers));
    tcase_add_test(tests, open_reads_a_file_or_names_it);
    tcase_add_test(tests, a_large_file_is_refused);
    tcase_add_test(tests, the_shipped_profile_is_the_manuals);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
