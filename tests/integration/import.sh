#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Identities come in: from files that other people's programs have made, whole or not at all.
# Needs mainetcert and mainet-standin on PATH.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source-path=SCRIPTDIR source=../support/standin.sh
. "$here/../support/standin.sh"

work=$(mktemp -d)
trap 'standin_stop; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
unset XDG_DATA_HOME
export HOME=$work LC_ALL=C.UTF-8
export RIGHT_PIN=246810 FILE_PASSWORD='配布用 p@ss🔑' DATA_PASSWORD=Retrieve-12345
data=$here/../data/pkcs12

# new_store: the next tests have an empty one, without a token
new_store() {
    MAINETCERT_STORE=$(mktemp -d "$work/store.XXXXXX")
    export MAINETCERT_STORE
}

# mainet ARGUMENT...: run the command with the right PIN
mainet() {
    run mainetcert --pin-source env:RIGHT_PIN "$@"
}

# import FILE [OPTION...]: its issuer is whoever it is, and no page is asked
import() {
    local file=$1

    shift
    mainet import "$file" --password-source env:FILE_PASSWORD --no-confirm --json \
        --accept-issuer "$ca_id" "$@"
}

# failed SENTENCE CODE: the last command, which had --json
failed() {
    is "$1" "$status $(jq -c .error.code <<<"$out")" "1 $2"
}

# make NAME ALGORITHM [OPTION...]: a key and its certificate
make() {
    local name=$1 algorithm=$2

    shift 2
    openssl genpkey -quiet -algorithm "$algorithm" "$@" -out "$work/$name.key"
    openssl req -new -utf8 -key "$work/$name.key" -subj "/C=JP/CN=利用者 $name" |
        openssl x509 -req -CA "$work/ca.crt" -CAkey "$work/ca.key" -days 300 -CAcreateserial \
            -out "$work/$name.crt" 2>/dev/null
}

# pack NAME FILE [OPTION...]: by openssl
pack() {
    local name=$1 file=$2

    shift 2
    openssl pkcs12 -export -inkey "$work/$name.key" -in "$work/$name.crt" -out "$file" \
        -certfile "$work/ca.crt" -name "配布 $name" -passout env:FILE_PASSWORD "$@"
}

prepare() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/ca.key" \
        -out "$work/ca.crt" -days 3000 -subj '/CN=Foreign CA' 2>/dev/null
    ca_id=$(openssl x509 -in "$work/ca.crt" -outform DER | sha256sum | cut -d' ' -f1)
    make rsa RSA -pkeyopt rsa_keygen_bits:2048
    make ec EC -pkeyopt ec_paramgen_curve:P-256
    make ed ED25519
    pack rsa "$work/openssl.p12"
    pack rsa "$work/openssl-old.p12" -legacy
    pack ed "$work/openssl-ed.p12"
    mkdir "$work/nss"
    printf '%s' "$FILE_PASSWORD" >"$work/password"
    certutil -N -d "sql:$work/nss" --empty-password
    pack ec "$work/for-nss.p12"
    pk12util -i "$work/for-nss.p12" -d "sql:$work/nss" -w "$work/password" >/dev/null 2>&1
    pk12util -o "$work/nss.p12" -n '配布 ec' -d "sql:$work/nss" -w "$work/password" >/dev/null 2>&1
    certtool --to-p12 --load-privkey "$work/ec.key" --load-certificate "$work/ec.crt" --outder \
        --load-ca-certificate "$work/ca.crt" --password "$FILE_PASSWORD" --p12-name gnutls \
        --outfile "$work/gnutls.p12" 2>/dev/null
    certtool --to-p12 --load-privkey "$work/ec.key" --load-certificate "$work/ec.crt" \
        --load-ca-certificate "$work/ca.crt" --password "$FILE_PASSWORD" --p12-name gnutls \
        --outfile "$work/gnutls-pem.p12" 2>/dev/null # text, as it is without --outder
}

# holds NAME ID: what the token gives back is the key that the file had, for openssl
holds() {
    mainetcert --pin-source env:RIGHT_PIN export "$2" --out "$work/back.pem" --pem --force \
        --password-source env:FILE_PASSWORD >/dev/null &&
        openssl pkey -in "$work/back.pem" -passin env:FILE_PASSWORD -pubout |
        cmp - <(openssl pkey -in "$work/$1.key" -pubout)
}

every_program_is_read() {
    local row name file

    for row in rsa:openssl rsa:openssl-old ed:openssl-ed ec:nss ec:gnutls ec:gnutls-pem; do
        name=${row%:*} file=$work/${row#*:}.p12
        new_store
        import "$file"
        is "${row#*:}: imported" "$status $(jq -c '[.new, .exportable, .confirmation]' <<<"$out")" \
            '0 [true,true,null]'
        is "${row#*:}: it is the certificate" "$(jq -r .id <<<"$out")" \
            "$(openssl x509 -in "$work/$name.crt" -outform DER | sha256sum | cut -d' ' -f1)"
        ok "${row#*:}: and its key" holds "$name" "$(jq -r .id <<<"$out")"
    done
}

java_is_read() {
    local id=

    if ! command -v keytool >/dev/null; then
        skip "several identities of Java's keytool come in at once" "no keytool"
        return
    fi
    for name in one two; do
        keytool -genkeypair -alias "$name" -dname "CN=$name" -keyalg EC -groupname secp256r1 \
            -validity 200 -storetype PKCS12 -keystore "$work/java.p12" \
            -storepass java-password 2>/dev/null
    done
    new_store
    FILE_PASSWORD=java-password mainet import "$work/java.p12" --password-source env:FILE_PASSWORD \
        --no-confirm --json
    failed "an issuer of neither is refused: 990" 990
    is "and neither is imported" "$(mainetcert list --json)" '[]'
    id=$(keytool -exportcert -alias one -keystore "$work/java.p12" -storepass java-password \
        2>/dev/null | sha256sum | cut -d' ' -f1)
    run python3 "$here/../support/typist.py" mainetcert --pin-source env:RIGHT_PIN --lang en import \
        "$work/java.p12" --no-confirm -- 'Password of the file' java-password \
        'Accept it?' y 'Accept it?' y
    is "each issuer is asked about at a terminal" "$status" 0
    is "both are there" "$(mainetcert list --json | jq -r 'map(.label) | sort | join(" ")')" 'one two'
    is "one of them is what keytool says" "$(mainetcert list --json | jq -r --arg id "$id" \
        'map(select(.id == $id)) | length')" 1
    FILE_PASSWORD=java-password mainet import "$work/java.p12" --password-source env:FILE_PASSWORD \
        --no-confirm --json
    is "several are told in one document" "$(jq -c '[.identities[].new]' <<<"$out")" '[false,false]'
}

again_changes_nothing() {
    local before id

    new_store
    import "$work/openssl.p12"
    id=$(jq -r .id <<<"$out")
    before=$(sha256sum "$MAINETCERT_STORE"/*.db)
    import "$work/openssl.p12"
    is "imported again, nothing is new" "$status $(jq -c '[.id, .new]' <<<"$out")" "0 [\"$id\",false]"
    like "and that is said" "$err" 'in the token already, nothing was changed: 配布 rsa'
    is "not a byte of the token is changed" "$(sha256sum "$MAINETCERT_STORE"/*.db)" "$before"
    import "$work/openssl.p12" --not-exportable
    is "not even its being exportable" "$(jq -c .exportable <<<"$out")" true
    mainet --lang ja import "$work/openssl-old.p12" --password-source env:FILE_PASSWORD --no-confirm
    is "the id alone is printed, and one is all there is" "$out $(mainetcert list --json | jq length)" \
        "$id 1"
    like "Japanese says so too" "$err" 'すでにトークンにあります。何も変更していません'
}

what_may_not_leave() {
    new_store
    import "$work/openssl.p12" --not-exportable
    is "--not-exportable is kept" "$status $(jq -c .exportable <<<"$out")" '0 false'
    mainet export "$(jq -r .id <<<"$out")" --out "$work/x.p12" --password-source env:FILE_PASSWORD --json
    failed "and export refuses it" 340
}

# nothing_left SENTENCE: the store is as new
nothing_left() {
    is "$1" "$(find "$MAINETCERT_STORE" -name '*.db' | wc -l)" 0
}

failures_leave_nothing() {
    local row

    new_store
    FILE_PASSWORD=wrong import "$work/openssl.p12"
    failed "a wrong password is 205" 205
    nothing_left "and not even a token is made"
    for row in 200:/etc/passwd 206:"$data/no-mac.p12" 215:"$data/no-match.p12" \
        215:"$data/no-key.p12" 215:"$data/key-only.p12" \
        210:"$data/pbmac1-bad-salt.p12" 1003:"$work/none.p12"; do
        FILE_PASSWORD=$DATA_PASSWORD import "${row#*:}"
        failed "$(basename "${row#*:}") is ${row%%:*}" "${row%%:*}"
    done
    head -c 700 "$work/openssl.p12" >"$work/short.p12"
    import "$work/short.p12"
    failed "half a file is 200" 200
    nothing_left "none of them has left a trace"
    mainet token init
    RIGHT_PIN=wrong-pin import "$work/openssl.p12"
    failed "a wrong PIN is 320" 320
    mainet import "$work/openssl.p12" --password-source env:FILE_PASSWORD --json --no-confirm
    failed "an issuer that nobody accepts is 990" 990
    is "nothing is in the token after all that" "$(mainetcert list --json)" '[]'
    mainet import --password-source env:FILE_PASSWORD
    is "without a file it is wrong usage" "$status" 2
    mainet import "$work/openssl.p12"
    is "a script without a password source too" "$status" 2
    import "$work/openssl.p12" --confirm
    is "and --confirm with --no-confirm" "$status" 2
}

# fetch DAYS: a container of the service, in $work/member.p12, valid for so long
fetch() {
    standin_order --key ec:P-256 --days "$1" && standin_fetch "$work/member.p12"
}

the_page_is_asked() {

    standin_start "$work/standin" || exit 1
    new_store
    fetch 100
    FILE_PASSWORD=$password mainet import "$work/member.p12" --password-source env:FILE_PASSWORD \
        --yes --json --service "$profile"
    is "what is new is confirmed where the service has a page" \
        "$status $(jq -c '[.new, .confirmation.installed]' <<<"$out")" '0 [true,true]'
    fetch 200
    MAINETCERT_SERVICE=$profile FILE_PASSWORD=$password mainet import "$work/member.p12" \
        --password-source env:FILE_PASSWORD --json --no-confirm
    is "an issuer that is known is not asked about; --no-confirm is obeyed" \
        "$status $(jq -c '[.new, .confirmation, .superseded]' <<<"$out")" '0 [true,null,false]'
    like "what it supersedes is said" "$err" 'superseded now: 信託 太郎'
    mainet import "$work/openssl.p12" --password-source env:FILE_PASSWORD --service "$profile" \
        --accept-issuer "$ca_id" --json
    is "a certificate of another issuer is not shown to the service" \
        "$status $(jq -c .confirmation <<<"$out")" '0 null'
    mainet import "$work/openssl.p12" --password-source env:FILE_PASSWORD --service "$profile" \
        --json --confirm
    failed "unless it was asked for: 560" 560
    is "what was imported is told beside the error" "$(jq -c '[.new, .confirmation.installed]' <<<"$out")" \
        '[false,false]'
    standin_stop
    fetch_offline
}

# The service is gone: the import is done all the same.
fetch_offline() {
    new_store
    FILE_PASSWORD=$password mainet import "$work/member.p12" --password-source env:FILE_PASSWORD \
        --yes --json --service "$profile"
    is "no answer is a warning" "$status $(jq -c '[.new, .confirmation]' <<<"$out")" '0 [true,null]'
    like "that tells what to do" "$err" "Run 'mainetcert confirm' later"
    FILE_PASSWORD=$password mainet import "$work/member.p12" --password-source env:FILE_PASSWORD \
        --yes --json --service "$profile" --confirm
    failed "with --confirm it is a failure" 115
}

at_a_terminal() {
    new_store
    run python3 "$here/../support/typist.py" mainetcert --lang ja import "$work/openssl.p12" \
        --no-confirm -- 'パスワード: ' "$FILE_PASSWORD" '新しい PIN' 246810 'もう一度' 246810 '承認しますか' n
    is "who is asked and says no has imported nothing" "$status $(mainetcert list --json)" '1 []'
    run python3 "$here/../support/typist.py" mainetcert --lang ja import "$work/openssl.p12" \
        --no-confirm -- 'パスワード: ' "$FILE_PASSWORD" 'PIN: ' 246810 '承認しますか' y
    is "who says yes has" "$status $(mainetcert list --json | jq length)" '0 1'
    like "and is told" "$out" '証明書をインポートしました: 配布 rsa'
    unlike "what is typed is not shown" "$out" 246810
}

prepare
every_program_is_read
java_is_read
again_changes_nothing
what_may_not_leave
failures_leave_nothing
the_page_is_asked
at_a_terminal
done_testing
