/* SPDX-License-Identifier: BSD-3-Clause */
#include "fault.h"
#include "member.h"
#include "page.h"

static const struct {
    const char *id;
    const char *reason;
    const char *reason_en;
} verdicts[] = {
    [MEMBER_ACCEPTED] = {"accepted", "MaiNet をご利用いただけます。",
                         "The certificate is installed and accepted."},
    [MEMBER_NO_CERTIFICATE] = {"no-certificate", "証明書が提示されませんでした。",
                               "No certificate was presented."},
    [MEMBER_OTHER_ISSUER] = {"other-issuer", "別の発行者の証明書が提示されました。",
                             "The certificate presented is of another issuer."},
    [MEMBER_UNSUITABLE] = {"unsuitable", "この用途に使えない証明書が提示されました。",
                           "The certificate presented is not meant for this use."},
    [MEMBER_NOT_YET_VALID] = {"not-yet-valid", "証明書の有効期間がまだ始まっていません。",
                              "The certificate is not valid yet."},
    [MEMBER_EXPIRED] = {"expired", "証明書の有効期限が切れています。",
                        "The certificate has expired."},
    [MEMBER_REVOKED] = {"revoked", "証明書は失効しています。", "The certificate has been revoked."},
    [MEMBER_TROUBLE] = {"trouble", "証明書を確認できませんでした。",
                        "The site could not check the certificate."},
};

static void
write_details(st_page *page, const st_member *member, gnutls_session_t session)
{
    const char *signature =
        gnutls_sign_get_name((gnutls_sign_algorithm_t)gnutls_sign_algorithm_get_client(session));
    char *description;

    if (page->out == NULL)
        return;
    description = gnutls_session_get_desc(session);
    (void)fputs("<dl>\n", page->out);
    page_entry(page, "reason", "判定 / verdict", verdicts[member->verdict].id);
    if (member->verdict != MEMBER_NO_CERTIFICATE) {
        page_entry(page, "common-name", "発行先 / issued to", member->common_name);
        page_entry(page, "issuer", "発行者 / issuer", member->issuer);
        page_entry(page, "serial", "シリアル番号 / serial number", member->serial);
        page_entry(page, "sha256", "フィンガープリント / SHA-256", member->sha256);
        page_entry(page, "not-after", "有効期限 / valid until", member->not_after);
        page_entry(page, "signature", "署名方式 / signature", signature != NULL ? signature : "");
    }
    page_entry(page, "tls", "通信 / connection", description != NULL ? description : "");
    (void)fputs("</dl>\n", page->out);
    gnutls_free(description);
}

static void
answer_confirm(void *closure, struct MHD_Connection *connection, const st_form *form,
               st_reply *reply)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    gnutls_session_t session = info != NULL ? info->tls_session : NULL;
    const st_server *site = closure;
    bool installed;
    st_member member;
    st_page page;

    (void)form;
    if (session == NULL)
        return;
    member_judge(site, session, &member);
    if (fault_now(site->state) == FAULT_NOT_INSTALLED)
        member.verdict = MEMBER_TROUBLE;
    installed = member.verdict == MEMBER_ACCEPTED;
    page_begin(&page, "証明書の確認", "Certificate confirmation");
    if (page.out != NULL)
        (void)fprintf(page.out, "<p id=\"result\" class=\"%s\" role=\"status\">%s</p>\n",
                      installed ? "good" : "bad",
                      installed ? "正しくインストールされています"
                                : "正しくインストールされていません");
    page_paragraph(&page, verdicts[member.verdict].reason, verdicts[member.verdict].reason_en);
    write_details(&page, &member, session);
    page_end(&page, reply, installed ? MHD_HTTP_OK : MHD_HTTP_FORBIDDEN);
}

const st_route confirm_routes[] = {
    {"/", answer_confirm, NULL},
    {"/style.css", page_style, NULL},
    {NULL, NULL, NULL},
};
