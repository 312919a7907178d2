/* SPDX-License-Identifier: BSD-3-Clause */
#include "page.h"
#include "retrieve.h"
#include "server.h"

#include <inttypes.h>
#include <string.h>

static void
answer_top(void *site, struct MHD_Connection *connection, const st_form *form, st_reply *reply)
{
    const st_server *self = site;
    st_page page;

    (void)connection, (void)form;
    page_begin(&page, "証明書取得サイト", "Certificate retrieval site");
    page_paragraph(
        &page, "これは libmainetcert の試験用の証明書取得サイトです。銀行のサイトではありません。",
        "This is libmainetcert's stand-in for trying and testing. It is not the bank's.");
    page_paragraph(
        &page,
        "証明書は、コマンド <code>mainetcert acquire</code>（推奨）、または次のページで取得"
        "できます。",
        "Get a certificate with the command <code>mainetcert acquire</code> "
        "(recommended), or on the page below.");
    page_paragraph(&page, "<a href=\"/download\">証明書ダウンロードページへ</a>",
                   "<a href=\"/download\">To the certificate download page</a>");
    if (page.out != NULL)
        (void)fprintf(page.out,
                      "<p><a href=\"https://localhost:%" PRIu16 "/\">証明書の確認ページへ</a></p>\n"
                      "<p lang=\"en\"><a href=\"https://localhost:%" PRIu16 "/\">To the "
                      "confirmation page</a></p>\n",
                      self->ports[PORT_CONFIRM], self->ports[PORT_CONFIRM]);
    page_end(&page, reply, MHD_HTTP_OK);
}

static void
answer_form(void *site, struct MHD_Connection *connection, const st_form *form, st_reply *reply)
{
    static const char html[] =
        "<form method=\"post\" action=\"/download\" accept-charset=\"utf-8\">\n"
        "<label for=\"group_id\">グループID <span lang=\"en\">Group ID</span></label>\n"
        "<input id=\"group_id\" name=\"group_id\" required maxlength=\"256\""
        " autocomplete=\"off\" autocapitalize=\"off\" spellcheck=\"false\" autofocus>\n"
        "<label for=\"certificate_number\">証明書番号"
        " <span lang=\"en\">Certificate number</span></label>\n"
        "<input id=\"certificate_number\" name=\"certificate_number\" required maxlength=\"256\""
        " autocomplete=\"off\" autocapitalize=\"off\" spellcheck=\"false\">\n"
        "<label for=\"password\">証明書取得用パスワード"
        " <span lang=\"en\">Retrieval password</span></label>\n"
        "<input id=\"password\" name=\"password\" type=\"password\" required maxlength=\"256\""
        " autocomplete=\"off\">\n"
        "<button type=\"submit\">ダウンロード <span lang=\"en\">Download</span></button>\n"
        "</form>\n";
    st_page page;

    (void)site, (void)connection, (void)form;
    page_begin(&page, "証明書ダウンロードページ", "Certificate download page");
    page_paragraph(
        &page,
        "グループID、証明書番号、証明書取得用パスワードを入力し、「ダウンロード」を押して"
        "ください。",
        "Enter the group ID, the certificate number and the retrieval password, then "
        "press Download. The file is opened with the same password.");
    if (page.out != NULL)
        (void)fputs(html, page.out);
    page_end(&page, reply, MHD_HTTP_OK);
}

static void
write_failure(st_retrieve_result result, st_reply *reply)
{
    static const char *const remedies[][2] = {
        [RETRIEVE_AUTH_FAILED] =
            {"入力情報（グループID・証明書番号・証明書取得用パスワード）を確認し、再度入力して"
             "ください。",
             "Authentication failed: check the three inputs and enter them again."},
        [RETRIEVE_NOT_AVAILABLE] =
            {"証明書をすでに取得していないか、証明書の確認ページでご確認ください。取得後24時間は"
             "再取得が可能です。",
             "The certificate has not been issued yet, or was retrieved over 24 hours ago."},
        [RETRIEVE_BUSY] = {"しばらくしてから再度お試しください。",
                           "An error happened: try again after a while."},
    };
    st_page page;

    page_begin(&page, "証明書を取得できませんでした", "The certificate was not retrieved");
    if (page.out != NULL)
        (void)fprintf(page.out, "<p id=\"message\" class=\"bad\" role=\"alert\">%s</p>\n",
                      retrieve_result_words(result));
    page_paragraph(&page, remedies[result][0], remedies[result][1]);
    page_paragraph(&page, "<a href=\"/download\">証明書ダウンロードページへ戻る</a>",
                   "<a href=\"/download\">Back to the download page</a>");
    page_end(&page, reply, MHD_HTTP_OK);
}

static st_retrieve_result
try_retrieve(const st_server *self, const st_form *form, st_reply *reply)
{
    uint8_t *container = NULL;
    size_t container_len = 0;
    st_retrieve_result result =
        retrieve(self->state, self->authority, form, &container, &container_len);

    if (result == RETRIEVE_OK) {
        reply->status = MHD_HTTP_OK;
        reply->type = "application/x-pkcs12";
        reply->body = container;
        reply->body_len = container_len;
    }
    return result;
}

/* The person's way: a file, or a page in the manual's words. */
static void
answer_download(void *site, struct MHD_Connection *connection, const st_form *form, st_reply *reply)
{
    st_retrieve_result result = try_retrieve(site, form, reply);

    (void)connection;
    if (result == RETRIEVE_OK)
        reply->disposition = "attachment; filename=\"EndUser.p12\"";
    else
        write_failure(result, reply);
}

/* The tool's way: the result in a header, and its words as plain text. */
static void
answer_retrieve(void *site, struct MHD_Connection *connection, const st_form *form, st_reply *reply)
{
    st_retrieve_result result = try_retrieve(site, form, reply);

    (void)connection;
    reply->result = retrieve_result_name(result);
    if (result != RETRIEVE_OK)
        reply_text(reply, MHD_HTTP_OK, "text/plain; charset=utf-8", retrieve_result_words(result));
}

const st_route site_routes[] = {
    {"/", answer_top, NULL},
    {"/download", answer_form, answer_download},
    {"/retrieve", NULL, answer_retrieve},
    {"/style.css", page_style, NULL},
    {NULL, NULL, NULL},
};
