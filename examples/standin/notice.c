/* SPDX-License-Identifier: BSD-3-Clause */
#include "notice.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <string.h>
#include <time.h>

/* RFC 2047: an encoded word holds at most 75 characters, so a subject of 15 letters fits one. */
static const char subject[] = "証明書発行のお知らせ";

/* No setlocale anywhere in this program, so the names of days and months are English. */
static void
format_date(int64_t now, char *text, size_t text_size)
{
    time_t when = (time_t)(now + 9 * 3600);
    struct tm parts;

    if (gmtime_r(&when, &parts) == NULL ||
        strftime(text, text_size, "%a, %d %b %Y %H:%M:%S +0900", &parts) == 0)
        *text = '\0';
}

void
notice_print_mail(const st_order_request *request, const st_order_notice *notice, uint16_t port,
                  int64_t now)
{
    unsigned char encoded[4 * sizeof subject];
    char date[64];

    format_date(now, date, sizeof date);
    (void)EVP_EncodeBlock(encoded, (const unsigned char *)subject, sizeof subject - 1);
    (void)printf("From: MaiNet stand-in <ca@mainet-standin.invalid>\n"
                 "To: administrator@mainet-standin.invalid\n"
                 "Subject: =?UTF-8?B?%s?=\n"
                 "Date: %s\n"
                 "Message-ID: <%s.%" PRId64 "@mainet-standin.invalid>\n"
                 "MIME-Version: 1.0\n"
                 "Content-Type: text/plain; charset=UTF-8\n"
                 "Content-Transfer-Encoding: 8bit\n"
                 "\n",
                 encoded, date, notice->number, now);
    (void)printf("%s 様\n"
                 "\n"
                 "証明書の発行手続きが完了しましたので、お知らせいたします。\n"
                 "\n"
                 "証明書番号: %s\n"
                 "証明書取得用パスワード: %s\n"
                 "証明書取得サイトのURL: https://localhost:%" PRIu16 "/\n"
                 "\n"
                 "証明書の取得には、別途ご連絡したグループIDも必要です。\n"
                 "最初の取得から24時間は、再取得が可能です。\n"
                 "\n"
                 "お問い合わせ: MaiNet セットアップサポート（TEL: 0120-665-887）\n",
                 request->common_name, notice->number, notice->password, port);
}

bool
notice_print_json(const st_order_request *request, const st_order_notice *notice, uint16_t port)
{
    char url[64];
    mn_auto(json_t) object = NULL;

    (void)snprintf(url, sizeof url, "https://localhost:%" PRIu16 "/", port);
    object = json_pack("{s:s, s:s, s:s, s:s}", "group_id", request->group_id, "certificate_number",
                       notice->number, "password", notice->password, "url", url);
    if (object == NULL || json_dumpf(object, stdout, JSON_COMPACT) != 0)
        return false;
    return putchar('\n') != EOF;
}

static bool
print_field(const char *text, char end)
{
    bool done = putchar('"') != EOF;

    for (; done && *text != '\0'; text++)
        done = (*text != '"' || putchar('"') != EOF) && putchar(*text) != EOF;
    return done && putchar('"') != EOF && putchar(end) != EOF;
}

bool
notice_print_csv_head(void)
{
    return puts("group_id,certificate_number,password,name") != EOF;
}

bool
notice_print_csv(const st_order_request *request, const st_order_notice *notice)
{
    return print_field(request->group_id, ',') && print_field(notice->number, ',') &&
           print_field(notice->password, ',') && print_field(request->common_name, '\n');
}
