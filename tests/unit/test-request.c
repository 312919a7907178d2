/* SPDX-License-Identifier: BSD-3-Clause */
#include "acquire/no-proxy.h"
#include "acquire/proxy.h"
#include "acquire/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run-suite.h"

static mainet_service *service;
static mainet_request *request;
static mainet_error err;

static void
start(void)
{
    char path[] = "/tmp/test-request-XXXXXX";
    int fd = mkstemp(path);

    ck_assert_int_gt(dprintf(fd, "[service]\nname=n\n[retrieve]\nurl=https://h/\n"
                                 "field_password=pass word\n"),
                     0);
    ck_assert_int_eq(close(fd), 0);
    memset(&err, 0, sizeof err);
    service = mainet_service_open(path, &err);
    ck_assert_msg(service != NULL, "%s", err.detail);
    ck_assert_int_eq(unlink(path), 0);
    request = mainet_request_new(service, &err);
    ck_assert_ptr_nonnull(request);
    mainet_service_free(service); /* the request keeps it alive */
}

static void
stop(void)
{
    mainet_request_free(request);
}

static mainet_status
set_password(const char *password)
{
    return mainet_request_set_password(request, (const uint8_t *)password, strlen(password), &err);
}

static const struct {
    const char *group_id;
    const char *number;
    const char *password;
    const char *form;
} forms[] = {
    {"G", "1", "p", "group_id=G&certificate_number=1&pass+word=p"},
    {"a b", "x&y=z", "+%*-._~",
     "group_id=a+b&certificate_number=x%26y%3Dz"
     "&pass+word=%2B%25*-._%7E"},
    {"組", "#?/", "\x01\xff",
     "group_id=%E7%B5%84&certificate_number=%23%3F%2F"
     "&pass+word=%01%FF"},
};

START_TEST(the_form_is_encoded)
{
    mn_secret *form = NULL;

    ck_assert_int_eq(mainet_request_set_group_id(request, forms[_i].group_id, &err), MAINET_OK);
    ck_assert_int_eq(mainet_request_set_certificate_number(request, forms[_i].number, &err),
                     MAINET_OK);
    ck_assert_int_eq(set_password(forms[_i].password), MAINET_OK);
    form = mn_request_form(request, &err);
    ck_assert_uint_eq(mn_secret_len(form), strlen(forms[_i].form));
    ck_assert_mem_eq(mn_secret_bytes(form), forms[_i].form, strlen(forms[_i].form));
    mn_secret_free(form);
}
END_TEST

static const struct {
    const char *given;
    const char *kept; /* NULL: refused */
} fields[] = {
    {"G1", "G1"},
    {" \t G 1 \r\n", "G 1"},
    {"\xe3\x80\x80グループ\xe3\x80\x80\xc2\xa0", "グループ"},
    {"", NULL},
    {"   ", NULL},
    {"a\nb", NULL},
    {"a\x7f", NULL},
    {"\xff", NULL},
    {"\xe3\x81", NULL},
    {"\xc2\x85", NULL},
    {NULL, NULL},
};

START_TEST(fields_are_trimmed_and_checked)
{
    mainet_status status = mainet_request_set_group_id(request, fields[_i].given, &err);

    ck_assert_int_eq(status, fields[_i].kept == NULL ? MAINET_E_ARGUMENT : MAINET_OK);
    if (fields[_i].kept == NULL)
        ck_assert_ptr_null(request->group_id);
    else
        ck_assert_str_eq(request->group_id, fields[_i].kept);
}
END_TEST

START_TEST(lengths_have_limits)
{
    char text[1026];

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    ck_assert_int_eq(set_password(text), MAINET_E_ARGUMENT);
    ck_assert_int_eq(set_password(text + 1), MAINET_OK);
    ck_assert_int_eq(set_password(""), MAINET_E_ARGUMENT);
    ck_assert_uint_eq(mn_secret_len(request->password), 1024); /* as it was */
    text[257] = '\0';
    ck_assert_int_eq(mainet_request_set_certificate_number(request, text, &err), MAINET_E_ARGUMENT);
    ck_assert_int_eq(mainet_request_set_certificate_number(request, text + 1, &err), MAINET_OK);
    ck_assert_int_eq(mainet_request_set_certificate_number(request, "2", &err), MAINET_OK);
    ck_assert_str_eq(request->certificate_number, "2");
}
END_TEST

static const struct {
    const char *proxy;
    bool good;
} proxies[] = {
    {"http://proxy:8080", true},
    {"https://[::1]:3128/", true},
    {"proxy.example:8080", true},
    {"", true},
    {"http://", false},
    {"://x", false},
    {"http://user:secret@proxy", false},
    {"http://user:sec/ret@proxy", false},
    {"user@proxy", false},
    {"http://a b", false},
    {"http://a\n", false},
    {"http:///x", false},
    {NULL, false},
};

START_TEST(proxies_are_addresses_without_credentials)
{
    ck_assert_int_eq(mainet_request_set_proxy(request, proxies[_i].proxy, &err),
                     proxies[_i].good ? MAINET_OK : MAINET_E_ARGUMENT);
    ck_assert_ptr_null(strstr(err.detail, "secret"));
}
END_TEST

#define PROXY "http://proxy:8080/"
#define SITE "https://example.com/"

static int asked;
static mainet_status answer;

static mainet_status
ask(const char *proxy, int32_t attempt, mainet_credentials *credentials, void *user_data)
{
    ck_assert_str_eq(proxy, "proxy:8080");
    ck_assert_ptr_eq(user_data, &asked);
    asked = attempt;
    if (answer != MAINET_OK)
        return answer;
    return mainet_credentials_set(credentials, "u", (const uint8_t *)"p", 1, NULL);
}

START_TEST(a_proxy_is_answered_three_times_at_most)
{
    mainet_credentials credentials = {.user = NULL};

    ck_assert_int_eq(mainet_request_set_proxy(request, PROXY, &err), MAINET_OK);
    ck_assert_int_eq(mn_proxy_ask(request, SITE, 1, &credentials, &err), MAINET_E_PROXY_CANCELLED);
    ck_assert_ptr_nonnull(strstr(err.detail, "proxy proxy:8080 asks"));
    mainet_request_set_proxy_credentials(request, ask, &asked);
    answer = MAINET_E_BUSY; /* whatever it says comes back */
    ck_assert_int_eq(mn_proxy_ask(request, SITE, 1, &credentials, &err), MAINET_E_BUSY);
    answer = MAINET_OK;
    ck_assert_int_eq(mn_proxy_ask(request, SITE, 3, &credentials, &err), MAINET_OK);
    ck_assert_int_eq(asked, 3);
    ck_assert_str_eq(credentials.user, "u");
    ck_assert_str_eq((const char *)mn_secret_bytes(credentials.password), "p");
    ck_assert_int_eq(mn_proxy_ask(request, SITE, 4, &credentials, &err),
                     MAINET_E_PROXY_CREDENTIALS);
    mn_credentials_clear(&credentials);
}
END_TEST

START_TEST(the_environments_proxy_is_named_without_its_user)
{
    static const char address[] = "http://u:s@cret@host:1/";
    char name[MN_PROXY_NAME_LEN];
    mainet_credentials credentials = {.user = NULL};

    ck_assert_int_eq(unsetenv("HTTPS_PROXY"), 0);
    ck_assert_int_eq(unsetenv("no_proxy"), 0);
    ck_assert_int_eq(setenv("https_proxy", address, 1), 0);
    ck_assert_int_eq(setenv("NO_PROXY", "example.jp", 1), 0);
    ck_assert_str_eq(mn_proxy_address(request, "https://example.com/"), address);
    ck_assert_str_eq(mn_proxy_address(request, "https://a.example.jp/"), "");
    mn_proxy_name(address, name);
    ck_assert_str_eq(name, "host:1");
    mn_proxy_name("http://u:s/e?c#r@et@host:1/", name);
    ck_assert_str_eq(name, "host:1");
    ck_assert_int_eq(mn_proxy_ask(request, SITE, 1, &credentials, &err),
                     MAINET_E_PROXY_CREDENTIALS);
    ck_assert_ptr_nonnull(strstr(err.detail, "host:1 (https_proxy) refused"));
    ck_assert_int_eq(mainet_request_set_proxy(request, "", &err), MAINET_OK);
    ck_assert_str_eq(mn_proxy_address(request, "https://example.com/"), "");
    ck_assert_int_eq(mainet_request_set_proxy(request, PROXY, &err), MAINET_OK);
    ck_assert_str_eq(mn_proxy_address(request, "https://a.example.jp/"), PROXY);
}
END_TEST

static mainet_status
decline(const char *proxy, int32_t attempt, mainet_credentials *credentials, void *user_data)
{
    (void)proxy;
    (void)attempt;
    (void)credentials;
    (void)user_data;
    return MAINET_E_PROXY_CANCELLED;
}

/* Which variable has to be corrected is another one for plain HTTP. */
START_TEST(the_variable_that_named_a_proxy_is_told)
{
    char text[MN_PROXY_TEXT_LEN];
    mainet_credentials credentials = {.user = NULL};

    ck_assert_int_eq(unsetenv("NO_PROXY"), 0);
    ck_assert_int_eq(setenv("https_proxy", "http://host:1/", 1), 0);
    ck_assert_int_eq(setenv("http_proxy", "http://u:s@other:2/", 1), 0);
    mn_proxy_describe(request, SITE, text);
    ck_assert_str_eq(text, "host:1 (https_proxy)");
    mn_proxy_describe(request, "http://example.com/", text);
    ck_assert_str_eq(text, "other:2 (http_proxy)");
    mainet_request_set_proxy_credentials(request, decline, NULL);
    ck_assert_int_eq(mn_proxy_ask(request, SITE, 1, &credentials, &err), MAINET_E_PROXY_CANCELLED);
    ck_assert_int_eq(mn_proxy_ask(request, "http://example.com/", 1, &credentials, &err),
                     MAINET_E_PROXY_CREDENTIALS);
    ck_assert_ptr_nonnull(strstr(err.detail, "other:2 (http_proxy) refused"));
    ck_assert_int_eq(unsetenv("http_proxy"), 0);
    ck_assert_int_eq(mainet_request_set_proxy(request, "http://third:3", &err), MAINET_OK);
    mn_proxy_describe(request, SITE, text);
    ck_assert_str_eq(text, "third:3");
    ck_assert_int_eq(mainet_request_set_proxy(request, "", &err), MAINET_OK);
    mn_proxy_describe(request, SITE, text);
    ck_assert_str_eq(text, "");
}
END_TEST

static const struct {
    const char *list;
    const char *url;
    bool is_named;
} exemptions[] = {
    {"", "https://h/", false},
    {"*", "https://h/", true},
    {"x,*", "https://h/", true},
    {"example.jp", "https://example.jp/", true},
    {"EXAMPLE.jp", "https://www.example.JP:8443/a?b", true},
    {".example.jp", "https://example.jp", true},
    {"example.jp.", "https://www.example.jp./", true},
    {"example.jp", "https://badexample.jp/", false},
    {"www.example.jp", "https://example.jp/", false},
    {" a.jp\tb.jp, ,c.jp", "https://c.jp/", true},
    {"a.jp,b.jp", "https://u:p@b.jp@c.jp/", false},
    {",", "https://h/", false},
    {".", "https://h/", false},
    {"127.0.0.1", "https://127.0.0.1:1/", true},
    {"0.0.1", "https://127.0.0.1/", false},
    {"10.0.0.0/8", "https://10.1.2.3/", true},
    {"10.0.0.0/8", "https://11.1.2.3/", false},
    {"192.168.128.0/17", "https://192.168.200.1/", true},
    {"192.168.128.0/17", "https://192.168.100.1/", false},
    {"10.0.0.1/99,x", "https://10.0.0.2/", false},
    {"0.0.0.0/0", "https://10.0.0.2/", true},
    {"::1", "https://[::1]:8443/", true},
    {"[::1]", "https://[::1]/", true},
    {"fd00::/8", "https://[fd12::3]/", true},
    {"fd00::/8", "https://[fe80::3]/", false},
    {"10.0.0.0/8", "https://[::1]/", false},
};

START_TEST(no_proxy_names_hosts)
{
    ck_assert_msg(mn_no_proxy_names(exemptions[_i].list, exemptions[_i].url) ==
                      exemptions[_i].is_named,
                  "%s, %s", exemptions[_i].list, exemptions[_i].url);
}
END_TEST

static mainet_status
count(mainet_phase phase, int64_t done, int64_t total, void *user_data)
{
    (void)done;
    (void)total;
    *(int *)user_data += 1;
    return phase == MAINET_PHASE_OPENING ? MAINET_E_CANCELLED : MAINET_OK;
}

START_TEST(progress_is_told_and_obeyed)
{
    int told = 0;

    ck_assert_int_eq(mn_request_progress(request, MAINET_PHASE_OPENING, 0, 0, &err), MAINET_OK);
    mainet_request_set_progress(request, count, &told);
    ck_assert_int_eq(mn_request_progress(request, MAINET_PHASE_ASKING, 0, 0, &err), MAINET_OK);
    ck_assert_int_eq(mn_request_progress(request, MAINET_PHASE_OPENING, 0, 0, &err),
                     MAINET_E_CANCELLED);
    ck_assert_int_eq(err.status, MAINET_E_CANCELLED);
    ck_assert_int_eq(told, 2);
}
END_TEST

START_TEST(what_is_required_is_required)
{
    ck_assert_ptr_null(mainet_request_new(NULL, &err));
    ck_assert_int_eq(err.status, MAINET_E_ARGUMENT);
    ck_assert_int_eq(mainet_request_set_group_id(NULL, "G", NULL), MAINET_E_ARGUMENT);
    ck_assert_int_eq(mainet_credentials_set(NULL, "u", NULL, 0, NULL), MAINET_E_ARGUMENT);
    mainet_request_set_timeout_ms(request, -5);
    ck_assert_int_eq(request->timeout_ms, 1);
    mainet_request_free(NULL);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

static Suite *
make_suite(void)
{
    Suite *suite = suite_create("request");
    TCase *tests = tcase_create("request");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_loop_test(tests, the_form_is_encoded, 0, COUNT(forms));
    tcase_add_loop_test(tests, fields_are_trimmed_and_checked, 0, COUNT(fields));
    tcase_add_test(tests, lengths_have_limits);
    tcase_add_loop_test(tests, proxies_are_addresses_without_credentials, 0, COUNT(proxies));
    tcase_add_test(tests, a_proxy_is_answered_three_times_at_most);
    tcase_add_test(tests, the_environments_proxy_is_named_without_its_user);
    tcase_add_test(tests, the_variable_that_named_a_proxy_is_told);
    tcase_add_loop_test(tests, no_proxy_names_hosts, 0, COUNT(exemptions));
    tcase_add_test(tests, progress_is_told_and_obeyed);
    tcase_add_test(tests, what_is_required_is_required);
    suite_add_tcase(suite, tests);
    return suite;
}

int
main(void)
{
    return run_suite(make_suite());
}
