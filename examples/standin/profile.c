/* SPDX-License-Identifier: BSD-3-Clause */
#include "profile.h"

#include "file.h"

static const char service_conf[] = "# Written by mainet-standin at each start.\n"
                                   "[service]\n"
                                   "name = MaiNet stand-in\n"
                                   "issuer = " AUTHORITY_ISSUER "\n"
                                   "support = 0120-665-887\n"
                                   "\n"
                                   "[retrieve]\n"
                                   "protocol = form\n"
                                   "url = https://localhost:%u/retrieve\n"
                                   "field_group_id = group_id\n"
                                   "field_certificate_number = certificate_number\n"
                                   "field_password = password\n"
                                   "result_header = X-MaiNet-Result\n"
                                   "result_ok = OK\n"
                                   "result_auth_failed = AUTH_FAILED\n"
                                   "result_not_available = NOT_AVAILABLE\n"
                                   "result_busy = BUSY\n"
                                   "words_auth_failed = 認証に失敗しました\n"
                                   "words_not_available = 証明書が作成されていないか\n"
                                   "words_busy = エラーが発生しました\n"
                                   "\n"
                                   "[confirm]\n"
                                   "url = https://localhost:%u/\n"
                                   "installed = 正しくインストールされています\n"
                                   "\n"
                                   "[notice]\n"
                                   "number = 証明書番号\n"
                                   "password = 証明書取得用パスワード\n"
                                   "url = 証明書取得サイトのURL\n"
                                   "\n"
                                   "[network]\n"
                                   "endpoint = https://localhost:%u/\n"
                                   "endpoint = http://localhost:%u/\n"
                                   "\n"
                                   "[tls]\n"
                                   "ca_file = %s/tls-ca.pem\n";

bool
profile_write(const st_server *server)
{
    mn_auto(char) text = NULL;

    if (asprintf(&text, service_conf, server->ports[PORT_HTTPS], server->ports[PORT_CONFIRM],
                 server->ports[PORT_HTTPS], server->ports[PORT_HTTP],
                 state_dir(server->state)) < 0) {
        text = NULL;
        return false;
    }
    return file_write(server->state, "service.conf", text);
}
