#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Number, password and address come from the notice mail, however it is written.
# Needs mainetcert, built with GMime, and mainet-standin on PATH.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source-path=SCRIPTDIR source=../support/standin.sh
. "$here/../support/standin.sh"

work=$(mktemp -d)
trap 'standin_stop; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
export HOME=$work/home
mkdir -m 700 "$HOME"
printf %s 246810 >"$work/pin"
mail=$work/notice.eml

acquire() {
    run mainetcert --store "$work/store" --lang ja --json acquire \
        --service "$profile" --yes --group-id GROUP01 --notice "$mail" "$@"
}

# taken SENTENCE: the mail brings the certificate
taken() {
    acquire
    is "$1" "$status $(jq -r .certificate_number <<<"$out")$err" "0 $number"
}

# refused SENTENCE NUMBER DETAIL
refused() {
    acquire
    is "$1" "$status $(jq -r .error.code <<<"$out")" "1 $2"
    like "$1: it is told why" "$(jq -r .error.detail <<<"$out")" "$3"
    unlike "$1: the password is not told" "$out$err" "$password"
}

# write_mails: for each line of `NUMBER|DETAIL|NAME|EXPRESSION`, Python that makes a mail of `text`, the
# notice's body, write the mail to a file of its own
write_mails() {
    NUMBER=$number PASSWORD=$password python3 -c '
import base64, email, email.policy, os, quopri, re, sys
from email.mime.application import MIMEApplication
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

number, password = os.environ["NUMBER"], os.environ["PASSWORD"]
notice = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
text = notice.get_content()
encode = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}

def plain(body=text, charset="utf-8", encoding="8bit", head=None):
    data = encode.get(encoding, bytes)(body.encode(charset))
    head = head or (f"Content-Type: text/plain; charset={charset}\r\n"
                    f"Content-Transfer-Encoding: {encoding}\r\n")
    return b"From: a@example.invalid\r\nMIME-Version: 1.0\r\n" + head.encode() + b"\r\n" + data

def many(*parts, subtype="mixed"):
    made = MIMEMultipart(subtype)
    made["From"] = "a@example.invalid"
    for part in parts:
        made.attach(part)
    return made.as_bytes()

for count, line in enumerate(sys.stdin):
    with open(f"{sys.argv[2]}.{count}", "wb") as file:
        file.write(eval(line.rstrip("\n").split("|", 3)[3]))
' "$work/standin.eml" "$mail" <"$work/table" || exit
}

# each COMMAND: call it with number, detail and name of each line of the table
each() {
    local code detail name count=0

    write_mails
    while IFS='|' read -r -u 3 code detail name _; do
        mail=$work/notice.eml.$count
        "$1" "$name" "$code" "$detail"
        count=$((count + 1))
    done 3<"$work/table"
    mail=$work/notice.eml
}

new_order() {
    mainet-standin order --dir "$standin_dir" --group-id GROUP01 --common-name '信託 太郎' \
        --key ec:P-256 >"$work/standin.eml"
    number=$(sed -n 's/^証明書番号: //p' "$work/standin.eml")
    password=$(sed -n 's/^証明書取得用パスワード: //p' "$work/standin.eml")
}

every_form_is_read() {
    cp "$work/standin.eml" "$mail"
    taken "the notice as the service prints it is read"
    cat >"$work/table" <<'TABLE'
||read: ISO-2022-JP, 7bit|plain(charset="iso-2022-jp", encoding="7bit")
||read: ISO-2022-JP, base64|plain(charset="iso-2022-jp", encoding="base64")
||read: UTF-8, base64|plain(encoding="base64")
||read: UTF-8, quoted-printable|plain(encoding="quoted-printable")
||read: Shift_JIS|plain(charset="shift_jis")
||read: EUC-JP, quoted-printable|plain(charset="euc-jp", encoding="quoted-printable")
||read: UTF-8 that names no charset|plain(head="Subject: x\r\n")
||read: ISO-2022-JP that names no charset|plain(charset="iso-2022-jp", head="Subject: x\r\n")
||read: line breaks of CR and LF|plain(text.replace("\n", "\r\n"))
||read: full-width colons|plain(text.replace(": ", "："))
||read: bullets and brackets|plain(text.replace("証明書番号: ", "■【証明書番号】 ").replace("証明書取得用パスワード: ", "　・証明書取得用パスワード　： "))
||read: labels on lines of their own|plain(text.replace("番号: ", "番号\n\n  ").replace("パスワード: ", "パスワード\n"))
||read: blanks behind the values|plain(text.replace(number, number + " 　").replace(password, password + "\t"))
||read: a quoted notice|plain(re.sub("^", "> ", text, flags=re.M))
||read: a notice quoted below itself|plain(text + "\n" + re.sub("^", "> ", text, flags=re.M))
||read: sentences that begin with a label|plain("証明書番号は大切に保管してください。\n" + text)
||read: the port written out, other case|plain(text.replace("https://localhost", "HTTPS://LocalHost"))
||read: multipart/alternative|many(MIMEText(text), MIMEText("<p>" + text, "html"), subtype="alternative")
||read: multipart/signed|many(MIMEText(text), MIMEApplication(b"x", "pkcs7-signature"), subtype="signed")
||read: multipart/mixed within|many(email.message_from_bytes(many(MIMEText(text, _charset="iso-2022-jp"))), MIMEText("footer"))
||read: a byte order mark before it|b"\xef\xbb\xbf" + plain()
||read: forwarded as an attachment|many(MIMEText("see below"), MIMEMessage(notice))
TABLE
    each taken
}

what_is_wrong_is_told() {
    cat >"$work/table" <<'TABLE'
180|the mail has no '証明書番号'|a notice without number is 180|plain(text.replace("証明書番号:", "番号:"))
180|the mail has no '証明書取得用パスワード'|a notice without password is 180|plain(text.replace("パスワード:", "合言葉:"))
180|the mail has no '証明書取得サイトのURL'|a notice without address is 180|plain(text.replace("URL:", "場所:"))
180|the mail has no '証明書取得用パスワード'|a notice with an empty password is 180|plain(text.replace(password, ""))
180|the mail gives two values for '証明書番号'|two numbers are 180|plain(text + "証明書番号: 999\n")
180|the mail has no plain text|a mail without plain text is 180|many(MIMEText("<p>" + text, "html"))
180|the file is not a mail|a text that is no mail is 180|text.encode()
180|the file is not a mail|an empty file is 180|b""
180|longer than|a text without end is 180|plain(text + "x" * 70000)
180|a value in the mail: the certificate number|a number of any length is 180|plain(text.replace(number, number * 30))
180|a value in the mail: the certificate number|a number with control characters is 180|plain(text.replace(number, number + "\x1b[2J"))
180|a value in the mail: a retrieval password|a password of any length is 180|plain(text.replace(password, password * 100))
180||random bytes are 180|os.urandom(20000)
181|localhost.example.com|a notice that names another host is 181|plain(text.replace("localhost", "localhost.example.com"))
181|https://localhost/|a notice that names another port is 181|plain(re.sub(r"localhost:[0-9]+", "localhost", text))
181|http://localhost|a notice that names no https address is 181|plain(text.replace("https:", "http:"))
TABLE
    each refused
    mail=$work/nowhere.eml
    refused "a file that is not there is 1003" 1003 "$mail"
}

# labelled SENTENCE SED-SCRIPT MAIL: with a [notice] changed by the script
labelled() {
    mail=$3
    sed "/^\[notice\]/,/^\[/$2" "$standin_dir/service.conf" >"$work/other.conf"
    profile=$work/other.conf
    taken "$1"
    profile=$standin_dir/service.conf
}

the_labels_are_the_profile_s() {
    sed 's/URL:/場所:/' "$work/standin.eml" >"$work/no-address.eml"
    labelled "no address is looked for where the profile has none" 's/^url.*/url =/' \
        "$work/no-address.eml"
    sed 's/^証明書番号:/Order:/' "$work/standin.eml" >"$work/order.eml"
    labelled "the labels are the profile's" 's/^number.*/number = Order/' "$work/order.eml"
    mail=$work/standin.eml
}

# renew ID [OPTION...]
renew() {
    run mainetcert --store "$work/store" --lang ja --json renew "$1" --notice "$mail" "${@:2}"
}

# The next notice brings the certificate that takes the place of the one before.
a_notice_renews() {
    local old new

    acquire
    old=$(jq -r .id <<<"$out")
    new_order
    sed '/^証明書番号:/d' "$work/standin.eml" >"$work/no-number.eml"
    mail=$work/no-number.eml
    renew "$old" --yes
    is "a notice without number renews nothing" "$status $(jq -r .error.code <<<"$out")" "1 180"
    sed 's/^証明書取得用パスワード: ./&x/' "$work/standin.eml" >"$work/wrong.eml"
    mail=$work/wrong.eml
    renew "$old" --yes
    is "nor one with another password" "$status $(jq -r .error.code <<<"$out")" "1 550"
    mail=$work/standin.eml
    renew "$old" --certificate-number "$number"
    is "a number beside the notice is wrong usage here too" "$status" 2
    renew "$old" --yes
    is "its own notice renews" "$status $(jq -r .certificate_number <<<"$out")" "0 $number"
    new=$(jq -r .id <<<"$out")
    like "after the page has confirmed it" "$(jq -c .confirmation.installed <<<"$out")" true
    like "the old one goes" "$(jq -r '.deleted[].id' <<<"$out")" "$old"
    is "the new one is kept" "$(mainetcert --store "$work/store" show "$new" --json | jq -r .id)" "$new"
}

usage() {
    acquire --certificate-number 1
    is "a number beside the notice is wrong usage" "$status" 2
    acquire --password-source "file:$work/pin"
    is "and a password" "$status" 2
}

standin_start "$work/standin" || exit
new_order
mainetcert --store "$work/store" token init --no-pin >"$work/token" || exit
every_form_is_read
what_is_wrong_is_told
the_labels_are_the_profile_s
a_notice_renews
usage
done_testing
