/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "base/log.h"
#include "run-suite.h"

struct heard {
    size_t lines;
    mainet_log_level level;
    char text[2000];
};

static void
hear(mainet_log_level level, const char *text, void *user_data)
{
    struct heard *heard = user_data;

    heard->lines++;
    heard->level = level;
    ck_assert_uint_lt(strlen(text), sizeof heard->text);
    memcpy(heard->text, text, strlen(text) + 1);
}

START_TEST(a_listener_hears_one_line)
{
    struct heard heard = {0};
    const mn_log log = {hear, &heard};

    mn_log_write(&log, MAINET_LOG_WARNING, "from %s\nport %d", "例え.jp", 443);
    ck_assert_uint_eq(heard.lines, 1);
    ck_assert_int_eq(heard.level, MAINET_LOG_WARNING);
    ck_assert_str_eq(heard.text, "from 例え.jp port 443");
}
END_TEST

START_TEST(a_long_log_line_is_cut_between_characters)
{
    struct heard heard = {0};
    const mn_log log = {hear, &heard};
    static const char character[] = {'\xe8', '\xa8', '\xbc'}; /* 証 */
    char text[3001] = "";

    for (size_t i = 0; i < 1000; i++)
        memcpy(text + i * sizeof character, character, sizeof character);
    mn_log_write(&log, MAINET_LOG_DEBUG, "%s", text);
    ck_assert_uint_eq(strlen(heard.text), 1023);
    mn_log_write(&log, MAINET_LOG_DEBUG, "x%s", text);
    ck_assert_uint_eq(strlen(heard.text), 1021);
}
END_TEST

START_TEST(nobody_has_to_listen)
{
    const mn_log silent = {NULL, NULL};

    mn_log_write(NULL, MAINET_LOG_INFO, "%s", "nobody");
    mn_log_write(&silent, MAINET_LOG_INFO, "%s", "nobody");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("log");
    TCase *tcase = tcase_create("log");

    tcase_add_test(tcase, a_listener_hears_one_line);
    tcase_add_test(tcase, a_long_log_line_is_cut_between_characters);
    tcase_add_test(tcase, nobody_has_to_listen);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
