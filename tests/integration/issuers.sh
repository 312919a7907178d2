#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Issuers: decided on once, fetched where a container lacks them, and what they have revoked.
# Needs mainetcert and mainet-standin on PATH and DIE_AT_OPENING, the program of that name.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source-path=SCRIPTDIR source=../support/standin.sh
. "$here/../support/standin.sh"

work=$(mktemp -d)
trap 'standin_stop; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
unset XDG_DATA_HOME HTTP_PROXY no_proxy NO_PROXY
pin=246810
export HOME=$work LC_ALL=C.UTF-8 RIGHT_PIN=$pin RETRIEVAL

# new_store: the next tests have an empty token and nothing kept of the repository
new_store() {
    MAINETCERT_STORE=$(mktemp -d "$work/store.XXXXXX")
    export MAINETCERT_STORE
    mainet token init
}

# mainet ARGUMENT...: run the command with the right PIN
mainet() {
    run mainetcert --pin-source env:RIGHT_PIN --lang en "$@"
}

# without_repository COMMAND...: nothing can be had over plain HTTP
without_repository() {
    http_proxy=http://127.0.0.1:1 "$@"
}

# acquire [OPTION...]: what was ordered last
acquire() {
    RETRIEVAL=$password mainet acquire --service "$profile" --group-id "$group_id" \
        --certificate-number "$number" --password-source env:RETRIEVAL --json "$@"
}

# failed SENTENCE CODE: the last command, which had --json
failed() {
    is "$1" "$status $(jq -c .error.code <<<"$out")" "1 $2"
}

order() {
    standin_order --key ec:P-256 "$@"
}

chain() {
    jq -c '[.chain_length, .chain_complete]' <<<"$out"
}

issuer_sha256() {
    openssl x509 -in "$standin_dir/ca.pem" -outform DER | sha256sum | cut -d' ' -f1
}

chains_are_completed() {
    local began

    new_store
    order --p12 modern-leaf
    acquire --yes
    is "a container without issuers becomes a complete chain" "$status $(chain)" '0 [3,true]'
    order --p12 modern-leaf
    without_repository acquire
    is "the next one needs neither the repository nor a decision" "$status $(chain)" '0 [3,true]'
    unlike "and nothing is warned of" "$err" warning
    new_store
    order --p12 modern-leaf
    without_repository acquire --yes
    is "without the repository it is imported alone" "$status $(chain)" '0 [1,false]'
    like "and that is said" "$err" "the issuer's certificate could not be had"
    new_store
    order --p12 modern-leaf
    silence_start "$work"
    began=$SECONDS
    http_proxy=http://127.0.0.1:$silent_port acquire --yes
    is "one that never answers is not waited for long" \
        "$status $(chain) $((SECONDS - began < 45))" '0 [1,false] 1'
    silence_stop
}

issuers_are_decided_on() {
    local real=$profile

    new_store
    order --p12 modern-leaf
    profile=$work/other-issuer.conf
    sed 's/^issuer *=.*/issuer = Some Other CA/' "$real" >"$profile"
    acquire --yes
    failed "an unexpected issuer is refused in spite of --yes" 990
    acquire --accept-issuer "$(printf '%064d' 0)"
    failed "and with another one's fingerprint" 990
    rm -rf "$MAINETCERT_STORE/cache"
    without_repository acquire --accept-issuer "$(issuer_sha256)"
    failed "and where its certificate cannot be had" 990
    acquire --accept-issuer "$(issuer_sha256)"
    is "with its own it is accepted, though the container lacks it" "$status $(chain)" '0 [3,true]'
    order
    acquire
    is "from then on it is known" "$status" 0
    profile=$work/pinned.conf
    sed "s/^issuer *=.*/&\nissuer_sha256 = $(printf '%064d' 0)/" "$real" >"$profile"
    new_store
    order
    acquire --yes
    failed "an issuer of the right name with the wrong SHA-256 is not the expected one" 990
    sed "s/^issuer *=.*/&\nissuer_sha256 = $(issuer_sha256)/" "$real" >"$profile"
    acquire --yes
    is "with the right one it is" "$status" 0
    profile=$real
}

# ask ANSWER: acquire what was ordered last at a terminal
ask() {
    RETRIEVAL=$password run python3 "$here/../support/typist.py" mainetcert \
        --pin-source env:RIGHT_PIN --lang en acquire --service "$profile" --group-id "$group_id" \
        --certificate-number "$number" --password-source env:RETRIEVAL -- 'Accept it?' "$1"
}

issuers_are_shown() {
    new_store
    order --p12 modern-leaf
    ask n
    is "who does not accept the issuer ends it" "$status" 1
    like "the issuer's name was shown" "$out" 'SECOM Passport for Member CA9'
    like "and its organization" "$out" 'Organization  MaiNet stand-in'
    like "and its SHA-256" "$out" "$(issuer_sha256)"
    like "and that it is expected" "$out" 'the issuer that the service is expected to use'
    like "the number is 990" "$out" 'error 990'
    like "and that nothing is lost is told" "$out" "pending resume' imports it"
    is "what was retrieved is still here" "$(mainetcert --pin-source env:RIGHT_PIN pending --json |
        jq length)" 1
    ask y
    is "who accepts it has the certificate" "$status" 0
}

# confirmation FILTER: of the only one
confirmation() {
    jq -c ".confirmations[0] | $1" <<<"$out"
}

revocation_is_told() {
    local id serial

    new_store
    order
    acquire --yes
    id=$(jq -r .id <<<"$out")
    serial=$(jq -r .serial <<<"$out")
    without_repository mainet confirm --json
    is "a list that cannot be had keeps nobody from being installed" \
        "$status $(confirmation '[.standing, .revocation]')" '0 ["installed","unknown"]'
    without_repository mainet confirm
    like "but that is said" "$err" 'whether it was revoked could not be checked'
    mainet confirm --json
    is "the issuer's list is looked at" "$status $(confirmation '[.standing, .revocation]')" \
        '0 ["installed","good"]'
    isnt "and the confirmation kept" "$(mainetcert show "$id" --json | jq -c .confirmed_at)" null
    mainet-standin revoke --dir "$standin_dir" "$serial"
    mainet confirm "$id" --json
    failed "a revoked certificate is a situation of its own" 561
    is "and told so" "$(confirmation '[.installed, .standing, .revocation]')" \
        '[false,"revoked","revoked"]'
    is "that it was confirmed before counts no more" \
        "$(mainetcert show "$id" --json | jq -c .confirmed_at)" null
    mainet confirm --lang ja
    like "in Japanese, too" "$out" '証明書は失効しています'
    mainet confirm
    like "and with the date" "$out" "the certificate has been revoked: $(date -u +%Y-%m-)"
    rm -rf "$MAINETCERT_STORE/cache"
    without_repository mainet confirm --json
    failed "without the list, the page's refusal is all that is known" 560
    is "and that the list is missing" "$(confirmation '[.standing, .revocation]')" \
        '["not-accepted","unknown"]'
}

other_reasons() {
    new_store
    order --days 0
    acquire --yes
    mainet confirm --json
    is "an expired certificate is told as that" "$status $(confirmation .standing)" '1 "expired"'
    mainet confirm --lang ja
    like "in Japanese, too" "$out" '有効期限が切れています'
    new_store
    order
    acquire --yes
    sed 's/^installed = .*/installed = これは表示されない/' "$profile" >"$work/strict.conf"
    mainet confirm --service "$work/strict.conf" --json
    is "a page that says something else is told as that" "$status $(confirmation .standing)" \
        '1 "text-missing"'
    order --days 500
    acquire
    mainet confirm --json
    is "without an id, the newest of each are confirmed" \
        "$status $(jq -c '.confirmations | map(.standing)' <<<"$out")" '0 ["installed"]'
}

what_is_revoked_is_not_imported() {
    local serial

    new_store
    order
    standin_fetch "$work/revoked.p12"
    serial=$(openssl pkcs12 -legacy -in "$work/revoked.p12" -passin "pass:$password" -clcerts -nokeys \
        2>/dev/null | openssl x509 -noout -serial)
    mainet-standin revoke --dir "$standin_dir" "${serial#*=}"
    acquire --yes --check-revocation
    failed "acquire refuses what is revoked, if it is told to look" 561
    is "and keeps it pending" "$(mainetcert --pin-source env:RIGHT_PIN pending --json | jq length)" 1
    mainet pending resume --yes --check-revocation --json
    failed "so does resume" 561
    RETRIEVAL=$password mainet import "$work/revoked.p12" --password-source env:RETRIEVAL --yes \
        --service "$profile" --check-revocation --json
    failed "so does import" 561
    is "nothing was imported" "$(mainetcert list --json | jq length)" 0
    mainet pending resume --yes --json
    is "whoever does not ask has it" "$status" 0
    order
    rm -rf "$MAINETCERT_STORE/cache"
    without_repository acquire --check-revocation
    is "a list that cannot be had is a warning" "$status" 0
    like "which says so" "$err" 'whether it was revoked could not be checked'
}

standin_start "$work/standin" || exit 1
chains_are_completed
issuers_are_decided_on
issuers_are_shown
revocation_is_told
other_reasons
what_is_revoked_is_not_imported
done_testing
