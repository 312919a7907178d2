#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# The examples do what they say, and are short. Usage: examples.sh EXAMPLES C-PROGRAM [PYTHON]
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source-path=SCRIPTDIR source=../support/standin.sh
. "$here/../support/standin.sh"

examples=$1 c_program=$2 python=${3:-}
work=$(mktemp -d)
trap 'standin_stop; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
export HOME=$work/home
mkdir -m 700 "$HOME"
standin_start "$work/standin" || exit 1

# example NAME PROGRAM... -- ARGUMENT...: twice with an order of its own, then with a wrong PIN
example() {
    local name=$1 program=() round

    shift
    while [ "$1" != -- ]; do program+=("$1"); shift; done
    shift
    export MAINETCERT_STORE=$work/store-$name
    for round in 1 2; do
        standin_order --key rsa:2048 || exit 1
        printf '246810\n%s\n' "$password" >"$work/input"
        out=$("${program[@]}" "$profile" "$group_id" "$number" "$@" <"$work/input" 2>"$work/stderr")
        is "$name acquires and is confirmed, time $round" "$(tail -n 1 <<<"$out")" installed
        like "$name tells whose key it has" "$out" pkcs11:
        [ -s "$work/stderr" ] && sed 's/^/# /' "$work/stderr"
    done
    printf '135790\n%s\n' "$password" >"$work/input"
    out=$("${program[@]}" "$profile" "$group_id" "$number" "$@" <"$work/input" 2>&1)
    is "$name fails with a wrong PIN" "$?" 1
    like "$name tells the number" "$out" "320: "
    is "$name has put its identities in the default store" "$(mainetcert --json list | jq length)" 2
}

# renew: by what came to the mailbox
renew() {
    run "$python" "$examples/python/renew.py" "$work/mail" "$work/pin"
}

# notice NAME [OPTION...]: a mail about a new order
notice() {
    local name=$1

    shift
    mainet-standin order --dir "$standin_dir" --group-id GROUP01 --common-name '信託 太郎' \
        --key ec:P-256 "$@" >"$work/mail/new/$name"
}

renewals_are_made() {
    local old

    export MAINETCERT_STORE=$work/store-renewal RIGHT_PIN=246810 RETRIEVAL
    mkdir -p "$work/mail"/{new,cur,tmp}
    printf %s "$RIGHT_PIN" >"$work/pin"
    standin_order --key ec:P-256 --days 20 || exit 1
    RETRIEVAL=$password run mainetcert --pin-source env:RIGHT_PIN acquire --yes --service "$profile" \
        --group-id "$group_id" --certificate-number "$number" --password-source env:RETRIEVAL
    old=$out
    renew
    like "renewal at night: without a notice it is told what ends" "$status $err" '1 信託 太郎: 19 days left'
    notice early --not-ready
    renew
    like "a notice that is too early stays for the next night" "$status $err" '1 550: '
    is "as a new mail" "$(find "$work/mail" -type f -path '*/new/*' | wc -l)" 1
    rm "$work/mail/new/early"
    notice next --days 300
    renew
    like "the next notice renews" "$status $err $out" '0  信託 太郎, until'
    is "the old one is gone" "$(mainetcert --json list | jq -r --arg old "$old" \
        'map(.id == $old) | @json')" '[false]'
    is "the mail is read" "$(find "$work/mail" -type f -path '*/cur/*S' | wc -l)" 1
    renew
    is "and renews nothing any more" "$status $out$err" "0 "
}

# What was acquired by the first example signs, without leaving its token.
keys_sign() {
    local id label programs

    programs=$(dirname "$c_program")
    id=$(mainetcert --json list | jq -r '.[0].id')
    label=$(mainetcert --json list | jq -r '.[0].label')
    mainetcert export "$id" --certificate --out "$work/signer.pem" >"$work/log"
    openssl x509 -in "$work/signer.pem" -noout -pubkey >"$work/signer.pub"
    printf 'to be signed\n' >"$work/data"
    out=$("$programs/example-sign" "${id:0:8}" "$work/data" "$work/signature" <<<246810 2>&1)
    is "sign tells who has signed" "$out" "signed by $label"
    ok "openssl verifies it" openssl dgst -sha256 -verify "$work/signer.pub" \
        -signature "$work/signature" "$work/data"
    out=$("$programs/example-sign" "$id" "$work/data" "$work/other" <<<135790 2>&1)
    like "with a wrong PIN nothing is signed" "$? $out" "1 320: "
    head -c 2000000 /dev/zero >"$work/long"
    out=$("$programs/example-sign" "$id" "$work/long" "$work/other" <<<246810 2>&1)
    like "nor the beginning of what is too long" "$? $out" 'is too long'
    ok "there is no such signature" test ! -e "$work/other"
}

# And it logs in, by GnuTLS through the module.
keys_log_in() {
    local id port program

    program=$(dirname "$c_program")/example-client
    if [ ! -x "$program" ]; then
        skip "client logs in" "GnuTLS is not there"
        return
    fi
    id=$(mainetcert --json list | jq -r '.[0].id')
    port=$(standin_url confirm | grep -oE '[0-9]+/?$')
    out=$("$program" "$id" localhost "${port%/}" "$standin_dir/tls-ca.pem" <<<246810 2>&1)
    like "client logs in" "$? $out" '正しくインストールされています'
    like "with that certificate" "$out" "$id"
    out=$("$program" "$id" localhost "${port%/}" "$standin_dir/tls-ca.pem" <<<135790 2>&1)
    is "with a wrong PIN it does not" "$? ${out%%<*}" "1 $out"
}

# So does Python's http.client, by OpenSSL's engine for PKCS#11; no configuration of OpenSSL's takes part.
python_logs_in() {
    local kind id login

    export MAINETCERT_STORE=$work/store-inside RIGHT_PIN=246810 RETRIEVAL
    login=("$python" "$examples/python/login.py")
    for kind in rsa:2048 ec:P-256; do
        standin_order --key "$kind" || exit 1
        RETRIEVAL=$password run mainetcert --pin-source env:RIGHT_PIN acquire --yes --not-exportable \
            --service "$profile" --group-id "$group_id" --certificate-number "$number" \
            --password-source env:RETRIEVAL
        id=$out
        out=$(OPENSSL_CONF=/dev/null "${login[@]}" "$id" "$(standin_url confirm)" "$standin_dir/tls-ca.pem" \
            <<<246810 2>&1)
        like "python logs in with an $kind key that stays inside" "$? $out" '正しくインストールされています'
        like "with that certificate" "$out" "$id"
    done
    out=$("${login[@]}" "$id" "$(standin_url confirm)" "$standin_dir/tls-ca.pem" <<<135790 2>&1)
    like "with a wrong PIN it does not" "$? $out" "1 320: "
}

example c "$c_program" --
keys_sign
keys_log_in
if [ -n "$python" ]; then
    example python "$python" "$examples/python/acquire.py" -- "$standin_dir/tls-ca.pem"
    renewals_are_made
    python_logs_in
else
    skip "python acquires and is confirmed" "the Python package is not built"
fi
for file in "$examples"/c/*.c "$examples"/python/*.py "$examples"/csharp/*.cs; do
    ok "${file#"$examples/"} is under 100 lines" test "$(wc -l <"$file")" -lt 100
done
done_testing
