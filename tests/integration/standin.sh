#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# What the stand-in service promises, asked with curl and openssl. Needs mainet-standin on PATH.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source-path=SCRIPTDIR source=../support/standin.sh
. "$here/../support/standin.sh"

work=$(mktemp -d)
trap 'standin_stop; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

# open_container FILE [OPTION...]: all of it as PEM
open_container() {
    openssl pkcs12 -in "$1" -passin "pass:$password" -nodes "${@:2}" 2>&1
}

# The result header, the content type and, where it is text, the body.
answer() {
    local type

    standin_fetch "$work/body" -D "$work/headers"
    type=$(header Content-Type)
    printf '%s | %s' "$(header X-MaiNet-Result)" "$type"
    [[ $type != text/* ]] || printf ' | %s' "$(<"$work/body")"
}

header() {
    sed -n "s/^$1: *//Ip" "$work/headers" | tr -d '\r'
}

it_says_where_it_is() {
    local file

    for file in service.conf tls-ca.pem ca.pem; do
        ok "serve writes $file" test -s "$standin_dir/$file"
    done
    like "the issuer is the manual's" "$(openssl x509 -in "$standin_dir/ca.pem" -noout -subject)" \
        "SECOM Passport for Member CA9"
    like "and names itself a stand-in" "$(openssl x509 -in "$standin_dir/ca.pem" -noout -subject)" \
        "MaiNet stand-in"
    like "the top page answers" "$(standin_curl "$(site)/")" "証明書取得サイト"
}

site() {
    local url

    url=$(standin_url retrieve)
    echo "${url%/*}"
}

the_notice_is_a_mail() {
    mainet-standin order --dir "$standin_dir" --group-id GROUP01 --common-name x >"$work/mail"
    ok "order prints a notice mail with number, password and address, and no group ID" \
        /usr/bin/python3 - "$work/mail" "$(site)/" <<'PYTHON'
import email, email.policy, re, sys
mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
text = mail.get_content()
assert not mail.defects, mail.defects
assert re.search(r"\d{4}", mail["Date"]) and mail["From"] and mail["To"] and mail["Subject"]
assert re.search(r"証明書番号\D{0,5}\d{12}", text), text
assert "証明書取得用パスワード" in text and sys.argv[2] in text, text
assert "GROUP01" not in text, text
PYTHON
}

containers_open() {
    local info

    standin_order --key rsa:2048 --p12 legacy
    is "a right form is answered OK" "$(answer)" "OK | application/x-pkcs12"
    cp "$work/body" "$work/legacy.p12"
    info=$(open_container "$work/legacy.p12" -legacy -info)
    like "a legacy container has RC2-40" "$info" "40BitRC2"
    like "a legacy container has 3DES" "$info" "3-KeyTripleDES"
    like "and an RSA key" "$(open_container "$work/legacy.p12" -legacy -nocerts |
        openssl pkey -noout -text)" "2048 bit"
    ok "it has the chain" test "$(grep -c 'BEGIN CERT' <<<"$info")" -ge 2
    standin_order --key ec:P-256 --p12 modern
    standin_fetch "$work/modern.p12"
    info=$(open_container "$work/modern.p12" -info)
    like "a modern container has AES" "$info" "PBES2, PBKDF2, AES-256-CBC"
    like "and an EC key" "$(open_container "$work/modern.p12" -nocerts |
        openssl pkey -noout -text)" "prime256v1"
}

the_answers_of_the_manual() {
    local right=$password

    password=wrong
    is "a wrong password is AUTH_FAILED" "$(answer)" \
        "AUTH_FAILED | text/plain; charset=utf-8 | 認証に失敗しました。"
    password=$right
    standin_order --not-ready
    is "an order that is not ready is NOT_AVAILABLE" "$(answer)" \
        "NOT_AVAILABLE | text/plain; charset=utf-8 | 証明書が作成されていないか、もしくは既に証明書を取得済みです。"
}

the_24_hours() {
    standin_order
    standin_fetch "$work/first"
    mainet-standin clock --dir "$standin_dir" +23h >"$work/clock"
    standin_fetch "$work/second"
    ok "23 hours later the same container comes again" cmp "$work/first" "$work/second"
    mainet-standin clock --dir "$standin_dir" +25h >"$work/clock"
    like "25 hours later none" "$(answer)" "NOT_AVAILABLE"
    mainet-standin clock --dir "$standin_dir" real >"$work/clock"
}

the_download_page() {
    standin_order --p12 modern
    like "the download page has a form" "$(standin_curl "$(site)/download")" \
        'name="certificate_number"'
    (cd "$work" && standin_curl -OJ --data-urlencode "group_id=$group_id" \
        --data-urlencode "certificate_number=$number" \
        --data-urlencode "password=$password" "$(site)/download")
    ok "the form gives EndUser.p12" test -s "$work/EndUser.p12"
    like "which opens with the password" "$(open_container "$work/EndUser.p12")" "BEGIN CERTIFICATE"
    like "a wrong entry is told in the manual's words" "$(standin_curl --data-urlencode \
        "group_id=$group_id" --data "certificate_number=$number&password=x" "$(site)/download")" \
        "認証に失敗しました"
}

the_confirmation_page() {
    local url version page

    url=$(standin_url confirm)
    standin_order
    standin_fetch "$work/login.p12"
    open_container "$work/login.p12" -legacy -clcerts >"$work/login.pem"
    for version in 1.2 1.3; do
        page=$(standin_curl --tlsv"$version" --tls-max "$version" --cert "$work/login.pem" "$url")
        like "TLS $version with a certificate: installed" "$page" "正しくインストールされています"
        like "TLS $version: the page names the certificate" "$(tr -d ':' <<<"${page^^}")" \
            "$(openssl x509 -in "$work/login.pem" -noout -fingerprint -sha256 |
                sed 's/.*=//; s/://g')"
        like "TLS $version without: not installed" \
            "$(standin_curl --tlsv"$version" --tls-max "$version" "$url")" \
            "正しくインストールされていません"
    done
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=stranger \
        -keyout "$work/stranger.key" -out "$work/stranger.pem" 2>/dev/null
    like "a stranger's certificate: not installed" "$(standin_curl --cert "$work/stranger.pem" \
        --key "$work/stranger.key" "$url")" "正しくインストールされていません"
}

the_repository() {
    local issuer crl

    issuer=$(openssl x509 -in "$work/login.pem" -noout -ext authorityInfoAccess |
        sed -n 's/.*CA Issuers - URI:\(http:.*\)/\1/p')
    crl=$(openssl x509 -in "$work/login.pem" -noout -ext crlDistributionPoints |
        sed -n 's/.*URI:\(http:.*\)/\1/p')
    curl -sS -o "$work/issuer.der" "$issuer"
    curl -sS -o "$work/crl.der" "$crl"
    openssl x509 -inform DER -in "$work/issuer.der" -out "$work/issuer.pem"
    openssl crl -inform DER -in "$work/crl.der" -out "$work/crl.pem"
    ok "the CA certificate and the CRL come over http, and fit" openssl verify -crl_check \
        -CRLfile "$work/crl.pem" -partial_chain -CAfile "$work/issuer.pem" "$work/login.pem"
    mainet-standin revoke --dir "$standin_dir" \
        "$(openssl x509 -in "$work/login.pem" -noout -serial | sed 's/.*=//')"
    like "a revoked certificate is not accepted" \
        "$(standin_curl --cert "$work/login.pem" "$(standin_url confirm)")" \
        "正しくインストールされていません"
    curl -sS -o "$work/crl.der" "$crl"
    openssl crl -inform DER -in "$work/crl.der" -out "$work/crl.pem"
    like "and the CRL tells it" "$(openssl verify -crl_check -CRLfile "$work/crl.pem" \
        -partial_chain -CAfile "$work/issuer.pem" "$work/login.pem" 2>&1)" "certificate revoked"
}

it_outlives_a_restart() {
    local before

    standin_order
    standin_fetch "$work/first"
    before=$(cat "$profile" "$standin_dir/ca.pem")
    standin_stop
    ok "ready is gone with the service" test ! -e "$standin_dir/ready"
    standin_start "$standin_dir"
    is "addresses and CA are the same after a restart" "$(cat "$profile" "$standin_dir/ca.pem")" \
        "$before"
    standin_fetch "$work/second"
    ok "and what was delivered before it" cmp "$work/first" "$work/second"
}

standin_start "$work/standin" || exit
it_says_where_it_is
the_notice_is_a_mail
containers_open
the_answers_of_the_manual
the_24_hours
the_download_page
the_confirmation_page
the_repository
it_outlives_a_restart
done_testing
