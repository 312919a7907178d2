#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Every way in which the service can answer wrongly: it is told apart, asked once, leaves nothing
# behind, and loses nothing. Needs mainetcert and mainet-standin on PATH.
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
store=$work/store

# Without a PIN, whose derivation would take most of the time here.
mainet() {
    mainetcert --store "$store" --lang ja --json "$@"
}

acquire() {
    printf %s "$password" >"$work/password"
    mainet acquire --service "$profile" --group-id "$group_id" --certificate-number "$number" \
        --password-source "file:$work/password" --yes </dev/null
}

fault() {
    mainet-standin fault --dir "$standin_dir" "$1"
}

requests() {
    grep -c '^POST' "$standin_dir.log"
}

pending() {
    find "$store" -path '*/pending/*' -type f | wc -l
}

# All that is in the store, its contents too, but for what is pending.
contents() {
    find "$store" -type f -not -path '*/pending/*' -exec sha256sum {} + | sort -k 2
}

# What a failure says of itself; the catalogue's words are looked up by the name of the status.
told() {
    jq -r '.error | "\(.code) \(.status)"' <<<"$out"
}

# recovers SENTENCE: once all is well, the same order brings the certificate
recovers() {
    fault none
    run acquire
    is "$1" "exit $status, $(pending) pending" "exit 0, 0 pending"
}

# refused FAULT CODE STATUS PENDING
refused() {
    local before asked

    standin_order --key ec:P-256
    before=$(contents)
    asked=$(requests)
    fault "$1"
    run acquire
    is "$1 is $2 $3" "exit $status, $(told)" "exit 1, $2 $3"
    is "$1: asked $5" "$(($(requests) - asked))" "$5"
    is "$1: the store is as it was, $4 pending" "$(contents), $(pending)" "$before, $4"
    like "$1: the support telephone is told" "$(jq -r .error.support <<<"$out")" "0120-665-887"
    unlike "$1: the password is not repeated" "$out$err" "$password"
    recovers "$1 loses nothing"
}

# taken FAULT: strange, and right
taken() {
    local asked

    standin_order --key ec:P-256
    asked=$(requests)
    fault "$1"
    run acquire
    is "$1 is taken" "exit $status, $(pending) pending" "exit 0, 0 pending"
    is "$1: asked 1" "$(($(requests) - asked))" 1
}

what_the_service_gets_wrong() {
    local name code status_name left asks

    while read -r name code status_name left asks; do
        refused "$name" "$code" "$status_name" "$left" "${asks:-1}"
    done <<'TABLE'
unreachable 115 unreachable 0
tls-trust 116 tls-trust 0 0
http-status 125 http-status 0
no-http-status 130 no-http-status 0
reply-too-large 131 reply-too-large 0
content-type 135 content-type 0
content-type-missing 140 content-type-missing 0
result-header 160 result-header 0
not-pkcs12 200 not-pkcs12 1
pkcs12-password 205 pkcs12-password 1
pkcs12-no-mac 206 pkcs12-no-mac 1
pkcs12-unusable 210 pkcs12-unusable 1
no-key-pair 215 no-key-pair 1
certificate 216 certificate 1
auth-failed 550 auth-failed 0
not-available 550 not-available 0
busy 550 busy 0
unknown-retrieving 1103 unknown-retrieving 0
cut-short 115 unreachable 0
cut-off 115 unreachable 0
chunk-broken 115 unreachable 0
oversized 131 reply-too-large 0
redirected 125 http-status 0
redirected-elsewhere 125 http-status 0
compressed 135 content-type 0
result-twice 160 result-header 0
headerless 140 content-type-missing 0
garbage 130 no-http-status 0
length-short 200 not-pkcs12 1
length-invalid 1103 unknown-retrieving 0
header-too-long 131 reply-too-large 0
TABLE
}

# libcurl's own reason is `Out of memory`.
the_details_say_what_it_was() {
    standin_order --key ec:P-256
    fault header-too-long
    run acquire
    like "header-too-long: so its details say" "$(jq -r .error.detail <<<"$out")" "a header is too long"
}

what_is_strange_and_right() {
    local name

    for name in slow chunked repeated; do
        taken "$name"
    done
    fault none
}

the_confirmation_page_accepts_nobody() {
    local id

    id=$(mainet list | jq -r '.[0].id')
    fault not-installed
    run mainet confirm "$id" --service "$profile"
    is "not-installed is 560" "exit $status, $(told)" "exit 1, 560 not-installed"
    fault none
    run mainet confirm "$id" --service "$profile"
    is "and then it is installed" "$status" 0
}

names_are_listed() {
    run mainet-standin fault --dir "$standin_dir" list
    like "the faults are listed" "$out" "content-type-missing"
    run mainet-standin fault --dir "$standin_dir" no-such-fault
    is "an unknown one is wrong usage" "$status" 2
}

standin_start "$work/standin" || exit
run mainet token init --no-pin
names_are_listed
what_the_service_gets_wrong
the_details_say_what_it_was
what_is_strange_and_right
the_confirmation_page_accepts_nobody
done_testing
