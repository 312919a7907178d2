/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "run-suite.h"

/* The manual's table, and our numbers between its own: they never change. */
static const struct {
    mainet_status status;
    int32_t code;
} numbers[] = {
    {MAINET_E_HTTP_CLIENT, 102},
    {MAINET_E_CONNECTION_HANDLE, 103},
    {MAINET_E_REQUEST_HANDLE, 104},
    {MAINET_E_UNREACHABLE, 115},
    {MAINET_E_TLS_TRUST, 116},
    {MAINET_E_TLS_INTERCEPTED, 117},
    {MAINET_E_PROXY_CANCELLED, 120},
    {MAINET_E_PROXY_CREDENTIALS, 121},
    {MAINET_E_HTTP_STATUS, 125},
    {MAINET_E_NO_HTTP_STATUS, 130},
    {MAINET_E_REPLY_TOO_LARGE, 131},
    {MAINET_E_CONTENT_TYPE, 135},
    {MAINET_E_CONTENT_TYPE_MISSING, 140},
    {MAINET_E_RESULT_HEADER, 160},
    {MAINET_E_SERVICE_PROFILE, 170},
    {MAINET_E_NOTICE, 180},
    {MAINET_E_NOTICE_ADDRESS, 181},
    {MAINET_E_ORDER_LIST, 182},
    {MAINET_E_NOT_PKCS12, 200},
    {MAINET_E_PKCS12_PASSWORD, 205},
    {MAINET_E_PKCS12_NO_MAC, 206},
    {MAINET_E_PKCS12_UNUSABLE, 210},
    {MAINET_E_NO_KEY_PAIR, 215},
    {MAINET_E_CERTIFICATE, 216},
    {MAINET_E_STORE_OPEN, 300},
    {MAINET_E_STORE_BUSY, 301},
    {MAINET_E_STORE_VERSION, 302},
    {MAINET_E_STORE_TAMPERED, 303},
    {MAINET_E_STORE_WRITE, 305},
    {MAINET_E_TOKEN_NOT_FOUND, 310},
    {MAINET_E_TOKEN_AMBIGUOUS, 311},
    {MAINET_E_TOKEN_EXISTS, 312},
    {MAINET_E_PIN_INCORRECT, 320},
    {MAINET_E_PIN_LOCKED, 321},
    {MAINET_E_PIN_LENGTH, 322},
    {MAINET_E_TOKEN_LOCKED, 323},
    {MAINET_E_PIN_NOT_SET, 324},
    {MAINET_E_IDENTITY_NOT_FOUND, 330},
    {MAINET_E_IDENTITY_AMBIGUOUS, 331},
    {MAINET_E_NOT_EXPORTABLE, 340},
    {MAINET_E_NOT_CONFIRMED, 341},
    {MAINET_E_NOT_SUPERSEDED, 342},
    {MAINET_E_PENDING_NOT_FOUND, 350},
    {MAINET_E_PENDING_EXISTS, 351},
    {MAINET_E_OBJECT_NOT_FOUND, 360},
    {MAINET_E_BROWSER_RUNNING, 370},
    {MAINET_E_BROWSER_NOT_FOUND, 371},
    {MAINET_E_AUTH_FAILED, 550},
    {MAINET_E_NOT_AVAILABLE, 550},
    {MAINET_E_BUSY, 550},
    {MAINET_E_NOT_INSTALLED, 560},
    {MAINET_E_REVOKED, 561},
    {MAINET_E_CANCELLED, 990},
    {MAINET_E_ARGUMENT, 1001},
    {MAINET_E_NO_MEMORY, 1002},
    {MAINET_E_FILE, 1003},
    {MAINET_E_FILE_EXISTS, 1004},
    {MAINET_E_CRYPTO, 1005},
    {MAINET_E_UNKNOWN_ASKING, 1103},
    {MAINET_E_UNKNOWN_RETRIEVING, 1103},
    {MAINET_E_UNKNOWN_IMPORTING, 1103},
};
#define NUMBERS_LEN (sizeof numbers / sizeof *numbers)

#define ASKING "データの問い合わせに失敗しました。"
#define RETRIEVING "証明書ファイルは取得できませんでした。"
#define IMPORTING "証明書をインポートできませんでした。"

static const struct {
    mainet_status status;
    const char *headline;
} manual[] = {
    {MAINET_E_HTTP_CLIENT, ASKING},
    {MAINET_E_CONNECTION_HANDLE, ASKING},
    {MAINET_E_REQUEST_HANDLE, ASKING},
    {MAINET_E_UNREACHABLE, ASKING},
    {MAINET_E_PROXY_CANCELLED, ASKING},
    {MAINET_E_HTTP_STATUS, ASKING},
    {MAINET_E_NO_HTTP_STATUS, ASKING},
    {MAINET_E_CONTENT_TYPE, ASKING},
    {MAINET_E_CONTENT_TYPE_MISSING, ASKING},
    {MAINET_E_RESULT_HEADER, ASKING},
    {MAINET_E_NOT_PKCS12, IMPORTING},
    {MAINET_E_PKCS12_PASSWORD, IMPORTING},
    {MAINET_E_PKCS12_UNUSABLE, IMPORTING},
    {MAINET_E_NO_KEY_PAIR, IMPORTING},
    {MAINET_E_STORE_OPEN, IMPORTING},
    {MAINET_E_STORE_WRITE, IMPORTING},
    {MAINET_E_AUTH_FAILED, RETRIEVING "認証に失敗しました。"},
    {MAINET_E_NOT_AVAILABLE,
     RETRIEVING "証明書が作成されていないか、もしくは既に証明書を取得済みです。"},
    {MAINET_E_BUSY, RETRIEVING "エラーが発生しました。管理者に問い合わせてください。"},
    {MAINET_E_CANCELLED, "証明書は正しくインポートされませんでした。"},
    {MAINET_E_UNKNOWN_ASKING, ASKING},
    {MAINET_E_UNKNOWN_RETRIEVING, RETRIEVING},
    {MAINET_E_UNKNOWN_IMPORTING, IMPORTING},
};

static const char *(*const askers[])(mainet_status, mainet_lang) = {
    mainet_status_text, mainet_status_cause, mainet_status_remedy};

static bool
ends_with(const char *text, const char *end)
{
    const size_t len = strlen(text);

    return len >= strlen(end) && strcmp(text + len - strlen(end), end) == 0;
}

static bool
is_ascii(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text >= 0x80)
            return false;
    }
    return true;
}

START_TEST(every_status_keeps_its_number)
{
    ck_assert_int_eq(mainet_status_code(numbers[_i].status), numbers[_i].code);
}
END_TEST

START_TEST(the_catalogue_lists_every_status_once)
{
    size_t found = 0;

    for (size_t i = 0; i < mainet_status_count(); i++)
        found += mainet_status_at(i) == numbers[_i].status;
    ck_assert_uint_eq(found, 1);
}
END_TEST

START_TEST(the_catalogue_is_in_order_of_number)
{
    ck_assert_uint_eq(mainet_status_count(), NUMBERS_LEN);
    for (size_t i = 0; i < mainet_status_count(); i++)
        ck_assert_int_eq(mainet_status_at(i), numbers[i].status);
    ck_assert_int_eq(mainet_status_at(mainet_status_count()), MAINET_OK);
    ck_assert_int_eq(mainet_status_at(SIZE_MAX), MAINET_OK);
}
END_TEST

START_TEST(every_text_is_whole_sentences_of_its_language)
{
    for (size_t i = 0; i < sizeof askers / sizeof *askers; i++) {
        const char *en = askers[i](numbers[_i].status, MAINET_LANG_EN);
        const char *ja = askers[i](numbers[_i].status, MAINET_LANG_JA);

        ck_assert_msg(strlen(en) > 10 && is_ascii(en), "%s", en);
        ck_assert_msg(isupper((unsigned char)*en) && ends_with(en, "."), "%s", en);
        ck_assert_msg(strlen(ja) > 10 && !is_ascii(ja) && ends_with(ja, "。"), "%s", ja);
        ck_assert_msg(strstr(en, "  ") == NULL, "two spaces: %s", en);
        ck_assert_msg(strstr(en, "0120") == NULL && strstr(ja, "0120") == NULL, "telephone");
        ck_assert_msg(strstr(en, "Windows") == NULL && strstr(ja, "Windows") == NULL, "%s", ja);
    }
}
END_TEST

START_TEST(headlines_are_the_manuals)
{
    ck_assert_str_eq(mainet_status_text(manual[_i].status, MAINET_LANG_JA), manual[_i].headline);
}
END_TEST

START_TEST(names_are_kebab_case_and_unique)
{
    const char *name = mainet_status_name(numbers[_i].status);

    ck_assert_uint_eq(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(name));
    ck_assert(*name != '-' && !ends_with(name, "-") && strstr(name, "--") == NULL);
    ck_assert_str_ne(name, "ok");
    for (size_t i = 0; i < NUMBERS_LEN; i++)
        ck_assert(i == (size_t)_i || strcmp(name, mainet_status_name(numbers[i].status)) != 0);
}
END_TEST

START_TEST(no_two_situations_read_the_same)
{
    const mainet_status mine = numbers[_i].status;

    for (size_t i = 0; i < NUMBERS_LEN; i++) {
        const mainet_status other = numbers[i].status;

        if (other == mine)
            continue;
        for (mainet_lang lang = MAINET_LANG_EN; lang <= MAINET_LANG_JA; lang++)
            ck_assert_str_ne(mainet_status_cause(mine, lang), mainet_status_cause(other, lang));
        ck_assert_str_ne(mainet_status_text(mine, MAINET_LANG_EN),
                         mainet_status_text(other, MAINET_LANG_EN));
    }
}
END_TEST

START_TEST(success_has_a_name_and_no_number)
{
    ck_assert_int_eq(mainet_status_code(MAINET_OK), 0);
    ck_assert_str_eq(mainet_status_name(MAINET_OK), "ok");
    ck_assert_str_ne(mainet_status_text(MAINET_OK, MAINET_LANG_JA), "");
}
END_TEST

START_TEST(a_number_that_is_no_status_reads_as_unknown)
{
    /* volatile: no compiler may conclude that an enum holds only its enumerators */
    volatile int stray = 1000;

    ck_assert_int_eq(mainet_status_code((mainet_status)stray), 1103);
    ck_assert_str_eq(mainet_status_name((mainet_status)stray), "unknown-asking");
}
END_TEST

START_TEST(fail_fills_the_whole_error)
{
    mainet_error err;

    memset(&err, 0x5a, sizeof err);
    ck_assert_int_eq(mn_fail(&err, MAINET_E_FILE, 13, "%s: %d", "file", 7), MAINET_E_FILE);
    ck_assert_int_eq(err.status, MAINET_E_FILE);
    ck_assert_int_eq(err.cause, 13);
    ck_assert_str_eq(err.detail, "file: 7");
    for (size_t i = strlen(err.detail); i < sizeof err.detail; i++)
        ck_assert_int_eq(err.detail[i], 0);
}
END_TEST

START_TEST(fail_needs_no_error_to_fill)
{
    ck_assert_int_eq(mn_fail(NULL, MAINET_E_FILE, 0, "%s", "nobody"), MAINET_E_FILE);
    ck_assert_ptr_null(mn_fail_null(NULL, MAINET_E_FILE, 0, "%s", "nobody"));
    ck_assert_int_eq(mn_fail_memory(NULL, "nobody"), MAINET_E_NO_MEMORY);
    ck_assert_int_eq(mn_fail_crypto(NULL, "nobody"), MAINET_E_CRYPTO);
}
END_TEST

START_TEST(fail_may_quote_the_detail_it_replaces)
{
    mainet_error err = {0};

    (void)mn_fail(&err, MAINET_E_FILE, 0, "inner");
    (void)mn_fail(&err, MAINET_E_STORE_OPEN, 0, "outer: %s", err.detail);
    ck_assert_str_eq(err.detail, "outer: inner");
}
END_TEST

/* 247 bytes fit: the character that the end would tear goes as a whole. */
static const struct {
    const char *prefix;
    const char *character;
    size_t len;
} cuts[] = {
    {"", "x", 247},
    {"", "é", 246},
    {"x", "é", 247},
    {"", "証", 246},
    {"x", "証", 247},
    {"xx", "証", 245},
    {"", "\U00020BB7", 244},
    {"x", "\U00020BB7", 245},
    {"xx", "\U00020BB7", 246},
    {"xxx", "\U00020BB7", 247},
};

START_TEST(a_long_detail_is_cut_between_characters)
{
    const size_t prefix_len = strlen(cuts[_i].prefix);
    const size_t character_len = strlen(cuts[_i].character);
    char text[2000] = "";
    mainet_error err = {0};

    memcpy(text, cuts[_i].prefix, prefix_len);
    for (size_t i = 0; i < 300; i++)
        memcpy(text + prefix_len + i * character_len, cuts[_i].character, character_len);
    (void)mn_fail(&err, MAINET_E_FILE, 0, "%s", text);
    ck_assert_uint_eq(strlen(err.detail), cuts[_i].len);
    ck_assert_uint_eq((strlen(err.detail) - prefix_len) % character_len, 0);
    ck_assert_int_eq(strncmp(err.detail, text, strlen(err.detail)), 0);
}
END_TEST

static const struct {
    const char *given;
    const char *kept;
} details[] = {
    {"two\nlines\r\n\tand a tab", "two lines   and a tab"},
    {"bell \a escape \033[31m delete \177", "bell   escape  [31m delete  "},
    {"証明書 é \U00020BB7 \u00a0", "証明書 é \U00020BB7 \u00a0"},
    {"C1 \xc2\x9b[31m", "C1 ??[31m"},
    {"Shift_JIS \x8f\xd8\x96\xbe", "Shift_JIS ?\xd8\x96?"}, /* D8 96 happens to be U+0616 */
    {"overlong \xc0\xaf \xe0\x80\xaf \xf0\x80\x80\xaf", "overlong ?? ?\?? ?\?\?\?"},
    {"surrogate \xed\xa0\x80", "surrogate ?\??"},
    {"above Unicode \xf4\x90\x80\x80 \xff", "above Unicode ?\?\?? ?"},
    {"torn, not cut \xe8\xa8", "torn, not cut ??"},
};

START_TEST(a_detail_is_one_line_of_utf8)
{
    mainet_error err = {0};

    (void)mn_fail(&err, MAINET_E_FILE, 0, "%s", details[_i].given);
    ck_assert_str_eq(err.detail, details[_i].kept);
}
END_TEST

START_TEST(fail_memory_names_what_was_asked_for)
{
    mainet_error err = {0};

    ck_assert_int_eq(mn_fail_memory(&err, "a token"), MAINET_E_NO_MEMORY);
    ck_assert_int_eq(err.status, MAINET_E_NO_MEMORY);
    ck_assert_str_eq(err.detail, "no memory for a token");
}
END_TEST

START_TEST(fail_crypto_tells_the_newest_reason_and_clears_the_queue)
{
    mainet_error err = {0};

    ERR_raise(ERR_LIB_EVP, EVP_R_BAD_DECRYPT);
    ERR_raise(ERR_LIB_EVP, EVP_R_UNSUPPORTED_ALGORITHM);
    ck_assert_int_eq(mn_fail_crypto(&err, "open the key"), MAINET_E_CRYPTO);
    ck_assert_str_eq(err.detail, "open the key: unsupported algorithm");
    ck_assert_int_eq(err.cause, 0);
    ck_assert_uint_eq(ERR_peek_error(), 0);
    (void)mn_fail_crypto(&err, "again");
    ck_assert_str_eq(err.detail, "again: OpenSSL gave no reason");
}
END_TEST

START_TEST(fail_crypto_clears_down_to_a_mark_only)
{
    ERR_raise(ERR_LIB_EVP, EVP_R_BAD_DECRYPT);
    (void)ERR_set_mark();
    for (int i = 0; i < 2; i++) {
        ERR_raise(ERR_LIB_EVP, EVP_R_UNSUPPORTED_ALGORITHM);
        (void)mn_fail_crypto(NULL, "open the key");
    }
    ERR_raise(ERR_LIB_EVP, EVP_R_UNSUPPORTED_ALGORITHM);
    ck_assert_int_eq(ERR_pop_to_mark(), 1);
    ck_assert_int_eq(ERR_GET_REASON(ERR_peek_last_error()), EVP_R_BAD_DECRYPT);
    ERR_clear_error();
}
END_TEST

START_TEST(fail_crypto_passes_errno_on)
{
    mainet_error err = {0};

    ERR_raise(ERR_LIB_SYS, 13);
    (void)mn_fail_crypto(&err, "open the file");
    ck_assert_int_eq(err.cause, 13);
}
END_TEST

static TCase *
catalogue_case(void)
{
    TCase *tcase = tcase_create("catalogue");

    tcase_add_loop_test(tcase, every_status_keeps_its_number, 0, NUMBERS_LEN);
    tcase_add_loop_test(tcase, the_catalogue_lists_every_status_once, 0, NUMBERS_LEN);
    tcase_add_test(tcase, the_catalogue_is_in_order_of_number);
    tcase_add_loop_test(tcase, every_text_is_whole_sentences_of_its_language, 0, NUMBERS_LEN);
    tcase_add_loop_test(tcase, headlines_are_the_manuals, 0, sizeof manual / sizeof *manual);
    tcase_add_loop_test(tcase, names_are_kebab_case_and_unique, 0, NUMBERS_LEN);
    tcase_add_loop_test(tcase, no_two_situations_read_the_same, 0, NUMBERS_LEN);
    tcase_add_test(tcase, success_has_a_name_and_no_number);
    tcase_add_test(tcase, a_number_that_is_no_status_reads_as_unknown);
    return tcase;
}

static TCase *
fail_case(void)
{
    TCase *tcase = tcase_create("fail");

    tcase_add_test(tcase, fail_fills_the_whole_error);
    tcase_add_test(tcase, fail_needs_no_error_to_fill);
    tcase_add_test(tcase, fail_may_quote_the_detail_it_replaces);
    tcase_add_loop_test(tcase, a_long_detail_is_cut_between_characters, 0,
                        sizeof cuts / sizeof *cuts);
    tcase_add_loop_test(tcase, a_detail_is_one_line_of_utf8, 0, sizeof details / sizeof *details);
    tcase_add_test(tcase, fail_memory_names_what_was_asked_for);
    tcase_add_test(tcase, fail_crypto_tells_the_newest_reason_and_clears_the_queue);
    tcase_add_test(tcase, fail_crypto_clears_down_to_a_mark_only);
    tcase_add_test(tcase, fail_crypto_passes_errno_on);
    return tcase;
}

int
main(void)
{
    Suite *suite = suite_create("error");

    suite_add_tcase(suite, catalogue_case());
    suite_add_tcase(suite, fail_case());
    return run_suite(suite);
}
